/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Pixels of any layout into premultiplied RGBA of the size that is wanted, one source row after the
 * other. */
#include "config.h"

#include "mx-image.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

G_DEFINE_BOXED_TYPE (MxImage, mx_image, mx_image_copy, mx_image_free)

typedef struct
{
  const guint8 *data;
  gsize stride;
  unsigned width, height;
  const MxPixelLayout *layout;
} Source;

MxImage *
mx_image_copy (const MxImage *self)
{
  MxImage *copy = g_memdup2 (self, sizeof *self);

  g_bytes_ref (copy->pixels);
  return copy;
}

void
mx_image_free (MxImage *self)
{
  g_bytes_unref (self->pixels);
  g_free (self);
}

static gsize
component_size (MxComponent component)
{
  static const gsize sizes[] = { 1, 2, 2, 4 };

  return sizes[component];
}

static float
from_half (guint16 half)
{
  float sign = half & 0x8000 ? -1 : 1;
  int exponent = (half >> 10) & 0x1f;
  float mantissa = half & 0x3ff;

  if (exponent == 0x1f)
    return mantissa == 0 ? sign * 65504 : 0;
  return sign * ldexpf (exponent == 0 ? mantissa : mantissa + 1024, MAX (exponent, 1) - 25);
}

/* 0…255 */
static float
read_component (const guint8 *pixel, MxComponent component, unsigned at)
{
  guint16 word;
  float real;

  switch (component)
    {
    case MX_COMPONENT_U16:
      memcpy (&word, pixel + at * 2, sizeof word);
      return word / 257.f;
    case MX_COMPONENT_F16:
      memcpy (&word, pixel + at * 2, sizeof word);
      return CLAMP (from_half (word), 0.f, 1.f) * 255.f;
    case MX_COMPONENT_F32:
      memcpy (&real, pixel + at * 4, sizeof real);
      return isfinite (real) ? CLAMP (real, 0.f, 1.f) * 255.f : 0.f;
    case MX_COMPONENT_U8:
    default:
      return pixel[at];
    }
}

/* One row as premultiplied RGBA. */
static void
read_row (const Source *source, unsigned y, float *row)
{
  const MxPixelLayout *layout = source->layout;
  gsize step = component_size (layout->component) * layout->count;
  const guint8 *pixel = source->data + y * source->stride;

  for (unsigned x = 0; x < source->width; x++, pixel += step, row += 4)
    {
      float scale = 1;

      row[0] = read_component (pixel, layout->component, layout->r);
      row[1] = read_component (pixel, layout->component, layout->g);
      row[2] = read_component (pixel, layout->component, layout->b);
      row[3] =
        layout->a == MX_NO_ALPHA ? 255 : read_component (pixel, layout->component, layout->a);
      if (layout->a != MX_NO_ALPHA && !layout->premultiplied)
        scale = row[3] / 255.f;
      for (int i = 0; i < 3; i++)
        row[i] = MIN (row[i] * scale, row[3]);
    }
}

/* Adds row, narrowed to width and weighted, to sums. */
static void
add_row (const float *row, unsigned source_width, float *sums, unsigned width, float weight)
{
  double ratio = (double) source_width / width;

  for (unsigned x = 0; x < width; x++)
    {
      double from = x * ratio;
      double to = MIN ((x + 1) * ratio, source_width);
      float mean[4] = { 0 };

      for (unsigned s = (unsigned) from; s < source_width && s < to; s++)
        {
          float part = (float) (MIN (s + 1., to) - MAX ((double) s, from));

          for (int i = 0; i < 4; i++)
            mean[i] += row[s * 4 + i] * part;
        }
      for (int i = 0; i < 4; i++)
        sums[x * 4 + i] += mean[i] * weight / (float) ratio;
    }
}

static void
write_row (const float *sums, unsigned width, guint8 *pixels)
{
  for (unsigned i = 0; i < width * 4; i++)
    pixels[i] = (guint8) CLAMP (sums[i] + .5f, 0.f, 255.f);
}

static guint8 *
scale (const Source *source, unsigned width, unsigned height)
{
  g_autofree float *row = g_new (float, (gsize) source->width * 4);
  g_autofree float *sums = g_new (float, (gsize) width * 4);
  guint8 *pixels = g_malloc ((gsize) width * height * 4);
  double ratio = (double) source->height / height;
  unsigned read = G_MAXUINT;

  for (unsigned y = 0; y < height; y++)
    {
      double from = y * ratio;
      double to = MIN ((y + 1) * ratio, source->height);

      memset (sums, 0, (gsize) width * 4 * sizeof *sums);
      for (unsigned s = (unsigned) from; s < source->height && s < to; s++)
        {
          /* a row that two others share is read once */
          if (s != read)
            read_row (source, s, row);
          read = s;
          add_row (row,
                   source->width,
                   sums,
                   width,
                   (float) ((MIN (s + 1., to) - MAX ((double) s, from)) / ratio));
        }
      write_row (sums, width, pixels + (gsize) y * width * 4);
    }
  return pixels;
}

MxImage *
mx_image_new_scaled (GBytes *pixels,
                     const MxPixelLayout *layout,
                     unsigned width,
                     unsigned height,
                     gsize stride,
                     int max_width,
                     int max_height,
                     GError **error)
{
  gsize row = component_size (layout->component) * layout->count * width;
  Source source = { g_bytes_get_data (pixels, NULL), stride, width, height, layout };
  double factor;
  MxImage *self;

  if (width == 0 || height == 0 || width > G_MAXINT16 || height > G_MAXINT16 || stride < row ||
      stride > G_MAXINT32 || g_bytes_get_size (pixels) < stride * (height - 1) + row)
    {
      g_set_error_literal (error,
                           G_IO_ERROR,
                           G_IO_ERROR_INVALID_DATA,
                           "Too few pixels for the size of the picture");
      return NULL;
    }

  factor =
    MIN (1., MIN (MAX (max_width, 1) / (double) width, MAX (max_height, 1) / (double) height));
  self = g_new0 (MxImage, 1);
  self->natural_width = (int) width;
  self->natural_height = (int) height;
  self->width = MAX ((int) (width * factor + .5), 1);
  self->height = MAX ((int) (height * factor + .5), 1);
  self->stride = (gsize) self->width * 4;
  self->has_alpha = layout->a != MX_NO_ALPHA;
  self->pixels = g_bytes_new_take (scale (&source, (unsigned) self->width, (unsigned) self->height),
                                   self->stride * (gsize) self->height);
  return self;
}

/* ------------------------------------------------------------------ as bytes */

#define MAGIC      0x4d584931u /* MXI1 */
#define MAX_CACHED 4096

typedef struct
{
  guint32 magic, flags, width, height, natural_width, natural_height;
} Header;

enum
{
  FLAG_ALPHA = 1 << 0,
  FLAG_ANIMATED = 1 << 1,
};

GBytes *
mx_image_serialize (const MxImage *self)
{
  gsize size;
  const guint8 *pixels = g_bytes_get_data (self->pixels, &size);
  Header header = { 0 };
  guint8 *bytes = g_malloc (sizeof header + size);

  header.magic = GUINT32_TO_LE (MAGIC);
  header.flags =
    GUINT32_TO_LE ((self->has_alpha ? FLAG_ALPHA : 0u) | (self->is_animated ? FLAG_ANIMATED : 0u));
  header.width = GUINT32_TO_LE ((guint32) self->width);
  header.height = GUINT32_TO_LE ((guint32) self->height);
  header.natural_width = GUINT32_TO_LE ((guint32) self->natural_width);
  header.natural_height = GUINT32_TO_LE ((guint32) self->natural_height);
  memcpy (bytes, &header, sizeof header);
  memcpy (bytes + sizeof header, pixels, size);
  return g_bytes_new_take (bytes, sizeof header + size);
}

MxImage *
mx_image_deserialize (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  Header header;
  guint32 flags, width, height;
  MxImage *self;

  if (size < sizeof header)
    return NULL;
  memcpy (&header, data, sizeof header);
  flags = GUINT32_FROM_LE (header.flags);
  width = GUINT32_FROM_LE (header.width);
  height = GUINT32_FROM_LE (header.height);
  if (GUINT32_FROM_LE (header.magic) != MAGIC || width == 0 || height == 0 || width > MAX_CACHED ||
      height > MAX_CACHED || size - sizeof header != (gsize) width * height * 4)
    return NULL;

  self = g_new0 (MxImage, 1);
  self->pixels = g_bytes_new_from_bytes (bytes, sizeof header, size - sizeof header);
  self->width = (int) width;
  self->height = (int) height;
  self->stride = (gsize) width * 4;
  self->has_alpha = (flags & FLAG_ALPHA) != 0;
  self->is_animated = (flags & FLAG_ANIMATED) != 0;
  self->natural_width = (int) GUINT32_FROM_LE (header.natural_width);
  self->natural_height = (int) GUINT32_FROM_LE (header.natural_height);
  return self;
}
