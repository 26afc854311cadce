/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The linked list of blocks and gaps of a room. Blocks are ordered by rank, oldest first; a gap
 * lies before a block, after it, or both (an island). Blocks without a gap between them follow each
 * other directly. Private to store/. */
#pragma once

#include "mx-sql.h"

G_BEGIN_DECLS

/* Distance of neighbours, so that something fits between them later. */
#define MX_POSITION_STEP (G_GINT64_CONSTANT (1) << 20)
#define MX_RANK_STEP     (G_GINT64_CONSTANT (1) << 24)

typedef struct
{
  gint64 id; /* 0: none */
  gint64 rank;
  gboolean is_detached;
  gboolean is_stale;
  gboolean gap_before;
  gboolean gap_after;
} MxBlock;

gboolean mx_block_load (MxStore *store, gint64 id, MxBlock *block);
/* The newest block that is not an island: where sync appends. */
gboolean mx_block_load_live (MxStore *store, gint64 room, MxBlock *block);
/* By rank: the next one older (direction -1) or newer (+1). */
gboolean
mx_block_neighbour (MxStore *store, gint64 room, gint64 rank, int direction, MxBlock *block);
gint64 mx_block_add_live (MxStore *store, gint64 room);
/* An island at the place that its time suggests. */
gint64 mx_block_add_island (MxStore *store, gint64 room, gint64 first_ts, gboolean is_beginning);
/* Nothing is older than this block: islands that were put below it by their time go elsewhere. */
void mx_block_begin_room (MxStore *store, gint64 room, gint64 block);
void mx_block_set_gap (MxStore *store, gint64 id, int direction, gboolean gap, const char *token);
/* Nothing is missing between the two from now on. */
void mx_block_join (MxStore *store, gint64 room, gint64 older, gint64 newer);
/* Makes known the direct neighbour of block in direction, moving islands where that is allowed.
 * FALSE: it cannot be. */
gboolean mx_block_bring (MxStore *store, gint64 room, gint64 block, int direction, gint64 known);
void mx_block_drop_empty (MxStore *store, gint64 id);

/* events.id at an end of a block (direction -1: oldest), 0 when empty. */
gint64 mx_block_get_end (MxStore *store, gint64 id, int direction, gint64 *position);
/* A free position: directly before (-1) or after (+1) the event with this row id; anchor 0: in an
 * empty block. */
gint64 mx_block_make_room (MxStore *store, gint64 block, gint64 anchor, int direction);

G_END_DECLS
