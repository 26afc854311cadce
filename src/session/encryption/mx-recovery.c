/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The recovery code set up, changed and reset. The order of the steps is what makes an interruption
 * harmless: private keys are stored before they are published, the default key of secret storage is
 * the last thing that changes (research/protocol E2E-092, E2E-129). */
#include "config.h"

#include "mx-recovery.h"

#include "mx-encryption-private.h"
#include "mx-error.h"
#include "mx-identities-private.h"
#include "mx-key-backup.h"
#include "mx-own-backup.h"
#include "mx-own-identity.h"
#include "mx-recovery-key.h"
#include "mx-secret-vault.h"
#include "mx-session-steps.h"

/* A code was promised and not shown yet: secret storage that is there may be one that nobody can
 * open. */
#define VALUE_PENDING "recovery_pending"

static const char *const names[] = {
  MX_SECRET_MASTER,
  MX_SECRET_SELF_SIGNING,
  MX_SECRET_USER_SIGNING,
  MX_SECRET_BACKUP,
};

/* Shared by the fiber and the steps that it waits for. */
typedef struct
{
  MxSession *session;
  MxScope *scope;
  MxAuthFunc auth;
  gpointer auth_data;
  MxSecret *passphrase;
  gboolean on;

  gboolean is_pending;
  gboolean is_verified;
  MxSecret *secrets[G_N_ELEMENTS (names)];
  MxSecret *storage_key; /* of this device, or to be kept by it */
} MxRecovery;

static void
mx_recovery_clear (gpointer data)
{
  MxRecovery *self = data;

  g_clear_object (&self->session);
  g_clear_pointer (&self->scope, mx_scope_unref);
  g_clear_pointer (&self->passphrase, mx_secret_unref);
  g_clear_pointer (&self->storage_key, mx_secret_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_clear_pointer (&self->secrets[i], mx_secret_unref);
}

MX_SESSION_DEFINE_STEPS (MxRecovery, mx_recovery)

static gboolean
load_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxRecovery *self = data;
  MxOlmMachine *machine = mx_session_get_machine (self->session);
  g_autoptr (MxStoredIdentity) own =
    mx_store_get_identity (store, mx_olm_machine_get_user_id (machine));
  g_autofree char *pending = mx_store_get_value (store, VALUE_PENDING);

  self->is_pending = pending != NULL;
  self->is_verified = own != NULL && own->is_verified;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_clear_pointer (&self->secrets[i], mx_secret_unref);
      self->secrets[i] = mx_store_get_secret (store, names[i]);
    }
  g_clear_pointer (&self->storage_key, mx_secret_unref);
  self->storage_key = mx_store_get_secret (store, MX_SECRET_STORAGE);

  return TRUE;
}

static gboolean
begin_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return mx_store_set_value (store, VALUE_PENDING, "1", error);
}

static gboolean
finish_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxRecovery *self = data;

  changes->encryption |= MX_ENCRYPTION_IDENTITY;

  return mx_store_set_value (store, VALUE_PENDING, NULL, error) &&
         mx_store_set_secret (store, MX_SECRET_STORAGE, self->storage_key, error);
}

/* -- Storage */

/* All that this device has, under the vault's key. */
static gboolean
write_secrets (MxRecovery *self, MxSecretVault *vault, gboolean keep, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (self->secrets[i] != NULL &&
        !mx_secret_vault_write (vault, names[i], self->secrets[i], keep, error))
      return FALSE;

  return TRUE;
}

/* New storage for what this device has; the old key opens nothing afterwards. Until the new key is
 * the default one, the old one still opens everything. NULL: error is set. */
static MxSecret *
make_storage (MxRecovery *self, GError **error)
{
  g_auto (MxSecretVault) vault = { 0 };

  mx_secret_vault_init (&vault, self->session, self->scope);
  if (!mx_recovery_step (self, load_work, error) ||
      !mx_secret_vault_new_key (&vault, self->passphrase, error) ||
      !write_secrets (self, &vault, TRUE, error) || !mx_secret_vault_make_default (&vault, error) ||
      !write_secrets (self, &vault, FALSE, error))
    return NULL;

  g_clear_pointer (&self->storage_key, mx_secret_unref);
  self->storage_key = mx_secret_ref (vault.key);
  if (!mx_recovery_step (self, finish_work, error))
    return NULL;

  return mx_recovery_key_encode (vault.key);
}

static DexFuture *
resolve_code (MxSecret *code, GError *error)
{
  if (code == NULL)
    return dex_future_new_for_error (error);

  return mx_future_new_pointer (MX_TYPE_SECRET, code);
}

/* -- Setting up */

static gboolean
check_no_storage (MxRecovery *self, GError **error)
{
  g_auto (MxSecretVault) vault = { 0 };
  g_autoptr (GError) failure = NULL;
  g_autofree char *key_id = NULL;

  mx_secret_vault_init (&vault, self->session, self->scope);
  key_id = mx_secret_vault_dup_default_key (&vault, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (key_id == NULL || self->is_pending)
    return TRUE;

  g_set_error_literal (error,
                       MX_SESSION_ERROR,
                       MX_SESSION_ERROR_IDENTITY_EXISTS,
                       "The account has secret storage already");

  return FALSE;
}

static DexFuture *
setup_fiber (gpointer data)
{
  MxRecovery *self = data;
  GError *error = NULL;

  if (!mx_recovery_step (self, load_work, &error) || !check_no_storage (self, &error) ||
      !mx_recovery_step (self, begin_work, &error) ||
      !mx_own_identity_make (
        self->session, self->scope, FALSE, self->auth, self->auth_data, &error) ||
      !mx_own_backup_make (self->session, self->scope, FALSE, &error) ||
      !mx_own_backup_set_wish (self->session, self->scope, TRUE, &error))
    return dex_future_new_for_error (error);

  return resolve_code (make_storage (self, &error), error);
}

/* -- Resetting */

static DexFuture *
reset_fiber (gpointer data)
{
  MxRecovery *self = data;
  GError *error = NULL;

  if (!mx_own_identity_make (
        self->session, self->scope, TRUE, self->auth, self->auth_data, &error) ||
      !mx_recovery_step (self, begin_work, &error) ||
      !mx_own_backup_make (self->session, self->scope, TRUE, &error) ||
      !mx_own_backup_set_wish (self->session, self->scope, TRUE, &error))
    return dex_future_new_for_error (error);

  return resolve_code (make_storage (self, &error), error);
}

/* -- Another code */

static DexFuture *
change_fiber (gpointer data)
{
  MxRecovery *self = data;
  GError *error = NULL;

  if (!mx_recovery_step (self, load_work, &error))
    return dex_future_new_for_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (!self->is_verified ||
        (self->secrets[i] == NULL && !g_str_equal (names[i], MX_SECRET_BACKUP)))
      return dex_future_new_reject (MX_SESSION_ERROR,
                                    MX_SESSION_ERROR_UNVERIFIED_DEVICE,
                                    "This device does not have the secrets of the account");

  return resolve_code (make_storage (self, &error), error);
}

/* -- Backup on and off */

/* The backup's key in secret storage, where this device can write there. */
static gboolean
store_backup_key (MxRecovery *self, GError **error)
{
  g_auto (MxSecretVault) vault = { 0 };
  g_autoptr (GError) failure = NULL;

  if (!mx_recovery_step (self, load_work, error))
    return FALSE;
  if (self->storage_key == NULL)
    return TRUE;

  mx_secret_vault_init (&vault, self->session, self->scope);
  if (mx_secret_vault_reopen (&vault, self->storage_key, &failure))
    return mx_secret_vault_write (&vault,
                                  MX_SECRET_BACKUP,
                                  self->secrets[G_N_ELEMENTS (names) - 1],
                                  FALSE,
                                  error);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));

  return FALSE;
}

static DexFuture *
backup_fiber (gpointer data)
{
  MxRecovery *self = data;
  GError *error = NULL;

  if (!mx_own_backup_set_wish (self->session, self->scope, self->on, &error) ||
      !(self->on ? mx_own_backup_make (self->session, self->scope, FALSE, &error)
                 : mx_own_backup_remove (self->session, self->scope, &error)) ||
      !store_backup_key (self, &error))
    return dex_future_new_for_error (error);

  return dex_future_new_true ();
}

/* -- From outside */

static DexFuture *
start (MxEncryption *encryption,
       DexFiberFunc func,
       MxSecret *passphrase,
       gboolean on,
       MxAuthFunc auth,
       gpointer auth_data)
{
  MxSession *session = mx_encryption_get_session (encryption);
  MxRecovery *self = NULL;

  if (session == NULL || mx_session_get_http (session) == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session is closed");

  self = g_atomic_rc_box_new0 (MxRecovery);
  self->session = g_object_ref (session);
  self->scope = mx_scope_ref (mx_session_get_scope (session));
  self->passphrase = passphrase != NULL ? mx_secret_ref (passphrase) : NULL;
  self->on = on;
  self->auth = auth;
  self->auth_data = auth_data;

  return mx_flow_run (func, self, mx_recovery_unref);
}

DexFuture *
mx_recovery_setup (MxEncryption *self, MxSecret *passphrase, MxAuthFunc auth, gpointer auth_data)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), NULL);

  return start (self, setup_fiber, passphrase, TRUE, auth, auth_data);
}

DexFuture *
mx_recovery_reset (MxEncryption *self, MxAuthFunc auth, gpointer auth_data)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), NULL);

  return start (self, reset_fiber, NULL, TRUE, auth, auth_data);
}

DexFuture *
mx_recovery_change_code (MxEncryption *self)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), NULL);

  return start (self, change_fiber, NULL, TRUE, NULL, NULL);
}

DexFuture *
mx_recovery_set_backup (MxEncryption *self, gboolean on)
{
  g_return_val_if_fail (MX_IS_ENCRYPTION (self), NULL);

  return start (self, backup_fiber, NULL, on, NULL, NULL);
}
