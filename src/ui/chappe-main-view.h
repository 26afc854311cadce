/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Conversations | conversation | side pane of one account, and how they fold in a narrow window
 * (research/peers §4.2). Main thread. Properties (notify): "room" (MxRoom, nullable: the shown
 * one), "info-shown" (boolean: the side pane). */
#pragma once

#include "chappe-conversation.h"
#include "chappe-notice-bar.h"
#include "chappe-sidebar.h"

#include "mx-room.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_MAIN_VIEW (chappe_main_view_get_type ())
G_DECLARE_FINAL_TYPE (ChappeMainView, chappe_main_view, CHAPPE, MAIN_VIEW, AdwBreakpointBin)

/* NULL: none. */
void chappe_main_view_set_session (ChappeMainView *self, MxSession *session);
/* room NULL: none. event_id NULL: where the reader was. enter: turn to it in a narrow window, give
 * it the focus. */
void chappe_main_view_show_room (ChappeMainView *self,
                                 MxRoom *room,
                                 const char *event_id,
                                 gboolean enter);
/* The room of the last time, after the list has been drawn. */
void chappe_main_view_restore_room (ChappeMainView *self);
/* Shows the room as soon as the list has it: after joining or making it. */
void chappe_main_view_await_room (ChappeMainView *self, const char *room_id);
/* Among those used lately, see chappe-recent-rooms.h; settled: the key was let go. */
void chappe_main_view_show_recent (ChappeMainView *self, int direction);
void chappe_main_view_settle_recent (ChappeMainView *self);
void chappe_main_view_show_list (ChappeMainView *self);
/* Whether a person in front of the window sees the conversation. */
gboolean chappe_main_view_shows_content (ChappeMainView *self);
MxRoom *chappe_main_view_get_room (ChappeMainView *self); /* borrowed, NULL */
ChappeSidebar *chappe_main_view_get_sidebar (ChappeMainView *self);
ChappeConversation *chappe_main_view_get_conversation (ChappeMainView *self);
/* Where something happened that has to be answered; borrowed. */
ChappeNoticeBar *chappe_main_view_get_notice_bar (ChappeMainView *self);
void chappe_main_view_set_info_shown (ChappeMainView *self, gboolean shown);
/* The next region for F6: conversations, conversation, side pane. */
void chappe_main_view_focus_next (ChappeMainView *self, gboolean backwards);

G_END_DECLS
