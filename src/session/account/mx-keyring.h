/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Where an account's database key lives: the Secret Service (ui/desktop), a mode-0600 file (cli
 * --key-file), memory (tests). Missing or locked: wait and explain; never wipe, never make a new
 * device because of it (DESIGN §4). Main thread. */
#pragma once

#include "mx-secret.h"
#include <libdex.h>
#include <gio/gio.h>

G_BEGIN_DECLS

#define MX_TYPE_KEYRING (mx_keyring_get_type ())
G_DECLARE_INTERFACE (MxKeyring, mx_keyring, MX, KEYRING, GObject)

struct _MxKeyringInterface
{
  GTypeInterface parent;
  /* Resolve to MxSecret; reject with KEYRING_MISSING, KEYRING_LOCKED (the user refused to unlock),
   * KEY_LOST (no such item). */
  DexFuture *(*lookup) (MxKeyring *self, const char *account_id);
  DexFuture *(*store) (MxKeyring *self, const char *account_id, const char *label, MxSecret *key);
  DexFuture *(*remove) (MxKeyring *self, const char *account_id);
};
DexFuture *mx_keyring_lookup (MxKeyring *self, const char *account_id) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *
mx_keyring_store (MxKeyring *self, const char *account_id, const char *label, MxSecret *key)
  G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_keyring_remove (MxKeyring *self, const char *account_id) G_GNUC_WARN_UNUSED_RESULT;

MxKeyring *mx_keyring_memory_new (void);
/* file: created with mode 0600; a file that others can read is refused. */
MxKeyring *mx_keyring_file_new (GFile *file);

G_END_DECLS
