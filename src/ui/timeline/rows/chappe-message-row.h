/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A message: avatar and name once per group, a bubble with what it says, and under it reactions,
 * receipts and the state of sending. Main thread. */
#pragma once

#include "mx-room.h"
#include "mx-timeline-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_MESSAGE_ROW (chappe_message_row_get_type ())
G_DECLARE_FINAL_TYPE (ChappeMessageRow, chappe_message_row, CHAPPE, MESSAGE_ROW, GtkBox)

GtkWidget *chappe_message_row_new (void);
/* item NULL: none. */
void chappe_message_row_set_item (ChappeMessageRow *self, MxTimelineItem *item, MxRoom *room);

G_END_DECLS
