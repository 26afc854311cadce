/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-kdf.h"

#include "bytes.h"

static void
test_sha256 (void)
{
  guint8 digest[MX_SHA256_SIZE];

  g_assert_true (mx_sha256 ("abc", 3, digest, NULL));
  assert_hex (digest,
              sizeof digest,
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  g_assert_true (mx_sha256 (NULL, 0, digest, NULL));
  assert_hex (digest,
              sizeof digest,
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* RFC 4231, test case 2. */
static void
test_hmac (void)
{
  static const char text[] = "what do ya want for nothing?";
  guint8 mac[MX_SHA256_SIZE];

  g_assert_true (mx_hmac_sha256 ((const guint8 *) "Jefe", 4, text, strlen (text), mac, NULL));
  assert_hex (mac, sizeof mac, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/* RFC 5869, test case 3: no salt is a salt of zeros. */
static void
test_hkdf (void)
{
  gsize size = 0;
  g_autofree guint8 *key = bytes_from_hex ("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", &size);
  guint8 out[42];
  guint8 longer[64];

  g_assert_true (mx_hkdf_sha256 (key, size, "", out, sizeof out, NULL));
  assert_hex (out,
              sizeof out,
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"
              "9d201395faa4b61a96c8");
  g_assert_true (mx_hkdf_sha256 (key, size, "", longer, sizeof longer, NULL));
  g_assert_cmpmem (longer, sizeof out, out, sizeof out);
  g_assert_true (mx_hkdf_sha256 (key, size, "x", longer, sizeof longer, NULL));
  g_assert_cmpint (memcmp (longer, out, sizeof out), !=, 0);
}

static void
test_pbkdf2 (void)
{
  guint8 out[64];

  g_assert_true (mx_pbkdf2_sha512 ("password", "salt", 4, 1, out, sizeof out, NULL));
  assert_hex (out,
              sizeof out,
              "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252"
              "c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce");
  g_assert_true (mx_pbkdf2_sha512 ("password", "salt", 4, 4096, out, sizeof out, NULL));
  assert_hex (out,
              sizeof out,
              "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5"
              "143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5");
}

static void
test_mac_equal (void)
{
  g_assert_true (mx_mac_equal ("abc", "abc", 3));
  g_assert_false (mx_mac_equal ("abc", "abd", 3));
  g_assert_true (mx_mac_equal ("abc", "abd", 2));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/kdf/sha256", test_sha256);
  g_test_add_func ("/crypto/kdf/hmac", test_hmac);
  g_test_add_func ("/crypto/kdf/hkdf", test_hkdf);
  g_test_add_func ("/crypto/kdf/pbkdf2", test_pbkdf2);
  g_test_add_func ("/crypto/kdf/mac-equal", test_mac_equal);

  return g_test_run ();
}
