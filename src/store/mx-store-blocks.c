/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-blocks.h. */
#include "config.h"

#include "mx-store-blocks.h"

#define FIRST_RANK (G_GINT64_CONSTANT (1) << 40)
#define COLUMNS    "id, rank, is_detached, is_stale, gap_before, gap_after"

static MxBlock
read_columns (sqlite3_stmt *row)
{
  return (MxBlock) {
    .id = sqlite3_column_int64 (row, 0),
    .rank = sqlite3_column_int64 (row, 1),
    .is_detached = sqlite3_column_int (row, 2),
    .is_stale = sqlite3_column_int (row, 3),
    .gap_before = sqlite3_column_int (row, 4),
    .gap_after = sqlite3_column_int (row, 5),
  };
}

static gboolean
read_block (MxStore *store, sqlite3_stmt *row, MxBlock *block)
{
  *block = (MxBlock) { 0 };
  if (!mx_sql_step (store, row))
    return FALSE;
  *block = read_columns (row);
  mx_sql_done (row);
  return TRUE;
}

gboolean
mx_block_load (MxStore *store, gint64 id, MxBlock *block)
{
  return read_block (store,
                     mx_sql_query (store, "SELECT " COLUMNS " FROM blocks WHERE id = ?", "l", id),
                     block);
}

gboolean
mx_block_load_live (MxStore *store, gint64 room, MxBlock *block)
{
  return read_block (store,
                     mx_sql_query (store,
                                   "SELECT " COLUMNS
                                   " FROM blocks WHERE room = ? AND is_detached = 0 "
                                   "ORDER BY rank DESC LIMIT 1",
                                   "l",
                                   room),
                     block);
}

gboolean
mx_block_neighbour (MxStore *store, gint64 room, gint64 rank, int direction, MxBlock *block)
{
  sqlite3_stmt *row =
    direction < 0
      ? mx_sql_query (store,
                      "SELECT " COLUMNS
                      " FROM blocks WHERE room = ? AND rank < ? ORDER BY rank DESC LIMIT 1",
                      "ll",
                      room,
                      rank)
      : mx_sql_query (store,
                      "SELECT " COLUMNS
                      " FROM blocks WHERE room = ? AND rank > ? ORDER BY rank LIMIT 1",
                      "ll",
                      room,
                      rank);

  return read_block (store, row, block);
}

gint64
mx_block_add_live (MxStore *store, gint64 room)
{
  gint64 top = mx_sql_int (store, 0, "SELECT max (rank) FROM blocks WHERE room = ?", "l", room);

  if (!mx_sql_run (store,
                   "INSERT INTO blocks (room, rank) VALUES (?, ?)",
                   "ll",
                   room,
                   top > 0 ? top + MX_RANK_STEP : FIRST_RANK))
    return 0;
  return sqlite3_last_insert_rowid (store->db);
}

/* All blocks of the room, oldest first. */
static GArray *
load_order (MxStore *store, gint64 room)
{
  GArray *blocks = g_array_new (FALSE, FALSE, sizeof (MxBlock));
  sqlite3_stmt *row =
    mx_sql_query (store, "SELECT " COLUMNS " FROM blocks WHERE room = ? ORDER BY rank", "l", room);

  while (mx_sql_step (store, row))
    {
      MxBlock block = read_columns (row);

      g_array_append_val (blocks, block);
    }
  return blocks;
}

/* Writes ranks for the order of the array, leaving those alone that already rise. */
static void
write_order (MxStore *store, gint64 room, GArray *blocks)
{
  gint64 upper = G_MAXINT64;
  gboolean fits = TRUE;

  /* From the newest down, so that the live end keeps its keys. */
  for (guint i = blocks->len; i > 0 && fits; i--)
    {
      MxBlock *block = &g_array_index (blocks, MxBlock, i - 1);

      if (upper == G_MAXINT64)
        upper = MAX (block->rank, (gint64) blocks->len);
      else if (block->rank >= upper)
        {
          gint64 lower = 0;

          for (guint k = i - 1; k > 0; k--)
            if (g_array_index (blocks, MxBlock, k - 1).rank < upper)
              {
                lower = g_array_index (blocks, MxBlock, k - 1).rank;
                break;
              }
          fits = upper - lower > 1;
          block->rank =
            lower > 0 ? lower + (upper - lower) / 2 : MAX (upper - MX_RANK_STEP, upper / 2);
          upper = block->rank;
        }
      else
        upper = block->rank;
    }

  if (!fits)
    for (guint i = 0; i < blocks->len; i++)
      g_array_index (blocks, MxBlock, i).rank = FIRST_RANK + (gint64) i * MX_RANK_STEP;

  /* Ranks are unique at every moment. */
  mx_sql_run (store, "UPDATE blocks SET rank = -rank WHERE room = ?", "l", room);
  for (guint i = 0; i < blocks->len; i++)
    mx_sql_run (store,
                "UPDATE blocks SET rank = ? WHERE id = ?",
                "ll",
                g_array_index (blocks, MxBlock, i).rank,
                g_array_index (blocks, MxBlock, i).id);
}

/* Something is missing between blocks i - 1 and i. */
static gboolean
has_gap (GArray *blocks, guint i)
{
  if (i == blocks->len)
    return FALSE;
  return g_array_index (blocks, MxBlock, i).gap_before ||
         (i > 0 && g_array_index (blocks, MxBlock, i - 1).gap_after);
}

static guint
find_in_order (GArray *blocks, gint64 id)
{
  for (guint i = 0; i < blocks->len; i++)
    if (g_array_index (blocks, MxBlock, i).id == id)
      return i;
  return G_MAXUINT;
}

static gint64
get_first_ts (MxStore *store, gint64 block)
{
  return mx_sql_int (store,
                     0,
                     "SELECT ts FROM events WHERE block = ? ORDER BY position LIMIT 1",
                     "l",
                     block);
}

gint64
mx_block_add_island (MxStore *store, gint64 room, gint64 first_ts, gboolean is_beginning)
{
  gint64 id = mx_block_add_live (store, room);
  g_autoptr (GArray) blocks = load_order (store, room);
  guint slot = 0;
  MxBlock island;

  if (id == 0 || blocks->len == 0)
    return 0;
  mx_sql_run (store, "UPDATE blocks SET is_detached = 1 WHERE id = ?", "l", id);
  island = g_array_index (blocks, MxBlock, blocks->len - 1);
  g_array_set_size (blocks, blocks->len - 1);

  /* Directly after the newest block that begins earlier and has a gap after it; never above the
   * live block. */
  for (guint i = is_beginning ? 0 : blocks->len; i > 0; i--)
    {
      if (!has_gap (blocks, i - 1))
        continue;
      slot = i - 1;
      if (slot == 0 ||
          get_first_ts (store, g_array_index (blocks, MxBlock, slot - 1).id) <= first_ts)
        break;
    }

  g_array_insert_val (blocks, slot, island);
  write_order (store, room, blocks);
  return id;
}

void
mx_block_set_gap (MxStore *store, gint64 id, int direction, gboolean gap, const char *token)
{
  /* A gap may have no token: the server gave none. */
  if (!gap || (token != NULL && *token == '\0'))
    token = NULL;
  if (direction < 0)
    mx_sql_run (store,
                "UPDATE blocks SET gap_before = ?, token_before = ? WHERE id = ?",
                "isl",
                gap != 0,
                token,
                id);
  else
    mx_sql_run (store,
                "UPDATE blocks SET gap_after = ?, token_after = ? WHERE id = ?",
                "isl",
                gap != 0,
                token,
                id);
}

/* What touches the main line is no island any more, nor is what touches that. */
static void
attach (MxStore *store, gint64 room)
{
  g_autoptr (GArray) blocks = load_order (store, room);

  for (guint i = blocks->len; i > 1; i--)
    {
      MxBlock *newer = &g_array_index (blocks, MxBlock, i - 1);
      MxBlock *older = &g_array_index (blocks, MxBlock, i - 2);

      if (!newer->is_detached && older->is_detached && !has_gap (blocks, i - 1))
        {
          older->is_detached = FALSE;
          mx_sql_run (store, "UPDATE blocks SET is_detached = 0 WHERE id = ?", "l", older->id);
        }
    }
  for (guint i = 1; i < blocks->len; i++)
    if (!g_array_index (blocks, MxBlock, i - 1).is_detached &&
        g_array_index (blocks, MxBlock, i).is_detached && !has_gap (blocks, i))
      {
        g_array_index (blocks, MxBlock, i).is_detached = FALSE;
        mx_sql_run (store,
                    "UPDATE blocks SET is_detached = 0 WHERE id = ?",
                    "l",
                    g_array_index (blocks, MxBlock, i).id);
      }
}

void
mx_block_join (MxStore *store, gint64 room, gint64 older, gint64 newer)
{
  MxBlock first, second;

  mx_block_set_gap (store, older, 1, FALSE, NULL);
  mx_block_set_gap (store, newer, -1, FALSE, NULL);
  if (mx_block_load (store, older, &first) && mx_block_load (store, newer, &second) &&
      first.is_detached != second.is_detached)
    attach (store, room);
}

/* The blocks joined with number i without gaps: [first, last]. */
static void
get_run (GArray *blocks, guint i, guint *first, guint *last)
{
  *first = *last = i;
  while (*first > 0 && !has_gap (blocks, *first))
    (*first)--;
  while (*last + 1 < blocks->len && !has_gap (blocks, *last + 1))
    (*last)++;
}

static gboolean
is_detached (GArray *blocks, guint first, guint last)
{
  for (guint i = first; i <= last; i++)
    if (!g_array_index (blocks, MxBlock, i).is_detached)
      return FALSE;
  return TRUE;
}

/* Moves blocks [first, last] so that they come directly before the block now at `before`. */
static void
move_run (GArray *blocks, guint first, guint last, guint before)
{
  g_autoptr (GArray) run = g_array_new (FALSE, FALSE, sizeof (MxBlock));

  g_array_append_vals (run, &g_array_index (blocks, MxBlock, first), last - first + 1);
  if (before > last)
    before -= run->len;
  g_array_remove_range (blocks, first, run->len);
  g_array_insert_vals (blocks, before, run->data, run->len);
}

/* Islands [from, to] leave the middle of the part [first, last] of the main line: to its older
 * side, unless the room begins there. */
static void
place_islands (GArray *blocks, guint from, guint to, guint first, guint last)
{
  if (has_gap (blocks, first) || !has_gap (blocks, last + 1))
    move_run (blocks, from, to, first);
  else
    move_run (blocks, from, to, last + 1);
}

void
mx_block_begin_room (MxStore *store, gint64 room, gint64 block)
{
  g_autoptr (GArray) blocks = load_order (store, room);
  guint at = find_in_order (blocks, block);
  guint first, last;

  if (at == G_MAXUINT || at == 0)
    return;
  get_run (blocks, at, &first, &last);
  if (first == 0 || last + 1 == blocks->len)
    return;
  move_run (blocks, first, last, 0);
  write_order (store, room, blocks);
}

gboolean
mx_block_bring (MxStore *store, gint64 room, gint64 block, int direction, gint64 known)
{
  g_autoptr (GArray) blocks = load_order (store, room);
  guint at = find_in_order (blocks, block);
  guint other = find_in_order (blocks, known);
  guint first, last, own_first, own_last;

  if (at == G_MAXUINT || other == G_MAXUINT || at == other)
    return FALSE;
  if (direction < 0 ? other + 1 == at : other == at + 1)
    return TRUE;

  get_run (blocks, other, &first, &last);
  get_run (blocks, at, &own_first, &own_last);
  /* Both must face each other with an open end. */
  if (first == own_first ||
      (direction < 0 ? at != own_first || other != last : at != own_last || other != first))
    return FALSE;

  if (is_detached (blocks, first, last))
    move_run (blocks, first, last, direction < 0 ? own_first : own_last + 1);
  else if (is_detached (blocks, own_first, own_last))
    move_run (blocks, own_first, own_last, direction < 0 ? last + 1 : first);
  else
    {
      /* Two parts of the main line: only islands may lie between them, and those give way. */
      guint from = direction < 0 ? last + 1 : own_last + 1;
      guint to = direction < 0 ? own_first : first;

      if (from >= to || !is_detached (blocks, from, to - 1))
        return FALSE;
      place_islands (blocks, from, to - 1, MIN (first, own_first), MAX (last, own_last));
    }

  /* Newer than all that sync brought: the next sync takes its events over, and the live end stays
   * the end. */
  if (g_array_index (blocks, MxBlock, blocks->len - 1).is_detached)
    return FALSE;
  write_order (store, room, blocks);
  return TRUE;
}

void
mx_block_drop_empty (MxStore *store, gint64 id)
{
  mx_sql_run (
    store,
    "DELETE FROM blocks WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM events WHERE block = ?1)",
    "l",
    id);
}

gint64
mx_block_get_end (MxStore *store, gint64 id, int direction, gint64 *position)
{
  gint64 event = 0;
  sqlite3_stmt *row =
    direction < 0
      ? mx_sql_query (store,
                      "SELECT id, position FROM events WHERE block = ? ORDER BY position LIMIT 1",
                      "l",
                      id)
      : mx_sql_query (
          store,
          "SELECT id, position FROM events WHERE block = ? ORDER BY position DESC LIMIT 1",
          "l",
          id);

  if (mx_sql_step (store, row))
    {
      event = sqlite3_column_int64 (row, 0);
      if (position != NULL)
        *position = sqlite3_column_int64 (row, 1);
      mx_sql_done (row);
    }
  return event;
}

/* After 20 insertions at one place the numbers are used up: once in a blue moon. */
static void
spread (MxStore *store, gint64 block)
{
  mx_sql_run (
    store,
    "UPDATE events SET position = o.n * 1048576 FROM "
    "(SELECT id, row_number () OVER (ORDER BY position) AS n FROM events WHERE block = ?1) AS o "
    "WHERE events.id = o.id",
    "l",
    block);
}

gint64
mx_block_make_room (MxStore *store, gint64 block, gint64 anchor, int direction)
{
  for (int attempt = 0; attempt < 2; attempt++)
    {
      gint64 position =
        mx_sql_int (store, 0, "SELECT position FROM events WHERE id = ?", "l", anchor);
      gint64 next;

      if (anchor == 0)
        return 0;
      if (direction < 0)
        next = mx_sql_int (store,
                           G_MININT64,
                           "SELECT max (position) FROM events WHERE block = ? AND position < ?",
                           "ll",
                           block,
                           position);
      else
        next = mx_sql_int (store,
                           G_MAXINT64,
                           "SELECT min (position) FROM events WHERE block = ? AND position > ?",
                           "ll",
                           block,
                           position);
      if (next == G_MININT64 || next == G_MAXINT64)
        return position + direction * MX_POSITION_STEP;
      if (ABS (next - position) > 1)
        return position + (next - position) / 2;
      spread (store, block);
    }
  return 0;
}
