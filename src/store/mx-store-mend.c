/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-mend.h. */
#include "config.h"

#include "mx-store-mend.h"

#include "mx-store-blocks.h"

static void
bring_rooms_back (MxStore *self)
{
  mx_sql_run (self,
              "INSERT OR IGNORE INTO rooms (id, room_id, membership, seen_ts) "
              "SELECT room, room_id, membership, last_ts FROM room_rows",
              "");
  mx_sql_run (self, "UPDATE rooms SET members_complete = 0", "");
}

/* Whatever table it is. */
static void
remove_orphans (MxStore *self)
{
  g_autoptr (GPtrArray) statements = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *row = mx_sql_query (
    self,
    "SELECT format ('DELETE FROM \"%w\" WHERE \"%w\" NOT IN (SELECT \"%w\" FROM \"%w\")', "
    "s.name, f.\"from\", coalesce (f.\"to\", 'id'), f.\"table\") FROM sqlite_schema AS s, "
    "pragma_foreign_key_list (s.name) AS f WHERE s.type = 'table'",
    "");

  while (mx_sql_step (self, row))
    g_ptr_array_add (statements, mx_sql_column_dup (row, 0));
  for (guint i = 0; i < statements->len; i++)
    mx_sql_script (self, g_ptr_array_index (statements, i));
}

/* The part of the block from position on becomes a block of its own, with a gap before it. */
static void
split (MxStore *self, gint64 id, gint64 position)
{
  MxBlock block, next;
  gint64 room, rank, part;

  if (!mx_block_load (self, id, &block))
    return;
  room = mx_sql_int (self, 0, "SELECT room FROM blocks WHERE id = ?", "l", id);
  rank = mx_block_neighbour (self, room, block.rank, 1, &next)
           ? block.rank + (next.rank - block.rank) / 2
           : block.rank + MX_RANK_STEP;
  if (rank == block.rank)
    return;

  mx_sql_run (self,
              "INSERT INTO blocks (room, rank, is_detached, is_stale, gap_before, gap_after, "
              "token_after) SELECT room, ?, is_detached, is_stale, 1, gap_after, token_after "
              "FROM blocks WHERE id = ?",
              "ll",
              rank,
              id);
  part = sqlite3_last_insert_rowid (self->db);
  mx_sql_run (self,
              "UPDATE events SET block = ? WHERE block = ? AND position >= ?",
              "lll",
              part,
              id,
              position);
  mx_block_set_gap (self, id, 1, FALSE, NULL);
}

/* Events follow each other at a known distance. */
static void
split_at_holes (MxStore *self)
{
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (gint64));
  sqlite3_stmt *row =
    mx_sql_query (self,
                  "SELECT block, position FROM (SELECT block, position, position - lag (position) "
                  "OVER (PARTITION BY block ORDER BY position) AS distance FROM events "
                  "WHERE block IS NOT NULL) WHERE distance > ? ORDER BY block, position DESC",
                  "l",
                  MX_POSITION_STEP);

  while (mx_sql_step (self, row))
    for (int column = 0; column < 2; column++)
      {
        gint64 value = sqlite3_column_int64 (row, column);

        g_array_append_val (places, value);
      }
  /* The newest hole of a block first: what is split off stays split off. */
  for (guint i = 0; i + 1 < places->len; i += 2)
    split (self, g_array_index (places, gint64, i), g_array_index (places, gint64, i + 1));
}

/* The tokens at the ends lead past what was lost there: they are asked for anew, from the outermost
 * event. */
static void
open_ends (MxStore *self)
{
  mx_sql_run (self,
              "UPDATE blocks SET gap_before = 1, token_before = NULL WHERE NOT EXISTS "
              "(SELECT 1 FROM events AS e WHERE e.block = blocks.id AND e.type = 'm.room.create')",
              "");
  mx_sql_run (self, "UPDATE blocks SET token_after = NULL WHERE gap_after = 1", "");
}

static void
mend_timelines (MxStore *self)
{
  mx_sql_run (self,
              "UPDATE events SET block = NULL, position = NULL "
              "WHERE block IS NOT NULL AND block NOT IN (SELECT id FROM blocks)",
              "");
  mx_sql_run (
    self,
    "DELETE FROM blocks WHERE id NOT IN (SELECT block FROM events WHERE block IS NOT NULL)",
    "");
  split_at_holes (self);
  open_ends (self);
}

static void
forget_sync_position (MxStore *self)
{
  static const char *const names[] = { "sliding_pos", "sliding_total", "classic_token" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    mx_store_write_value (self, names[i], NULL);
  mx_store_write_value (self, "sync_gappy", "1");
}

gboolean
mx_store_mend (MxStore *self, MxMend what, GError **error)
{
  mx_sql_enter_write (self);
  bring_rooms_back (self);
  remove_orphans (self);
  if (what & MX_MEND_EVENTS)
    mend_timelines (self);
  mx_sql_run (self, "UPDATE megolm_outbound SET is_over = 1", "");
  if (what & MX_MEND_OLDER)
    mx_sql_run (self, "UPDATE account_values SET value = 0 WHERE name = 'device_generation'", "");
  if (what & MX_MEND_ACCOUNT)
    mx_store_write_value (self, "device_broken", "its keys were lost with a damaged store");
  forget_sync_position (self);
  return mx_sql_leave (self, error);
}
