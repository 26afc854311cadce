/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-cross-signing.h"

#include <string.h>

#include "mx-base64.h"
#include "mx-error.h"

#define USER              "@alice:localhost"
#define MASTER            "J+5An10v1vzZpAXTYFokD1/PEVccFnLC61EfRXit0UY"
#define MASTER_SEED       "ZG95b3VzcGVha3doYWFhYWFhYWFhYWFhYWFhYWFhbGU"
#define SELF              "aU2+2CyXQTCuDcmWW0EL2bhJ6PdjFW2LbAsbHqf02AY"
#define SELF_SEED         "c2VsZnNlbGZzZWxmc2VsZnNlbGZzZWxmc2VsZnNlbGY"
#define USER_SIGNING_SEED "dXNlcnVzZXJ1c2VydXNlcnVzZXJ1c2VydXNlcnVzZXI"

#define KEY_JSON(user, usage, id, value)                                                           \
  "{\"user_id\":\"" user "\",\"usage\":" usage ",\"keys\":{\"" id "\":\"" value "\"}}"

/* The keys that matrix-js-sdk's test data have for these seeds, with the same signatures. */
static void
test_against_peer (void)
{
  static const struct
  {
    const char *seed;
    MxCrossSigningUsage usage;
    const char *usage_text;
    const char *signature;
  } cases[] = {
    { MASTER_SEED, MX_CROSS_SIGNING_MASTER, "master", NULL },
    { SELF_SEED,
      MX_CROSS_SIGNING_SELF_SIGNING,
      "self_signing",
      "XfhYEhZmOs8BJdb3viatILBZ/bElsHXEW28V4tIaY5CxrBR0YOym3yZHWmRmypXessHZAKOhZn3yBMXzdajyCw" },
    { USER_SIGNING_SEED,
      MX_CROSS_SIGNING_USER_SIGNING,
      "user_signing",
      "6AkD1XM2H0/ebgP9oBdMKNeft7uxsrb0XN1CsjjHgeZCvCTMmv3BHlLiT/Hzy4fe8H+S1tr484dcXN/PIdnfDA" },
  };
  g_autoptr (MxSecret) master = mx_base64_decode_secret (MASTER_SEED, NULL);
  guint8 master_key[32];

  g_assert_true (mx_signature_derive_public (master, master_key, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MxSecret) seed = mx_base64_decode_secret (cases[i].seed, NULL);
      g_autofree char *text = mx_cross_signing_new_key (seed,
                                                        cases[i].usage,
                                                        USER,
                                                        cases[i].signature != NULL ? master : NULL,
                                                        NULL);
      g_autoptr (MxJsonDocument) document = mx_json_document_parse (text, -1, NULL);
      MxJson root = mx_json_document_root (document);
      guint8 key[32];

      g_assert_cmpuint (mx_json_size (mx_json_get (root, "usage")), ==, 1);
      g_assert_cmpstr (mx_json_string (mx_json_at (mx_json_get (root, "usage"), 0)),
                       ==,
                       cases[i].usage_text);
      g_assert_cmpstr (mx_json_string (
                         mx_json_path (root, "signatures", USER, "ed25519:" MASTER, NULL)),
                       ==,
                       cases[i].signature);
      g_assert_true (mx_cross_signing_parse_key (root, cases[i].usage, USER, key, NULL));
      g_assert_true (mx_cross_signing_check_seed (seed, key, NULL));
      g_assert_cmpint (mx_cross_signing_verify (root, USER, master_key, NULL),
                       ==,
                       cases[i].signature != NULL);
    }
}

static void
test_parse_refused (void)
{
  static const char *const bad[] = {
    "{}",
    "[]",
    KEY_JSON ("@bob:localhost", "[\"master\"]", "ed25519:" MASTER, MASTER),
    KEY_JSON (USER, "[\"self_signing\"]", "ed25519:" MASTER, MASTER),
    KEY_JSON (USER, "[]", "ed25519:" MASTER, MASTER),
    KEY_JSON (USER, "\"master\"", "ed25519:" MASTER, MASTER),
    KEY_JSON (USER, "[\"master\"]", "ed25519:" SELF, MASTER),
    KEY_JSON (USER, "[\"master\"]", "curve25519:" MASTER, MASTER),
    KEY_JSON (USER, "[\"master\"]", "ed25519:", ""),
    KEY_JSON (USER,
              "[\"master\"]",
              "ed25519:AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
              "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    "{\"user_id\":\"" USER "\",\"usage\":[\"master\"],\"keys\":{\"ed25519:" MASTER "\":\"" MASTER
    "\",\"ed25519:" SELF "\":\"" SELF "\"}}",
    "{\"user_id\":\"" USER "\",\"usage\":[\"master\"],\"keys\":[\"" MASTER "\"]}",
    "{\"user_id\":\"" USER "\",\"usage\":[\"master\"],\"keys\":{}}",
  };
  g_autoptr (MxJsonDocument) good =
    mx_json_document_parse (KEY_JSON (USER, "[\"master\"]", "ed25519:" MASTER, MASTER), -1, NULL);
  guint8 key[32];

  g_assert_true (mx_cross_signing_parse_key (mx_json_document_root (good),
                                             MX_CROSS_SIGNING_MASTER,
                                             USER,
                                             key,
                                             NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (MxJsonDocument) document = mx_json_document_parse (bad[i], -1, NULL);
      g_autoptr (GError) error = NULL;

      g_test_message ("case %zu", i);
      g_assert_nonnull (document);
      g_assert_false (mx_cross_signing_parse_key (mx_json_document_root (document),
                                                  MX_CROSS_SIGNING_MASTER,
                                                  USER,
                                                  key,
                                                  &error));
      g_assert_nonnull (error);
    }
}

static void
test_sign_object (void)
{
  g_autoptr (MxSecret) seed = mx_secret_new_random (32);
  g_autoptr (MxSecret) other = mx_secret_new_random (32);
  g_autoptr (MxJsonDocument) object = mx_json_document_parse (
    "{\"b\":2,\"a\":[1],\"unsigned\":{\"x\":1.5},\"signatures\":{\"@bob:x\":{\"ed25519:D\":\"s\"}}}",
    -1,
    NULL);
  g_autofree char *text = mx_cross_signing_sign (mx_json_document_root (object), USER, seed, NULL);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (text, -1, NULL);
  MxJson root = mx_json_document_root (document);
  guint8 key[32];
  guint8 other_key[32];

  g_assert_true (mx_signature_derive_public (seed, key, NULL));
  g_assert_true (mx_signature_derive_public (other, other_key, NULL));
  g_assert_cmpuint (mx_json_size (mx_json_get (root, "signatures")), ==, 1);
  g_assert_cmpint (mx_json_type (mx_json_get (root, "unsigned")), ==, MX_JSON_ABSENT);
  g_assert_true (mx_cross_signing_verify (root, USER, key, NULL));
  g_assert_false (mx_cross_signing_verify (root, USER, other_key, NULL));
  g_assert_false (mx_cross_signing_verify (root, "@bob:x", key, NULL));
}

static void
test_wrong_seed (void)
{
  g_autoptr (MxSecret) seed = mx_base64_decode_secret (MASTER_SEED, NULL);
  g_autoptr (MxSecret) small = mx_secret_new_random (16);
  guint8 key[32];
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) size_error = NULL;

  g_assert_true (mx_base64_decode_exact (MASTER, key, sizeof key, NULL));
  g_assert_true (mx_cross_signing_check_seed (seed, key, NULL));
  key[0] ^= 1;
  g_assert_false (mx_cross_signing_check_seed (seed, key, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
  g_assert_false (mx_cross_signing_check_seed (small, key, &size_error));
  g_assert_error (size_error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/e2e-090/against-peer", test_against_peer);
  g_test_add_func ("/crypto/e2e-093/parse-refused", test_parse_refused);
  g_test_add_func ("/crypto/e2e-093/sign-object", test_sign_object);
  g_test_add_func ("/crypto/e2e-095/wrong-seed", test_wrong_seed);

  return g_test_run ();
}
