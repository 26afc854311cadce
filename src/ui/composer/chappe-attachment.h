/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Something that is about to be sent: a file, or a pasted picture. What it is becomes known soon
 * after. Main thread. Signal: "changed". */
#pragma once

#include "mx-flow.h"
#include "mx-room.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_ATTACHMENT (chappe_attachment_get_type ())
G_DECLARE_FINAL_TYPE (ChappeAttachment, chappe_attachment, CHAPPE, ATTACHMENT, GObject)

ChappeAttachment *chappe_attachment_new_file (GFile *file);
ChappeAttachment *chappe_attachment_new_picture (GdkTexture *texture);

const char *chappe_attachment_get_name (ChappeAttachment *self);
gint64 chappe_attachment_get_size (ChappeAttachment *self);         /* bytes; -1: not known yet */
GIcon *chappe_attachment_get_icon (ChappeAttachment *self);         /* symbolic; borrowed */
GdkTexture *chappe_attachment_get_picture (ChappeAttachment *self); /* borrowed, NULL: none (yet) */
/* Why it cannot be sent, a sentence; NULL: it can, or that is not known yet. limit: bytes, -1 none.
 * Caller frees. */
char *chappe_attachment_dup_problem (ChappeAttachment *self, gint64 limit);
gboolean chappe_attachment_can_send (ChappeAttachment *self, gint64 limit);
/* Resolves to the transaction id. */
DexFuture *chappe_attachment_send (ChappeAttachment *self, MxRoom *room) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
