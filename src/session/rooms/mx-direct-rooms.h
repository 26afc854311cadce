/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Which rooms are direct messages: the account data m.direct (spec "Direct Messaging"). Main
 * thread. */
#pragma once

#include "mx-session-private.h"

G_BEGIN_DECLS

/* Locally at once, at the server as soon as it can be. Resolves TRUE. */
DexFuture *mx_direct_rooms_add (MxSession *session, const char *user_id, const char *room_id)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
