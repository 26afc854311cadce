/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-merge.h; the walker that does most of it is in mx-store-walk.c. */
#include "config.h"

#include "mx-store-merge.h"

#include "mx-store-blocks.h"
#include "mx-store-counts.h"
#include "mx-store-events.h"
#include "mx-store-reading.h"
#include "mx-store-receipts.h"
#include "mx-store-walk.h"

#define BACK  (-1)
#define FORTH 1

static gboolean
is_room_start (MxEvent *event)
{
  return g_str_equal (mx_event_get_event_type (event), "m.room.create") &&
         g_strcmp0 (mx_event_get_state_key (event), "") == 0;
}

/* -- Sync -------------------------------------------------------------------------------------- */

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
  g_auto (MxDecryption) read = { 0 };

  /* The same event twice in one response. */
  if (known->id == 0 && mx_events_find (work->store, work->room, mx_event_get_id (event), &again) &&
      again.block != 0)
    return 0;

  mx_reading_run (work, event, &again, &read);
  if (i >= self->read)
    actions = mx_counts_evaluate (work, read.event);
  if (again.id != 0)
    mx_events_move (work, &again, &read, block, position, mx_counts_level (actions));
  else
    again.id = mx_events_insert (work, &read, block, position, mx_counts_level (actions));

  work->must_count = TRUE;
  if (!is_news || again.block != 0)
    return again.id;
  mx_reading_note_arrival (work, again.id, &read);
  /* What cannot be read notifies once it can. */
  if (actions.notify && read.failure == MX_DECRYPTION_OK)
    mx_counts_add_candidate (work, read.event, actions);
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

/* What the response has before an event that is in a block: a page of history, read backwards from
 * there. */
static void
walk_back (LiveMerge *self, gint64 block, gint64 anchor, guint count)
{
  const char *end = self->delta->prev_batch;
  MxWalk walk;

  if (count == 0)
    return;
  if (is_room_start (get_event (self, 0)))
    end = NULL;
  else if (end == NULL)
    end = "";
  mx_walk_begin (&walk, self->work, BACK, block, anchor);
  walk.is_read = self->read >= count;
  walk.enough = 1;
  mx_walk_along (&walk, self->delta->timeline, 0, count, TRUE, end);
}

/* Nothing joins the response to the live block: a gap lies between. Older blocks may hold its
 * beginning all the same. */
static void
start_block (LiveMerge *self)
{
  MxRoomWork *work = self->work;
  gint64 block = mx_block_add_live (work->store, work->room);
  gint64 anchor;
  guint from = self->delta->timeline->len;

  while (from > 0 && !is_on_main_line (self, from - 1))
    from--;
  append (self, block, from, self->delta->timeline->len);
  anchor = mx_block_get_end (work->store, block, BACK, NULL);
  if (anchor == 0)
    {
      mx_block_drop_empty (work->store, block);
      return;
    }
  mx_block_set_gap (work->store,
                    block,
                    BACK,
                    from > 0 || !is_room_start (get_event (self, 0)),
                    self->delta->prev_batch);
  walk_back (self, block, anchor, from);
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
      walk_back (&self, self.live.id, get_known (&self, self.last_overlap)->id, self.last_overlap);
      mx_events_merge (work,
                       get_known (&self, self.last_overlap),
                       get_event (&self, self.last_overlap));
      append (&self, self.live.id, self.last_overlap + 1, delta->timeline->len);
    }

  if (self.live.is_stale)
    mx_sql_run (work->store, "UPDATE blocks SET is_stale = 0 WHERE id = ?", "l", self.live.id);
  g_array_unref (self.known);
}

/* -- Pages and islands ------------------------------------------------------------------------- */

void
mx_merge_page (MxRoomWork *work,
               gint64 block,
               gboolean backwards,
               GPtrArray *events,
               const char *end)
{
  int direction = backwards ? BACK : FORTH;
  MxEvent *last = events && events->len > 0 ? g_ptr_array_index (events, events->len - 1) : NULL;
  MxWalk walk;

  mx_walk_begin (&walk,
                 work,
                 direction,
                 block,
                 mx_block_get_end (work->store, block, direction, NULL));
  walk.is_inside = FALSE;
  walk.is_read = mx_receipts_is_before_read (work, block);
  if (backwards && last != NULL && is_room_start (last))
    end = NULL;
  mx_walk_along (&walk, events, 0, events ? events->len : 0, FALSE, end);
  mx_room_work_flag (work, MX_ROOM_CHANGED_GAPS);
}

void
mx_merge_context (MxRoomWork *work, GPtrArray *events, const char *before, const char *after)
{
  MxStoredEvent known = { 0 };
  guint middle = 0;
  gint64 block;
  MxWalk walk;

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

  block = known.block;
  if (middle == events->len)
    {
      /* Nothing of it is known: an island. Its first event is its anchor. */
      MxEvent *first = g_ptr_array_index (events, 0);

      middle = 0;
      block = mx_block_add_island (work->store,
                                   work->room,
                                   mx_event_get_timestamp (first),
                                   before == NULL);
      mx_block_set_gap (work->store, block, BACK, before != NULL, before);
      mx_block_set_gap (work->store, block, FORTH, TRUE, after);
      mx_walk_begin (&walk, work, BACK, block, 0);
      mx_walk_step (&walk, first);
      known.id = walk.anchor;
    }

  mx_walk_begin (&walk, work, BACK, block, known.id);
  walk.is_read = mx_receipts_is_before_read (work, block);
  mx_walk_along (&walk, events, 0, middle, TRUE, before);
  mx_walk_begin (&walk, work, FORTH, block, known.id);
  walk.is_read = mx_receipts_is_before_read (work, block);
  mx_walk_along (&walk, events, middle + 1, events->len - middle - 1, FALSE, after);
  mx_room_work_flag (work, MX_ROOM_CHANGED_GAPS);
}
