/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The server-side key backup. */
#include "config.h"

#include "mx-backup-requests.h"

#include "mx-http-reply.h"
#include "mx-matrix-id.h"

#define ROOM_KEYS "/_matrix/client/v3/room_keys"

static char *
new_version_body (const char *algorithm, const char *auth_data, const char *version, GError **error)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (auth_data, -1, error);

  if (document == NULL)
    return NULL;
  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "algorithm", algorithm);
  mx_json_add_json (writer, "auth_data", mx_json_document_root (document));
  mx_json_add_string (writer, "version", version);
  mx_json_end (writer);
  return mx_json_writer_to_text (writer);
}

DexFuture *
mx_backup_create_version (MxHttp *http, const char *algorithm, const char *auth_data)
{
  GError *error = NULL;
  g_autofree char *body = new_version_body (algorithm, auth_data, NULL, &error);

  if (body == NULL)
    return dex_future_new_for_error (error);
  return mx_http_reply_string (mx_http_request (http, "POST", ROOM_KEYS "/version", body, 0),
                               "version",
                               NULL);
}

static char *
version_path (const char *version)
{
  return version != NULL ? mx_http_path (ROOM_KEYS "/version/%s", version)
                         : g_strdup (ROOM_KEYS "/version");
}

DexFuture *
mx_backup_get_version (MxHttp *http, const char *version)
{
  g_autofree char *path = version_path (version);

  return mx_http_request (http, "GET", path, NULL, 0);
}

DexFuture *
mx_backup_update_version (MxHttp *http,
                          const char *version,
                          const char *algorithm,
                          const char *auth_data)
{
  GError *error = NULL;
  g_autofree char *path = version_path (version);
  g_autofree char *body = new_version_body (algorithm, auth_data, version, &error);

  if (body == NULL)
    return dex_future_new_for_error (error);
  return mx_http_reply_done (mx_http_request (http, "PUT", path, body, 0));
}

DexFuture *
mx_backup_delete_version (MxHttp *http, const char *version)
{
  g_autofree char *path = version_path (version);

  return mx_http_reply_done (mx_http_request (http, "DELETE", path, NULL, 0));
}

/* NULL: room_id is none. */
static char *
keys_path (const char *version, const char *room_id, const char *session_id)
{
  if (room_id == NULL)
    return mx_http_path (ROOM_KEYS "/keys?version=%s", version);
  if (!mx_room_id_is_valid (room_id))
    return NULL;
  if (session_id == NULL)
    return mx_http_path (ROOM_KEYS "/keys/%s?version=%s", room_id, version);
  return mx_http_path (ROOM_KEYS "/keys/%s/%s?version=%s", room_id, session_id, version);
}

DexFuture *
mx_backup_put_keys (MxHttp *http,
                    const char *version,
                    const char *room_id,
                    const char *session_id,
                    const char *body)
{
  g_autofree char *path = keys_path (version, room_id, session_id);

  if (path == NULL)
    return mx_http_bad_id ();
  return mx_http_request (http, "PUT", path, body, 0);
}

DexFuture *
mx_backup_get_keys (MxHttp *http, const char *version, const char *room_id, const char *session_id)
{
  g_autofree char *path = keys_path (version, room_id, session_id);

  if (path == NULL)
    return mx_http_bad_id ();
  return mx_http_request (http, "GET", path, NULL, MX_HTTP_LARGE);
}
