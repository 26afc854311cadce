/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Pictures and files of an account: from the encrypted cache, else from the server (authenticated).
 * One request per key at a time, few in parallel, newest asked first. Main thread. */
#pragma once

#include "mx-session.h"

G_BEGIN_DECLS

#define MX_TYPE_MEDIA_CACHE (mx_media_cache_get_type ())
G_DECLARE_FINAL_TYPE (MxMediaCache, mx_media_cache, MX, MEDIA_CACHE, GObject)

/* Made by the session, which it does not outlive. */
MxMediaCache *mx_media_cache_new (MxSession *session);
MxMediaCache *mx_session_get_media (MxSession *session); /* borrowed */
/* In the cache already: bytes at once (microseconds), else NULL. */
GBytes *
mx_media_cache_peek (MxMediaCache *self, const char *mxc, int width, int height, gboolean crop);
/* Resolves to GBytes (file as the server has it; hostile: decode outside the process). */
DexFuture *
mx_media_cache_thumbnail (MxMediaCache *self, const char *mxc, int width, int height, gboolean crop)
  G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_media_cache_full (MxMediaCache *self, const char *mxc, gint64 max)
  G_GNUC_WARN_UNUSED_RESULT; /* GBytes */
/* What an event calls its file or thumbnail (MxMediaInfo): encrypted_file is the JSON text, NULL
 * for a clear one. The hash is checked before anything of it is handed out (E2E-146):
 * MX_CRYPTO_ERROR_BAD_MAC. Thumbnails of encrypted files are files of their own: the server makes
 * none. */
DexFuture *mx_media_cache_attachment (MxMediaCache *self,
                                      const char *mxc,
                                      const char *encrypted_file,
                                      gint64 max) G_GNUC_WARN_UNUSED_RESULT; /* GBytes */
GBytes *
mx_media_cache_peek_attachment (MxMediaCache *self, const char *mxc, const char *encrypted_file);
/* Something derived from a picture (its scaled pixels), under a name of the caller's. */
GBytes *mx_media_cache_peek_derived (MxMediaCache *self, const char *mxc, const char *name);
void mx_media_cache_keep (MxMediaCache *self, const char *mxc, const char *name, GBytes *data);
/* Saves to a file the user chose, streamed; progress 0…1. encrypted_file as above. Resolves TRUE.
 */
DexFuture *mx_media_cache_save (MxMediaCache *self,
                                const char *mxc,
                                const char *encrypted_file,
                                GFile *target,
                                void (*progress) (double fraction, gpointer data),
                                gpointer data) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
