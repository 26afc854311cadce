/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Room endpoints (spec "Rooms", "Syncing", "Receipts", "Typing", "Room tagging", "Client config").
 */
#include "config.h"

#include "mx-room-requests.h"
#include "mx-http-reply.h"

#include "mx-matrix-id.h"

#define ROOMS   "/_matrix/client/v3/rooms/%s"
#define MAX_VIA 10

/* Ends writer's object. */
static char *
finish (MxJsonWriter *writer)
{
  mx_json_end (writer);
  return mx_json_writer_to_text (writer);
}

static MxJsonWriter *
begin (void)
{
  MxJsonWriter *writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  return writer;
}

static void
append_query (GString *path, const char *name, const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (path, "&%s=", name);
  g_string_append_uri_escaped (path, value, NULL, FALSE);
}

DexFuture *
mx_rooms_messages (MxHttp *http,
                   const char *room_id,
                   const char *from,
                   const char *to,
                   gboolean backwards,
                   unsigned limit)
{
  g_autofree char *base = NULL;
  g_autoptr (GString) path = NULL;

  if (!mx_room_id_is_valid (room_id))
    return mx_http_bad_id ();
  base = mx_http_path (ROOMS "/messages?dir=%s&limit=%u", room_id, backwards ? "b" : "f", limit);
  path = g_string_new (base);
  append_query (path, "from", from);
  append_query (path, "to", to);
  append_query (path, "filter", "{\"lazy_load_members\":true}");
  return mx_http_request (http, "GET", path->str, NULL, 0);
}

DexFuture *
mx_rooms_context (MxHttp *http, const char *room_id, const char *event_id, unsigned limit)
{
  g_autofree char *path = NULL;

  if (!mx_room_id_is_valid (room_id) || !mx_event_id_is_valid (event_id))
    return mx_http_bad_id ();
  path = mx_http_path (ROOMS "/context/%s?limit=%u&filter=%s",
                       room_id,
                       event_id,
                       limit,
                       "{\"lazy_load_members\":true}");
  return mx_http_request (http, "GET", path, NULL, 0);
}

DexFuture *
mx_rooms_event (MxHttp *http, const char *room_id, const char *event_id)
{
  g_autofree char *path = NULL;

  if (!mx_room_id_is_valid (room_id) || !mx_event_id_is_valid (event_id))
    return mx_http_bad_id ();
  path = mx_http_path (ROOMS "/event/%s", room_id, event_id);
  return mx_http_request (http, "GET", path, NULL, 0);
}

DexFuture *
mx_rooms_timestamp_to_event (MxHttp *http, const char *room_id, gint64 ts_ms, gboolean backwards)
{
  g_autofree char *path = NULL;

  if (!mx_room_id_is_valid (room_id))
    return mx_http_bad_id ();
  path =
    mx_http_path ("/_matrix/client/v1/rooms/%s/timestamp_to_event?ts=%" G_GINT64_FORMAT "&dir=%s",
                  room_id,
                  MAX (ts_ms, 0),
                  backwards ? "b" : "f");
  return mx_http_reply_string (mx_http_request (http, "GET", path, NULL, 0),
                               "event_id",
                               mx_event_id_is_valid);
}

DexFuture *
mx_rooms_members (MxHttp *http, const char *room_id)
{
  g_autofree char *path = NULL;

  if (!mx_room_id_is_valid (room_id))
    return mx_http_bad_id ();
  path = mx_http_path (ROOMS "/members?not_membership=leave", room_id);
  return mx_http_request (http, "GET", path, NULL, 0);
}

DexFuture *
mx_rooms_state_event (MxHttp *http, const char *room_id, const char *type, const char *state_key)
{
  g_autofree char *path = NULL;

  if (!mx_room_id_is_valid (room_id))
    return mx_http_bad_id ();
  path = mx_http_path (ROOMS "/state/%s/%s", room_id, type, state_key);
  return mx_http_request (http, "GET", path, NULL, 0);
}

DexFuture *
mx_rooms_state (MxHttp *http, const char *room_id)
{
  g_autofree char *path = NULL;

  if (!mx_room_id_is_valid (room_id))
    return mx_http_bad_id ();
  path = mx_http_path (ROOMS "/state", room_id);
  return mx_http_request (http, "GET", path, NULL, 0);
}

DexFuture *
mx_rooms_send (MxHttp *http,
               const char *room_id,
               const char *type,
               const char *txn_id,
               const char *content)
{
  g_autofree char *path = NULL;

  if (!mx_room_id_is_valid (room_id))
    return mx_http_bad_id ();
  path = mx_http_path (ROOMS "/send/%s/%s", room_id, type, txn_id);
  return mx_http_reply_string (mx_http_request (http, "PUT", path, content, 0),
                               "event_id",
                               mx_event_id_is_valid);
}

DexFuture *
mx_rooms_redact (MxHttp *http,
                 const char *room_id,
                 const char *event_id,
                 const char *txn_id,
                 const char *reason)
{
  g_autoptr (MxJsonWriter) writer = begin ();
  g_autofree char *path = NULL;
  g_autofree char *body = NULL;

  mx_json_add_string (writer, "reason", reason);
  body = finish (writer);
  if (!mx_room_id_is_valid (room_id) || !mx_event_id_is_valid (event_id))
    return mx_http_bad_id ();
  path = mx_http_path (ROOMS "/redact/%s/%s", room_id, event_id, txn_id);
  return mx_http_reply_string (mx_http_request (http, "PUT", path, body, 0),
                               "event_id",
                               mx_event_id_is_valid);
}

DexFuture *
mx_rooms_put_state (MxHttp *http,
                    const char *room_id,
                    const char *type,
                    const char *state_key,
                    const char *content)
{
  g_autofree char *path = NULL;

  if (!mx_room_id_is_valid (room_id))
    return mx_http_bad_id ();
  path = mx_http_path (ROOMS "/state/%s/%s", room_id, type, state_key != NULL ? state_key : "");
  return mx_http_reply_string (mx_http_request (http, "PUT", path, content, 0),
                               "event_id",
                               mx_event_id_is_valid);
}

DexFuture *
mx_rooms_create (MxHttp *http, const char *body)
{
  return mx_http_reply_string (
    mx_http_request (http, "POST", "/_matrix/client/v3/createRoom", body, 0),
    "room_id",
    mx_room_id_is_valid);
}

DexFuture *
mx_rooms_join (MxHttp *http, const char *id_or_alias, const char *const *via)
{
  g_autofree char *base = NULL;
  g_autoptr (GString) path = NULL;

  if (!mx_room_id_is_valid (id_or_alias) && !mx_room_alias_is_valid (id_or_alias))
    return mx_http_bad_id ();
  base = mx_http_path ("/_matrix/client/v3/join/%s", id_or_alias);
  path = g_string_new (base);
  for (gsize i = 0; via != NULL && via[i] != NULL && i < MAX_VIA; i++)
    {
      /* server_name is what servers before version 1.12 of the specification read */
      g_string_append (path, i == 0 ? "?" : "&");
      g_string_append (path, "via=");
      g_string_append_uri_escaped (path, via[i], NULL, FALSE);
      append_query (path, "server_name", via[i]);
    }
  return mx_http_reply_string (mx_http_request (http, "POST", path->str, "{}", 0),
                               "room_id",
                               mx_room_id_is_valid);
}

static DexFuture *
post_to_room (MxHttp *http, const char *room_id, const char *what, const char *body)
{
  g_autofree char *path = NULL;

  if (!mx_room_id_is_valid (room_id))
    return mx_http_bad_id ();
  path = mx_http_path (ROOMS "/%s", room_id, what);
  return mx_http_reply_done (mx_http_request (http, "POST", path, body, 0));
}

DexFuture *
mx_rooms_leave (MxHttp *http, const char *room_id)
{
  return post_to_room (http, room_id, "leave", "{}");
}

DexFuture *
mx_rooms_forget (MxHttp *http, const char *room_id)
{
  return post_to_room (http, room_id, "forget", "{}");
}

DexFuture *
mx_rooms_invite (MxHttp *http, const char *room_id, const char *user_id)
{
  g_autoptr (MxJsonWriter) writer = begin ();
  g_autofree char *body = NULL;

  mx_json_add_string (writer, "user_id", user_id);
  body = finish (writer);
  if (!mx_user_id_is_valid (user_id))
    return mx_http_bad_id ();
  return post_to_room (http, room_id, "invite", body);
}

DexFuture *
mx_rooms_typing (MxHttp *http,
                 const char *room_id,
                 const char *user_id,
                 gboolean typing,
                 unsigned timeout_ms)
{
  g_autoptr (MxJsonWriter) writer = begin ();
  g_autofree char *path = NULL;
  g_autofree char *body = NULL;

  mx_json_add_bool (writer, "typing", typing);
  if (typing)
    mx_json_add_int (writer, "timeout", timeout_ms);
  body = finish (writer);
  if (!mx_room_id_is_valid (room_id) || !mx_user_id_is_valid (user_id))
    return mx_http_bad_id ();
  path = mx_http_path (ROOMS "/typing/%s", room_id, user_id);
  return mx_http_reply_done (mx_http_request (http, "PUT", path, body, 0));
}

DexFuture *
mx_rooms_receipt (MxHttp *http,
                  const char *room_id,
                  const char *event_id,
                  gboolean private_receipt,
                  const char *thread_id)
{
  g_autoptr (MxJsonWriter) writer = begin ();
  g_autofree char *path = NULL;
  g_autofree char *body = NULL;

  mx_json_add_string (writer, "thread_id", thread_id);
  body = finish (writer);
  if (!mx_room_id_is_valid (room_id) || !mx_event_id_is_valid (event_id))
    return mx_http_bad_id ();
  path = mx_http_path (ROOMS "/receipt/%s/%s",
                       room_id,
                       private_receipt ? "m.read.private" : "m.read",
                       event_id);
  return mx_http_reply_done (mx_http_request (http, "POST", path, body, 0));
}

DexFuture *
mx_rooms_read_markers (MxHttp *http,
                       const char *room_id,
                       const char *fully_read,
                       const char *read,
                       gboolean private_receipt)
{
  g_autoptr (MxJsonWriter) writer = begin ();
  g_autofree char *body = NULL;

  mx_json_add_string (writer, "m.fully_read", fully_read);
  mx_json_add_string (writer, private_receipt ? "m.read.private" : "m.read", read);
  body = finish (writer);
  if ((fully_read != NULL && !mx_event_id_is_valid (fully_read)) ||
      (read != NULL && !mx_event_id_is_valid (read)))
    return mx_http_bad_id ();
  return post_to_room (http, room_id, "read_markers", body);
}

DexFuture *
mx_rooms_set_tag (MxHttp *http,
                  const char *user_id,
                  const char *room_id,
                  const char *tag,
                  gboolean set)
{
  g_autofree char *path = NULL;

  if (!mx_user_id_is_valid (user_id) || !mx_room_id_is_valid (room_id))
    return mx_http_bad_id ();
  path = mx_http_path ("/_matrix/client/v3/user/%s/rooms/%s/tags/%s", user_id, room_id, tag);
  return mx_http_reply_done (
    mx_http_request (http, set ? "PUT" : "DELETE", path, set ? "{}" : NULL, 0));
}

DexFuture *
mx_rooms_set_account_data (MxHttp *http,
                           const char *user_id,
                           const char *room_id,
                           const char *type,
                           const char *content)
{
  g_autofree char *path = NULL;

  if (!mx_user_id_is_valid (user_id) || (room_id != NULL && !mx_room_id_is_valid (room_id)))
    return mx_http_bad_id ();
  if (room_id != NULL)
    path =
      mx_http_path ("/_matrix/client/v3/user/%s/rooms/%s/account_data/%s", user_id, room_id, type);
  else
    path = mx_http_path ("/_matrix/client/v3/user/%s/account_data/%s", user_id, type);
  return mx_http_reply_done (mx_http_request (http, "PUT", path, content, 0));
}

DexFuture *
mx_rooms_get_account_data (MxHttp *http, const char *user_id, const char *type)
{
  g_autofree char *path = NULL;

  if (!mx_user_id_is_valid (user_id))
    return mx_http_bad_id ();
  path = mx_http_path ("/_matrix/client/v3/user/%s/account_data/%s", user_id, type);
  return mx_http_request (http, "GET", path, NULL, 0);
}
