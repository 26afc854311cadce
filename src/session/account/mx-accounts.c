/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The accounts of a profile. A new one is made in steps that are durable one by one: key in the
 * keyring, store with its tokens, index; a crash between two leaves nothing but an unused folder.
 * Main thread. */
#include "config.h"

#include "mx-accounts.h"

#include <errno.h>
#include <glib/gstdio.h>

#include "mx-account-index.h"
#include "mx-error.h"
#include "mx-login.h"

struct _MxAccounts
{
  GObject parent_instance;

  char *data_dir;
  MxKeyring *keyring;
  GPtrArray *sessions;      /* MxSession */
  MxDeployment *deployment; /* NULL: the plain one */
  GError *damage;           /* the index could not be read: it is not written either */
};

static GType
mx_accounts_get_item_type (GListModel *model)
{
  return MX_TYPE_SESSION;
}

static guint
mx_accounts_get_n_items (GListModel *model)
{
  return MX_ACCOUNTS (model)->sessions->len;
}

static gpointer
mx_accounts_get_item (GListModel *model, guint position)
{
  MxAccounts *self = MX_ACCOUNTS (model);

  return position < self->sessions->len
           ? g_object_ref (g_ptr_array_index (self->sessions, position))
           : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = mx_accounts_get_item_type;
  iface->get_n_items = mx_accounts_get_n_items;
  iface->get_item = mx_accounts_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MxAccounts,
                               mx_accounts,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
mx_accounts_finalize (GObject *object)
{
  MxAccounts *self = MX_ACCOUNTS (object);

  g_clear_pointer (&self->sessions, g_ptr_array_unref);
  g_clear_object (&self->keyring);
  g_clear_object (&self->deployment);
  g_clear_pointer (&self->data_dir, g_free);
  g_clear_error (&self->damage);

  G_OBJECT_CLASS (mx_accounts_parent_class)->finalize (object);
}

static void
mx_accounts_class_init (MxAccountsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_accounts_finalize;
}

static void
mx_accounts_init (MxAccounts *self)
{
  self->sessions = g_ptr_array_new_with_free_func (g_object_unref);
}

static char *
index_path (MxAccounts *self)
{
  return g_build_filename (self->data_dir, "accounts.ini", NULL);
}

static char *
folder_path (MxAccounts *self, const char *id)
{
  return g_build_filename (self->data_dir, id, NULL);
}

static gboolean
make_folder (const char *path, GError **error)
{
  int saved = 0;

  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;

  saved = errno;
  g_set_error_literal (error,
                       G_IO_ERROR,
                       g_io_error_from_errno (saved),
                       "The data folder cannot be made");

  return FALSE;
}

void
mx_accounts_set_deployment (MxAccounts *self, MxDeployment *deployment)
{
  g_return_if_fail (MX_IS_ACCOUNTS (self));

  g_set_object (&self->deployment, deployment);
  for (unsigned i = 0; i < self->sessions->len; i++)
    mx_session_set_deployment (g_ptr_array_index (self->sessions, i), deployment);
}

MxAccounts *
mx_accounts_new (const char *data_dir, MxKeyring *keyring)
{
  MxAccounts *self = NULL;
  g_autofree char *index = NULL;
  g_autoptr (GPtrArray) entries = NULL;

  g_return_val_if_fail (data_dir != NULL, NULL);
  g_return_val_if_fail (MX_IS_KEYRING (keyring), NULL);

  self = g_object_new (MX_TYPE_ACCOUNTS, NULL);
  self->data_dir = g_strdup (data_dir);
  self->keyring = g_object_ref (keyring);

  index = index_path (self);
  if (make_folder (data_dir, &self->damage))
    entries = mx_account_index_read (index, &self->damage);
  if (entries == NULL)
    {
      g_warning ("The list of accounts cannot be read: %s %d",
                 g_quark_to_string (self->damage->domain),
                 self->damage->code);
      return self;
    }

  for (unsigned i = 0; i < entries->len; i++)
    {
      const MxAccountEntry *entry = g_ptr_array_index (entries, i);
      g_autofree char *folder = folder_path (self, entry->id);

      g_ptr_array_add (self->sessions, mx_session_new (entry, folder, keyring));
    }

  return self;
}

MxSession *
mx_accounts_get_first (MxAccounts *self)
{
  g_return_val_if_fail (MX_IS_ACCOUNTS (self), NULL);

  return self->sessions->len > 0 ? g_ptr_array_index (self->sessions, 0) : NULL;
}

MxSession *
mx_accounts_find (MxAccounts *self, const char *user_id)
{
  g_return_val_if_fail (MX_IS_ACCOUNTS (self), NULL);

  for (unsigned i = 0; i < self->sessions->len; i++)
    {
      MxSession *session = g_ptr_array_index (self->sessions, i);

      if (g_strcmp0 (mx_session_get_user_id (session), user_id) == 0)
        return session;
    }

  return NULL;
}

MxKeyring *
mx_accounts_get_keyring (MxAccounts *self)
{
  g_return_val_if_fail (MX_IS_ACCOUNTS (self), NULL);

  return self->keyring;
}

/* Writes the index with added (nullable) and without removed (nullable). */
static gboolean
write_index (MxAccounts *self, MxSession *added, MxSession *removed, GError **error)
{
  g_autofree char *path = index_path (self);
  g_autoptr (GPtrArray) entries = g_ptr_array_new ();

  if (self->damage != NULL)
    {
      g_propagate_error (error, g_error_copy (self->damage));
      return FALSE;
    }

  for (unsigned i = 0; i < self->sessions->len; i++)
    {
      MxSession *session = g_ptr_array_index (self->sessions, i);

      if (session != removed)
        g_ptr_array_add (entries, (gpointer) mx_session_get_entry (session));
    }
  if (added != NULL)
    g_ptr_array_add (entries, (gpointer) mx_session_get_entry (added));

  return mx_account_index_write (path, entries, error);
}

/* -- Adding */

typedef struct
{
  MxAccounts *accounts;
  MxLoginReply *reply;
  MxAccountEntry *entry;
  MxSession *session; /* the new one */
} MxAddition;

static void
mx_addition_free (gpointer data)
{
  MxAddition *addition = data;

  g_clear_object (&addition->accounts);
  g_clear_pointer (&addition->reply, mx_login_reply_free);
  g_clear_pointer (&addition->entry, mx_account_entry_free);
  g_clear_object (&addition->session);
  g_free (addition);
}

typedef struct
{
  char *path;
  MxSecret *key;
  MxLoginReply *reply;
  MxAccountEntry *entry;
} MxStoreCreation;

static void
mx_store_creation_free (gpointer data)
{
  MxStoreCreation *creation = data;

  g_clear_pointer (&creation->path, g_free);
  g_clear_pointer (&creation->key, mx_secret_unref);
  g_clear_pointer (&creation->reply, mx_login_reply_free);
  g_clear_pointer (&creation->entry, mx_account_entry_free);
  g_free (creation);
}

static gboolean
write_first_values (MxStore *store, const MxStoreCreation *creation, GError **error)
{
  const MxLoginReply *reply = creation->reply;
  g_autofree char *expires_at = NULL;

  if (reply->expires_in_ms > 0)
    expires_at =
      g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / 1000 + reply->expires_in_ms);

  return mx_store_begin (store, error) &&
         mx_store_set_value (store, "user_id", reply->user_id, error) &&
         mx_store_set_value (store, "device_id", reply->device_id, error) &&
         mx_store_set_value (store, "base_url", creation->entry->base_url, error) &&
         mx_store_set_value (store,
                             "access_token",
                             mx_secret_get_text (reply->access_token),
                             error) &&
         mx_store_set_value (store,
                             "refresh_token",
                             reply->refresh_token != NULL
                               ? mx_secret_get_text (reply->refresh_token)
                               : NULL,
                             error) &&
         mx_store_set_value (store, "token_expiry", expires_at, error) &&
         mx_store_commit (store, error);
}

/* On a thread of its own. */
static gboolean
create_store_work (gpointer data, GValue *result, GError **error)
{
  MxStoreCreation *creation = data;
  g_autoptr (MxStore) store = mx_store_open (creation->path, creation->key, MX_STORE_WRITE, error);

  return store != NULL && write_first_values (store, creation, error);
}

/* On a fiber. */
static gboolean
create_store (MxAddition *addition, const char *folder, MxSecret *key, GError **error)
{
  g_autoptr (MxWorker) worker = mx_worker_new ("mx-create");
  MxStoreCreation *creation = g_new0 (MxStoreCreation, 1);

  creation->path = g_build_filename (folder, "store.db", NULL);
  creation->key = mx_secret_ref (key);
  creation->reply = mx_login_reply_copy (addition->reply);
  creation->entry = mx_account_entry_copy (addition->entry);

  return dex_await (mx_worker_run (worker, create_store_work, creation, mx_store_creation_free),
                    error);
}

/* What takes a folder away, or aside, without blocking the main loop. */
typedef struct
{
  char *path;
  char *aside; /* NULL: delete */
} MxFolderEnd;

static void
mx_folder_end_free (gpointer data)
{
  MxFolderEnd *end = data;

  g_free (end->path);
  g_free (end->aside);
  g_free (end);
}

static gboolean
end_folder_work (gpointer data, GValue *result, GError **error)
{
  MxFolderEnd *end = data;
  g_autoptr (GDir) dir = NULL;
  const char *name = NULL;

  if (end->aside != NULL)
    {
      if (g_rename (end->path, end->aside) != 0)
        g_message ("A folder could not be set aside: %d", errno);
      return TRUE;
    }

  dir = g_dir_open (end->path, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (end->path, name, NULL);

      if (g_remove (path) != 0)
        g_message ("A file of a removed account could not be deleted: %d", errno);
    }
  if (g_rmdir (end->path) != 0 && errno != ENOENT)
    g_message ("The folder of a removed account could not be deleted: %d", errno);

  return TRUE;
}

/* On a fiber. */
static gboolean
end_folder (const char *path, const char *aside, GError **error)
{
  g_autoptr (MxWorker) worker = mx_worker_new ("mx-remove");
  MxFolderEnd *end = g_new0 (MxFolderEnd, 1);

  end->path = g_strdup (path);
  end->aside = g_strdup (aside);

  return dex_await (mx_worker_run (worker, end_folder_work, end, mx_folder_end_free), error);
}

static char *
aside_path (MxSession *session)
{
  return g_strdup_printf ("%s.kept-%" G_GINT64_FORMAT,
                          mx_session_get_folder (session),
                          g_get_real_time () / G_USEC_PER_SEC);
}

/* An older session of the same user that cannot go on: deleted, but set aside when its store could
 * not be opened, as somebody may still find its key, and when its device may go on (E2E-166). */
static void
retire (MxAccounts *self, MxSession *old)
{
  g_autoptr (GError) error = NULL;
  MxSessionState state = mx_session_get_state (old);
  gboolean keep = state == MX_SESSION_LOCKED || state == MX_SESSION_SOFT_SIGNED_OUT;
  g_autofree char *aside = aside_path (old);

  if (!dex_await (mx_session_close (old), &error) ||
      !end_folder (mx_session_get_folder (old), keep ? aside : NULL, &error) ||
      (!keep &&
       !dex_await (mx_keyring_remove (self->keyring, mx_session_get_entry (old)->id), &error)))
    g_message ("Something of a replaced account stays: %s %d",
               g_quark_to_string (error->domain),
               error->code);
}

static gboolean
is_alive (MxSession *session)
{
  switch (mx_session_get_state (session))
    {
    case MX_SESSION_OPENING:
    case MX_SESSION_REPAIRING:
    case MX_SESSION_OPEN:
      return TRUE;
    case MX_SESSION_CLOSED:
    case MX_SESSION_LOCKED:
    case MX_SESSION_SIGNED_OUT:
    case MX_SESSION_SOFT_SIGNED_OUT:
      return FALSE;
    default:
      g_assert_not_reached ();
    }
}

/* Signs the new device out again: nobody will use it. */
static void
give_back (MxAddition *addition)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxHttp) http =
    mx_http_new (addition->entry->base_url, &addition->entry->network, &error);

  if (http != NULL)
    {
      mx_http_set_access_token (http, addition->reply->access_token);
      if (!dex_await (mx_timeout (mx_login_logout (http), 10000), &error))
        g_message ("A sign-in could not be taken back: %d", error->code);
    }
}

static DexFuture *
add_steps (MxAddition *addition)
{
  MxAccounts *self = addition->accounts;
  const MxAccountEntry *entry = addition->entry;
  g_autofree char *folder = folder_path (self, entry->id);
  g_autofree char *label = g_strdup_printf ("Chappe (%s)", entry->user_id);
  g_autoptr (MxSecret) key = mx_secret_new_random (32);
  MxSession *old = NULL;
  GError *error = NULL;

  if (!make_folder (folder, &error) ||
      !dex_await (mx_keyring_store (self->keyring, entry->id, label, key), &error) ||
      !create_store (addition, folder, key, &error))
    return dex_future_new_for_error (error);

  addition->session = mx_session_new (entry, folder, self->keyring);
  mx_session_set_deployment (addition->session, self->deployment);
  old = mx_accounts_find (self, entry->user_id);
  if (!write_index (self, addition->session, old, &error))
    return dex_future_new_for_error (error);

  if (old != NULL)
    {
      guint position = 0;
      g_autoptr (MxSession) held = g_object_ref (old);

      if (g_ptr_array_find (self->sessions, old, &position))
        {
          g_ptr_array_remove_index (self->sessions, position);
          g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
        }
      retire (self, held);
    }

  g_ptr_array_add (self->sessions, g_object_ref (addition->session));
  g_list_model_items_changed (G_LIST_MODEL (self), self->sessions->len - 1, 0, 1);

  return dex_future_new_take_object (g_object_ref (addition->session));
}

static DexFuture *
add_fiber (gpointer data)
{
  MxAddition *addition = data;
  MxAccounts *self = addition->accounts;
  MxSession *old = mx_accounts_find (self, addition->entry->user_id);
  g_autoptr (DexFuture) result = NULL;
  g_autoptr (GError) error = NULL;

  /* Only its store knows whether an account that was not opened yet can go on. */
  if (old != NULL && !dex_await (mx_session_open (old), &error) &&
      !g_error_matches (error, MX_STORE_ERROR, MX_STORE_ERROR_BUSY))
    g_clear_error (&error);

  if (error != NULL) /* another program has it open */
    result = dex_future_new_for_error (g_steal_pointer (&error));
  else if (old != NULL && is_alive (old))
    result = dex_future_new_reject (MX_SESSION_ERROR,
                                    MX_SESSION_ERROR_BAD_INPUT,
                                    "This account is signed in already");
  else if (self->damage != NULL)
    result = dex_future_new_for_error (g_error_copy (self->damage));
  else
    result = add_steps (addition);

  if (dex_future_get_value (result, &error) == NULL)
    give_back (addition);

  return g_steal_pointer (&result);
}

DexFuture *
mx_accounts_add (MxAccounts *self, gpointer login_reply, const char *base_url, gpointer network)
{
  MxAddition *addition = NULL;
  const MxLoginReply *reply = login_reply;
  const MxNetworkSettings *settings = network;

  g_return_val_if_fail (MX_IS_ACCOUNTS (self), NULL);
  g_return_val_if_fail (reply != NULL, NULL);
  g_return_val_if_fail (base_url != NULL, NULL);

  addition = g_new0 (MxAddition, 1);
  addition->accounts = g_object_ref (self);
  addition->reply = mx_login_reply_copy (reply);
  addition->entry = g_new0 (MxAccountEntry, 1);
  addition->entry->id = g_uuid_string_random ();
  addition->entry->user_id = g_strdup (reply->user_id);
  addition->entry->device_id = g_strdup (reply->device_id);
  addition->entry->base_url = g_strdup (base_url);
  if (settings != NULL)
    {
      addition->entry->network.proxy_uri = g_strdup (settings->proxy_uri);
      addition->entry->network.ca_file = g_strdup (settings->ca_file);
    }

  return mx_flow_run (add_fiber, addition, mx_addition_free);
}

/* -- Removing */

typedef struct
{
  MxAccounts *accounts;
  MxSession *session;
  gboolean force;
} MxRemoval;

static void
mx_removal_free (gpointer data)
{
  MxRemoval *removal = data;

  g_clear_object (&removal->accounts);
  g_clear_object (&removal->session);
  g_free (removal);
}

/* At the server; a session that is over there already needs no more. */
static DexFuture *
sign_out (MxSession *session)
{
  g_autoptr (GError) error = NULL;

  if (!dex_await (mx_session_open (session), &error))
    return dex_future_new_for_error (g_steal_pointer (&error));
  if (mx_session_get_state (session) != MX_SESSION_OPEN)
    return dex_future_new_true ();

  mx_session_stop (session);
  if (!dex_await (mx_timeout (mx_login_logout (mx_session_get_http (session)), 30000), &error) &&
      !mx_session_is_end (error))
    return dex_future_new_for_error (g_steal_pointer (&error));

  return dex_future_new_true ();
}

/* On a fiber: closed, and no account any more. */
static gboolean
forget (MxAccounts *self, MxSession *session, GError **error)
{
  guint position = 0;

  if (!dex_await (mx_session_close (session), error) || !write_index (self, NULL, session, error))
    return FALSE;

  if (g_ptr_array_find (self->sessions, session, &position))
    {
      g_ptr_array_remove_index (self->sessions, position);
      g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
    }

  return TRUE;
}

static DexFuture *
remove_fiber (gpointer data)
{
  MxRemoval *removal = data;
  MxAccounts *self = removal->accounts;
  MxSession *session = removal->session;
  gboolean ran = mx_session_is_running (session);
  GError *error = NULL;

  if (!dex_await (sign_out (session), &error))
    {
      if (!removal->force)
        {
          if (ran)
            mx_session_start (session);
          return dex_future_new_for_error (error);
        }
      g_clear_error (&error);
    }

  if (!forget (self, session, &error))
    return dex_future_new_for_error (error);

  if (!dex_await (mx_keyring_remove (self->keyring, mx_session_get_entry (session)->id), &error))
    {
      g_message ("The key of a removed account stays in the keyring: %d", error->code);
      g_clear_error (&error);
    }
  if (!end_folder (mx_session_get_folder (session), NULL, &error))
    return dex_future_new_for_error (error);

  return dex_future_new_true ();
}

DexFuture *
mx_accounts_remove (MxAccounts *self, MxSession *session, gboolean force)
{
  MxRemoval *removal = NULL;

  g_return_val_if_fail (MX_IS_ACCOUNTS (self), NULL);
  g_return_val_if_fail (MX_IS_SESSION (session), NULL);

  removal = g_new0 (MxRemoval, 1);
  removal->accounts = g_object_ref (self);
  removal->session = g_object_ref (session);
  removal->force = force;

  return mx_flow_run (remove_fiber, removal, mx_removal_free);
}

static DexFuture *
set_aside_fiber (gpointer data)
{
  MxRemoval *removal = data;
  g_autofree char *aside = aside_path (removal->session);
  GError *error = NULL;

  if (!forget (removal->accounts, removal->session, &error) ||
      !end_folder (mx_session_get_folder (removal->session), aside, &error))
    return dex_future_new_for_error (error);

  return dex_future_new_true ();
}

DexFuture *
mx_accounts_set_aside (MxAccounts *self, MxSession *session)
{
  MxRemoval *removal = NULL;

  g_return_val_if_fail (MX_IS_ACCOUNTS (self), NULL);
  g_return_val_if_fail (MX_IS_SESSION (session), NULL);

  removal = g_new0 (MxRemoval, 1);
  removal->accounts = g_object_ref (self);
  removal->session = g_object_ref (session);

  return mx_flow_run (set_aside_fiber, removal, mx_removal_free);
}

/* -- Network */

gboolean
mx_accounts_set_network (MxAccounts *self,
                         MxSession *session,
                         const char *proxy_uri,
                         const char *ca_file,
                         GError **error)
{
  const MxNetworkSettings *old = NULL;
  MxNetworkSettings before = { 0 };
  MxNetworkSettings after = { .proxy_uri = (char *) proxy_uri, .ca_file = (char *) ca_file };
  gboolean written = FALSE;

  g_return_val_if_fail (MX_IS_ACCOUNTS (self), FALSE);
  g_return_val_if_fail (MX_IS_SESSION (session), FALSE);

  old = &mx_session_get_entry (session)->network;
  if (g_strcmp0 (old->proxy_uri, proxy_uri) == 0 && g_strcmp0 (old->ca_file, ca_file) == 0)
    return TRUE;
  before.proxy_uri = g_strdup (old->proxy_uri);
  before.ca_file = g_strdup (old->ca_file);
  written = mx_session_set_network (session, &after, error);
  if (written && !write_index (self, NULL, NULL, error))
    {
      g_autoptr (GError) failure = NULL;

      written = FALSE;
      if (!mx_session_set_network (session, &before, &failure))
        g_warning ("The network settings of an account cannot be restored: %d", failure->code);
    }
  mx_network_settings_clear (&before);

  return written;
}
