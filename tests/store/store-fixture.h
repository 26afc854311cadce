/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* For the tests of the store: a database in a folder of its own, sync responses and events in a few
 * words. */
#pragma once

#include "mx-store-media.h"
#include "mx-store-outbox.h"
#include "mx-store-rooms.h"
#include "mx-store-sync.h"
#include "mx-store-timeline.h"

G_BEGIN_DECLS

#define OWN   "@anne:example.org"
#define PAUL  "@paul:example.org"
#define LEA   "@lea:example.org"
#define ROOM  "!room:example.org"
#define OTHER "!other:example.org"

typedef struct
{
  char *folder;
  char *path;
  MxSecret *key;
  MxStore *store;
  MxStoreChanges *changes; /* of the last step */
} Fixture;

void fixture_set_up (Fixture *self, gconstpointer unused);
void fixture_tear_down (Fixture *self, gconstpointer unused);
/* Closes and opens again. */
void fixture_reopen (Fixture *self);

/* format gives JSON with ' instead of ". Aborts unless it parses. */
MxEvent *make_event (const char *format, ...) G_GNUC_PRINTF (1, 2);
/* A text message; ts in seconds after a fixed day. */
MxEvent *make_text (const char *event_id, const char *sender, int ts, const char *body);
MxEvent *make_reaction (const char *event_id,
                        const char *sender,
                        int ts,
                        const char *target,
                        const char *key);
MxEvent *
make_edit (const char *event_id, const char *sender, int ts, const char *target, const char *body);
MxEvent *make_redaction (const char *event_id, const char *sender, int ts, const char *target);
MxEvent *make_state (const char *event_id,
                     const char *sender,
                     const char *type,
                     const char *key,
                     const char *content);
MxEvent *
make_member (const char *event_id, const char *user_id, const char *membership, const char *name);
/* Takes the events up to NULL. */
GPtrArray *make_list (MxEvent *first, ...) G_GNUC_NULL_TERMINATED;

/* A delta with one joined room; further rooms by mx_room_delta_new. */
MxSyncDelta *make_delta (MxSyncKind kind, const char *room_id, MxRoomDelta **room);
/* All of the timeline is live. */
void delta_add (MxRoomDelta *room, MxEvent *event);
void delta_add_state (MxRoomDelta *room, MxEvent *event);
void delta_add_receipt (MxRoomDelta *room, const char *user_id, const char *event_id, int ts);
void delta_add_account_data (GPtrArray **list, const char *type, const char *content);
/* In a transaction of its own, into new changes; takes the delta. */
void apply (Fixture *self, MxSyncDelta *delta);
/* Twice, and the second time nothing may change. */
void apply_twice (Fixture *self, MxSyncDelta *delta);
/* A classic sync with these messages in ROOM. */
void sync_events (Fixture *self, gboolean limited, const char *prev_batch, MxEvent *first, ...)
  G_GNUC_NULL_TERMINATED;

/* begin, and commit with new changes. */
void begin (Fixture *self);
void commit (Fixture *self);

MxRoomChangeFlags changed (Fixture *self, const char *room_id);
/* Event ids and gaps, oldest first: "$a $b [token] $c". A gap before its block is [token], one
 * after it is {token}. */
char *describe (Fixture *self, const char *room_id);
void assert_timeline (Fixture *self, const char *expected);
MxRoomRow *get_row (Fixture *self, const char *room_id);
/* gap_id of the gap with this token; asserts that it exists. */
gint64 find_gap (Fixture *self, const char *token, gboolean *backwards);
void fill (Fixture *self, const char *token, const char *end, MxEvent *first, ...)
  G_GNUC_NULL_TERMINATED;

G_END_DECLS
