/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the wrappers of libolm's objects share: errors, randomness, input copies and the frame of a
 * pickle. */
#include "config.h"

#include "mx-olm-library.h"

#include <string.h>

#include "mx-base64.h"

#define PICKLE_MAGIC  "MxP"
#define PICKLE_FORMAT 1

typedef struct
{
  guint8 *buffer;
  gsize capacity;
} Plaintext;

static MxCryptoError
map_error (enum OlmErrorCode code)
{
  switch (code)
    {
    case OLM_BAD_MESSAGE_MAC:
      return MX_CRYPTO_ERROR_BAD_MAC;

    case OLM_BAD_SIGNATURE:
      return MX_CRYPTO_ERROR_BAD_SIGNATURE;

    case OLM_UNKNOWN_MESSAGE_INDEX:
      return MX_CRYPTO_ERROR_UNKNOWN_INDEX;

    case OLM_BAD_MESSAGE_KEY_ID:
    case OLM_BAD_ACCOUNT_KEY:
    case OLM_BAD_SESSION_KEY:
      return MX_CRYPTO_ERROR_BAD_KEY;

    case OLM_BAD_MESSAGE_VERSION:
    case OLM_UNKNOWN_PICKLE_VERSION:
      return MX_CRYPTO_ERROR_UNSUPPORTED;

    case OLM_BAD_MESSAGE_FORMAT:
    case OLM_INVALID_BASE64:
    case OLM_CORRUPTED_PICKLE:
    case OLM_BAD_LEGACY_ACCOUNT_PICKLE:
    case OLM_INPUT_BUFFER_TOO_SMALL:
    case OLM_PICKLE_EXTRA_DATA:
      return MX_CRYPTO_ERROR_BAD_FORMAT;

    case OLM_SUCCESS:
    case OLM_NOT_ENOUGH_RANDOM:
    case OLM_OUTPUT_BUFFER_TOO_SMALL:
    case OLM_SAS_THEIR_KEY_NOT_SET:
    default:
      return MX_CRYPTO_ERROR_FAILED;
    }
}

gboolean
mx_olm_fail (enum OlmErrorCode code, GError **error)
{
  g_set_error (error, MX_CRYPTO_ERROR, map_error (code), "libolm: %s", _olm_error_to_string (code));

  return FALSE;
}

guint8 *
mx_olm_scratch_new_random (gsize size)
{
  guint8 *scratch = g_malloc (MAX (size, 1));

  mx_random (scratch, size);

  return scratch;
}

guint8 *
mx_olm_scratch_new_base64 (const char *text, gsize *size, GError **error)
{
  gsize length = text != NULL ? strlen (text) : 0;
  gsize decoded_size = 0;
  g_autofree guint8 *decoded = NULL;

  if (length == 0)
    {
      g_set_error_literal (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_FORMAT, "Nothing to read");
      return NULL;
    }

  decoded = mx_base64_decode (text, (gssize) length, &decoded_size, error);
  if (decoded == NULL)
    return NULL;
  mx_wipe (decoded, decoded_size);

  while (text[length - 1] == '=')
    length--;
  *size = length;

  return g_memdup2 (text, length);
}

void
mx_olm_scratch_free (guint8 *scratch, gsize size)
{
  mx_wipe (scratch, size);
  g_free (scratch);
}

static void
plaintext_free (gpointer data)
{
  Plaintext *plaintext = data;

  mx_olm_scratch_free (plaintext->buffer, plaintext->capacity);
  g_free (plaintext);
}

GBytes *
mx_olm_plaintext_new (guint8 *buffer, gsize capacity, gsize size)
{
  Plaintext *plaintext = g_new (Plaintext, 1);

  *plaintext = (Plaintext) { buffer, capacity };

  return g_bytes_new_with_free_func (buffer, size, plaintext_free, plaintext);
}

const guint8 *
mx_olm_pickle_key (MxSecret *key, GError **error)
{
  gsize size = 0;
  const guint8 *bytes = mx_secret_get_data (key, &size);

  if (size == MX_OLM_PICKLE_KEY_SIZE)
    return bytes;

  g_set_error_literal (error,
                       MX_CRYPTO_ERROR,
                       MX_CRYPTO_ERROR_BAD_KEY,
                       "A pickle key has 32 bytes");

  return NULL;
}

guint8 *
mx_olm_pickle_new (MxOlmPickleKind kind, gsize size)
{
  guint8 *pickle = g_malloc0 (MX_OLM_PICKLE_HEAD_SIZE + size);

  memcpy (pickle, PICKLE_MAGIC, strlen (PICKLE_MAGIC));
  pickle[3] = (guint8) kind;
  pickle[4] = PICKLE_FORMAT;
  olm_get_library_version (&pickle[5], &pickle[6], &pickle[7]);

  return pickle;
}

guint8 *
mx_olm_pickle_open (GBytes *pickle, MxOlmPickleKind kind, gsize *size, GError **error)
{
  gsize whole = 0;
  const guint8 *data = g_bytes_get_data (pickle, &whole);

  if (whole <= MX_OLM_PICKLE_HEAD_SIZE || memcmp (data, PICKLE_MAGIC, strlen (PICKLE_MAGIC)) != 0 ||
      data[3] != kind)
    {
      g_set_error_literal (error,
                           MX_CRYPTO_ERROR,
                           MX_CRYPTO_ERROR_BAD_FORMAT,
                           "Not a pickle of this kind");
      return NULL;
    }
  if (data[4] != PICKLE_FORMAT)
    {
      g_set_error_literal (error,
                           MX_CRYPTO_ERROR,
                           MX_CRYPTO_ERROR_UNSUPPORTED,
                           "A pickle of another version");
      return NULL;
    }

  *size = whole - MX_OLM_PICKLE_HEAD_SIZE;

  return g_memdup2 (data + MX_OLM_PICKLE_HEAD_SIZE, *size);
}
