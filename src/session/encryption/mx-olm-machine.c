/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-olm-machine.h. */
#include "config.h"

#include "mx-olm-machine-private.h"

#include "mx-base64.h"
#include "mx-cross-signing.h"
#include "mx-device-recovery.h"
#include "mx-error.h"
#include "mx-key-upload.h"
#include "mx-olm-inbox.h"
#include "mx-room-keys.h"
#include "mx-store-decryption.h"
#include "mx-store-identities.h"

static void
forget_device_keys (MxOlmMachine *self)
{
  g_clear_pointer (&self->device_keys, mx_json_document_unref);
  g_clear_pointer (&self->device_keys_seed, mx_secret_unref);
}

/* -- The store's decryptor */

static void
decrypt_cb (gpointer data,
            MxStore *store,
            const char *room_id,
            MxEvent *event,
            MxDecryption *decryption)
{
  mx_room_keys_decrypt (data, room_id, event, decryption);
}

static void
rolled_back_cb (gpointer data)
{
  MxOlmMachine *self = data;

  g_clear_pointer (&self->account, mx_olm_account_free);
  g_clear_pointer (&self->asked, g_hash_table_unref);
  g_clear_pointer (&self->settled, g_hash_table_unref);
  mx_room_keys_rolled_back (self);
}

static const MxDecryptor decryptor = {
  .decrypt = decrypt_cb,
  .rolled_back = rolled_back_cb,
};

/* -- Our device */

static gboolean
write_account (MxOlmMachine *self, MxOlmAccount *account, MxStoredAccount *stored, GError **error)
{
  g_clear_pointer (&stored->pickle, g_bytes_unref);
  stored->pickle = mx_olm_account_pickle (account, self->pickle_key, error);

  return stored->pickle != NULL && mx_store_put_olm_account (self->store, stored, error);
}

/* The one account of this device, in the store before anything of it is told (E2E-001). */
static gboolean
make_account (MxOlmMachine *self, GError **error)
{
  g_autoptr (MxOlmAccount) account = mx_olm_account_new ();
  g_autoptr (MxStoredAccount) stored = g_new0 (MxStoredAccount, 1);
  g_autofree char *ed25519 =
    mx_base64_encode (mx_olm_account_get_ed25519_key (account), MX_ED25519_KEY_SIZE);
  g_autofree char *made = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / 1000);

  stored->server_keys = -1;
  stored->fallback_used = TRUE;
  if (!mx_store_begin (self->store, error))
    return FALSE;
  if (!write_account (self, account, stored, error) ||
      !mx_store_set_value (self->store, "device_ed25519", ed25519, error) ||
      !mx_store_set_value (self->store, "device_made_ms", made, error) ||
      !mx_store_track_user (self->store, self->user_id, error))
    {
      mx_store_rollback (self->store);
      return FALSE;
    }
  if (!mx_store_commit (self->store, error))
    return FALSE;

  self->account = g_steal_pointer (&account);

  return TRUE;
}

static gboolean
load_account (MxOlmMachine *self, GError **error)
{
  g_autoptr (MxStoredAccount) stored = mx_store_get_olm_account (self->store);

  if (stored == NULL)
    return make_account (self, error);

  self->account = mx_olm_account_unpickle (stored->pickle, self->pickle_key, error);

  return self->account != NULL;
}

/* The store is of this device: an account is never used for another one (E2E-005). */
static gboolean
check_device (MxOlmMachine *self, GError **error)
{
  g_autofree char *device_id = mx_store_get_value (self->store, "device_id");

  if (device_id == NULL || g_str_equal (device_id, self->device_id))
    return TRUE;

  g_set_error_literal (error,
                       MX_SESSION_ERROR,
                       MX_SESSION_ERROR_DEVICE_BROKEN,
                       "The store belongs to another device");
  return FALSE;
}

MxOlmMachine *
mx_olm_machine_new (MxStore *store,
                    const char *user_id,
                    const char *device_id,
                    MxSecret *pickle_key,
                    const MxEncryptionPolicy *policy,
                    GError **error)
{
  g_autoptr (MxOlmMachine) self = g_new0 (MxOlmMachine, 1);

  self->store = store;
  self->user_id = g_strdup (user_id);
  self->device_id = g_strdup (device_id);
  self->pickle_key = mx_secret_ref (pickle_key);
  mx_olm_machine_set_policy (self, policy);
  if (!check_device (self, error) || !load_account (self, error))
    return NULL;

  mx_store_set_decryptor (store, &decryptor, self);

  return g_steal_pointer (&self);
}

void
mx_olm_machine_free (MxOlmMachine *self)
{
  if (self == NULL)
    return;
  mx_store_set_decryptor (self->store, NULL, NULL);
  if (self->room_keys != NULL)
    self->room_keys_free (self->room_keys);
  g_clear_pointer (&self->account, mx_olm_account_free);
  forget_device_keys (self);
  g_clear_pointer (&self->pickle_key, mx_secret_unref);
  g_clear_pointer (&self->asked, g_hash_table_unref);
  g_clear_pointer (&self->settled, g_hash_table_unref);
  g_free (self->user_id);
  g_free (self->device_id);
  g_free (self);
}

MxStore *
mx_olm_machine_get_store (MxOlmMachine *self)
{
  return self->store;
}

const char *
mx_olm_machine_get_user_id (MxOlmMachine *self)
{
  return self->user_id;
}

const char *
mx_olm_machine_get_device_id (MxOlmMachine *self)
{
  return self->device_id;
}

MxSecret *
mx_olm_machine_get_pickle_key (MxOlmMachine *self)
{
  return self->pickle_key;
}

const MxEncryptionPolicy *
mx_olm_machine_get_policy (MxOlmMachine *self)
{
  return &self->policy;
}

void
mx_olm_machine_set_policy (MxOlmMachine *self, const MxEncryptionPolicy *policy)
{
  if (policy != NULL)
    self->policy = *policy;
}

MxOlmAccount *
mx_olm_machine_get_account (MxOlmMachine *self, GError **error)
{
  g_autoptr (MxStoredAccount) stored = NULL;

  if (self->account != NULL)
    return self->account;

  stored = mx_store_get_olm_account (self->store);
  if (stored == NULL)
    g_set_error_literal (error,
                         MX_STORE_ERROR,
                         MX_STORE_ERROR_NOT_FOUND,
                         "The store has lost this device's keys");
  else
    self->account = mx_olm_account_unpickle (stored->pickle, self->pickle_key, error);

  return self->account;
}

gboolean
mx_olm_machine_save_account (MxOlmMachine *self, GError **error)
{
  g_autoptr (MxStoredAccount) stored = mx_store_get_olm_account (self->store);

  g_return_val_if_fail (stored != NULL && self->account != NULL, FALSE);

  return write_account (self, self->account, stored, error);
}

/* The object with what our self-signing key says of it, besides its own signature. */
static char *
cross_sign (MxOlmMachine *self, const char *keys, MxSecret *seed, GError **error)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (keys, -1, error);
  g_autofree char *text =
    document != NULL
      ? mx_cross_signing_sign (mx_json_document_root (document), self->user_id, seed, error)
      : NULL;
  g_autoptr (MxJsonDocument) with_ours =
    text != NULL ? mx_json_document_parse (text, -1, error) : NULL;

  return with_ours != NULL ? mx_signature_merge (mx_json_document_root (document),
                                                 mx_json_document_root (with_ours))
                           : NULL;
}

static MxJsonDocument *
make_device_keys (MxOlmMachine *self, MxSecret *seed, GError **error)
{
  MxOlmAccount *account = mx_olm_machine_get_account (self, error);
  g_autofree char *keys = NULL;
  g_autofree char *with_ours = NULL;

  if (account == NULL)
    return NULL;
  keys = mx_device_keys_new_signed (account, self->user_id, self->device_id, error);
  if (keys == NULL || seed == NULL)
    return keys != NULL ? mx_json_document_parse (keys, -1, error) : NULL;
  with_ours = cross_sign (self, keys, seed, error);

  return with_ours != NULL ? mx_json_document_parse (with_ours, -1, error) : NULL;
}

/* Whether what was made is still right: it depends on the self-signing key alone, as this device's
 * keys never change. */
static gboolean
is_signed_by (MxOlmMachine *self, MxSecret *seed)
{
  if (self->device_keys == NULL || (seed == NULL) != (self->device_keys_seed == NULL))
    return FALSE;

  return seed == NULL || mx_secret_equal (seed, self->device_keys_seed);
}

MxJsonDocument *
mx_olm_machine_get_device_keys (MxOlmMachine *self, GError **error)
{
  g_autoptr (MxSecret) seed = mx_store_get_secret (self->store, "m.cross_signing.self_signing");

  if (is_signed_by (self, seed))
    return self->device_keys;

  forget_device_keys (self);
  self->device_keys = make_device_keys (self, seed, error);
  if (self->device_keys != NULL)
    self->device_keys_seed = g_steal_pointer (&seed);

  return self->device_keys;
}

char *
mx_olm_machine_dup_device_keys (MxOlmMachine *self, GError **error)
{
  MxJsonDocument *keys = mx_olm_machine_get_device_keys (self, error);

  return keys != NULL ? mx_json_to_text (mx_json_document_root (keys)) : NULL;
}

/* -- A device that cannot go on */

gboolean
mx_olm_machine_check (MxOlmMachine *self, GError **error)
{
  g_autofree char *reason = mx_store_get_value (self->store, MX_VALUE_DEVICE_BROKEN);

  if (reason == NULL)
    reason = mx_store_get_value (self->store, MX_VALUE_DEVICE_DOUBTED);
  if (reason == NULL)
    return TRUE;

  g_set_error (error,
               MX_SESSION_ERROR,
               MX_SESSION_ERROR_DEVICE_BROKEN,
               "This device cannot go on: %s",
               reason);
  return FALSE;
}

gboolean
mx_olm_machine_break (MxOlmMachine *self,
                      const char *reason,
                      MxStoreChanges *changes,
                      GError **error)
{
  changes->encryption |= MX_ENCRYPTION_BROKEN;
  g_message ("This device cannot go on: %s", reason);

  return mx_store_set_value (self->store, MX_VALUE_DEVICE_BROKEN, reason, error);
}

/* -- Sync */

static gboolean
receive_device_lists (MxOlmMachine *self,
                      const MxSyncDelta *delta,
                      MxStoreChanges *changes,
                      GError **error)
{
  for (gsize i = 0; delta->device_changed != NULL && delta->device_changed[i] != NULL; i++)
    {
      if (!mx_store_mark_user_outdated (self->store, delta->device_changed[i], error))
        return FALSE;
      changes->encryption |= MX_ENCRYPTION_QUERY_DEVICES;
    }
  for (gsize i = 0; delta->device_left != NULL && delta->device_left[i] != NULL; i++)
    if (!mx_store_untrack_user (self->store, delta->device_left[i], error))
      return FALSE;

  return TRUE;
}

gboolean
mx_olm_machine_receive_sync (MxOlmMachine *self,
                             const MxSyncDelta *delta,
                             MxStoreChanges *changes,
                             GError **error)
{
  if (!receive_device_lists (self, delta, changes, error) ||
      !mx_key_upload_take_counts (self, delta, changes, error))
    return FALSE;

  /* In order, one after another (E2E-046). */
  for (guint i = 0; delta->to_device != NULL && i < delta->to_device->len; i++)
    if (!mx_olm_inbox_receive (self, g_ptr_array_index (delta->to_device, i), changes, error))
      return FALSE;

  return TRUE;
}

static gboolean
has_member_or_encryption (GPtrArray *events)
{
  for (guint i = 0; events != NULL && i < events->len; i++)
    {
      const char *type = mx_event_get_wire_type (g_ptr_array_index (events, i));

      if (g_str_equal (type, "m.room.member") || g_str_equal (type, "m.room.encryption"))
        return TRUE;
    }

  return FALSE;
}

/* Whoever reads an encrypted room is followed (E2E-016). */
static gboolean
follow_members (MxOlmMachine *self,
                const MxSyncDelta *delta,
                MxStoreChanges *changes,
                GError **error)
{
  for (guint i = 0; delta->rooms != NULL && i < delta->rooms->len; i++)
    {
      MxRoomDelta *room = g_ptr_array_index (delta->rooms, i);
      gboolean added = FALSE;

      if (!room->initial && !has_member_or_encryption (room->state) &&
          !has_member_or_encryption (room->timeline))
        continue;
      if (!mx_store_track_room (self->store, room->room_id, &added, error))
        return FALSE;
      if (added)
        changes->encryption |= MX_ENCRYPTION_QUERY_DEVICES;
    }

  return TRUE;
}

gboolean
mx_olm_machine_finish_sync (MxOlmMachine *self,
                            const MxSyncDelta *delta,
                            MxStoreChanges *changes,
                            GError **error)
{
  return follow_members (self, delta, changes, error) &&
         mx_room_keys_finish_sync (self, changes, error);
}
