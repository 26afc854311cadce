/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-base64.h"

#include <string.h>

#include "mx-error.h"

static const struct
{
  const char *plain;
  const char *text;
} spec[] = {
  { "", "" },           { "f", "Zg" },          { "fo", "Zm8" },          { "foo", "Zm9v" },
  { "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" },
};

/* The table of the appendices. */
static void
test_spec (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (spec); i++)
    {
      g_autofree char *text = mx_base64_encode (spec[i].plain, strlen (spec[i].plain));
      gsize size = 99;
      g_autofree guint8 *bytes = mx_base64_decode (spec[i].text, -1, &size, NULL);

      g_assert_cmpstr (text, ==, spec[i].text);
      g_assert_nonnull (bytes);
      g_assert_cmpmem (bytes, size, spec[i].plain, strlen (spec[i].plain));
    }
}

static void
test_padded (void)
{
  static const char *const texts[] = { "Zg==", "Zm8=", "Zm9v" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      gsize size = 0;
      g_autofree guint8 *bytes = mx_base64_decode (texts[i], -1, &size, NULL);

      g_assert_nonnull (bytes);
      g_assert_cmpmem (bytes, size, "foo", i + 1);
    }
}

/* The signing key of the specification's own examples ends in bits that belong to no byte. */
static void
test_unused_bits (void)
{
  guint8 out[32];
  gsize size = 0;
  g_autofree guint8 *one = mx_base64_decode ("Zh", -1, &size, NULL);

  g_assert_cmpmem (one, size, "f", 1);
  g_assert_true (
    mx_base64_decode_exact ("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1", out, sizeof out, NULL));
}

/* libolm reads all of these as something. */
static void
test_refused (void)
{
  static const char *const bad[] = {
    "Z",      "Zg=",   "Zg===", "Zm8==", "Zm9v=",   "====", "=",     "Zm 9v",
    "Zm9v\n", "Zm9v!", "Zm9-",  "Zm9_",  "Zm9\xe9", "Z=g=", "Zm9vZ",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      gsize size = 0;

      g_test_message ("case %zu", i);
      g_assert_null (mx_base64_decode (bad[i], -1, &size, &error));
      g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_FORMAT);
    }
}

static void
test_exact (void)
{
  guint8 out[3] = { 0 };
  guint8 large[32];

  g_assert_true (mx_base64_decode_exact ("Zm9v", out, sizeof out, NULL));
  g_assert_cmpmem (out, sizeof out, "foo", 3);
  g_assert_false (mx_base64_decode_exact ("Zm8", out, sizeof out, NULL));
  g_assert_false (mx_base64_decode_exact ("Zm9vYg", out, sizeof out, NULL));
  g_assert_false (mx_base64_decode_exact ("", out, sizeof out, NULL));
  g_assert_false (mx_base64_decode_exact (NULL, out, sizeof out, NULL));
  g_assert_cmpmem (out, sizeof out, "foo", 3);
  /* 32 bytes: with and without padding */
  g_assert_true (mx_base64_decode_exact ("hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo",
                                         large,
                                         sizeof large,
                                         NULL));
  g_assert_true (mx_base64_decode_exact ("hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=",
                                         large,
                                         sizeof large,
                                         NULL));
  g_assert_false (mx_base64_decode_exact ("hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo",
                                          large,
                                          sizeof large,
                                          NULL));
  g_assert_true (mx_base64_decode_url_exact ("hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo",
                                             large,
                                             sizeof large,
                                             NULL));
}

static void
test_url (void)
{
  const guint8 bytes[] = { 0xfb, 0xff, 0xbf };
  g_autofree char *text = mx_base64_encode_url (bytes, sizeof bytes);

  g_assert_cmpstr (text, ==, "-_-_");
}

static void
test_secret (void)
{
  g_autoptr (MxSecret) secret = mx_secret_new_random (33);
  g_autoptr (MxSecret) text = mx_base64_encode_secret (secret);
  g_autoptr (MxSecret) again = mx_base64_decode_secret (mx_secret_get_text (text), NULL);

  g_assert_true (mx_secret_equal (secret, again));
  g_assert_null (mx_base64_decode_secret ("Zg=", NULL));
  g_assert_null (mx_base64_decode_secret (NULL, NULL));
}

static void
test_round_trip (void)
{
  for (gsize size = 0; size < 300; size++)
    {
      g_autofree guint8 *bytes = g_malloc (size + 1);
      gsize got = 0;

      mx_random (bytes, size);
      g_autofree char *text = mx_base64_encode (bytes, size);
      g_autofree guint8 *again = mx_base64_decode (text, -1, &got, NULL);

      g_assert_cmpmem (again, got, bytes, size);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/base64/spec", test_spec);
  g_test_add_func ("/crypto/e2e-123/padded", test_padded);
  g_test_add_func ("/crypto/base64/refused", test_refused);
  g_test_add_func ("/crypto/base64/unused-bits", test_unused_bits);
  g_test_add_func ("/crypto/base64/exact", test_exact);
  g_test_add_func ("/crypto/base64/url", test_url);
  g_test_add_func ("/crypto/base64/secret", test_secret);
  g_test_add_func ("/crypto/base64/round-trip", test_round_trip);

  return g_test_run ();
}
