/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Content repository endpoints. */
#include "config.h"

#include "mx-media-requests.h"
#include "mx-http-reply.h"

#include "mx-matrix-id.h"

static const char *
media_base (gboolean legacy)
{
  return legacy ? "/_matrix/media/v3" : "/_matrix/client/v1/media";
}

static gboolean
is_mxc (const char *text)
{
  return mx_mxc_parse (text, NULL, NULL);
}

DexFuture *
mx_media_download (MxHttp *http,
                   const char *mxc,
                   gboolean legacy,
                   GOutputStream *output,
                   gint64 max,
                   MxProgressFunc progress,
                   gpointer data)
{
  g_autofree char *server = NULL;
  g_autofree char *media = NULL;
  g_autofree char *tail = NULL;
  g_autofree char *path = NULL;

  if (!mx_mxc_parse (mxc, &server, &media))
    return mx_http_bad_id ();
  tail = mx_http_path ("/download/%s/%s", server, media);
  path = g_strconcat (media_base (legacy), tail, legacy ? "?allow_redirect=true" : NULL, NULL);
  return mx_http_download (http, path, output, max, progress, data);
}

DexFuture *
mx_media_thumbnail (MxHttp *http,
                    const char *mxc,
                    gboolean legacy,
                    int width,
                    int height,
                    gboolean crop,
                    GOutputStream *output,
                    gint64 max)
{
  g_autofree char *server = NULL;
  g_autofree char *media = NULL;
  g_autofree char *tail = NULL;
  g_autofree char *path = NULL;

  if (!mx_mxc_parse (mxc, &server, &media))
    return mx_http_bad_id ();
  tail = mx_http_path ("/thumbnail/%s/%s?width=%d&height=%d&method=%s",
                       server,
                       media,
                       MAX (width, 1),
                       MAX (height, 1),
                       crop ? "crop" : "scale");
  path = g_strconcat (media_base (legacy), tail, NULL);
  return mx_http_download (http, path, output, max, NULL, NULL);
}

DexFuture *
mx_media_upload (MxHttp *http,
                 GInputStream *input,
                 gint64 length,
                 const char *content_type,
                 const char *filename,
                 MxProgressFunc progress,
                 gpointer data)
{
  g_autofree char *path = NULL;

  if (filename != NULL)
    path = mx_http_path ("/_matrix/media/v3/upload?filename=%s", filename);
  else
    path = g_strdup ("/_matrix/media/v3/upload");
  return mx_http_reply_string (
    mx_http_upload (http, path, input, length, content_type, progress, data),
    "content_uri",
    is_mxc);
}

DexFuture *
mx_media_config (MxHttp *http, gboolean legacy)
{
  g_autofree char *path = g_strconcat (media_base (legacy), "/config", NULL);

  return mx_http_reply_int (mx_http_request (http, "GET", path, NULL, 0), "m.upload.size", -1);
}
