/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A room in the room list. Recycled: shows one MxRoom after another. Main thread.
 * Property: "accessible-text": the whole row as one sentence. */
#pragma once

#include "mx-room.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_ROOM_ROW (chappe_room_row_get_type ())
G_DECLARE_FINAL_TYPE (ChappeRoomRow, chappe_room_row, CHAPPE, ROOM_ROW, GtkBox)

GtkWidget *chappe_room_row_new (void);
/* NULL: none. */
void chappe_room_row_set_room (ChappeRoomRow *self, MxRoom *room);
/* Borrowed, NULL. */
/* The same words as the row's, for one that is not made yet. The caller owns them. */
char *chappe_room_row_dup_accessible_text (MxRoom *room);
MxRoom *chappe_room_row_get_room (ChappeRoomRow *self);

G_END_DECLS
