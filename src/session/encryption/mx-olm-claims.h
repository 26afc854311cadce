/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Olm sessions opened with one-time keys of other devices (research/protocol §4.C). Account thread,
 * in the caller's transaction; the flow that calls these is behind mx_olm_claims_ensure (). */
#pragma once

#include "mx-olm-machine.h"

G_BEGIN_DECLS

/* Those of the devices (of MxStoredDevice) that need a session and may be asked for a key now, as
 * they are in the store; devices NULL: those whose messages could not be read. again: also where
 * there is a session. wait_ms, nullable: when to look again, 0: no need. Caller owns. */
GPtrArray *mx_olm_claims_choose (MxOlmMachine *machine,
                                 GPtrArray *devices,
                                 gboolean again,
                                 gint64 now_ms,
                                 gint64 *wait_ms);
char *mx_olm_claims_write_body (GPtrArray *devices); /* of /keys/claim; caller frees */
/* Opens sessions with what came for these devices, by their pinned keys (E2E-028). Those that have
 * no key are remembered, and told once that there is no way to them (E2E-030). again: they get an
 * m.dummy, so that they know of the session (E2E-041). */
gboolean mx_olm_claims_apply (MxOlmMachine *machine,
                              GPtrArray *devices,
                              gboolean again,
                              gint64 now_ms,
                              MxJson reply,
                              MxStoreChanges *changes,
                              GError **error);

G_END_DECLS
