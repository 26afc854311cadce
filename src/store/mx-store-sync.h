/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Applying what the server said. Account thread, within mx_store_begin/commit: a response's effects
 * and its token commit together. */
#pragma once

#include "mx-push-rules.h"
#include "mx-room-row.h"
#include "mx-store.h"

G_BEGIN_DECLS

/* What changed, for the main thread: it re-reads what it shows. Ref-counted, immutable once handed
 * over. */
typedef enum
{
  MX_ROOM_CHANGED_ROW = 1 << 0,
  MX_ROOM_CHANGED_APPENDED = 1 << 1, /* new events at the live end */
  MX_ROOM_CHANGED_EVENTS = 1 << 2, /* events named in changed_events: edited, redacted, reacted to,
                                      echo replaced, decrypted */
  MX_ROOM_CHANGED_GAPS = 1 << 3,   /* older events or gaps changed */
  MX_ROOM_CHANGED_MEMBERS = 1 << 4,
  MX_ROOM_CHANGED_TYPING = 1 << 5,
  MX_ROOM_CHANGED_RECEIPTS = 1 << 6,
  MX_ROOM_CHANGED_STATE = 1 << 7,
  MX_ROOM_CHANGED_OUTBOX = 1 << 8,
  MX_ROOM_CHANGED_REMOVED = 1 << 9, /* forgotten */
} MxRoomChangeFlags;

typedef struct
{
  char *room_id;
  MxRoomChangeFlags flags;
  MxRoomRow *row;            /* the new row when CHANGED_ROW, else NULL */
  GPtrArray *changed_events; /* char*, NULL when none */
} MxRoomChange;

typedef struct
{
  char *room_id;
  char *event_id;
  gboolean highlight, sound;
} MxNotificationCandidate; /* a live event for which the push rules say "notify" */

#define MX_TYPE_STORE_CHANGES (mx_store_changes_get_type ())
typedef struct
{
  gatomicrefcount ref_count;
  GHashTable *rooms;        /* room id → MxRoomChange */
  GPtrArray *notifications; /* MxNotificationCandidate */
  GPtrArray *account_data;  /* char*: types that changed */
} MxStoreChanges;
GType mx_store_changes_get_type (void);
MxStoreChanges *mx_store_changes_new (void);
MxStoreChanges *mx_store_changes_ref (MxStoreChanges *self);
void mx_store_changes_unref (MxStoreChanges *self);
MxRoomChange *mx_store_changes_room (MxStoreChanges *self,
                                     const char *room_id,
                                     MxRoomChangeFlags add); /* made when missing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxStoreChanges, mx_store_changes_unref)

/* The whole delta and its token(s). own_user_id names us. Adds to changes. Order of application:
 * protocol §3.1 rule 2. Idempotent: the same delta twice changes nothing the second time. */
gboolean mx_store_apply_sync (MxStore *self,
                              MxSyncDelta *delta,
                              const char *own_user_id,
                              MxStoreChanges *changes,
                              GError **error);

/* A page of older (or, for detached blocks, newer) history for the gap with this id; end NULL: the
 * beginning (or the live end) is reached. Two known events in a row, or the outermost one of the
 * next block, close the gap; a gap that was closed meanwhile is no error. state: lazy members. */
gboolean mx_store_apply_page (MxStore *self,
                              const char *room_id,
                              gint64 gap_id,
                              GPtrArray *events /* newest first when backwards */,
                              gboolean backwards,
                              const char *end,
                              GPtrArray *state,
                              MxStoreChanges *changes,
                              GError **error);
/* A detached island around an event (jump to a date, permalink): oldest first, tokens around it
 * (NULL: nothing further that way); joined to its neighbours when they meet. What is newer than the
 * live end is left out: sync brings it. */
gboolean mx_store_apply_context (MxStore *self,
                                 const char *room_id,
                                 GPtrArray *events,
                                 const char *before,
                                 const char *after,
                                 GPtrArray *state,
                                 MxStoreChanges *changes,
                                 GError **error);
/* One event fetched by itself (target of a reply): kept outside the timeline. */
gboolean mx_store_apply_single (MxStore *self,
                                const char *room_id,
                                MxEvent *event,
                                MxStoreChanges *changes,
                                GError **error);
/* The complete member list of /members (m.room.member events). */
gboolean mx_store_apply_members (MxStore *self,
                                 const char *room_id,
                                 GPtrArray *events,
                                 MxStoreChanges *changes,
                                 GError **error);
/* Our own act, before the server's echo: membership (join, leave), receipt, tags, marked unread,
 * forget. */
gboolean mx_store_set_own_receipt (MxStore *self,
                                   const char *room_id,
                                   const char *event_id,
                                   gboolean fully_read,
                                   MxStoreChanges *changes,
                                   GError **error);
gboolean mx_store_set_membership (MxStore *self,
                                  const char *room_id,
                                  MxMembership membership,
                                  MxStoreChanges *changes,
                                  GError **error);
gboolean
mx_store_forget_room (MxStore *self, const char *room_id, MxStoreChanges *changes, GError **error);
/* A lost or switched sync position: every timeline gets a possible gap at its live end (protocol
 * §3.3). */
gboolean mx_store_mark_all_gappy (MxStore *self, GError **error);
/* Re-derives the row of a room (drafts, outbox, renamed members). */
gboolean
mx_store_refresh_row (MxStore *self, const char *room_id, MxStoreChanges *changes, GError **error);

G_END_DECLS
