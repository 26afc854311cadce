/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Device lists kept fresh (research/protocol §4.B). */
#pragma once

#include "mx-olm-machine.h"
#include "mx-session-private.h"

G_BEGIN_DECLS

/* Main thread. Resolves TRUE when the lists of all these users are as fresh as they can be: asked
 * since they were marked outdated, or their server failed (E2E-020). Starts following them. */
DexFuture *mx_device_tracker_ensure (MxSession *session, const char *const *user_ids)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
