/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A row that is not a message: a day, the read marker, the beginning, folded changes, the footer.
 * One line, centred and quiet. Main thread. */
#pragma once

#include "mx-room.h"
#include "mx-timeline-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_QUIET_ROW (chappe_quiet_row_get_type ())
G_DECLARE_FINAL_TYPE (ChappeQuietRow, chappe_quiet_row, CHAPPE, QUIET_ROW, AdwBin)

GtkWidget *chappe_quiet_row_new (void);
void chappe_quiet_row_set_item (ChappeQuietRow *self, MxTimelineItem *item, MxRoom *room);

G_END_DECLS
