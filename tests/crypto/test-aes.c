/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-aes.h"

#include "bytes.h"
#include "mx-error.h"

#define KEY   "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"
#define BLOCK "6bc1bee22e409f96e93d7e117393172a"

/* NIST SP 800-38A, F.5.5 */
static void
test_ctr (void)
{
  g_autofree guint8 *key = bytes_from_hex (KEY, NULL);
  g_autofree guint8 *iv = bytes_from_hex ("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", NULL);
  g_autofree guint8 *data = bytes_from_hex (BLOCK, NULL);

  g_assert_true (mx_aes_ctr (key, iv, data, 16, data, NULL));
  assert_hex (data, 16, "601ec313775789a5b7a7f504bbf3d228");
  g_assert_true (mx_aes_ctr (key, iv, data, 16, data, NULL));
  assert_hex (data, 16, BLOCK);
  g_assert_true (mx_aes_ctr (key, iv, data, 0, data, NULL));
}

/* NIST SP 800-38A, F.2.5, and the padding */
static void
test_cbc (void)
{
  g_autofree guint8 *key = bytes_from_hex (KEY, NULL);
  g_autofree guint8 *iv = bytes_from_hex ("000102030405060708090a0b0c0d0e0f", NULL);
  g_autofree guint8 *data = bytes_from_hex (BLOCK, NULL);
  gsize size = 0;
  g_autofree guint8 *encrypted = mx_aes_cbc_encrypt (key, iv, data, 16, &size, NULL);

  g_assert_cmpuint (size, ==, 32);
  assert_hex (encrypted, 16, "f58c4c04d6e5f1ba779eabfb5f7bfbd6");

  g_autofree guint8 *decrypted = mx_aes_cbc_decrypt (key, iv, encrypted, size, &size, NULL);

  assert_hex (decrypted, size, BLOCK);
}

static void
test_cbc_refused (void)
{
  g_autofree guint8 *key = bytes_from_hex (KEY, NULL);
  g_autofree guint8 *iv = bytes_from_hex ("000102030405060708090a0b0c0d0e0f", NULL);
  g_autofree guint8 *data = bytes_from_hex (BLOCK BLOCK, NULL);
  const gsize sizes[] = { 0, 1, 15, 16, 17, 32 };

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;
      gsize size = 0;

      g_assert_null (mx_aes_cbc_decrypt (key, iv, data, sizes[i], &size, &error));
      g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_FORMAT);
    }
}

/* Also E2E-141: the same function makes the IV of an export file. */
static void
test_random_iv (void)
{
  guint8 all = 0;

  for (int i = 0; i < 1000; i++)
    {
      guint8 iv[MX_AES_BLOCK_SIZE];

      mx_aes_random_iv (iv);
      g_assert_cmpint (iv[8] & 0x80, ==, 0);
      all |= iv[0] & iv[15];
    }
  g_assert_cmpint (all, ==, 0xff);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/aes/ctr", test_ctr);
  g_test_add_func ("/crypto/aes/cbc", test_cbc);
  g_test_add_func ("/crypto/aes/cbc-refused", test_cbc_refused);
  g_test_add_func ("/crypto/e2e-124/random-iv", test_random_iv);

  return g_test_run ();
}
