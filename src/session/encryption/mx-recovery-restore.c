/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A new device joins the account by the recovery code: secret storage is opened, its private keys
 * are compared with what is published (E2E-095), this device signs itself, the backup is read. */
#include "config.h"

#include "mx-recovery.h"

#include "mx-encryption-private.h"
#include "mx-error.h"
#include "mx-identities-private.h"
#include "mx-key-backup.h"
#include "mx-own-backup.h"
#include "mx-own-identity.h"
#include "mx-secret-vault.h"
#include "mx-session-steps.h"

static const char *const names[] = {
  MX_SECRET_MASTER,
  MX_SECRET_SELF_SIGNING,
  MX_SECRET_USER_SIGNING,
};

/* Shared by the fiber and the steps that it waits for. */
typedef struct
{
  MxEncryption *encryption;
  MxSession *session;
  MxScope *scope;
  MxSecret *code;
  MxRecoveryProgress progress;
  gpointer progress_data;
  MxSecret *secrets[G_N_ELEMENTS (names)];
  MxSecret *storage_key;
  gboolean is_outdated; /* storage is of another identity than the published one */
} MxJoining;

static void
mx_joining_clear (gpointer data)
{
  MxJoining *self = data;

  g_clear_object (&self->encryption);
  g_clear_object (&self->session);
  g_clear_pointer (&self->scope, mx_scope_unref);
  g_clear_pointer (&self->code, mx_secret_unref);
  g_clear_pointer (&self->storage_key, mx_secret_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_clear_pointer (&self->secrets[i], mx_secret_unref);
}

MX_SESSION_DEFINE_STEPS (MxJoining, mx_joining)

static gboolean
take_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxJoining *self = data;
  MxOlmMachine *machine = mx_session_get_machine (self->session);

  self->is_outdated = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) failure = NULL;

      if (self->secrets[i] == NULL ||
          mx_identities_take_secret (machine, names[i], self->secrets[i], changes, &failure))
        continue;
      if (failure->domain != MX_CRYPTO_ERROR)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      self->is_outdated = TRUE;
    }

  return mx_store_set_secret (store, MX_SECRET_STORAGE, self->storage_key, error);
}

/* A secret that is damaged in storage is as good as none. */
static gboolean
read_secret (MxSecretVault *vault, const char *name, MxSecret **secret, GError **error)
{
  g_autoptr (GError) failure = NULL;

  *secret = mx_secret_vault_read (vault, name, &failure);
  if (failure == NULL)
    return TRUE;
  if (failure->domain == MX_CRYPTO_ERROR)
    {
      g_message ("A secret in storage is damaged: %d", failure->code);
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&failure));

  return FALSE;
}

/* The backup may be readable whatever became of the identity. */
static gboolean
join_backup (MxJoining *self, MxSecretVault *vault, gboolean *can_read, GError **error)
{
  g_autoptr (MxSecret) key = NULL;
  gboolean exists = FALSE;

  *can_read = FALSE;
  if (!read_secret (vault, MX_SECRET_BACKUP, &key, error))
    return FALSE;
  if (key == NULL)
    return TRUE;
  if (!mx_own_backup_join (self->session, self->scope, key, can_read, &exists, error))
    return FALSE;
  if (exists && !*can_read)
    g_message ("The backup was replaced since its key was stored");

  return TRUE;
}

static DexFuture *
restore_fiber (gpointer data)
{
  MxJoining *self = data;
  g_auto (MxSecretVault) vault = { 0 };
  gboolean can_read = FALSE;
  GError *error = NULL;

  mx_secret_vault_init (&vault, self->session, self->scope);
  if (!mx_secret_vault_open (&vault, self->code, &error))
    return dex_future_new_for_error (error);
  self->storage_key = mx_secret_ref (vault.key);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (!read_secret (&vault, names[i], &self->secrets[i], &error))
      return dex_future_new_for_error (error);

  if (!mx_own_identity_refresh (self->session, self->scope, &error) ||
      !mx_joining_step (self, take_work, &error) ||
      !mx_own_identity_sign (self->session, self->scope, &error) ||
      !join_backup (self, &vault, &can_read, &error))
    return dex_future_new_for_error (error);

  if (can_read && !dex_await (mx_guard (self->scope,
                                        mx_key_backup_restore (self->encryption,
                                                               self->progress,
                                                               self->progress_data)),
                              &error))
    return dex_future_new_for_error (error);

  if (self->is_outdated)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_IDENTITY_CHANGED,
                                  "The code opens storage of an older identity");

  return dex_future_new_true ();
}

DexFuture *
mx_recovery_restore (MxEncryption *encryption,
                     MxSecret *code,
                     MxRecoveryProgress progress,
                     gpointer data)
{
  MxSession *session = NULL;
  MxJoining *self = NULL;

  g_return_val_if_fail (MX_IS_ENCRYPTION (encryption), NULL);
  g_return_val_if_fail (code != NULL, NULL);

  session = mx_encryption_get_session (encryption);
  if (session == NULL || mx_session_get_http (session) == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session is closed");

  self = g_atomic_rc_box_new0 (MxJoining);
  self->encryption = g_object_ref (encryption);
  self->session = g_object_ref (session);
  self->scope = mx_scope_ref (mx_session_get_scope (session));
  self->code = mx_secret_ref (code);
  self->progress = progress;
  self->progress_data = data;

  return mx_flow_run (restore_fiber, self, mx_joining_unref);
}
