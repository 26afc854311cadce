/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The scrolling list of a conversation. It opens at the first unread message, sticks to the end
 * only when it is at the end, and never moves under the reader: the eight rules of a list view with
 * a permanent footer (tests/ui/test-timeline-jump.c measures them). Main thread. */
#pragma once

#include "mx-timeline.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_TIMELINE_VIEW (chappe_timeline_view_get_type ())
G_DECLARE_FINAL_TYPE (ChappeTimelineView, chappe_timeline_view, CHAPPE, TIMELINE_VIEW, AdwBin)

GtkWidget *chappe_timeline_view_new (void);
/* timeline may be NULL: empty. show_event: brought into view, NULL: the first unread one, or the
 * end. */
void chappe_timeline_view_set_timeline (ChappeTimelineView *self,
                                        MxTimeline *timeline,
                                        const char *show_event);
MxTimeline *chappe_timeline_view_get_timeline (ChappeTimelineView *self);
/* FALSE: the event is not in the window of the timeline. */
gboolean chappe_timeline_view_show_event (ChappeTimelineView *self, const char *event_id);
void chappe_timeline_view_scroll_to_bottom (ChappeTimelineView *self);
/* By pages, from anywhere in the window: -1 up, 1 down. */
void chappe_timeline_view_scroll_page (ChappeTimelineView *self, int pages);
/* Rows take the keyboard focus only while the reader walks through them. */
void chappe_timeline_view_set_browsing (ChappeTimelineView *self, gboolean browsing);
gboolean chappe_timeline_view_is_browsing (ChappeTimelineView *self);
GtkListView *chappe_timeline_view_get_list (ChappeTimelineView *self);

/* Signals: "jump-to-live" (): the end is wanted, and this window of the timeline does not hold it.
 */

G_END_DECLS
