/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Where the sync loop stands, and one exchange from there: the request, and the answer applied and
 * committed on the account thread. Main thread unless said otherwise. */
#pragma once

#include "mx-session-private.h"
#include "mx-sync-delta.h"

G_BEGIN_DECLS

/* Events of a room that is looked at. */
#define MX_SYNC_RECENT_LIMIT 20

typedef struct
{
  gboolean decided; /* kind is known */
  MxSyncKind kind;
  char *token;     /* next_batch or pos; NULL: from the start */
  gboolean gappy;  /* an earlier position was lost or left: what is in the store may lack something
                      (protocol §3.3) */
  char *filter_id; /* classic; NULL: to be made */
  char *to_device_token;   /* sliding: of its own, kept when token is lost (protocol §3.2 rule 2) */
  gboolean to_device_full; /* the last answer had as many to-device events as fit: more wait */
  gint64 asked_us;         /* when the last request was made, monotonic */
  unsigned range_end;      /* sliding: last room of the window */
  gint64 total;            /* sliding: rooms at the server, -1 unknown */
  gboolean growing;        /* sliding: the window does not hold all rooms yet */
  GHashTable *listed;      /* ids of the rooms described since the start; NULL: the start is over */
} MxSyncPosition;

void mx_sync_position_clear (MxSyncPosition *self);
/* From the start again, with this kind. */
void mx_sync_position_reset (MxSyncPosition *self, MxSyncKind kind);
/* What the store remembers. Point reads: not on a fiber. */
void mx_sync_position_load (MxSyncPosition *self, MxStore *reader);
/* Resolves to GBytes. subscriptions: rooms of which more is wanted, nullable; limit: how many
 * events of each. */
DexFuture *mx_sync_position_request (MxSyncPosition *self,
                                     MxSession *session,
                                     unsigned timeout_ms,
                                     const char *const *subscriptions,
                                     unsigned limit) G_GNUC_WARN_UNUSED_RESULT;
/* Decodes, applies and commits; then moves the position. Resolves TRUE. self must stay until then.
 */
DexFuture *mx_sync_position_apply (MxSyncPosition *self, MxSession *session, GBytes *reply)
  G_GNUC_WARN_UNUSED_RESULT;
/* Makes a lost position durable: the next start must not use the old one. */
void mx_sync_position_forget (MxSyncPosition *self, MxSession *session);

G_END_DECLS
