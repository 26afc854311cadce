/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Base64 through libsodium, whose coder has neither tables nor branches that depend on the data. */
#include "config.h"

#include "mx-base64.h"

#include <sodium.h>
#include <string.h>

#include "mx-error.h"

#define STANDARD sodium_base64_VARIANT_ORIGINAL_NO_PADDING
#define URL_SAFE sodium_base64_VARIANT_URLSAFE_NO_PADDING

static char *
encode (gconstpointer data, gsize size, int variant)
{
  gsize length = sodium_base64_encoded_len (size, variant); /* with the terminator */
  char *text = g_malloc (length);

  return sodium_bin2base64 (text, length, data, size, variant);
}

/* libsodium takes some bytes beyond ASCII for letters, where char has a sign. */
static gboolean
is_ascii (const char *text, gsize length)
{
  guint8 bits = 0;

  for (gsize i = 0; i < length; i++)
    bits |= (guint8) text[i];

  return bits < 0x80;
}

/* length: a multiple of 4 */
static gboolean
decode_groups (const char *text, gsize length, int variant, guint8 *out, gsize *size)
{
  const char *end = NULL;

  return sodium_base642bin (out, length / 4 * 3, text, length, NULL, size, &end, variant) == 0 &&
         end == text + length;
}

/* The last two or three characters. Bits that belong to no byte are not looked at: even the
 * specification's signing key has some. */
static gboolean
decode_tail (const char *text, gsize length, int variant, guint8 *out)
{
  char group[4] = { 'A', 'A', 'A', 'A' };
  guint8 bytes[3];
  gsize size = 0;
  gboolean done = FALSE;

  memcpy (group, text, length);
  done = decode_groups (group, sizeof group, variant, bytes, &size);
  if (done)
    memcpy (out, bytes, length - 1);
  mx_wipe (group, sizeof group);
  mx_wipe (bytes, sizeof bytes);

  return done;
}

/* out has room for length / 4 * 3 + 3 bytes */
static gboolean
decode (const char *text, gsize length, int variant, guint8 *out, gsize *size, GError **error)
{
  gsize unpadded = length;
  gsize tail = 0;

  /* Padding is only that where it fills the last group. */
  if (length % 4 == 0)
    while (length - unpadded < 2 && unpadded > 0 && text[unpadded - 1] == '=')
      unpadded--;
  tail = unpadded % 4;

  if (tail != 1 && is_ascii (text, unpadded) &&
      decode_groups (text, unpadded - tail, variant, out, size) &&
      (tail == 0 || decode_tail (text + unpadded - tail, tail, variant, out + *size)))
    {
      *size += tail > 0 ? tail - 1 : 0;
      return TRUE;
    }

  g_set_error_literal (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_FORMAT, "Not base64");

  return FALSE;
}

static gboolean
decode_exact (const char *text, int variant, gpointer out, gsize size, GError **error)
{
  gsize length = text != NULL ? strlen (text) : 0;
  gsize got = 0;
  g_autofree guint8 *bytes = NULL;
  gboolean fits = FALSE;

  /* A wrong size is told before anything is allocated for it. */
  if (length > 0 && length / 4 * 3 <= size + 2)
    {
      bytes = g_malloc (length / 4 * 3 + 3);
      if (!decode (text, length, variant, bytes, &got, error))
        {
          mx_wipe (bytes, length / 4 * 3 + 3);
          return FALSE;
        }

      fits = got == size;
      if (fits)
        memcpy (out, bytes, size);
      mx_wipe (bytes, length / 4 * 3 + 3);
    }

  if (!fits)
    g_set_error_literal (error,
                         MX_CRYPTO_ERROR,
                         MX_CRYPTO_ERROR_BAD_FORMAT,
                         "Base64 of the wrong size");

  return fits;
}

char *
mx_base64_encode (gconstpointer data, gsize size)
{
  return encode (data, size, STANDARD);
}

char *
mx_base64_encode_url (gconstpointer data, gsize size)
{
  return encode (data, size, URL_SAFE);
}

guint8 *
mx_base64_decode (const char *text, gssize length, gsize *size, GError **error)
{
  gsize given = 0;
  g_autofree guint8 *bytes = NULL;

  if (text == NULL)
    {
      g_set_error_literal (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_FORMAT, "No base64");
      return NULL;
    }

  given = length >= 0 ? (gsize) length : strlen (text);
  bytes = g_malloc (given / 4 * 3 + 3);

  if (!decode (text, given, STANDARD, bytes, size, error))
    {
      mx_wipe (bytes, given / 4 * 3 + 3);
      return NULL;
    }

  return g_steal_pointer (&bytes);
}

gboolean
mx_base64_decode_exact (const char *text, gpointer out, gsize size, GError **error)
{
  return decode_exact (text, STANDARD, out, size, error);
}

gboolean
mx_base64_decode_url_exact (const char *text, gpointer out, gsize size, GError **error)
{
  return decode_exact (text, URL_SAFE, out, size, error);
}

MxSecret *
mx_base64_encode_secret (MxSecret *secret)
{
  gsize size = 0;
  const guint8 *data = mx_secret_get_data (secret, &size);
  char *text = encode (data, size, STANDARD);
  MxSecret *encoded = mx_secret_new_text (text);

  mx_wipe_free (text);

  return encoded;
}

MxSecret *
mx_base64_decode_secret (const char *text, GError **error)
{
  gsize size = 0;
  g_autofree guint8 *bytes = mx_base64_decode (text, -1, &size, error);
  MxSecret *secret = NULL;

  if (bytes == NULL)
    return NULL;

  secret = mx_secret_new (bytes, size);
  mx_wipe (bytes, size);

  return secret;
}
