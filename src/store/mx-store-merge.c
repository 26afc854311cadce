/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-merge.h. One walker serves pages in both directions: it goes along the page from an
 * anchor, puts unknown events beside the last one it met, and crosses into the next block when it
 * meets that block's events. */
#include "config.h"

#include "mx-store-merge.h"

#include "mx-store-blocks.h"
#include "mx-store-counts.h"
#include "mx-store-events.h"
#include "mx-store-receipts.h"

#define BACK  (-1)
#define FORTH 1

static gboolean
is_room_start (MxEvent *event)
{
  return g_str_equal (mx_event_get_event_type (event), "m.room.create") &&
         g_strcmp0 (mx_event_get_state_key (event), "") == 0;
}

/* -- Sync
 * ------------------------------------------------------------------------------------------------------
 */

typedef struct
{
  MxRoomWork *work;
  MxRoomDelta *delta;
  GArray *known; /* MxStoredEvent for each event of the timeline; id 0: unknown */
  MxBlock live;
  guint
    first_overlap; /* index of the first and last event that the live block has; G_MAXUINT: none */
  guint last_overlap;
  guint read; /* events before this index are read */
} LiveMerge;

static MxEvent *
get_event (LiveMerge *self, guint i)
{
  return g_ptr_array_index (self->delta->timeline, i);
}

static MxStoredEvent *
get_known (LiveMerge *self, guint i)
{
  return &g_array_index (self->known, MxStoredEvent, i);
}

static void
look_up (LiveMerge *self)
{
  MxRoomWork *work = self->work;

  mx_block_load_live (work->store, work->room, &self->live);
  self->first_overlap = self->last_overlap = G_MAXUINT;
  self->known =
    g_array_sized_new (FALSE, FALSE, sizeof (MxStoredEvent), self->delta->timeline->len);
  for (guint i = 0; i < self->delta->timeline->len; i++)
    {
      MxStoredEvent stored = { 0 };

      if (!work->is_new)
        mx_events_find (work->store, work->room, mx_event_get_id (get_event (self, i)), &stored);
      g_array_append_val (self->known, stored);
      if (stored.id != 0 && stored.block == self->live.id && stored.block != 0)
        {
          if (self->first_overlap == G_MAXUINT)
            self->first_overlap = i;
          self->last_overlap = i;
        }
      if (mx_receipts_is_read_by_us (work, get_event (self, i)))
        self->read = i + 1;
    }
  if (self->read > 0)
    mx_receipts_imply (work, get_event (self, self->read - 1));
}

/* Puts event i at a place, unless it is in the main line already; returns its row. */
static gint64
put (LiveMerge *self, guint i, gint64 block, gint64 position, gboolean is_news)
{
  MxRoomWork *work = self->work;
  MxEvent *event = get_event (self, i);
  MxStoredEvent *known = get_known (self, i);
  MxStoredEvent again = *known;
  MxPushActions actions = { 0 };

  /* The same event twice in one response. */
  if (known->id == 0 && mx_events_find (work->store, work->room, mx_event_get_id (event), &again) &&
      again.block != 0)
    return 0;

  if (i >= self->read)
    actions = mx_counts_evaluate (work, event);
  if (again.id != 0)
    mx_events_move (work, &again, event, block, position, mx_counts_level (actions));
  else
    again.id = mx_events_insert (work, event, block, position, mx_counts_level (actions));

  work->must_count = TRUE;
  if (is_news && actions.notify && again.block == 0)
    mx_counts_add_candidate (work, event, actions);
  return again.id;
}

static gboolean
is_on_main_line (LiveMerge *self, guint i)
{
  MxStoredEvent *known = get_known (self, i);
  MxBlock block;

  return known->block != 0 && mx_block_load (self->work->store, known->block, &block) &&
         !block.is_detached;
}

/* Events [from, to) at the end of a block, in order. An island's copy gives way: sync knows the
 * true place. */
static void
append (LiveMerge *self, gint64 block, guint from, guint to)
{
  MxRoomWork *work = self->work;
  guint live_from =
    self->delta->timeline->len - MIN (self->delta->live, self->delta->timeline->len);
  gint64 position = -MX_POSITION_STEP;

  mx_block_get_end (work->store, block, FORTH, &position);
  for (guint i = from; i < to; i++)
    {
      gint64 island = 0;

      if (is_on_main_line (self, i))
        {
          mx_events_merge (work, get_known (self, i), get_event (self, i));
          continue;
        }
      island = get_known (self, i)->block;
      if (put (self, i, block, position + MX_POSITION_STEP, i >= live_from) == 0)
        continue;
      position += MX_POSITION_STEP;
      if (island != 0)
        mx_block_drop_empty (work->store, island);
      mx_room_work_flag (work, MX_ROOM_CHANGED_APPENDED);
    }
}

/* Events that the response has before the first or between two that the live block has. */
static void
insert_older (LiveMerge *self)
{
  MxRoomWork *work = self->work;
  gint64 anchor = get_known (self, self->last_overlap)->id;

  for (guint i = self->last_overlap; i > 0; i--)
    {
      MxStoredEvent *known = get_known (self, i - 1);
      gint64 row;

      if (known->block == self->live.id && known->id != 0)
        {
          mx_events_merge (work, known, get_event (self, i - 1));
          anchor = known->id;
          continue;
        }
      if (is_on_main_line (self, i - 1))
        continue;
      row = put (self,
                 i - 1,
                 self->live.id,
                 mx_block_make_room (work->store, self->live.id, anchor, BACK),
                 FALSE);
      if (row != 0)
        {
          anchor = row;
          mx_room_work_flag (work, MX_ROOM_CHANGED_GAPS);
        }
    }

  /* The response reaches further back than the block did: its token is the block's now. */
  if (self->first_overlap > 0 && self->live.gap_before && self->delta->prev_batch != NULL &&
      mx_block_get_end (work->store, self->live.id, BACK, NULL) == anchor)
    mx_block_set_gap (work->store,
                      self->live.id,
                      BACK,
                      !is_room_start (get_event (self, 0)),
                      self->delta->prev_batch);
}

static void
start_block (LiveMerge *self)
{
  MxRoomWork *work = self->work;
  gint64 block = mx_block_add_live (work->store, work->room);

  append (self, block, 0, self->delta->timeline->len);
  if (mx_block_get_end (work->store, block, BACK, NULL) == 0)
    {
      mx_block_drop_empty (work->store, block);
      return;
    }
  mx_block_set_gap (work->store,
                    block,
                    BACK,
                    !is_room_start (get_event (self, 0)),
                    self->delta->prev_batch);
  mx_room_work_flag (work, MX_ROOM_CHANGED_GAPS);
}

void
mx_merge_live (MxRoomWork *work, MxRoomDelta *delta)
{
  LiveMerge self = { .work = work, .delta = delta };

  if (delta->timeline == NULL || delta->timeline->len == 0)
    {
      /* Nothing is shown of what was skipped: the next events cannot be joined to what is here. */
      if (delta->limited && mx_block_load_live (work->store, work->room, &self.live))
        mx_sql_run (work->store, "UPDATE blocks SET is_stale = 1 WHERE id = ?", "l", self.live.id);
      return;
    }

  look_up (&self);
  if (self.live.id == 0 || (self.first_overlap == G_MAXUINT &&
                            (delta->limited || delta->expanded || self.live.is_stale)))
    start_block (&self);
  else if (self.first_overlap == G_MAXUINT)
    append (&self, self.live.id, 0, delta->timeline->len);
  else
    {
      insert_older (&self);
      mx_events_merge (work,
                       get_known (&self, self.last_overlap),
                       get_event (&self, self.last_overlap));
      append (&self, self.live.id, self.last_overlap + 1, delta->timeline->len);
    }

  if (self.live.is_stale)
    mx_sql_run (work->store, "UPDATE blocks SET is_stale = 0 WHERE id = ?", "l", self.live.id);
  g_array_unref (self.known);
}

/* -- Pages and islands
 * ------------------------------------------------------------------------------------------ */

typedef struct
{
  MxRoomWork *work;
  int direction;
  gint64 block;         /* where the walk is */
  gint64 anchor;        /* events.id of the last event met, 0: nothing in the block yet */
  gboolean at_edge;     /* anchor is the outermost event of block in direction */
  gboolean is_inserted; /* the last event of the page was unknown */
  gboolean is_inside;  /* the walk began in the middle of a block, at an event of the page itself */
  gint64 crossed_from; /* the block left last, 0 */
  gboolean is_live_end; /* nothing may be put beyond the live block's end: sync brings it */
  gboolean is_read;     /* backwards: what follows is before our read position */
} Walk;

static gboolean
is_live_block (Walk *self)
{
  MxBlock live;

  return mx_block_load_live (self->work->store, self->work->room, &live) && live.id == self->block;
}

static void
set_anchor (Walk *self, gint64 row)
{
  self->anchor = row;
  self->at_edge = mx_block_get_end (self->work->store, self->block, self->direction, NULL) == row;
}

/* The block where the walk is and the one that it came from. */
static void
join (Walk *self)
{
  mx_block_join (self->work->store,
                 self->work->room,
                 self->direction < 0 ? self->block : self->crossed_from,
                 self->direction < 0 ? self->crossed_from : self->block);
}

static gboolean
cross (Walk *self, const MxStoredEvent *known)
{
  MxStore *store = self->work->store;
  MxBlock here;

  /* Only from an edge with a gap, else it is one event that arrived elsewhere in another order. */
  if (!self->at_edge || !mx_block_load (store, self->block, &here) ||
      !(self->direction < 0 ? here.gap_before : here.gap_after) ||
      !mx_block_bring (store, self->work->room, self->block, self->direction, known->block))
    return FALSE;

  if (self->crossed_from != 0)
    join (self);
  self->crossed_from = self->block;
  self->block = known->block;
  mx_room_work_flag (self->work, MX_ROOM_CHANGED_GAPS);
  return TRUE;
}

static void
insert (Walk *self, MxEvent *event, const MxStoredEvent *known)
{
  MxRoomWork *work = self->work;
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
  if (!self->is_read)
    push = mx_counts_level (mx_counts_evaluate (work, event));

  position = mx_block_make_room (work->store, self->block, self->anchor, self->direction);
  if (known->id != 0)
    {
      mx_events_move (work, known, event, self->block, position, push);
      row = known->id;
    }
  else
    row = mx_events_insert (work, event, self->block, position, push);

  if (push > 0)
    work->must_count = TRUE;
  self->anchor = row;
  self->is_inserted = TRUE;
  mx_room_work_flag (work, MX_ROOM_CHANGED_GAPS);
}

static void
step (Walk *self, MxEvent *event)
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
      self->is_inserted = FALSE;
    }
}

/* What the walk has shown about the gaps. */
static void
finish (Walk *self, const char *end)
{
  MxStore *store = self->work->store;
  MxBlock here;

  if (self->work->store->failure != NULL || !mx_block_load (store, self->block, &here))
    return;

  if (self->crossed_from != 0)
    {
      if (!self->at_edge && self->is_inserted)
        {
          /* The page ends with unknown events in the middle of the next block: that block had one
           * event of this page early, and what lies between is still to come. */
          mx_block_set_gap (store, self->crossed_from, self->direction, end != NULL, end);
          return;
        }
      join (self);
    }

  if (self->at_edge && (self->direction < 0 ? here.gap_before : here.gap_after))
    mx_block_set_gap (store, self->block, self->direction, end != NULL && !self->is_live_end, end);
}

static void
walk (Walk *self, GPtrArray *events, guint from, guint count, gboolean reverse, const char *end)
{
  for (guint i = 0; i < count && self->work->store->failure == NULL && !self->is_live_end; i++)
    step (self, g_ptr_array_index (events, reverse ? from + count - 1 - i : from + i));
  finish (self, end);
}

void
mx_merge_page (MxRoomWork *work,
               gint64 block,
               gboolean backwards,
               GPtrArray *events,
               const char *end)
{
  Walk self = { .work = work, .direction = backwards ? BACK : FORTH, .block = block };
  MxEvent *last = events && events->len > 0 ? g_ptr_array_index (events, events->len - 1) : NULL;

  self.anchor = mx_block_get_end (work->store, block, self.direction, NULL);
  self.at_edge = TRUE;
  self.is_read = mx_receipts_is_before_read (work, block);
  if (backwards && last != NULL && is_room_start (last))
    end = NULL;
  walk (&self, events, 0, events ? events->len : 0, FALSE, end);
  mx_room_work_flag (work, MX_ROOM_CHANGED_GAPS);
}

void
mx_merge_context (MxRoomWork *work, GPtrArray *events, const char *before, const char *after)
{
  MxStoredEvent known = { 0 };
  guint middle = 0;
  Walk back = { .work = work, .direction = BACK, .is_inside = TRUE };
  Walk forth = { .work = work, .direction = FORTH, .is_inside = TRUE };
  gint64 block;

  if (events->len == 0)
    return;
  if (is_room_start (g_ptr_array_index (events, 0)))
    before = NULL;

  while (middle < events->len &&
         !(mx_events_find (work->store,
                           work->room,
                           mx_event_get_id (g_ptr_array_index (events, middle)),
                           &known) &&
           known.block != 0))
    middle++;

  if (middle == events->len)
    {
      /* Nothing of it is known: an island. Its first event is its anchor. */
      MxEvent *first = g_ptr_array_index (events, 0);

      middle = 0;
      block = mx_block_add_island (work->store, work->room, mx_event_get_timestamp (first));
      mx_block_set_gap (work->store, block, BACK, before != NULL, before);
      mx_block_set_gap (work->store, block, FORTH, TRUE, after);
      back.block = block;
      insert (&back, first, &known);
      known.id = back.anchor;
    }
  else
    block = known.block;

  back.block = forth.block = block;
  set_anchor (&back, known.id);
  walk (&back, events, 0, middle, TRUE, before);
  /* The walk back may have brought the block elsewhere, but not into another. */
  set_anchor (&forth, known.id);
  walk (&forth, events, middle + 1, events->len - middle - 1, FALSE, after);
  mx_room_work_flag (work, MX_ROOM_CHANGED_GAPS);
}
