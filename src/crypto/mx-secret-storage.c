/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Secret storage: HKDF gives an AES and a MAC key for each secret; encrypt, then MAC. */
#include "config.h"

#include "mx-secret-storage.h"

#include <string.h>

#include "mx-aes.h"
#include "mx-base64.h"
#include "mx-error.h"
#include "mx-kdf.h"

#define MAX_ROUNDS 10000000

typedef struct
{
  guint8 aes[MX_AES_KEY_SIZE];
  guint8 mac[MX_SHA256_SIZE];
} Keys;

static gboolean
fail (MxCryptoError code, const char *message, GError **error)
{
  g_set_error_literal (error, MX_CRYPTO_ERROR, code, message);

  return FALSE;
}

void
mx_sealed_secret_clear (MxSealedSecret *self)
{
  g_clear_pointer (&self->iv, g_free);
  g_clear_pointer (&self->ciphertext, g_free);
  g_clear_pointer (&self->mac, g_free);
}

MxSecret *
mx_secret_storage_key_from_passphrase (MxSecret *passphrase,
                                       const char *salt,
                                       gint64 rounds,
                                       gint64 bits,
                                       GError **error)
{
  guint8 key[MX_SECRET_STORAGE_KEY_SIZE];
  MxSecret *secret = NULL;

  if (salt == NULL || rounds < 1 || rounds > MAX_ROUNDS || bits != 8 * (gint64) sizeof key)
    {
      fail (MX_CRYPTO_ERROR_UNSUPPORTED, "Parameters of PBKDF2 out of range", error);
      return NULL;
    }

  if (mx_pbkdf2_sha512 (mx_secret_get_text (passphrase),
                        salt,
                        strlen (salt),
                        (guint) rounds,
                        key,
                        sizeof key,
                        error))
    secret = mx_secret_new (key, sizeof key);
  mx_wipe (key, sizeof key);

  return secret;
}

/* The caller wipes keys. */
static gboolean
derive (MxSecret *key, const char *name, Keys *keys, GError **error)
{
  guint8 derived[sizeof keys->aes + sizeof keys->mac];
  gsize size = 0;
  const guint8 *bytes = mx_secret_get_data (key, &size);
  gboolean done = FALSE;

  if (size != MX_SECRET_STORAGE_KEY_SIZE)
    return fail (MX_CRYPTO_ERROR_BAD_KEY, "A key of the wrong size", error);

  done = mx_hkdf_sha256 (bytes, size, name, derived, sizeof derived, error);
  memcpy (keys->aes, derived, sizeof keys->aes);
  memcpy (keys->mac, derived + sizeof keys->aes, sizeof keys->mac);
  mx_wipe (derived, sizeof derived);

  return done;
}

/* data: in and out; mac is that of the ciphertext */
static gboolean
encrypt_and_mac (MxSecret *key,
                 const char *name,
                 const guint8 iv[MX_AES_BLOCK_SIZE],
                 guint8 *data,
                 gsize size,
                 guint8 mac[MX_SHA256_SIZE],
                 GError **error)
{
  Keys keys = { 0 };
  gboolean done = derive (key, name, &keys, error) &&
                  mx_aes_ctr (keys.aes, iv, data, size, data, error) &&
                  mx_hmac_sha256 (keys.mac, sizeof keys.mac, data, size, mac, error);

  mx_wipe (&keys, sizeof keys);

  return done;
}

/* A client once wrote 32 bytes, of which it used the first 16. */
static gboolean
decode_iv (const char *text, guint8 iv[MX_AES_BLOCK_SIZE], GError **error)
{
  gsize size = 0;
  g_autofree guint8 *bytes = mx_base64_decode (text, -1, &size, error);

  if (bytes == NULL)
    return FALSE;
  if (size != MX_AES_BLOCK_SIZE && size != 2 * MX_AES_BLOCK_SIZE)
    return fail (MX_CRYPTO_ERROR_BAD_FORMAT, "An IV of the wrong size", error);

  memcpy (iv, bytes, MX_AES_BLOCK_SIZE);

  return TRUE;
}

gboolean
mx_secret_storage_check_key (MxSecret *key, const char *iv, const char *mac, GError **error)
{
  guint8 zeros[32] = { 0 };
  guint8 iv_bytes[MX_AES_BLOCK_SIZE];
  guint8 expected[MX_SHA256_SIZE];
  guint8 actual[MX_SHA256_SIZE];

  if (iv == NULL || mac == NULL)
    return TRUE;

  if (!decode_iv (iv, iv_bytes, error) ||
      !mx_base64_decode_exact (mac, expected, sizeof expected, error) ||
      !encrypt_and_mac (key, "", iv_bytes, zeros, sizeof zeros, actual, error))
    return FALSE;

  return mx_mac_equal (expected, actual, sizeof actual) ||
         fail (MX_CRYPTO_ERROR_BAD_MAC, "Not the key of this storage", error);
}

gboolean
mx_secret_storage_describe_key (MxSecret *key, MxSealedSecret *description, GError **error)
{
  guint8 zeros[32] = { 0 };
  guint8 iv[MX_AES_BLOCK_SIZE];
  guint8 mac[MX_SHA256_SIZE];

  mx_aes_random_iv (iv);
  if (!encrypt_and_mac (key, "", iv, zeros, sizeof zeros, mac, error))
    return FALSE;

  *description = (MxSealedSecret) {
    .iv = mx_base64_encode (iv, sizeof iv),
    .mac = mx_base64_encode (mac, sizeof mac),
  };

  return TRUE;
}

gboolean
mx_secret_storage_encrypt (MxSecret *key,
                           const char *name,
                           MxSecret *secret,
                           MxSealedSecret *sealed,
                           GError **error)
{
  gsize size = 0;
  const guint8 *plain = mx_secret_get_data (secret, &size);
  g_autofree guint8 *data = g_memdup2 (plain, size);
  guint8 iv[MX_AES_BLOCK_SIZE];
  guint8 mac[MX_SHA256_SIZE];

  mx_aes_random_iv (iv);
  if (!encrypt_and_mac (key, name, iv, data, size, mac, error))
    {
      mx_wipe (data, size);
      return FALSE;
    }

  *sealed = (MxSealedSecret) {
    .iv = mx_base64_encode (iv, sizeof iv),
    .ciphertext = mx_base64_encode (data, size),
    .mac = mx_base64_encode (mac, sizeof mac),
  };

  return TRUE;
}

/* data: in and out */
static gboolean
check_and_decrypt (const Keys *keys,
                   const guint8 iv[MX_AES_BLOCK_SIZE],
                   const guint8 expected[MX_SHA256_SIZE],
                   guint8 *data,
                   gsize size,
                   GError **error)
{
  guint8 mac[MX_SHA256_SIZE];

  if (!mx_hmac_sha256 (keys->mac, sizeof keys->mac, data, size, mac, error))
    return FALSE;
  if (!mx_mac_equal (expected, mac, sizeof mac))
    return fail (MX_CRYPTO_ERROR_BAD_MAC, "A secret of another key", error);

  return mx_aes_ctr (keys->aes, iv, data, size, data, error);
}

MxSecret *
mx_secret_storage_decrypt (MxSecret *key,
                           const char *name,
                           const char *iv,
                           const char *ciphertext,
                           const char *mac,
                           GError **error)
{
  Keys keys = { 0 };
  guint8 iv_bytes[MX_AES_BLOCK_SIZE];
  guint8 expected[MX_SHA256_SIZE];
  g_autofree guint8 *data = NULL;
  gsize size = 0;
  MxSecret *secret = NULL;

  if (iv == NULL || ciphertext == NULL || mac == NULL)
    {
      fail (MX_CRYPTO_ERROR_BAD_FORMAT, "An incomplete secret", error);
      return NULL;
    }

  if (!decode_iv (iv, iv_bytes, error) ||
      !mx_base64_decode_exact (mac, expected, sizeof expected, error))
    return NULL;
  data = mx_base64_decode (ciphertext, -1, &size, error);
  if (data == NULL)
    return NULL;

  if (derive (key, name, &keys, error) &&
      check_and_decrypt (&keys, iv_bytes, expected, data, size, error))
    secret = mx_secret_new (data, size);
  mx_wipe (&keys, sizeof keys);
  mx_wipe (data, size);

  return secret;
}
