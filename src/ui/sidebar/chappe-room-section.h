/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A heading of the room list, as an item of ChappeRoomModel. Main thread.
 * Properties (notify): "expanded" (boolean), "rooms" (uint), "unread" (uint: rooms with something
 * new). */
#pragma once

#include "mx-room.h"

G_BEGIN_DECLS

#define CHAPPE_TYPE_ROOM_SECTION (chappe_room_section_get_type ())
G_DECLARE_FINAL_TYPE (ChappeRoomSection, chappe_room_section, CHAPPE, ROOM_SECTION, GObject)

ChappeRoomSection *chappe_room_section_new (MxRoomSection section);
MxRoomSection chappe_room_section_get_section (ChappeRoomSection *self);
/* In the user's language; static. */
const char *chappe_room_section_get_title (ChappeRoomSection *self);
/* Stable word for settings. */
const char *chappe_room_section_get_nick (ChappeRoomSection *self);
gboolean chappe_room_section_is_expanded (ChappeRoomSection *self);
void chappe_room_section_set_expanded (ChappeRoomSection *self, gboolean expanded);
void chappe_room_section_set_counts (ChappeRoomSection *self, unsigned rooms, unsigned unread);
unsigned chappe_room_section_get_rooms (ChappeRoomSection *self);
unsigned chappe_room_section_get_unread (ChappeRoomSection *self);

G_END_DECLS
