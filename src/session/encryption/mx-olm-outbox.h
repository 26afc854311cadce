/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* To-device messages that we send (research/protocol §4.C). Those with a machine: account thread,
 * in the caller's transaction, with changes->encryption set; those with a session: main thread. */
#pragma once

#include "mx-olm-machine.h"
#include "mx-session-private.h"

G_BEGIN_DECLS

/* Encrypts for one device and queues (E2E-031, E2E-035, E2E-043). FALSE without error: there is no
 * Olm session with it (claim first, mx_olm_claims_ensure ()). session_id: which session was used,
 * nullable, caller frees. */
gboolean mx_olm_outbox_send (MxOlmMachine *machine,
                             const MxStoredDevice *device,
                             const char *type,
                             MxJson content,
                             MxStoreChanges *changes,
                             char **session_id,
                             GError **error);
/* In the clear: verification, withheld, requests. device_id may be "*". */
gboolean mx_olm_outbox_send_clear (MxOlmMachine *machine,
                                   const char *type,
                                   const char *user_id,
                                   const char *device_id,
                                   const char *content,
                                   MxStoreChanges *changes,
                                   GError **error);

/* Resolves TRUE once all that was queued before the call is at the server; while it is out of
 * reach, it waits (cancel by dropping it). */
DexFuture *mx_olm_outbox_flush (MxSession *session) G_GNUC_WARN_UNUSED_RESULT;

/* Opens Olm sessions with those of the devices (of MxStoredDevice) that have none: one claim at a
 * time, with back-off, failures remembered (E2E-028 – E2E-030). again: also where there is one
 * (unwedging). Resolves TRUE when all that could be done was done; some may still have none. */
DexFuture *mx_olm_claims_ensure (MxSession *session, GPtrArray *devices, gboolean again)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
