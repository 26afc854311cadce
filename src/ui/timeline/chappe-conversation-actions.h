/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What can be done with a message of the conversation: copy, link, properties, delete. Main thread.
 */
#pragma once

#include "mx-room.h"
#include "mx-timeline-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void chappe_conversation_copy_text (GtkWidget *widget, MxTimelineItem *item);
void chappe_conversation_copy_link (GtkWidget *widget, MxRoom *room, const char *event_id);
void chappe_conversation_show_properties (GtkWidget *widget, MxTimelineItem *item);
/* Why it cannot be read. */
void chappe_conversation_explain (GtkWidget *widget, MxTimelineItem *item);
/* Asks first: a deletion is final for everybody. */
void chappe_conversation_ask_delete (GtkWidget *widget, MxRoom *room, const char *event_id);

/* An unsent message is not sent; a toast takes that back. */
void chappe_conversation_discard (GtkWidget *widget, MxRoom *room, MxTimelineItem *item);

G_END_DECLS
