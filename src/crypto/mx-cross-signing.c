/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Cross-signing keys. */
#include "config.h"

#include "mx-cross-signing.h"

#include <string.h>

#include "mx-base64.h"
#include "mx-error.h"

static const char *const usages[] = { "master", "self_signing", "user_signing" };

static gboolean
fail (MxCryptoError code, const char *message, GError **error)
{
  g_set_error_literal (error, MX_CRYPTO_ERROR, code, message);

  return FALSE;
}

static char *
dup_key_id (const guint8 key[MX_ED25519_KEY_SIZE])
{
  g_autofree char *text = mx_base64_encode (key, MX_ED25519_KEY_SIZE);

  return g_strconcat ("ed25519:", text, NULL);
}

char *
mx_cross_signing_new_key (MxSecret *seed,
                          MxCrossSigningUsage usage,
                          const char *user_id,
                          MxSecret *master_seed,
                          GError **error)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (MxJsonDocument) document = NULL;
  guint8 key[MX_ED25519_KEY_SIZE];
  g_autofree char *key_id = NULL;
  g_autofree char *text = NULL;

  if (!mx_signature_derive_public (seed, key, error))
    return NULL;

  key_id = dup_key_id (key);
  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "user_id", user_id);
  mx_json_begin_array (writer, "usage");
  mx_json_add_string (writer, NULL, usages[usage]);
  mx_json_end (writer);
  mx_json_begin_object (writer, "keys");
  mx_json_add_string (writer, key_id, key_id + strlen ("ed25519:"));
  mx_json_end (writer);
  mx_json_end (writer);
  text = mx_json_writer_to_text (writer);

  if (master_seed == NULL)
    return g_steal_pointer (&text);

  document = mx_json_document_parse (text, -1, error);

  return document != NULL
           ? mx_cross_signing_sign (mx_json_document_root (document), user_id, master_seed, error)
           : NULL;
}

static gboolean
has_usage (MxJson object, MxCrossSigningUsage usage)
{
  MxJson list = mx_json_get (object, "usage");

  for (unsigned i = 0; i < mx_json_size (list); i++)
    if (g_strcmp0 (mx_json_string (mx_json_at (list, i)), usages[usage]) == 0)
      return TRUE;

  return FALSE;
}

gboolean
mx_cross_signing_parse_key (MxJson object,
                            MxCrossSigningUsage usage,
                            const char *user_id,
                            guint8 key[MX_ED25519_KEY_SIZE],
                            GError **error)
{
  MxJson keys = mx_json_get (object, "keys");
  const char *id = NULL;
  MxJsonIter iter;
  MxJson value;

  g_return_val_if_fail (user_id != NULL, FALSE);

  if (g_strcmp0 (mx_json_get_string (object, "user_id"), user_id) != 0)
    return fail (MX_CRYPTO_ERROR_BAD_FORMAT, "The key of another user", error);
  if (!has_usage (object, usage))
    return fail (MX_CRYPTO_ERROR_BAD_FORMAT, "A key for another use", error);

  mx_json_iter_init (&iter, keys);
  if (mx_json_size (keys) != 1 || !mx_json_iter_next (&iter, &id, &value) || id == NULL ||
      !g_str_has_prefix (id, "ed25519:") ||
      g_strcmp0 (id + strlen ("ed25519:"), mx_json_string (value)) != 0)
    return fail (MX_CRYPTO_ERROR_BAD_FORMAT, "Not one key that is named by itself", error);

  return mx_base64_decode_exact (mx_json_string (value), key, MX_ED25519_KEY_SIZE, error) &&
         mx_signature_check_public (key, error);
}

gboolean
mx_cross_signing_verify (MxJson object,
                         const char *user_id,
                         const guint8 key[MX_ED25519_KEY_SIZE],
                         GError **error)
{
  g_autofree char *key_id = dup_key_id (key);

  return mx_signature_verify_json (object, user_id, key_id, key, error);
}

char *
mx_cross_signing_sign (MxJson object, const char *user_id, MxSecret *seed, GError **error)
{
  guint8 key[MX_ED25519_KEY_SIZE];
  guint8 signature[MX_ED25519_SIGNATURE_SIZE];
  g_autofree char *payload = mx_signature_dup_payload (object, error);
  g_autofree char *key_id = NULL;

  if (payload == NULL || !mx_signature_derive_public (seed, key, error) ||
      !mx_signature_sign (seed, payload, strlen (payload), signature, error))
    return NULL;

  key_id = dup_key_id (key);

  return mx_signature_attach (object, user_id, key_id, signature);
}

gboolean
mx_cross_signing_check_seed (MxSecret *seed, const guint8 key[MX_ED25519_KEY_SIZE], GError **error)
{
  guint8 derived[MX_ED25519_KEY_SIZE];

  if (!mx_signature_derive_public (seed, derived, error))
    return FALSE;

  return memcmp (derived, key, sizeof derived) == 0 ||
         fail (MX_CRYPTO_ERROR_BAD_KEY, "The private key of something else", error);
}
