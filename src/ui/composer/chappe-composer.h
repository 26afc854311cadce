/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Where messages are written. What is typed is on disk at each pause; a message leaves through the
 * outbox. Main thread. */
#pragma once

#include "chappe-attachments.h"

#include "mx-room.h"
#include "mx-timeline-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_COMPOSER (chappe_composer_get_type ())
G_DECLARE_FINAL_TYPE (ChappeComposer, chappe_composer, CHAPPE, COMPOSER, AdwBin)

GtkWidget *chappe_composer_new (void);
/* Saves the draft of the room before, restores that of the new one. NULL: none. */
void chappe_composer_set_room (ChappeComposer *self, MxRoom *room);
/* Who may write may have changed. */
void chappe_composer_update (ChappeComposer *self);
/* Edits a message of ours: sent, or not sent yet. Escape gives the draft back. */
void chappe_composer_edit (ChappeComposer *self, MxTimelineItem *item);
gboolean chappe_composer_has_focus (ChappeComposer *self);
/* Files on their way into the room; borrowed. */
ChappeAttachments *chappe_composer_get_attachments (ChappeComposer *self);
GtkWidget *chappe_composer_get_text_view (ChappeComposer *self);

/* Signals: "sent" (). */

G_END_DECLS
