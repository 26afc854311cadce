/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The pane of conversations: header, filter, list, its empty states. Main thread.
 * Signal: "room-activated" (MxRoom*): a room was chosen by a click, Enter or Space. */
#pragma once

#include "mx-session.h"
#include "chappe-room-model.h"

#include "mx-room.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_SIDEBAR (chappe_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (ChappeSidebar, chappe_sidebar, CHAPPE, SIDEBAR, AdwBin)

void chappe_sidebar_set_session (ChappeSidebar *self, MxSession *session); /* NULL: none */
/* Marks the room that is shown; NULL: none. */
void chappe_sidebar_select (ChappeSidebar *self, MxRoom *room);
ChappeRoomModel *chappe_sidebar_get_model (ChappeSidebar *self); /* borrowed: what is drawn */
/* The focus goes to the shown room, else to the first one. */
void chappe_sidebar_focus_room (ChappeSidebar *self);
void chappe_sidebar_start_filter (ChappeSidebar *self);
/* A lasting state above the list; text NULL: none. action: detailed name, NULL: no button. */
void chappe_sidebar_set_banner (ChappeSidebar *self,
                                const char *text,
                                const char *button,
                                const char *action);

G_END_DECLS
