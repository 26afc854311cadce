/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Applying what the server said. Account thread, within mx_store_begin/commit: a response's effects
 * and its token commit together. */
#pragma once

#include "mx-push-rules.h"
#include "mx-store-changes.h"
#include "mx-store.h"
#include "mx-sync-delta.h"

G_BEGIN_DECLS

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
