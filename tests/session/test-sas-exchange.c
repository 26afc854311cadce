/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The steps of a comparison of emoji, one by one: the golden vectors, and what each step refuses.
 */
#include "config.h"

#include "mx-sas-exchange.h"

#include <string.h>

#include "mx-base64.h"

#define ALICE_KEY  "SogYyrkTldLz0BXP+GYWs0qaYacUI0RleEqNT8J3riQ"
#define BOB_KEY    "u6pJn6KL5h+X0zTJqDCLjTJdKg4o8UQV4zXyFpOSCDA"
#define BOB_MASTER "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08"
/* the pairs of RFC 7748 */
#define ALICE_PRIVATE "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo"
#define BOB_PRIVATE   "XasIfmJKikt54X+Lg4AO5m87sSkmGLb9HC+LJ/+I4Os"
#define BOB_PUBLIC    "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08"
#define COMMITMENT    "QiP7ht/TEZJAMaTPuBAFSqGoCg7KANrdfSriWF9wwzQ"

static const MxSasSide alice = { (char *) "@alice:example.org",
                                 (char *) "ALICEDEV",
                                 (char *) ALICE_KEY,
                                 NULL };
static const MxSasSide bob = { (char *) "@bob:example.org",
                               (char *) "BOBDEV",
                               (char *) BOB_KEY,
                               (char *) BOB_MASTER };

static MxSasExchange *
exchange_for (const MxSasSide *ours, const MxSasSide *theirs, const char *private_key)
{
  g_autoptr (MxSecret) secret = mx_base64_decode_secret (private_key, NULL);
  MxSasExchange *self = mx_sas_exchange_new_for_key (ours, theirs, "txn-0001", FALSE, secret, NULL);

  g_assert_nonnull (self);

  return self;
}

typedef struct
{
  MxSasExchange *alice; /* starts */
  MxSasExchange *bob;
  char *start;
  char *accept;
  GPtrArray *documents;
} Fixture;

static MxJson
parse (Fixture *f, const char *text)
{
  MxJsonDocument *document = mx_json_document_parse (text, -1, NULL);

  g_assert_nonnull (document);
  g_ptr_array_add (f->documents, document);

  return mx_json_document_root (document);
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->documents = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_json_document_unref);
  f->alice = exchange_for (&alice, &bob, ALICE_PRIVATE);
  f->bob = exchange_for (&bob, &alice, BOB_PRIVATE);
  f->start = mx_sas_exchange_write_start (f->alice);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  mx_sas_exchange_free (f->alice);
  mx_sas_exchange_free (f->bob);
  g_ptr_array_unref (f->documents);
  g_free (f->start);
  g_free (f->accept);
}

static void
accept_start (Fixture *f)
{
  g_assert_true (mx_sas_exchange_take_start (f->bob, parse (f, f->start), NULL));
  f->accept = mx_sas_exchange_write_accept (f->bob, NULL);
  g_assert_true (mx_sas_exchange_take_accept (f->alice, parse (f, f->accept), NULL));
}

static void
exchange_keys (Fixture *f)
{
  g_autofree char *one = mx_sas_exchange_write_key (f->alice);
  g_autofree char *other = mx_sas_exchange_write_key (f->bob);

  accept_start (f);
  g_assert_true (mx_sas_exchange_take_key (f->bob, parse (f, one), NULL));
  g_assert_true (mx_sas_exchange_take_key (f->alice, parse (f, other), NULL));
}

/* research/protocol §6.5 */
static void
test_golden (Fixture *f, gconstpointer data)
{
  const guint decimals[] = { 8120, 4028, 5167 };
  const guint emoji[] = { 55, 40, 11, 53, 8, 8, 58 };
  g_autofree char *mac = NULL;
  MxJson content;

  exchange_keys (f);
  for (int i = 0; i < 2; i++)
    {
      MxSasExchange *side = i == 0 ? f->alice : f->bob;

      g_assert_cmpmem (mx_sas_exchange_get_decimals (side),
                       sizeof decimals,
                       decimals,
                       sizeof decimals);
      g_assert_cmpmem (mx_sas_exchange_get_emoji (side), sizeof emoji, emoji, sizeof emoji);
    }

  mac = mx_sas_exchange_write_mac (f->alice, NULL);
  content = parse (f, mac);
  g_assert_cmpstr (mx_json_get_string (content, "keys"),
                   ==,
                   "OvaZWVLhV6Ua6X/GvZDntOG9X65cADz3E2cpc7uMCic");
  g_assert_cmpstr (mx_json_string (mx_json_path (content, "mac", "ed25519:ALICEDEV", NULL)),
                   ==,
                   "0+CVB5pHkvGj6kt51sEyvUBCQEZaMVGK4tzt3CDL46A");
}

static void
test_commitment (Fixture *f, gconstpointer data)
{
  accept_start (f);
  g_assert_cmpstr (mx_json_get_string (parse (f, f->accept), "commitment"), ==, COMMITMENT);
}

/* The promise covers the start as it came, with what nobody knows. */
static void
test_commitment_unknown_members (Fixture *f, gconstpointer data)
{
  g_autofree char *longer =
    g_strconcat ("{\"org.example.new\":[1,{\"é\":null}],", f->start + 1, NULL);
  g_autofree char *expected = NULL;
  g_autofree char *accept = NULL;
  guint8 key[32];

  g_assert_true (mx_base64_decode_exact (BOB_PUBLIC, key, sizeof key, NULL));
  expected = mx_sas_compute_commitment (key, parse (f, longer), NULL);
  g_assert_true (mx_sas_exchange_take_start (f->bob, parse (f, longer), NULL));
  accept = mx_sas_exchange_write_accept (f->bob, NULL);
  g_assert_cmpstr (mx_json_get_string (parse (f, accept), "commitment"), ==, expected);
  g_assert_cmpstr (expected, !=, COMMITMENT);
}

static void
test_commitment_mismatch (Fixture *f, gconstpointer data)
{
  g_autoptr (MxSasExchange) mallory = mx_sas_exchange_new (&bob, &alice, "txn-0001", FALSE);
  g_autofree char *key = mx_sas_exchange_write_key (mallory);
  g_autoptr (GError) error = NULL;

  accept_start (f);
  g_assert_false (mx_sas_exchange_take_key (f->alice, parse (f, key), &error));
  g_assert_error (error, MX_VERIFICATION_ERROR, MX_VERIFICATION_ERROR_MISMATCHED_COMMITMENT);
  g_assert_false (mx_sas_exchange_has_emoji (f->alice));
}

static void
test_offer (Fixture *f, gconstpointer data)
{
  MxJson start = parse (f, f->start);
  MxJson macs = mx_json_get (start, "message_authentication_codes");

  g_assert_cmpuint (mx_json_size (mx_json_get (start, "key_agreement_protocols")), ==, 1);
  g_assert_true (mx_verification_has_word (mx_json_get (start, "key_agreement_protocols"),
                                           "curve25519-hkdf-sha256"));
  g_assert_true (mx_verification_has_word (mx_json_get (start, "hashes"), "sha256"));
  g_assert_true (mx_verification_has_word (macs, "hkdf-hmac-sha256.v2"));
  g_assert_true (mx_verification_has_word (macs, "hkdf-hmac-sha256"));
  g_assert_true (
    mx_verification_has_word (mx_json_get (start, "short_authentication_string"), "emoji"));
  g_assert_cmpstr (mx_json_get_string (start, "method"), ==, "m.sas.v1");
}

typedef struct
{
  const char *from;
  const char *to;
  MxVerificationError code;
} Change;

static char *
replace (const char *text, const Change *change)
{
  g_auto (GStrv) parts = g_strsplit (text, change->from, 2);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);

  return g_strjoinv (change->to, parts);
}

static void
test_start_refused (Fixture *f, gconstpointer data)
{
  const Change changes[] = {
    { "curve25519-hkdf-sha256", "curve25519", MX_VERIFICATION_ERROR_UNKNOWN_METHOD },
    { "\"sha256\"", "\"sha512\"", MX_VERIFICATION_ERROR_UNKNOWN_METHOD },
    { "[\"hkdf-hmac-sha256.v2\",\"hkdf-hmac-sha256\"]",
      "[\"hmac-sha256\"]",
      MX_VERIFICATION_ERROR_UNKNOWN_METHOD },
    { "[\"decimal\",\"emoji\"]", "[\"colours\"]", MX_VERIFICATION_ERROR_UNKNOWN_METHOD },
    { "\"hashes\"", "\"hash\"", MX_VERIFICATION_ERROR_INVALID_MESSAGE },
    { "[\"decimal\",\"emoji\"]", "\"decimal\"", MX_VERIFICATION_ERROR_INVALID_MESSAGE },
    { "[\"sha256\"]", "{\"sha256\":1}", MX_VERIFICATION_ERROR_INVALID_MESSAGE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *bad = replace (f->start, &changes[i]);
      g_autoptr (GError) error = NULL;

      g_assert_false (mx_sas_exchange_take_start (f->bob, parse (f, bad), &error));
      g_assert_error (error, MX_VERIFICATION_ERROR, (int) changes[i].code);
    }
}

static void
test_accept_refused (Fixture *f, gconstpointer data)
{
  const Change changes[] = {
    { "curve25519-hkdf-sha256", "curve25519", MX_VERIFICATION_ERROR_UNKNOWN_METHOD },
    { "\"sha256\"", "\"sha512\"", MX_VERIFICATION_ERROR_UNKNOWN_METHOD },
    { "hkdf-hmac-sha256.v2", "hmac-sha256", MX_VERIFICATION_ERROR_UNKNOWN_METHOD },
    { "[\"decimal\",\"emoji\"]", "[\"emoji\",\"colours\"]", MX_VERIFICATION_ERROR_UNKNOWN_METHOD },
    { "[\"decimal\",\"emoji\"]", "[]", MX_VERIFICATION_ERROR_UNKNOWN_METHOD },
    { "\"commitment\"", "\"promise\"", MX_VERIFICATION_ERROR_INVALID_MESSAGE },
    { "\"commitment\":\"", "\"commitment\":[],\"x\":\"", MX_VERIFICATION_ERROR_INVALID_MESSAGE },
  };
  g_autofree char *accept = NULL;

  g_assert_true (mx_sas_exchange_take_start (f->bob, parse (f, f->start), NULL));
  accept = mx_sas_exchange_write_accept (f->bob, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *bad = replace (accept, &changes[i]);
      g_autoptr (GError) error = NULL;

      g_assert_false (mx_sas_exchange_take_accept (f->alice, parse (f, bad), &error));
      g_assert_error (error, MX_VERIFICATION_ERROR, (int) changes[i].code);
    }
}

/* An old peer knows the first code only; who knows both uses the second. */
static void
test_restricted_methods (Fixture *f, gconstpointer data)
{
  const Change old = { "\"hkdf-hmac-sha256.v2\",", "", 0 };
  const Change words = { ",\"emoji\"", "", 0 };
  g_autofree char *offer = replace (f->start, &old);
  g_autofree char *fewer = replace (offer, &words);
  g_autofree char *accept = NULL;
  MxJson content;

  g_assert_true (mx_sas_exchange_take_start (f->bob, parse (f, fewer), NULL));
  accept = mx_sas_exchange_write_accept (f->bob, NULL);
  content = parse (f, accept);
  g_assert_cmpstr (mx_json_get_string (content, "message_authentication_code"),
                   ==,
                   "hkdf-hmac-sha256");
  g_assert_cmpuint (mx_json_size (mx_json_get (content, "short_authentication_string")), ==, 1);
}

static void
test_best_code (Fixture *f, gconstpointer data)
{
  accept_start (f);
  g_assert_cmpstr (mx_json_get_string (parse (f, f->accept), "message_authentication_code"),
                   ==,
                   "hkdf-hmac-sha256.v2");
}

/* With the old code on both sides, keys are proven as well. */
static void
test_old_code (Fixture *f, gconstpointer data)
{
  const Change old = { "\"hkdf-hmac-sha256.v2\",\"hkdf-hmac-sha256\"", "\"hkdf-hmac-sha256\"", 0 };
  g_autofree char *one = mx_sas_exchange_write_key (f->alice);
  g_autofree char *other = mx_sas_exchange_write_key (f->bob);
  g_autofree char *offer = replace (f->start, &old);
  g_autofree char *mac = NULL;
  gboolean device;
  gboolean master;

  g_clear_pointer (&f->start, g_free);
  f->start = g_steal_pointer (&offer);
  g_assert_true (mx_sas_exchange_take_start (f->bob, parse (f, f->start), NULL));
  f->accept = mx_sas_exchange_write_accept (f->bob, NULL);
  g_assert_true (mx_sas_exchange_take_accept (f->alice, parse (f, f->accept), NULL));
  g_assert_true (mx_sas_exchange_take_key (f->bob, parse (f, one), NULL));
  /* what alice offered was another start: she sees that it was changed on the way */
  g_assert_false (mx_sas_exchange_take_key (f->alice, parse (f, other), NULL));

  mac = mx_sas_exchange_write_mac (f->bob, NULL);
  g_assert_false (mx_sas_exchange_take_mac (f->bob, parse (f, mac), &device, &master, NULL));
}

static void
test_weak_keys (Fixture *f, gconstpointer data)
{
  const char *const bad[] = {
    "{\"transaction_id\":\"txn-0001\",\"key\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
    "{\"transaction_id\":\"txn-0001\",\"key\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"}",
    /* 2^255 - 19 - 1 */
    "{\"transaction_id\":\"txn-0001\",\"key\":\"7P///////////////////////////////////////38\"}",
    "{\"transaction_id\":\"txn-0001\",\"key\":\"short\"}",
    "{\"transaction_id\":\"txn-0001\",\"key\":3}",
    "{\"transaction_id\":\"txn-0001\"}",
    /* its own */
    "{\"transaction_id\":\"txn-0001\",\"key\":\"" BOB_PUBLIC "\"}",
  };

  accept_start (f);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (mx_sas_exchange_take_key (f->bob, parse (f, bad[i]), &error));
      g_assert_error (error, MX_VERIFICATION_ERROR, MX_VERIFICATION_ERROR_INVALID_MESSAGE);
      g_assert_false (mx_sas_exchange_has_emoji (f->bob));
    }
}

static void
test_macs (Fixture *f, gconstpointer data)
{
  g_autofree char *mac = NULL;
  gboolean device = FALSE;
  gboolean master = FALSE;

  exchange_keys (f);
  mac = mx_sas_exchange_write_mac (f->bob, NULL);
  g_assert_true (mx_sas_exchange_take_mac (f->alice, parse (f, mac), &device, &master, NULL));
  g_assert_true (device);
  g_assert_true (master);
}

static void
test_macs_refused (Fixture *f, gconstpointer data)
{
  const Change changes[] = {
    { "\"ed25519:BOBDEV\":\"", "\"ed25519:BOBDEV\":\"A", MX_VERIFICATION_ERROR_KEY_MISMATCH },
    { "\"ed25519:BOBDEV\":", "\"ed25519:OTHER\":", MX_VERIFICATION_ERROR_KEY_MISMATCH },
    { "\"mac\":{", "\"mac\":{\"ed25519:MORE\":\"AAAA\",", MX_VERIFICATION_ERROR_KEY_MISMATCH },
    { "\"keys\":\"", "\"keys\":\"A", MX_VERIFICATION_ERROR_KEY_MISMATCH },
    { "\"keys\":", "\"no_keys\":", MX_VERIFICATION_ERROR_INVALID_MESSAGE },
    { "\"mac\":{", "\"mac\":[],\"x\":{", MX_VERIFICATION_ERROR_INVALID_MESSAGE },
  };
  g_autofree char *mac = NULL;
  gboolean device = FALSE;
  gboolean master = FALSE;

  exchange_keys (f);
  mac = mx_sas_exchange_write_mac (f->bob, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autofree char *bad = replace (mac, &changes[i]);
      g_autoptr (GError) error = NULL;

      g_assert_false (
        mx_sas_exchange_take_mac (f->alice, parse (f, bad), &device, &master, &error));
      g_assert_error (error, MX_VERIFICATION_ERROR, (int) changes[i].code);
    }
  g_assert_false (device);
  g_assert_false (master);
}

/* The code is for the key that the device has, not for the one that was known when it began. */
static void
test_another_key (Fixture *f, gconstpointer data)
{
  const MxSasSide nobody = { bob.user_id, bob.device_id, (char *) ALICE_KEY, NULL };
  g_autoptr (MxSasExchange) other = exchange_for (&alice, &nobody, ALICE_PRIVATE);
  g_autofree char *one = mx_sas_exchange_write_key (f->alice);
  g_autofree char *key = mx_sas_exchange_write_key (f->bob);
  g_autofree char *start = mx_sas_exchange_write_start (other);
  g_autofree char *mac = NULL;
  g_autoptr (GError) error = NULL;
  gboolean device = FALSE;
  gboolean master = FALSE;

  accept_start (f);
  g_assert_cmpstr (start, ==, f->start);
  g_assert_true (mx_sas_exchange_take_accept (other, parse (f, f->accept), NULL));
  g_assert_true (mx_sas_exchange_take_key (f->bob, parse (f, one), NULL));
  g_assert_true (mx_sas_exchange_take_key (other, parse (f, key), NULL));
  mac = mx_sas_exchange_write_mac (f->bob, NULL);
  g_assert_false (mx_sas_exchange_take_mac (other, parse (f, mac), &device, &master, &error));
  g_assert_error (error, MX_VERIFICATION_ERROR, MX_VERIFICATION_ERROR_KEY_MISMATCH);
}

/* A device that is named as the master key would speak for it. */
static void
test_device_named_as_key (Fixture *f, gconstpointer data)
{
  const MxSasSide liar = {
    bob.user_id, (char *) BOB_MASTER, (char *) BOB_KEY, (char *) BOB_MASTER
  };
  g_autoptr (MxSasExchange) one = exchange_for (&alice, &liar, ALICE_PRIVATE);
  g_autoptr (MxSasExchange) other = exchange_for (&liar, &alice, BOB_PRIVATE);
  g_autofree char *start = mx_sas_exchange_write_start (one);
  g_autofree char *key_one = mx_sas_exchange_write_key (one);
  g_autofree char *key_other = mx_sas_exchange_write_key (other);
  g_autofree char *accept = NULL;
  g_autofree char *mac = NULL;
  g_autoptr (GError) error = NULL;
  gboolean device = FALSE;
  gboolean master = FALSE;

  g_assert_true (mx_sas_exchange_take_start (other, parse (f, start), NULL));
  accept = mx_sas_exchange_write_accept (other, NULL);
  g_assert_true (mx_sas_exchange_take_accept (one, parse (f, accept), NULL));
  g_assert_true (mx_sas_exchange_take_key (other, parse (f, key_one), NULL));
  g_assert_true (mx_sas_exchange_take_key (one, parse (f, key_other), NULL));
  mac = mx_sas_exchange_write_mac (other, NULL);
  g_assert_false (mx_sas_exchange_take_mac (one, parse (f, mac), &device, &master, &error));
  g_assert_error (error, MX_VERIFICATION_ERROR, MX_VERIFICATION_ERROR_KEY_MISMATCH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/session/sas/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("E2E-111-E2E-112-golden", test_golden);
  ADD ("E2E-107-offer", test_offer);
  ADD ("E2E-107-start-refused", test_start_refused);
  ADD ("E2E-107-accept-refused", test_accept_refused);
  ADD ("E2E-107-restricted-methods", test_restricted_methods);
  ADD ("E2E-107-best-code", test_best_code);
  ADD ("E2E-107-downgraded-on-the-way", test_old_code);
  ADD ("E2E-108-commitment", test_commitment);
  ADD ("E2E-108-unknown-members", test_commitment_unknown_members);
  ADD ("E2E-108-mismatch", test_commitment_mismatch);
  ADD ("E2E-110-weak-keys", test_weak_keys);
  ADD ("E2E-113-macs", test_macs);
  ADD ("E2E-113-macs-refused", test_macs_refused);
  ADD ("E2E-104-another-key", test_another_key);
  ADD ("E2E-104-device-named-as-key", test_device_named_as_key);

  return g_test_run ();
}
