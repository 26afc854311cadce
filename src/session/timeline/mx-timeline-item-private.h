/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* For MxTimeline, which makes and changes the items. */
#pragma once

#include "mx-room.h"
#include "mx-store-outbox.h"
#include "mx-store-timeline.h"
#include "mx-timeline-item.h"

G_BEGIN_DECLS

/* room must outlive the items (the timeline holds it). */
MxTimelineItem *mx_timeline_item_new (MxItemKind kind, MxRoom *room);
MxTimelineItem *mx_timeline_item_new_day (MxRoom *room, gint64 timestamp);

/* Takes over what the store says of an event or a gap; notifies what changed. */
void mx_timeline_item_take_row (MxTimelineItem *self, const MxTimelineRow *row);
/* A message of ours that is not in the timeline yet. */
void mx_timeline_item_take_outbox (MxTimelineItem *self, const MxOutboxRow *row);
/* An edit of ours that waits in the outbox: shown at once. NULL: none (any more). */
void mx_timeline_item_set_pending_edit (MxTimelineItem *self, const MxOutboxRow *row);

/* Megolm session of an encrypted event, NULL. */
const char *mx_timeline_item_get_session_id (MxTimelineItem *self);
const MxTimelineKey *mx_timeline_item_get_key (MxTimelineItem *self);
gint64 mx_timeline_item_get_gap_id (MxTimelineItem *self);
const char *mx_timeline_item_get_gap_token (MxTimelineItem *self);
gboolean mx_timeline_item_gap_is_backwards (MxTimelineItem *self);
void mx_timeline_item_set_gap_state (MxTimelineItem *self, MxGapState state, const GError *error);
void mx_timeline_item_set_group (MxTimelineItem *self, gboolean first, gboolean last);
void mx_timeline_item_set_reply (MxTimelineItem *self, MxTimelineItem *reply);
void mx_timeline_item_set_receipts (MxTimelineItem *self, GPtrArray *receipts /* of MxReceipt */);
void mx_timeline_item_names_changed (MxTimelineItem *self);
/* Something else is known of its sender's devices. */
void mx_timeline_item_trust_changed (MxTimelineItem *self);

/* Folding. */
gboolean mx_timeline_item_is_folded_kind (
  MxTimelineItem *self); /* an event that is drawn within a STATE item */
MxTimelineItem *
mx_timeline_item_get_fold (MxTimelineItem *self); /* the STATE item that holds it, NULL */
void mx_timeline_item_set_children (MxTimelineItem *self,
                                    GPtrArray *children /* of MxTimelineItem */);

G_END_DECLS
