/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Test vectors are written in hexadecimal. */
#pragma once

#include "mx-secret.h"

#include <string.h>

/* The bytes of a text of two digits each; the caller frees. */
static inline guint8 *
bytes_from_hex (const char *hex, gsize *size)
{
  gsize length = strlen (hex) / 2;
  guint8 *bytes = g_malloc (MAX (length, 1));

  for (gsize i = 0; i < length; i++)
    bytes[i] =
      (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  if (size != NULL)
    *size = length;

  return bytes;
}

static inline MxSecret *
secret_from_hex (const char *hex)
{
  gsize size = 0;
  g_autofree guint8 *bytes = bytes_from_hex (hex, &size);

  return mx_secret_new (bytes, size);
}

static inline void
assert_hex (const guint8 *bytes, gsize size, const char *hex)
{
  gsize expected_size = 0;
  g_autofree guint8 *expected = bytes_from_hex (hex, &expected_size);

  g_assert_cmpmem (bytes, size, expected, expected_size);
}

/* The key pairs of RFC 7748, section 6.1. */
#define A_PRIVATE "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
#define A_PUBLIC  "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
#define B_PRIVATE "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
#define B_PUBLIC  "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"
#define AB_SHARED "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
