/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* About a message that cannot be read: why, who can solve it, since when, what was tried, and one
 * thing to do. It closes by itself when the message can be read. Main thread. Actions of the window
 * that it uses: win.identity, win.ask-for-message (name of the sender), app.help. */
#pragma once

#include "mx-timeline-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_UNREADABLE_DIALOG (chappe_unreadable_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ChappeUnreadableDialog,
                      chappe_unreadable_dialog,
                      CHAPPE,
                      UNREADABLE_DIALOG,
                      AdwDialog)

ChappeUnreadableDialog *chappe_unreadable_dialog_new (MxTimelineItem *item);
/* The same without a message: only to look at it. */
ChappeUnreadableDialog *chappe_unreadable_dialog_new_for (MxDecryptionFailure failure,
                                                          const MxReadingAttempts *attempts);

G_END_DECLS
