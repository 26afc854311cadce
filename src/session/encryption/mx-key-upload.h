/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What of our device is published: its keys, one-time keys, a fallback key (research/protocol
 * §4.A). Account thread, in the caller's transaction; the flow that calls these is
 * mx_key_upload_new (). */
#pragma once

#include "mx-olm-machine.h"

G_BEGIN_DECLS

/* What the server counts (E2E-010). */
gboolean mx_key_upload_take_counts (MxOlmMachine *machine,
                                    const MxSyncDelta *delta,
                                    MxStoreChanges *changes,
                                    GError **error);
/* The body that is to leave, committed before it does and the same one until it is answered
 * (E2E-008); *body NULL: nothing is due. The caller frees. *wait_ms: look again then, 0: no need.
 */
gboolean mx_key_upload_prepare (MxOlmMachine *machine,
                                gint64 now_ms,
                                char **body,
                                gint64 *wait_ms,
                                GError **error);
/* The server took the body. reply: {"one_time_key_counts"}. */
gboolean
mx_key_upload_accepted (MxOlmMachine *machine, gint64 now_ms, MxJson reply, GError **error);
/* Keys at the server whose private halves are lost (E2E-009) are taken from it before others are
 * uploaded: the claim of one, the caller frees; and what came of it. */
gboolean mx_key_upload_must_drain (MxOlmMachine *machine);
char *mx_key_upload_write_claim (MxOlmMachine *machine);
gboolean mx_key_upload_drained (MxOlmMachine *machine, MxJson reply, GError **error);

G_END_DECLS
