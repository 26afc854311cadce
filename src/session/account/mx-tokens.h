/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The access and refresh tokens of a session (spec "Refreshing access tokens"): one refresh at a
 * time however many requests were refused, the new pair on disk before its first use. Main thread.
 */
#pragma once

#include "mx-http.h"
#include "mx-login.h"

G_BEGIN_DECLS

#define MX_TYPE_TOKENS (mx_tokens_get_type ())
G_DECLARE_FINAL_TYPE (MxTokens, mx_tokens, MX, TOKENS, GObject)

/* Makes a new pair durable; resolves TRUE. expires_at: wall-clock ms, 0 unknown. */
typedef DexFuture *(*MxTokensSaveFunc) (MxSecret *access,
                                        MxSecret *refresh,
                                        gint64 expires_at,
                                        gpointer data);

/* Becomes http's refresh function. data must outlive it. */
MxTokens *mx_tokens_new (MxHttp *http, MxTokensSaveFunc save, gpointer data);
/* refresh: NULL when the server gave none. */
void mx_tokens_set (MxTokens *self, MxSecret *access, MxSecret *refresh, gint64 expires_at);
/* Takes a login or refresh answer: saves, then uses it. Resolves TRUE. */
DexFuture *mx_tokens_adopt (MxTokens *self, const MxLoginReply *reply) G_GNUC_WARN_UNUSED_RESULT;
/* A new pair now. Callers while one is under way share it. Rejects with the server's refusal, or
 * with a transient error: then the old refresh token stays in use. */
DexFuture *mx_tokens_refresh (MxTokens *self) G_GNUC_WARN_UNUSED_RESULT;
/* Before a request: refreshes when the token is about to expire. Resolves TRUE in any case but
 * cancellation. */
DexFuture *mx_tokens_ensure (MxTokens *self) G_GNUC_WARN_UNUSED_RESULT;
/* Nothing more is started. */
void mx_tokens_stop (MxTokens *self);

G_END_DECLS
