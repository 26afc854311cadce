/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A room as it is read and written in: header bar, timeline, composer. Main thread. */
#pragma once

#include "mx-room.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_CONVERSATION (chappe_conversation_get_type ())
G_DECLARE_FINAL_TYPE (ChappeConversation, chappe_conversation, CHAPPE, CONVERSATION, AdwBin)

/* NULL: nothing selected. */
void chappe_conversation_set_room (ChappeConversation *self, MxRoom *room);
MxRoom *chappe_conversation_get_room (ChappeConversation *self);
/* Brings an event of the room into view, from the server when it is not here. */
void chappe_conversation_open_event (ChappeConversation *self, const char *event_id);

/* Actions, for rows and menus: conversation.copy(s), .copy-link(s), .edit(s), .edit-last,
 * .delete(s), .retry(s), .discard(s), .open-event(s), .properties(s), .scroll-to-bottom,
 * .first-unread, .browse, .focus-composer. The parameter is an event id; for retry, discard and
 * edit also a transaction id. */
/* Adds text to what is being written, and gives the focus to it. */
void chappe_conversation_write (ChappeConversation *self, const char *text);

G_END_DECLS
