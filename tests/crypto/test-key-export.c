/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-key-export.h"

#include "bytes.h"
#include "mx-base64.h"
#include "mx-error.h"
#include "mx-json.h"

#define BEGIN "-----BEGIN MEGOLM SESSION DATA-----\n"
#define END   "-----END MEGOLM SESSION DATA-----"

/* The file of matrix-rust-sdk's tests: passphrase 1234, one round. */
#define BODY                                                                                       \
  "Af7mGhlzQ+eGvHu93u0YXd3D/+vYMs3E7gQqOhuCtkvGAAAAASH7pEdWvFyAP1JUisAcpEo\n"                      \
  "Xke2Q7Kr9hVl/SCc6jXBNeJCZcrUbUV4D/tRQIl3E9L4fOk928YI1J+3z96qiH0uE7hpsCI\n"                      \
  "CkHKwjPU+0XTzFdIk1X8H7sZ+MD/2Sg/q3y8rtUjz7uEj4GUTnb+9SCOTVmJsRfqgUpM1CU\n"                      \
  "bDLytHf1JkohY4tWEgpsCc67xdzgodjr12qYrfg/zNm3LGpxlrffJknw4rk5QFTj4kMbqbD\n"                      \
  "ZZgDTni+HxRTDGge2J620lMOiznvXX+H09Rwruqx5aJvvaaKd86jWRpiO2oSFqHn4u5ONl9\n"                      \
  "41uzm62Sj0eIm6ZbA9NQs87jQw4LxsejhZVL+NdjIg80zVSBTWhTdo0DTnbFSNP4ReOiz0U\n"                      \
  "XosOF8A5T8Vdx2nvA0GXltfcHKVKQYh/LJAkNQ7P9UYL4ae/5TtQZkhB1KxCLTRWqADCl53\n"                      \
  "uBMGpG53EMgY6G6K2DEIOkcv7sdXQF5WpemiSWZqJRWj+cjfs9BpCTbkp/rszWFl2TniWpR\n"                      \
  "RqIbT2jORlN4rTvdtF0F4z1pqP4qWyR3sLNTkXm9CFRzWADNG0RDZKxbCoo6RPvtaCTfaHo\n"                      \
  "SwfvzBS6CjfAG+FOugpV48o7+XetaUUPZ6/tZSPhCdeV8eP9q5r0QwWeXFogzoNzWt4HYx9\n"                      \
  "MdXxzD+f0mtg5gzehrrEEARwI2bCvPpHxlt/Na9oW/GBpkjwR1LSKgg4CtpRyWngPjdEKpZ\n"                      \
  "GYW19pdjg0qdXNk/eqZsQTsNWVo6A\n"

static MxSecret *
decrypt (const char *text, const char *passphrase, GError **error)
{
  g_autoptr (MxSecret) secret = mx_secret_new_text (passphrase);

  return mx_key_export_decrypt (text, strlen (text), secret, error);
}

static void
check_peer_file (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxSecret) json = decrypt (text, "1234", &error);
  g_autoptr (MxJsonDocument) document = NULL;

  g_assert_no_error (error);
  document = mx_json_document_parse (mx_secret_get_text (json), -1, NULL);
  g_assert_nonnull (document);
  g_assert_cmpstr (mx_json_get_string (mx_json_at (mx_json_document_root (document), 0),
                                       "algorithm"),
                   ==,
                   "m.megolm.v1.aes-sha2");
}

static void
test_vector (void)
{
  g_auto (GStrv) lines = g_strsplit (BEGIN BODY END, "\n", -1);
  g_autofree char *dos = g_strjoinv ("\r\n", lines);

  check_peer_file (BEGIN BODY END);
  check_peer_file (BEGIN BODY END "\n");
  check_peer_file ("\n some text before \n" BEGIN "\n" BODY "\n" END "\nand after");
  check_peer_file (dos);
}

static void
test_wrong_passphrase (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (decrypt (BEGIN BODY END, "1235", &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_MAC);
}

static void
test_damaged (void)
{
  g_autofree char *text = g_strdup (BEGIN BODY END);

  for (gsize i = strlen (BEGIN) + 30; i < strlen (BEGIN BODY) - 4; i += 37)
    {
      char old = text[i];
      g_autoptr (GError) error = NULL;

      if (old == '\n')
        continue;
      text[i] = old == 'x' ? 'y' : 'x';
      g_assert_null (decrypt (text, "1234", &error));
      g_assert_nonnull (error);
      text[i] = old;
    }
  check_peer_file (text);
}

/* A file of one's own making: version, 16 bytes of salt, 16 of IV, rounds, then what is given. */
static char *
forge (guint8 version, guint32 rounds, gsize rest)
{
  gsize size = 37 + rest;
  g_autofree guint8 *bytes = g_malloc0 (size);
  g_autofree char *text = NULL;

  bytes[0] = version;
  for (gsize i = 0; i < 4; i++)
    bytes[33 + i] = (guint8) (rounds >> (24 - 8 * i));
  text = mx_base64_encode (bytes, size);

  return g_strconcat (BEGIN, text, "\n", END, NULL);
}

static void
test_refused (void)
{
  static const char *const bad[] = {
    "",
    "x",
    BEGIN,
    BEGIN END,
    END BEGIN,
    BODY END,
    BEGIN BODY,
    BEGIN "\n" END,
    BEGIN "AAAA\n" END,
    BEGIN "!!!!\n" END,
    "-----BEGIN MEGOLM SESSION DATA-----" BODY END,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("case %zu", i);
      g_assert_null (decrypt (bad[i], "1234", &error));
      g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_FORMAT);
    }
}

static void
test_header_fields (void)
{
  const struct
  {
    guint8 version;
    guint32 rounds;
    gsize rest;
    MxCryptoError error;
  } cases[] = {
    { 1, 1, 31, MX_CRYPTO_ERROR_BAD_FORMAT },
    { 1, 1, 32, MX_CRYPTO_ERROR_BAD_MAC },
    { 2, 1, 50, MX_CRYPTO_ERROR_UNSUPPORTED },
    { 0, 1, 50, MX_CRYPTO_ERROR_UNSUPPORTED },
    { 1, 0, 50, MX_CRYPTO_ERROR_UNSUPPORTED },
    { 1, 10000001, 50, MX_CRYPTO_ERROR_UNSUPPORTED },
    { 1, G_MAXUINT32, 50, MX_CRYPTO_ERROR_UNSUPPORTED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = forge (cases[i].version, cases[i].rounds, cases[i].rest);
      g_autoptr (GError) error = NULL;

      g_assert_null (decrypt (text, "1234", &error));
      g_assert_error (error, MX_CRYPTO_ERROR, (int) cases[i].error);
    }
}

static void
test_round_trip (void)
{
  static const char *const plain[] = { "[]", "[{\"session_key\":\"é\"}]", "" };
  g_autoptr (MxSecret) passphrase = mx_secret_new_text ("phrase à mot");

  for (gsize i = 0; i < G_N_ELEMENTS (plain); i++)
    {
      g_autoptr (MxSecret) json = mx_secret_new_text (plain[i]);
      g_autofree char *text = mx_key_export_encrypt (json, passphrase, 10, NULL);
      g_autofree char *other = mx_key_export_encrypt (json, passphrase, 10, NULL);
      g_autoptr (MxSecret) again = mx_key_export_decrypt (text, strlen (text), passphrase, NULL);

      g_assert_true (g_str_has_prefix (text, BEGIN));
      g_assert_true (g_str_has_suffix (text, "\n" END "\n"));
      g_assert_cmpstr (text, !=, other);
      g_assert_true (mx_secret_equal (json, again));
    }
}

/* What is written is cut into lines, none of which holds what was exported. */
static void
test_lines (void)
{
  g_autoptr (MxSecret) passphrase = mx_secret_new_text ("x");
  g_autoptr (MxSecret) json = mx_secret_new_random (5000);
  g_autofree char *text = mx_key_export_encrypt (json, passphrase, 1, NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (MxSecret) again = mx_key_export_decrypt (text, strlen (text), passphrase, NULL);

  for (gsize i = 0; lines[i] != NULL; i++)
    g_assert_cmpuint (strlen (lines[i]), <=, 76);
  g_assert_true (mx_secret_equal (json, again));
}

static void
test_written_iv (void)
{
  g_autoptr (MxSecret) passphrase = mx_secret_new_text ("x");
  g_autoptr (MxSecret) json = mx_secret_new_text ("[]");

  for (int i = 0; i < 1000; i++)
    {
      g_autofree char *text = mx_key_export_encrypt (json, passphrase, 1, NULL);
      guint8 head[36];
      g_autofree char *start = g_strndup (text + strlen (BEGIN), 48);

      g_assert_true (mx_base64_decode_exact (start, head, sizeof head, NULL));
      g_assert_cmpint (head[0], ==, 1);
      g_assert_cmpint (head[17 + 8] & 0x80, ==, 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/crypto/e2e-141/vector", test_vector);
  g_test_add_func ("/crypto/e2e-141/round-trip", test_round_trip);
  g_test_add_func ("/crypto/e2e-141/lines", test_lines);
  g_test_add_func ("/crypto/e2e-142/written-iv", test_written_iv);
  g_test_add_func ("/crypto/e2e-143/wrong-passphrase", test_wrong_passphrase);
  g_test_add_func ("/crypto/e2e-143/damaged", test_damaged);
  g_test_add_func ("/crypto/e2e-143/refused", test_refused);
  g_test_add_func ("/crypto/e2e-143/header-fields", test_header_fields);

  return g_test_run ();
}
