/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A window over one room's history, a GListModel of MxTimelineItem, oldest first, FOOTER last.
 * Opens with at most 20 events and grows by pages as its ends are asked for; emits true positions,
 * one items-changed per contiguous change; never remove-all/add-all (environment §3.3 rule 5). Main
 * thread. */
#pragma once

#include "mx-room.h"
#include "mx-timeline-item.h"

G_BEGIN_DECLS

#define MX_TYPE_TIMELINE (mx_timeline_get_type ())
G_DECLARE_FINAL_TYPE (MxTimeline, mx_timeline, MX, TIMELINE, GObject)

/* Properties: "at-start", "at-live-end" (booleans), "loading-older", "loading-newer" (booleans),
 * "new-below" (uint: events that arrived while away from the live end), "first-unread" (uint
 * position at opening, GTK_INVALID_LIST_POSITION-like G_MAXUINT: nothing unread). */
/* Opens at the first unread event if there is one (with some read rows above it), else at the live
 * end. Synchronous: from the store. */
MxTimeline *mx_timeline_new (MxRoom *room);
/* Opens at the live end, whatever is unread. */
MxTimeline *mx_timeline_new_live (MxRoom *room);
/* Opens around this event (must be in the store: see mx_timeline_locate). */
MxTimeline *mx_timeline_new_at (MxRoom *room, const char *event_id);
MxRoom *mx_timeline_get_room (MxTimeline *self);
unsigned mx_timeline_get_first_unread (MxTimeline *self);
gboolean mx_timeline_is_at_live_end (MxTimeline *self);
gboolean mx_timeline_is_at_start (MxTimeline *self);
/* More rows from the store (at once), or from the server through the gap at that end. Cheap to call
 * often. */
void mx_timeline_load_older (MxTimeline *self);
void mx_timeline_load_newer (MxTimeline *self);
/* A gap row came into view (or its "Try again" was pressed). */
void mx_timeline_fill_gap (MxTimeline *self, MxTimelineItem *gap);
/* Drops rows far from what is shown, beyond a few hundred, at the given end: flat memory. */
void mx_timeline_trim (MxTimeline *self, unsigned keep_from, unsigned keep_to);
unsigned mx_timeline_find (MxTimeline *self, const char *event_id); /* position, G_MAXUINT */
/* Makes an event (or the first one at or after a date) available in the store, from the server when
 * needed. Resolves to its id; then mx_timeline_new_at(). */
DexFuture *mx_timeline_locate (MxRoom *room, const char *event_id) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_timeline_locate_date (MxRoom *room, gint64 ts_ms) G_GNUC_WARN_UNUSED_RESULT;
/* One stored event by itself, for scripts and notifications; NULL: unknown. Caller owns. room must
 * outlive it. */
MxTimelineItem *mx_timeline_load_item (MxRoom *room, const char *event_id);
/* Whether new rows at the end are seen by a reader (focused window, at the bottom): then the read
 * position follows. */
void mx_timeline_set_watched (MxTimeline *self, gboolean watched);

G_END_DECLS
