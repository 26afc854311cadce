/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Recovery keys: base58 of Bitcoin. */
#include "config.h"

#include "mx-recovery-key.h"

#include <string.h>

#include "mx-error.h"

#define RAW_SIZE   (2 + MX_RECOVERY_KEY_SIZE + 1)
#define MAX_DIGITS 48 /* 35 bytes in base 58 */
#define GROUP      4

static const guint8 prefix[] = { 0x8b, 0x01 };
static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

static guint8
parity (const guint8 *bytes, gsize size)
{
  guint8 sum = 0;

  for (gsize i = 0; i < size; i++)
    sum ^= bytes[i];

  return sum;
}

MxSecret *
mx_recovery_key_encode (MxSecret *key)
{
  guint8 raw[RAW_SIZE];
  guint8 digits[MAX_DIGITS] = { 0 }; /* least significant first */
  char text[MAX_DIGITS + MAX_DIGITS / GROUP + 1];
  gsize length = 0;
  gsize size = 0;
  const guint8 *bytes = mx_secret_get_data (key, &size);
  MxSecret *encoded = NULL;

  g_return_val_if_fail (size == MX_RECOVERY_KEY_SIZE, NULL);

  memcpy (raw, prefix, sizeof prefix);
  memcpy (raw + sizeof prefix, bytes, size);
  raw[RAW_SIZE - 1] = parity (raw, RAW_SIZE - 1);

  for (gsize i = 0; i < RAW_SIZE; i++)
    {
      unsigned carry = raw[i];

      for (gsize k = 0; k < MAX_DIGITS; k++)
        {
          carry += (unsigned) digits[k] << 8;
          digits[k] = carry % 58;
          carry /= 58;
        }
      g_assert (carry == 0);
    }

  /* The prefix makes it always the same number of digits, the first of which is 'E'. */
  for (gsize k = 0; k < MAX_DIGITS; k++)
    {
      if (k > 0 && k % GROUP == 0)
        text[length++] = ' ';
      text[length++] = alphabet[digits[MAX_DIGITS - 1 - k]];
    }

  encoded = mx_secret_new (text, length);
  mx_wipe (raw, sizeof raw);
  mx_wipe (digits, sizeof digits);
  mx_wipe (text, sizeof text);

  return encoded;
}

/* raw, a number with its most significant byte first, times 58 plus digit; FALSE when it does not
 * fit */
static gboolean
append_digit (guint8 raw[RAW_SIZE], unsigned digit)
{
  unsigned carry = digit;

  for (gsize i = RAW_SIZE; i > 0; i--)
    {
      carry += raw[i - 1] * 58u;
      raw[i - 1] = carry & 0xff;
      carry >>= 8;
    }

  return carry == 0;
}

/* The number of digits, or -1 for a character outside of the alphabet. What is too long only fills
 * *fits. */
static gssize
read_digits (const char *text, guint8 raw[RAW_SIZE], gboolean *fits)
{
  gssize count = 0;

  *fits = TRUE;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      const char *digit = NULL;

      if (g_unichar_isspace (c))
        continue;

      digit = c < 0x80 ? strchr (alphabet, (int) c) : NULL;
      if (digit == NULL)
        return -1;
      *fits = append_digit (raw, (unsigned) (digit - alphabet)) && *fits;
      count++;
    }

  return count;
}

static MxSecret *
fail (MxRecoveryKeyError code, const char *message, GError **error)
{
  g_set_error_literal (error, MX_RECOVERY_KEY_ERROR, code, message);

  return NULL;
}

MxSecret *
mx_recovery_key_decode (const char *text, GError **error)
{
  guint8 raw[RAW_SIZE] = { 0 };
  gboolean fits = TRUE;
  gssize count = 0;
  MxSecret *key = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  if (!g_utf8_validate (text, -1, NULL))
    return fail (MX_RECOVERY_KEY_ERROR_ALPHABET, "Not UTF-8", error);

  count = read_digits (text, raw, &fits);
  if (count < 0)
    fail (MX_RECOVERY_KEY_ERROR_ALPHABET, "A character that no recovery key has", error);
  else if (count != MAX_DIGITS)
    fail (MX_RECOVERY_KEY_ERROR_LENGTH, "A recovery key has 48 characters", error);
  else if (!fits || memcmp (raw, prefix, sizeof prefix) != 0)
    fail (MX_RECOVERY_KEY_ERROR_PREFIX, "Not a recovery key", error);
  else if (parity (raw, RAW_SIZE) != 0)
    fail (MX_RECOVERY_KEY_ERROR_PARITY, "A recovery key with a mistake", error);
  else
    key = mx_secret_new (raw + sizeof prefix, MX_RECOVERY_KEY_SIZE);
  mx_wipe (raw, sizeof raw);

  return key;
}
