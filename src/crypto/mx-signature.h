/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Ed25519 (RFC 8032) by libsodium, and the signing of JSON (spec appendices, "Signing JSON"). Keys
 * of small order, non-canonical keys and malleable signatures (S >= L) are refused, which libolm
 * does not do (E2E-100). A signature that does not hold is MX_CRYPTO_ERROR_BAD_SIGNATURE. Any
 * thread. */
#pragma once

#include "mx-json.h"
#include "mx-secret.h"

G_BEGIN_DECLS

#define MX_ED25519_KEY_SIZE       32
#define MX_ED25519_SIGNATURE_SIZE 64

/* The private key is the seed of 32 bytes, as in secret storage and in cross-signing. */
gboolean
mx_signature_derive_public (MxSecret *seed, guint8 key[MX_ED25519_KEY_SIZE], GError **error);
gboolean mx_signature_sign (MxSecret *seed,
                            gconstpointer data,
                            gsize size,
                            guint8 signature[MX_ED25519_SIGNATURE_SIZE],
                            GError **error);
/* Whether anything signed by this key can mean something; slow, since it looks for the subgroup. */
gboolean mx_signature_check_public (const guint8 key[MX_ED25519_KEY_SIZE], GError **error);
gboolean mx_signature_verify (const guint8 key[MX_ED25519_KEY_SIZE],
                              gconstpointer data,
                              gsize size,
                              const guint8 signature[MX_ED25519_SIGNATURE_SIZE],
                              GError **error);

/* What is signed of an object: its canonical JSON without "signatures" and "unsigned". The caller
 * frees. */
char *mx_signature_dup_payload (MxJson object, GError **error);
/* Checks object.signatures[user_id][key_id], where key_id is "ed25519:…". */
gboolean mx_signature_verify_json (MxJson object,
                                   const char *user_id,
                                   const char *key_id,
                                   const guint8 key[MX_ED25519_KEY_SIZE],
                                   GError **error);

/* The object as JSON text, without "unsigned", with this signature as its only one: what is
 * uploaded. The caller frees. */
char *mx_signature_attach (MxJson object,
                           const char *user_id,
                           const char *key_id,
                           const guint8 signature[MX_ED25519_SIGNATURE_SIZE]);
/* object, without "unsigned", with the signatures of both it and other, another copy of it. Nothing
 * is checked. JSON text that the caller frees. */
char *mx_signature_merge (MxJson object, MxJson other);

G_END_DECLS
