/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Cross-signing identities and the private keys of our own (research/protocol §4.F, §4.I). Account
 * thread; writing needs a transaction. Identities can be read on the main thread as well; secrets
 * only where they are used. */
#pragma once

#include "mx-store-devices.h"

G_BEGIN_DECLS

typedef struct
{
  char *user_id;
  char *master; /* signed objects, JSON text */
  char *self_signing;
  char *user_signing; /* ours only */
  guint8 master_key[MX_STORE_KEY_SIZE];
  guint8 pinned_key[MX_STORE_KEY_SIZE]; /* as first seen, or as accepted since */
  gboolean is_verified;  /* signed by our user-signing key; our own: trusted by this device */
  gboolean was_verified; /* latched until the user withdraws it */
} MxStoredIdentity;
void mx_stored_identity_free (MxStoredIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxStoredIdentity, mx_stored_identity_free)

/* E2E-097. CHANGED needs acknowledgement; VIOLATED blocks sending until verified again or
 * withdrawn. */
typedef enum
{
  MX_IDENTITY_STATE_NONE, /* the user has no identity */
  MX_IDENTITY_STATE_PINNED,
  MX_IDENTITY_STATE_VERIFIED,
  MX_IDENTITY_STATE_CHANGED,  /* not the pinned one */
  MX_IDENTITY_STATE_VIOLATED, /* was verified, now is not */
} MxIdentityState;
MxIdentityState mx_stored_identity_get_state (const MxStoredIdentity *self); /* NULL: NONE */

MxStoredIdentity *mx_store_get_identity (MxStore *self, const char *user_id);
gboolean mx_store_put_identity (MxStore *self, const MxStoredIdentity *identity, GError **error);

/* Names are those of secret storage: "m.cross_signing.master", "m.megolm_backup.v1"… NULL removes.
 */
gboolean mx_store_set_secret (MxStore *self, const char *name, MxSecret *value, GError **error);
MxSecret *mx_store_get_secret (MxStore *self, const char *name); /* caller owns, NULL */

G_END_DECLS
