/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A picture that is ready to be drawn: plain pixels, no decoder behind it. Immutable; any thread.
 */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define MX_TYPE_IMAGE (mx_image_get_type ())
typedef struct
{
  GBytes *pixels; /* RGBA, 8 bits each, premultiplied (GDK_MEMORY_R8G8B8A8_PREMULTIPLIED) */
  int width, height;
  gsize stride;                      /* bytes; always width × 4 */
  gboolean has_alpha;                /* the format has it; it may be opaque all the same */
  gboolean is_animated;              /* this is the first frame of several */
  int natural_width, natural_height; /* px before scaling */
} MxImage;
GType mx_image_get_type (void);
MxImage *mx_image_copy (const MxImage *self);
void mx_image_free (MxImage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxImage, mx_image_free)

/* For a cache of decoded pictures: as bytes and back. NULL for bytes that are not from
 * mx_image_serialize(). */
GBytes *mx_image_serialize (const MxImage *self);
MxImage *mx_image_deserialize (GBytes *bytes);

/* How pixels lie in memory: which component of a pixel is which, and what a component is. */
typedef enum
{
  MX_COMPONENT_U8,
  MX_COMPONENT_U16, /* native byte order */
  MX_COMPONENT_F16,
  MX_COMPONENT_F32,
} MxComponent;
typedef struct
{
  MxComponent component;
  guint8 count;      /* components of a pixel */
  guint8 r, g, b, a; /* their places; a: MX_NO_ALPHA */
  gboolean premultiplied;
} MxPixelLayout;
#define MX_NO_ALPHA 255

/* Scales down (never up) into max_width × max_height px with the proportions kept, by the mean of
 * the area that a pixel covers. Slow for large pictures: on a thread of one's own. Error:
 * G_IO_ERROR_INVALID_DATA when pixels are fewer than the sizes promise. */
MxImage *mx_image_new_scaled (GBytes *pixels,
                              const MxPixelLayout *layout,
                              unsigned width,
                              unsigned height,
                              gsize stride,
                              int max_width,
                              int max_height,
                              GError **error);

G_END_DECLS
