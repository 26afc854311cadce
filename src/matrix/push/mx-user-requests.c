/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Profile, directory and the public room list. */
#include "config.h"

#include "mx-user-requests.h"
#include "mx-http-reply.h"

#include "mx-matrix-id.h"

DexFuture *
mx_user_profile (MxHttp *http, const char *user_id)
{
  g_autofree char *path = NULL;

  if (!mx_user_id_is_valid (user_id))
    return mx_http_bad_id ();
  path = mx_http_path ("/_matrix/client/v3/profile/%s", user_id);
  return mx_http_request (http, "GET", path, NULL, 0);
}

DexFuture *
mx_user_search (MxHttp *http, const char *term, unsigned limit)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *body = NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "search_term", term);
  mx_json_add_int (writer, "limit", limit);
  mx_json_end (writer);
  body = mx_json_writer_to_text (writer);
  return mx_http_request (http, "POST", "/_matrix/client/v3/user_directory/search", body, 0);
}

DexFuture *
mx_user_set_profile (MxHttp *http, const char *user_id, const char *key, const char *value)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *path = NULL;
  g_autofree char *body = NULL;

  if (!mx_user_id_is_valid (user_id))
    return mx_http_bad_id ();
  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, key, value);
  mx_json_end (writer);
  body = mx_json_writer_to_text (writer);
  path = mx_http_path ("/_matrix/client/v3/profile/%s/%s", user_id, key);
  return mx_http_reply_done (mx_http_request (http, "PUT", path, body, 0));
}

DexFuture *
mx_public_rooms (MxHttp *http,
                 const char *server,
                 const char *term,
                 const char *since,
                 unsigned limit)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *path = NULL;
  g_autofree char *body = NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_add_int (writer, "limit", limit);
  mx_json_add_string (writer, "since", since);
  if (term != NULL && *term != '\0')
    {
      mx_json_begin_object (writer, "filter");
      mx_json_add_string (writer, "generic_search_term", term);
      mx_json_end (writer);
    }
  mx_json_end (writer);
  body = mx_json_writer_to_text (writer);

  if (server != NULL)
    path = mx_http_path ("/_matrix/client/v3/publicRooms?server=%s", server);
  else
    path = g_strdup ("/_matrix/client/v3/publicRooms");
  return mx_http_request (http, "POST", path, body, 0);
}
