/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Cached media (thumbnails, avatars, small files) in the encrypted database: key is the mxc URI
 * plus a variant ("64x64-crop", "full"). Bounded in bytes; least recently used go first. Reading
 * from both connections; writing on the account thread, in the caller's transaction. */
#pragma once

#include "mx-store.h"

G_BEGIN_DECLS

GBytes *mx_store_media_get (MxStore *self, const char *mxc, const char *variant);
gboolean mx_store_media_put (MxStore *self,
                             const char *mxc,
                             const char *variant,
                             GBytes *data,
                             gint64 budget,
                             GError **error);

/* The least recently used go until the rest fits. */
gboolean mx_store_media_trim (MxStore *self, gint64 budget, GError **error);

G_END_DECLS
