/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the list view recycles: shows a timeline item with the row widget of its kind, made when
 * first needed. Main thread. */
#pragma once

#include "mx-timeline.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_TIMELINE_ROW (chappe_timeline_row_get_type ())
G_DECLARE_FINAL_TYPE (ChappeTimelineRow, chappe_timeline_row, CHAPPE, TIMELINE_ROW, AdwBin)

GtkWidget *chappe_timeline_row_new (void);
void chappe_timeline_row_set_item (ChappeTimelineRow *self,
                                   MxTimelineItem *item /* nullable */,
                                   MxTimeline *timeline);
MxTimelineItem *chappe_timeline_row_get_item (ChappeTimelineRow *self);

G_END_DECLS
