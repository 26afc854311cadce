/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Desktop notifications of one account: one per room, replaced by its next one, withdrawn when the
 * room is read (here or elsewhere). What they show is the setting "notification-preview". Main
 * thread. */
#pragma once

#include "mx-session.h"
#include "mx-room.h"

G_BEGIN_DECLS

#define CHAPPE_TYPE_NOTIFIER (chappe_notifier_get_type ())
G_DECLARE_FINAL_TYPE (ChappeNotifier, chappe_notifier, CHAPPE, NOTIFIER, GObject)

ChappeNotifier *chappe_notifier_new (GApplication *application, MxSession *session);
/* Signal "bell": a sound is due (GNotification has none); by default the desktop's own is rung. */
/* The room that the user is looking at, NULL: none. Nothing is shown for it. */
void chappe_notifier_set_watched (ChappeNotifier *self, MxRoom *room);
/* For tests: what would be shown. The caller owns both. */
void chappe_notifier_dup_texts (MxRoom *room, int preview, char **title, char **body);

G_END_DECLS
