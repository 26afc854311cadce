/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-room-work.h. */
#include "config.h"

#include "mx-room-work.h"

#include "mx-store-counts.h"
#include "mx-store-row.h"
#include "mx-store-state.h"

gint64
mx_room_find (MxStore *store, const char *room_id)
{
  return mx_sql_int (store, 0, "SELECT id FROM rooms WHERE room_id = ?", "s", room_id);
}

static gboolean
load (MxRoomWork *self)
{
  sqlite3_stmt *row =
    mx_sql_query (self->store,
                  "SELECT id, membership, is_encrypted, version FROM rooms WHERE room_id = ?",
                  "s",
                  self->room_id);

  if (!mx_sql_step (self->store, row))
    return FALSE;
  self->room = sqlite3_column_int64 (row, 0);
  self->membership = sqlite3_column_int (row, 1);
  self->is_encrypted = sqlite3_column_int (row, 2);
  self->version = mx_sql_column_dup (row, 3);
  mx_sql_done (row);
  return TRUE;
}

gboolean
mx_room_work_begin (MxRoomWork *self,
                    MxStore *store,
                    const char *room_id,
                    gboolean create,
                    MxStoreChanges *changes)
{
  *self = (MxRoomWork) { .store = store, .changes = changes, .room_id = g_strdup (room_id) };

  if (!load (self))
    {
      if (!create ||
          !mx_sql_run (store,
                       "INSERT INTO rooms (room_id, seen_ts, is_encrypted) VALUES "
                       "(?1, ?2, EXISTS (SELECT 1 FROM room_encryption WHERE room_id = ?1))",
                       "sl",
                       room_id,
                       (gint64) (g_get_real_time () / 1000)))
        return FALSE;
      load (self);
      self->is_new = TRUE;
    }
  self->own = mx_store_get_own_user_id (store);
  self->has_outbox =
    mx_sql_int (store, 0, "SELECT EXISTS (SELECT 1 FROM outbox WHERE room_id = ?)", "s", room_id);
  return store->failure == NULL;
}

void
mx_room_work_flag (MxRoomWork *self, MxRoomChangeFlags flags)
{
  if (self->changes != NULL)
    mx_store_changes_room (self->changes, self->room_id, flags);
}

void
mx_room_work_touch (MxRoomWork *self, const char *event_id)
{
  MxRoomChange *change;

  if (self->changes == NULL)
    return;
  change = mx_store_changes_room (self->changes, self->room_id, MX_ROOM_CHANGED_EVENTS);
  if (change->changed_events == NULL)
    change->changed_events = g_ptr_array_new_with_free_func (g_free);
  /* A page of reactions to one event names it once: neighbours are enough to look at. */
  for (guint i = change->changed_events->len; i > 0 && i + 4 > change->changed_events->len; i--)
    if (g_str_equal (g_ptr_array_index (change->changed_events, i - 1), event_id))
      return;
  g_ptr_array_add (change->changed_events, g_strdup (event_id));
}

const char *
mx_room_work_get_version (MxRoomWork *self)
{
  return self->version ? self->version : "1";
}

void
mx_room_work_finish (MxRoomWork *self)
{
  if (self->must_count)
    mx_counts_update (self);
  mx_store_row_update (self);
  mx_room_work_clear (self);
}

void
mx_room_work_clear (MxRoomWork *self)
{
  g_clear_pointer (&self->room_id, g_free);
  g_clear_pointer (&self->version, g_free);
  g_clear_pointer (&self->own_name, g_free);
  g_clear_pointer (&self->own_reads, g_hash_table_unref);
  g_clear_pointer (&self->decrypted, g_hash_table_unref);
  g_clear_pointer (&self->power_levels, mx_json_document_unref);
}
