/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Reading timelines: a linked list of blocks and gaps per room; order is the block order, never
 * origin_server_ts. Both connections. */
#pragma once

#include "mx-decryption-failure.h"
#include "mx-event.h"
#include "mx-reaction-row.h"
#include "mx-store.h"

G_BEGIN_DECLS

/* A place in a room's order. Compare with mx_timeline_key_compare only. Stable for an event unless
 * its block is joined to another. */
typedef struct
{
  gint64 block, position;
} MxTimelineKey;
int mx_timeline_key_compare (const MxTimelineKey *a, const MxTimelineKey *b);

typedef enum
{
  MX_TIMELINE_ROW_EVENT,
  MX_TIMELINE_ROW_GAP
} MxTimelineRowKind;

typedef struct
{
  MxTimelineRowKind kind;
  MxTimelineKey key;
  /* GAP. A gap before a block is filled backwards, one after an island forwards: where an island
   * and a block face each other there is a row for each side. key.position is then G_MININT64
   * (before the block) or G_MAXINT64 (after it). */
  gint64 gap_id;
  gboolean gap_backwards; /* fill by /messages dir=b with gap_token, else dir=f */
  char *gap_token;        /* NULL: nobody knows one; ask for what surrounds mx_store_gap_event() */
  MxEvent *event;         /* EVENT: as it stands (redacted copy when redacted) */
  MxEvent *edit;          /* latest valid edit, NULL */
  char *redacted_by;      /* user id, NULL */
  gboolean is_shown;      /* FALSE: drawn on its target or not at all */
  MxDecryptionFailure failure; /* why event is not readable */
  gint64 failed_ms;            /* since when; 0: never */
  char *session_id;            /* Megolm session of an encrypted event, NULL */
  GPtrArray *reactions;        /* MxReactionRow, by first_ts; NULL none */
  unsigned thread_replies;     /* count of m.thread children, 0 none */
} MxTimelineRow;
void mx_timeline_row_free (MxTimelineRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxTimelineRow, mx_timeline_row_free)

/* Up to limit rows before (older than) key, or the live end when key is NULL; returned oldest
 * first. Relations that are drawn on their target (reactions, edits, redactions) are no rows. A gap
 * below the oldest returned row is included as a row. *at_start: nothing older exists (the room's
 * beginning is in the store). */
GPtrArray *mx_store_load_before (MxStore *self,
                                 const char *room_id,
                                 const MxTimelineKey *key,
                                 unsigned limit,
                                 gboolean *at_start,
                                 GError **error);
/* Up to limit rows after key, oldest first; *at_end: the live end is included. */
GPtrArray *mx_store_load_after (MxStore *self,
                                const char *room_id,
                                const MxTimelineKey *key,
                                unsigned limit,
                                gboolean *at_end,
                                GError **error);
MxTimelineRow *
mx_store_load_event (MxStore *self,
                     const char *room_id,
                     const char *event_id,
                     GError **error); /* NULL: unknown; kept-aside singles too (key.block -1) */
gboolean
mx_store_find_key (MxStore *self, const char *room_id, const char *event_id, MxTimelineKey *key);
/* First event after the own receipt / fully-read marker that is shown; FALSE: nothing unread or not
 * in the store. */
gboolean mx_store_find_first_unread (MxStore *self, const char *room_id, MxTimelineKey *key);
/* Newest stored event at or before ts (display only): for jumping to a date inside what is stored.
 */
gboolean mx_store_find_date (MxStore *self, const char *room_id, gint64 ts_ms, MxTimelineKey *key);
/* The newest message of ours that may be edited (text, not redacted), NULL. Caller owns the id. */
char *mx_store_find_own_last (MxStore *self, const char *room_id, const char *own_user_id);
/* Id of the event that the gap lies next to, NULL. Caller owns. */
char *mx_store_gap_event (MxStore *self, gint64 gap_id);
/* JSON text of the newest event id in the live block, for receipts. */
char *mx_store_last_event_id (MxStore *self, const char *room_id);

G_END_DECLS
