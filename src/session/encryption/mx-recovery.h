/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The recovery code (Tchap: "code de vérification") and what stands behind it: identity, secret
 * storage, backup (research/protocol §4.F, §4.I, §4.J). Each flow can be interrupted anywhere and
 * begun again. Main thread. */
#pragma once

#include "mx-encryption.h"

G_BEGIN_DECLS

/* Some requests want the user to prove who they are (user-interactive authentication). password:
 * the account's password is asked for; else uri is a page on which to approve, after which to go
 * on. The function resolves to a boxed MxSecret (the password) or TRUE (approved), or rejects with
 * G_IO_ERROR_CANCELLED. */
typedef struct
{
  gboolean password;
  gboolean was_wrong; /* the last answer was refused */
  const char *uri;
} MxAuthRequest;
typedef DexFuture *(*MxAuthFunc) (MxSession *session, const MxAuthRequest *request, gpointer data);

/* done of total, total 0 while unknown. */
typedef void (*MxRecoveryProgress) (unsigned done, unsigned total, gpointer data);

/* Identity (unless there is one that we own already), secret storage, backup: made where missing.
 * passphrase: nullable, read besides the code. Resolves to a boxed MxSecret: the code as text, in
 * groups of four, that exists nowhere else. Never replaces an identity or a backup of the account
 * (E2E-092): MX_SESSION_ERROR_IDENTITY_EXISTS. */
DexFuture *
mx_recovery_setup (MxEncryption *self, MxSecret *passphrase, MxAuthFunc auth, gpointer auth_data)
  G_GNUC_WARN_UNUSED_RESULT;
/* With code or passphrase: identity trusted and this device signed, backup joined, its keys
 * imported (the import goes on in the background after the first steps; progress tells). Resolves
 * TRUE after the import. MX_SESSION_ERROR_WRONG_CODE; MX_RECOVERY_KEY_ERROR says what is wrong with
 * the spelling. */
DexFuture *
mx_recovery_restore (MxEncryption *self, MxSecret *code, MxRecoveryProgress progress, gpointer data)
  G_GNUC_WARN_UNUSED_RESULT;
/* A new code for the same identity and backup (needs a verified device). Resolves to the code. */
DexFuture *mx_recovery_change_code (MxEncryption *self) G_GNUC_WARN_UNUSED_RESULT;
/* New identity, storage and backup; what only the old backup has is lost (E2E-129, E2E-140).
 * Resolves to the new code. */
DexFuture *mx_recovery_reset (MxEncryption *self, MxAuthFunc auth, gpointer auth_data)
  G_GNUC_WARN_UNUSED_RESULT;
/* Backup on or off, by the user's wish (m.key_backup, E2E-139); off deletes it at the server. */
DexFuture *mx_recovery_set_backup (MxEncryption *self, gboolean on) G_GNUC_WARN_UNUSED_RESULT;

/* "Clés Tchap" (§4.K): PBKDF2 runs on a thread of its own. Resolve to a uint: sessions written, or
 * read and new. */
DexFuture *mx_key_file_export (MxEncryption *self,
                               GFile *file,
                               MxSecret *passphrase,
                               MxRecoveryProgress progress,
                               gpointer data) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_key_file_import (MxEncryption *self,
                               GFile *file,
                               MxSecret *passphrase,
                               MxRecoveryProgress progress,
                               gpointer data) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
