/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Unread counts: push rules on each event that arrives after our read position, counted again
 * whenever that moves or history comes in (research/protocol §3.4). Private to store/. */
#pragma once

#include "mx-room-work.h"

G_BEGIN_DECLS

/* What the rules say about an event; nothing for own events, ignored people and rooms that we are
 * not in. */
MxPushActions mx_counts_evaluate (MxRoomWork *work, MxEvent *event);
/* events.push */
int mx_counts_level (MxPushActions actions);
void mx_counts_add_candidate (MxRoomWork *work, MxEvent *event, MxPushActions actions);
/* The server's own counts: believed in rooms without encryption, unless we read further than it
 * knows. */
void mx_counts_set_server (MxRoomWork *work, gint64 notifications, gint64 highlights);
void mx_counts_forget_server (MxRoomWork *work);
void mx_counts_update (MxRoomWork *work);
/* The rules or the ignored people changed: what lies after our position is evaluated anew. */
void mx_counts_evaluate_again (MxRoomWork *work);

G_END_DECLS
