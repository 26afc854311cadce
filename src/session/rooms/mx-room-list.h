/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The account's rooms: a GListModel of MxRoom in the list's order (most recent first), changed in
 * place. One items-changed per change set where possible; objects are kept for the life of the
 * room. Main thread. */
#pragma once

#include "mx-room.h"

G_BEGIN_DECLS

#define MX_TYPE_ROOM_LIST (mx_room_list_get_type ())
G_DECLARE_FINAL_TYPE (MxRoomList, mx_room_list, MX, ROOM_LIST, GObject)

/* Properties: "unread-rooms" (uint), "unread" (uint), "highlights" (uint), "invites" (uint),
 * "loading" (boolean: the first list is still arriving). */
MxRoom *mx_room_list_find (MxRoomList *self, const char *room_id); /* borrowed, NULL */
MxRoom *mx_room_list_find_alias (MxRoomList *self, const char *alias);
MxRoom *mx_room_list_find_direct (MxRoomList *self,
                                  const char *user_id); /* an existing direct message */
unsigned mx_room_list_get_unread (MxRoomList *self);
unsigned mx_room_list_get_highlights (MxRoomList *self);
gboolean mx_room_list_is_loading (MxRoomList *self);

G_END_DECLS
