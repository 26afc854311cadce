/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-secret-storage.h"

#include "bytes.h"
#include "mx-base64.h"
#include "mx-error.h"
#include "mx-recovery-key.h"

#define KEY "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define IV  "AAECAwQFBgcICQoLDA0ODw"
#define MAC "ONrOSgDDUXMzIvXsfYBi1m8m075MdjPldfXCxIpU7IY"

static void
test_check_key (void)
{
  g_autoptr (MxSecret) key = secret_from_hex (KEY);
  g_autoptr (MxSecret) other = mx_secret_new_random (32);
  g_autoptr (MxSecret) small = mx_secret_new_random (31);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) size_error = NULL;

  g_assert_true (mx_secret_storage_check_key (key, IV, MAC, NULL));
  g_assert_true (mx_secret_storage_check_key (key, IV "==", MAC "=", NULL));
  g_assert_true (mx_secret_storage_check_key (other, NULL, MAC, NULL));
  g_assert_true (mx_secret_storage_check_key (other, IV, NULL, NULL));

  g_assert_false (mx_secret_storage_check_key (other, IV, MAC, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_MAC);
  g_assert_false (mx_secret_storage_check_key (small, IV, MAC, &size_error));
  g_assert_error (size_error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
  g_assert_false (mx_secret_storage_check_key (key, "AAECAwQFBgcICQoLDA0OEA", MAC, NULL));
  g_assert_false (mx_secret_storage_check_key (key, "AAEC", MAC, NULL));
  g_assert_false (mx_secret_storage_check_key (key, "!", MAC, NULL));
  g_assert_false (mx_secret_storage_check_key (key, IV, "AAEC", NULL));
  g_assert_false (mx_secret_storage_check_key (key, IV, "", NULL));
}

/* Some accounts have 32 bytes there, of which 16 count. */
static void
test_long_iv (void)
{
  g_autoptr (MxSecret) key = secret_from_hex (KEY);

  g_assert_true (
    mx_secret_storage_check_key (key, "AAECAwQFBgcICQoLDA0OD/////////////////////8", MAC, NULL));
}

/* Key descriptions of matrix-rust-sdk's tests. */
static void
test_key_vectors (void)
{
  g_autoptr (MxSecret) passphrase = mx_secret_new_text ("It's a secret to everybody");
  g_autoptr (MxSecret) from_passphrase =
    mx_secret_storage_key_from_passphrase (passphrase,
                                           "IuLnH7S85YtZmkkBJKwNUKxWF42g9O1H",
                                           10,
                                           256,
                                           NULL);
  g_autoptr (MxSecret) from_code =
    mx_recovery_key_decode ("EsTj 3yST y93F SLpB jJsz eAXc 2XzA ygD3 w69H fGaN TKBj jXEd", NULL);

  g_assert_true (mx_secret_storage_check_key (from_passphrase,
                                              "gH2iNpiETFhApvW6/FFEJQ",
                                              "9Lw12m5SKDipNghdQXKjgpfdj1/K7HFI2brO+UWAGoM",
                                              NULL));
  g_assert_true (mx_secret_storage_check_key (
    from_code, "xv5b6/p3ExEw++wTyfSHEg==", "ujBBbXahnTAMkmPUX2/0+VTfUh63pGyVRuBcDMgmJC8=", NULL));
  g_assert_false (mx_secret_storage_check_key (from_code,
                                               "gH2iNpiETFhApvW6/FFEJQ",
                                               "9Lw12m5SKDipNghdQXKjgpfdj1/K7HFI2brO+UWAGoM",
                                               NULL));
}

static void
test_passphrase (void)
{
  g_autoptr (MxSecret) passphrase = mx_secret_new_text ("correct horse");
  g_autoptr (MxSecret) key =
    mx_secret_storage_key_from_passphrase (passphrase, "salt-1234", 1000, 256, NULL);
  g_autoptr (MxSecret) text = mx_base64_encode_secret (key);
  static const gint64 bad[][2] = {
    { 0, 256 },  { -1, 256 },   { 10000001, 256 }, { G_MAXINT64, 256 },
    { 1000, 0 }, { 1000, 128 }, { 1000, 512 },     { 1000, -256 },
  };

  g_assert_cmpstr (mx_secret_get_text (text), ==, "aM3/ioPSUSlDkp5gWeSDtgKqWjC1Bxsbf1tCsUUgBqg");
  g_assert_null (mx_secret_storage_key_from_passphrase (passphrase, NULL, 1000, 256, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
        mx_secret_storage_key_from_passphrase (passphrase, "salt", bad[i][0], bad[i][1], &error));
      g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_UNSUPPORTED);
    }
}

#define NAME       "m.cross_signing.master"
#define SECRET     "ERERERERERERERERERERERERERERERERERERERERERE"
#define CIPHERTEXT "DYLApXZO574AOEOXtf2PFn//twrelgRa0yJWY0FfT4+90ah0ZBk8G9PfBw"
#define SECRET_MAC "deA3enNnRS7ROCEbzrwmh1RM+9OQmxDzwwCnpx9k0Cc"

static void
test_decrypt (void)
{
  g_autoptr (MxSecret) key = secret_from_hex (KEY);
  g_autoptr (MxSecret) secret =
    mx_secret_storage_decrypt (key, NAME, IV, CIPHERTEXT, SECRET_MAC, NULL);
  g_autoptr (MxSecret) padded =
    mx_secret_storage_decrypt (key, NAME, IV "==", CIPHERTEXT "==", SECRET_MAC "=", NULL);

  g_assert_cmpstr (mx_secret_get_text (secret), ==, SECRET);
  g_assert_cmpstr (mx_secret_get_text (padded), ==, SECRET);
}

static void
test_decrypt_refused (void)
{
  static const struct
  {
    const char *name;
    const char *iv;
    const char *ciphertext;
    const char *mac;
    MxCryptoError error;
  } cases[] = {
    { "m.cross_signing.self_signing", IV, CIPHERTEXT, SECRET_MAC, MX_CRYPTO_ERROR_BAD_MAC },
    { NAME, IV, CIPHERTEXT "AAA", SECRET_MAC, MX_CRYPTO_ERROR_BAD_FORMAT },
    { NAME,
      IV,
      "EYLApXZO574AOEOXtf2PFn//twrelgRa0yJWY0FfT4+90ah0ZBk8G9PfBw",
      SECRET_MAC,
      MX_CRYPTO_ERROR_BAD_MAC },
    { NAME, IV, "", SECRET_MAC, MX_CRYPTO_ERROR_BAD_MAC },
    { NAME,
      IV,
      CIPHERTEXT,
      "eeA3enNnRS7ROCEbzrwmh1RM+9OQmxDzwwCnpx9k0Cc",
      MX_CRYPTO_ERROR_BAD_MAC },
    { NAME, IV, CIPHERTEXT, "deA3", MX_CRYPTO_ERROR_BAD_FORMAT },
    { NAME, "AAEC", CIPHERTEXT, SECRET_MAC, MX_CRYPTO_ERROR_BAD_FORMAT },
    { NAME, NULL, CIPHERTEXT, SECRET_MAC, MX_CRYPTO_ERROR_BAD_FORMAT },
    { NAME, IV, NULL, SECRET_MAC, MX_CRYPTO_ERROR_BAD_FORMAT },
    { NAME, IV, CIPHERTEXT, NULL, MX_CRYPTO_ERROR_BAD_FORMAT },
  };
  g_autoptr (MxSecret) key = secret_from_hex (KEY);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("case %zu", i);
      g_assert_null (mx_secret_storage_decrypt (
        key, cases[i].name, cases[i].iv, cases[i].ciphertext, cases[i].mac, &error));
      g_assert_error (error, MX_CRYPTO_ERROR, (int) cases[i].error);
    }
}

static void
test_round_trip (void)
{
  g_autoptr (MxSecret) key = mx_secret_new_random (32);
  g_autoptr (MxSecret) secret = mx_secret_new_text (SECRET);
  g_auto (MxSealedSecret) one = { 0 };
  g_auto (MxSealedSecret) two = { 0 };
  g_auto (MxSealedSecret) description = { 0 };

  g_assert_true (mx_secret_storage_encrypt (key, NAME, secret, &one, NULL));
  g_assert_true (mx_secret_storage_encrypt (key, NAME, secret, &two, NULL));
  g_assert_true (mx_secret_storage_describe_key (key, &description, NULL));
  g_assert_cmpstr (one.iv, !=, two.iv);
  g_assert_cmpstr (one.ciphertext, !=, two.ciphertext);
  g_assert_null (description.ciphertext);

  g_autoptr (MxSecret) again =
    mx_secret_storage_decrypt (key, NAME, one.iv, one.ciphertext, one.mac, NULL);

  g_assert_true (mx_secret_equal (secret, again));
  g_assert_true (mx_secret_storage_check_key (key, description.iv, description.mac, NULL));
}

static void
test_fresh_ivs (void)
{
  g_autoptr (MxSecret) key = mx_secret_new_random (32);
  g_autoptr (MxSecret) secret = mx_secret_new_text ("x");
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < 1000; i++)
    {
      g_auto (MxSealedSecret) sealed = { 0 };
      guint8 iv[16];

      g_assert_true (mx_secret_storage_encrypt (key, NAME, secret, &sealed, NULL));
      g_assert_true (mx_base64_decode_exact (sealed.iv, iv, sizeof iv, NULL));
      g_assert_cmpint (iv[8] & 0x80, ==, 0);
      g_assert_true (g_hash_table_add (seen, g_strdup (sealed.iv)));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/e2e-122/check-key", test_check_key);
  g_test_add_func ("/crypto/e2e-122/long-iv", test_long_iv);
  g_test_add_func ("/crypto/e2e-122/key-vectors", test_key_vectors);
  g_test_add_func ("/crypto/e2e-125/passphrase", test_passphrase);
  g_test_add_func ("/crypto/e2e-127/decrypt", test_decrypt);
  g_test_add_func ("/crypto/e2e-127/refused", test_decrypt_refused);
  g_test_add_func ("/crypto/e2e-127/round-trip", test_round_trip);
  g_test_add_func ("/crypto/e2e-124/fresh-ivs", test_fresh_ivs);

  return g_test_run ();
}
