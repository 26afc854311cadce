/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The user's own display name and avatar (spec "Profiles"). Main thread. */
#pragma once

#include "mx-session-private.h"

G_BEGIN_DECLS

/* Asks the server and remembers the answer. Resolves TRUE. */
DexFuture *mx_own_profile_refresh (MxSession *session) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
