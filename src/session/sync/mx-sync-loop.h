/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The sync loop of a session: simplified sliding sync where it works, /v3/sync elsewhere
 * (research/protocol §3). One request at a time; a response's effects and its token are committed
 * together, and only then is the next request sent. Main thread. */
#pragma once

#include "mx-session-private.h"

G_BEGIN_DECLS

#define MX_TYPE_SYNC_LOOP (mx_sync_loop_get_type ())
G_DECLARE_FINAL_TYPE (MxSyncLoop, mx_sync_loop, MX, SYNC_LOOP, GObject)

/* session is not owned: it owns the loop. */
MxSyncLoop *mx_sync_loop_new (MxSession *session);
/* Runs until the session's scope ends. */
void mx_sync_loop_start (MxSyncLoop *self);
/* See mx_session_sync_once(): also without a running loop. */
DexFuture *mx_sync_loop_once (MxSyncLoop *self) G_GNUC_WARN_UNUSED_RESULT;
void mx_sync_loop_subscribe (MxSyncLoop *self, const char *room_id, gboolean subscribe);
/* "sliding", "classic" or NULL while undecided: for the report. */
/* The way to the server is another one (network, proxy, resume): the request under way is sent
 * again.
 */
void mx_sync_loop_disturb (MxSyncLoop *self);
const char *mx_sync_loop_get_kind_name (MxSyncLoop *self);

G_END_DECLS
