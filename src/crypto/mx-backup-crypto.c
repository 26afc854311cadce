/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The backup's cipher: X25519 with an ephemeral key, HKDF, AES-256-CBC. */
#include "config.h"

#include "mx-backup-crypto.h"

#include <string.h>

#include "mx-aes.h"
#include "mx-base64.h"
#include "mx-error.h"
#include "mx-kdf.h"

#define MAC_SIZE 8

typedef struct
{
  guint8 aes[MX_AES_KEY_SIZE];
  guint8 mac[MX_SHA256_SIZE];
  guint8 iv[MX_AES_BLOCK_SIZE];
} Keys;

G_STATIC_ASSERT (sizeof (Keys) == 80);

void
mx_backup_data_clear (MxBackupData *self)
{
  g_clear_pointer (&self->ephemeral, g_free);
  g_clear_pointer (&self->ciphertext, g_free);
  g_clear_pointer (&self->mac, g_free);
}

/* The caller wipes keys. */
static gboolean
derive (MxSecret *private_key,
        const guint8 their_key[MX_CURVE25519_KEY_SIZE],
        Keys *keys,
        GError **error)
{
  g_autoptr (MxSecret) shared = mx_curve25519_agree (private_key, their_key, error);
  gsize size = 0;
  const guint8 *bytes = NULL;

  if (shared == NULL)
    return FALSE;

  bytes = mx_secret_get_data (shared, &size);

  return mx_hkdf_sha256 (bytes, size, "", (guint8 *) keys, sizeof *keys, error);
}

/* Of the empty string: see the header. */
static gboolean
compute_mac (const Keys *keys, guint8 mac[MX_SHA256_SIZE], GError **error)
{
  return mx_hmac_sha256 (keys->mac, sizeof keys->mac, "", 0, mac, error);
}

gboolean
mx_backup_encrypt (const guint8 public_key[MX_CURVE25519_KEY_SIZE],
                   MxSecret *plaintext,
                   MxBackupData *data,
                   GError **error)
{
  guint8 ephemeral[MX_CURVE25519_KEY_SIZE];
  g_autoptr (MxSecret) private_key = mx_curve25519_generate (ephemeral);
  g_autofree guint8 *ciphertext = NULL;
  guint8 mac[MX_SHA256_SIZE];
  gsize plain_size = 0;
  const guint8 *plain = mx_secret_get_data (plaintext, &plain_size);
  gsize size = 0;
  Keys keys = { 0 };

  if (derive (private_key, public_key, &keys, error) && compute_mac (&keys, mac, error))
    ciphertext = mx_aes_cbc_encrypt (keys.aes, keys.iv, plain, plain_size, &size, error);
  mx_wipe (&keys, sizeof keys);
  if (ciphertext == NULL)
    return FALSE;

  *data = (MxBackupData) {
    .ephemeral = mx_base64_encode (ephemeral, sizeof ephemeral),
    .ciphertext = mx_base64_encode (ciphertext, size),
    .mac = mx_base64_encode (mac, MAC_SIZE),
  };

  return TRUE;
}

static MxSecret *
check_and_decrypt (const Keys *keys,
                   const guint8 expected[MAC_SIZE],
                   const guint8 *ciphertext,
                   gsize size,
                   GError **error)
{
  guint8 mac[MX_SHA256_SIZE];
  g_autofree guint8 *plain = NULL;
  gsize plain_size = 0;
  MxSecret *plaintext = NULL;

  if (!compute_mac (keys, mac, error))
    return NULL;
  if (!mx_mac_equal (expected, mac, MAC_SIZE))
    {
      g_set_error_literal (error,
                           MX_CRYPTO_ERROR,
                           MX_CRYPTO_ERROR_BAD_MAC,
                           "A backup entry of another key");
      return NULL;
    }

  plain = mx_aes_cbc_decrypt (keys->aes, keys->iv, ciphertext, size, &plain_size, error);
  if (plain == NULL)
    return NULL;
  plaintext = mx_secret_new (plain, plain_size);
  mx_wipe (plain, plain_size);

  return plaintext;
}

MxSecret *
mx_backup_decrypt (MxSecret *private_key,
                   const char *ephemeral,
                   const char *ciphertext,
                   const char *mac,
                   GError **error)
{
  guint8 their_key[MX_CURVE25519_KEY_SIZE];
  guint8 expected[MAC_SIZE];
  g_autofree guint8 *bytes = NULL;
  gsize size = 0;
  Keys keys = { 0 };
  MxSecret *plaintext = NULL;

  if (!mx_base64_decode_exact (ephemeral, their_key, sizeof their_key, error) ||
      !mx_base64_decode_exact (mac, expected, sizeof expected, error))
    return NULL;
  bytes = mx_base64_decode (ciphertext != NULL ? ciphertext : "", -1, &size, error);
  if (bytes == NULL)
    return NULL;

  if (derive (private_key, their_key, &keys, error))
    plaintext = check_and_decrypt (&keys, expected, bytes, size, error);
  mx_wipe (&keys, sizeof keys);

  return plaintext;
}
