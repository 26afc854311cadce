/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-sas.h"

#include <olm/olm.h>
#include <olm/sas.h>

#include "bytes.h"
#include "mx-base64.h"
#include "mx-error.h"
#include "mx-sas-emoji.h"

static const MxSasParties for_alice = {
  .our_user_id = "@alice:example.org",
  .our_device_id = "ALICEDEV",
  .their_user_id = "@bob:example.org",
  .their_device_id = "BOBDEV",
  .transaction_id = "txn-0001",
  .we_started = TRUE,
};

static const MxSasParties for_bob = {
  .our_user_id = "@bob:example.org",
  .our_device_id = "BOBDEV",
  .their_user_id = "@alice:example.org",
  .their_device_id = "ALICEDEV",
  .transaction_id = "txn-0001",
  .we_started = FALSE,
};

#define ALICE_KEY   "SogYyrkTldLz0BXP+GYWs0qaYacUI0RleEqNT8J3riQ"
#define KEY_MAC     "0+CVB5pHkvGj6kt51sEyvUBCQEZaMVGK4tzt3CDL46A"
#define KEY_IDS_MAC "OvaZWVLhV6Ua6X/GvZDntOG9X65cADz3E2cpc7uMCic"
#define START                                                                                      \
  "{\"from_device\":\"ALICEDEV\",\"hashes\":[\"sha256\"],\"key_agreement_protocols\":"             \
  "[\"curve25519-hkdf-sha256\"],\"message_authentication_codes\":[\"hkdf-hmac-sha256.v2\","        \
  "\"hkdf-hmac-sha256\"],\"method\":\"m.sas.v1\",\"short_authentication_string\":[\"decimal\","    \
  "\"emoji\"],\"transaction_id\":\"txn-0001\"}"

static MxSas *
new_pair (const char *private_key, const char *their_key)
{
  g_autoptr (MxSecret) secret = secret_from_hex (private_key);
  g_autofree guint8 *key = bytes_from_hex (their_key, NULL);
  MxSas *sas = mx_sas_new_for_key (secret, NULL);

  g_assert_true (mx_sas_set_their_key (sas, key, NULL));

  return sas;
}

static void
check_strings (MxSas *sas, const MxSasParties *parties)
{
  static const guint expected_emoji[] = { 55, 40, 11, 53, 8, 8, 58 };
  static const char *const names[] = { "Trophy", "Gift",  "Turtle", "Aeroplane",
                                       "Panda",  "Panda", "Trumpet" };
  guint8 bytes[MX_SAS_BYTES];
  guint decimals[MX_SAS_DECIMALS];
  guint emoji[MX_SAS_EMOJI];

  g_assert_true (mx_sas_compute_bytes (sas, parties, bytes, NULL));
  assert_hex (bytes, sizeof bytes, "de82f5208eb5");

  mx_sas_get_decimals (bytes, decimals);
  g_assert_cmpuint (decimals[0], ==, 8120);
  g_assert_cmpuint (decimals[1], ==, 4028);
  g_assert_cmpuint (decimals[2], ==, 5167);

  mx_sas_get_emoji (bytes, emoji);
  for (gsize i = 0; i < MX_SAS_EMOJI; i++)
    {
      g_assert_cmpuint (emoji[i], ==, expected_emoji[i]);
      g_assert_cmpstr (mx_sas_emoji_get_name (emoji[i]), ==, names[i]);
    }
}

static void
test_bytes (void)
{
  g_autoptr (MxSas) alice = new_pair (A_PRIVATE, B_PUBLIC);
  g_autoptr (MxSas) bob = new_pair (B_PRIVATE, A_PUBLIC);

  check_strings (alice, &for_alice);
  check_strings (bob, &for_bob);
}

static void
test_bytes_depend (void)
{
  g_autoptr (MxSas) alice = new_pair (A_PRIVATE, B_PUBLIC);
  guint8 reference[MX_SAS_BYTES];
  MxSasParties variants[6];

  for (gsize i = 0; i < G_N_ELEMENTS (variants); i++)
    variants[i] = for_alice;
  variants[0].our_user_id = "@malice:example.org";
  variants[1].our_device_id = "OTHER";
  variants[2].their_user_id = "@rob:example.org";
  variants[3].their_device_id = "OTHER";
  variants[4].transaction_id = "txn-0002";
  variants[5].we_started = FALSE;

  g_assert_true (mx_sas_compute_bytes (alice, &for_alice, reference, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (variants); i++)
    {
      guint8 bytes[MX_SAS_BYTES];

      g_assert_true (mx_sas_compute_bytes (alice, &variants[i], bytes, NULL));
      g_assert_cmpint (memcmp (bytes, reference, sizeof bytes), !=, 0);
    }
}

static void
test_ranges (void)
{
  const guint8 zero[MX_SAS_BYTES] = { 0 };
  const guint8 full[MX_SAS_BYTES] = { 255, 255, 255, 255, 255, 255 };
  guint decimals[MX_SAS_DECIMALS];
  guint emoji[MX_SAS_EMOJI];

  mx_sas_get_decimals (zero, decimals);
  mx_sas_get_emoji (zero, emoji);
  for (gsize i = 0; i < MX_SAS_DECIMALS; i++)
    g_assert_cmpuint (decimals[i], ==, 1000);
  for (gsize i = 0; i < MX_SAS_EMOJI; i++)
    g_assert_cmpuint (emoji[i], ==, 0);

  mx_sas_get_decimals (full, decimals);
  mx_sas_get_emoji (full, emoji);
  for (gsize i = 0; i < MX_SAS_DECIMALS; i++)
    g_assert_cmpuint (decimals[i], ==, 9191);
  for (gsize i = 0; i < MX_SAS_EMOJI; i++)
    g_assert_cmpuint (emoji[i], ==, 63);
}

static void
test_emoji_table (void)
{
  g_autoptr (GHashTable) symbols = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < 64; i++)
    {
      g_assert_true (g_hash_table_add (symbols, (gpointer) mx_sas_emoji_get_symbol (i)));
      g_assert_true (g_hash_table_add (names, (gpointer) mx_sas_emoji_get_name (i)));
    }
  g_assert_cmpstr (mx_sas_emoji_get_symbol (0), ==, "🐶");
  g_assert_cmpstr (mx_sas_emoji_get_symbol (63), ==, "📌");
}

static void
test_commitment (void)
{
  /* 1: ours; 2: of matrix-rust-sdk */
  static const char *const cases[][3] = {
    { "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08",
      START,
      "QiP7ht/TEZJAMaTPuBAFSqGoCg7KANrdfSriWF9wwzQ" },
    { "Q/NmNFEUS1fS+YeEmiZkjjblKTitrKOAk7cPEumcMlg",
      "{\"from_device\":\"XOWLHHFSWM\",\"transaction_id\":\"bYxBsirjUJO9osar6ST4i2M2NjrYLA7l\","
      "\"method\":\"m.sas.v1\",\"key_agreement_protocols\":[\"curve25519-hkdf-sha256\","
      "\"curve25519\"],\"hashes\":[\"sha256\"],\"message_authentication_codes\":"
      "[\"hkdf-hmac-sha256\",\"hmac-sha256\"],\"short_authentication_string\":[\"decimal\","
      "\"emoji\"]}",
      "CCQmB4JCdB0FW21FdAnHj/Hu8+W9+Nb0vgwPEnZZQ4g" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MxJsonDocument) document = mx_json_document_parse (cases[i][1], -1, NULL);
      MxJson start = mx_json_document_root (document);
      guint8 key[MX_CURVE25519_KEY_SIZE];
      g_autofree char *commitment = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (mx_base64_decode_exact (cases[i][0], key, sizeof key, NULL));
      commitment = mx_sas_compute_commitment (key, start, NULL);
      g_assert_cmpstr (commitment, ==, cases[i][2]);
      g_assert_true (mx_sas_check_commitment (commitment, key, start, NULL));
      g_assert_false (mx_sas_check_commitment (NULL, key, start, NULL));
      key[0] ^= 1;
      g_assert_false (mx_sas_check_commitment (commitment, key, start, &error));
      g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_MAC);
    }
}

/* Members that nobody knows are part of what was received. */
static void
test_commitment_unknown_members (void)
{
  g_autoptr (MxJsonDocument) plain = mx_json_document_parse ("{\"a\":1}", -1, NULL);
  g_autoptr (MxJsonDocument) more =
    mx_json_document_parse ("{\"a\":1,\"signatures\":{}}", -1, NULL);
  g_autoptr (MxJsonDocument) floats = mx_json_document_parse ("{\"a\":1.5}", -1, NULL);
  const guint8 key[MX_CURVE25519_KEY_SIZE] = { 9 };
  g_autofree char *one = mx_sas_compute_commitment (key, mx_json_document_root (plain), NULL);
  g_autofree char *two = mx_sas_compute_commitment (key, mx_json_document_root (more), NULL);

  g_assert_cmpstr (one, !=, two);
  g_assert_null (mx_sas_compute_commitment (key, mx_json_document_root (floats), NULL));
}

static void
test_mac (void)
{
  g_autoptr (MxSas) alice = new_pair (A_PRIVATE, B_PUBLIC);
  g_autoptr (MxSas) bob = new_pair (B_PRIVATE, A_PUBLIC);
  g_autofree char *sent = mx_sas_compute_mac (
    alice, MX_SAS_MAC_HKDF_HMAC_SHA256_V2, &for_alice, TRUE, "ed25519:ALICEDEV", ALICE_KEY, NULL);
  g_autofree char *expected = mx_sas_compute_mac (
    bob, MX_SAS_MAC_HKDF_HMAC_SHA256_V2, &for_bob, FALSE, "ed25519:ALICEDEV", ALICE_KEY, NULL);
  g_autofree char *ids = mx_sas_compute_mac (
    alice, MX_SAS_MAC_HKDF_HMAC_SHA256_V2, &for_alice, TRUE, "KEY_IDS", "ed25519:ALICEDEV", NULL);

  g_assert_cmpstr (sent, ==, KEY_MAC);
  g_assert_cmpstr (expected, ==, KEY_MAC);
  g_assert_cmpstr (ids, ==, KEY_IDS_MAC);
}

/* libolm with the same private key: both methods, and the bytes. */
static void
test_against_libolm (void)
{
  static const char info[] = "MATRIX_KEY_VERIFICATION_MAC@alice:example.orgALICEDEV"
                             "@bob:example.orgBOBDEVtxn-0001ed25519:ALICEDEV";
  g_autofree guint8 *private_key = bytes_from_hex (A_PRIVATE, NULL);
  char their_key[] = "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08";
  OlmSAS *olm = olm_sas (g_malloc (olm_sas_size ()));
  g_autofree char *v1 = g_malloc0 (olm_sas_mac_length (olm) + 1);
  g_autofree char *v2 = g_malloc0 (olm_sas_mac_length (olm) + 1);
  g_autoptr (MxSas) alice = new_pair (A_PRIVATE, B_PUBLIC);
  g_autofree char *our_v1 = mx_sas_compute_mac (
    alice, MX_SAS_MAC_HKDF_HMAC_SHA256, &for_alice, TRUE, "ed25519:ALICEDEV", ALICE_KEY, NULL);

  g_assert_cmpuint (olm_create_sas (olm, private_key, 32), !=, olm_error ());
  g_assert_cmpuint (olm_sas_set_their_key (olm, their_key, strlen (their_key)), !=, olm_error ());
  g_assert_cmpuint (olm_sas_calculate_mac (olm,
                                           ALICE_KEY,
                                           strlen (ALICE_KEY),
                                           info,
                                           strlen (info),
                                           v1,
                                           olm_sas_mac_length (olm)),
                    !=,
                    olm_error ());
  g_assert_cmpuint (olm_sas_calculate_mac_fixed_base64 (olm,
                                                        ALICE_KEY,
                                                        strlen (ALICE_KEY),
                                                        info,
                                                        strlen (info),
                                                        v2,
                                                        olm_sas_mac_length (olm)),
                    !=,
                    olm_error ());
  g_assert_cmpstr (v2, ==, KEY_MAC);
  g_assert_cmpstr (our_v1, ==, v1);
  g_assert_cmpstr (v1, !=, v2);

  olm_clear_sas (olm);
  g_free (olm);
}

static const MxSasKey alice_keys[] = {
  { "ed25519:ALICEDEV", ALICE_KEY },
  { "ed25519:MASTER", "F4uCNNlcbRvc7CfBz95ZGWBvY1ALniG1J8+6rhVoKS0" },
};

/* What Alice sends: MACs of keys (id, input pairs), and of the list ids. */
static MxJsonDocument *
new_mac_content (MxSasMacMethod method, const MxSasKey *keys, gsize n_keys, const char *ids)
{
  g_autoptr (MxSas) alice = new_pair (A_PRIVATE, B_PUBLIC);
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *ids_mac =
    mx_sas_compute_mac (alice, method, &for_alice, TRUE, "KEY_IDS", ids, NULL);
  g_autofree char *text = NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_begin_object (writer, "mac");
  for (gsize i = 0; i < n_keys; i++)
    {
      g_autofree char *mac =
        mx_sas_compute_mac (alice, method, &for_alice, TRUE, keys[i].key_id, keys[i].key, NULL);

      mx_json_add_string (writer, keys[i].key_id, mac);
    }
  mx_json_end (writer);
  mx_json_add_string (writer, "keys", ids_mac);
  mx_json_end (writer);
  text = mx_json_writer_to_text (writer);

  return mx_json_document_parse (text, -1, NULL);
}

static GStrv
verify (MxJsonDocument *content, MxSasMacMethod method, GError **error)
{
  g_autoptr (MxSas) bob = new_pair (B_PRIVATE, A_PUBLIC);

  return mx_sas_verify_macs (bob,
                             method,
                             &for_bob,
                             mx_json_document_root (content),
                             alice_keys,
                             G_N_ELEMENTS (alice_keys),
                             error);
}

static void
test_verify (void)
{
  const MxSasMacMethod methods[] = { MX_SAS_MAC_HKDF_HMAC_SHA256, MX_SAS_MAC_HKDF_HMAC_SHA256_V2 };
  static const MxSasKey reversed_and_more[] = {
    { "ed25519:UNKNOWN", "xxx" },
    { "ed25519:MASTER", "F4uCNNlcbRvc7CfBz95ZGWBvY1ALniG1J8+6rhVoKS0" },
    { "ed25519:ALICEDEV", ALICE_KEY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (MxJsonDocument) one =
        new_mac_content (methods[i], alice_keys, 1, "ed25519:ALICEDEV");
      g_autoptr (MxJsonDocument) all =
        new_mac_content (methods[i],
                         reversed_and_more,
                         3,
                         "ed25519:ALICEDEV,ed25519:MASTER,ed25519:UNKNOWN");
      g_auto (GStrv) verified_one = verify (one, methods[i], NULL);
      g_auto (GStrv) verified_all = verify (all, methods[i], NULL);

      g_assert_cmpuint (g_strv_length (verified_one), ==, 1);
      g_assert_cmpstr (verified_one[0], ==, "ed25519:ALICEDEV");
      g_assert_cmpuint (g_strv_length (verified_all), ==, 2);
    }
}

static void
check_refused (MxJsonDocument *content, MxCryptoError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (content);
  g_assert_null (verify (content, MX_SAS_MAC_HKDF_HMAC_SHA256_V2, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, (int) code);
}

static void
test_verify_refused (void)
{
  const MxSasMacMethod v2 = MX_SAS_MAC_HKDF_HMAC_SHA256_V2;
  static const MxSasKey altered[] = {
    { "ed25519:ALICEDEV", ALICE_KEY },
    { "ed25519:MASTER", "AAAANNlcbRvc7CfBz95ZGWBvY1ALniG1J8+6rhVoKS0" },
  };
  static const MxSasKey unknown[] = { { "ed25519:UNKNOWN", "xxx" } };
  g_autoptr (MxJsonDocument) one_wrong =
    new_mac_content (v2, altered, 2, "ed25519:ALICEDEV,ed25519:MASTER");
  g_autoptr (MxJsonDocument) only_unknown = new_mac_content (v2, unknown, 1, "ed25519:UNKNOWN");
  g_autoptr (MxJsonDocument) empty = new_mac_content (v2, NULL, 0, "");
  g_autoptr (MxJsonDocument) added = new_mac_content (v2, alice_keys, 2, "ed25519:ALICEDEV");
  g_autoptr (MxJsonDocument) removed =
    new_mac_content (v2, alice_keys, 1, "ed25519:ALICEDEV,ed25519:MASTER");
  g_autoptr (MxJsonDocument) other_method =
    new_mac_content (MX_SAS_MAC_HKDF_HMAC_SHA256, alice_keys, 1, "ed25519:ALICEDEV");
  g_autoptr (MxJsonDocument) nothing = mx_json_document_parse ("{}", -1, NULL);
  g_autoptr (MxJsonDocument) wrong_types =
    mx_json_document_parse ("{\"mac\":{\"ed25519:ALICEDEV\":1},\"keys\":2}", -1, NULL);
  g_autoptr (MxJsonDocument) no_key_macs =
    mx_json_document_parse ("{\"mac\":{\"ed25519:ALICEDEV\":null},\"keys\":\"" KEY_IDS_MAC "\"}",
                            -1,
                            NULL);

  check_refused (one_wrong, MX_CRYPTO_ERROR_BAD_MAC);
  check_refused (only_unknown, MX_CRYPTO_ERROR_BAD_MAC);
  check_refused (empty, MX_CRYPTO_ERROR_BAD_MAC);
  check_refused (added, MX_CRYPTO_ERROR_BAD_MAC);
  check_refused (removed, MX_CRYPTO_ERROR_BAD_MAC);
  check_refused (other_method, MX_CRYPTO_ERROR_BAD_MAC);
  check_refused (nothing, MX_CRYPTO_ERROR_BAD_FORMAT);
  check_refused (wrong_types, MX_CRYPTO_ERROR_BAD_MAC);
  check_refused (no_key_macs, MX_CRYPTO_ERROR_BAD_MAC);
}

/* Our own message, sent back to us, verifies nothing. */
static void
test_reflected (void)
{
  g_autoptr (MxSas) alice = new_pair (A_PRIVATE, B_PUBLIC);
  g_autoptr (MxJsonDocument) own =
    new_mac_content (MX_SAS_MAC_HKDF_HMAC_SHA256_V2, alice_keys, 1, "ed25519:ALICEDEV");

  g_assert_null (mx_sas_verify_macs (alice,
                                     MX_SAS_MAC_HKDF_HMAC_SHA256_V2,
                                     &for_alice,
                                     mx_json_document_root (own),
                                     alice_keys,
                                     2,
                                     NULL));
}

static void
test_bad_key (void)
{
  g_autoptr (MxSas) sas = mx_sas_new ();
  const guint8 zero[MX_CURVE25519_KEY_SIZE] = { 0 };
  g_autoptr (GError) error = NULL;

  g_assert_false (mx_sas_set_their_key (sas, zero, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
}

static void
test_fresh_keys (void)
{
  g_autoptr (MxSas) a = mx_sas_new ();
  g_autoptr (MxSas) b = mx_sas_new ();
  guint8 bytes_a[MX_SAS_BYTES];
  guint8 bytes_b[MX_SAS_BYTES];

  g_assert_cmpint (memcmp (mx_sas_get_public_key (a), mx_sas_get_public_key (b), 32), !=, 0);
  g_assert_true (mx_sas_set_their_key (a, mx_sas_get_public_key (b), NULL));
  g_assert_true (mx_sas_set_their_key (b, mx_sas_get_public_key (a), NULL));
  g_assert_true (mx_sas_compute_bytes (a, &for_alice, bytes_a, NULL));
  g_assert_true (mx_sas_compute_bytes (b, &for_bob, bytes_b, NULL));
  g_assert_cmpmem (bytes_a, sizeof bytes_a, bytes_b, sizeof bytes_b);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/e2e-111/sas-bytes", test_bytes);
  g_test_add_func ("/crypto/e2e-111/depend-on-everything", test_bytes_depend);
  g_test_add_func ("/crypto/e2e-111/ranges", test_ranges);
  g_test_add_func ("/crypto/e2e-111/emoji-table", test_emoji_table);
  g_test_add_func ("/crypto/e2e-111/fresh-keys", test_fresh_keys);
  g_test_add_func ("/crypto/e2e-108/commitment", test_commitment);
  g_test_add_func ("/crypto/e2e-108/unknown-members", test_commitment_unknown_members);
  g_test_add_func ("/crypto/e2e-110/bad-key", test_bad_key);
  g_test_add_func ("/crypto/e2e-112/mac", test_mac);
  g_test_add_func ("/crypto/e2e-112/against-libolm", test_against_libolm);
  g_test_add_func ("/crypto/e2e-113/verify", test_verify);
  g_test_add_func ("/crypto/e2e-113/refused", test_verify_refused);
  g_test_add_func ("/crypto/e2e-113/reflected", test_reflected);

  return g_test_run ();
}
