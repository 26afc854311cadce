/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The table of events: the raw text is the truth, the columns beside it are derived. Private to
 * store/. */
#pragma once

#include "mx-room-work.h"
#include "mx-store-decryption.h"

G_BEGIN_DECLS

/* events.shown */
#define MX_SHOWN_NOT     0
#define MX_SHOWN_ROW     1
#define MX_SHOWN_MESSAGE 2 /* moves the room in the list and may be its preview */

typedef struct
{
  gint64 id;    /* events.id */
  gint64 block; /* 0: kept aside */
  gint64 position;
  gboolean is_redacted;
  MxDecryptionFailure failure;
} MxStoredEvent;

gboolean mx_events_find (MxStore *store, gint64 room, const char *event_id, MxStoredEvent *stored);
/* A new event at a place (block 0: kept aside), with all that follows from it: redactions either
 * way, its echo in the outbox, the events that it is drawn on. Returns events.id, 0 on failure. */
gint64 mx_events_insert (MxRoomWork *work,
                         const MxDecryption *read,
                         gint64 block,
                         gint64 position,
                         int push);
/* A known event gets another place: one that was kept aside, or that only an island had. */
void mx_events_move (MxRoomWork *work,
                     const MxStoredEvent *stored,
                     const MxDecryption *read,
                     gint64 block,
                     gint64 position,
                     int push);
/* A known event came again: only a redaction can be news. */
void mx_events_merge (MxRoomWork *work, const MxStoredEvent *stored, MxEvent *event);
/* NULL when it does not parse (a damaged row). */
MxEvent *mx_events_parse (const char *raw, const char *clear);
MxEvent *mx_events_load (MxStore *store, gint64 room, const char *event_id);
int mx_events_shown_level (MxEvent *event);
/* What an encrypted event says, or why it does not: the columns that follow from it. */
void mx_events_set_read (MxRoomWork *work, gint64 id, const MxDecryption *read);
/* Relation columns: a redaction relates to what it redacts. */
void mx_events_relation (MxEvent *event, const char **type, const char **target, const char **key);

G_END_DECLS
