/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The rooms of a session in the order of their last use, for going back and forth between them:
 * while the key is held, steps go further back; what is reached counts as used once it is let go.
 * Main thread. */
#pragma once

#include "mx-room-list.h"

G_BEGIN_DECLS

typedef struct _ChappeRecentRooms ChappeRecentRooms;

ChappeRecentRooms *chappe_recent_rooms_new (void);
void chappe_recent_rooms_free (ChappeRecentRooms *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ChappeRecentRooms, chappe_recent_rooms_free)

/* The room is shown now. */
void chappe_recent_rooms_use (ChappeRecentRooms *self, MxRoom *room);
/* direction 1: the one used before; -1: back again, and round the end. Borrowed; NULL: there is no
 * other one in rooms. */
MxRoom *chappe_recent_rooms_step (ChappeRecentRooms *self, MxRoomList *rooms, int direction);
/* The key was let go. */
void chappe_recent_rooms_settle (ChappeRecentRooms *self);
void chappe_recent_rooms_clear (ChappeRecentRooms *self);

G_END_DECLS
