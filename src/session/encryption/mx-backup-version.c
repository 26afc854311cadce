/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A version of the server-side backup, and its entries. */
#include "config.h"

#include "mx-backup-version.h"

#include "mx-backup-crypto.h"
#include "mx-base64.h"
#include "mx-cross-signing.h"
#include "mx-error.h"
#include "mx-identities-private.h"
#include "mx-matrix-id.h"
#include "mx-room-keys.h"

#include <string.h>

#define MAX_VERSION 255

void
mx_backup_version_free (MxBackupVersion *self)
{
  g_free (self->version);
  g_free (self->auth_data);
  g_free (self);
}

MxBackupVersion *
mx_backup_version_new (GBytes *reply, GError **error)
{
  g_autoptr (MxBackupVersion) self = g_new0 (MxBackupVersion, 1);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (reply, error);
  const char *version = NULL;
  MxJson root, auth_data;

  if (document == NULL)
    return NULL;

  root = mx_json_document_root (document);
  auth_data = mx_json_get (root, "auth_data");
  version = mx_json_get_string (root, "version");
  if (g_strcmp0 (mx_json_get_string (root, "algorithm"), MX_BACKUP_ALGORITHM) != 0)
    {
      g_set_error_literal (error,
                           MX_CRYPTO_ERROR,
                           MX_CRYPTO_ERROR_UNSUPPORTED,
                           "A backup of another kind");
      return NULL;
    }
  if (version == NULL || *version == '\0' || strlen (version) > MAX_VERSION)
    {
      g_set_error_literal (error,
                           MX_CRYPTO_ERROR,
                           MX_CRYPTO_ERROR_BAD_FORMAT,
                           "A backup without version");
      return NULL;
    }
  if (!mx_base64_decode_exact (mx_json_get_string (auth_data, "public_key"),
                               self->public_key,
                               MX_STORE_KEY_SIZE,
                               error) ||
      !mx_curve25519_check_public (self->public_key, error))
    return NULL;

  self->version = g_strdup (version);
  self->auth_data = mx_json_to_text (auth_data);
  self->count = MAX (mx_json_int (mx_json_get (root, "count"), 0), 0);

  return g_steal_pointer (&self);
}

gboolean
mx_backup_version_is_opened_by (const MxBackupVersion *self, MxSecret *private_key)
{
  guint8 key[MX_STORE_KEY_SIZE];

  return private_key != NULL && mx_curve25519_derive_public (private_key, key, NULL) &&
         memcmp (key, self->public_key, sizeof key) == 0;
}

static gboolean
is_signed_by_device (MxOlmMachine *machine, MxJson auth_data)
{
  const char *user_id = mx_olm_machine_get_user_id (machine);
  g_autoptr (GPtrArray) devices =
    mx_store_load_devices (mx_olm_machine_get_store (machine), user_id, FALSE);

  for (guint i = 0; i < devices->len; i++)
    {
      const MxStoredDevice *device = g_ptr_array_index (devices, i);
      g_autofree char *key_id = g_strconcat ("ed25519:", device->device_id, NULL);

      if (mx_json_string (mx_json_path (auth_data, "signatures", user_id, key_id, NULL)) != NULL &&
          (g_str_equal (device->device_id, mx_olm_machine_get_device_id (machine)) ||
           mx_identities_is_own_verified (machine, device)) &&
          mx_signature_verify_json (auth_data, user_id, key_id, device->ed25519, NULL))
        return TRUE;
    }

  return FALSE;
}

MxBackupTrust
mx_backup_version_get_trust (const MxBackupVersion *self, MxOlmMachine *machine)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  const char *user_id = mx_olm_machine_get_user_id (machine);
  g_autoptr (MxSecret) secret = mx_store_get_secret (store, MX_SECRET_BACKUP);
  g_autoptr (MxStoredIdentity) own = mx_store_get_identity (store, user_id);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (self->auth_data, -1, NULL);

  if (mx_backup_version_is_opened_by (self, secret))
    return MX_BACKUP_TRUST_OWNED;
  if (document == NULL)
    return MX_BACKUP_TRUST_NONE;
  if (own != NULL && own->is_verified &&
      mx_cross_signing_verify (mx_json_document_root (document), user_id, own->master_key, NULL))
    return MX_BACKUP_TRUST_SIGNED;

  return is_signed_by_device (machine, mx_json_document_root (document)) ? MX_BACKUP_TRUST_SIGNED
                                                                         : MX_BACKUP_TRUST_NONE;
}

/* auth_data with this device's signature. */
static char *
sign_by_device (MxOlmMachine *machine, MxJson auth_data, GError **error)
{
  MxOlmAccount *account = mx_olm_machine_get_account (machine, error);
  g_autofree char *key_id = g_strconcat ("ed25519:", mx_olm_machine_get_device_id (machine), NULL);
  g_autofree char *payload = mx_signature_dup_payload (auth_data, error);
  guint8 signature[MX_ED25519_SIGNATURE_SIZE];

  if (account == NULL || payload == NULL ||
      !mx_olm_account_sign (account, payload, strlen (payload), signature, error))
    return NULL;

  return mx_signature_attach (auth_data, mx_olm_machine_get_user_id (machine), key_id, signature);
}

char *
mx_backup_new_auth_data (MxOlmMachine *machine, MxSecret *private_key, GError **error)
{
  g_autoptr (MxSecret) master =
    mx_store_get_secret (mx_olm_machine_get_store (machine), MX_SECRET_MASTER);
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (MxJsonDocument) by_device = NULL;
  g_autoptr (MxJsonDocument) by_master = NULL;
  guint8 key[MX_STORE_KEY_SIZE];
  g_autofree char *public_key = NULL;
  g_autofree char *text = NULL;
  g_autofree char *device_text = NULL;
  g_autofree char *master_text = NULL;

  if (!mx_curve25519_derive_public (private_key, key, error))
    return NULL;
  public_key = mx_base64_encode (key, sizeof key);
  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "public_key", public_key);
  mx_json_end (writer);
  text = mx_json_writer_to_text (writer);
  document = mx_json_document_parse (text, -1, error);
  if (document == NULL)
    return NULL;

  device_text = sign_by_device (machine, mx_json_document_root (document), error);
  if (device_text == NULL || master == NULL)
    return g_steal_pointer (&device_text);

  master_text = mx_cross_signing_sign (mx_json_document_root (document),
                                       mx_olm_machine_get_user_id (machine),
                                       master,
                                       error);
  by_device = mx_json_document_parse (device_text, -1, error);
  by_master = master_text != NULL ? mx_json_document_parse (master_text, -1, error) : NULL;
  if (by_device == NULL || by_master == NULL)
    return NULL;

  return mx_signature_merge (mx_json_document_root (by_device), mx_json_document_root (by_master));
}

/* -- Entries */

static gint64
count_forwards (const MxStoredMegolm *session)
{
  g_autoptr (MxJsonDocument) chain =
    session->chain != NULL ? mx_json_document_parse (session->chain, -1, NULL) : NULL;

  return chain != NULL ? mx_json_size (mx_json_document_root (chain)) : 0;
}

char *
mx_backup_new_entry (MxOlmMachine *machine,
                     const MxStoredMegolm *session,
                     const guint8 public_key[MX_STORE_KEY_SIZE],
                     GError **error)
{
  g_autoptr (MxJsonWriter) plain = mx_json_writer_new ();
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (MxSecret) secret = NULL;
  g_auto (MxBackupData) data = { 0 };
  char *text = NULL;

  if (!mx_room_keys_export (machine, session, TRUE, plain, NULL, error))
    return NULL;
  text = mx_json_writer_to_text (plain);
  secret = mx_secret_new_text (text);
  mx_wipe_free (text);
  if (!mx_backup_encrypt (public_key, secret, &data, error))
    return NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_add_int (writer, "first_message_index", session->first_index);
  mx_json_add_int (writer, "forwarded_count", count_forwards (session));
  mx_json_add_bool (writer, "is_verified", mx_room_keys_is_vouched_for (machine, session));
  mx_json_begin_object (writer, "session_data");
  mx_json_add_string (writer, "ephemeral", data.ephemeral);
  mx_json_add_string (writer, "ciphertext", data.ciphertext);
  mx_json_add_string (writer, "mac", data.mac);
  mx_json_end (writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

static gboolean
import_entry (MxOlmMachine *machine,
              MxSecret *private_key,
              const char *version,
              const char *room_id,
              const char *session_id,
              MxJson entry,
              MxStoreChanges *changes,
              gboolean *imported,
              GError **error)
{
  MxJson data = mx_json_get (entry, "session_data");
  g_autoptr (MxSecret) plain = NULL;
  g_autoptr (MxJsonDocument) session = NULL;

  *imported = FALSE;
  if (!mx_room_id_is_valid (room_id))
    {
      g_set_error_literal (error,
                           MX_CRYPTO_ERROR,
                           MX_CRYPTO_ERROR_BAD_FORMAT,
                           "Not a key of a room");
      return FALSE;
    }
  plain = mx_backup_decrypt (private_key,
                             mx_json_get_string (data, "ephemeral"),
                             mx_json_get_string (data, "ciphertext"),
                             mx_json_get_string (data, "mac"),
                             error);
  if (plain == NULL)
    return FALSE;

  session = mx_json_document_parse (mx_secret_get_text (plain), -1, NULL);
  if (session == NULL || !mx_json_is_object (mx_json_document_root (session)))
    {
      g_set_error_literal (error,
                           MX_CRYPTO_ERROR,
                           MX_CRYPTO_ERROR_BAD_FORMAT,
                           "What was decrypted is no session");
      return FALSE;
    }

  return mx_room_keys_import_named (machine,
                                    room_id,
                                    session_id,
                                    mx_json_document_root (session),
                                    MX_KEY_ORIGIN_BACKUP,
                                    version,
                                    changes,
                                    imported,
                                    error);
}

gboolean
mx_backup_due_again (MxStore *store,
                     const MxStoredMegolm *session,
                     const char *version,
                     MxStoreChanges *changes,
                     GError **error)
{
  if (g_strcmp0 (session->backed_up, version) != 0)
    return TRUE;
  changes->encryption |= MX_ENCRYPTION_BACK_UP;

  return mx_store_megolm_backed_up (store, session->id, session->first_index, NULL, error);
}

/* Ours cannot be read there any more. */
static gboolean
note_damaged (MxOlmMachine *machine,
              const char *version,
              const char *room_id,
              const char *session_id,
              MxStoreChanges *changes,
              GError **error)
{
  MxStore *store = mx_olm_machine_get_store (machine);
  g_autoptr (MxStoredMegolm) stored = mx_store_get_megolm (store, room_id, session_id);

  return stored == NULL || mx_backup_due_again (store, stored, version, changes, error);
}

gboolean
mx_backup_import_entry (MxOlmMachine *machine,
                        MxSecret *private_key,
                        const char *version,
                        const char *room_id,
                        const char *session_id,
                        MxJson entry,
                        MxStoreChanges *changes,
                        gboolean *imported,
                        GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (import_entry (
        machine, private_key, version, room_id, session_id, entry, changes, imported, &failure))
    return TRUE;
  if (failure->domain == MX_CRYPTO_ERROR &&
      !note_damaged (machine, version, room_id, session_id, changes, error))
    return FALSE;
  g_propagate_error (error, g_steal_pointer (&failure));

  return FALSE;
}
