/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Authenticated media (spec "Content repository", v1.11), legacy endpoints only where the server
 * has no others. */
#pragma once

#include "mx-http.h"

G_BEGIN_DECLS

/* Both write into output and resolve to a string (the content type as claimed). */
DexFuture *mx_media_download (MxHttp *http,
                              const char *mxc,
                              gboolean legacy,
                              GOutputStream *output,
                              gint64 max,
                              MxProgressFunc progress,
                              gpointer data) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_media_thumbnail (MxHttp *http,
                               const char *mxc,
                               gboolean legacy,
                               int width,
                               int height,
                               gboolean crop,
                               GOutputStream *output,
                               gint64 max) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_media_upload (MxHttp *http,
                            GInputStream *input,
                            gint64 length,
                            const char *content_type,
                            const char *filename,
                            MxProgressFunc progress,
                            gpointer data) G_GNUC_WARN_UNUSED_RESULT; /* string: mxc */
DexFuture *mx_media_config (MxHttp *http, gboolean legacy)
  G_GNUC_WARN_UNUSED_RESULT; /* gint64: m.upload.size, -1 */

G_END_DECLS
