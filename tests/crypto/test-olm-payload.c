/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-olm-payload.h"

#include <string.h>

#include "mx-base64.h"
#include "mx-error.h"

#define ALICE "@alice:example.org"
#define BOB   "@bob:example.org"

typedef struct
{
  MxOlmAccount *alice;
  MxOlmAccount *bob;
  MxJsonDocument *content;
  MxJsonDocument *alice_keys;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *keys = NULL;

  fixture->alice = mx_olm_account_new ();
  fixture->bob = mx_olm_account_new ();
  fixture->content = mx_json_document_parse ("{\"algorithm\":\"m.megolm.v1.aes-sha2\"}", -1, NULL);
  keys = mx_device_keys_new_signed (fixture->alice, ALICE, "ALICEDEV", NULL);
  fixture->alice_keys = mx_json_document_parse (keys, -1, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mx_olm_account_free (fixture->alice);
  mx_olm_account_free (fixture->bob);
  mx_json_document_unref (fixture->content);
  mx_json_document_unref (fixture->alice_keys);
}

static char *
new_payload (Fixture *fixture, MxJsonDocument *device_keys)
{
  return mx_olm_payload_new ("m.room_key",
                             mx_json_document_root (fixture->content),
                             ALICE,
                             mx_olm_account_get_ed25519_key (fixture->alice),
                             BOB,
                             mx_olm_account_get_ed25519_key (fixture->bob),
                             mx_json_document_root (device_keys));
}

static gboolean
check (Fixture *fixture, const char *text, GError **error)
{
  const MxOlmEnvelope envelope = {
    .sender = ALICE,
    .sender_key = mx_olm_account_get_curve25519_key (fixture->alice),
    .recipient = BOB,
    .recipient_key = mx_olm_account_get_ed25519_key (fixture->bob),
  };
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (text, -1, NULL);
  guint8 sender[32];

  g_assert_nonnull (document);
  if (!mx_olm_payload_check (mx_json_document_root (document), &envelope, sender, error))
    return FALSE;
  g_assert_cmpmem (sender, 32, mx_olm_account_get_ed25519_key (fixture->alice), 32);

  return TRUE;
}

static void
refuse (Fixture *fixture, const char *text, MxCryptoError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (check (fixture, text, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, (int) code);
}

/* text with its only occurrence of one piece replaced */
static char *
replace (const char *text, const char *piece, const char *by)
{
  g_auto (GStrv) parts = g_strsplit (text, piece, -1);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);

  return g_strjoinv (by, parts);
}

static void
test_good (Fixture *fixture, gconstpointer data)
{
  g_autofree char *with_keys = new_payload (fixture, fixture->alice_keys);
  g_autofree char *without = new_payload (fixture, NULL);
  g_autofree char *unstable =
    replace (with_keys, "\"sender_device_keys\"", "\"org.matrix.msc4147.device_keys\"");

  g_assert_true (check (fixture, with_keys, NULL));
  g_assert_true (check (fixture, without, NULL));
  g_assert_true (check (fixture, unstable, NULL));
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autofree char *good = new_payload (fixture, NULL);
  g_autofree char *alice_key =
    mx_base64_encode (mx_olm_account_get_ed25519_key (fixture->alice), 32);
  g_autofree char *bob_key = mx_base64_encode (mx_olm_account_get_ed25519_key (fixture->bob), 32);
  const struct
  {
    const char *piece;
    const char *by;
    MxCryptoError error;
  } cases[] = {
    { "\"" ALICE "\"", "\"@mallory:example.org\"", MX_CRYPTO_ERROR_BAD_KEY },
    { "\"" BOB "\"", "\"@carol:example.org\"", MX_CRYPTO_ERROR_BAD_KEY },
    { "\"" BOB "\"", "null", MX_CRYPTO_ERROR_BAD_KEY },
    { "\"sender\"", "\"x\"", MX_CRYPTO_ERROR_BAD_KEY },
    { "\"recipient\"", "\"x\"", MX_CRYPTO_ERROR_BAD_KEY },
    { "\"keys\"", "\"x\"", MX_CRYPTO_ERROR_BAD_FORMAT },
    { "\"recipient_keys\"", "\"x\"", MX_CRYPTO_ERROR_BAD_FORMAT },
    { "\"type\"", "\"x\"", MX_CRYPTO_ERROR_BAD_FORMAT },
    { "\"m.room_key\"", "7", MX_CRYPTO_ERROR_BAD_FORMAT },
    { "\"content\"", "\"x\"", MX_CRYPTO_ERROR_BAD_FORMAT },
    { bob_key, alice_key, MX_CRYPTO_ERROR_BAD_KEY },
    { bob_key, "AAAA", MX_CRYPTO_ERROR_BAD_FORMAT },
    { alice_key, "!", MX_CRYPTO_ERROR_BAD_FORMAT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = replace (good, cases[i].piece, cases[i].by);

      g_test_message ("case %zu", i);
      refuse (fixture, text, cases[i].error);
    }
  refuse (fixture, "[]", MX_CRYPTO_ERROR_BAD_FORMAT);
}

/* The four of MSC4147: another user, another Curve25519 key, another Ed25519 key, a signature that
 * does not hold. */
static void
test_device_keys_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxOlmAccount) other = mx_olm_account_new ();
  g_autofree char *of_bob = mx_device_keys_new_signed (fixture->alice, BOB, "ALICEDEV", NULL);
  g_autofree char *of_other = mx_device_keys_new_signed (other, ALICE, "ALICEDEV", NULL);
  g_autoptr (MxJsonDocument) bob_keys = mx_json_document_parse (of_bob, -1, NULL);
  g_autoptr (MxJsonDocument) other_keys = mx_json_document_parse (of_other, -1, NULL);
  g_autoptr (MxJsonDocument) no_device = mx_json_document_parse ("{}", -1, NULL);
  g_autofree char *with_bob = new_payload (fixture, bob_keys);
  g_autofree char *with_other = new_payload (fixture, other_keys);
  g_autofree char *with_nothing = new_payload (fixture, no_device);
  g_autofree char *good = new_payload (fixture, fixture->alice_keys);
  g_autofree char *unsigned_name = replace (good, "m.olm.v1.curve25519-aes-sha2", "x");

  refuse (fixture, with_bob, MX_CRYPTO_ERROR_BAD_FORMAT);
  refuse (fixture, with_other, MX_CRYPTO_ERROR_BAD_KEY);
  refuse (fixture, with_nothing, MX_CRYPTO_ERROR_BAD_FORMAT);
  refuse (fixture, unsigned_name, MX_CRYPTO_ERROR_BAD_SIGNATURE);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/crypto/e2e-034/good", test_good);
  ADD ("/crypto/e2e-034/refused", test_refused);
  ADD ("/crypto/e2e-035/device-keys-refused", test_device_keys_refused);

  return g_test_run ();
}
