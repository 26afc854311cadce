/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Key export files. The IV's bit 63 is clear in what we write, for readers with a counter of 64
 * bits (E2E-142). */
#include "config.h"

#include "mx-key-export.h"

#include <string.h>

#include "mx-aes.h"
#include "mx-base64.h"
#include "mx-error.h"
#include "mx-kdf.h"

#define HEADER     "-----BEGIN MEGOLM SESSION DATA-----"
#define FOOTER     "-----END MEGOLM SESSION DATA-----"
#define LINE       76
#define VERSION    1
#define SALT_SIZE  16
#define MAX_ROUNDS 10000000

/* The file's bytes: this, the ciphertext, and a MAC over both. */
typedef struct
{
  guint8 version;
  guint8 salt[SALT_SIZE];
  guint8 iv[MX_AES_BLOCK_SIZE];
  guint8 rounds[4]; /* big endian */
} Head;

G_STATIC_ASSERT (sizeof (Head) == 37);

typedef struct
{
  guint8 aes[MX_AES_KEY_SIZE];
  guint8 mac[MX_SHA256_SIZE];
} Keys;

G_STATIC_ASSERT (sizeof (Keys) == 64);

static gboolean
fail (MxCryptoError code, const char *message, GError **error)
{
  g_set_error_literal (error, MX_CRYPTO_ERROR, code, message);

  return FALSE;
}

static gboolean
derive (MxSecret *passphrase, const Head *head, guint rounds, Keys *keys, GError **error)
{
  return mx_pbkdf2_sha512 (mx_secret_get_text (passphrase),
                           head->salt,
                           sizeof head->salt,
                           rounds,
                           (guint8 *) keys,
                           sizeof *keys,
                           error);
}

static char *
armour (const guint8 *bytes, gsize size)
{
  g_autofree char *text = mx_base64_encode (bytes, size);
  gsize length = strlen (text);
  GString *file = g_string_sized_new (length + length / LINE + 80);

  g_string_append (file, HEADER "\n");
  for (gsize i = 0; i < length; i += LINE)
    {
      g_string_append_len (file, text + i, (gssize) MIN (LINE, length - i));
      g_string_append_c (file, '\n');
    }
  g_string_append (file, FOOTER "\n");

  return g_string_free_and_steal (file);
}

char *
mx_key_export_encrypt (MxSecret *json, MxSecret *passphrase, guint rounds, GError **error)
{
  gsize plain_size = 0;
  const guint8 *plain = mx_secret_get_data (json, &plain_size);
  gsize signed_size = sizeof (Head) + plain_size;
  g_autofree guint8 *bytes = g_malloc0 (signed_size + MX_SHA256_SIZE);
  Head head = { .version = VERSION };
  guint32 rounds_be = GUINT32_TO_BE (rounds);
  Keys keys = { 0 };
  gboolean done = FALSE;

  g_return_val_if_fail (rounds >= 1 && rounds <= MAX_ROUNDS, NULL);

  mx_random (head.salt, sizeof head.salt);
  mx_aes_random_iv (head.iv);
  memcpy (head.rounds, &rounds_be, sizeof rounds_be);
  memcpy (bytes, &head, sizeof head);

  done = derive (passphrase, &head, rounds, &keys, error) &&
         mx_aes_ctr (keys.aes, head.iv, plain, plain_size, bytes + sizeof head, error) &&
         mx_hmac_sha256 (keys.mac, sizeof keys.mac, bytes, signed_size, bytes + signed_size, error);
  mx_wipe (&keys, sizeof keys);

  return done ? armour (bytes, signed_size + MX_SHA256_SIZE) : NULL;
}

/* The base64 between header and footer, without its white space. */
static char *
unarmour (const char *data, gsize size, gsize *length, GError **error)
{
  const char *start = g_strstr_len (data, (gssize) size, HEADER "\n");
  const char *end = NULL;
  g_autofree char *text = NULL;

  if (start == NULL)
    start = g_strstr_len (data, (gssize) size, HEADER "\r\n");
  if (start != NULL)
    {
      start += strlen (HEADER);
      end = g_strstr_len (start, (gssize) (size - (gsize) (start - data)), "\n" FOOTER);
    }
  if (end == NULL)
    {
      fail (MX_CRYPTO_ERROR_BAD_FORMAT, "Not a key export file", error);
      return NULL;
    }

  text = g_malloc ((gsize) (end - start) + 1);
  *length = 0;
  for (const char *p = start; p < end; p++)
    if (!g_ascii_isspace (*p))
      text[(*length)++] = *p;
  text[*length] = '\0';

  return g_steal_pointer (&text);
}

static gboolean
check_and_decrypt (const Keys *keys,
                   const Head *head,
                   guint8 *bytes,
                   gsize signed_size,
                   GError **error)
{
  guint8 mac[MX_SHA256_SIZE];
  guint8 *ciphertext = bytes + sizeof *head;

  if (!mx_hmac_sha256 (keys->mac, sizeof keys->mac, bytes, signed_size, mac, error))
    return FALSE;
  if (!mx_mac_equal (bytes + signed_size, mac, sizeof mac))
    return fail (MX_CRYPTO_ERROR_BAD_MAC, "Wrong passphrase, or a damaged file", error);

  return mx_aes_ctr (keys->aes,
                     head->iv,
                     ciphertext,
                     signed_size - sizeof *head,
                     ciphertext,
                     error);
}

MxSecret *
mx_key_export_decrypt (const char *data, gsize size, MxSecret *passphrase, GError **error)
{
  gsize length = 0;
  g_autofree char *text = unarmour (data, size, &length, error);
  g_autofree guint8 *bytes = NULL;
  gsize bytes_size = 0;
  gsize signed_size = 0;
  guint32 rounds = 0;
  Head head;
  Keys keys = { 0 };
  MxSecret *json = NULL;

  if (text == NULL)
    return NULL;
  bytes = mx_base64_decode (text, (gssize) length, &bytes_size, error);
  if (bytes == NULL)
    return NULL;
  if (bytes_size < sizeof head + MX_SHA256_SIZE)
    {
      fail (MX_CRYPTO_ERROR_BAD_FORMAT, "The file is too short", error);
      return NULL;
    }

  signed_size = bytes_size - MX_SHA256_SIZE;
  memcpy (&head, bytes, sizeof head);
  memcpy (&rounds, head.rounds, sizeof rounds);
  rounds = GUINT32_FROM_BE (rounds);
  if (head.version != VERSION || rounds < 1 || rounds > MAX_ROUNDS)
    {
      fail (MX_CRYPTO_ERROR_UNSUPPORTED,
            "A version or a number of rounds that we do not read",
            error);
      return NULL;
    }

  if (derive (passphrase, &head, rounds, &keys, error) &&
      check_and_decrypt (&keys, &head, bytes, signed_size, error))
    json = mx_secret_new (bytes + sizeof head, signed_size - sizeof head);
  mx_wipe (&keys, sizeof keys);
  mx_wipe (bytes, bytes_size);

  return json;
}
