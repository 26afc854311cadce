/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The message that another one answers, in two lines; a click goes there. Main thread. */
#pragma once

#include "mx-timeline-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A button with the action conversation.open-event. */
#define CHAPPE_TYPE_REPLY_QUOTE (chappe_reply_quote_get_type ())
G_DECLARE_FINAL_TYPE (ChappeReplyQuote, chappe_reply_quote, CHAPPE, REPLY_QUOTE, GtkButton)

GtkWidget *chappe_reply_quote_new (void);
/* item: the answer. */
void chappe_reply_quote_set (ChappeReplyQuote *self, MxTimelineItem *item);

G_END_DECLS
