/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The mathematics of a verification by short authentication string (spec, "Short Authentication
 * String (SAS) verification"; key agreement curve25519-hkdf-sha256). The order of the messages is
 * the session layer's. One object for one verification, on one thread. */
#pragma once

#include "mx-curve25519.h"
#include "mx-json.h"

G_BEGIN_DECLS

#define MX_SAS_BYTES    6
#define MX_SAS_DECIMALS 3
#define MX_SAS_EMOJI    7

typedef struct _MxSas MxSas;

/* Who verifies whom; no member is NULL. Borrowed for the call. */
typedef struct
{
  const char *our_user_id;
  const char *our_device_id;
  const char *their_user_id;
  const char *their_device_id;
  const char *transaction_id; /* or the id of the request's event */
  gboolean we_started;        /* we sent m.key.verification.start */
} MxSasParties;

typedef enum
{
  MX_SAS_MAC_HKDF_HMAC_SHA256, /* for old peers only: its base64 is libolm's broken one */
  MX_SAS_MAC_HKDF_HMAC_SHA256_V2,
} MxSasMacMethod;

MxSas *mx_sas_new (void);
void mx_sas_free (MxSas *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxSas, mx_sas_free)
/* With a private key that is given: for test vectors. */
MxSas *mx_sas_new_for_key (MxSecret *private_key, GError **error);

const guint8 *mx_sas_get_public_key (MxSas *self); /* MX_CURVE25519_KEY_SIZE bytes */
/* Once. MX_CRYPTO_ERROR_BAD_KEY: a key of small order, somebody is cheating (E2E-110). */
gboolean
mx_sas_set_their_key (MxSas *self, const guint8 key[MX_CURVE25519_KEY_SIZE], GError **error);

/* The "commitment" of who accepts with key; start is the content of the start message as it was
 * received, with all its members. The caller frees. */
char *
mx_sas_compute_commitment (const guint8 key[MX_CURVE25519_KEY_SIZE], MxJson start, GError **error);
/* Whether commitment, as it came, is that one; constant time is not needed, all of it is public. */
gboolean mx_sas_check_commitment (const char *commitment,
                                  const guint8 key[MX_CURVE25519_KEY_SIZE],
                                  MxJson start,
                                  GError **error);

/* What both people compare. Their key must be set. */
gboolean mx_sas_compute_bytes (MxSas *self,
                               const MxSasParties *parties,
                               guint8 bytes[MX_SAS_BYTES],
                               GError **error);
void mx_sas_get_decimals (const guint8 bytes[MX_SAS_BYTES], guint decimals[MX_SAS_DECIMALS]);
void mx_sas_get_emoji (const guint8 bytes[MX_SAS_BYTES], guint emoji[MX_SAS_EMOJI]); /* 0…63 */

/* The MAC of input (a key as base64, or the list of key ids) that we send, or that we expect of
 * them. key_id: "KEY_IDS" for the list. The caller frees. */
char *mx_sas_compute_mac (MxSas *self,
                          MxSasMacMethod method,
                          const MxSasParties *parties,
                          gboolean sent_by_us,
                          const char *key_id,
                          const char *input,
                          GError **error);

/* A key that they may vouch for, as it was when the verification began (E2E-104). */
typedef struct
{
  const char *key_id; /* "ed25519:DEVICE" or "ed25519:<master key>" */
  const char *key;    /* unpadded base64 */
} MxSasKey;
/* Checks their mac message: the list of key ids first, then each key that is among keys; unknown
 * ids are skipped. The ids that are verified now, at least one; else MX_CRYPTO_ERROR_BAD_MAC
 * (E2E-113). */
GStrv mx_sas_verify_macs (MxSas *self,
                          MxSasMacMethod method,
                          const MxSasParties *parties,
                          MxJson content,
                          const MxSasKey *keys,
                          gsize n_keys,
                          GError **error);

G_END_DECLS
