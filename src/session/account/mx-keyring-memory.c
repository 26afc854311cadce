/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A keyring that ends with the process: for tests. Main thread. */
#include "config.h"

#include "mx-keyring.h"

#include "mx-error.h"
#include "mx-flow.h"

#define MX_TYPE_KEYRING_MEMORY (mx_keyring_memory_get_type ())
G_DECLARE_FINAL_TYPE (MxKeyringMemory, mx_keyring_memory, MX, KEYRING_MEMORY, GObject)

struct _MxKeyringMemory
{
  GObject parent_instance;

  GHashTable *keys; /* account id → MxSecret */
};

static void mx_keyring_memory_iface_init (MxKeyringInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MxKeyringMemory,
                               mx_keyring_memory,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (MX_TYPE_KEYRING,
                                                      mx_keyring_memory_iface_init))

static DexFuture *
mx_keyring_memory_lookup (MxKeyring *keyring, const char *account_id)
{
  MxSecret *key = g_hash_table_lookup (MX_KEYRING_MEMORY (keyring)->keys, account_id);

  if (key == NULL)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_KEY_LOST,
                                  "The keyring has no such key");

  return mx_future_new_pointer (MX_TYPE_SECRET, mx_secret_ref (key));
}

static DexFuture *
mx_keyring_memory_store (MxKeyring *keyring,
                         const char *account_id,
                         const char *label,
                         MxSecret *key)
{
  g_hash_table_insert (MX_KEYRING_MEMORY (keyring)->keys,
                       g_strdup (account_id),
                       mx_secret_ref (key));

  return dex_future_new_true ();
}

static DexFuture *
mx_keyring_memory_remove (MxKeyring *keyring, const char *account_id)
{
  g_hash_table_remove (MX_KEYRING_MEMORY (keyring)->keys, account_id);

  return dex_future_new_true ();
}

static void
mx_keyring_memory_iface_init (MxKeyringInterface *iface)
{
  iface->lookup = mx_keyring_memory_lookup;
  iface->store = mx_keyring_memory_store;
  iface->remove = mx_keyring_memory_remove;
}

static void
mx_keyring_memory_finalize (GObject *object)
{
  g_clear_pointer (&MX_KEYRING_MEMORY (object)->keys, g_hash_table_unref);

  G_OBJECT_CLASS (mx_keyring_memory_parent_class)->finalize (object);
}

static void
mx_keyring_memory_class_init (MxKeyringMemoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_keyring_memory_finalize;
}

static void
mx_keyring_memory_init (MxKeyringMemory *self)
{
  self->keys =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) mx_secret_unref);
}

MxKeyring *
mx_keyring_memory_new (void)
{
  return g_object_new (MX_TYPE_KEYRING_MEMORY, NULL);
}
