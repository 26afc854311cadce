/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-device-keys.h"

#include <string.h>

#include "mx-base64.h"
#include "mx-error.h"

#define USER   "@alice:localhost"
#define DEVICE "test_device"

/* of matrix-js-sdk's test data */
#define SIGNED_DEVICE(user, device, curve)                                                         \
  "{\"algorithms\":[\"m.olm.v1.curve25519-aes-sha2\",\"m.megolm.v1.aes-sha2\"],"                   \
  "\"device_id\":\"" device "\",\"keys\":{\"curve25519:test_device\":\"" curve "\","               \
  "\"ed25519:test_device\":\"YI/7vbGVLpGdYtuceQR8MSsKB/QjgfMXM1xqnn+0NWU\"},"                      \
  "\"user_id\":\"" user "\",\"signatures\":{\"@alice:localhost\":{"                                \
  "\"ed25519:test_device\":\"LmQC/yAUZJmkxZ+3L0nEwvtVWOzjqQqADWBhk+C47SPaFYHeV+E291mgXaSCJVeGltX+" \
  "HC49Aw7nb6ga7sw0Aw\"}}}"
#define CURVE "F4uCNNlcbRvc7CfBz95ZGWBvY1ALniG1J8+6rhVoKS0"

static gboolean
parse (const char *json, MxDeviceKeys *keys, GError **error)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (json, -1, NULL);

  g_assert_nonnull (document);

  return mx_device_keys_parse (mx_json_document_root (document), USER, DEVICE, keys, error);
}

static void
test_peer (void)
{
  MxDeviceKeys keys;
  g_autoptr (GError) error = NULL;
  g_autofree char *curve = NULL;

  g_assert_true (parse (SIGNED_DEVICE (USER, DEVICE, CURVE), &keys, &error));
  g_assert_no_error (error);
  curve = mx_base64_encode (keys.curve25519, sizeof keys.curve25519);
  g_assert_cmpstr (curve, ==, CURVE);
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "{}",
    "[]",
    SIGNED_DEVICE ("@bob:localhost", DEVICE, CURVE),
    SIGNED_DEVICE (USER, "other", CURVE),
    SIGNED_DEVICE (USER, DEVICE, "G4uCNNlcbRvc7CfBz95ZGWBvY1ALniG1J8+6rhVoKS0"),
    SIGNED_DEVICE (USER, DEVICE, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    SIGNED_DEVICE (USER, DEVICE, "AAAA"),
    "{\"device_id\":\"test_device\",\"user_id\":\"@alice:localhost\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      MxDeviceKeys keys;
      g_autoptr (GError) error = NULL;

      g_test_message ("case %zu", i);
      g_assert_false (parse (bad[i], &keys, &error));
      g_assert_nonnull (error);
    }
}

static void
test_own (void)
{
  g_autoptr (MxOlmAccount) account = mx_olm_account_new ();
  g_autofree char *text = mx_device_keys_new_signed (account, USER, DEVICE, NULL);
  g_autofree char *again = mx_device_keys_new_signed (account, USER, DEVICE, NULL);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (text, -1, NULL);
  MxJson root = mx_json_document_root (document);
  MxDeviceKeys keys;

  g_assert_cmpstr (text, ==, again);
  g_assert_true (mx_device_keys_parse (root, USER, DEVICE, &keys, NULL));
  g_assert_cmpmem (keys.curve25519, 32, mx_olm_account_get_curve25519_key (account), 32);
  g_assert_cmpmem (keys.ed25519, 32, mx_olm_account_get_ed25519_key (account), 32);
  g_assert_cmpuint (mx_json_size (root), ==, 5);
  g_assert_cmpuint (mx_json_size (mx_json_get (root, "algorithms")), ==, 2);
  g_assert_cmpuint (mx_json_size (mx_json_get (root, "keys")), ==, 2);
}

static void
test_one_time_key (void)
{
  g_autoptr (MxOlmAccount) account = mx_olm_account_new ();
  g_autoptr (MxOlmAccount) other = mx_olm_account_new ();
  g_autoptr (GPtrArray) keys = NULL;
  MxDeviceKeys owner;
  MxDeviceKeys stranger;

  memcpy (owner.ed25519, mx_olm_account_get_ed25519_key (account), 32);
  memcpy (stranger.ed25519, mx_olm_account_get_ed25519_key (other), 32);
  g_assert_true (mx_olm_account_generate_one_time_keys (account, 1, NULL));
  keys = mx_olm_account_dup_one_time_keys (account, NULL);

  for (int fallback = 0; fallback < 2; fallback++)
    {
      const MxOlmPublicKey *key = g_ptr_array_index (keys, 0);
      g_autofree char *text =
        mx_device_keys_new_one_time_key (account, USER, DEVICE, key, fallback, NULL);
      g_autoptr (MxJsonDocument) document = mx_json_document_parse (text, -1, NULL);
      MxJson root = mx_json_document_root (document);
      guint8 parsed[32];
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (mx_json_bool (mx_json_get (root, "fallback"), FALSE), ==, fallback);
      g_assert_true (mx_device_keys_parse_one_time_key (root, USER, DEVICE, &owner, parsed, NULL));
      g_assert_cmpmem (parsed, 32, key->key, 32);
      g_assert_false (
        mx_device_keys_parse_one_time_key (root, USER, DEVICE, &stranger, parsed, &error));
      g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_SIGNATURE);
      g_assert_false (
        mx_device_keys_parse_one_time_key (root, USER, "OTHER", &owner, parsed, NULL));
      g_assert_false (
        mx_device_keys_parse_one_time_key (root, "@bob:localhost", DEVICE, &owner, parsed, NULL));
    }
}

/* A bare key, and a key that is signed but of small order */
static void
test_one_time_key_refused (void)
{
  g_autoptr (MxOlmAccount) account = mx_olm_account_new ();
  const MxOlmPublicKey zero = { (char *) "AAAA", { 0 } };
  g_autofree char *signed_zero =
    mx_device_keys_new_one_time_key (account, USER, DEVICE, &zero, FALSE, NULL);
  const char *const bad[] = { "\"" CURVE "\"", "{\"key\":\"" CURVE "\"}", "{}", signed_zero };
  MxDeviceKeys owner;

  memcpy (owner.ed25519, mx_olm_account_get_ed25519_key (account), 32);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (MxJsonDocument) document = mx_json_document_parse (bad[i], -1, NULL);
      g_autoptr (GError) error = NULL;
      guint8 key[32];

      g_assert_false (mx_device_keys_parse_one_time_key (
        mx_json_document_root (document), USER, DEVICE, &owner, key, &error));
      g_assert_nonnull (error);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/e2e-002/peer", test_peer);
  g_test_add_func ("/crypto/e2e-002/refused", test_refused);
  g_test_add_func ("/crypto/e2e-002/own", test_own);
  g_test_add_func ("/crypto/e2e-006/one-time-key", test_one_time_key);
  g_test_add_func ("/crypto/e2e-028/one-time-key-refused", test_one_time_key_refused);

  return g_test_run ();
}
