/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Trust given and shown to others: what a verification established is stored first, and signed with
 * the keys that this device has; the signatures are uploaded until the server has them (research/
 * protocol E2E-094, E2E-096, E2E-099). Main thread. */
#pragma once

#include "mx-olm-machine.h"
#include "mx-session-private.h"

G_BEGIN_DECLS

/* A user, or another device of ours, was verified with these keys, compared on both sides; either
 * may be NULL when it was not part of the verification.
 * Other people: their master key is signed by our user-signing key, or, when this device lacks that
 * key or they have no identity, the device is marked as verified here.
 * Ourselves: a master key makes our identity trusted here; the other device is signed by our
 * self-signing key if this device has it, else marked as verified here, and the secrets that we
 * lack are asked of it (E2E-152).
 * Resolves TRUE once that is stored. Rejects with MX_SESSION_ERROR_IDENTITY_CHANGED when a key is
 * no longer the one that is known: nothing is stored then. */
DexFuture *mx_signing_trust (MxSession *session,
                             const char *user_id,
                             const char *device_id,    /* nullable */
                             const guint8 *device_key, /* Ed25519, 32 bytes, nullable */
                             const guint8 *master_key /* Ed25519, 32 bytes, nullable */)
  G_GNUC_WARN_UNUSED_RESULT;
/* The same on the account thread, in the caller's transaction. */
gboolean mx_signing_apply (MxOlmMachine *machine,
                           const char *user_id,
                           const char *device_id,
                           const guint8 *device_key,
                           const guint8 *master_key,
                           MxStoreChanges *changes,
                           GError **error);

G_END_DECLS
