/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-curve25519.h"

#include "bytes.h"
#include "mx-error.h"

static void
test_rfc7748 (void)
{
  g_autoptr (MxSecret) a = secret_from_hex (A_PRIVATE);
  g_autoptr (MxSecret) b = secret_from_hex (B_PRIVATE);
  g_autoptr (MxSecret) expected = secret_from_hex (AB_SHARED);
  guint8 a_key[MX_CURVE25519_KEY_SIZE];
  guint8 b_key[MX_CURVE25519_KEY_SIZE];

  g_assert_true (mx_curve25519_derive_public (a, a_key, NULL));
  g_assert_true (mx_curve25519_derive_public (b, b_key, NULL));
  assert_hex (a_key, sizeof a_key, A_PUBLIC);
  assert_hex (b_key, sizeof b_key, B_PUBLIC);

  g_autoptr (MxSecret) one = mx_curve25519_agree (a, b_key, NULL);
  g_autoptr (MxSecret) other = mx_curve25519_agree (b, a_key, NULL);

  g_assert_true (mx_secret_equal (one, expected));
  g_assert_true (mx_secret_equal (other, expected));
}

static void
test_small_order (void)
{
  static const char *const points[] = {
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  };
  guint8 own[MX_CURVE25519_KEY_SIZE];
  g_autoptr (MxSecret) private_key = mx_curve25519_generate (own);

  g_assert_true (mx_curve25519_check_public (own, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (points); i++)
    {
      g_autofree guint8 *point = bytes_from_hex (points[i], NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) check_error = NULL;

      g_assert_null (mx_curve25519_agree (private_key, point, &error));
      g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
      g_assert_false (mx_curve25519_check_public (point, &check_error));
      g_assert_error (check_error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
    }
}

static void
test_wrong_size (void)
{
  g_autoptr (MxSecret) small = mx_secret_new_random (31);
  g_autofree guint8 *key = bytes_from_hex (A_PUBLIC, NULL);
  guint8 out[MX_CURVE25519_KEY_SIZE];

  g_assert_null (mx_curve25519_agree (small, key, NULL));
  g_assert_false (mx_curve25519_derive_public (small, out, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/curve25519/rfc7748", test_rfc7748);
  g_test_add_func ("/crypto/e2e-110/small-order", test_small_order);
  g_test_add_func ("/crypto/curve25519/wrong-size", test_wrong_size);

  return g_test_run ();
}
