/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The room list as it is drawn: a flat GListModel of ChappeRoomSection, each followed by its
 * MxRooms unless it is folded. Filters included. Changes of many rooms are gathered until the main
 * loop is idle and told as one change. Main thread. */
#pragma once

#include "mx-room-list.h"

G_BEGIN_DECLS

#define CHAPPE_TYPE_ROOM_MODEL (chappe_room_model_get_type ())
G_DECLARE_FINAL_TYPE (ChappeRoomModel, chappe_room_model, CHAPPE, ROOM_MODEL, GObject)

ChappeRoomModel *chappe_room_model_new (void);
/* rooms: a GListModel of MxRoom (MxRoomList); NULL: none. Filled when this returns. */
void chappe_room_model_set_rooms (ChappeRoomModel *self, GListModel *rooms);
/* Words of the name, in any order, accents ignored; folded sections open meanwhile. NULL or "":
 * all. */
void chappe_room_model_set_filter (ChappeRoomModel *self, const char *text);
void chappe_room_model_set_unread_only (ChappeRoomModel *self, gboolean unread_only);
/* Stays in the list whatever the unread filter says: it is being read. NULL: none. */
void chappe_room_model_set_shown (ChappeRoomModel *self, MxRoom *room);
MxRoom *chappe_room_model_get_shown (ChappeRoomModel *self); /* borrowed */
/* While the pointer is on the list, nothing may move under it: changes of order wait. */
void chappe_room_model_set_still (ChappeRoomModel *self, gboolean still);
void chappe_room_model_set_collapsed (ChappeRoomModel *self, const char *const *nicks);
GStrv chappe_room_model_dup_collapsed (ChappeRoomModel *self);
void chappe_room_model_toggle (ChappeRoomModel *self, MxRoomSection section);
/* Rooms that match, folded ones included. */
unsigned chappe_room_model_get_n_rooms (ChappeRoomModel *self);
/* Position of room, GTK_INVALID_LIST_POSITION (G_MAXUINT) when it is not shown. */
unsigned chappe_room_model_find (ChappeRoomModel *self, MxRoom *room);
/* The same of the shown room, else of the first one. */
unsigned chappe_room_model_find_shown (ChappeRoomModel *self);
/* The room that comes step rooms after (before) room in the drawn order, round the ends; unread:
 * only among those with something new. Borrowed; NULL: there is none. room may be NULL or hidden:
 * from the start. */
MxRoom *chappe_room_model_next (ChappeRoomModel *self, MxRoom *room, int step, gboolean unread);
/* The room drawn in place number (from 0); borrowed; NULL: there are not so many. */
MxRoom *chappe_room_model_nth (ChappeRoomModel *self, unsigned number);
gboolean chappe_room_is_unread (MxRoom *room);

G_END_DECLS
