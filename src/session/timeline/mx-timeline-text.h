/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Sentences about rows of a conversation, in the user's language. Main thread. */
#pragma once

#include "mx-room.h"
#include "mx-timeline-item.h"

G_BEGIN_DECLS

/* One line. A folded group tells at most three sentences, then counts the rest. Caller owns. */
char *mx_timeline_text_summary (MxTimelineItem *item, MxRoom *room);
/* Who, what, when, state: one sentence for a screen reader. said, nullable, is told in the place of
 * the message. Caller owns. */
char *mx_timeline_text_accessible (MxTimelineItem *item, MxRoom *room, const char *said);

G_END_DECLS
