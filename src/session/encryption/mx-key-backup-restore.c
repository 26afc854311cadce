/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The whole backup read (research/protocol E2E-137), by pages. */
#include "config.h"

#include "mx-key-backup.h"

#include "mx-backup-pages.h"
#include "mx-backup-requests.h"
#include "mx-error.h"
#include "mx-identities-private.h"
#include "mx-session-steps.h"

/* Shared by the fiber and the steps that it waits for. */
typedef struct
{
  MxSession *session;
  MxScope *scope;
  MxRecoveryProgress progress;
  gpointer progress_data;
  MxSecret *private_key;
  char *version;
  GBytes *reply;
  MxBackupPages *pages;
} MxRestore;

static void
mx_restore_clear (gpointer data)
{
  MxRestore *self = data;

  g_clear_object (&self->session);
  g_clear_pointer (&self->scope, mx_scope_unref);
  g_clear_pointer (&self->private_key, mx_secret_unref);
  g_clear_pointer (&self->reply, g_bytes_unref);
  g_clear_pointer (&self->pages, mx_backup_pages_free);
  g_free (self->version);
}

MX_SESSION_DEFINE_STEPS (MxRestore, mx_restore)

/* -- On the account thread */

static gboolean
cut_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxRestore *self = data;

  self->pages = mx_backup_pages_new (self->reply, error);
  g_clear_pointer (&self->reply, g_bytes_unref);

  return self->pages != NULL;
}

static gboolean
page_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxRestore *self = data;

  return mx_backup_pages_import (self->pages,
                                 mx_session_get_machine (self->session),
                                 self->private_key,
                                 self->version,
                                 changes,
                                 error);
}

static gboolean
key_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxRestore *self = data;

  self->private_key = mx_store_get_secret (store, MX_SECRET_BACKUP);
  self->version = mx_store_get_value (store, MX_BACKUP_VALUE_VERSION);
  if (self->private_key != NULL && self->version != NULL)
    return TRUE;

  g_set_error_literal (error,
                       MX_SESSION_ERROR,
                       MX_SESSION_ERROR_BACKUP_CHANGED,
                       "There is no backup that this device can read");
  return FALSE;
}

/* -- The flow */

static void
tell (MxRestore *self)
{
  if (self->progress != NULL && !mx_scope_is_cancelled (self->scope))
    self->progress (mx_backup_pages_get_done (self->pages),
                    mx_backup_pages_get_total (self->pages),
                    self->progress_data);
}

static DexFuture *
restore_fiber (gpointer data)
{
  MxRestore *self = data;
  GError *error = NULL;

  if (!mx_restore_step (self, key_work, &error))
    return dex_future_new_for_error (error);

  self->reply = dex_await_boxed (
    mx_guard (self->scope,
              mx_backup_get_keys (mx_session_get_http (self->session), self->version, NULL, NULL)),
    &error);
  if (self->reply == NULL || !dex_await (mx_session_work (self->session,
                                                          cut_work,
                                                          g_atomic_rc_box_acquire (self),
                                                          mx_restore_unref),
                                         &error))
    return dex_future_new_for_error (error);

  tell (self);
  while (mx_backup_pages_get_done (self->pages) < mx_backup_pages_get_total (self->pages))
    {
      if (!dex_await (mx_guard (self->scope, mx_restore_write (self, page_work)), &error))
        return dex_future_new_for_error (error);
      tell (self);
    }

  return dex_future_new_for_uint (mx_backup_pages_get_imported (self->pages));
}

DexFuture *
mx_key_backup_restore (MxEncryption *encryption, MxRecoveryProgress progress, gpointer data)
{
  MxSession *session = mx_encryption_get_session (encryption);
  MxRestore *self = NULL;

  if (session == NULL || mx_session_get_http (session) == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session is closed");

  self = g_atomic_rc_box_new0 (MxRestore);
  self->session = g_object_ref (session);
  self->scope = mx_scope_ref (mx_session_get_scope (session));
  self->progress = progress;
  self->progress_data = data;

  return mx_flow_run (restore_fiber, self, mx_restore_unref);
}
