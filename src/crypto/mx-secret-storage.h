/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Secret storage (spec, "Secret storage", algorithm m.secret_storage.v1.aes-hmac-sha2): secrets in
 * account data under one key that the user keeps. Base64 is accepted with and without padding
 * (E2E-123). A wrong key is MX_CRYPTO_ERROR_BAD_MAC. Any thread. */
#pragma once

#include "mx-secret.h"

G_BEGIN_DECLS

#define MX_SECRET_STORAGE_KEY_SIZE 32
#define MX_SECRET_STORAGE_ROUNDS   500000 /* of PBKDF2, for new passphrases */

/* The three members of an encrypted secret; iv and mac alone describe a key. */
typedef struct
{
  char *iv;
  char *ciphertext; /* NULL in the description of a key */
  char *mac;
} MxSealedSecret;
void mx_sealed_secret_clear (MxSealedSecret *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MxSealedSecret, mx_sealed_secret_clear)

/* m.pbkdf2. rounds above 10 million are refused (hostile account data), so are 0, no salt, and bits
 * other than 256. Slow: not on the main thread. */
MxSecret *mx_secret_storage_key_from_passphrase (MxSecret *passphrase,
                                                 const char *salt,
                                                 gint64 rounds,
                                                 gint64 bits,
                                                 GError **error);
/* Whether key is the one that iv and mac describe. When one of them is missing it has to be
 * believed (E2E-122). */
gboolean
mx_secret_storage_check_key (MxSecret *key, const char *iv, const char *mac, GError **error);
gboolean
mx_secret_storage_describe_key (MxSecret *key, MxSealedSecret *description, GError **error);

/* name: the secret's type in account data, "m.cross_signing.master" and so on. */
gboolean mx_secret_storage_encrypt (MxSecret *key,
                                    const char *name,
                                    MxSecret *secret,
                                    MxSealedSecret *sealed,
                                    GError **error);
MxSecret *mx_secret_storage_decrypt (MxSecret *key,
                                     const char *name,
                                     const char *iv,
                                     const char *ciphertext,
                                     const char *mac,
                                     GError **error);

G_END_DECLS
