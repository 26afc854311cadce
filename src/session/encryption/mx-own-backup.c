/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The account's backup made, replaced and removed. */
#include "config.h"

#include "mx-own-backup.h"

#include "mx-backup-requests.h"
#include "mx-curve25519.h"
#include "mx-error.h"
#include "mx-identities-private.h"
#include "mx-key-backup.h"
#include "mx-secret-vault.h"
#include "mx-session-steps.h"

/* Shared by the fiber and the steps that it waits for. */
typedef struct
{
  MxSession *session;
  MxScope *scope;
  MxBackupVersion *present; /* at the server, NULL */
  char *present_id;         /* its version, also when it is of another kind */
  MxSecret *private_key;    /* from secret storage */
  gboolean is_ours;
  char *auth_data; /* of a new one */
  char *version;   /* the one to adopt */
} MxOwnBackup;

static void
mx_own_backup_clear (gpointer data)
{
  MxOwnBackup *self = data;

  g_clear_object (&self->session);
  g_clear_pointer (&self->scope, mx_scope_unref);
  g_clear_pointer (&self->present, mx_backup_version_free);
  g_clear_pointer (&self->private_key, mx_secret_unref);
  g_free (self->present_id);
  g_free (self->auth_data);
  g_free (self->version);
}

MX_SESSION_DEFINE_STEPS (MxOwnBackup, mx_own_backup)

static MxOwnBackup *
mx_own_backup_new (MxSession *session, MxScope *scope)
{
  MxOwnBackup *self = g_atomic_rc_box_new0 (MxOwnBackup);

  self->session = g_object_ref (session);
  self->scope = mx_scope_ref (scope);

  return self;
}

/* For a request: NULL once the session is closed, error is set then. */
static MxHttp *
get_http (MxOwnBackup *self, GError **error)
{
  MxHttp *http = mx_session_get_http (self->session);

  if (http == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");

  return http;
}

static char *
dup_version (GBytes *reply)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (reply, NULL);

  return document != NULL
           ? g_strdup (mx_json_get_string (mx_json_document_root (document), "version"))
           : NULL;
}

static gboolean
look (MxOwnBackup *self, GError **error)
{
  MxHttp *http = get_http (self, error);
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) reply = NULL;

  if (http == NULL)
    return FALSE;
  reply = dex_await_boxed (mx_guard (self->scope, mx_backup_get_version (http, NULL)), &failure);
  if (reply == NULL)
    {
      if (g_error_matches (failure, MX_MATRIX_ERROR, MX_MATRIX_ERROR_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  self->present_id = dup_version (reply);
  self->present = mx_backup_version_new (reply, &failure);
  if (failure != NULL)
    g_message ("The backup that is there cannot be used: %d", failure->code);

  return TRUE;
}

static void
recheck (MxOwnBackup *self)
{
  MxEncryption *encryption = mx_session_get_encryption (self->session);

  if (encryption != NULL)
    mx_key_backup_recheck (encryption);
}

/* -- Making */

/* A key that was made, and perhaps uploaded, by an attempt that was interrupted is taken up again.
 */
static gboolean
prepare_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  MxOwnBackup *self = data;
  MxOlmMachine *machine = mx_session_get_machine (self->session);
  g_autoptr (MxSecret) begun = mx_store_get_secret (store, MX_SECRET_NEW MX_SECRET_BACKUP);
  guint8 key[MX_STORE_KEY_SIZE];

  if (self->present != NULL && begun != NULL &&
      mx_backup_version_is_opened_by (self->present, begun))
    {
      self->version = g_strdup (self->present->version);
      return TRUE;
    }
  self->is_ours = self->present != NULL &&
                  mx_backup_version_get_trust (self->present, machine) == MX_BACKUP_TRUST_OWNED;

  if (begun == NULL)
    {
      begun = mx_curve25519_generate (key);
      if (!mx_store_set_secret (store, MX_SECRET_NEW MX_SECRET_BACKUP, begun, error))
        return FALSE;
    }
  self->auth_data = mx_backup_new_auth_data (machine, begun, error);

  return self->auth_data != NULL;
}

static gboolean
adopt_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxOwnBackup *self = data;
  g_autoptr (MxSecret) key = mx_store_get_secret (store, MX_SECRET_NEW MX_SECRET_BACKUP);

  return mx_store_set_secret (store, MX_SECRET_BACKUP, key, error) &&
         mx_store_set_secret (store, MX_SECRET_NEW MX_SECRET_BACKUP, NULL, error) &&
         mx_store_set_value (store, MX_BACKUP_VALUE_VERSION, self->version, error);
}

/* The new one is the current one before the old one goes. */
static gboolean
create (MxOwnBackup *self, GError **error)
{
  MxHttp *http = get_http (self, error);

  if (http == NULL)
    return FALSE;
  self->version = dex_await_string (mx_guard (self->scope,
                                              mx_backup_create_version (http,
                                                                        MX_BACKUP_ALGORITHM,
                                                                        self->auth_data)),
                                    error);

  return self->version != NULL;
}

/* Its failure is no reason to fail: an old version is not the current one. */
static void
remove_old (MxOwnBackup *self)
{
  g_autoptr (GError) error = NULL;
  MxHttp *http = get_http (self, &error);

  if (http == NULL || self->present_id == NULL || g_strcmp0 (self->present_id, self->version) == 0)
    return;
  if (!dex_await (mx_guard (self->scope, mx_backup_delete_version (http, self->present_id)),
                  &error))
    g_message ("The old backup was not removed: %d", error->code);
}

gboolean
mx_own_backup_make (MxSession *session, MxScope *scope, gboolean replace, GError **error)
{
  g_autoptr (MxOwnBackup) self = mx_own_backup_new (session, scope);

  if (!look (self, error) || !mx_own_backup_step (self, prepare_work, error))
    return FALSE;
  if (self->is_ours && !replace)
    {
      recheck (self);
      return TRUE;
    }
  if (self->version == NULL && self->present_id != NULL && !replace)
    {
      g_set_error_literal (error,
                           MX_SESSION_ERROR,
                           MX_SESSION_ERROR_IDENTITY_EXISTS,
                           "The account has a backup already");
      return FALSE;
    }

  if (self->version == NULL && !create (self, error))
    return FALSE;
  if (!mx_own_backup_step (self, adopt_work, error))
    return FALSE;
  if (replace)
    remove_old (self);
  recheck (self);

  return TRUE;
}

/* -- Removing */

static gboolean
forget_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return mx_store_set_secret (store, MX_SECRET_BACKUP, NULL, error) &&
         mx_store_set_secret (store, MX_SECRET_NEW MX_SECRET_BACKUP, NULL, error) &&
         mx_store_set_value (store, MX_BACKUP_VALUE_VERSION, NULL, error);
}

gboolean
mx_own_backup_remove (MxSession *session, MxScope *scope, GError **error)
{
  g_autoptr (MxOwnBackup) self = mx_own_backup_new (session, scope);
  g_autoptr (GError) failure = NULL;
  MxHttp *http = NULL;

  if (!look (self, error))
    return FALSE;
  http = get_http (self, error);
  if (http == NULL)
    return FALSE;
  if (self->present_id != NULL &&
      !dex_await (mx_guard (scope, mx_backup_delete_version (http, self->present_id)), &failure) &&
      !g_error_matches (failure, MX_MATRIX_ERROR, MX_MATRIX_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  if (!mx_own_backup_step (self, forget_work, error))
    return FALSE;
  recheck (self);

  return TRUE;
}

/* -- Joining */

static gboolean
join_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxOwnBackup *self = data;

  return mx_store_set_secret (store, MX_SECRET_BACKUP, self->private_key, error) &&
         mx_store_set_value (store, MX_BACKUP_VALUE_VERSION, self->present->version, error);
}

gboolean
mx_own_backup_join (MxSession *session,
                    MxScope *scope,
                    MxSecret *private_key,
                    gboolean *fits,
                    gboolean *exists,
                    GError **error)
{
  g_autoptr (MxOwnBackup) self = mx_own_backup_new (session, scope);

  *fits = FALSE;
  if (!look (self, error))
    return FALSE;
  *exists = self->present_id != NULL;
  *fits = self->present != NULL && mx_backup_version_is_opened_by (self->present, private_key);
  if (!*fits)
    return TRUE;

  self->private_key = mx_secret_ref (private_key);
  if (!mx_own_backup_step (self, join_work, error))
    return FALSE;
  recheck (self);

  return TRUE;
}

/* -- The user's wish */

typedef struct
{
  gboolean on;
} MxWish;

static gboolean
wish_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  const MxWish *wish = data;

  return mx_store_set_value (store, MX_BACKUP_VALUE_WISH, wish->on ? "on" : "off", error);
}

gboolean
mx_own_backup_set_wish (MxSession *session, MxScope *scope, gboolean on, GError **error)
{
  g_auto (MxSecretVault) vault = { 0 };
  MxWish *wish = g_new0 (MxWish, 1);

  wish->on = on;
  mx_secret_vault_init (&vault, session, scope);

  return dex_await (mx_session_write (session, wish_work, wish, g_free), error) &&
         mx_secret_vault_put (&vault,
                              "m.key_backup",
                              on ? "{\"enabled\":true}" : "{\"enabled\":false}",
                              error) &&
         mx_secret_vault_put (&vault,
                              "m.org.matrix.custom.backup_disabled",
                              on ? "{\"disabled\":false}" : "{\"disabled\":true}",
                              error);
}
