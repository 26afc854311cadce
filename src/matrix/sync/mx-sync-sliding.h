/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Simplified sliding sync as Synapse 1.160 serves it (research/protocol §3.2; MSC4186, unstable
 * prefix). */
#pragma once

#include "mx-http.h"
#include "mx-sync-delta.h"

G_BEGIN_DECLS

typedef struct
{
  const char *conn_id;
  const char *pos; /* NULL: new connection */
  unsigned timeout_ms;
  unsigned range_end;               /* list window [0, range_end]; 0: no list */
  unsigned timeline_limit;          /* of the list */
  const char *const *subscriptions; /* room ids, NULL-terminated, nullable: open rooms */
  unsigned subscription_limit;
  const char *to_device_since; /* extension token, NULL */
  gboolean to_device;          /* ask for to-device and e2ee on this connection */
  unsigned recent_end;         /* second list, of the most recent rooms [0, recent_end]; 0: none */
  unsigned recent_limit;       /* its timeline limit */
} MxSlidingRequest;

DexFuture *mx_sync_sliding_request (MxHttp *http, const MxSlidingRequest *request)
  G_GNUC_WARN_UNUSED_RESULT; /* GBytes */
/* Any thread. own_user_id: to find our own membership in required_state. */
MxSyncDelta *mx_sync_sliding_decode (GBytes *reply, const char *own_user_id, GError **error);

G_END_DECLS
