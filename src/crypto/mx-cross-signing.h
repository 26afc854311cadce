/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Cross-signing keys (spec, "Cross-signing"): written, read and used. The private keys are Ed25519
 * seeds of 32 random bytes. Whom to trust is the session layer's business. Any thread. */
#pragma once

#include "mx-signature.h"

G_BEGIN_DECLS

typedef enum
{
  MX_CROSS_SIGNING_MASTER,
  MX_CROSS_SIGNING_SELF_SIGNING,
  MX_CROSS_SIGNING_USER_SIGNING,
} MxCrossSigningUsage;

/* The public part of seed for upload, signed by the master key unless that is NULL. JSON text that
 * the caller frees. */
char *mx_cross_signing_new_key (MxSecret *seed,
                                MxCrossSigningUsage usage,
                                const char *user_id,
                                MxSecret *master_seed,
                                GError **error);
/* A key of /keys/query: it must be this user's, for this usage, and named by its own value.
 * Signatures are not looked at. */
gboolean mx_cross_signing_parse_key (MxJson object,
                                     MxCrossSigningUsage usage,
                                     const char *user_id,
                                     guint8 key[MX_ED25519_KEY_SIZE],
                                     GError **error);

/* One link of the chain: whether user_id's key signed this device or this key (E2E-093). */
gboolean mx_cross_signing_verify (MxJson object,
                                  const char *user_id,
                                  const guint8 key[MX_ED25519_KEY_SIZE],
                                  GError **error);
/* object with user_id's signature, for /keys/signatures/upload. The caller frees. */
char *mx_cross_signing_sign (MxJson object, const char *user_id, MxSecret *seed, GError **error);
/* Whether a private key that came from storage or from another device is the one of the published
 * key (E2E-095). */
gboolean
mx_cross_signing_check_seed (MxSecret *seed, const guint8 key[MX_ED25519_KEY_SIZE], GError **error);

G_END_DECLS
