/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Ed25519 of libsodium. */
#include "config.h"

#include "mx-signature.h"

#include <sodium.h>
#include <string.h>

#include "mx-base64.h"
#include "mx-error.h"

G_STATIC_ASSERT (MX_ED25519_KEY_SIZE == crypto_sign_PUBLICKEYBYTES);
G_STATIC_ASSERT (MX_ED25519_SIGNATURE_SIZE == crypto_sign_BYTES);

static gboolean
fail (MxCryptoError code, const char *message, GError **error)
{
  g_set_error_literal (error, MX_CRYPTO_ERROR, code, message);

  return FALSE;
}

/* The caller wipes expanded. */
static gboolean
expand (MxSecret *seed,
        guint8 key[MX_ED25519_KEY_SIZE],
        guint8 expanded[crypto_sign_SECRETKEYBYTES],
        GError **error)
{
  gsize size = 0;
  const guint8 *bytes = mx_secret_get_data (seed, &size);

  if (size != crypto_sign_SEEDBYTES)
    return fail (MX_CRYPTO_ERROR_BAD_KEY, "A key of the wrong size", error);

  crypto_sign_seed_keypair (key, expanded, bytes);

  return TRUE;
}

gboolean
mx_signature_derive_public (MxSecret *seed, guint8 key[MX_ED25519_KEY_SIZE], GError **error)
{
  guint8 expanded[crypto_sign_SECRETKEYBYTES];
  gboolean done = expand (seed, key, expanded, error);

  mx_wipe (expanded, sizeof expanded);

  return done;
}

gboolean
mx_signature_sign (MxSecret *seed,
                   gconstpointer data,
                   gsize size,
                   guint8 signature[MX_ED25519_SIGNATURE_SIZE],
                   GError **error)
{
  guint8 expanded[crypto_sign_SECRETKEYBYTES];
  guint8 key[MX_ED25519_KEY_SIZE];
  gboolean done = expand (seed, key, expanded, error);

  if (done)
    crypto_sign_detached (signature, NULL, data, size, expanded);
  mx_wipe (expanded, sizeof expanded);

  return done;
}

gboolean
mx_signature_check_public (const guint8 key[MX_ED25519_KEY_SIZE], GError **error)
{
  return crypto_core_ed25519_is_valid_point (key) == 1 ||
         fail (MX_CRYPTO_ERROR_BAD_KEY, "Not a point of the main group", error);
}

gboolean
mx_signature_verify (const guint8 key[MX_ED25519_KEY_SIZE],
                     gconstpointer data,
                     gsize size,
                     const guint8 signature[MX_ED25519_SIGNATURE_SIZE],
                     GError **error)
{
  /* Looks at the key, too: small order and what is not canonical are refused there. */
  return crypto_sign_verify_detached (signature, data, size, key) == 0 ||
         fail (MX_CRYPTO_ERROR_BAD_SIGNATURE, "The signature does not hold", error);
}

char *
mx_signature_dup_payload (MxJson object, GError **error)
{
  static const char *const unsigned_members[] = { "signatures", "unsigned", NULL };

  if (!mx_json_is_object (object))
    {
      fail (MX_CRYPTO_ERROR_BAD_FORMAT, "Only objects are signed", error);
      return NULL;
    }

  return mx_json_to_canonical (object, unsigned_members, error);
}

gboolean
mx_signature_verify_json (MxJson object,
                          const char *user_id,
                          const char *key_id,
                          const guint8 key[MX_ED25519_KEY_SIZE],
                          GError **error)
{
  const char *text = mx_json_string (mx_json_path (object, "signatures", user_id, key_id, NULL));
  guint8 signature[MX_ED25519_SIGNATURE_SIZE];
  g_autofree char *payload = NULL;

  if (text == NULL || !g_str_has_prefix (key_id, "ed25519:"))
    return fail (MX_CRYPTO_ERROR_BAD_SIGNATURE, "Not signed by this key", error);
  if (!mx_base64_decode_exact (text, signature, sizeof signature, error))
    return FALSE;

  payload = mx_signature_dup_payload (object, error);

  return payload != NULL && mx_signature_verify (key, payload, strlen (payload), signature, error);
}

char *
mx_signature_attach (MxJson object,
                     const char *user_id,
                     const char *key_id,
                     const guint8 signature[MX_ED25519_SIGNATURE_SIZE])
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *text = mx_base64_encode (signature, MX_ED25519_SIGNATURE_SIZE);
  const char *name = NULL;
  MxJsonIter iter;
  MxJson value;

  mx_json_begin_object (writer, NULL);
  mx_json_iter_init (&iter, object);
  while (mx_json_iter_next (&iter, &name, &value))
    if (!g_str_equal (name, "signatures") && !g_str_equal (name, "unsigned"))
      mx_json_add_json (writer, name, value);
  mx_json_begin_object (writer, "signatures");
  mx_json_begin_object (writer, user_id);
  mx_json_add_string (writer, key_id, text);
  mx_json_end (writer);
  mx_json_end (writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

static void
add_signatures (MxJsonWriter *writer, MxJson a, MxJson b)
{
  const char *key_id = NULL;
  MxJsonIter iter;
  MxJson value;

  mx_json_iter_init (&iter, a);
  while (mx_json_iter_next (&iter, &key_id, &value))
    if (mx_json_type (mx_json_get (b, key_id)) == MX_JSON_ABSENT)
      mx_json_add_json (writer, key_id, value);
  mx_json_iter_init (&iter, b);
  while (mx_json_iter_next (&iter, &key_id, &value))
    mx_json_add_json (writer, key_id, value);
}

char *
mx_signature_merge (MxJson object, MxJson other)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  MxJson ours = mx_json_get (object, "signatures");
  MxJson theirs = mx_json_get (other, "signatures");
  const char *name = NULL;
  MxJsonIter iter;
  MxJson value;

  mx_json_begin_object (writer, NULL);
  mx_json_iter_init (&iter, object);
  while (mx_json_iter_next (&iter, &name, &value))
    if (!g_str_equal (name, "signatures") && !g_str_equal (name, "unsigned"))
      mx_json_add_json (writer, name, value);

  mx_json_begin_object (writer, "signatures");
  mx_json_iter_init (&iter, ours);
  while (mx_json_iter_next (&iter, &name, &value))
    {
      mx_json_begin_object (writer, name);
      add_signatures (writer, value, mx_json_get (theirs, name));
      mx_json_end (writer);
    }
  mx_json_iter_init (&iter, theirs);
  while (mx_json_iter_next (&iter, &name, &value))
    if (mx_json_type (mx_json_get (ours, name)) == MX_JSON_ABSENT)
      mx_json_add_json (writer, name, value);
  mx_json_end (writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}
