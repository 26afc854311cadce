/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* From the events of a window to the rows that are drawn: days, folding, grouping, the read marker,
 * local messages, the footer. Pure: it makes a new list from the old items, which keep their
 * identity; MxTimeline turns the difference into items-changed. Main thread. */
#pragma once

#include "mx-timeline-item-private.h"

G_BEGIN_DECLS

typedef struct
{
  MxRoom *room;
  GPtrArray *rows;  /* MxTimelineItem: events and gaps of the store, in order */
  GPtrArray *local; /* MxTimelineItem: ours that are not in the store's timeline, in order */
  GHashTable *days; /* local day number → MxTimelineItem, kept between layouts */
  MxTimelineItem *start;
  MxTimelineItem *marker;
  MxTimelineItem *footer;
  const char *marker_before; /* event id before which the read marker stands, NULL: none */
  gboolean at_start;
} MxTimelineLayout;

/* New array (with references) of what is drawn. */
GPtrArray *mx_timeline_layout_build (MxTimelineLayout *self);

G_END_DECLS
