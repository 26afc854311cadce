/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Who has read up to where; how far we have read. A receipt for an event that is not here is kept
 * and counts once the event appears. The position of a receipt is that of its event in the timeline
 * (research/protocol §3.4). Private to store/. */
#pragma once

#include "mx-room-work.h"

G_BEGIN_DECLS

typedef struct
{
  char *event_id; /* NULL: no own position is in the timeline */
  gint64 block, rank, position;
  gboolean is_confirmed; /* the server knows it */
  gint64
    ahead_ts; /* ms; a receipt for an event not yet here covers what was sent until then; 0 none */
} MxReadPosition;

void mx_read_position_clear (MxReadPosition *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MxReadPosition, mx_read_position_clear)

/* The furthest of our positions. */
void mx_receipts_get_own (MxStore *store, gint64 room, MxReadPosition *position);
/* Before the timeline: which events our receipts name. */
void mx_receipts_prepare (MxRoomWork *work, GPtrArray *receipts);
/* After it. is_news: the receipts just happened, they are not what an initial response tells. */
void mx_receipts_apply (MxRoomWork *work, GPtrArray *receipts, gboolean is_news);
/* A receipt of ours names the event, or it is a message of ours, or we joined by it. */
gboolean mx_receipts_is_read_by_us (MxRoomWork *work, MxEvent *event);
/* Notes an own event as read up to there. */
void mx_receipts_imply (MxRoomWork *work, MxEvent *event);
/* Our position lies in this block or after it, so that what is put before the block is read. */
gboolean mx_receipts_is_before_read (MxRoomWork *work, gint64 block);
/* TRUE when the position moved. */
gboolean mx_receipts_add_own (MxRoomWork *work,
                              const char *event_id,
                              gint64 ts,
                              gboolean is_ahead,
                              gboolean is_confirmed);
/* Positions that another one overtook go. */
void mx_receipts_prune (MxRoomWork *work);

G_END_DECLS
