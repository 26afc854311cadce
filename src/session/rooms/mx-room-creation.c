/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Rooms that one enters: joined by id or alias, or made (spec "Creation", "Joining rooms", "Direct
 * Messaging"). Main thread. */
#include "config.h"

#include "mx-direct-rooms.h"
#include "mx-error.h"
#include "mx-json.h"
#include "mx-matrix-id.h"
#include "mx-room-list-private.h"
#include "mx-room-requests.h"

/* Servers take their time with large rooms of others. */
#define JOIN_MS   180000
#define CREATE_MS 60000

/* The room should be in the list when the caller goes there. */
#define ARRIVAL_MS 8000

typedef struct
{
  MxSession *session;
  MxScope *scope;
  char *target; /* id or alias, or the body of the creation */
  GStrv via;
  char *direct_user; /* creation of a direct message, NULL */
} MxEntry;

static void
mx_entry_free (gpointer data)
{
  MxEntry *entry = data;

  g_clear_object (&entry->session);
  g_clear_pointer (&entry->scope, mx_scope_unref);
  g_free (entry->target);
  g_strfreev (entry->via);
  g_free (entry->direct_user);
  g_free (entry);
}

static MxEntry *
mx_entry_new (MxSession *session, const char *target)
{
  MxEntry *entry = g_new0 (MxEntry, 1);

  entry->session = g_object_ref (session);
  entry->scope = mx_scope_ref (mx_session_get_scope (session));
  entry->target = g_strdup (target);

  return entry;
}

/* Sync brings the room; without a loop nobody would. */
static DexFuture *
wait_for_room (MxEntry *entry, const char *room_id)
{
  if (!mx_session_is_running (entry->session))
    return dex_future_new_true ();

  return mx_guard (entry->scope,
                   mx_room_list_wait_joined (mx_session_get_rooms (entry->session),
                                             room_id,
                                             ARRIVAL_MS));
}

static gboolean
joined_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return mx_store_set_membership (store, data, MX_MEMBERSHIP_JOIN, changes, error);
}

static DexFuture *
join_fiber (gpointer data)
{
  MxEntry *entry = data;
  g_autofree char *room_id = NULL;
  GError *error = NULL;

  if (!dex_await (mx_session_check_online (entry->session), &error))
    return dex_future_new_for_error (error);

  room_id =
    dex_await_string (mx_guard (entry->scope,
                                mx_timeout (mx_rooms_join (mx_session_get_http (entry->session),
                                                           entry->target,
                                                           (const char *const *) entry->via),
                                            JOIN_MS)),
                      &error);
  if (room_id == NULL)
    return dex_future_new_for_error (error);

  /* A room that is in the list already, as an invitation, changes its place at once. */
  if (mx_room_list_find (mx_session_get_rooms (entry->session), room_id) != NULL &&
      !dex_await (mx_session_write (entry->session, joined_work, g_strdup (room_id), g_free),
                  &error))
    return dex_future_new_for_error (error);
  if (!dex_await (wait_for_room (entry, room_id), &error))
    return dex_future_new_for_error (error);

  return dex_future_new_take_string (g_steal_pointer (&room_id));
}

DexFuture *
mx_session_join (MxSession *self, const char *room_id_or_alias, const char *const *via)
{
  MxEntry *entry = NULL;

  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  if (!mx_room_id_is_valid (room_id_or_alias) && !mx_room_alias_is_valid (room_id_or_alias))
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_BAD_INPUT,
                                  "Neither a room id nor an alias");

  entry = mx_entry_new (self, room_id_or_alias);
  entry->via = g_strdupv ((char **) via);

  return mx_flow_run (join_fiber, entry, mx_entry_free);
}

/* -- Creation */

static void
add_initial_state (MxJsonWriter *writer, const MxNewRoom *spec)
{
  mx_json_begin_array (writer, "initial_state");
  if (spec->encrypted)
    {
      mx_json_begin_object (writer, NULL);
      mx_json_add_string (writer, "type", "m.room.encryption");
      mx_json_add_string (writer, "state_key", "");
      mx_json_begin_object (writer, "content");
      mx_json_add_string (writer, "algorithm", "m.megolm.v1.aes-sha2");
      mx_json_end (writer);
      mx_json_end (writer);
    }
  mx_json_end (writer);
}

/* Caller owns. */
static char *
creation_body (const MxNewRoom *spec)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  const char *preset = "private_chat";

  if (spec->is_public)
    preset = "public_chat";
  else if (spec->direct)
    preset = "trusted_private_chat";

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "preset", preset);
  mx_json_add_string (writer, "visibility", spec->is_public ? "public" : "private");
  if (spec->name != NULL && *spec->name != '\0')
    mx_json_add_string (writer, "name", spec->name);
  if (spec->topic != NULL && *spec->topic != '\0')
    mx_json_add_string (writer, "topic", spec->topic);
  if (spec->direct)
    mx_json_add_bool (writer, "is_direct", TRUE);
  mx_json_begin_array (writer, "invite");
  for (gsize i = 0; spec->invite != NULL && spec->invite[i] != NULL; i++)
    mx_json_add_string (writer, NULL, spec->invite[i]);
  mx_json_end (writer);
  add_initial_state (writer, spec);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

static DexFuture *
create_fiber (gpointer data)
{
  MxEntry *entry = data;
  g_autofree char *room_id = NULL;
  GError *error = NULL;

  if (!dex_await (mx_session_check_online (entry->session), &error))
    return dex_future_new_for_error (error);

  room_id =
    dex_await_string (mx_guard (entry->scope,
                                mx_timeout (mx_rooms_create (mx_session_get_http (entry->session),
                                                             entry->target),
                                            CREATE_MS)),
                      &error);
  if (room_id == NULL)
    return dex_future_new_for_error (error);

  if (entry->direct_user != NULL &&
      !dex_await (mx_direct_rooms_add (entry->session, entry->direct_user, room_id), &error))
    return dex_future_new_for_error (error);
  if (!dex_await (wait_for_room (entry, room_id), &error))
    return dex_future_new_for_error (error);

  return dex_future_new_take_string (g_steal_pointer (&room_id));
}

DexFuture *
mx_session_create_room (MxSession *self, const MxNewRoom *spec)
{
  MxEntry *entry = NULL;
  g_autofree char *body = NULL;

  g_return_val_if_fail (MX_IS_SESSION (self), NULL);
  g_return_val_if_fail (spec != NULL, NULL);

  for (gsize i = 0; spec->invite != NULL && spec->invite[i] != NULL; i++)
    if (!mx_user_id_is_valid (spec->invite[i]))
      return dex_future_new_reject (MX_SESSION_ERROR, MX_SESSION_ERROR_BAD_INPUT, "Not a user id");

  body = creation_body (spec);
  entry = mx_entry_new (self, body);
  if (spec->direct && spec->invite != NULL)
    entry->direct_user = g_strdup (spec->invite[0]);

  return mx_flow_run (create_fiber, entry, mx_entry_free);
}
