/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The window of one account: which page is shown follows from the session's state. No feature lives
 * here; its actions are in chappe-window-actions.c. Main thread. */
#pragma once

#include "chappe-main-view.h"

#include "mx-accounts.h"
#include "mx-deployment.h"
#include "mx-room.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_WINDOW (chappe_window_get_type ())
G_DECLARE_FINAL_TYPE (ChappeWindow, chappe_window, CHAPPE, WINDOW, AdwApplicationWindow)

/* Shows the first account, or the sign-in when there is none. */
ChappeWindow *
chappe_window_new (GtkApplication *application, MxAccounts *accounts, MxDeployment *deployment);
MxSession *chappe_window_get_session (ChappeWindow *self);       /* borrowed, NULL */
MxDeployment *chappe_window_get_deployment (ChappeWindow *self); /* borrowed */
ChappeMainView *chappe_window_get_main_view (ChappeWindow *self);
/* FALSE: there is no such room (yet); nothing was done. event_id NULL: where the reader was. */
gboolean chappe_window_open_room (ChappeWindow *self, const char *room_id, const char *event_id);
void chappe_window_show_signed_out (ChappeWindow *self);
void chappe_window_toast (ChappeWindow *self, const char *text);
/* Signs out at the server, removes what is on this computer, and returns to the sign-in. */
void chappe_window_sign_out (ChappeWindow *self);

G_END_DECLS
