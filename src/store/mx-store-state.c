/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-state.h. */
#include "config.h"

#include "mx-store-state.h"

#include "mx-store-members.h"
#include "mx-store-reading.h"
#include "mx-store-rooms.h"

#include <string.h>

static char *
make_key (MxEvent *event)
{
  return g_strdup_printf ("%s\n%s",
                          mx_event_get_event_type (event),
                          mx_event_get_state_key (event));
}

/* Some state changes what is known of the room itself. */
static void
note_special (MxRoomWork *work, MxEvent *event)
{
  const char *type = mx_event_get_event_type (event);

  if (*mx_event_get_state_key (event) != '\0')
    return;

  if (g_str_equal (type, "m.room.create"))
    {
      const char *version =
        mx_json_string_or (mx_json_get (mx_event_get_content (event), "room_version"), "1");

      g_set_str (&work->version, version);
      mx_sql_run (work->store,
                  "UPDATE rooms SET version = ? WHERE id = ?",
                  "sl",
                  version,
                  work->room);
    }
  else if (g_str_equal (type, "m.room.encryption"))
    mx_reading_latch (work, mx_event_get_content (event));
}

static void
apply_event (MxRoomWork *work, MxEvent *event, gboolean *powers_changed)
{
  g_autofree char *content = NULL;
  const char *type = mx_event_get_event_type (event);

  if (g_str_equal (type, "m.room.member"))
    {
      if (mx_members_apply (work, event, FALSE))
        mx_room_work_flag (work, MX_ROOM_CHANGED_MEMBERS);
      return;
    }

  content = mx_json_to_text (mx_event_get_content (event));
  if (content == NULL ||
      !mx_sql_change (
        work->store,
        "INSERT INTO state (room, type, state_key, event_id, sender, ts, content) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (room, is_stripped, type, state_key) "
        "DO UPDATE SET event_id = excluded.event_id, sender = excluded.sender, ts = excluded.ts, "
        "content = excluded.content WHERE event_id IS NOT excluded.event_id",
        "lssssls",
        work->room,
        type,
        mx_event_get_state_key (event),
        mx_event_get_id (event),
        mx_event_get_sender (event),
        mx_event_get_timestamp (event),
        content))
    return;

  note_special (work, event);
  mx_room_work_flag (work, MX_ROOM_CHANGED_STATE);
  if (g_str_equal (type, "m.room.power_levels") || g_str_equal (type, "m.room.create"))
    {
      *powers_changed = TRUE;
      g_clear_pointer (&work->power_levels, mx_json_document_unref);
      work->has_push = FALSE;
      g_clear_pointer (&work->own_name, g_free);
    }
}

void
mx_state_apply (MxRoomWork *work, MxRoomDelta *delta)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean powers_changed = FALSE;

  /* Newest first, so that each state is written once and the same response again writes nothing. */
  for (guint i = delta->timeline && !delta->state_is_current ? delta->timeline->len : 0; i > 0; i--)
    {
      MxEvent *event = g_ptr_array_index (delta->timeline, i - 1);

      if (mx_event_get_state_key (event) != NULL && g_hash_table_add (seen, make_key (event)))
        apply_event (work, event, &powers_changed);
    }
  for (guint i = delta->state ? delta->state->len : 0; i > 0; i--)
    {
      MxEvent *event = g_ptr_array_index (delta->state, i - 1);

      if (mx_event_get_state_key (event) != NULL && g_hash_table_add (seen, make_key (event)))
        apply_event (work, event, &powers_changed);
    }

  /* A first complete answer: what it leaves out is unset (§3.2 rule 5). People stay known, old
   * messages name them. */
  if (delta->initial && delta->state != NULL && delta->state->len > 0 && !work->is_new)
    {
      g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
      sqlite3_stmt *row =
        mx_sql_query (work->store,
                      "SELECT type, state_key FROM state WHERE room = ? AND is_stripped = 0",
                      "l",
                      work->room);

      while (mx_sql_step (work->store, row))
        {
          g_autofree char *key =
            g_strdup_printf ("%s\n%s", mx_sql_column_text (row, 0), mx_sql_column_text (row, 1));

          if (!g_hash_table_contains (seen, key))
            g_ptr_array_add (gone, g_steal_pointer (&key));
        }
      for (guint i = 0; i < gone->len; i++)
        {
          char *type = g_ptr_array_index (gone, i);
          char *end = strchr (type, '\n');

          *end = '\0';
          mx_sql_run (
            work->store,
            "DELETE FROM state WHERE room = ? AND is_stripped = 0 AND type = ? AND state_key = ?",
            "lss",
            work->room,
            type,
            end + 1);
          mx_room_work_flag (work, MX_ROOM_CHANGED_STATE);
        }
    }

  if (powers_changed)
    mx_members_update_powers (work);
}

void
mx_state_apply_stripped (MxRoomWork *work, GPtrArray *events)
{
  mx_sql_run (work->store, "DELETE FROM state WHERE room = ? AND is_stripped = 1", "l", work->room);
  for (guint i = 0; i < events->len; i++)
    {
      g_autoptr (MxJsonDocument) document =
        mx_json_document_parse (g_ptr_array_index (events, i), -1, NULL);
      MxJson event = document ? mx_json_document_root (document) : (MxJson) { NULL };
      g_autofree char *content = mx_json_to_text (mx_json_get (event, "content"));
      const char *type = mx_json_get_string (event, "type");
      const char *sender = mx_json_get_string (event, "sender");
      const char *state_key = mx_json_get_string (event, "state_key");

      if (type == NULL || state_key == NULL || !mx_json_is_object (mx_json_get (event, "content")))
        continue;
      mx_sql_run (
        work->store,
        "INSERT OR REPLACE INTO state (room, is_stripped, type, state_key, event_id, sender, ts, content) "
        "VALUES (?, 1, ?, ?, ?, ?, ?, ?)",
        "lssssls",
        work->room,
        type,
        state_key,
        mx_json_get_string (event, "event_id"),
        sender ? sender : "",
        MAX (0, mx_json_int (mx_json_get (event, "origin_server_ts"), 0)),
        content);
    }
}

char *
mx_state_get (MxStore *store, gint64 room, const char *type, const char *state_key)
{
  char *content;

  if (g_str_equal (type, "m.room.member"))
    {
      content = mx_sql_text (store,
                             "SELECT content FROM members WHERE room = ? AND user_id = ?",
                             "ls",
                             room,
                             state_key);
      if (content != NULL)
        return content;
    }
  return mx_sql_text (
    store,
    "SELECT content FROM state WHERE room = ? AND is_stripped IN (0, 1) AND type = ? AND state_key = ? "
    "ORDER BY is_stripped LIMIT 1",
    "lss",
    room,
    type,
    state_key);
}

MxJsonDocument *
mx_state_load (MxStore *store, gint64 room, const char *type, const char *state_key)
{
  g_autofree char *content = mx_state_get (store, room, type, state_key);

  return content ? mx_json_document_parse (content, -1, NULL) : NULL;
}

MxJson
mx_power_levels (MxRoomWork *work)
{
  if (work->power_levels == NULL)
    {
      work->power_levels = mx_state_load (work->store, work->room, "m.room.power_levels", "");
      /* So that a room without any is asked once. */
      if (work->power_levels == NULL)
        work->power_levels = mx_json_document_parse ("null", -1, NULL);
    }
  return mx_json_document_root (work->power_levels);
}

static gboolean
has_creator_power (const char *version)
{
  return version != NULL && (g_ascii_strtoll (version, NULL, 10) >= 12 ||
                             g_str_has_prefix (version, "org.matrix.hydra"));
}

static gboolean
is_creator (MxRoomWork *work, const char *user_id)
{
  g_autofree char *sender = mx_sql_text (
    work->store,
    "SELECT sender FROM state WHERE room = ? AND is_stripped = 0 AND type = 'm.room.create' AND state_key = ''",
    "l",
    work->room);
  g_autoptr (MxJsonDocument) create = NULL;
  MxJson others;

  if (g_strcmp0 (sender, user_id) == 0)
    return TRUE;
  if (!has_creator_power (work->version))
    return FALSE;
  create = mx_state_load (work->store, work->room, "m.room.create", "");
  others = create ? mx_json_get (mx_json_document_root (create), "additional_creators")
                  : (MxJson) { NULL };
  for (unsigned i = 0; i < mx_json_size (others); i++)
    if (g_strcmp0 (mx_json_string (mx_json_at (others, i)), user_id) == 0)
      return TRUE;
  return FALSE;
}

int
mx_power_of (MxRoomWork *work, const char *user_id)
{
  MxJson levels = mx_power_levels (work);
  MxJson power = mx_json_get (mx_json_get (levels, "users"), user_id);
  gint64 fallback = mx_json_int (mx_json_get (levels, "users_default"), 0);

  if (has_creator_power (work->version) && is_creator (work, user_id))
    return G_MAXINT;
  /* Without power levels the creator has them all. */
  if (!mx_json_is_object (levels))
    return is_creator (work, user_id) ? 100 : 0;
  return CLAMP (mx_json_int (power, fallback), -G_MAXINT, G_MAXINT - 1);
}

char *
mx_store_get_state (MxStore *self, const char *room_id, const char *type, const char *state_key)
{
  char *content;

  mx_sql_enter (self);
  content = mx_state_get (self, mx_room_find (self, room_id), type, state_key);
  mx_sql_leave_logged (self);
  return content;
}
