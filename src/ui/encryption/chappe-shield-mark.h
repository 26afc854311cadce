/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Beside a message of which one should know how far it is to be believed: a small picture, in words
 * where it is serious, with an explanation. Nothing for most messages. Main thread. */
#pragma once

#include "mx-timeline-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_SHIELD_MARK (chappe_shield_mark_get_type ())
G_DECLARE_FINAL_TYPE (ChappeShieldMark, chappe_shield_mark, CHAPPE, SHIELD_MARK, GtkBox)

GtkWidget *chappe_shield_mark_new (void);
/* Hides itself for MX_SHIELD_NONE. */
void chappe_shield_mark_show (ChappeShieldMark *self, MxShield shield, MxShieldReason reason);

/* The explanation; NULL for MX_SHIELD_REASON_NONE. */
const char *chappe_shield_text (MxShieldReason reason);
/* What a screen reader says of the whole message, with the mark or the reason why it cannot be
 * read. The caller owns the result. */
char *chappe_shield_dup_accessible_text (MxTimelineItem *item);

G_END_DECLS
