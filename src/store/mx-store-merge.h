/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Putting sequences of events into the blocks of a room: what sync appends, pages from a gap,
 * islands. Every event is in the timeline at most once, whatever a server sends twice or in another
 * order. Private to store/. */
#pragma once

#include "mx-room-work.h"

G_BEGIN_DECLS

/* The timeline of a room in a sync response (research/protocol §3.1 rule 6, §3.2 rule 6). */
void mx_merge_live (MxRoomWork *work, MxRoomDelta *delta);
/* A page in walking order (backwards: newest first) from the end of a block that has a gap there.
 */
void mx_merge_page (MxRoomWork *work,
                    gint64 block,
                    gboolean backwards,
                    GPtrArray *events,
                    const char *end);
/* Events around a place, oldest first, with the tokens at both ends. */
void mx_merge_context (MxRoomWork *work, GPtrArray *events, const char *before, const char *after);

G_END_DECLS
