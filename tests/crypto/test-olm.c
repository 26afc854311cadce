/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-olm-session.h"

#include <string.h>

#include "mx-error.h"

typedef struct
{
  MxSecret *pickle_key;
  MxOlmAccount *alice;
  MxOlmAccount *bob;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->pickle_key = mx_secret_new_random (32);
  fixture->alice = mx_olm_account_new ();
  fixture->bob = mx_olm_account_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  mx_secret_unref (fixture->pickle_key);
  mx_olm_account_free (fixture->alice);
  mx_olm_account_free (fixture->bob);
}

/* A session from alice to bob, with a one-time key or a fallback key of bob's that stays
 * unpublished. */
static MxOlmSession *
connect_with (Fixture *fixture, GPtrArray *keys)
{
  g_autoptr (GError) error = NULL;
  const MxOlmPublicKey *key = g_ptr_array_index (keys, 0);
  MxOlmSession *session =
    mx_olm_session_new_outbound (fixture->alice,
                                 mx_olm_account_get_curve25519_key (fixture->bob),
                                 key->key,
                                 &error);

  g_assert_no_error (error);

  return session;
}

static MxOlmSession *
connect_one_time (Fixture *fixture)
{
  g_autoptr (GPtrArray) keys = NULL;

  g_assert_true (mx_olm_account_generate_one_time_keys (fixture->bob, 1, NULL));
  keys = mx_olm_account_dup_one_time_keys (fixture->bob, NULL);
  g_assert_cmpuint (keys->len, ==, 1);
  mx_olm_account_mark_as_published (fixture->bob);

  return connect_with (fixture, keys);
}

static char *
send (MxOlmSession *session, const char *text, MxOlmMessageType expected_type)
{
  MxOlmMessageType type = MX_OLM_MESSAGE_NORMAL;
  char *body = mx_olm_session_encrypt (session, text, strlen (text), &type, NULL);

  g_assert_nonnull (body);
  g_assert_cmpint (type, ==, expected_type);

  return body;
}

static MxOlmSession *
receive_first (Fixture *fixture, const char *body, const char *expected, GError **error)
{
  g_autoptr (GBytes) plaintext = NULL;
  MxOlmSession *session =
    mx_olm_session_new_inbound (fixture->bob,
                                mx_olm_account_get_curve25519_key (fixture->alice),
                                body,
                                &plaintext,
                                error);

  if (session == NULL)
    {
      g_assert_null (plaintext);
      return NULL;
    }
  g_assert_cmpmem (g_bytes_get_data (plaintext, NULL),
                   g_bytes_get_size (plaintext),
                   expected,
                   strlen (expected));

  return session;
}

static void
receive (MxOlmSession *session, MxOlmMessageType type, const char *body, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plaintext = mx_olm_session_decrypt (session, type, body, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (plaintext, NULL),
                   g_bytes_get_size (plaintext),
                   expected,
                   strlen (expected));
}

static void
refuse (MxOlmSession *session, MxOlmMessageType type, const char *body, MxCryptoError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mx_olm_session_decrypt (session, type, body, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, (int) code);
}

static void
test_account (Fixture *fixture, gconstpointer data)
{
  guint8 signature[MX_ED25519_SIGNATURE_SIZE];

  g_assert_cmpint (memcmp (mx_olm_account_get_curve25519_key (fixture->alice),
                           mx_olm_account_get_curve25519_key (fixture->bob),
                           32),
                   !=,
                   0);
  g_assert_true (mx_olm_account_sign (fixture->alice, "text", 4, signature, NULL));
  g_assert_true (mx_signature_verify (mx_olm_account_get_ed25519_key (fixture->alice),
                                      "text",
                                      4,
                                      signature,
                                      NULL));
  g_assert_false (mx_signature_verify (mx_olm_account_get_ed25519_key (fixture->bob),
                                       "text",
                                       4,
                                       signature,
                                       NULL));
}

static void
test_account_pickle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) pickle = mx_olm_account_pickle (fixture->alice, fixture->pickle_key, NULL);
  g_autoptr (MxOlmAccount) again = mx_olm_account_unpickle (pickle, fixture->pickle_key, NULL);

  g_assert_nonnull (again);
  g_assert_cmpmem (mx_olm_account_get_ed25519_key (again),
                   32,
                   mx_olm_account_get_ed25519_key (fixture->alice),
                   32);
  g_assert_cmpmem (mx_olm_account_get_curve25519_key (again),
                   32,
                   mx_olm_account_get_curve25519_key (fixture->alice),
                   32);
}

static void
check_unpickle_fails (GBytes *pickle, MxSecret *key, MxCryptoError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (mx_olm_account_unpickle (pickle, key, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, (int) code);
}

/* libolm reads what is not base64 as its last letter. */
static guint8
other_letter (GBytes *base64, gsize at)
{
  const char *letters = g_bytes_get_data (base64, NULL);

  return letters[at] == 'A' ? 'B' : 'A';
}

static GBytes *
alter (GBytes *bytes, gsize at, guint8 value)
{
  gsize size = 0;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  guint8 *copy = g_memdup2 (data, size);

  g_assert_cmpuint (at, <, size);
  copy[at] = value;

  return g_bytes_new_take (copy, size);
}

static void
test_bad_pickles (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxSecret) other_key = mx_secret_new_random (32);
  g_autoptr (MxSecret) no_key = mx_secret_new (NULL, 0);
  g_autoptr (MxOlmSession) session = connect_one_time (fixture);
  g_autoptr (GBytes) pickle = mx_olm_account_pickle (fixture->alice, fixture->pickle_key, NULL);
  g_autoptr (GBytes) of_session = mx_olm_session_pickle (session, fixture->pickle_key, NULL);
  g_autoptr (GBytes) newer = alter (pickle, 4, 2);
  g_autoptr (GBytes) no_magic = alter (pickle, 0, 'x');
  g_autoptr (GBytes) damaged = alter (pickle, 100, other_letter (pickle, 100));
  g_autoptr (GBytes) cut = g_bytes_new_from_bytes (pickle, 0, g_bytes_get_size (pickle) - 40);
  g_autoptr (GBytes) only_head = g_bytes_new_from_bytes (pickle, 0, 8);
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;

  check_unpickle_fails (pickle, other_key, MX_CRYPTO_ERROR_BAD_KEY);
  check_unpickle_fails (pickle, no_key, MX_CRYPTO_ERROR_BAD_KEY);
  check_unpickle_fails (of_session, fixture->pickle_key, MX_CRYPTO_ERROR_BAD_FORMAT);
  check_unpickle_fails (newer, fixture->pickle_key, MX_CRYPTO_ERROR_UNSUPPORTED);
  check_unpickle_fails (no_magic, fixture->pickle_key, MX_CRYPTO_ERROR_BAD_FORMAT);
  check_unpickle_fails (damaged, fixture->pickle_key, MX_CRYPTO_ERROR_BAD_KEY);
  check_unpickle_fails (cut, fixture->pickle_key, MX_CRYPTO_ERROR_BAD_KEY);
  check_unpickle_fails (only_head, fixture->pickle_key, MX_CRYPTO_ERROR_BAD_FORMAT);
  check_unpickle_fails (empty, fixture->pickle_key, MX_CRYPTO_ERROR_BAD_FORMAT);
  g_assert_null (mx_olm_account_pickle (fixture->alice, no_key, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
}

static void
test_one_time_keys (Fixture *fixture, gconstpointer data)
{
  guint half = mx_olm_account_get_capacity (fixture->alice) / 2;

  g_assert_cmpuint (half, ==, 50);
  g_assert_true (mx_olm_account_generate_one_time_keys (fixture->alice, half, NULL));

  g_autoptr (GPtrArray) keys = mx_olm_account_dup_one_time_keys (fixture->alice, NULL);
  g_autoptr (GBytes) pickle = mx_olm_account_pickle (fixture->alice, fixture->pickle_key, NULL);
  g_autoptr (MxOlmAccount) restarted = mx_olm_account_unpickle (pickle, fixture->pickle_key, NULL);
  g_autoptr (GPtrArray) again = mx_olm_account_dup_one_time_keys (restarted, NULL);

  /* An upload that may have arrived is repeated with the same ids and keys. */
  g_assert_cmpuint (keys->len, ==, half);
  g_assert_cmpuint (again->len, ==, half);
  for (guint i = 0; i < half; i++)
    {
      const MxOlmPublicKey *a = g_ptr_array_index (keys, i);
      const MxOlmPublicKey *b = g_ptr_array_index (again, i);

      g_assert_cmpstr (a->id, ==, b->id);
      g_assert_cmpmem (a->key, sizeof a->key, b->key, sizeof b->key);
      g_assert_true (mx_curve25519_check_public (a->key, NULL));
    }

  mx_olm_account_mark_as_published (restarted);
  g_autoptr (GPtrArray) rest = mx_olm_account_dup_one_time_keys (restarted, NULL);

  g_assert_cmpuint (rest->len, ==, 0);
}

static void
test_fallback_key (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) none = mx_olm_account_dup_fallback_keys (fixture->alice, NULL);

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_true (mx_olm_account_generate_fallback_key (fixture->alice, NULL));

  g_autoptr (GPtrArray) one = mx_olm_account_dup_fallback_keys (fixture->alice, NULL);

  g_assert_cmpuint (one->len, ==, 1);
  mx_olm_account_mark_as_published (fixture->alice);

  g_autoptr (GPtrArray) published = mx_olm_account_dup_fallback_keys (fixture->alice, NULL);

  g_assert_cmpuint (published->len, ==, 0);
}

/* The key serves any number of first messages, its predecessor until it is forgotten. */
static void
test_fallback_life (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mx_olm_account_generate_fallback_key (fixture->bob, NULL));
  first = mx_olm_account_dup_fallback_keys (fixture->bob, NULL);

  for (int i = 0; i < 3; i++)
    {
      g_autoptr (MxOlmSession) session = connect_with (fixture, first);
      g_autofree char *body = send (session, "hello", MX_OLM_MESSAGE_PRE_KEY);
      g_autoptr (MxOlmSession) received = NULL;

      if (i == 1)
        g_assert_true (mx_olm_account_generate_fallback_key (fixture->bob, NULL));
      if (i == 2)
        mx_olm_account_forget_old_fallback_key (fixture->bob);
      received = receive_first (fixture, body, "hello", i == 2 ? &error : NULL);
      g_assert_true ((received != NULL) == (i < 2));
    }
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
}

static void
test_conversation (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxOlmSession) alice = connect_one_time (fixture);
  g_autofree char *first = send (alice, "un", MX_OLM_MESSAGE_PRE_KEY);
  g_autofree char *second = send (alice, "deux", MX_OLM_MESSAGE_PRE_KEY);
  g_autoptr (MxOlmSession) bob = receive_first (fixture, first, "un", NULL);
  g_autofree char *alice_id = mx_olm_session_dup_id (alice);
  g_autofree char *bob_id = mx_olm_session_dup_id (bob);
  g_autofree char *answer = NULL;
  g_autofree char *third = NULL;
  g_autofree char *empty = NULL;

  g_assert_cmpstr (alice_id, ==, bob_id);
  g_assert_false (mx_olm_session_has_received (alice));
  receive (bob, MX_OLM_MESSAGE_PRE_KEY, second, "deux");
  answer = send (bob, "trois", MX_OLM_MESSAGE_NORMAL);
  receive (alice, MX_OLM_MESSAGE_NORMAL, answer, "trois");
  g_assert_true (mx_olm_session_has_received (alice));
  third = send (alice, "quatre", MX_OLM_MESSAGE_NORMAL);
  empty = send (alice, "", MX_OLM_MESSAGE_NORMAL);
  receive (bob, MX_OLM_MESSAGE_NORMAL, empty, "");
  receive (bob, MX_OLM_MESSAGE_NORMAL, third, "quatre");
}

static void
test_session_pickle (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxOlmSession) alice = connect_one_time (fixture);
  g_autofree char *first = send (alice, "un", MX_OLM_MESSAGE_PRE_KEY);
  g_autoptr (MxOlmSession) bob = receive_first (fixture, first, "un", NULL);
  g_autoptr (MxSecret) other_key = mx_secret_new_random (32);

  for (int i = 0; i < 5; i++)
    {
      g_autoptr (GBytes) alice_pickle = mx_olm_session_pickle (alice, fixture->pickle_key, NULL);
      g_autoptr (GBytes) bob_pickle = mx_olm_session_pickle (bob, fixture->pickle_key, NULL);
      g_autofree char *body = NULL;

      g_assert_null (mx_olm_session_unpickle (alice_pickle, other_key, NULL));
      g_clear_pointer (&alice, mx_olm_session_free);
      g_clear_pointer (&bob, mx_olm_session_free);
      alice = mx_olm_session_unpickle (alice_pickle, fixture->pickle_key, NULL);
      bob = mx_olm_session_unpickle (bob_pickle, fixture->pickle_key, NULL);

      body = send (bob, "deux", MX_OLM_MESSAGE_NORMAL);
      receive (alice, MX_OLM_MESSAGE_NORMAL, body, "deux");
      g_clear_pointer (&body, g_free);
      body = send (alice, "trois", MX_OLM_MESSAGE_NORMAL);
      receive (bob, MX_OLM_MESSAGE_NORMAL, body, "trois");
    }
}

static void
garble (char *body)
{
  gsize last = strlen (body) - 8; /* in the MAC */

  body[last] = body[last] == 'A' ? 'B' : 'A';
}

/* Garbage must not burn a one-time key; the genuine message does, once. */
static void
test_keys_survive_garbage (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxOlmSession) alice = connect_one_time (fixture);
  g_autofree char *genuine = send (alice, "un", MX_OLM_MESSAGE_PRE_KEY);
  g_autofree char *broken = g_strdup (genuine);
  g_autoptr (MxOlmSession) bob = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) again_error = NULL;

  garble (broken);
  for (int i = 0; i < 3; i++)
    g_assert_null (receive_first (fixture, broken, "un", i == 0 ? &error : NULL));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_WEDGED);

  bob = receive_first (fixture, genuine, "un", NULL);
  g_assert_nonnull (bob);
  g_assert_null (receive_first (fixture, genuine, "un", &again_error));
  g_assert_error (again_error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
}

static void
test_matches (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxOlmSession) alice = connect_one_time (fixture);
  g_autoptr (MxOlmSession) other = connect_one_time (fixture);
  g_autofree char *first = send (alice, "un", MX_OLM_MESSAGE_PRE_KEY);
  g_autofree char *second = send (alice, "deux", MX_OLM_MESSAGE_PRE_KEY);
  g_autofree char *of_other = send (other, "x", MX_OLM_MESSAGE_PRE_KEY);
  g_autoptr (MxOlmSession) bob = receive_first (fixture, first, "un", NULL);
  const guint8 *alice_key = mx_olm_account_get_curve25519_key (fixture->alice);
  const guint8 *bob_key = mx_olm_account_get_curve25519_key (fixture->bob);

  g_assert_true (mx_olm_session_matches (bob, alice_key, first));
  g_assert_true (mx_olm_session_matches (bob, alice_key, second));
  g_assert_false (mx_olm_session_matches (bob, bob_key, second));
  g_assert_false (mx_olm_session_matches (bob, alice_key, of_other));
  g_assert_false (mx_olm_session_matches (bob, alice_key, "AAAA"));
  g_assert_false (mx_olm_session_matches (bob, alice_key, ""));
  g_assert_false (mx_olm_session_matches (bob, alice_key, "é"));

  /* the same message twice: it matches, and does not decrypt */
  refuse (bob, MX_OLM_MESSAGE_PRE_KEY, first, MX_CRYPTO_ERROR_WEDGED);
  receive (bob, MX_OLM_MESSAGE_PRE_KEY, second, "deux");
}

static void
test_other_sender (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxOlmSession) alice = connect_one_time (fixture);
  g_autofree char *body = send (alice, "un", MX_OLM_MESSAGE_PRE_KEY);
  g_autoptr (GBytes) plaintext = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (mx_olm_session_new_inbound (fixture->bob,
                                             mx_olm_account_get_curve25519_key (fixture->bob),
                                             body,
                                             &plaintext,
                                             &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
}

static void
test_wedged (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxOlmSession) alice = connect_one_time (fixture);
  g_autoptr (MxOlmSession) stranger = connect_one_time (fixture);
  g_autofree char *first = send (alice, "un", MX_OLM_MESSAGE_PRE_KEY);
  g_autofree char *foreign = send (stranger, "x", MX_OLM_MESSAGE_PRE_KEY);
  g_autoptr (MxOlmSession) bob = receive_first (fixture, first, "un", NULL);
  g_autofree char *answer = send (bob, "deux", MX_OLM_MESSAGE_NORMAL);
  g_autofree char *broken = g_strdup (answer);

  garble (broken);
  refuse (alice, MX_OLM_MESSAGE_NORMAL, broken, MX_CRYPTO_ERROR_WEDGED);
  refuse (stranger, MX_OLM_MESSAGE_NORMAL, answer, MX_CRYPTO_ERROR_WEDGED);
  /* A failure leaves the session as it was. */
  receive (alice, MX_OLM_MESSAGE_NORMAL, answer, "deux");
  g_assert_nonnull (foreign);
}

static void
test_gap (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxOlmSession) alice = connect_one_time (fixture);
  g_autofree char *first = send (alice, "un", MX_OLM_MESSAGE_PRE_KEY);
  g_autoptr (MxOlmSession) bob = receive_first (fixture, first, "un", NULL);
  g_autoptr (GPtrArray) bodies = g_ptr_array_new_with_free_func (g_free);

  for (int i = 0; i <= 2002; i++)
    g_ptr_array_add (bodies, send (bob, "x", MX_OLM_MESSAGE_NORMAL));

  refuse (alice, MX_OLM_MESSAGE_NORMAL, g_ptr_array_index (bodies, 2002), MX_CRYPTO_ERROR_WEDGED);
  receive (alice, MX_OLM_MESSAGE_NORMAL, g_ptr_array_index (bodies, 0), "x");
  receive (alice, MX_OLM_MESSAGE_NORMAL, g_ptr_array_index (bodies, 2000), "x");
  /* 40 keys of skipped messages are kept, the last ones */
  receive (alice, MX_OLM_MESSAGE_NORMAL, g_ptr_array_index (bodies, 1999), "x");
  refuse (alice, MX_OLM_MESSAGE_NORMAL, g_ptr_array_index (bodies, 1), MX_CRYPTO_ERROR_WEDGED);
}

static void
test_small_order (Fixture *fixture, gconstpointer data)
{
  const guint8 zero[MX_CURVE25519_KEY_SIZE] = { 0 };
  const guint8 one[MX_CURVE25519_KEY_SIZE] = { 1 };
  const guint8 *good = mx_olm_account_get_curve25519_key (fixture->bob);
  g_autoptr (MxOlmSession) alice = connect_one_time (fixture);
  g_autofree char *body = send (alice, "un", MX_OLM_MESSAGE_PRE_KEY);
  g_autoptr (GBytes) plaintext = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (mx_olm_session_new_outbound (fixture->alice, zero, good, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
  g_assert_null (mx_olm_session_new_outbound (fixture->alice, good, zero, NULL));
  g_assert_null (mx_olm_session_new_outbound (fixture->alice, good, one, NULL));
  g_assert_null (mx_olm_session_new_inbound (fixture->bob, zero, body, &plaintext, NULL));
}

static void
test_malformed (Fixture *fixture, gconstpointer data)
{
  static const char *const bad[] = { "", "A", "AAAA=", "A A", "!!!!", "AAA\xe9", NULL };
  static const char *const unreadable[] = { "AAAA", "AwoB", "AwoBCiEB", "////" };
  g_autoptr (MxOlmSession) alice = connect_one_time (fixture);
  g_autofree char *first = send (alice, "un", MX_OLM_MESSAGE_PRE_KEY);
  g_autoptr (MxOlmSession) bob = receive_first (fixture, first, "un", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      refuse (bob, MX_OLM_MESSAGE_PRE_KEY, bad[i], MX_CRYPTO_ERROR_BAD_FORMAT);
      refuse (bob, MX_OLM_MESSAGE_NORMAL, bad[i], MX_CRYPTO_ERROR_BAD_FORMAT);
      g_assert_null (receive_first (fixture, bad[i], "", NULL));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (unreadable); i++)
    {
      g_assert_null (mx_olm_session_decrypt (bob, MX_OLM_MESSAGE_PRE_KEY, unreadable[i], NULL));
      g_assert_null (mx_olm_session_decrypt (bob, MX_OLM_MESSAGE_NORMAL, unreadable[i], NULL));
      g_assert_null (receive_first (fixture, unreadable[i], "", NULL));
    }
  /* a message of the other type */
  g_assert_null (mx_olm_session_decrypt (bob, MX_OLM_MESSAGE_NORMAL, first, NULL));
}

/* A peer that pads, and a caller whose text stays as it was. */
static void
test_input_is_kept (Fixture *fixture, gconstpointer data)
{
  for (gsize size = 0; size < 40; size++)
    {
      g_autoptr (MxOlmSession) alice = connect_one_time (fixture);
      g_autofree char *text = g_strnfill (size, 'x');
      g_autofree char *body = send (alice, text, MX_OLM_MESSAGE_PRE_KEY);
      g_autofree char *padded = g_strconcat (body,
                                             strlen (body) % 4 == 2   ? "=="
                                             : strlen (body) % 4 == 3 ? "="
                                                                      : "",
                                             NULL);
      g_autofree char *copy = g_strdup (padded);
      g_autoptr (MxOlmSession) bob = NULL;

      g_assert_cmpuint (strlen (padded) % 4, ==, 0);
      bob = receive_first (fixture, padded, text, NULL);
      g_assert_nonnull (bob);
      g_assert_true (
        mx_olm_session_matches (bob, mx_olm_account_get_curve25519_key (fixture->alice), padded));
      g_assert_cmpstr (padded, ==, copy);
    }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/crypto/e2e-001/account", test_account);
  ADD ("/crypto/e2e-001/pickle", test_account_pickle);
  ADD ("/crypto/olm/bad-pickles", test_bad_pickles);
  ADD ("/crypto/e2e-008/one-time-keys", test_one_time_keys);
  ADD ("/crypto/e2e-011/fallback-key", test_fallback_key);
  ADD ("/crypto/e2e-012/fallback-life", test_fallback_life);
  ADD ("/crypto/e2e-013/keys-survive-garbage", test_keys_survive_garbage);
  ADD ("/crypto/olm/conversation", test_conversation);
  ADD ("/crypto/olm/session-pickle", test_session_pickle);
  ADD ("/crypto/e2e-032/matches", test_matches);
  ADD ("/crypto/e2e-032/other-sender", test_other_sender);
  ADD ("/crypto/e2e-033/wedged", test_wedged);
  ADD ("/crypto/e2e-047/gap", test_gap);
  ADD ("/crypto/olm/small-order", test_small_order);
  ADD ("/crypto/olm/malformed", test_malformed);
  ADD ("/crypto/olm/input-is-kept", test_input_is_kept);

  return g_test_run ();
}
