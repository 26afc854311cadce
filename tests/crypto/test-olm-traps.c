/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What libolm does, beside what we do: each test shows a weakness of the library and the fence
 * around it. Should one of the first halves fail some day, the library has been mended, and its
 * fence may go. */
#include "config.h"

#include <olm/olm.h>
#include <olm/sas.h>

#include "bytes.h"
#include "mx-base64.h"
#include "mx-curve25519.h"
#include "mx-error.h"
#include "mx-megolm-inbound.h"
#include "mx-megolm-outbound.h"
#include "mx-olm-session.h"
#include "mx-signature.h"

static gboolean
libolm_verifies (const guint8 key[32], const char *text, const char *signature)
{
  OlmUtility *utility = olm_utility (g_malloc (olm_utility_size ()));
  g_autofree char *key_text = mx_base64_encode (key, 32);
  g_autofree char *copy = g_strdup (signature);
  gsize result = olm_ed25519_verify (
    utility, key_text, strlen (key_text), text, strlen (text), copy, strlen (copy));

  olm_clear_utility (utility);
  g_free (utility);

  return result != olm_error ();
}

static void
test_malleable_signature (void)
{
  g_autofree guint8 *l =
    bytes_from_hex ("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", NULL);
  g_autoptr (MxSecret) seed = mx_secret_new_random (32);
  guint8 key[32];
  guint8 signature[64];
  g_autofree char *text = NULL;
  unsigned carry = 0;

  g_assert_true (mx_signature_derive_public (seed, key, NULL));
  g_assert_true (mx_signature_sign (seed, "text", 4, signature, NULL));
  for (gsize i = 0; i < 32; i++)
    {
      carry += signature[32 + i] + l[i];
      signature[32 + i] = carry & 0xff;
      carry >>= 8;
    }
  text = mx_base64_encode (signature, sizeof signature);

  g_assert_true (libolm_verifies (key, "text", text));
  g_assert_false (mx_signature_verify (key, "text", 4, signature, NULL));
}

static void
test_identity_key (void)
{
  const guint8 key[32] = { 1 };
  const guint8 signature[64] = { 1 };
  g_autofree char *text = mx_base64_encode (signature, sizeof signature);

  g_assert_true (libolm_verifies (key, "anything at all", text));
  g_assert_false (mx_signature_verify (key, "anything at all", 15, signature, NULL));
}

static void
test_any_character_is_base64 (void)
{
  g_autoptr (MxSecret) seed = mx_secret_new_random (32);
  guint8 key[32];
  guint8 signature[64];
  g_autofree char *text = NULL;

  g_assert_true (mx_signature_derive_public (seed, key, NULL));
  g_assert_true (mx_signature_sign (seed, "text", 4, signature, NULL));
  text = mx_base64_encode (signature, sizeof signature);
  text[10] = (char) (text[10] | 0x80);

  g_assert_true (libolm_verifies (key, "text", text));
  g_assert_false (mx_base64_decode_exact (text, signature, sizeof signature, NULL));
}

static void
test_zero_keys (void)
{
  static const char zero_text[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  char zero_copy[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  const guint8 zero[32] = { 0 };
  guint8 random[200] = { 7 };
  OlmAccount *olm_alice = olm_account (g_malloc (olm_account_size ()));
  OlmSession *olm_to_zero = olm_session (g_malloc (olm_session_size ()));
  OlmSAS *sas = olm_sas (g_malloc (olm_sas_size ()));
  g_autoptr (MxOlmAccount) alice = mx_olm_account_new ();

  g_assert_cmpuint (olm_create_account (olm_alice,
                                        random,
                                        olm_create_account_random_length (olm_alice)),
                    !=,
                    olm_error ());
  g_assert_cmpuint (olm_create_outbound_session (olm_to_zero,
                                                 olm_alice,
                                                 zero_text,
                                                 strlen (zero_text),
                                                 zero_text,
                                                 strlen (zero_text),
                                                 random,
                                                 olm_create_outbound_session_random_length (
                                                   olm_to_zero)),
                    !=,
                    olm_error ());
  g_assert_cmpuint (olm_create_sas (sas, random, olm_create_sas_random_length (sas)),
                    !=,
                    olm_error ());
  g_assert_cmpuint (olm_sas_set_their_key (sas, zero_copy, strlen (zero_copy)), !=, olm_error ());

  g_assert_null (mx_olm_session_new_outbound (alice, zero, zero, NULL));
  g_assert_false (mx_curve25519_check_public (zero, NULL));

  olm_clear_account (olm_alice);
  olm_clear_session (olm_to_zero);
  olm_clear_sas (sas);
  g_free (olm_alice);
  g_free (olm_to_zero);
  g_free (sas);
}

/* An old pickle of an outbound session gives one index to two messages: hence "commit, then send".
 */
static void
test_old_pickle_reuses_index (void)
{
  g_autoptr (MxSecret) key = mx_secret_new_random (32);
  g_autoptr (MxMegolmOutbound) session = mx_megolm_outbound_new ();
  g_autoptr (MxSecret) session_key = mx_megolm_outbound_dup_key (session, NULL);
  g_autoptr (GBytes) old = mx_megolm_outbound_pickle (session, key, NULL);
  g_autofree char *one = mx_megolm_outbound_encrypt (session, "one", 3, NULL);
  g_autoptr (GBytes) committed = mx_megolm_outbound_pickle (session, key, NULL);
  g_autoptr (MxMegolmOutbound) restored = mx_megolm_outbound_unpickle (old, key, NULL);
  g_autoptr (MxMegolmOutbound) right = mx_megolm_outbound_unpickle (committed, key, NULL);
  g_autofree char *two = mx_megolm_outbound_encrypt (restored, "two", 3, NULL);
  g_autoptr (MxMegolmInbound) inbound =
    mx_megolm_inbound_new (mx_secret_get_text (session_key), NULL, NULL);
  guint32 index_one = 9;
  guint32 index_two = 9;
  g_autoptr (GBytes) text_one = mx_megolm_inbound_decrypt (inbound, one, &index_one, NULL);
  g_autoptr (GBytes) text_two = mx_megolm_inbound_decrypt (inbound, two, &index_two, NULL);

  g_assert_nonnull (text_one);
  g_assert_nonnull (text_two);
  g_assert_cmpuint (index_one, ==, index_two);
  g_assert_cmpuint (mx_megolm_outbound_get_index (right), ==, 1);
}

/* Without stretching and with a fixed IV, a pickle is only as secret as its key, and shows what did
 * not change. */
static void
test_pickle_is_deterministic (void)
{
  g_autoptr (MxSecret) key = mx_secret_new_random (32);
  g_autoptr (MxOlmAccount) account = mx_olm_account_new ();
  g_autoptr (GBytes) one = mx_olm_account_pickle (account, key, NULL);
  g_autoptr (GBytes) two = mx_olm_account_pickle (account, key, NULL);

  g_assert_true (g_bytes_equal (one, two));
}

/* The key of a session reads from now on: who is told after the first message misses it. */
static void
test_key_is_of_now (void)
{
  g_autoptr (MxMegolmOutbound) session = mx_megolm_outbound_new ();
  g_autofree char *first = mx_megolm_outbound_encrypt (session, "x", 1, NULL);
  g_autoptr (MxSecret) late = mx_megolm_outbound_dup_key (session, NULL);
  g_autoptr (MxMegolmInbound) inbound =
    mx_megolm_inbound_new (mx_secret_get_text (late), NULL, NULL);
  g_autoptr (GError) error = NULL;
  guint32 index = 0;

  g_assert_cmpuint (mx_megolm_inbound_get_first_index (inbound), ==, 1);
  g_assert_null (mx_megolm_inbound_decrypt (inbound, first, &index, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_UNKNOWN_INDEX);
}

/* After 151 keys it holds 100: the oldest private ones are gone, whoever may have claimed them. */
static void
test_old_keys_are_dropped (void)
{
  g_autoptr (MxOlmAccount) alice = mx_olm_account_new ();
  g_autoptr (MxOlmAccount) bob = mx_olm_account_new ();
  g_autoptr (GPtrArray) keys = NULL;
  const MxOlmPublicKey *first = NULL;
  g_autoptr (MxOlmSession) session = NULL;
  g_autofree char *body = NULL;
  g_autoptr (GBytes) plaintext = NULL;
  MxOlmMessageType type = MX_OLM_MESSAGE_NORMAL;
  g_autoptr (GError) error = NULL;

  g_assert_true (mx_olm_account_generate_one_time_keys (bob, 1, NULL));
  keys = mx_olm_account_dup_one_time_keys (bob, NULL);
  first = g_ptr_array_index (keys, 0);
  session =
    mx_olm_session_new_outbound (alice, mx_olm_account_get_curve25519_key (bob), first->key, NULL);
  body = mx_olm_session_encrypt (session, "x", 1, &type, NULL);

  g_assert_true (mx_olm_account_generate_one_time_keys (bob, 150, NULL));
  g_assert_null (mx_olm_session_new_inbound (bob,
                                             mx_olm_account_get_curve25519_key (alice),
                                             body,
                                             &plaintext,
                                             &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/e2e-100/libolm-malleable-signature", test_malleable_signature);
  g_test_add_func ("/crypto/e2e-100/libolm-identity-key", test_identity_key);
  g_test_add_func ("/crypto/olm-traps/any-character-is-base64", test_any_character_is_base64);
  g_test_add_func ("/crypto/e2e-110/libolm-zero-keys", test_zero_keys);
  g_test_add_func ("/crypto/e2e-043/old-pickle-reuses-index", test_old_pickle_reuses_index);
  g_test_add_func ("/crypto/olm-traps/pickle-is-deterministic", test_pickle_is_deterministic);
  g_test_add_func ("/crypto/olm-traps/key-is-of-now", test_key_is_of_now);
  g_test_add_func ("/crypto/e2e-007/old-keys-are-dropped", test_old_keys_are_dropped);

  return g_test_run ();
}
