/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* In the place of a message that cannot be read: "Decrypting…" for the first seconds, then why not,
 * and a way to learn more (conversation.explain). Main thread. */
#pragma once

#include "mx-timeline-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_UNREADABLE_NOTE (chappe_unreadable_note_get_type ())
G_DECLARE_FINAL_TYPE (ChappeUnreadableNote, chappe_unreadable_note, CHAPPE, UNREADABLE_NOTE, AdwBin)

GtkWidget *chappe_unreadable_note_new (void);
/* since: ms, wall clock; 0: it was known to be unreadable from the start. event_id nullable. */
void chappe_unreadable_note_show (ChappeUnreadableNote *self,
                                  MxDecryptionFailure failure,
                                  gint64 since,
                                  const char *event_id);

G_END_DECLS
