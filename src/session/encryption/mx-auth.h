/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Requests for which the user has to prove who they are (spec "User-interactive authentication"):
 * the same request again and again, a stage at a time. For friends inside session/. */
#pragma once

#include "mx-recovery.h"
#include "mx-session-private.h"

G_BEGIN_DECLS

/* Makes the request, with auth (nullable) in its body. */
typedef DexFuture *(*MxAuthAttempt) (MxHttp *http, const char *auth, gpointer data);
/* On a fiber. auth NULL: nobody can be asked, the server's demand is the error. */
gboolean mx_auth_request (MxSession *session,
                          MxScope *scope,
                          MxAuthAttempt attempt,
                          gpointer data,
                          MxAuthFunc auth,
                          gpointer auth_data,
                          GError **error);

G_END_DECLS
