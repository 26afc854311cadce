/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-walk.h. */
#include "config.h"

#include "mx-store-walk.h"

#include "mx-store-blocks.h"
#include "mx-store-counts.h"
#include "mx-store-events.h"
#include "mx-store-reading.h"
#include "mx-store-receipts.h"

void
mx_walk_begin (MxWalk *self, MxRoomWork *work, int direction, gint64 block, gint64 anchor)
{
  *self = (MxWalk) { .work = work,
                     .direction = direction,
                     .block = block,
                     .anchor = anchor,
                     .is_inside = TRUE,
                     .enough = 2 };
  self->at_edge = mx_block_get_end (work->store, block, direction, NULL) == anchor;
}

static gboolean
is_live_block (MxWalk *self)
{
  MxBlock live;

  return mx_block_load_live (self->work->store, self->work->room, &live) && live.id == self->block;
}

static void
set_anchor (MxWalk *self, gint64 row)
{
  self->anchor = row;
  self->at_edge = mx_block_get_end (self->work->store, self->block, self->direction, NULL) == row;
}

/* What was crossed last is no gap any more. */
static void
join (MxWalk *self)
{
  mx_block_join (self->work->store,
                 self->work->room,
                 self->direction < 0 ? self->crossed_to : self->crossed_from,
                 self->direction < 0 ? self->crossed_from : self->crossed_to);
}

static gboolean
cross (MxWalk *self, const MxStoredEvent *known)
{
  MxStore *store = self->work->store;
  MxBlock here, next;

  if (!mx_block_load (store, self->block, &here) ||
      (!mx_block_neighbour (store, self->work->room, here.rank, self->direction, &next) &&
       !(self->direction < 0 ? here.gap_before : here.gap_after)))
    return FALSE;

  if (self->direction < 0 ? !here.gap_before && !next.gap_after
                          : !here.gap_after && !next.gap_before)
    {
      /* Into a neighbour that is joined already, for a page that is known there anyway. */
      if (next.id != known->block)
        return FALSE;
      self->block = known->block;
      return TRUE;
    }

  /* Only from an edge, else it is one event that arrived elsewhere in another order. */
  if (!self->at_edge)
    return FALSE;
  if (next.id != known->block &&
      !mx_block_bring (store, self->work->room, self->block, self->direction, known->block))
    return FALSE;
  if (self->crossed_from != 0)
    join (self);
  self->crossed_from = self->block;
  self->crossed_to = self->block = known->block;
  self->met = 0;
  mx_room_work_flag (self->work, MX_ROOM_CHANGED_GAPS);
  return TRUE;
}

static void
insert (MxWalk *self, MxEvent *event, const MxStoredEvent *known)
{
  MxRoomWork *work = self->work;
  g_auto (MxDecryption) read = { 0 };
  gint64 position, row;
  int push = 0;

  if (self->at_edge && self->direction > 0 && is_live_block (self))
    {
      self->is_live_end = TRUE;
      return;
    }

  /* On the way back our read position may appear; everything before it is read. */
  if (self->direction < 0 && !self->is_read && mx_receipts_is_read_by_us (work, event))
    {
      self->is_read = TRUE;
      mx_receipts_imply (work, event);
    }
  mx_reading_run (work, event, known, &read);
  if (!self->is_read)
    push = mx_counts_level (mx_counts_evaluate (work, read.event));

  position = mx_block_make_room (work->store, self->block, self->anchor, self->direction);
  if (known->id != 0)
    {
      mx_events_move (work, known, &read, self->block, position, push);
      row = known->id;
    }
  else
    row = mx_events_insert (work, &read, self->block, position, push);

  if (push > 0)
    work->must_count = TRUE;
  self->anchor = row;
  self->met = 0;
  mx_room_work_flag (work, MX_ROOM_CHANGED_GAPS);
}

void
mx_walk_step (MxWalk *self, MxEvent *event)
{
  MxStoredEvent known;

  if (!mx_events_find (self->work->store, self->work->room, mx_event_get_id (event), &known) ||
      known.block == 0)
    {
      insert (self, event, &known);
      return;
    }

  mx_events_merge (self->work, &known, event);
  if (known.block == self->block ? self->is_inside || self->crossed_from != 0
                                 : cross (self, &known))
    {
      set_anchor (self, known.id);
      self->met++;
    }
}

/* What the walk has shown about the gaps. */
static void
finish (MxWalk *self, const char *end)
{
  MxStore *store = self->work->store;
  MxBlock here;

  if (self->work->store->failure != NULL || !mx_block_load (store, self->block, &here))
    return;

  if (self->crossed_from != 0)
    {
      if (!self->at_edge && self->met < self->enough && end != NULL)
        {
          mx_block_set_gap (store, self->crossed_from, self->direction, TRUE, end);
          return;
        }
      join (self);
    }

  if (!self->at_edge || !(self->direction < 0 ? here.gap_before : here.gap_after))
    return;
  /* An island that reaches the end of what the server has, without meeting the live block, is newer
   * than that: the next sync takes its events over. Until then the gap must stay. */
  if (self->direction > 0 && end == NULL && !is_live_block (self))
    return;
  if (self->direction < 0 && end == NULL)
    mx_block_begin_room (store, self->work->room, self->block);
  mx_block_set_gap (store, self->block, self->direction, end != NULL && !self->is_live_end, end);
}

void
mx_walk_along (MxWalk *self,
               GPtrArray *events,
               guint from,
               guint count,
               gboolean reverse,
               const char *end)
{
  /* Keys only go forwards: from the oldest on, each message costs one step of the ratchet. */
  for (guint i = count; self->direction < 0 && i > 0; i--)
    mx_reading_run_ahead (self->work,
                          g_ptr_array_index (events, reverse ? from + count - i : from + i - 1));

  for (guint i = 0; i < count && self->work->store->failure == NULL && !self->is_live_end; i++)
    mx_walk_step (self, g_ptr_array_index (events, reverse ? from + count - 1 - i : from + i));
  finish (self, end);
}
