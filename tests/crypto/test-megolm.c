/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-megolm-inbound.h"
#include "mx-megolm-outbound.h"

#include <string.h>

#include "mx-base64.h"
#include "mx-error.h"
#include "mx-json.h"

/* A session and an event of matrix-js-sdk's test data. */
#define SESSION_ID "ipdI6Zs/7DzFTEhiA2iGaMDfHkIYCleqXT6L+5e1/co"
#define SESSION_KEY                                                                                  \
  "AQAAAABXGO+Z9jlQJhIL6ByhXrv2BwCIxkhh7MXpKLsYmXkJcWrQlirmXmD79ga1zo+I4DCtEZzyGSpDWXBC6G7ez3H4gDMB" \
  "am1RE3Jm5tc+oTlIri32UkYgSL0kBkcEnttqmIXBlK8tAfJo3cJnlh7F4ltEOAqrdME6dU0zXTkqXmURqYqXSOmbP+w8xUxI" \
  "YgNohmjA3x5CGApXql0+i/uXtf3K"
#define CIPHERTEXT                                                                                   \
  "AwgAEnAkBmciEAyhh1j6DCk29UXJ7kv/kvayUNfuNT0iAioLxcXjFXOZ5ho3jF1/wrytlt0Lb298uMM67OxdVMi+/mMfYpwl" \
  "vi07P9cIH6CMSj8tyhYoWl0SrKY6tkPf5GWOlRSRRKbziXa96FHXvnA3V2FCAIGtAe3G4ei5RPbhkmKAFBLAen33/D6MjJVq" \
  "U8Ojr5vTkgls5eyirarlVpsmnH06alDaxO8avrU0NL+Vsw26xvlUQgEMOnUJ"

static void
check_text (GBytes *plaintext, const char *expected)
{
  g_assert_nonnull (plaintext);
  g_assert_cmpmem (g_bytes_get_data (plaintext, NULL),
                   g_bytes_get_size (plaintext),
                   expected,
                   strlen (expected));
}

static void
receive (MxMegolmInbound *session, const char *ciphertext, const char *expected, guint32 index)
{
  guint32 got = 99;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) plaintext = mx_megolm_inbound_decrypt (session, ciphertext, &got, &error);

  g_assert_no_error (error);
  check_text (plaintext, expected);
  g_assert_cmpuint (got, ==, index);
}

static void
refuse (MxMegolmInbound *session, const char *ciphertext, MxCryptoError code)
{
  guint32 index = 0;
  g_autoptr (GError) error = NULL;

  g_assert_null (mx_megolm_inbound_decrypt (session, ciphertext, &index, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, (int) code);
}

static MxMegolmInbound *
new_inbound (MxMegolmOutbound *outbound)
{
  g_autoptr (MxSecret) key = mx_megolm_outbound_dup_key (outbound, NULL);
  g_autofree char *id = mx_megolm_outbound_dup_id (outbound);
  MxMegolmInbound *inbound = mx_megolm_inbound_new (mx_secret_get_text (key), id, NULL);

  g_assert_nonnull (inbound);

  return inbound;
}

static void
test_peer_vector (void)
{
  g_autoptr (MxMegolmInbound) session = mx_megolm_inbound_import (SESSION_KEY, SESSION_ID, NULL);
  guint32 index = 99;
  g_autoptr (GBytes) plaintext = mx_megolm_inbound_decrypt (session, CIPHERTEXT, &index, NULL);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (plaintext, NULL);

  g_assert_cmpuint (index, ==, 0);
  g_assert_cmpstr (mx_json_string (
                     mx_json_path (mx_json_document_root (document), "content", "body", NULL)),
                   ==,
                   "Hello world");
}

static void
test_conversation (void)
{
  g_autoptr (MxMegolmOutbound) outbound = mx_megolm_outbound_new ();
  g_autoptr (MxMegolmInbound) inbound = new_inbound (outbound);
  g_autofree char *out_id = mx_megolm_outbound_dup_id (outbound);
  g_autofree char *in_id = mx_megolm_inbound_dup_id (inbound);

  g_assert_cmpstr (out_id, ==, in_id);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u", i);
      g_autofree char *body = NULL;

      g_assert_cmpuint (mx_megolm_outbound_get_index (outbound), ==, i);
      body = mx_megolm_outbound_encrypt (outbound, text, strlen (text), NULL);
      receive (inbound, body, text, i);
      /* libolm does not refuse a replay: the caller has to */
      receive (inbound, body, text, i);
    }
  g_assert_cmpuint (mx_megolm_inbound_get_first_index (inbound), ==, 0);
}

static void
test_empty_and_large (void)
{
  g_autoptr (MxMegolmOutbound) outbound = mx_megolm_outbound_new ();
  g_autoptr (MxMegolmInbound) inbound = new_inbound (outbound);
  g_autofree char *large = g_strnfill (200000, 'x');
  g_autofree char *empty_body = mx_megolm_outbound_encrypt (outbound, "", 0, NULL);
  g_autofree char *large_body = mx_megolm_outbound_encrypt (outbound, large, strlen (large), NULL);

  receive (inbound, large_body, large, 1);
  receive (inbound, empty_body, "", 0);
}

static void
test_wrong_id (void)
{
  g_autoptr (MxMegolmOutbound) outbound = mx_megolm_outbound_new ();
  g_autoptr (MxMegolmOutbound) other = mx_megolm_outbound_new ();
  g_autoptr (MxSecret) key = mx_megolm_outbound_dup_key (outbound, NULL);
  g_autofree char *other_id = mx_megolm_outbound_dup_id (other);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) import_error = NULL;

  g_assert_null (mx_megolm_inbound_new (mx_secret_get_text (key), other_id, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
  g_assert_null (mx_megolm_inbound_import (SESSION_KEY, other_id, &import_error));
  g_assert_error (import_error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
}

/* m.room_key is signed by the session's key; the export format is not, and neither passes for the
 * other. */
static void
test_bad_session_keys (void)
{
  static const char *const bad[] = { "", "A", "!!!!", "AAAA", "AQAA", SESSION_KEY "AAAA", NULL };
  g_autoptr (MxMegolmOutbound) outbound = mx_megolm_outbound_new ();
  g_autoptr (MxSecret) key = mx_megolm_outbound_dup_key (outbound, NULL);
  g_autofree char *altered = g_strdup (mx_secret_get_text (key));
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_null (mx_megolm_inbound_new (bad[i], NULL, NULL));
      g_assert_null (mx_megolm_inbound_import (bad[i], NULL, NULL));
    }
  altered[40] = altered[40] == 'A' ? 'B' : 'A';
  g_assert_null (mx_megolm_inbound_new (altered, NULL, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_SIGNATURE);
  g_assert_null (mx_megolm_inbound_new (SESSION_KEY, NULL, NULL));
  g_assert_null (mx_megolm_inbound_import (mx_secret_get_text (key), NULL, NULL));
}

/* With a signing key of small order anybody who has the session could write in its owner's name.
 * libolm takes it, and the signature below for that of any text. */
static void
test_small_order (void)
{
  guint8 shared[1 + 4 + 128 + 32 + 64] = { 2 };
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  shared[133] = 1; /* the key: the identity element */
  shared[165] = 1; /* R: the same; S: 0 */
  text = mx_base64_encode (shared, sizeof shared);
  g_assert_null (mx_megolm_inbound_new (text, NULL, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
}

static void
test_altered (void)
{
  g_autoptr (MxMegolmInbound) session = mx_megolm_inbound_import (SESSION_KEY, SESSION_ID, NULL);
  g_autofree char *body = g_strdup (CIPHERTEXT);
  guint32 index = 0;

  for (gsize i = 0; i < strlen (body); i++)
    {
      char old = body[i];

      body[i] = old == 'A' ? 'Q' : 'A';
      g_assert_null (mx_megolm_inbound_decrypt (session, body, &index, NULL));
      body[i] = old;
    }
  g_autoptr (GBytes) plaintext = mx_megolm_inbound_decrypt (session, body, &index, NULL);

  g_assert_nonnull (plaintext);
}

static void
test_malformed (void)
{
  static const char *const bad[] = { "", "A", "!!!!", "AAA=A", "AwgA\n", NULL };
  g_autoptr (MxMegolmInbound) session = mx_megolm_inbound_import (SESSION_KEY, SESSION_ID, NULL);
  g_autoptr (MxMegolmOutbound) outbound = mx_megolm_outbound_new ();
  g_autofree char *foreign = mx_megolm_outbound_encrypt (outbound, "x", 1, NULL);
  g_autofree char *padded = g_strconcat (CIPHERTEXT, "===", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    refuse (session, bad[i], MX_CRYPTO_ERROR_BAD_FORMAT);
  refuse (session, "AAAA", MX_CRYPTO_ERROR_UNSUPPORTED);
  refuse (session, "AwgA", MX_CRYPTO_ERROR_UNSUPPORTED); /* too short to have a version */
  refuse (session, foreign, MX_CRYPTO_ERROR_BAD_SIGNATURE);
  refuse (session, padded, MX_CRYPTO_ERROR_BAD_FORMAT);
}

/* Who comes late reads from then on. */
static void
test_export (void)
{
  g_autoptr (MxMegolmOutbound) outbound = mx_megolm_outbound_new ();
  g_autoptr (MxMegolmInbound) inbound = new_inbound (outbound);
  char *bodies[6] = { NULL };
  g_autoptr (MxSecret) exported = NULL;
  g_autoptr (MxMegolmInbound) late = NULL;
  g_autofree char *id = mx_megolm_outbound_dup_id (outbound);
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    bodies[i] = mx_megolm_outbound_encrypt (outbound, "x", 1, NULL);

  exported = mx_megolm_inbound_export (inbound, 3, NULL);
  late = mx_megolm_inbound_import (mx_secret_get_text (exported), id, NULL);
  g_assert_cmpuint (mx_megolm_inbound_get_first_index (late), ==, 3);
  refuse (late, bodies[2], MX_CRYPTO_ERROR_UNKNOWN_INDEX);
  receive (late, bodies[3], "x", 3);
  receive (late, bodies[5], "x", 5);
  g_assert_null (mx_megolm_inbound_export (late, 2, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_UNKNOWN_INDEX);

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    g_free (bodies[i]);
}

static MxMegolmInbound *
reimport (MxMegolmInbound *session, guint32 index)
{
  g_autoptr (MxSecret) exported = mx_megolm_inbound_export (session, index, NULL);

  return mx_megolm_inbound_import (mx_secret_get_text (exported), NULL, NULL);
}

static void
test_compare (void)
{
  g_autoptr (MxMegolmOutbound) outbound = mx_megolm_outbound_new ();
  g_autoptr (MxMegolmOutbound) stranger = mx_megolm_outbound_new ();
  g_autoptr (MxMegolmInbound) original = new_inbound (outbound);
  g_autoptr (MxMegolmInbound) foreign = new_inbound (stranger);
  g_autoptr (MxMegolmInbound) same = reimport (original, 0);
  g_autoptr (MxMegolmInbound) later = reimport (original, 70000);
  guint8 forged_bytes[1 + 4 + 128 + 32] = { 1, 0, 0, 0, 1 };
  g_autofree char *id = mx_megolm_inbound_dup_id (original);
  g_autofree char *forged_text = NULL;
  g_autoptr (MxMegolmInbound) forged = NULL;

  /* the same id, another ratchet */
  g_assert_true (mx_base64_decode_exact (id, forged_bytes + 133, 32, NULL));
  forged_text = mx_base64_encode (forged_bytes, sizeof forged_bytes);
  forged = mx_megolm_inbound_import (forged_text, id, NULL);
  g_assert_nonnull (forged);

  g_assert_cmpint (mx_megolm_inbound_compare (original, same), ==, MX_MEGOLM_EQUAL);
  g_assert_cmpint (mx_megolm_inbound_compare (original, later), ==, MX_MEGOLM_BETTER);
  g_assert_cmpint (mx_megolm_inbound_compare (later, original), ==, MX_MEGOLM_WORSE);
  g_assert_cmpint (mx_megolm_inbound_compare (original, foreign), ==, MX_MEGOLM_UNCONNECTED);
  g_assert_cmpint (mx_megolm_inbound_compare (forged, original), ==, MX_MEGOLM_UNCONNECTED);
  g_assert_cmpint (mx_megolm_inbound_compare (original, forged), ==, MX_MEGOLM_UNCONNECTED);
}

static void
test_pickles (void)
{
  g_autoptr (MxSecret) key = mx_secret_new_random (32);
  g_autoptr (MxSecret) other = mx_secret_new_random (32);
  g_autoptr (MxMegolmOutbound) outbound = mx_megolm_outbound_new ();
  g_autoptr (MxMegolmInbound) inbound = new_inbound (outbound);
  g_autofree char *first = mx_megolm_outbound_encrypt (outbound, "un", 2, NULL);
  g_autoptr (GBytes) out_pickle = mx_megolm_outbound_pickle (outbound, key, NULL);
  g_autoptr (GBytes) in_pickle = mx_megolm_inbound_pickle (inbound, key, NULL);
  g_autoptr (MxMegolmOutbound) out_again = mx_megolm_outbound_unpickle (out_pickle, key, NULL);
  g_autoptr (MxMegolmInbound) in_again = mx_megolm_inbound_unpickle (in_pickle, key, NULL);
  g_autofree char *second = mx_megolm_outbound_encrypt (out_again, "deux", 4, NULL);

  receive (in_again, second, "deux", 1);
  receive (in_again, first, "un", 0);
  g_assert_null (mx_megolm_outbound_unpickle (out_pickle, other, NULL));
  g_assert_null (mx_megolm_inbound_unpickle (in_pickle, other, NULL));
  g_assert_null (mx_megolm_outbound_unpickle (in_pickle, key, NULL));
  g_assert_null (mx_megolm_inbound_unpickle (out_pickle, key, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/megolm/peer-vector", test_peer_vector);
  g_test_add_func ("/crypto/e2e-051/conversation", test_conversation);
  g_test_add_func ("/crypto/megolm/empty-and-large", test_empty_and_large);
  g_test_add_func ("/crypto/e2e-060/export", test_export);
  g_test_add_func ("/crypto/e2e-073/wrong-id", test_wrong_id);
  g_test_add_func ("/crypto/e2e-073/bad-session-keys", test_bad_session_keys);
  g_test_add_func ("/crypto/e2e-073/small-order", test_small_order);
  g_test_add_func ("/crypto/e2e-077/compare", test_compare);
  g_test_add_func ("/crypto/megolm/altered", test_altered);
  g_test_add_func ("/crypto/megolm/malformed", test_malformed);
  g_test_add_func ("/crypto/megolm/pickles", test_pickles);

  return g_test_run ();
}
