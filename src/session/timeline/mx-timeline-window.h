/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A stretch of one room's history as the store has it: items for events and gaps in order, plus our
 * messages that are not in it yet. Reads through the reading connection; draws nothing and emits
 * nothing. Owned by MxTimeline. Main thread. */
#pragma once

#include "mx-flow.h"
#include "mx-timeline-item-private.h"

G_BEGIN_DECLS

/* Rows. GtkListView is slow to build many rows at once: open small, grow by pages
 * (research/environment §3.3 rule 4). Each page restyles the rows that are there, so very small
 * ones cost more in all; two make a page of the server's. */
#define MX_TIMELINE_OPEN_ROWS 20
#define MX_TIMELINE_PAGE_ROWS 25

typedef struct
{
  MxRoom *room;
  MxScope *scope;
  GPtrArray *rows;      /* MxTimelineItem: events and gaps */
  GPtrArray *local;     /* MxTimelineItem: outbox entries without an event */
  GHashTable *by_event; /* event id → MxTimelineItem in rows; borrowed */
  GHashTable *quoted;   /* event id → MxTimelineItem: reply targets outside the window */
  GHashTable *pending;  /* txn id → edited MxTimelineItem */
  gboolean at_start;    /* nothing older exists */
  gboolean at_live_end; /* the newest event is in rows */
} MxTimelineWindow;

void mx_timeline_window_init (MxTimelineWindow *self);
void mx_timeline_window_clear (MxTimelineWindow *self);
MxStore *
mx_timeline_window_get_reader (MxTimelineWindow *self); /* NULL once the session is closed */
MxTimelineItem *mx_timeline_window_edge_event (MxTimelineWindow *self, gboolean last);
/* Fills an empty window around key: a few rows of context above, the rest below. */
void mx_timeline_window_open_at (MxTimelineWindow *self, const MxTimelineKey *key);
gboolean mx_timeline_window_load_before (MxTimelineWindow *self,
                                         unsigned limit); /* TRUE: rows came */
guint mx_timeline_window_load_after (MxTimelineWindow *self,
                                     unsigned limit); /* how many rows came */
/* Reads what lies between the ends again: pages came into gaps, blocks were joined. */
void mx_timeline_window_reload (MxTimelineWindow *self);
void mx_timeline_window_update_event (MxTimelineWindow *self, const char *event_id);
void mx_timeline_window_load_outbox (MxTimelineWindow *self);
void mx_timeline_window_load_receipts (MxTimelineWindow *self);
void mx_timeline_window_forget_row (MxTimelineWindow *self, guint index);
/* What was read only to be quoted by rows that are gone. */
void mx_timeline_window_forget_quotes (MxTimelineWindow *self);

G_END_DECLS
