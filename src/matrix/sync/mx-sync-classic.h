/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* GET /_matrix/client/v3/sync: request and decoder (research/protocol §3.1). */
#pragma once

#include "mx-http.h"
#include "mx-sync-delta.h"

G_BEGIN_DECLS

/* The filter's JSON (lazy members, limits); POST it once, keyed by its hash. */
char *mx_sync_classic_filter (void);
DexFuture *mx_sync_classic_create_filter (MxHttp *http, const char *user_id, const char *filter)
  G_GNUC_WARN_UNUSED_RESULT; /* string: id */
/* since NULL: initial. Resolves to GBytes, to be decoded on the account thread. */
/* hidden: to ask does not show others that one is there. */
DexFuture *mx_sync_classic_request (MxHttp *http,
                                    const char *since,
                                    const char *filter_id,
                                    unsigned timeout_ms,
                                    gboolean full_state,
                                    gboolean hidden) G_GNUC_WARN_UNUSED_RESULT;
/* Any thread. Events that do not parse are left out (counted in a debug line); a reply without
 * next_batch is an error. since: as sent (NULL: initial, then nothing is "live"). */
MxSyncDelta *mx_sync_classic_decode (GBytes *reply, const char *since, GError **error);

G_END_DECLS
