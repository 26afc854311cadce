/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The current state of rooms, and what an invitation shows of it. Private to store/. */
#pragma once

#include "mx-room-work.h"

G_BEGIN_DECLS

/* The state of a delta in the right order (research/protocol §3.1 rule 5): the timeline's counts
 * only where the server did not give the current state. */
void mx_state_apply (MxRoomWork *work, MxRoomDelta *delta);
/* What an invitation or a knock shows: replaces what was shown before. */
void mx_state_apply_stripped (MxRoomWork *work, GPtrArray *events);
/* Content JSON, NULL; from the stripped state while the room is not joined. */
char *mx_state_get (MxStore *store, gint64 room, const char *type, const char *state_key);
MxJsonDocument *
mx_state_load (MxStore *store, gint64 room, const char *type, const char *state_key);

/* m.room.power_levels of the room, kept by the work; absent when there is none. */
MxJson mx_power_levels (MxRoomWork *work);
/* G_MAXINT for a creator of a version 12 room. */
int mx_power_of (MxRoomWork *work, const char *user_id);

G_END_DECLS
