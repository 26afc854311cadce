/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Who is in a room and what they may do: names from the store, the full list from the server when
 * it is first asked for (research/protocol §3.1 rule 10), permissions from the power levels. Main
 * thread. */
#include "config.h"

#include "mx-room-private.h"

#include "mx-error.h"
#include "mx-json.h"
#include "mx-member-private.h"
#include "mx-room-name.h"
#include "mx-room-requests.h"

/* Names kept per room; beyond, all are forgotten. */
#define MAX_KNOWN 4096

/* "A page": far more than a person reads, little enough to make objects of. */
#define MEMBER_PAGE 5000

/* Somebody who walks through the list opens many rooms and looks at one. */
#define SETTLE_MS 400

typedef struct
{
  char *name;
  char *avatar_url;
  int power;
} MxKnownMember;

static void
mx_known_member_free (gpointer data)
{
  MxKnownMember *known = data;

  g_free (known->name);
  g_free (known->avatar_url);
  g_free (known);
}

static MxKnownMember *
look_up (MxRoom *self, const char *user_id)
{
  MxKnownMember *known = NULL;
  MxStore *reader = self->session != NULL ? mx_session_get_reader (self->session) : NULL;
  MxMemberRow *row = NULL;
  g_autoptr (GError) error = NULL;

  if (self->members == NULL)
    self->members = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, mx_known_member_free);

  known = g_hash_table_lookup (self->members, user_id);
  if (known != NULL)
    return known;

  if (reader != NULL)
    row = mx_store_load_member (reader, self->id, user_id, &error);
  if (error != NULL)
    g_debug ("A member could not be read: %s %d", g_quark_to_string (error->domain), error->code);

  if (g_hash_table_size (self->members) >= MAX_KNOWN)
    g_hash_table_remove_all (self->members);

  known = g_new0 (MxKnownMember, 1);
  if (row != NULL)
    {
      known->name = mx_user_name_compute (row->display_name, user_id, row->ambiguous);
      known->avatar_url = g_strdup (row->avatar_url);
      known->power = row->power;
      mx_member_row_free (row);
    }
  else
    known->name = mx_user_name_compute (NULL, user_id, FALSE);
  g_hash_table_insert (self->members, g_strdup (user_id), known);

  return known;
}

const char *
mx_room_get_member_name (MxRoom *self, const char *user_id)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);
  g_return_val_if_fail (user_id != NULL, NULL);

  return look_up (self, user_id)->name;
}

const char *
mx_room_get_member_avatar (MxRoom *self, const char *user_id)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);
  g_return_val_if_fail (user_id != NULL, NULL);

  return look_up (self, user_id)->avatar_url;
}

int
mx_room_get_member_power (MxRoom *self, const char *user_id)
{
  g_return_val_if_fail (MX_IS_ROOM (self), 0);
  g_return_val_if_fail (user_id != NULL, 0);

  return look_up (self, user_id)->power;
}

/* -- The full list */

typedef struct
{
  char *room_id;
  GBytes *reply;
  GPtrArray *events; /* of MxEvent, decoded on the account thread */
} MxMemberReply;

static void
mx_member_reply_free (gpointer data)
{
  MxMemberReply *reply = data;

  g_free (reply->room_id);
  g_bytes_unref (reply->reply);
  g_clear_pointer (&reply->events, g_ptr_array_unref);
  g_free (reply);
}

static gboolean
decode_members (gpointer data, GError **error)
{
  MxMemberReply *reply = data;
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (reply->reply, error);
  MxJsonIter iter;
  MxJson value;

  if (document == NULL)
    return FALSE;

  reply->events = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_event_unref);
  mx_json_iter_init (&iter, mx_json_get (mx_json_document_root (document), "chunk"));
  while (mx_json_iter_next (&iter, NULL, &value))
    {
      g_autoptr (GError) refused = NULL;
      MxEvent *event = mx_event_new_from_json (value, &refused);

      if (event != NULL)
        g_ptr_array_add (reply->events, event);
    }

  return TRUE;
}

static gboolean
apply_members (MxStore *store,
               MxStoreChanges *changes,
               gpointer data,
               GValue *result,
               GError **error)
{
  MxMemberReply *reply = data;

  return mx_store_apply_members (store, reply->room_id, reply->events, changes, error);
}

typedef struct
{
  MxRoom *room;
  gboolean complete;
  GListModel *members;
} MxMemberReading;

static gboolean
check_complete_call (MxSession *session, gpointer data, GError **error)
{
  MxMemberReading *reading = data;
  MxStore *reader = mx_session_get_reader (session);

  reading->complete = reader == NULL || mx_store_members_complete (reader, reading->room->id);

  return TRUE;
}

static gboolean
read_members_call (MxSession *session, gpointer data, GError **error)
{
  MxMemberReading *reading = data;
  MxStore *reader = mx_session_get_reader (session);
  g_autoptr (GListStore) list = g_list_store_new (MX_TYPE_MEMBER);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) members = g_ptr_array_new_with_free_func (g_object_unref);

  if (reader == NULL)
    {
      g_set_error_literal (error,
                           MX_SESSION_ERROR,
                           MX_SESSION_ERROR_SIGNED_OUT,
                           "The session is not open");
      return FALSE;
    }

  rows = mx_store_load_members (reader, reading->room->id, NULL, 0, MEMBER_PAGE, error);
  if (rows == NULL)
    return FALSE;

  for (unsigned i = 0; i < rows->len; i++)
    g_ptr_array_add (members, mx_member_new (g_ptr_array_index (rows, i)));
  g_list_store_splice (list, 0, 0, members->pdata, members->len);
  reading->members = G_LIST_MODEL (g_steal_pointer (&list));

  return TRUE;
}

/* Asks the server when the store does not have them all. On a fiber. */
static gboolean
complete_members (MxRoom *self, MxSession *session, GError **error)
{
  g_autoptr (MxScope) scope = mx_scope_ref (mx_session_get_scope (session));
  MxMemberReading reading = { .room = self };
  MxMemberReply *reply = NULL;
  GBytes *bytes = NULL;

  if (!dex_await (mx_session_call (session, check_complete_call, &reading), error))
    return FALSE;
  if (reading.complete || self->row->membership != MX_MEMBERSHIP_JOIN)
    return TRUE;

  bytes =
    dex_await_boxed (mx_guard (scope, mx_rooms_members (mx_session_get_http (session), self->id)),
                     error);
  if (bytes == NULL)
    return FALSE;

  reply = g_new0 (MxMemberReply, 1);
  reply->room_id = g_strdup (self->id);
  reply->reply = bytes;

  return dex_await (mx_guard (scope,
                              mx_session_write_full (session,
                                                     decode_members,
                                                     apply_members,
                                                     NULL,
                                                     reply,
                                                     mx_member_reply_free)),
                    error);
}

static DexFuture *
load_members_fiber (gpointer data)
{
  MxRoom *self = data;
  g_autoptr (MxSession) session = self->session != NULL ? g_object_ref (self->session) : NULL;
  MxMemberReading reading = { .room = self };
  GError *error = NULL;

  if (session == NULL || mx_session_get_reader (session) == NULL)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_SIGNED_OUT,
                                  "The session is not open");
  if (!complete_members (self, session, &error))
    return dex_future_new_for_error (error);

  if (!dex_await (mx_session_call (session, read_members_call, &reading), &error))
    return dex_future_new_for_error (error);

  return dex_future_new_take_object (reading.members);
}

DexFuture *
mx_room_load_members (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  return mx_flow_run (load_members_fiber, g_object_ref (self), g_object_unref);
}

static DexFuture *
complete_members_fiber (gpointer data)
{
  MxRoom *self = data;
  g_autoptr (MxSession) session = self->session != NULL ? g_object_ref (self->session) : NULL;
  g_autoptr (MxScope) scope = NULL;
  g_autoptr (GError) error = NULL;

  if (session != NULL)
    {
      scope = mx_scope_ref (mx_session_get_scope (session));
      if (dex_await (mx_guard (scope, mx_sleep (SETTLE_MS)), &error))
        complete_members (self, session, &error);
    }

  self->completing = FALSE;

  return error == NULL ? dex_future_new_true ()
                       : dex_future_new_for_error (g_steal_pointer (&error));
}

void
mx_room_complete_members (MxRoom *self)
{
  if (self->completing || self->session == NULL || self->row->membership != MX_MEMBERSHIP_JOIN ||
      mx_session_get_reader (self->session) == NULL ||
      mx_store_members_complete (mx_session_get_reader (self->session), self->id))
    return;

  self->completing = TRUE;
  mx_flow_start ("members", complete_members_fiber, g_object_ref (self), g_object_unref);
}

static DexFuture *
ensure_members_fiber (gpointer data)
{
  MxRoom *self = data;
  g_autoptr (MxSession) session = self->session != NULL ? g_object_ref (self->session) : NULL;
  GError *error = NULL;

  if (session == NULL || mx_session_get_http (session) == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session is closed");

  return complete_members (self, session, &error) ? dex_future_new_true ()
                                                  : dex_future_new_for_error (error);
}

DexFuture *
mx_room_ensure_members (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  return mx_flow_run (ensure_members_fiber, g_object_ref (self), g_object_unref);
}

/* -- Permissions (spec "m.room.power_levels") */

/* Without any power levels event nothing needs power but what the specification names. */
static gint64
needed_power (MxJson levels, MxPermission permission)
{
  switch (permission)
    {
    case MX_PERMISSION_SEND:
      return mx_json_int (mx_json_path (levels, "events", "m.room.message", NULL),
                          mx_json_int (mx_json_get (levels, "events_default"), 0));
    case MX_PERMISSION_INVITE:
      return mx_json_int (mx_json_get (levels, "invite"), 0);
    case MX_PERMISSION_REDACT:
      return mx_json_int (mx_json_get (levels, "redact"), 50);
    case MX_PERMISSION_KICK:
      return mx_json_int (mx_json_get (levels, "kick"), 50);
    case MX_PERMISSION_STATE:
      return mx_json_int (mx_json_get (levels, "state_default"),
                          mx_json_is_object (levels) ? 50 : 0);
    default:
      g_assert_not_reached ();
    }
}

gboolean
mx_room_can (MxRoom *self, MxPermission permission)
{
  MxStore *reader = NULL;
  g_autofree char *content = NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  MxJson levels = { NULL };
  int power = 0;

  g_return_val_if_fail (MX_IS_ROOM (self), FALSE);

  if (self->session == NULL || self->row->membership != MX_MEMBERSHIP_JOIN)
    return FALSE;
  reader = mx_session_get_reader (self->session);
  if (reader == NULL)
    return FALSE;

  content = mx_store_get_state (reader, self->id, "m.room.power_levels", "");
  if (content != NULL)
    {
      document = mx_json_document_parse (content, -1, &error);
      if (document != NULL)
        levels = mx_json_document_root (document);
    }
  power = mx_room_get_member_power (self, mx_session_get_user_id (self->session));

  return power == G_MAXINT || power >= needed_power (levels, permission);
}
