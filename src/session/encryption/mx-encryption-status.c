/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The state of encryption in numbers. */
#include "config.h"

#include "mx-encryption-status.h"

#include "mx-base64.h"
#include "mx-device-recovery.h"
#include "mx-encryption-private.h"
#include "mx-identities-private.h"
#include "mx-key-backup.h"
#include "mx-store-olm.h"

G_DEFINE_BOXED_TYPE (MxEncryptionStatus,
                     mx_encryption_status,
                     mx_encryption_status_copy,
                     mx_encryption_status_free)

MxEncryptionStatus *
mx_encryption_status_copy (const MxEncryptionStatus *self)
{
  MxEncryptionStatus *copy = g_memdup2 (self, sizeof *self);

  copy->ed25519 = g_strdup (self->ed25519);
  copy->curve25519 = g_strdup (self->curve25519);
  copy->backup_version = g_strdup (self->backup_version);

  return copy;
}

void
mx_encryption_status_free (MxEncryptionStatus *self)
{
  g_free (self->ed25519);
  g_free (self->curve25519);
  g_free (self->backup_version);
  g_free (self);
}

static gboolean
has_default_key (MxStore *store)
{
  g_autofree char *content =
    mx_store_get_account_data (store, NULL, "m.secret_storage.default_key");
  g_autoptr (MxJsonDocument) document =
    content != NULL ? mx_json_document_parse (content, -1, NULL) : NULL;
  const char *key_id =
    document != NULL ? mx_json_get_string (mx_json_document_root (document), "key") : NULL;

  return key_id != NULL && *key_id != '\0';
}

static gboolean
status_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxOlmMachine *machine = mx_session_get_machine (data);
  MxOlmAccount *account = mx_olm_machine_get_account (machine, error);
  g_autoptr (MxStoredIdentity) own =
    mx_store_get_identity (store, mx_olm_machine_get_user_id (machine));
  g_autoptr (MxSecret) backup_key = mx_store_get_secret (store, MX_SECRET_BACKUP);
  g_autoptr (MxStoredAccount) stored = mx_store_get_olm_account (store);
  g_autoptr (MxEncryptionStatus) status = g_new0 (MxEncryptionStatus, 1);

  if (account == NULL)
    return FALSE;

  status->ed25519 = mx_base64_encode (mx_olm_account_get_ed25519_key (account), MX_STORE_KEY_SIZE);
  status->curve25519 =
    mx_base64_encode (mx_olm_account_get_curve25519_key (account), MX_STORE_KEY_SIZE);
  status->identity = own == NULL        ? MX_OWN_IDENTITY_MISSING
                     : own->is_verified ? MX_OWN_IDENTITY_VERIFIED
                                        : MX_OWN_IDENTITY_UNVERIFIED;
  status->has_storage = has_default_key (store);
  status->backup_version = mx_store_get_value (store, MX_BACKUP_VALUE_VERSION);
  status->backup_enabled = status->backup_version != NULL && backup_key != NULL;
  status->backup_pending =
    mx_store_count_megolm (store, status->backup_version != NULL ? status->backup_version : "");
  status->backup_keys = mx_store_count_megolm (store, NULL) - status->backup_pending;
  status->went_back_ms = mx_device_recovery_get_time (store, MX_VALUE_DEVICE_WENT_BACK);
  status->contested_ms = mx_device_recovery_get_time (store, MX_VALUE_DEVICE_CONTESTED);
  status->server_keys = stored != NULL ? stored->server_keys : -1;

  g_value_init (result, MX_TYPE_ENCRYPTION_STATUS);
  g_value_take_boxed (result, g_steal_pointer (&status));

  return TRUE;
}

DexFuture *
mx_encryption_read_status (MxEncryption *self)
{
  MxSession *session = mx_encryption_get_session (self);

  if (session == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session is closed");

  return mx_session_work (session, status_work, g_object_ref (session), g_object_unref);
}

static DexFuture *
quiet_cb (DexFuture *future, gpointer data)
{
  return dex_future_new_true ();
}

DexFuture *
mx_encryption_wait_quiet (MxEncryption *self, unsigned ms)
{
  return dex_future_finally (mx_timeout (mx_encryption_settle (self), ms), quiet_cb, NULL, NULL);
}
