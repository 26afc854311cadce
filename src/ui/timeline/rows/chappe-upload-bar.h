/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* How far a file of ours is on its way, and the way to stop it. Main thread. Action that it uses:
 * conversation.discard (transaction id). */
#pragma once

#include "mx-room.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_UPLOAD_BAR (chappe_upload_bar_get_type ())
G_DECLARE_FINAL_TYPE (ChappeUploadBar, chappe_upload_bar, CHAPPE, UPLOAD_BAR, GtkBox)

GtkWidget *chappe_upload_bar_new (void);
/* Hidden without a transaction id, and when nothing is uploaded for it any more. */
void chappe_upload_bar_follow (ChappeUploadBar *self, MxRoom *room, const char *txn_id);

G_END_DECLS
