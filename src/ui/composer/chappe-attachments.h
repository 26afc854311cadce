/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The ways of files into a conversation: chosen, dropped, pasted; looked at in a dialog, then sent
 * in order. Main thread. Signals: "sent", each time something is in the outbox; "failed" (string:
 * a sentence); "text" (string): what was a link, and no file. */
#pragma once

#include "mx-room.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_ATTACHMENTS (chappe_attachments_get_type ())
G_DECLARE_FINAL_TYPE (ChappeAttachments, chappe_attachments, CHAPPE, ATTACHMENTS, GObject)

/* parent, borrowed: any widget of the conversation, which it does not outlive. */
ChappeAttachments *chappe_attachments_new (GtkWidget *parent);
/* NULL: none. What was asked for another room still goes there. */
void chappe_attachments_set_room (ChappeAttachments *self, MxRoom *room);
void chappe_attachments_choose (ChappeAttachments *self);
void chappe_attachments_add_files (ChappeAttachments *self, GSList *files /* of GFile */);
void chappe_attachments_add_picture (ChappeAttachments *self, GdkTexture *texture);
/* FALSE: there is only text in it, or nothing. */
gboolean chappe_attachments_paste (ChappeAttachments *self, GdkClipboard *clipboard);
/* For the widget that files may be dropped on; the caller adds it there. */
GtkEventController *chappe_attachments_drop_target_new (ChappeAttachments *self);

G_END_DECLS
