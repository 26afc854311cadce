/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-attachment.h"

#include "bytes.h"
#include "mx-base64.h"
#include "mx-error.h"

#define FILE_JSON(v, kty, alg, ops, k, iv, hash)                                                   \
  "{\"url\":\"mxc://a/b\",\"v\":" v ",\"key\":{\"kty\":" kty ",\"alg\":" alg                       \
  ",\"ext\":true,\"k\":" k ",\"key_ops\":" ops "},\"iv\":" iv ",\"hashes\":{\"sha256\":" hash "}}"

#define OPS        "[\"encrypt\",\"decrypt\"]"
#define K          "\"QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI\""
#define IV         "\"AQIDBAUGBwgAAAAAAAAAAA\""
#define HASH       "\"WIGK6E2jFVz2ipbE9hN7RwhnVhjulQAGQyPg1185LZE\""
#define CIPHERTEXT "4MzXmEOe2z3W+Fglti4/TxDgOBvIg5o"
#define GOOD       FILE_JSON ("\"v2\"", "\"oct\"", "\"A256CTR\"", OPS, K, IV, HASH)

static MxAttachmentKey *
parse (const char *json, GError **error)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (json, -1, NULL);

  g_assert_nonnull (document);

  return mx_attachment_key_parse (mx_json_document_root (document), error);
}

/* In parts, as a file is read; NULL when the hash is wrong. */
static char *
decrypt (MxAttachmentKey *key, const guint8 *data, gsize size, gsize part, GError **error)
{
  g_autoptr (MxAttachmentStream) check = mx_attachment_stream_new_decrypt (key, NULL);
  g_autoptr (MxAttachmentStream) stream = mx_attachment_stream_new_decrypt (key, NULL);
  g_autoptr (MxAttachmentKey) checked = NULL;
  g_autoptr (MxAttachmentKey) again = NULL;
  g_autofree char *text = g_malloc0 (size + 1);

  for (gsize i = 0; i < size; i += part)
    g_assert_true (mx_attachment_stream_update (check, data + i, MIN (part, size - i), NULL, NULL));
  checked = mx_attachment_stream_finish (check, error);
  if (checked == NULL)
    return NULL;

  for (gsize i = 0; i < size; i += part)
    g_assert_true (mx_attachment_stream_update (stream,
                                                data + i,
                                                MIN (part, size - i),
                                                (guint8 *) text + i,
                                                NULL));
  again = mx_attachment_stream_finish (stream, NULL);
  g_assert_true (again == key);

  return g_steal_pointer (&text);
}

static void
test_vector (void)
{
  g_autoptr (MxAttachmentKey) key = parse (GOOD, NULL);
  gsize size = 0;
  g_autofree guint8 *data = mx_base64_decode (CIPHERTEXT, -1, &size, NULL);

  for (gsize part = 1; part <= size; part++)
    {
      g_autofree char *text = decrypt (key, data, size, part, NULL);

      g_assert_cmpstr (text, ==, "tchap attachment vector");
    }
}

/* The example of matrix-rust-sdk's tests. */
static void
test_rust_vector (void)
{
  g_autoptr (MxAttachmentKey) key =
    parse (FILE_JSON ("\"v2\"",
                      "\"oct\"",
                      "\"A256CTR\"",
                      OPS,
                      "\"Voq2nkPme_x8no5-Tjq_laDAdxE6iDbxnlQXxwFPgE4\"",
                      "\"i0DovxYdJEcAAAAAAAAAAA\"",
                      "\"ANdt819a8bZl4jKy3Z+jcqtiNICa2y0AW4BBJ/iQRAU\""),
           NULL);
  gsize size = 0;
  g_autofree guint8 *data =
    bytes_from_hex ("b39a767fba7f6e21cb2121864364ad2eeb1bd7ac241a4b2f21a0", &size);
  g_autofree char *text = decrypt (key, data, size, 7, NULL);

  g_assert_cmpstr (text, ==, "It's a secret to everybody");
}

static void
test_wrong_hash (void)
{
  g_autoptr (MxAttachmentKey) key = parse (GOOD, NULL);
  gsize size = 0;
  g_autofree guint8 *data = mx_base64_decode (CIPHERTEXT, -1, &size, NULL);

  for (gsize i = 0; i < size; i++)
    {
      g_autoptr (GError) error = NULL;

      data[i] ^= 0x40;
      g_assert_null (decrypt (key, data, size, size, &error));
      g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_MAC);
      data[i] ^= 0x40;
    }
  g_assert_null (decrypt (key, data, size - 1, size, NULL));
  g_assert_null (decrypt (key, data, 0, size, NULL));
}

/* The file changed between the check and the second reading. */
static void
test_changed_between (void)
{
  g_autoptr (MxAttachmentKey) key = parse (GOOD, NULL);
  g_autoptr (MxAttachmentStream) stream = mx_attachment_stream_new_decrypt (key, NULL);
  g_autoptr (GError) error = NULL;
  guint8 out[3];

  g_assert_true (mx_attachment_stream_update (stream, (const guint8 *) "abc", 3, out, NULL));
  g_assert_null (mx_attachment_stream_finish (stream, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_MAC);
}

static void
test_padded (void)
{
  g_autoptr (MxAttachmentKey) key =
    parse (FILE_JSON ("\"v2\"",
                      "\"oct\"",
                      "\"A256CTR\"",
                      OPS,
                      "\"QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=\"",
                      "\"AQIDBAUGBwgAAAAAAAAAAA==\"",
                      "\"WIGK6E2jFVz2ipbE9hN7RwhnVhjulQAGQyPg1185LZE=\""),
           NULL);

  g_assert_nonnull (key);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *json;
    MxCryptoError error;
  } cases[] = {
    { "{}", MX_CRYPTO_ERROR_UNSUPPORTED },
    { "null", MX_CRYPTO_ERROR_UNSUPPORTED },
    { FILE_JSON ("\"v1\"", "\"oct\"", "\"A256CTR\"", OPS, K, IV, HASH),
      MX_CRYPTO_ERROR_UNSUPPORTED },
    { FILE_JSON ("2", "\"oct\"", "\"A256CTR\"", OPS, K, IV, HASH), MX_CRYPTO_ERROR_UNSUPPORTED },
    { FILE_JSON ("\"v2\"", "\"RSA\"", "\"A256CTR\"", OPS, K, IV, HASH),
      MX_CRYPTO_ERROR_UNSUPPORTED },
    { FILE_JSON ("\"v2\"", "\"oct\"", "\"A128CTR\"", OPS, K, IV, HASH),
      MX_CRYPTO_ERROR_UNSUPPORTED },
    { FILE_JSON ("\"v2\"", "\"oct\"", "\"A256CTR\"", "[\"encrypt\"]", K, IV, HASH),
      MX_CRYPTO_ERROR_UNSUPPORTED },
    { FILE_JSON ("\"v2\"", "\"oct\"", "\"A256CTR\"", "{}", K, IV, HASH),
      MX_CRYPTO_ERROR_UNSUPPORTED },
    { FILE_JSON ("\"v2\"", "\"oct\"", "\"A256CTR\"", OPS, "\"QkJC\"", IV, HASH),
      MX_CRYPTO_ERROR_BAD_FORMAT },
    { FILE_JSON ("\"v2\"", "\"oct\"", "\"A256CTR\"", OPS, "7", IV, HASH),
      MX_CRYPTO_ERROR_BAD_FORMAT },
    { FILE_JSON ("\"v2\"",
                 "\"oct\"",
                 "\"A256CTR\"",
                 OPS,
                 "\"Voq2nkPme/x8no5+Tjq/laDAdxE6iDbxnlQXxwFPgE4\"",
                 IV,
                 HASH),
      MX_CRYPTO_ERROR_BAD_FORMAT },
    { FILE_JSON ("\"v2\"", "\"oct\"", "\"A256CTR\"", OPS, K, "\"AQIDBAUGBwg\"", HASH),
      MX_CRYPTO_ERROR_BAD_FORMAT },
    { FILE_JSON ("\"v2\"", "\"oct\"", "\"A256CTR\"", OPS, K, "null", HASH),
      MX_CRYPTO_ERROR_BAD_FORMAT },
    { FILE_JSON ("\"v2\"", "\"oct\"", "\"A256CTR\"", OPS, K, IV, "\"\""),
      MX_CRYPTO_ERROR_BAD_FORMAT },
    { FILE_JSON ("\"v2\"", "\"oct\"", "\"A256CTR\"", OPS, K, IV, "[]"),
      MX_CRYPTO_ERROR_BAD_FORMAT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("case %zu", i);
      g_assert_null (parse (cases[i].json, &error));
      g_assert_error (error, MX_CRYPTO_ERROR, (int) cases[i].error);
    }
}

static MxAttachmentKey *
encrypt (const char *text, guint8 *out)
{
  g_autoptr (MxAttachmentStream) stream = mx_attachment_stream_new_encrypt (NULL);
  gsize half = strlen (text) / 2;

  g_assert_true (mx_attachment_stream_update (stream, (const guint8 *) text, half, out, NULL));
  g_assert_true (mx_attachment_stream_update (stream,
                                              (const guint8 *) text + half,
                                              strlen (text) - half,
                                              out + half,
                                              NULL));

  return mx_attachment_stream_finish (stream, NULL);
}

static void
test_round_trip (void)
{
  static const char text[] = "Un fichier joint, plus long qu'un bloc.";
  guint8 one[sizeof text];
  guint8 two[sizeof text];
  g_autoptr (MxAttachmentKey) key = encrypt (text, one);
  g_autoptr (MxAttachmentKey) other = encrypt (text, two);
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  g_assert_cmpint (memcmp (one, two, strlen (text)), !=, 0);

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "url", "mxc://a/b");
  mx_attachment_key_write (key, writer);
  mx_json_end (writer);

  g_autofree char *json = mx_json_writer_to_text (writer);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (json, -1, NULL);
  MxJson file = mx_json_document_root (document);
  g_autoptr (MxAttachmentKey) read = parse (json, NULL);
  g_autofree char *again = decrypt (read, one, strlen (text), 5, NULL);
  guint8 iv[16];

  g_assert_cmpstr (again, ==, text);
  g_assert_true (mx_json_bool (mx_json_path (file, "key", "ext", NULL), FALSE));
  g_assert_true (mx_base64_decode_exact (mx_json_get_string (file, "iv"), iv, sizeof iv, NULL));
  assert_hex (iv + 8, 8, "0000000000000000");
  g_assert_null (decrypt (other, one, strlen (text), 5, NULL));
}

static void
test_empty (void)
{
  guint8 nothing[1] = { 0 };
  g_autoptr (MxAttachmentKey) key = encrypt ("", nothing);
  g_autofree char *text = decrypt (key, (const guint8 *) "", 0, 1, NULL);

  g_assert_cmpstr (text, ==, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/e2e-145/vector", test_vector);
  g_test_add_func ("/crypto/e2e-145/rust-vector", test_rust_vector);
  g_test_add_func ("/crypto/e2e-145/round-trip", test_round_trip);
  g_test_add_func ("/crypto/e2e-145/empty", test_empty);
  g_test_add_func ("/crypto/e2e-146/wrong-hash", test_wrong_hash);
  g_test_add_func ("/crypto/e2e-146/changed-between", test_changed_between);
  g_test_add_func ("/crypto/e2e-147/padded", test_padded);
  g_test_add_func ("/crypto/e2e-147/refused", test_refused);

  return g_test_run ();
}
