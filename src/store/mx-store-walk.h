/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A walk along a page of events, from an anchor in a block outwards: unknown events are put beside
 * the last one that was met, and meeting an event of the neighbouring block closes the gap between
 * and goes on there. Private to store/. */
#pragma once

#include "mx-room-work.h"

G_BEGIN_DECLS

typedef struct
{
  MxRoomWork *work;
  int direction;    /* -1 back, +1 forth */
  gint64 block;     /* where the walk is */
  gint64 anchor;    /* events.id of the last event met, 0: the block is empty */
  gboolean at_edge; /* anchor is the outermost event of block in direction */
  unsigned met;     /* how many events in a row were known */
  unsigned enough;  /* a page has reached the next block when it ends with so many events in a row
                       that are  known there, or with that block's outermost one. One alone may have
                       come early: sync brings  events in the order of arrival, pages in that of the
                       room, and what lies between would never  be asked for. 1 where the page itself
                       is in the order of arrival */
  gboolean
    is_inside; /* the anchor is an event beside the page; FALSE: the page came for the block's gap,
                  and an event of the same block only arrived elsewhere in another order */
  gint64 crossed_to;
  gint64 crossed_from;  /* the block left last, 0 */
  gboolean is_live_end; /* nothing may be put beyond the live block's end: sync brings it */
  gboolean is_read;     /* what follows is before our read position */
} MxWalk;

/* anchor: events.id in block, 0 in an empty one. is_inside is TRUE at first. */
void mx_walk_begin (MxWalk *self, MxRoomWork *work, int direction, gint64 block, gint64 anchor);
void mx_walk_step (MxWalk *self, MxEvent *event);
/* events[from … from + count), reverse: last one first; then the gap at the end: token end, NULL:
 * nothing lies further. */
void mx_walk_along (MxWalk *self,
                    GPtrArray *events,
                    guint from,
                    guint count,
                    gboolean reverse,
                    const char *end);

G_END_DECLS
