/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-recovery-key.h"

#include "bytes.h"
#include "mx-error.h"

static void
test_vectors (void)
{
  static const struct
  {
    const char *bytes;
    const char *text;
  } cases[] = {
    { A_PRIVATE, "EsTc LW2K PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d" },
    { "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
      "EsSz ykH7 LCZx 7Cae cmKD wcmY JRXi Ybtu 8iQ3 t8Ez nRwK pUY1" },
    { "9fbd46bb345171c6f6022c9a25d5681ba54eec6a6c4953f3adc0b96e9d91ada3",
      "EsTp RvZT njck 8Yrh RAtw XLS8 4Nr2 r9S9 LGAW DaEx VAPB vLRK" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MxSecret) key = secret_from_hex (cases[i].bytes);
      g_autoptr (MxSecret) text = mx_recovery_key_encode (key);
      g_autoptr (MxSecret) again = mx_recovery_key_decode (cases[i].text, NULL);

      g_assert_cmpstr (mx_secret_get_text (text), ==, cases[i].text);
      g_assert_true (mx_secret_equal (key, again));
    }
}

static void
test_white_space (void)
{
  static const char *const texts[] = {
    "EsTcLW2KPGiFwKEA3As5g5c4BXwkqeeJZJV8Q9fugUMNUE4d",
    "  EsTc\tLW2K\nPGiF  wKEA 3As5 g5c4\r\nBXwk qeeJ ZJV8 Q9fu gUMN U E 4 d \n",
    "EsTc\302\240LW2K\342\200\257PGiF wKEA 3As5 g5c4 BXwk qeeJ ZJV8 Q9fu gUMN UE4d",
  };
  g_autoptr (MxSecret) key = secret_from_hex (A_PRIVATE);

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MxSecret) decoded = mx_recovery_key_decode (texts[i], &error);

      g_assert_no_error (error);
      g_assert_true (mx_secret_equal (key, decoded));
    }
}

static void
test_errors (void)
{
  static const struct
  {
    const char *text;
    MxRecoveryKeyError error;
  } cases[] = {
    { "AATpRvZTnjck8YrhRAtwXLS84Nr0OIl", MX_RECOVERY_KEY_ERROR_ALPHABET },
    { "EsTc-LW2K", MX_RECOVERY_KEY_ERROR_ALPHABET },
    { "EsTc é", MX_RECOVERY_KEY_ERROR_ALPHABET },
    { "EsTc \xff", MX_RECOVERY_KEY_ERROR_ALPHABET },
    { "", MX_RECOVERY_KEY_ERROR_LENGTH },
    { "AATpRvZTnjck8YrhRAtwXLS84Nr2r9S9", MX_RECOVERY_KEY_ERROR_LENGTH },
    { "EsTcLW2KPGiFwKEA3As5g5c4BXwkqeeJZJV8Q9fugUMNUE4d1", MX_RECOVERY_KEY_ERROR_LENGTH },
    { "AATpRvZTnjck8YrhRAtwXLS84Nr2r9S9LGAWDaExVAPBvLRk", MX_RECOVERY_KEY_ERROR_PREFIX },
    { "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", MX_RECOVERY_KEY_ERROR_PREFIX },
    { "111111111111111111111111111111111111111111111111", MX_RECOVERY_KEY_ERROR_PREFIX },
    { "EsTpRvZTnjck8YrhRAtwXLS84Nr2r9S9LGAWDaExVAPBvLRk", MX_RECOVERY_KEY_ERROR_PARITY },
    { "EsTcLW2KPGiFwKEA3As5g5c4BXwkqeeJZJV8Q9fugUMNUE4e", MX_RECOVERY_KEY_ERROR_PARITY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("case %zu", i);
      g_assert_null (mx_recovery_key_decode (cases[i].text, &error));
      g_assert_error (error, MX_RECOVERY_KEY_ERROR, (int) cases[i].error);
    }
}

static void
test_long_input (void)
{
  g_autofree char *text = g_strnfill (1000000, 'z');
  g_autoptr (GError) error = NULL;

  g_assert_null (mx_recovery_key_decode (text, &error));
  g_assert_error (error, MX_RECOVERY_KEY_ERROR, MX_RECOVERY_KEY_ERROR_LENGTH);
}

static void
test_round_trip (void)
{
  for (int i = 0; i < 200; i++)
    {
      g_autoptr (MxSecret) key = mx_secret_new_random (MX_RECOVERY_KEY_SIZE);
      g_autoptr (MxSecret) text = mx_recovery_key_encode (key);
      g_autoptr (MxSecret) again = mx_recovery_key_decode (mx_secret_get_text (text), NULL);

      g_assert_cmpuint (strlen (mx_secret_get_text (text)), ==, 59);
      g_assert_true (mx_secret_equal (key, again));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/e2e-126/vectors", test_vectors);
  g_test_add_func ("/crypto/e2e-126/white-space", test_white_space);
  g_test_add_func ("/crypto/e2e-126/errors", test_errors);
  g_test_add_func ("/crypto/e2e-126/long-input", test_long_input);
  g_test_add_func ("/crypto/e2e-126/round-trip", test_round_trip);

  return g_test_run ();
}
