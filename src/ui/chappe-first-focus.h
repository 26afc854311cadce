/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Where the focus is when the room list appears: on a room, not on the heading of the first
 * section, and as soon as there are rows; if a dialog is in front, once that is closed. In a dialog
 * that appears: on the widget that this asks for. And where it is after a dialog if what opened it
 * has gone: in the conversation, else on a room. Main thread. */
#pragma once

#include "chappe-main-view.h"

G_BEGIN_DECLS

typedef struct _ChappeFirstFocus ChappeFirstFocus;

/* Neither is owned; both outlive it. */
ChappeFirstFocus *chappe_first_focus_new (AdwApplicationWindow *window, ChappeMainView *view);
void chappe_first_focus_free (ChappeFirstFocus *self);
/* The list has just come into sight, or has gone. */
void chappe_first_focus_set_due (ChappeFirstFocus *self, gboolean due);

G_END_DECLS
