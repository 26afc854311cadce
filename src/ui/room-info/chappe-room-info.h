/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The side pane of a conversation: what the room is, who is in it, what it may do to the user. Main
 * thread. */
#pragma once

#include "mx-room.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_ROOM_INFO (chappe_room_info_get_type ())
G_DECLARE_FINAL_TYPE (ChappeRoomInfo, chappe_room_info, CHAPPE, ROOM_INFO, AdwBin)

void chappe_room_info_set_room (ChappeRoomInfo *self, MxRoom *room); /* NULL: none */

G_END_DECLS
