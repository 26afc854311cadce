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

/* Account thread, in the caller's transaction: an answer of /keys/query to a question about
 * user_ids, which was asked when sequence was the newest mark (E2E-018). What does not hold is left
 * out (E2E-021). */
gboolean mx_device_tracker_apply (MxOlmMachine *machine,
                                  const char *const *user_ids,
                                  gint64 sequence,
                                  MxJson reply,
                                  MxStoreChanges *changes,
                                  GError **error);

G_END_DECLS
