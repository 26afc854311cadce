/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Reading timelines; see mx-store-timeline.h. A gap has a row at each side that has a token: the
 * reader who comes from below fills it backwards, the one who comes from an island above fills it
 * forwards. Keys: events have positions, the gap before a block comes before all of them, the gap
 * after it behind. */
#include "config.h"

#include "mx-store-timeline.h"

#include "mx-store-blocks.h"
#include "mx-store-events.h"
#include "mx-store-receipts.h"
#include "mx-store-relations.h"
#include "mx-store-rooms.h"

#define BEFORE_BLOCK G_MININT64
#define AFTER_BLOCK  G_MAXINT64
/* How far back "my last message" is looked for. */
#define MAX_LOOK 500

#define ROW_COLUMNS                                                                                \
  "SELECT position, raw, clear, redacted_by, shown, failure, failed_ms, session_id FROM events "

int
mx_timeline_key_compare (const MxTimelineKey *a, const MxTimelineKey *b)
{
  if (a->block != b->block)
    return a->block < b->block ? -1 : 1;
  if (a->position != b->position)
    return a->position < b->position ? -1 : 1;
  return 0;
}

void
mx_timeline_row_free (MxTimelineRow *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->event, mx_event_unref);
  g_clear_pointer (&self->edit, mx_event_unref);
  g_clear_pointer (&self->reactions, g_ptr_array_unref);
  g_free (self->gap_token);
  g_free (self->redacted_by);
  g_free (self->session_id);
  g_free (self);
}

static MxTimelineRow *
read_event (sqlite3_stmt *found, gint64 rank)
{
  g_autoptr (MxEvent) event =
    mx_events_parse (mx_sql_column_text (found, 1), mx_sql_column_text (found, 2));
  MxTimelineRow *row;

  if (event == NULL)
    return NULL;
  row = g_new0 (MxTimelineRow, 1);
  row->kind = MX_TIMELINE_ROW_EVENT;
  row->key = (MxTimelineKey) { rank, sqlite3_column_int64 (found, 0) };
  row->event = g_steal_pointer (&event);
  row->redacted_by = mx_sql_column_dup (found, 3);
  row->is_shown = sqlite3_column_int (found, 4) > 0;
  row->failure = sqlite3_column_int (found, 5);
  row->failed_ms = sqlite3_column_int64 (found, 6);
  row->session_id = mx_sql_column_dup (found, 7);
  return row;
}

static void
add_gap (MxStore *store, const MxBlock *block, int direction, GPtrArray *rows)
{
  MxTimelineRow *row = g_new0 (MxTimelineRow, 1);

  row->kind = MX_TIMELINE_ROW_GAP;
  row->key = (MxTimelineKey) { block->rank, direction < 0 ? BEFORE_BLOCK : AFTER_BLOCK };
  row->gap_id = block->id * 2 + (direction < 0);
  row->gap_backwards = direction < 0;
  row->gap_token =
    direction < 0
      ? mx_sql_text (store, "SELECT token_before FROM blocks WHERE id = ?", "l", block->id)
      : mx_sql_text (store, "SELECT token_after FROM blocks WHERE id = ?", "l", block->id);
  g_ptr_array_add (rows, row);
}

/* Events of one block beyond a position, walking in direction; TRUE when the block's end was
 * reached. */
static gboolean
read_block (MxStore *store,
            const MxBlock *block,
            int direction,
            gint64 *position,
            unsigned limit,
            GPtrArray *rows)
{
  unsigned found = 0;
  sqlite3_stmt *row =
    direction < 0
      ? mx_sql_query (store,
                      ROW_COLUMNS
                      "INDEXED BY events_rows WHERE block = ? AND shown > 0 AND position < ? "
                      "ORDER BY position DESC LIMIT ?",
                      "lll",
                      block->id,
                      *position,
                      (gint64) limit)
      : mx_sql_query (store,
                      ROW_COLUMNS
                      "INDEXED BY events_rows WHERE block = ? AND shown > 0 AND position > ? "
                      "ORDER BY position LIMIT ?",
                      "lll",
                      block->id,
                      *position,
                      (gint64) limit);

  while (mx_sql_step (store, row))
    {
      MxTimelineRow *event = read_event (row, block->rank);

      found++;
      *position = sqlite3_column_int64 (row, 0);
      if (event != NULL)
        g_ptr_array_add (rows, event);
    }
  if (found < limit)
    return TRUE;
  return direction < 0 ? !mx_sql_int (store,
                                      0,
                                      "SELECT EXISTS (SELECT 1 FROM events INDEXED BY events_rows "
                                      "WHERE block = ? AND shown > 0 AND position < ?)",
                                      "ll",
                                      block->id,
                                      *position)
                       : !mx_sql_int (store,
                                      0,
                                      "SELECT EXISTS (SELECT 1 FROM events INDEXED BY events_rows "
                                      "WHERE block = ? AND shown > 0 AND position > ?)",
                                      "ll",
                                      block->id,
                                      *position);
}

/* Rows beyond key in direction, in that order; TRUE when nothing lies beyond them. */
static gboolean
read_rows (MxStore *store,
           gint64 room,
           const MxTimelineKey *key,
           int direction,
           unsigned limit,
           GPtrArray *rows)
{
  gint64 near_end = direction < 0 ? AFTER_BLOCK : BEFORE_BLOCK;
  gint64 far_end = direction < 0 ? BEFORE_BLOCK : AFTER_BLOCK;
  gint64 rank = direction < 0 ? G_MAXINT64 : 0;
  MxBlock block;

  if (key != NULL)
    rank = key->block - direction;
  if (!mx_block_neighbour (store, room, rank, direction, &block))
    return TRUE;

  for (;;)
    {
      gboolean is_entered = key == NULL || block.rank != key->block;
      gint64 position = is_entered ? near_end : key->position;
      gboolean has_near_gap = direction < 0 ? block.gap_after : block.gap_before;
      gboolean has_far_gap = direction < 0 ? block.gap_before : block.gap_after;
      guint before = rows->len;

      if (is_entered && has_near_gap)
        add_gap (store, &block, -direction, rows);
      if (position != far_end)
        {
          guint left = limit - MIN (limit, rows->len - before);

          if (!read_block (store, &block, direction, &position, left, rows))
            return FALSE;
          if (has_far_gap)
            add_gap (store, &block, direction, rows);
        }
      limit -= MIN (limit, rows->len - before);

      if (!mx_block_neighbour (store, room, block.rank, direction, &block))
        return !has_far_gap;
      if (limit == 0)
        return FALSE;
      key = NULL;
    }
}

static GPtrArray *
load_rows (MxStore *self,
           const char *room_id,
           const MxTimelineKey *key,
           int direction,
           unsigned limit,
           gboolean *at_end,
           GError **error)
{
  g_autoptr (GPtrArray) rows =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mx_timeline_row_free);
  gboolean ended;
  gint64 room;

  mx_sql_enter (self);
  room = mx_room_find (self, room_id);
  ended = read_rows (self, room, key, direction, MAX (limit, 1), rows);
  for (guint i = 0; i < rows->len; i++)
    {
      MxTimelineRow *row = g_ptr_array_index (rows, i);

      if (row->kind == MX_TIMELINE_ROW_EVENT)
        mx_relations_fill (self, room, row);
    }
  if (!mx_sql_leave (self, error))
    return NULL;

  if (at_end != NULL)
    *at_end = ended;
  if (direction < 0)
    for (guint i = 0; i < rows->len / 2; i++)
      {
        gpointer row = rows->pdata[i];

        rows->pdata[i] = rows->pdata[rows->len - 1 - i];
        rows->pdata[rows->len - 1 - i] = row;
      }
  return g_steal_pointer (&rows);
}

GPtrArray *
mx_store_load_before (MxStore *self,
                      const char *room_id,
                      const MxTimelineKey *key,
                      unsigned limit,
                      gboolean *at_start,
                      GError **error)
{
  return load_rows (self, room_id, key, -1, limit, at_start, error);
}

GPtrArray *
mx_store_load_after (MxStore *self,
                     const char *room_id,
                     const MxTimelineKey *key,
                     unsigned limit,
                     gboolean *at_end,
                     GError **error)
{
  return load_rows (self, room_id, key, 1, limit, at_end, error);
}

MxTimelineRow *
mx_store_load_event (MxStore *self, const char *room_id, const char *event_id, GError **error)
{
  MxTimelineRow *row = NULL;
  MxStoredEvent stored;
  MxBlock block;
  gint64 room;

  mx_sql_enter (self);
  room = mx_room_find (self, room_id);
  if (mx_events_find (self, room, event_id, &stored))
    {
      sqlite3_stmt *found = mx_sql_query (self, ROW_COLUMNS "WHERE id = ?", "l", stored.id);

      if (mx_sql_step (self, found))
        {
          row = read_event (found, -1);
          mx_sql_done (found);
        }
      if (row != NULL)
        {
          if (stored.block != 0 && mx_block_load (self, stored.block, &block))
            row->key.block = block.rank;
          mx_relations_fill (self, room, row);
        }
    }
  if (!mx_sql_leave (self, error))
    g_clear_pointer (&row, mx_timeline_row_free);
  return row;
}

gboolean
mx_store_find_key (MxStore *self, const char *room_id, const char *event_id, MxTimelineKey *key)
{
  MxStoredEvent stored;
  MxBlock block;
  gboolean found;

  mx_sql_enter (self);
  found = mx_events_find (self, mx_room_find (self, room_id), event_id, &stored) &&
          stored.block != 0 && mx_block_load (self, stored.block, &block);
  if (found)
    *key = (MxTimelineKey) { block.rank, stored.position };
  return mx_sql_leave_logged (self) && found;
}

/* The first row after a key, if a message of somebody else is among what follows: people who come
 * and go are nothing to read, and own messages never are. */
static gboolean
find_shown_after (MxStore *store, gint64 room, MxTimelineKey *key)
{
  sqlite3_stmt *row;

  if (
    !mx_sql_int (
      store,
      0,
      "SELECT EXISTS (SELECT 1 FROM blocks AS b CROSS JOIN events AS e INDEXED BY events_messages "
      "ON e.block = b.id AND e.shown = 2 AND e.position > iif (b.rank = ?2, ?3, -9223372036854775807) "
      "WHERE b.room = ?1 AND b.rank >= ?2 AND e.sender <> ?4)",
      "llls",
      room,
      key->block,
      key->position,
      mx_store_get_own_user_id (store)))
    return FALSE;

  row = mx_sql_query (
    store,
    "SELECT b.rank, e.position FROM blocks AS b CROSS JOIN events AS e INDEXED BY events_rows "
    "ON e.block = b.id AND e.shown > 0 AND e.position > iif (b.rank = ?2, ?3, -9223372036854775807) "
    "WHERE b.room = ?1 AND b.rank >= ?2 ORDER BY b.rank, e.position LIMIT 1",
    "lll",
    room,
    key->block,
    key->position);
  if (!mx_sql_step (store, row))
    return FALSE;
  *key = (MxTimelineKey) { sqlite3_column_int64 (row, 0), sqlite3_column_int64 (row, 1) };
  mx_sql_done (row);
  return TRUE;
}

gboolean
mx_store_find_first_unread (MxStore *self, const char *room_id, MxTimelineKey *key)
{
  g_auto (MxReadPosition) position = { 0 };
  g_autofree char *fully_read = mx_store_get_fully_read (self, room_id);
  MxTimelineKey read, marker;
  gboolean found;
  gint64 room;

  mx_sql_enter (self);
  room = mx_room_find (self, room_id);
  mx_receipts_get_own (self, room, &position);
  read = (MxTimelineKey) { position.rank, position.position };
  found = position.event_id != NULL;
  if (fully_read != NULL && mx_store_find_key (self, room_id, fully_read, &marker) &&
      (!found || mx_timeline_key_compare (&marker, &read) > 0))
    {
      read = marker;
      found = TRUE;
    }
  if (found)
    found = find_shown_after (self, room, &read);
  if (found)
    *key = read;
  return mx_sql_leave_logged (self) && found;
}

/* Events of a block are nearly in the order of time, so halving finds the place without reading
 * them all. */
static gboolean
find_date_in_block (MxStore *store, const MxBlock *block, gint64 ts, MxTimelineKey *key)
{
  gint64 low = 0, high = 0;
  gboolean found = FALSE;

  if (!mx_block_get_end (store, block->id, -1, &low) ||
      !mx_block_get_end (store, block->id, 1, &high))
    return FALSE;
  while (low <= high)
    {
      gint64 middle = low + (high - low) / 2;
      gint64 position = 0, time = 0;
      sqlite3_stmt *row =
        mx_sql_query (store,
                      "SELECT position, ts FROM events INDEXED BY events_rows "
                      "WHERE block = ? AND shown > 0 AND position >= ? ORDER BY position LIMIT 1",
                      "ll",
                      block->id,
                      middle);

      if (!mx_sql_step (store, row))
        {
          high = middle - 1;
          continue;
        }
      position = sqlite3_column_int64 (row, 0);
      time = sqlite3_column_int64 (row, 1);
      mx_sql_done (row);
      if (time <= ts)
        {
          *key = (MxTimelineKey) { block->rank, position };
          found = TRUE;
          low = position + 1;
        }
      else
        high = middle - 1;
    }
  return found;
}

gboolean
mx_store_find_date (MxStore *self, const char *room_id, gint64 ts_ms, MxTimelineKey *key)
{
  gint64 rank = G_MAXINT64;
  gboolean found = FALSE;
  MxBlock block;
  gint64 room;

  mx_sql_enter (self);
  room = mx_room_find (self, room_id);
  while (!found && mx_block_neighbour (self, room, rank, -1, &block))
    {
      found = find_date_in_block (self, &block, ts_ms, key);
      rank = block.rank;
    }
  return mx_sql_leave_logged (self) && found;
}

char *
mx_store_find_own_last (MxStore *self, const char *room_id, const char *own_user_id)
{
  g_autofree char *event_id = NULL;
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (
    self,
    "SELECT event_id, raw, clear FROM (SELECT e.event_id, e.raw, e.clear, e.sender, e.redacted_by "
    "FROM blocks AS b CROSS JOIN events AS e INDEXED BY events_messages "
    "ON e.block = b.id AND e.shown = 2 WHERE b.room = ? AND b.is_detached = 0 "
    "ORDER BY b.rank DESC, e.position DESC LIMIT ?) WHERE sender = ? AND redacted_by IS NULL",
    "lis",
    mx_room_find (self, room_id),
    MAX_LOOK,
    own_user_id);
  while (event_id == NULL && mx_sql_step (self, row))
    {
      g_autoptr (MxEvent) event =
        mx_events_parse (mx_sql_column_text (row, 1), mx_sql_column_text (row, 2));
      const char *type =
        event ? mx_json_get_string (mx_event_get_content (event), "msgtype") : NULL;

      if (type != NULL && g_str_equal (mx_event_get_event_type (event), "m.room.message") &&
          (g_str_equal (type, "m.text") || g_str_equal (type, "m.emote") ||
           g_str_equal (type, "m.notice")))
        event_id = mx_sql_column_dup (row, 0);
    }
  mx_sql_done (row);
  mx_sql_leave_logged (self);
  return g_steal_pointer (&event_id);
}

char *
mx_store_gap_event (MxStore *self, gint64 gap_id)
{
  char *event_id = NULL;

  mx_sql_enter (self);
  event_id = mx_sql_text (self,
                          "SELECT event_id FROM events WHERE id = ?",
                          "l",
                          mx_block_get_end (self, gap_id / 2, gap_id % 2 == 1 ? -1 : 1, NULL));
  mx_sql_leave_logged (self);
  return event_id;
}

char *
mx_store_last_event_id (MxStore *self, const char *room_id)
{
  char *event_id = NULL;
  MxBlock live;

  mx_sql_enter (self);
  if (mx_block_load_live (self, mx_room_find (self, room_id), &live))
    event_id =
      mx_sql_text (self,
                   "SELECT event_id FROM events WHERE block = ? ORDER BY position DESC LIMIT 1",
                   "l",
                   live.id);
  mx_sql_leave_logged (self);
  return event_id;
}
