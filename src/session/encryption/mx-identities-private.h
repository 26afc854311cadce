/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* For the parts of identity, secrets and backup. Account thread, in the caller's transaction. */
#pragma once

#include "mx-identities.h"

#include "mx-secret.h"

G_BEGIN_DECLS

#define MX_SECRET_MASTER       "m.cross_signing.master"
#define MX_SECRET_SELF_SIGNING "m.cross_signing.self_signing"
#define MX_SECRET_USER_SIGNING "m.cross_signing.user_signing"
#define MX_SECRET_BACKUP       "m.megolm_backup.v1"
/* Before the name of a secret: of an identity that is made, but not known to be at the server. */
#define MX_SECRET_NEW "new."
/* The key of secret storage itself: it opens what this device has anyway, and lets it store more.
 */
#define MX_SECRET_STORAGE "chappe.secret_storage"

/* Which published key of an identity belongs to the name of a secret; JSON text, borrowed, NULL. */
const char *mx_identity_get_key_text (const MxStoredIdentity *identity, const char *secret);
/* The Ed25519 key of a signed object of ours. */
gboolean mx_identity_read_key (const char *text,
                               const char *secret,
                               const char *user_id,
                               guint8 key[MX_STORE_KEY_SIZE],
                               GError **error);

/* Derives everything about this user, or about everybody, anew from what is stored. */
gboolean mx_identities_derive (MxOlmMachine *machine,
                               const char *user_id,
                               MxStoreChanges *changes,
                               GError **error);
gboolean mx_identities_derive_all (MxOlmMachine *machine, MxStoreChanges *changes, GError **error);

/* A private key of ours that came from storage or from another device: kept if it is that of the
 * published key, which makes the identity trusted when it is the master key (E2E-094, E2E-095).
 * FALSE with MX_CRYPTO_ERROR_BAD_KEY: it is not. */
gboolean mx_identities_take_secret (MxOlmMachine *machine,
                                    const char *name,
                                    MxSecret *secret,
                                    MxStoreChanges *changes,
                                    GError **error);

/* Whether a device is named like one of the user's keys, so that verifying one could sign the other
 * (E2E-023). */
gboolean mx_identities_is_ambiguous (MxStore *store, const MxStoredIdentity *identity);
/* The user accepts another identity, or no longer wants this one to be verified (E2E-063). */
gboolean mx_identities_accept (MxOlmMachine *machine,
                               const char *user_id,
                               MxStoreChanges *changes,
                               GError **error);

G_END_DECLS
