/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Attachment encryption with libcrypto. */
#include "config.h"

#include "mx-attachment.h"

#include <openssl/evp.h>
#include <string.h>

#include "mx-aes.h"
#include "mx-base64.h"
#include "mx-error.h"
#include "mx-kdf.h"
#include "mx-secret.h"

#define RANDOM_IV_SIZE 8 /* the rest counts blocks */

struct _MxAttachmentKey
{
  gatomicrefcount refs;
  MxSecret *key;
  guint8 iv[MX_AES_BLOCK_SIZE];
  guint8 sha256[MX_SHA256_SIZE];
};

struct _MxAttachmentStream
{
  gboolean encrypt;
  MxAttachmentKey *key; /* when encrypting: without its hash until the end */
  EVP_CIPHER_CTX *cipher;
  EVP_MD_CTX *digest;
};

/* Takes key, nullable. */
static MxAttachmentKey *
attachment_key_new (MxSecret *key)
{
  MxAttachmentKey *self = g_new0 (MxAttachmentKey, 1);

  g_atomic_ref_count_init (&self->refs);
  self->key = key;

  return self;
}

MxAttachmentKey *
mx_attachment_key_ref (MxAttachmentKey *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
mx_attachment_key_unref (MxAttachmentKey *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_pointer (&self->key, mx_secret_unref);
  g_free (self);
}

static gboolean
has_text (MxJson array, const char *wanted)
{
  for (unsigned i = 0; i < mx_json_size (array); i++)
    if (g_strcmp0 (mx_json_string (mx_json_at (array, i)), wanted) == 0)
      return TRUE;

  return FALSE;
}

/* key: a JSON Web Key. "ext" is required by the specification and of no consequence. */
static gboolean
is_supported (MxJson file, MxJson key)
{
  MxJson operations = mx_json_get (key, "key_ops");

  return g_strcmp0 (mx_json_get_string (file, "v"), "v2") == 0 &&
         g_strcmp0 (mx_json_get_string (key, "alg"), "A256CTR") == 0 &&
         g_strcmp0 (mx_json_get_string (key, "kty"), "oct") == 0 &&
         has_text (operations, "encrypt") && has_text (operations, "decrypt");
}

MxAttachmentKey *
mx_attachment_key_parse (MxJson file, GError **error)
{
  g_autoptr (MxAttachmentKey) self = NULL;
  MxJson key = mx_json_get (file, "key");
  const char *hash = mx_json_string (mx_json_path (file, "hashes", "sha256", NULL));
  guint8 bytes[MX_AES_KEY_SIZE];

  if (!is_supported (file, key))
    {
      g_set_error_literal (error,
                           MX_CRYPTO_ERROR,
                           MX_CRYPTO_ERROR_UNSUPPORTED,
                           "Not an attachment of version 2");
      return NULL;
    }

  if (!mx_base64_decode_url_exact (mx_json_get_string (key, "k"), bytes, sizeof bytes, error))
    return NULL;

  self = attachment_key_new (mx_secret_new (bytes, sizeof bytes));
  mx_wipe (bytes, sizeof bytes);
  if (!mx_base64_decode_exact (mx_json_get_string (file, "iv"), self->iv, sizeof self->iv, error) ||
      !mx_base64_decode_exact (hash, self->sha256, sizeof self->sha256, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
mx_attachment_key_write (MxAttachmentKey *self, MxJsonWriter *writer)
{
  char *key = mx_base64_encode_url (mx_secret_get_data (self->key, NULL), MX_AES_KEY_SIZE);
  g_autofree char *iv = mx_base64_encode (self->iv, sizeof self->iv);
  g_autofree char *hash = mx_base64_encode (self->sha256, sizeof self->sha256);

  mx_json_add_string (writer, "v", "v2");

  mx_json_begin_object (writer, "key");
  mx_json_add_string (writer, "kty", "oct");
  mx_json_add_string (writer, "alg", "A256CTR");
  mx_json_add_string (writer, "k", key);
  mx_json_add_bool (writer, "ext", TRUE);
  mx_json_begin_array (writer, "key_ops");
  mx_json_add_string (writer, NULL, "encrypt");
  mx_json_add_string (writer, NULL, "decrypt");
  mx_json_end (writer);
  mx_json_end (writer);

  mx_json_add_string (writer, "iv", iv);
  mx_json_begin_object (writer, "hashes");
  mx_json_add_string (writer, "sha256", hash);
  mx_json_end (writer);

  mx_wipe_free (key);
}

void
mx_attachment_stream_free (MxAttachmentStream *self)
{
  EVP_CIPHER_CTX_free (self->cipher);
  EVP_MD_CTX_free (self->digest);
  g_clear_pointer (&self->key, mx_attachment_key_unref);
  g_free (self);
}

static gboolean
check (gboolean done, GError **error)
{
  if (!done)
    g_set_error_literal (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_FAILED, "libcrypto failed");

  return done;
}

/* Takes key. Counter mode encrypts in both directions. */
static MxAttachmentStream *
stream_new (gboolean encrypt, MxAttachmentKey *key, GError **error)
{
  g_autoptr (MxAttachmentStream) self = g_new0 (MxAttachmentStream, 1);

  self->encrypt = encrypt;
  self->key = key;
  self->cipher = EVP_CIPHER_CTX_new ();
  self->digest = EVP_MD_CTX_new ();

  if (!check (self->cipher != NULL && self->digest != NULL &&
                EVP_EncryptInit_ex2 (self->cipher,
                                     EVP_aes_256_ctr (),
                                     mx_secret_get_data (key->key, NULL),
                                     key->iv,
                                     NULL) == 1 &&
                EVP_DigestInit_ex2 (self->digest, EVP_sha256 (), NULL) == 1,
              error))
    return NULL;

  return g_steal_pointer (&self);
}

MxAttachmentStream *
mx_attachment_stream_new_encrypt (GError **error)
{
  MxAttachmentKey *key = attachment_key_new (mx_secret_new_random (MX_AES_KEY_SIZE));

  mx_random (key->iv, RANDOM_IV_SIZE);

  return stream_new (TRUE, key, error);
}

MxAttachmentStream *
mx_attachment_stream_new_decrypt (MxAttachmentKey *key, GError **error)
{
  return stream_new (FALSE, mx_attachment_key_ref (key), error);
}

gboolean
mx_attachment_stream_update (MxAttachmentStream *self,
                             const guint8 *in,
                             gsize size,
                             guint8 *out,
                             GError **error)
{
  int done = 0;

  g_return_val_if_fail (size <= G_MAXINT, FALSE);
  g_return_val_if_fail (out != NULL || !self->encrypt, FALSE);

  /* It is always the ciphertext that is hashed. */
  if (!self->encrypt && !check (EVP_DigestUpdate (self->digest, in, size) == 1, error))
    return FALSE;
  if (out != NULL && !check (EVP_EncryptUpdate (self->cipher, out, &done, in, (int) size) == 1 &&
                               (gsize) done == size,
                             error))
    return FALSE;

  return !self->encrypt || check (EVP_DigestUpdate (self->digest, out, size) == 1, error);
}

MxAttachmentKey *
mx_attachment_stream_finish (MxAttachmentStream *self, GError **error)
{
  guint8 sha256[MX_SHA256_SIZE];

  if (!check (EVP_DigestFinal_ex (self->digest, sha256, NULL) == 1, error))
    return NULL;

  if (self->encrypt)
    memcpy (self->key->sha256, sha256, sizeof sha256);
  else if (!mx_mac_equal (self->key->sha256, sha256, sizeof sha256))
    {
      g_set_error_literal (error,
                           MX_CRYPTO_ERROR,
                           MX_CRYPTO_ERROR_BAD_MAC,
                           "The attachment is not the one that was sent");
      return NULL;
    }

  return mx_attachment_key_ref (self->key);
}
