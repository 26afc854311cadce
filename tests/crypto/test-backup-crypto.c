/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-backup-crypto.h"

#include "bytes.h"
#include "mx-base64.h"
#include "mx-error.h"
#include "mx-json.h"

static void
test_vector (void)
{
  g_autoptr (MxSecret) key = secret_from_hex (A_PRIVATE);
  g_autoptr (MxSecret) text =
    mx_backup_decrypt (key,
                       "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08",
                       "9lq9DgATQh0Ey5ZaVGHfoeMtfpavaYtV17dAmUZKJ5IsMo3vTYCeZjljgSrizXB+",
                       "zpzU6BkZcNI",
                       NULL);

  g_assert_nonnull (text);
  g_assert_cmpstr (mx_secret_get_text (text), ==, "{\"algorithm\":\"m.megolm.v1.aes-sha2\"}");
}

/* Entries of the tests of matrix-rust-sdk and of matrix-js-sdk. */
static void
test_peers (void)
{
  static const struct
  {
    const char *key;
    const char *ephemeral;
    const char *ciphertext;
    const char *mac;
  } cases[] = {
    { "Ha9cklU/9NqFo9WKdVfGzmqUL/9wlkdxfEitbSIPVXw",
      "HlLi76oV6wxHz3PCqE/bxJi6yF1HnYz5Dq3T+d/KpRw",
      "MuM8E3Yc6TSAvhVGb77rQ++jE6p9dRepx63/3YPD2wACKAppkZHeFrnTH6wJ/HSyrmzo7HfwqVl6tKNpfooSTHqUf6x1"
      "LHz+h4B/Id5ITO1WYt16AaI40LOnZqTkJZCfSPuE2oxalwEHnCS3biWybutcnrBFPR3LMtaeHvvkb+k3ny9l5ZpsU9G7"
      "vCm3XoeYkWfLekWXvDhbqWrylXD0+CNUuaQJ/S527TzLd4XKctqVjjO/cCH7q+9utt9WJAfK8LGaWT/mZ3AeWjf5kiqO"
      "pKKf5Cn4n5SSil5p/pvGYmjnURvZSEeQIzHgvunIBEPtzK/MYEPOXe/P5achNGlCx+5N19Ftyp9TFaTFlTWCTi0mpD7e"
      "PfCNISrwpozAz9HZc0OhA8+1aSc7rhYFIeAYXFU326NuFIFHI5pvpSxjzPQlOA+mavIKmiRAtjlLw11IVKTxgrdT4N8l"
      "XeMr4ndCSmvIkAzFMo1uZA4fzjiAdQJE4/2WeXFNNpvdfoYmX8Zl9CAYjpSO5HvpwkAbk4/iLEH3hDfCVUwDfMh05PdG"
      "LnxeRpiEFWSMSsJNp+OWAA+5JsF41BoRGrxoXXT+VKqlUDONd+O296Psu8Q+d8/S618",
      "GtMrurhDTwo" },
    { "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=",
      "q+P1WdRtEiPIEtNuuGrRcueZxUbLnSKdsuTAkxewXgU",
      "r6HRk2/Im2yJe5cLP8R81aVjFWjYWPHpw7TVxphiSK1cdIDZTTK57r6MfU+0i/mTPn+/PosT74OvYwCnehy2d1BPGxhD"
      "l8AhPcBu3//Kzlq2o5CssPsw+88gRehkAsPg9Zp5G9sL9to6giltvTWTbsaQpmvv3HLmBOYSFIxvyZrOT/Ffqu325f0I"
      "EsKcyV2BdIkw8Ob9Xt+VWoe4MYEGG6y1T8W125zeFgKWI4Ow76uput64H9zZjIo+Cc+hCTO9Ea4EnosSjizCotevkNck"
      "7C/zGgfhBikiohROb6SbaZgxicSsEDZ+f7brnri9yP3iXS3PMDHHpa1+XzG2VOG/Y9OQZpkPq+pbLrCC+NWJeJPslDAK"
      "5i+RURwzjnPmaHKCRHTq86CwhFyiCDf61MGwCY3xjrmBJg44BCdxWqCx0YJvwsvVqqnl4vTieUfrwThNPsQ81aVkDHvl"
      "mrgrTt8icDa8jTJhu34jem+pbRSEM5aJikV4B+zYiLz+dH/v6UpYA2eG8ReOvwpPXp6CAcIlplRPpWbMBeLFVcPkT4KA"
      "XTp9exFpB4on4pf8OsaDomlt4qAA0rhAZmhPWPKcU/A0Tz4gyMu54OivVtw1SPj+5Iq+YDQ8jB6Po3ApzMf6fwF9x/Fj"
      "evbboFB05X2Jr0NrbFqXMOUwXHMgDAGiIWX8+gkmmbaiNWqg2etjN94pobQSGZelb18XGN7kuwMk+Zwk7A",
      "OibmACbORhI" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MxSecret) key = mx_base64_decode_secret (cases[i].key, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (MxSecret) text =
        mx_backup_decrypt (key, cases[i].ephemeral, cases[i].ciphertext, cases[i].mac, &error);
      g_autoptr (MxJsonDocument) document = NULL;

      g_assert_no_error (error);
      document = mx_json_document_parse (mx_secret_get_text (text), -1, NULL);
      g_assert_nonnull (document);
      g_assert_cmpstr (mx_json_get_string (mx_json_document_root (document), "algorithm"),
                       ==,
                       "m.megolm.v1.aes-sha2");
    }
}

static void
test_round_trip (void)
{
  guint8 public_key[MX_CURVE25519_KEY_SIZE];
  g_autoptr (MxSecret) key = mx_curve25519_generate (public_key);

  for (gsize size = 0; size < 50; size++)
    {
      g_autoptr (MxSecret) plain = mx_secret_new_random (size);
      g_auto (MxBackupData) data = { 0 };
      g_autoptr (MxSecret) again = NULL;

      g_assert_true (mx_backup_encrypt (public_key, plain, &data, NULL));
      again = mx_backup_decrypt (key, data.ephemeral, data.ciphertext, data.mac, NULL);
      g_assert_true (mx_secret_equal (plain, again));
    }
}

static void
test_wrong_key (void)
{
  guint8 public_key[MX_CURVE25519_KEY_SIZE];
  guint8 other_public[MX_CURVE25519_KEY_SIZE];
  g_autoptr (MxSecret) key = mx_curve25519_generate (public_key);
  g_autoptr (MxSecret) other = mx_curve25519_generate (other_public);
  g_autoptr (MxSecret) plain = mx_secret_new_text ("{}");
  g_auto (MxBackupData) data = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (mx_backup_encrypt (public_key, plain, &data, NULL));
  g_assert_null (mx_backup_decrypt (other, data.ephemeral, data.ciphertext, data.mac, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_MAC);
}

/* The MAC says nothing about the ciphertext. That is the format, and why callers look into the
 * result. */
static void
test_mac_is_of_nothing (void)
{
  guint8 public_key[MX_CURVE25519_KEY_SIZE];
  g_autoptr (MxSecret) key = mx_curve25519_generate (public_key);
  g_autoptr (MxSecret) plain = mx_secret_new_text ("a text that is longer than two blocks of AES");
  g_auto (MxBackupData) data = { 0 };
  g_autoptr (MxSecret) garbled = NULL;

  g_assert_true (mx_backup_encrypt (public_key, plain, &data, NULL));
  data.ciphertext[0] = data.ciphertext[0] == 'A' ? 'B' : 'A';
  garbled = mx_backup_decrypt (key, data.ephemeral, data.ciphertext, data.mac, NULL);
  g_assert_nonnull (garbled);
  g_assert_false (mx_secret_equal (garbled, plain));
}

static void
test_refused (void)
{
#define EPHEMERAL  "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08"
#define CIPHERTEXT "9lq9DgATQh0Ey5ZaVGHfoeMtfpavaYtV17dAmUZKJ5IsMo3vTYCeZjljgSrizXB+"
#define MAC        "zpzU6BkZcNI"
  static const struct
  {
    const char *ephemeral;
    const char *ciphertext;
    const char *mac;
    MxCryptoError error;
  } cases[] = {
    { NULL, CIPHERTEXT, MAC, MX_CRYPTO_ERROR_BAD_FORMAT },
    { EPHEMERAL, NULL, MAC, MX_CRYPTO_ERROR_BAD_FORMAT },
    { EPHEMERAL, CIPHERTEXT, NULL, MX_CRYPTO_ERROR_BAD_FORMAT },
    { "AAAA", CIPHERTEXT, MAC, MX_CRYPTO_ERROR_BAD_FORMAT },
    { "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", CIPHERTEXT, MAC, MX_CRYPTO_ERROR_BAD_KEY },
    { EPHEMERAL, "9lq9DgATQh0Ey5Za", MAC, MX_CRYPTO_ERROR_BAD_FORMAT },
    { EPHEMERAL, "", MAC, MX_CRYPTO_ERROR_BAD_FORMAT },
    { EPHEMERAL, "*", MAC, MX_CRYPTO_ERROR_BAD_FORMAT },
    { EPHEMERAL, CIPHERTEXT, "zpzU6BkZcNA", MX_CRYPTO_ERROR_BAD_MAC },
    { EPHEMERAL, CIPHERTEXT, "zpzU6BkZcNIA", MX_CRYPTO_ERROR_BAD_FORMAT },
  };
  g_autoptr (MxSecret) key = secret_from_hex (A_PRIVATE);
  g_autoptr (MxSecret) small = mx_secret_new_random (16);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("case %zu", i);
      g_assert_null (
        mx_backup_decrypt (key, cases[i].ephemeral, cases[i].ciphertext, cases[i].mac, &error));
      g_assert_error (error, MX_CRYPTO_ERROR, (int) cases[i].error);
    }
  g_assert_null (mx_backup_decrypt (small, EPHEMERAL, CIPHERTEXT, MAC, NULL));
}

static void
test_bad_recipient (void)
{
  const guint8 zero[MX_CURVE25519_KEY_SIZE] = { 0 };
  g_autoptr (MxSecret) plain = mx_secret_new_text ("{}");
  g_auto (MxBackupData) data = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (mx_backup_encrypt (zero, plain, &data, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
  g_assert_null (data.ciphertext);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/e2e-131/vector", test_vector);
  g_test_add_func ("/crypto/e2e-131/peers", test_peers);
  g_test_add_func ("/crypto/e2e-131/round-trip", test_round_trip);
  g_test_add_func ("/crypto/e2e-131/mac-is-of-nothing", test_mac_is_of_nothing);
  g_test_add_func ("/crypto/e2e-131/refused", test_refused);
  g_test_add_func ("/crypto/e2e-131/bad-recipient", test_bad_recipient);
  g_test_add_func ("/crypto/e2e-138/wrong-key", test_wrong_key);

  return g_test_run ();
}
