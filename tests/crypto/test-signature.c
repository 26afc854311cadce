/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-signature.h"

#include "bytes.h"
#include "mx-base64.h"
#include "mx-error.h"

static void
refuse (const guint8 *key, const char *text, const guint8 *signature, MxCryptoError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mx_signature_verify (key, text, strlen (text), signature, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, (int) code);
}

/* RFC 8032, section 7.1, test 1 */
static void
test_rfc8032 (void)
{
  g_autoptr (MxSecret) seed =
    secret_from_hex ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
  guint8 key[MX_ED25519_KEY_SIZE];
  guint8 signature[MX_ED25519_SIGNATURE_SIZE];

  g_assert_true (mx_signature_derive_public (seed, key, NULL));
  assert_hex (key, sizeof key, "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  g_assert_true (mx_signature_sign (seed, "", 0, signature, NULL));
  assert_hex (signature,
              sizeof signature,
              "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
              "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
  g_assert_true (mx_signature_verify (key, "", 0, signature, NULL));
}

static void
test_altered (void)
{
  g_autoptr (MxSecret) seed = mx_secret_new_random (32);
  guint8 key[MX_ED25519_KEY_SIZE];
  guint8 signature[MX_ED25519_SIGNATURE_SIZE];

  g_assert_true (mx_signature_derive_public (seed, key, NULL));
  g_assert_true (mx_signature_sign (seed, "text", 4, signature, NULL));
  g_assert_true (mx_signature_verify (key, "text", 4, signature, NULL));

  for (gsize bit = 0; bit < 8 * sizeof signature; bit++)
    {
      signature[bit / 8] ^= (guint8) (1 << bit % 8);
      refuse (key, "text", signature, MX_CRYPTO_ERROR_BAD_SIGNATURE);
      signature[bit / 8] ^= (guint8) (1 << bit % 8);
    }
  g_assert_false (mx_signature_verify (key, "texu", 4, signature, NULL));
  g_assert_false (mx_signature_verify (key, "tex", 3, signature, NULL));
}

/* S + L, which a check of the equation alone accepts */
static void
test_malleable (void)
{
  static const char order[] = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
  g_autofree guint8 *l = bytes_from_hex (order, NULL);
  g_autoptr (MxSecret) seed = mx_secret_new_random (32);
  guint8 key[MX_ED25519_KEY_SIZE];
  guint8 signature[MX_ED25519_SIGNATURE_SIZE];
  unsigned carry = 0;

  g_assert_true (mx_signature_derive_public (seed, key, NULL));
  g_assert_true (mx_signature_sign (seed, "text", 4, signature, NULL));
  for (gsize i = 0; i < 32; i++)
    {
      carry += signature[32 + i] + l[i];
      signature[32 + i] = carry & 0xff;
      carry >>= 8;
    }
  refuse (key, "text", signature, MX_CRYPTO_ERROR_BAD_SIGNATURE);
}

/* A key of small order "signs" anything; a point that is none signs nothing. */
static void
test_bad_keys (void)
{
  static const char *const keys[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    /* not canonical: p + 1 */
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    /* no point of the curve */
    "0200000000000000000000000000000000000000000000000000000000000000",
  };
  guint8 signature[MX_ED25519_SIGNATURE_SIZE] = { 1 }; /* R: the identity, S: 0 */

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree guint8 *key = bytes_from_hex (keys[i], NULL);

      g_test_message ("%s", keys[i]);
      g_assert_false (mx_signature_check_public (key, NULL));
      refuse (key, "anything", signature, MX_CRYPTO_ERROR_BAD_SIGNATURE);
    }
}

/* The examples of the appendices, "Signing JSON". */
static void
test_spec_json (void)
{
  static const struct
  {
    const char *json;
    const char *signature;
  } cases[] = {
    { "{}",
      "K8280/U9SSy9IVtjBuVeLr+HpOB4BQFWbg+UZaADMtTdGYI7Geitb76LTrr5QV/7Xg4ahLwYGYZzuHGZKM5ZAQ" },
    { "{\"one\":1,\"two\":\"Two\"}",
      "KqmLSbO39/Bzb0QIYE82zqLwsA+PDzYIpIRA2sRQ4sL53+sN6/fpNSoqE7BP7vBZhG6kYdD13EIMJpvhJI+6Bw" },
  };
  g_autoptr (MxSecret) seed =
    mx_base64_decode_secret ("YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA1", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MxJsonDocument) document = mx_json_document_parse (cases[i].json, -1, NULL);
      g_autofree char *payload = mx_signature_dup_payload (mx_json_document_root (document), NULL);
      guint8 signature[MX_ED25519_SIGNATURE_SIZE];
      g_autofree char *text = NULL;

      g_assert_true (mx_signature_sign (seed, payload, strlen (payload), signature, NULL));
      text = mx_base64_encode (signature, sizeof signature);
      g_assert_cmpstr (text, ==, cases[i].signature);
    }
}

/* Objects of matrix-js-sdk's test data: a device, a one-time key, cross-signing keys, all of one
 * user. */
#define DEVICE_KEY       "YI/7vbGVLpGdYtuceQR8MSsKB/QjgfMXM1xqnn+0NWU"
#define MASTER_KEY       "J+5An10v1vzZpAXTYFokD1/PEVccFnLC61EfRXit0UY"
#define SELF_SIGNING_KEY "aU2+2CyXQTCuDcmWW0EL2bhJ6PdjFW2LbAsbHqf02AY"
#define DEVICE                                                                                     \
  "{\"algorithms\":[\"m.olm.v1.curve25519-aes-sha2\",\"m.megolm.v1.aes-sha2\"],"                   \
  "\"device_id\":\"test_device\",\"keys\":{\"curve25519:test_device\":"                            \
  "\"F4uCNNlcbRvc7CfBz95ZGWBvY1ALniG1J8+6rhVoKS0\",\"ed25519:test_device\":\"" DEVICE_KEY "\"},"   \
  "\"user_id\":\"@alice:localhost\",\"signatures\":{\"@alice:localhost\":{"                        \
  "\"ed25519:test_device\":\"LmQC/yAUZJmkxZ+3L0nEwvtVWOzjqQqADWBhk+C47SPaFYHeV+E291mgXaSCJVeGltX+" \
  "HC49Aw7nb6ga7sw0Aw\"}},\"unsigned\":{\"device_display_name\":\"x\"}}"

static void
test_signed_objects (void)
{
  static const struct
  {
    const char *json;
    const char *key_id;
    const char *key;
  } cases[] = {
    { DEVICE, "ed25519:test_device", DEVICE_KEY },
    { "{\"key\":\"j3fR3HemM16M7CWhoI4Sk5ZsdmdfQHsKL1xuSft6MSw\",\"signatures\":{"
      "\"@alice:localhost\":{\"ed25519:test_device\":\"25djC6Rk6gIgFBMVawY9X9LnY8XMMziey6lKqL8Q5Bbp"
      "7T1vw9uk0RE7eKO2a/jNLcYroO2xRztGhBrKz5sOCQ\"}}}",
      "ed25519:test_device",
      DEVICE_KEY },
    { "{\"keys\":{\"ed25519:" SELF_SIGNING_KEY "\":\"" SELF_SIGNING_KEY "\"},\"user_id\":"
      "\"@alice:localhost\",\"usage\":[\"self_signing\"],\"signatures\":{\"@alice:localhost\":{"
      "\"ed25519:" MASTER_KEY
      "\":\"XfhYEhZmOs8BJdb3viatILBZ/bElsHXEW28V4tIaY5CxrBR0YOym3yZHWmRmypXe"
      "ssHZAKOhZn3yBMXzdajyCw\"}}}",
      "ed25519:" MASTER_KEY,
      MASTER_KEY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MxJsonDocument) document = mx_json_document_parse (cases[i].json, -1, NULL);
      guint8 key[MX_ED25519_KEY_SIZE];
      g_autoptr (GError) error = NULL;

      g_assert_true (mx_base64_decode_exact (cases[i].key, key, sizeof key, NULL));
      g_assert_true (mx_signature_verify_json (mx_json_document_root (document),
                                               "@alice:localhost",
                                               cases[i].key_id,
                                               key,
                                               &error));
      g_assert_no_error (error);
      key[5] ^= 1;
      g_assert_false (mx_signature_verify_json (mx_json_document_root (document),
                                                "@alice:localhost",
                                                cases[i].key_id,
                                                key,
                                                NULL));
    }
}

static void
test_json_refused (void)
{
  static const struct
  {
    const char *json;
    const char *user_id;
    const char *key_id;
  } cases[] = {
    { "{}", "@alice:localhost", "ed25519:test_device" },
    { "[]", "@alice:localhost", "ed25519:test_device" },
    { DEVICE, "@bob:localhost", "ed25519:test_device" },
    { DEVICE, "@alice:localhost", "ed25519:other" },
    { DEVICE, "@alice:localhost", "curve25519:test_device" },
    { "{\"signatures\":{\"@alice:localhost\":{\"ed25519:test_device\":7}}}",
      "@alice:localhost",
      "ed25519:test_device" },
    { "{\"signatures\":{\"@alice:localhost\":{\"ed25519:test_device\":\"x!\"}}}",
      "@alice:localhost",
      "ed25519:test_device" },
    { "{\"x\":1.5,\"signatures\":{\"@alice:localhost\":{\"ed25519:test_device\":\"LmQC/yAUZJmkxZ+3L0"
      "nEwvtVWOzjqQqADWBhk+C47SPaFYHeV+E291mgXaSCJVeGltX+HC49Aw7nb6ga7sw0Aw\"}}}",
      "@alice:localhost",
      "ed25519:test_device" },
  };
  guint8 key[MX_ED25519_KEY_SIZE];

  g_assert_true (mx_base64_decode_exact (DEVICE_KEY, key, sizeof key, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MxJsonDocument) document = mx_json_document_parse (cases[i].json, -1, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (mx_signature_verify_json (mx_json_document_root (document),
                                                cases[i].user_id,
                                                cases[i].key_id,
                                                key,
                                                &error));
      g_assert_nonnull (error);
    }
}

/* The public keys of matrix-js-sdk's private cross-signing keys. */
static void
test_cross_signing_seeds (void)
{
  static const char *const pairs[][2] = {
    { "ZG95b3VzcGVha3doYWFhYWFhYWFhYWFhYWFhYWFhbGU", MASTER_KEY },
    { "c2VsZnNlbGZzZWxmc2VsZnNlbGZzZWxmc2VsZnNlbGY", SELF_SIGNING_KEY },
    { "dXNlcnVzZXJ1c2VydXNlcnVzZXJ1c2VydXNlcnVzZXI",
      "g5TC/zjQXyZYuDLZv7a41z5fFVrXpYPypG//AFQj8hY" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autoptr (MxSecret) seed = mx_base64_decode_secret (pairs[i][0], NULL);
      guint8 key[MX_ED25519_KEY_SIZE];
      g_autofree char *text = NULL;

      g_assert_true (mx_signature_derive_public (seed, key, NULL));
      text = mx_base64_encode (key, sizeof key);
      g_assert_cmpstr (text, ==, pairs[i][1]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/signature/rfc8032", test_rfc8032);
  g_test_add_func ("/crypto/signature/altered", test_altered);
  g_test_add_func ("/crypto/e2e-100/malleable", test_malleable);
  g_test_add_func ("/crypto/e2e-100/bad-keys", test_bad_keys);
  g_test_add_func ("/crypto/e2e-003/signed-json", test_spec_json);
  g_test_add_func ("/crypto/e2e-002/signed-objects", test_signed_objects);
  g_test_add_func ("/crypto/e2e-028/refused", test_json_refused);
  g_test_add_func ("/crypto/e2e-095/cross-signing-seeds", test_cross_signing_seeds);

  return g_test_run ();
}
