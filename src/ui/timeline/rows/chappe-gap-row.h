/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* History that is not here yet. Asks for it when it comes into view; after a failure it says so and
 * offers to try again. Main thread. */
#pragma once

#include "mx-timeline.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_GAP_ROW (chappe_gap_row_get_type ())
G_DECLARE_FINAL_TYPE (ChappeGapRow, chappe_gap_row, CHAPPE, GAP_ROW, AdwBin)

GtkWidget *chappe_gap_row_new (void);
void chappe_gap_row_set_item (ChappeGapRow *self, MxTimelineItem *item, MxTimeline *timeline);

G_END_DECLS
