/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-receipts.h. */
#include "config.h"

#include "mx-store-receipts.h"

#include "mx-store-blocks.h"
#include "mx-store-events.h"
#include "mx-store-rooms.h"

/* Events without a row of their own that are looked at after one that has. */
#define MAX_HIDDEN 200

void
mx_read_position_clear (MxReadPosition *self)
{
  g_clear_pointer (&self->event_id, g_free);
}

void
mx_receipts_get_own (MxStore *store, gint64 room, MxReadPosition *position)
{
  sqlite3_stmt *row =
    mx_sql_query (store,
                  "SELECT o.event_id, b.id, b.rank, e.position, o.is_confirmed FROM own_reads AS o "
                  "CROSS JOIN events AS e ON e.room = o.room AND e.event_id = o.event_id "
                  "CROSS JOIN blocks AS b ON b.id = e.block "
                  "WHERE o.room = ? ORDER BY b.rank DESC, e.position DESC LIMIT 1",
                  "l",
                  room);

  *position = (MxReadPosition) { 0 };
  if (mx_sql_step (store, row))
    {
      position->event_id = mx_sql_column_dup (row, 0);
      position->block = sqlite3_column_int64 (row, 1);
      position->rank = sqlite3_column_int64 (row, 2);
      position->position = sqlite3_column_int64 (row, 3);
      position->is_confirmed = sqlite3_column_int (row, 4);
      mx_sql_done (row);
    }
  position->ahead_ts = mx_sql_int (
    store,
    0,
    "SELECT max (ts) FROM own_reads AS o WHERE room = ?1 AND is_ahead = 1 AND NOT EXISTS "
    "(SELECT 1 FROM events AS e WHERE e.room = ?1 AND e.event_id = o.event_id AND e.block IS NOT NULL)",
    "l",
    room);
}

void
mx_receipts_prepare (MxRoomWork *work, GPtrArray *receipts)
{
  sqlite3_stmt *row;

  if (work->own_reads == NULL)
    work->own_reads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  row =
    mx_sql_query (work->store, "SELECT event_id FROM own_reads WHERE room = ?", "l", work->room);
  while (mx_sql_step (work->store, row))
    g_hash_table_add (work->own_reads, mx_sql_column_dup (row, 0));

  for (guint i = 0; receipts != NULL && i < receipts->len; i++)
    {
      MxReceipt *receipt = g_ptr_array_index (receipts, i);

      if (g_strcmp0 (receipt->user_id, work->own) == 0)
        g_hash_table_add (work->own_reads, g_strdup (receipt->event_id));
    }
}

static gboolean
is_own_join (MxRoomWork *work, MxEvent *event)
{
  MxJson before = mx_json_path (mx_event_get_unsigned (event), "prev_content", "membership", NULL);

  return g_str_equal (mx_event_get_event_type (event), "m.room.member") &&
         g_strcmp0 (mx_event_get_state_key (event), work->own) == 0 &&
         g_strcmp0 (mx_json_get_string (mx_event_get_content (event), "membership"), "join") == 0 &&
         g_strcmp0 (mx_json_string (before), "join") != 0;
}

static gboolean
is_own_message (MxRoomWork *work, MxEvent *event)
{
  if (g_strcmp0 (mx_event_get_sender (event), work->own) != 0)
    return FALSE;
  if (mx_event_get_state_key (event) != NULL)
    return is_own_join (work, event);
  /* A reaction or a redaction may concern something far above what is unread. */
  return mx_event_get_relation_type (event) == NULL &&
         !g_str_equal (mx_event_get_event_type (event), "m.room.redaction");
}

gboolean
mx_receipts_is_read_by_us (MxRoomWork *work, MxEvent *event)
{
  if (work->own_reads == NULL)
    mx_receipts_prepare (work, NULL);
  return g_hash_table_contains (work->own_reads, mx_event_get_id (event)) ||
         is_own_message (work, event);
}

void
mx_receipts_imply (MxRoomWork *work, MxEvent *event)
{
  work->must_count = TRUE;
  if (is_own_message (work, event))
    mx_sql_run (work->store,
                "INSERT OR IGNORE INTO own_reads (room, event_id, ts) VALUES (?, ?, ?)",
                "lsl",
                work->room,
                mx_event_get_id (event),
                mx_event_get_timestamp (event));
}

gboolean
mx_receipts_is_before_read (MxRoomWork *work, gint64 block)
{
  g_auto (MxReadPosition) position = { 0 };
  MxBlock here;

  mx_receipts_get_own (work->store, work->room, &position);
  return position.event_id != NULL && mx_block_load (work->store, block, &here) &&
         position.rank >= here.rank;
}

gboolean
mx_receipts_add_own (MxRoomWork *work,
                     const char *event_id,
                     gint64 ts,
                     gboolean is_ahead,
                     gboolean is_confirmed)
{
  if (!mx_sql_change (
        work->store,
        "INSERT INTO own_reads (room, event_id, ts, is_ahead, is_confirmed) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (room, event_id) DO UPDATE SET is_confirmed = 1 "
        "WHERE excluded.is_confirmed > is_confirmed",
        "lslii",
        work->room,
        event_id,
        ts,
        is_ahead != 0,
        is_confirmed != 0))
    return FALSE;
  work->must_count = TRUE;
  return TRUE;
}

void
mx_receipts_prune (MxRoomWork *work)
{
  g_auto (MxReadPosition) position = { 0 };

  if (mx_sql_int (work->store,
                  0,
                  "SELECT count (*) FROM own_reads WHERE room = ?",
                  "l",
                  work->room) < 2)
    return;

  mx_receipts_get_own (work->store, work->room, &position);
  if (position.event_id != NULL)
    mx_sql_run (
      work->store,
      "DELETE FROM own_reads WHERE room = ?1 AND event_id <> ?2 AND EXISTS (SELECT 1 FROM events AS e "
      "WHERE e.room = ?1 AND e.event_id = own_reads.event_id AND e.block IS NOT NULL)",
      "ls",
      work->room,
      position.event_id);
  mx_sql_run (work->store,
              "DELETE FROM own_reads WHERE room = ?1 AND event_id <> ?2 AND event_id NOT IN "
              "(SELECT event_id FROM own_reads WHERE room = ?1 ORDER BY ts DESC LIMIT 8)",
              "ls",
              work->room,
              position.event_id ? position.event_id : "");
}

static void
apply_own (MxRoomWork *work, MxReceipt *receipt, gboolean is_news)
{
  gboolean is_ahead = FALSE;

  if (is_news &&
      !mx_sql_int (work->store,
                   0,
                   "SELECT EXISTS (SELECT 1 FROM events WHERE room = ? AND event_id = ?)",
                   "ls",
                   work->room,
                   receipt->event_id))
    {
      MxBlock live;

      is_ahead =
        mx_block_load_live (work->store, work->room, &live) &&
        receipt->timestamp >=
          mx_sql_int (work->store,
                      0,
                      "SELECT ts FROM events WHERE block = ? ORDER BY position DESC LIMIT 1",
                      "l",
                      live.id);
    }
  if (mx_receipts_add_own (work, receipt->event_id, receipt->timestamp, is_ahead, TRUE))
    mx_room_work_flag (work, MX_ROOM_CHANGED_RECEIPTS);
}

void
mx_receipts_apply (MxRoomWork *work, GPtrArray *receipts, gboolean is_news)
{
  for (guint i = 0; receipts != NULL && i < receipts->len; i++)
    {
      MxReceipt *receipt = g_ptr_array_index (receipts, i);
      gboolean changed = mx_sql_change (
        work->store,
        "INSERT INTO receipts (room, user_id, kind, thread_id, event_id, ts) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (room, user_id, kind, thread_id) "
        "DO UPDATE SET event_id = excluded.event_id, ts = excluded.ts "
        "WHERE excluded.ts >= ts AND excluded.event_id <> event_id",
        "lssssl",
        work->room,
        receipt->user_id,
        receipt->kind,
        receipt->thread_id ? receipt->thread_id : "",
        receipt->event_id,
        receipt->timestamp);

      if (changed && g_strcmp0 (receipt->user_id, work->own) == 0)
        apply_own (work, receipt, is_news);
      else if (changed)
        mx_room_work_flag (work, MX_ROOM_CHANGED_RECEIPTS);
    }
}

char *
mx_store_get_own_receipt (MxStore *self, const char *room_id)
{
  g_auto (MxReadPosition) position = { 0 };
  char *event_id;
  gint64 room;

  mx_sql_enter (self);
  room = mx_room_find (self, room_id);
  mx_receipts_get_own (self, room, &position);
  event_id = g_steal_pointer (&position.event_id);
  if (event_id == NULL)
    event_id =
      mx_sql_text (self,
                   "SELECT event_id FROM own_reads WHERE room = ? ORDER BY ts DESC LIMIT 1",
                   "l",
                   room);
  mx_sql_leave_logged (self);
  return event_id;
}

char *
mx_store_get_fully_read (MxStore *self, const char *room_id)
{
  g_autofree char *content = mx_store_get_account_data (self, room_id, "m.fully_read");
  g_autoptr (MxJsonDocument) document = content ? mx_json_document_parse (content, -1, NULL) : NULL;

  return document ? g_strdup (mx_json_get_string (mx_json_document_root (document), "event_id"))
                  : NULL;
}

/* Positions from an event up to the next one that has a row: who has read a reaction has read what
 * stands above it. */
static void
find_range (MxStore *store, const MxStoredEvent *event, gint64 *end)
{
  *end = mx_sql_int (store,
                     G_MAXINT64,
                     "SELECT min (position) FROM events INDEXED BY events_rows "
                     "WHERE block = ? AND shown > 0 AND position > ?",
                     "ll",
                     event->block,
                     event->position);
}

GPtrArray *
mx_store_load_receipts (MxStore *self, const char *room_id, const char *event_id)
{
  GPtrArray *receipts = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_receipt_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  MxStoredEvent event;
  sqlite3_stmt *row = NULL;
  gint64 room, end;

  mx_sql_enter (self);
  room = mx_room_find (self, room_id);
  if (mx_events_find (self, room, event_id, &event) && event.block != 0)
    {
      find_range (self, &event, &end);
      row = mx_sql_query (
        self,
        "SELECT user_id, kind, thread_id, ts, event_id FROM receipts WHERE room = ? AND user_id <> ? "
        "AND event_id IN (SELECT event_id FROM events INDEXED BY events_in_order "
        "WHERE block = ? AND position >= ? AND position < ? LIMIT ?) ORDER BY ts DESC, user_id",
        "lsllli",
        room,
        mx_store_get_own_user_id (self),
        event.block,
        event.position,
        end,
        MAX_HIDDEN);
    }
  while (mx_sql_step (self, row))
    {
      const char *thread_id = mx_sql_column_text (row, 2);
      MxReceipt *receipt;

      if (g_hash_table_contains (seen, mx_sql_column_text (row, 0)))
        continue;
      receipt = g_new0 (MxReceipt, 1);
      receipt->event_id = mx_sql_column_dup (row, 4);
      receipt->user_id = mx_sql_column_dup (row, 0);
      receipt->kind = mx_sql_column_dup (row, 1);
      receipt->thread_id = *thread_id ? g_strdup (thread_id) : NULL;
      receipt->timestamp = sqlite3_column_int64 (row, 3);
      g_ptr_array_add (receipts, receipt);
      g_hash_table_add (seen, receipt->user_id);
    }
  mx_sql_leave_logged (self);
  return receipts;
}
