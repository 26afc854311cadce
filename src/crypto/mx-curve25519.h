/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* X25519 (RFC 7748) by libsodium. Points of small order are refused everywhere: with them the
 * "shared" secret is known to everybody, and libolm does not look (E2E-110). Errors are
 * MX_CRYPTO_ERROR_BAD_KEY. Any thread. */
#pragma once

#include "mx-secret.h"

G_BEGIN_DECLS

#define MX_CURVE25519_KEY_SIZE 32

/* A new private key; key gets the public one. */
MxSecret *mx_curve25519_generate (guint8 key[MX_CURVE25519_KEY_SIZE]);
gboolean mx_curve25519_derive_public (MxSecret *private_key,
                                      guint8 key[MX_CURVE25519_KEY_SIZE],
                                      GError **error);
/* Whether a public key is worth a secret. */
gboolean mx_curve25519_check_public (const guint8 key[MX_CURVE25519_KEY_SIZE], GError **error);
/* The raw shared secret: derive a key from it. */
MxSecret *mx_curve25519_agree (MxSecret *private_key,
                               const guint8 their_key[MX_CURVE25519_KEY_SIZE],
                               GError **error);

G_END_DECLS
