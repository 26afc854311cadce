/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Secret storage as it lies in the account data of the server (spec "Secret storage"; research/
 * protocol §4.I): keys described, secrets read and written. Whoever writes waits for the server.
 * All on a fiber of the main thread. */
#pragma once

#include "mx-secret.h"
#include "mx-session-private.h"

G_BEGIN_DECLS

/* The account's secret storage, for as long as a flow works with it. */
typedef struct
{
  MxSession *session;
  MxScope *scope;
  char *key_id;  /* of the key at hand, NULL */
  MxSecret *key; /* NULL: not opened */
} MxSecretVault;
void mx_secret_vault_init (MxSecretVault *self, MxSession *session, MxScope *scope);
void mx_secret_vault_clear (MxSecretVault *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MxSecretVault, mx_secret_vault_clear)

/* The default key, if it is described; NULL without error: there is no storage (E2E-121). */
char *mx_secret_vault_dup_default_key (MxSecretVault *self, GError **error);
/* Opens it with the default key. code: a recovery code, or the passphrase that the key is derived
 * from. WRONG_CODE; MX_RECOVERY_KEY_ERROR: not even a code, and there is no passphrase. */
gboolean mx_secret_vault_open (MxSecretVault *self, MxSecret *code, GError **error);
/* The same with a key that this device kept; FALSE without error: it is not the default one any
 * more. */
gboolean mx_secret_vault_reopen (MxSecretVault *self, MxSecret *key, GError **error);
/* The bytes of a secret; NULL without error: not there, or not under this key (E2E-128). */
MxSecret *mx_secret_vault_read (MxSecretVault *self, const char *name, GError **error);

/* A new key, described at the server, not the default one yet. passphrase: nullable. */
gboolean mx_secret_vault_new_key (MxSecretVault *self, MxSecret *passphrase, GError **error);
/* Writes a secret under the key at hand. keep: what other keys have of it stays; else it is gone,
 * but for keys of kinds that we do not know (E2E-128). secret NULL: "not set". */
gboolean mx_secret_vault_write (MxSecretVault *self,
                                const char *name,
                                MxSecret *secret,
                                gboolean keep,
                                GError **error);
gboolean mx_secret_vault_make_default (MxSecretVault *self, GError **error);
/* Global account data, JSON text: at the server, then in the store. */
gboolean
mx_secret_vault_put (MxSecretVault *self, const char *type, const char *content, GError **error);

G_END_DECLS
