/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The database key as an item of the Secret Service. libsecret's simple functions answer "nothing"
 * both for a missing item and for a locked one whose prompt was dismissed; so the look-up searches
 * first, unlocks what it found, and loads. */
#include "config.h"

#include "chappe-keyring.h"

#include "chappe-unlock.h"

#include "mx-error.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>

struct _ChappeKeyring
{
  GObject parent_instance;
};

static const SecretSchema schema = {
  APPLICATION_ID ".DatabaseKey",
  SECRET_SCHEMA_NONE,
  {
    { "account", SECRET_SCHEMA_ATTRIBUTE_STRING },
    { NULL, 0 },
  },
};

/* Errors of libsecret and of the bus → ours. */
static GError *
keyring_error (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_copy (error);
  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
    return g_error_new_literal (MX_SESSION_ERROR,
                                MX_SESSION_ERROR_KEYRING_LOCKED,
                                "The keyring is locked");
  return g_error_new_literal (MX_SESSION_ERROR,
                              MX_SESSION_ERROR_KEYRING_MISSING,
                              "There is no keyring service");
}

static void
reject (DexPromise *promise, const GError *error)
{
  dex_promise_reject (promise, keyring_error (error));
}

static MxSecret *
decode (SecretValue *value)
{
  const char *text = secret_value_get_text (value);
  g_autofree guchar *data = NULL;
  gsize size = 0;
  MxSecret *key = NULL;

  if (text == NULL || *text == '\0')
    return NULL;
  data = g_base64_decode (text, &size);
  if (size > 0)
    key = mx_secret_new (data, size);
  mx_wipe (data, size);
  return key;
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DexPromise) promise = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SecretValue) value = NULL;
  MxSecret *key = NULL;

  value = secret_retrievable_retrieve_secret_finish (SECRET_RETRIEVABLE (source), result, &error);
  if (error != NULL)
    {
      reject (promise, error);
      return;
    }
  key = value != NULL ? decode (value) : NULL;
  if (key == NULL)
    dex_promise_reject (promise,
                        g_error_new_literal (MX_SESSION_ERROR,
                                             value == NULL ? MX_SESSION_ERROR_KEYRING_LOCKED
                                                           : MX_SESSION_ERROR_KEY_LOST,
                                             "The item holds no key"));
  else
    dex_promise_resolve_boxed (promise, MX_TYPE_SECRET, key);
}

static void
load (DexPromise *promise, gpointer item)
{
  secret_retrievable_retrieve_secret (SECRET_RETRIEVABLE (item),
                                      dex_promise_get_cancellable (promise),
                                      loaded_cb,
                                      dex_ref (promise));
}

typedef struct
{
  DexPromise *promise;
  GObject *item;
} Locked;

static void
unlocked_cb (gboolean unlocked, const GError *error, gpointer user_data)
{
  g_autofree Locked *locked = user_data;
  g_autoptr (DexPromise) promise = locked->promise;
  g_autoptr (GObject) item = locked->item;

  if (unlocked)
    load (promise, item);
  else if (error != NULL)
    reject (promise, error);
  else
    dex_promise_reject (promise,
                        g_error_new_literal (MX_SESSION_ERROR,
                                             MX_SESSION_ERROR_KEYRING_LOCKED,
                                             "The keyring stayed locked"));
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DexPromise) promise = user_data;
  g_autoptr (GError) error = NULL;
  g_autolist (GObject) items = secret_password_search_finish (result, &error);

  if (error != NULL)
    reject (promise, error);
  else if (items == NULL)
    dex_promise_reject (promise,
                        g_error_new_literal (MX_SESSION_ERROR,
                                             MX_SESSION_ERROR_KEY_LOST,
                                             "The keyring has no such item"));
  else if (SECRET_IS_ITEM (items->data) && secret_item_get_locked (items->data))
    {
      Locked *locked = g_new0 (Locked, 1);

      locked->promise = dex_ref (promise);
      locked->item = g_object_ref (items->data);
      chappe_unlock (g_dbus_proxy_get_object_path (G_DBUS_PROXY (items->data)),
                     unlocked_cb,
                     locked);
    }
  else
    load (promise, items->data);
}

static DexFuture *
chappe_keyring_lookup (MxKeyring *keyring, const char *account_id)
{
  DexPromise *promise = dex_promise_new_cancellable ();

  /* Not SECRET_SEARCH_UNLOCK: libsecret 0.21 never answers then when the prompt is dismissed. */
  secret_password_search (&schema,
                          SECRET_SEARCH_NONE,
                          dex_promise_get_cancellable (promise),
                          found_cb,
                          dex_ref (promise),
                          "account",
                          account_id,
                          NULL);
  return DEX_FUTURE (promise);
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DexPromise) promise = user_data;
  g_autoptr (GError) error = NULL;

  if (secret_password_store_finish (result, &error))
    dex_promise_resolve_boolean (promise, TRUE);
  else if (error != NULL)
    reject (promise, error);
  else
    dex_promise_reject (promise,
                        g_error_new_literal (MX_SESSION_ERROR,
                                             MX_SESSION_ERROR_KEYRING_LOCKED,
                                             "The keyring stayed locked"));
}

typedef struct
{
  DexPromise *promise;
  char *account_id;
  char *label;
  MxSecret *key;
} Storing;

static void
ready_to_store_cb (gboolean unlocked, const GError *error, gpointer user_data)
{
  g_autofree Storing *storing = user_data;
  g_autoptr (DexPromise) promise = storing->promise;
  gsize size = 0;
  const guint8 *data = mx_secret_get_data (storing->key, &size);
  char *text = NULL;

  /* An error: no such service (libsecret may have another backend), or no collection yet (it makes
   * one). */
  if (!unlocked && error == NULL)
    dex_promise_reject (promise,
                        g_error_new_literal (MX_SESSION_ERROR,
                                             MX_SESSION_ERROR_KEYRING_LOCKED,
                                             "The keyring stayed locked"));
  else
    {
      text = g_base64_encode (data, size);
      secret_password_store (&schema,
                             SECRET_COLLECTION_DEFAULT,
                             storing->label,
                             text,
                             dex_promise_get_cancellable (promise),
                             stored_cb,
                             dex_ref (promise),
                             "account",
                             storing->account_id,
                             NULL);
      mx_wipe_free (text);
    }
  mx_secret_unref (storing->key);
  g_free (storing->account_id);
  g_free (storing->label);
}

static DexFuture *
chappe_keyring_store (MxKeyring *keyring, const char *account_id, const char *label, MxSecret *key)
{
  DexPromise *promise = dex_promise_new_cancellable ();
  Storing *storing = g_new0 (Storing, 1);

  storing->promise = dex_ref (promise);
  storing->account_id = g_strdup (account_id);
  storing->label = g_strdup (label);
  storing->key = mx_secret_ref (key);
  chappe_unlock ("/org/freedesktop/secrets/aliases/default", ready_to_store_cb, storing);
  return DEX_FUTURE (promise);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (DexPromise) promise = user_data;
  g_autoptr (GError) error = NULL;

  secret_password_clear_finish (result, &error);
  if (error != NULL)
    reject (promise, error);
  else
    dex_promise_resolve_boolean (promise, TRUE);
}

static DexFuture *
chappe_keyring_remove (MxKeyring *keyring, const char *account_id)
{
  DexPromise *promise = dex_promise_new_cancellable ();

  secret_password_clear (&schema,
                         dex_promise_get_cancellable (promise),
                         removed_cb,
                         dex_ref (promise),
                         "account",
                         account_id,
                         NULL);
  return DEX_FUTURE (promise);
}

static void
keyring_interface_init (MxKeyringInterface *iface)
{
  iface->lookup = chappe_keyring_lookup;
  iface->store = chappe_keyring_store;
  iface->remove = chappe_keyring_remove;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (ChappeKeyring,
                               chappe_keyring,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MX_TYPE_KEYRING, keyring_interface_init))

static void
chappe_keyring_class_init (ChappeKeyringClass *klass)
{
}

static void
chappe_keyring_init (ChappeKeyring *self)
{
}

MxKeyring *
chappe_keyring_new (void)
{
  return g_object_new (CHAPPE_TYPE_KEYRING, NULL);
}

void
chappe_keyring_disconnect (void)
{
  secret_service_disconnect ();
}
