/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-sas-exchange.h. */
#include "config.h"

#include "mx-sas-exchange.h"

#include <string.h>

#include "mx-base64.h"
#include "mx-error.h"

#define AGREEMENT "curve25519-hkdf-sha256"
#define HASH      "sha256"
#define MAC       "hkdf-hmac-sha256.v2"
#define MAC_OLD   "hkdf-hmac-sha256"

/* More keys than anybody vouches for. */
#define MAX_MACS 32

struct _MxSasExchange
{
  MxSasSide ours;
  MxSasSide theirs;
  char *transaction_id;
  gboolean in_room;
  MxSas *sas;
  gboolean is_starter;
  gboolean was_accepted;
  MxJsonDocument *start; /* the content of the start, whoever wrote it */
  char *commitment;      /* that they promised; we started */
  MxSasMacMethod method;
  gboolean has_emoji;
  guint emoji[MX_SAS_EMOJI];
  guint decimals[MX_SAS_DECIMALS];
};

void
mx_sas_side_clear (MxSasSide *self)
{
  g_clear_pointer (&self->user_id, g_free);
  g_clear_pointer (&self->device_id, g_free);
  g_clear_pointer (&self->device_key, g_free);
  g_clear_pointer (&self->master_key, g_free);
}

static MxSasSide
copy_side (const MxSasSide *side)
{
  return (MxSasSide) {
    .user_id = g_strdup (side->user_id),
    .device_id = g_strdup (side->device_id),
    .device_key = g_strdup (side->device_key),
    .master_key = g_strdup (side->master_key),
  };
}

static MxSasExchange *
exchange_new (const MxSasSide *ours,
              const MxSasSide *theirs,
              const char *transaction_id,
              gboolean in_room,
              MxSas *sas)
{
  MxSasExchange *self = g_new0 (MxSasExchange, 1);

  self->ours = copy_side (ours);
  self->theirs = copy_side (theirs);
  self->transaction_id = g_strdup (transaction_id);
  self->in_room = in_room;
  self->sas = sas;

  return self;
}

MxSasExchange *
mx_sas_exchange_new (const MxSasSide *ours,
                     const MxSasSide *theirs,
                     const char *transaction_id,
                     gboolean in_room)
{
  return exchange_new (ours, theirs, transaction_id, in_room, mx_sas_new ());
}

MxSasExchange *
mx_sas_exchange_new_for_key (const MxSasSide *ours,
                             const MxSasSide *theirs,
                             const char *transaction_id,
                             gboolean in_room,
                             MxSecret *private_key,
                             GError **error)
{
  MxSas *sas = mx_sas_new_for_key (private_key, error);

  return sas != NULL ? exchange_new (ours, theirs, transaction_id, in_room, sas) : NULL;
}

void
mx_sas_exchange_free (MxSasExchange *self)
{
  mx_sas_side_clear (&self->ours);
  mx_sas_side_clear (&self->theirs);
  g_free (self->transaction_id);
  g_clear_pointer (&self->sas, mx_sas_free);
  g_clear_pointer (&self->start, mx_json_document_unref);
  g_free (self->commitment);
  g_free (self);
}

static MxSasParties
get_parties (MxSasExchange *self)
{
  return (MxSasParties) {
    .our_user_id = self->ours.user_id,
    .our_device_id = self->ours.device_id,
    .their_user_id = self->theirs.user_id,
    .their_device_id = self->theirs.device_id,
    .transaction_id = self->transaction_id,
    .we_started = self->is_starter,
  };
}

static gboolean
refuse (GError **error, MxVerificationError code, const char *why)
{
  g_set_error_literal (error, MX_VERIFICATION_ERROR, code, why);

  return FALSE;
}

/* -- Start and accept */

static void
add_words (MxJsonWriter *writer, const char *name, const char *first, const char *second)
{
  mx_json_begin_array (writer, name);
  mx_json_add_string (writer, NULL, first);
  if (second != NULL)
    mx_json_add_string (writer, NULL, second);
  mx_json_end (writer);
}

char *
mx_sas_exchange_write_start (MxSasExchange *self)
{
  MxJsonWriter *writer = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (self->start == NULL, NULL);

  writer = mx_verification_message_begin (self->transaction_id, self->in_room);
  mx_json_add_string (writer, "from_device", self->ours.device_id);
  mx_json_add_string (writer, "method", MX_VERIFICATION_SAS);
  add_words (writer, "key_agreement_protocols", AGREEMENT, NULL);
  add_words (writer, "hashes", HASH, NULL);
  add_words (writer, "message_authentication_codes", MAC, MAC_OLD);
  add_words (writer, "short_authentication_string", "decimal", "emoji");
  text = mx_verification_message_end (writer);

  self->is_starter = TRUE;
  self->start = mx_json_document_parse (text, -1, NULL);

  return g_steal_pointer (&text);
}

gboolean
mx_sas_exchange_take_start (MxSasExchange *self, MxJson content, GError **error)
{
  MxJson macs = mx_json_get (content, "message_authentication_codes");
  MxJson strings = mx_json_get (content, "short_authentication_string");

  g_return_val_if_fail (self->start == NULL, FALSE);

  if (mx_json_type (mx_json_get (content, "key_agreement_protocols")) != MX_JSON_ARRAY ||
      mx_json_type (mx_json_get (content, "hashes")) != MX_JSON_ARRAY ||
      mx_json_type (macs) != MX_JSON_ARRAY || mx_json_type (strings) != MX_JSON_ARRAY)
    return refuse (error, MX_VERIFICATION_ERROR_INVALID_MESSAGE, "The start lacks a list");
  if (!mx_verification_has_word (mx_json_get (content, "key_agreement_protocols"), AGREEMENT) ||
      !mx_verification_has_word (mx_json_get (content, "hashes"), HASH) ||
      !mx_verification_has_word (strings, "decimal"))
    return refuse (error, MX_VERIFICATION_ERROR_UNKNOWN_METHOD, "Nothing in common");

  if (mx_verification_has_word (macs, MAC))
    self->method = MX_SAS_MAC_HKDF_HMAC_SHA256_V2;
  else if (mx_verification_has_word (macs, MAC_OLD))
    self->method = MX_SAS_MAC_HKDF_HMAC_SHA256;
  else
    return refuse (error, MX_VERIFICATION_ERROR_UNKNOWN_METHOD, "No code in common");

  self->start = mx_json_dup_document (content);

  return TRUE;
}

char *
mx_sas_exchange_write_accept (MxSasExchange *self, GError **error)
{
  MxJson start = mx_json_document_root (self->start);
  MxJson strings = mx_json_get (start, "short_authentication_string");
  g_autofree char *commitment =
    mx_sas_compute_commitment (mx_sas_get_public_key (self->sas), start, NULL);
  MxJsonWriter *writer = NULL;

  g_return_val_if_fail (!self->is_starter && !self->was_accepted, NULL);

  if (commitment == NULL)
    {
      refuse (error, MX_VERIFICATION_ERROR_INVALID_MESSAGE, "The start is not canonical");
      return NULL;
    }

  writer = mx_verification_message_begin (self->transaction_id, self->in_room);
  mx_json_add_string (writer, "method", MX_VERIFICATION_SAS);
  mx_json_add_string (writer, "key_agreement_protocol", AGREEMENT);
  mx_json_add_string (writer, "hash", HASH);
  mx_json_add_string (writer,
                      "message_authentication_code",
                      self->method == MX_SAS_MAC_HKDF_HMAC_SHA256_V2 ? MAC : MAC_OLD);
  add_words (writer,
             "short_authentication_string",
             "decimal",
             mx_verification_has_word (strings, "emoji") ? "emoji" : NULL);
  mx_json_add_string (writer, "commitment", commitment);
  self->was_accepted = TRUE;

  return mx_verification_message_end (writer);
}

/* Only what was offered, at least one string. */
static gboolean
check_strings (MxJson list)
{
  MxJsonIter iter;
  MxJson value;
  gboolean any = FALSE;

  if (mx_json_type (list) != MX_JSON_ARRAY)
    return FALSE;

  mx_json_iter_init (&iter, list);
  while (mx_json_iter_next (&iter, NULL, &value))
    {
      const char *word = mx_json_string (value);

      if (g_strcmp0 (word, "decimal") != 0 && g_strcmp0 (word, "emoji") != 0)
        return FALSE;
      any = TRUE;
    }

  return any;
}

gboolean
mx_sas_exchange_take_accept (MxSasExchange *self, MxJson content, GError **error)
{
  const char *agreement = mx_json_get_string (content, "key_agreement_protocol");
  const char *hash = mx_json_get_string (content, "hash");
  const char *mac = mx_json_get_string (content, "message_authentication_code");
  const char *commitment = mx_json_get_string (content, "commitment");

  g_return_val_if_fail (self->is_starter && !self->was_accepted, FALSE);

  if (agreement == NULL || hash == NULL || mac == NULL || commitment == NULL)
    return refuse (error, MX_VERIFICATION_ERROR_INVALID_MESSAGE, "The acceptance is incomplete");
  if (!g_str_equal (agreement, AGREEMENT) || !g_str_equal (hash, HASH) ||
      !check_strings (mx_json_get (content, "short_authentication_string")))
    return refuse (error, MX_VERIFICATION_ERROR_UNKNOWN_METHOD, "This was not offered");

  if (g_str_equal (mac, MAC))
    self->method = MX_SAS_MAC_HKDF_HMAC_SHA256_V2;
  else if (g_str_equal (mac, MAC_OLD))
    self->method = MX_SAS_MAC_HKDF_HMAC_SHA256;
  else
    return refuse (error, MX_VERIFICATION_ERROR_UNKNOWN_METHOD, "This code was not offered");

  self->commitment = g_strdup (commitment);
  self->was_accepted = TRUE;

  return TRUE;
}

/* -- Keys */

char *
mx_sas_exchange_write_key (MxSasExchange *self)
{
  MxJsonWriter *writer = mx_verification_message_begin (self->transaction_id, self->in_room);
  g_autofree char *key =
    mx_base64_encode (mx_sas_get_public_key (self->sas), MX_CURVE25519_KEY_SIZE);

  mx_json_add_string (writer, "key", key);

  return mx_verification_message_end (writer);
}

gboolean
mx_sas_exchange_take_key (MxSasExchange *self, MxJson content, GError **error)
{
  const char *text = mx_json_get_string (content, "key");
  guint8 key[MX_CURVE25519_KEY_SIZE];
  guint8 bytes[MX_SAS_BYTES];
  MxSasParties parties = get_parties (self);

  g_return_val_if_fail (self->was_accepted && !self->has_emoji, FALSE);

  if (text == NULL || !mx_base64_decode_exact (text, key, sizeof key, NULL))
    return refuse (error, MX_VERIFICATION_ERROR_INVALID_MESSAGE, "There is no key");
  if (self->is_starter &&
      !mx_sas_check_commitment (self->commitment, key, mx_json_document_root (self->start), NULL))
    return refuse (error, MX_VERIFICATION_ERROR_MISMATCHED_COMMITMENT, "Another key was promised");
  if (memcmp (key, mx_sas_get_public_key (self->sas), sizeof key) == 0 ||
      !mx_sas_set_their_key (self->sas, key, NULL) ||
      !mx_sas_compute_bytes (self->sas, &parties, bytes, NULL))
    return refuse (error, MX_VERIFICATION_ERROR_INVALID_MESSAGE, "This key proves nothing");

  mx_sas_get_emoji (bytes, self->emoji);
  mx_sas_get_decimals (bytes, self->decimals);
  self->has_emoji = TRUE;

  return TRUE;
}

gboolean
mx_sas_exchange_is_starter (MxSasExchange *self)
{
  return self->is_starter;
}

gboolean
mx_sas_exchange_was_accepted (MxSasExchange *self)
{
  return self->was_accepted;
}

gboolean
mx_sas_exchange_has_emoji (MxSasExchange *self)
{
  return self->has_emoji;
}

const guint *
mx_sas_exchange_get_emoji (MxSasExchange *self)
{
  return self->emoji;
}

const guint *
mx_sas_exchange_get_decimals (MxSasExchange *self)
{
  return self->decimals;
}

/* -- MACs */

static char *
device_key_id (const MxSasSide *side)
{
  return g_strconcat ("ed25519:", side->device_id, NULL);
}

static char *
master_key_id (const MxSasSide *side)
{
  return side->master_key != NULL ? g_strconcat ("ed25519:", side->master_key, NULL) : NULL;
}

static gboolean
add_mac (MxSasExchange *self,
         MxJsonWriter *writer,
         const char *name,
         const char *key_id,
         const char *input,
         GError **error)
{
  MxSasParties parties = get_parties (self);
  g_autofree char *mac =
    mx_sas_compute_mac (self->sas, self->method, &parties, TRUE, key_id, input, error);

  if (mac == NULL)
    return FALSE;
  mx_json_add_string (writer, name, mac);

  return TRUE;
}

char *
mx_sas_exchange_write_mac (MxSasExchange *self, GError **error)
{
  g_autoptr (MxJsonWriter) writer =
    mx_verification_message_begin (self->transaction_id, self->in_room);
  g_autofree char *device_id = device_key_id (&self->ours);
  g_autofree char *master_id = master_key_id (&self->ours);
  g_autofree char *ids = NULL;

  g_return_val_if_fail (self->has_emoji, NULL);

  if (master_id == NULL)
    ids = g_strdup (device_id);
  else if (strcmp (device_id, master_id) < 0)
    ids = g_strconcat (device_id, ",", master_id, NULL);
  else
    ids = g_strconcat (master_id, ",", device_id, NULL);

  if (!add_mac (self, writer, "keys", "KEY_IDS", ids, error))
    return NULL;
  mx_json_begin_object (writer, "mac");
  if (!add_mac (self, writer, device_id, device_id, self->ours.device_key, error) ||
      (master_id != NULL &&
       !add_mac (self, writer, master_id, master_id, self->ours.master_key, error)))
    return NULL;
  mx_json_end (writer);

  return mx_verification_message_end (g_steal_pointer (&writer));
}

gboolean
mx_sas_exchange_take_mac (MxSasExchange *self,
                          MxJson content,
                          gboolean *device,
                          gboolean *master,
                          GError **error)
{
  MxSasParties parties = get_parties (self);
  g_autofree char *device_id = device_key_id (&self->theirs);
  g_autofree char *master_id = master_key_id (&self->theirs);
  const MxSasKey keys[] = {
    { device_id, self->theirs.device_key },
    { master_id, self->theirs.master_key },
  };
  MxJson macs = mx_json_get (content, "mac");
  g_auto (GStrv) verified = NULL;

  g_return_val_if_fail (self->has_emoji, FALSE);

  if (!mx_json_is_object (macs) || mx_json_size (macs) > MAX_MACS ||
      mx_json_get_string (content, "keys") == NULL)
    return refuse (error, MX_VERIFICATION_ERROR_INVALID_MESSAGE, "There are no codes");
  /* a device that bears the name of a key would stand for it */
  if (g_strcmp0 (device_id, master_id) == 0)
    return refuse (error, MX_VERIFICATION_ERROR_KEY_MISMATCH, "Two keys have one name");

  verified = mx_sas_verify_macs (
    self->sas, self->method, &parties, content, keys, master_id != NULL ? 2 : 1, NULL);
  if (verified == NULL)
    return refuse (error, MX_VERIFICATION_ERROR_KEY_MISMATCH, "A key does not match");

  *device = g_strv_contains ((const char *const *) verified, device_id);
  *master = master_id != NULL && g_strv_contains ((const char *const *) verified, master_id);

  return TRUE;
}
