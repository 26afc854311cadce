/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Encryption of one account as the user meets it: this device, the identity, the backup. It also
 * starts the flows that keep the server and the others up to date. Main thread. */
#pragma once

#include "mx-secret.h"
#include "mx-session.h"

G_BEGIN_DECLS

#define MX_TYPE_ENCRYPTION (mx_encryption_get_type ())
G_DECLARE_FINAL_TYPE (MxEncryption, mx_encryption, MX, ENCRYPTION, GObject)

typedef enum
{
  MX_OWN_IDENTITY_UNKNOWN,    /* not asked yet */
  MX_OWN_IDENTITY_MISSING,    /* the account has none: set up */
  MX_OWN_IDENTITY_UNVERIFIED, /* it has one, this device is not part of it yet: other device, code,
                                 reset */
  MX_OWN_IDENTITY_VERIFIED,
} MxOwnIdentity;
GType mx_own_identity_get_type (void);

typedef enum
{
  MX_BACKUP_UNKNOWN,
  MX_BACKUP_NONE,     /* the server has none */
  MX_BACKUP_DISABLED, /* the user said so (m.key_backup) */
  MX_BACKUP_LOCKED,   /* there is one, this device lacks its key or does not trust it */
  MX_BACKUP_ON,
} MxBackupState;
GType mx_backup_state_get_type (void);

/* What the user is to know of what this device recovered from by itself. */
typedef enum
{
  MX_DEVICE_NOTE_NONE,
  MX_DEVICE_NOTE_WENT_BACK, /* its profile was put back to an earlier time (E2E-009) */
  MX_DEVICE_NOTE_CONTESTED, /* somebody had published other keys for it (E2E-004) */
} MxDeviceNote;

/* Properties (notify): "own-identity" (MxOwnIdentity), "backup-state" (MxBackupState),
 * "backup-pending" (uint: sessions not uploaded yet), "backup-total" (uint), "has-recovery"
 * (boolean: secret storage is set up), "error" (boxed GError, nullable: what this device cannot
 * recover from by itself, E2E-004, E2E-009). Signals: "new-device" (MxDevice): another device of
 * this account appeared (E2E-027). "identity-changed" (user id string): a verified identity is
 * another one now (E2E-097). "trust-changed" (user id string): something else is known of
 * somebody's identity or devices. "device-note": there is another one than before. */
MxEncryption *mx_session_get_encryption (MxSession *session); /* borrowed; NULL unless OPEN */
MxOwnIdentity mx_encryption_get_own_identity (MxEncryption *self);
MxBackupState mx_encryption_get_backup_state (MxEncryption *self);
unsigned mx_encryption_get_backup_pending (MxEncryption *self);
unsigned mx_encryption_get_backup_total (MxEncryption *self);
gboolean mx_encryption_has_recovery (MxEncryption *self);
const GError *mx_encryption_get_error (MxEncryption *self);
/* Until it was seen, also after a restart. */
MxDeviceNote mx_encryption_get_device_note (MxEncryption *self);
void mx_encryption_drop_device_note (MxEncryption *self);
/* Resolves TRUE once nothing waits to be uploaded, asked or sent: before a script ends. It may be
 * long in coming while the server is out of reach: bound it by mx_timeout (). */
DexFuture *mx_encryption_settle (MxEncryption *self) G_GNUC_WARN_UNUSED_RESULT;
char *mx_encryption_dup_fingerprint (MxEncryption *self); /* Ed25519, base64 in groups of four */

G_END_DECLS
