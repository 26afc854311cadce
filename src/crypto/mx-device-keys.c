/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Signed device keys and one-time keys, written and read. */
#include "config.h"

#include "mx-device-keys.h"

#include <string.h>

#include "mx-base64.h"
#include "mx-error.h"

static gboolean
fail (MxCryptoError code, const char *message, GError **error)
{
  g_set_error_literal (error, MX_CRYPTO_ERROR, code, message);

  return FALSE;
}

/* The object that was written, with the account's signature. */
static char *
sign (MxOlmAccount *account,
      MxJsonWriter *writer,
      const char *user_id,
      const char *device_id,
      GError **error)
{
  g_autofree char *text = mx_json_writer_to_text (writer);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (text, -1, error);
  g_autofree char *key_id = g_strconcat ("ed25519:", device_id, NULL);
  g_autofree char *payload = NULL;
  guint8 signature[MX_ED25519_SIGNATURE_SIZE];

  if (document == NULL)
    return NULL;

  payload = mx_signature_dup_payload (mx_json_document_root (document), error);
  if (payload == NULL ||
      !mx_olm_account_sign (account, payload, strlen (payload), signature, error))
    return NULL;

  return mx_signature_attach (mx_json_document_root (document), user_id, key_id, signature);
}

char *
mx_device_keys_new_signed (MxOlmAccount *account,
                           const char *user_id,
                           const char *device_id,
                           GError **error)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *curve25519_id = g_strconcat ("curve25519:", device_id, NULL);
  g_autofree char *ed25519_id = g_strconcat ("ed25519:", device_id, NULL);
  g_autofree char *curve25519 =
    mx_base64_encode (mx_olm_account_get_curve25519_key (account), MX_CURVE25519_KEY_SIZE);
  g_autofree char *ed25519 =
    mx_base64_encode (mx_olm_account_get_ed25519_key (account), MX_ED25519_KEY_SIZE);

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "user_id", user_id);
  mx_json_add_string (writer, "device_id", device_id);
  mx_json_begin_array (writer, "algorithms");
  mx_json_add_string (writer, NULL, "m.olm.v1.curve25519-aes-sha2");
  mx_json_add_string (writer, NULL, "m.megolm.v1.aes-sha2");
  mx_json_end (writer);
  mx_json_begin_object (writer, "keys");
  mx_json_add_string (writer, curve25519_id, curve25519);
  mx_json_add_string (writer, ed25519_id, ed25519);
  mx_json_end (writer);
  mx_json_end (writer);

  return sign (account, writer, user_id, device_id, error);
}

char *
mx_device_keys_new_one_time_key (MxOlmAccount *account,
                                 const char *user_id,
                                 const char *device_id,
                                 const MxOlmPublicKey *key,
                                 gboolean fallback,
                                 GError **error)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *text = mx_base64_encode (key->key, sizeof key->key);

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "key", text);
  if (fallback)
    mx_json_add_bool (writer, "fallback", TRUE); /* inside of what is signed */
  mx_json_end (writer);

  return sign (account, writer, user_id, device_id, error);
}

static const char *
get_key (MxJson object, const char *algorithm, const char *device_id)
{
  g_autofree char *id = g_strconcat (algorithm, ":", device_id, NULL);

  return mx_json_string (mx_json_path (object, "keys", id, NULL));
}

gboolean
mx_device_keys_parse (MxJson object,
                      const char *user_id,
                      const char *device_id,
                      MxDeviceKeys *keys,
                      GError **error)
{
  g_autofree char *key_id = g_strconcat ("ed25519:", device_id, NULL);

  g_return_val_if_fail (user_id != NULL && device_id != NULL, FALSE);

  if (g_strcmp0 (mx_json_get_string (object, "user_id"), user_id) != 0 ||
      g_strcmp0 (mx_json_get_string (object, "device_id"), device_id) != 0)
    return fail (MX_CRYPTO_ERROR_BAD_FORMAT, "The keys of another device", error);

  return mx_base64_decode_exact (get_key (object, "curve25519", device_id),
                                 keys->curve25519,
                                 sizeof keys->curve25519,
                                 error) &&
         mx_base64_decode_exact (get_key (object, "ed25519", device_id),
                                 keys->ed25519,
                                 sizeof keys->ed25519,
                                 error) &&
         mx_curve25519_check_public (keys->curve25519, error) &&
         mx_signature_verify_json (object, user_id, key_id, keys->ed25519, error);
}

gboolean
mx_device_keys_parse_one_time_key (MxJson object,
                                   const char *user_id,
                                   const char *device_id,
                                   const MxDeviceKeys *owner,
                                   guint8 key[MX_CURVE25519_KEY_SIZE],
                                   GError **error)
{
  g_autofree char *key_id = g_strconcat ("ed25519:", device_id, NULL);

  return mx_base64_decode_exact (mx_json_get_string (object, "key"),
                                 key,
                                 MX_CURVE25519_KEY_SIZE,
                                 error) &&
         mx_curve25519_check_public (key, error) &&
         mx_signature_verify_json (object, user_id, key_id, owner->ed25519, error);
}
