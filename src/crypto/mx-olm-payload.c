/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Olm plaintexts, written and checked. */
#include "config.h"

#include "mx-olm-payload.h"

#include <string.h>

#include "mx-base64.h"
#include "mx-error.h"

static gboolean
fail (MxCryptoError code, const char *message, GError **error)
{
  g_set_error_literal (error, MX_CRYPTO_ERROR, code, message);

  return FALSE;
}

static void
write_ed25519 (MxJsonWriter *writer, const char *name, const guint8 key[MX_ED25519_KEY_SIZE])
{
  g_autofree char *text = mx_base64_encode (key, MX_ED25519_KEY_SIZE);

  mx_json_begin_object (writer, name);
  mx_json_add_string (writer, "ed25519", text);
  mx_json_end (writer);
}

char *
mx_olm_payload_new (const char *type,
                    MxJson content,
                    const char *sender,
                    const guint8 sender_ed25519[MX_ED25519_KEY_SIZE],
                    const char *recipient,
                    const guint8 recipient_ed25519[MX_ED25519_KEY_SIZE],
                    MxJson device_keys)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "type", type);
  mx_json_add_json (writer, "content", content);
  mx_json_add_string (writer, "sender", sender);
  write_ed25519 (writer, "keys", sender_ed25519);
  mx_json_add_string (writer, "recipient", recipient);
  write_ed25519 (writer, "recipient_keys", recipient_ed25519);
  mx_json_add_json (writer, "sender_device_keys", device_keys);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

/* The sending device's own keys, where they came along: they must be those of the session and of
 * the payload. */
static gboolean
check_device_keys (MxJson payload,
                   const MxOlmEnvelope *envelope,
                   const guint8 sender_ed25519[MX_ED25519_KEY_SIZE],
                   GError **error)
{
  MxJson object = mx_json_get (payload, "sender_device_keys");
  const char *device_id = NULL;
  MxDeviceKeys keys;

  if (mx_json_type (object) == MX_JSON_ABSENT)
    object = mx_json_get (payload, "org.matrix.msc4147.device_keys");
  if (mx_json_type (object) == MX_JSON_ABSENT)
    return TRUE;

  device_id = mx_json_get_string (object, "device_id");
  if (device_id == NULL)
    return fail (MX_CRYPTO_ERROR_BAD_FORMAT, "Device keys of no device", error);

  if (!mx_device_keys_parse (object, envelope->sender, device_id, &keys, error))
    return FALSE;

  return (memcmp (keys.curve25519, envelope->sender_key, sizeof keys.curve25519) == 0 &&
          memcmp (keys.ed25519, sender_ed25519, sizeof keys.ed25519) == 0) ||
         fail (MX_CRYPTO_ERROR_BAD_KEY, "Device keys of another device", error);
}

gboolean
mx_olm_payload_check (MxJson payload,
                      const MxOlmEnvelope *envelope,
                      guint8 sender_ed25519[MX_ED25519_KEY_SIZE],
                      GError **error)
{
  const char *sender_text = mx_json_string (mx_json_path (payload, "keys", "ed25519", NULL));
  const char *our_text = mx_json_string (mx_json_path (payload, "recipient_keys", "ed25519", NULL));
  guint8 our_key[MX_ED25519_KEY_SIZE];

  g_return_val_if_fail (envelope->sender != NULL && envelope->recipient != NULL, FALSE);

  if (mx_json_get_string (payload, "type") == NULL ||
      !mx_json_is_object (mx_json_get (payload, "content")))
    return fail (MX_CRYPTO_ERROR_BAD_FORMAT, "Not an event", error);
  if (g_strcmp0 (mx_json_get_string (payload, "sender"), envelope->sender) != 0)
    return fail (MX_CRYPTO_ERROR_BAD_KEY, "From somebody else", error);
  if (g_strcmp0 (mx_json_get_string (payload, "recipient"), envelope->recipient) != 0)
    return fail (MX_CRYPTO_ERROR_BAD_KEY, "For somebody else", error);

  if (!mx_base64_decode_exact (our_text, our_key, sizeof our_key, error) ||
      !mx_base64_decode_exact (sender_text, sender_ed25519, MX_ED25519_KEY_SIZE, error))
    return FALSE;
  if (memcmp (our_key, envelope->recipient_key, sizeof our_key) != 0)
    return fail (MX_CRYPTO_ERROR_BAD_KEY, "For another device", error);

  return check_device_keys (payload, envelope, sender_ed25519, error);
}
