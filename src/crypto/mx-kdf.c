/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Hashes and derivations of libcrypto, with sizes and GError. */
#include "config.h"

#include "mx-kdf.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <string.h>

#include "mx-error.h"

static gboolean
check (gboolean done, GError **error)
{
  if (!done)
    g_set_error_literal (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_FAILED, "libcrypto failed");

  return done;
}

gboolean
mx_sha256 (gconstpointer data, gsize size, guint8 digest[MX_SHA256_SIZE], GError **error)
{
  return check (EVP_Digest (data, size, digest, NULL, EVP_sha256 (), NULL) == 1, error);
}

gboolean
mx_hmac_sha256 (const guint8 *key,
                gsize key_size,
                gconstpointer data,
                gsize size,
                guint8 mac[MX_SHA256_SIZE],
                GError **error)
{
  g_assert (key_size <= G_MAXINT);

  return check (HMAC (EVP_sha256 (), key, (int) key_size, data, size, mac, NULL) != NULL, error);
}

gboolean
mx_mac_equal (gconstpointer a, gconstpointer b, gsize size)
{
  return CRYPTO_memcmp (a, b, size) == 0;
}

gboolean
mx_hkdf_sha256 (const guint8 *key,
                gsize key_size,
                const char *info,
                guint8 *out,
                gsize out_size,
                GError **error)
{
  static const guint8 salt[MX_SHA256_SIZE] = { 0 };
  OSSL_PARAM params[] = {
    OSSL_PARAM_construct_utf8_string (OSSL_KDF_PARAM_DIGEST, (char *) "SHA256", 0),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_KEY, (guint8 *) key, key_size),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_SALT, (guint8 *) salt, sizeof salt),
    OSSL_PARAM_construct_octet_string (OSSL_KDF_PARAM_INFO, (char *) info, strlen (info)),
    OSSL_PARAM_construct_end (),
  };
  EVP_KDF *kdf = EVP_KDF_fetch (NULL, "HKDF", NULL);
  EVP_KDF_CTX *context = kdf != NULL ? EVP_KDF_CTX_new (kdf) : NULL;
  gboolean done = context != NULL && EVP_KDF_derive (context, out, out_size, params) == 1;

  EVP_KDF_CTX_free (context);
  EVP_KDF_free (kdf);

  return check (done, error);
}

gboolean
mx_pbkdf2_sha512 (const char *passphrase,
                  gconstpointer salt,
                  gsize salt_size,
                  guint rounds,
                  guint8 *out,
                  gsize out_size,
                  GError **error)
{
  g_assert (rounds >= 1 && rounds <= G_MAXINT);
  g_assert (salt_size <= G_MAXINT && out_size <= G_MAXINT);

  return check (strlen (passphrase) <= G_MAXINT && PKCS5_PBKDF2_HMAC (passphrase,
                                                                      (int) strlen (passphrase),
                                                                      salt,
                                                                      (int) salt_size,
                                                                      (int) rounds,
                                                                      EVP_sha512 (),
                                                                      (int) out_size,
                                                                      out) == 1,
                error);
}
