/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the user is told of identities: our own, as a property; a new device of ours (E2E-027) and
 * the change of an identity that was verified (E2E-097), as signals. Main thread. */
#include "config.h"

#include "mx-encryption-private.h"

#include "mx-device-private.h"
#include "mx-json.h"
#include "mx-store-identities.h"

/* The latest answer stays until there is another one: a list that is being asked for anew says
 * nothing. */
void
mx_encryption_refresh_identity (MxEncryption *self)
{
  MxSession *session = mx_encryption_get_session (self);
  MxStore *reader = session != NULL ? mx_session_get_reader (session) : NULL;
  const char *user_id = NULL;
  g_autoptr (MxStoredIdentity) own = NULL;

  if (reader == NULL)
    return;

  user_id = mx_session_get_user_id (session);
  own = mx_store_get_identity (reader, user_id);
  if (own != NULL)
    mx_encryption_set_own_identity (self,
                                    own->is_verified ? MX_OWN_IDENTITY_VERIFIED
                                                     : MX_OWN_IDENTITY_UNVERIFIED);
  else if (!mx_store_is_user_outdated (reader, user_id))
    mx_encryption_set_own_identity (self, MX_OWN_IDENTITY_MISSING);
}

/* Secret storage is there when its default key is described (E2E-121). */
void
mx_encryption_refresh_recovery (MxEncryption *self)
{
  MxSession *session = mx_encryption_get_session (self);
  MxStore *reader = session != NULL ? mx_session_get_reader (session) : NULL;
  g_autofree char *content = NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  const char *key_id = NULL;

  if (reader == NULL)
    return;

  content = mx_store_get_account_data (reader, NULL, "m.secret_storage.default_key");
  document = content != NULL ? mx_json_document_parse (content, -1, NULL) : NULL;
  if (document != NULL)
    key_id = mx_json_get_string (mx_json_document_root (document), "key");
  mx_encryption_set_has_recovery (self, key_id != NULL && *key_id != '\0');
}

static void
tell_new_devices (MxEncryption *self, MxStore *reader, GPtrArray *device_ids)
{
  const char *user_id = mx_session_get_user_id (mx_encryption_get_session (self));

  for (guint i = 0; i < device_ids->len; i++)
    {
      g_autoptr (MxStoredDevice) stored =
        mx_store_get_device (reader, user_id, g_ptr_array_index (device_ids, i));
      g_autoptr (MxDevice) device = NULL;

      if (stored == NULL || stored->is_gone)
        continue;
      device = mx_device_new (mx_encryption_get_session (self), stored);
      g_signal_emit_by_name (self, "new-device", device);
    }
}

static void
tell_trust (MxEncryption *self, MxStore *reader, GHashTable *users)
{
  const char *own_user_id = mx_session_get_user_id (mx_encryption_get_session (self));
  GHashTableIter iter;
  gpointer user_id = NULL;

  g_hash_table_iter_init (&iter, users);
  while (g_hash_table_iter_next (&iter, &user_id, NULL))
    {
      g_autoptr (MxStoredIdentity) identity = mx_store_get_identity (reader, user_id);

      if (!g_str_equal (own_user_id, user_id) &&
          mx_stored_identity_get_state (identity) == MX_IDENTITY_STATE_VIOLATED)
        g_signal_emit_by_name (self, "identity-changed", user_id);
      g_signal_emit_by_name (self, "trust-changed", user_id);
    }
}

static gboolean
concerns_recovery (const MxStoreChanges *changes)
{
  for (guint i = 0; i < changes->account_data->len; i++)
    if (g_str_has_prefix (g_ptr_array_index (changes->account_data, i), "m.secret_storage."))
      return TRUE;

  return FALSE;
}

void
mx_encryption_watch_identities (MxEncryption *self, MxStoreChanges *changes)
{
  MxSession *session = mx_encryption_get_session (self);
  MxStore *reader = session != NULL ? mx_session_get_reader (session) : NULL;

  if (reader == NULL)
    return;

  if ((changes->encryption & MX_ENCRYPTION_IDENTITY) != 0 ||
      mx_encryption_get_own_identity (self) == MX_OWN_IDENTITY_UNKNOWN ||
      g_hash_table_contains (changes->device_users, mx_session_get_user_id (session)))
    mx_encryption_refresh_identity (self);
  if (concerns_recovery (changes))
    mx_encryption_refresh_recovery (self);
  if (changes->own_devices != NULL)
    tell_new_devices (self, reader, changes->own_devices);
  if (changes->device_users != NULL)
    tell_trust (self, reader, changes->device_users);
}
