/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The interface; its forms are in mx-keyring-file.c, mx-keyring-memory.c and, for the Secret
 * Service, in the user interface. Main thread. */
#include "config.h"

#include "mx-keyring.h"

G_DEFINE_INTERFACE (MxKeyring, mx_keyring, G_TYPE_OBJECT)

static void
mx_keyring_default_init (MxKeyringInterface *iface)
{
}

/* Resolves to MxSecret. */
DexFuture *
mx_keyring_lookup (MxKeyring *self, const char *account_id)
{
  g_return_val_if_fail (MX_IS_KEYRING (self), NULL);
  g_return_val_if_fail (account_id != NULL, NULL);

  return MX_KEYRING_GET_IFACE (self)->lookup (self, account_id);
}

/* Resolves TRUE once the key will survive a crash. label is shown by password managers. */
DexFuture *
mx_keyring_store (MxKeyring *self, const char *account_id, const char *label, MxSecret *key)
{
  g_return_val_if_fail (MX_IS_KEYRING (self), NULL);
  g_return_val_if_fail (account_id != NULL, NULL);
  g_return_val_if_fail (key != NULL, NULL);

  return MX_KEYRING_GET_IFACE (self)->store (self, account_id, label, key);
}

/* Resolves TRUE, also when there was no such key. */
DexFuture *
mx_keyring_remove (MxKeyring *self, const char *account_id)
{
  g_return_val_if_fail (MX_IS_KEYRING (self), NULL);
  g_return_val_if_fail (account_id != NULL, NULL);

  return MX_KEYRING_GET_IFACE (self)->remove (self, account_id);
}
