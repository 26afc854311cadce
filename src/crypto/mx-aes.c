/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* AES of libcrypto, in one call each. */
#include "config.h"

#include "mx-aes.h"

#include <openssl/evp.h>

#include "mx-error.h"
#include "mx-secret.h"

#define MAX_SIZE ((gsize) G_MAXINT - MX_AES_BLOCK_SIZE)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

static gboolean
fail (MxCryptoError code, const char *message, GError **error)
{
  g_set_error_literal (error, MX_CRYPTO_ERROR, code, message);

  return FALSE;
}

void
mx_aes_random_iv (guint8 iv[MX_AES_BLOCK_SIZE])
{
  mx_random (iv, MX_AES_BLOCK_SIZE);
  iv[8] &= 0x7f;
}

gboolean
mx_aes_ctr (const guint8 key[MX_AES_KEY_SIZE],
            const guint8 iv[MX_AES_BLOCK_SIZE],
            const guint8 *in,
            gsize size,
            guint8 *out,
            GError **error)
{
  g_autoptr (EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  int done = 0;

  if (size > MAX_SIZE || context == NULL ||
      EVP_EncryptInit_ex2 (context, EVP_aes_256_ctr (), key, iv, NULL) != 1 ||
      EVP_EncryptUpdate (context, out, &done, in, (int) size) != 1 || (gsize) done != size)
    return fail (MX_CRYPTO_ERROR_FAILED, "libcrypto failed", error);

  return TRUE;
}

static guint8 *
run_cbc (gboolean encrypt,
         const guint8 key[MX_AES_KEY_SIZE],
         const guint8 iv[MX_AES_BLOCK_SIZE],
         const guint8 *in,
         gsize size,
         gsize *out_size,
         GError **error)
{
  g_autoptr (EVP_CIPHER_CTX) context = EVP_CIPHER_CTX_new ();
  g_autofree guint8 *out = NULL;
  int done = 0;
  int rest = 0;

  if (size > MAX_SIZE || context == NULL ||
      EVP_CipherInit_ex2 (context, EVP_aes_256_cbc (), key, iv, encrypt, NULL) != 1)
    {
      fail (MX_CRYPTO_ERROR_FAILED, "libcrypto failed", error);
      return NULL;
    }

  out = g_malloc (size + MX_AES_BLOCK_SIZE);
  if (EVP_CipherUpdate (context, out, &done, in, (int) size) != 1 ||
      EVP_CipherFinal_ex (context, out + done, &rest) != 1)
    {
      mx_wipe (out, size + MX_AES_BLOCK_SIZE);
      fail (MX_CRYPTO_ERROR_BAD_FORMAT, "The padding is wrong", error);
      return NULL;
    }

  *out_size = (gsize) done + (gsize) rest;

  return g_steal_pointer (&out);
}

guint8 *
mx_aes_cbc_encrypt (const guint8 key[MX_AES_KEY_SIZE],
                    const guint8 iv[MX_AES_BLOCK_SIZE],
                    const guint8 *in,
                    gsize size,
                    gsize *out_size,
                    GError **error)
{
  return run_cbc (TRUE, key, iv, in, size, out_size, error);
}

guint8 *
mx_aes_cbc_decrypt (const guint8 key[MX_AES_KEY_SIZE],
                    const guint8 iv[MX_AES_BLOCK_SIZE],
                    const guint8 *in,
                    gsize size,
                    gsize *out_size,
                    GError **error)
{
  return run_cbc (FALSE, key, iv, in, size, out_size, error);
}
