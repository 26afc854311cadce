/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the session does with its room list and rooms. Main thread. */
#pragma once

#include "mx-room-list.h"
#include "mx-session-private.h"

G_BEGIN_DECLS

/* session is not owned: it owns the list. */
MxRoomList *mx_room_list_new (MxSession *session);
/* All rooms of the store in one splice; rows: of MxRoomRow. */
void mx_room_list_fill (MxRoomList *self, GPtrArray *rows);
void mx_room_list_apply (MxRoomList *self, MxStoreChanges *changes);
void mx_room_list_set_loading (MxRoomList *self, gboolean loading);
/* Resolves TRUE once we are in this room as far as the list knows, at the latest after ms. */
DexFuture *mx_room_list_wait_joined (MxRoomList *self, const char *room_id, unsigned ms)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
