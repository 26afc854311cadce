/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The state of encryption in numbers, for scripts and reports. Main thread. */
#pragma once

#include "mx-encryption.h"

G_BEGIN_DECLS

#define MX_TYPE_ENCRYPTION_STATUS (mx_encryption_status_get_type ())
typedef struct
{
  char *ed25519; /* base64 */
  char *curve25519;
  MxOwnIdentity identity;
  gboolean has_storage;
  char *backup_version; /* in use, NULL */
  gboolean backup_enabled;
  gint64 backup_keys; /* that it has of this device's */
  gint64 backup_pending;
  gint64 server_keys;  /* one-time keys at the server, -1 unknown */
  gint64 went_back_ms; /* this profile was found to have gone back in time (E2E-009), 0: never */
  gint64 contested_ms; /* the server showed other keys for this device (E2E-004), 0: never */
} MxEncryptionStatus;
GType mx_encryption_status_get_type (void);
MxEncryptionStatus *mx_encryption_status_copy (const MxEncryptionStatus *self);
void mx_encryption_status_free (MxEncryptionStatus *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxEncryptionStatus, mx_encryption_status_free)

/* What the store knows; asks no server. Resolves to an MxEncryptionStatus. */
DexFuture *mx_encryption_read_status (MxEncryption *self) G_GNUC_WARN_UNUSED_RESULT;
/* Resolves TRUE once no flow of encryption has anything to do, or after ms: before a script ends.
 */
DexFuture *mx_encryption_wait_quiet (MxEncryption *self, unsigned ms) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
