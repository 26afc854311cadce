/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is about to be sent, to be looked at first. Main thread. Signals: "send" (GListModel of
 * ChappeAttachment, in order: those that can be sent), "add": more are wanted. */
#pragma once

#include "chappe-attachment.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_ATTACH_DIALOG (chappe_attach_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ChappeAttachDialog, chappe_attach_dialog, CHAPPE, ATTACH_DIALOG, AdwDialog)

ChappeAttachDialog *chappe_attach_dialog_new (const char *room_name);
void chappe_attach_dialog_add (ChappeAttachDialog *self, ChappeAttachment *attachment);
/* What the server takes, bytes; -1: not known. */
void chappe_attach_dialog_set_limit (ChappeAttachDialog *self, gint64 limit);

G_END_DECLS
