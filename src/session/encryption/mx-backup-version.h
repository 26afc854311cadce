/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A version of the server-side backup, and how far it is to be believed; its entries (spec "Server-
 * side key backups"; research/protocol §4.J). Account thread, but for parsing. */
#pragma once

#include "mx-identities.h"
#include "mx-secret.h"
#include "mx-store-megolm.h"

G_BEGIN_DECLS

#define MX_BACKUP_ALGORITHM "m.megolm_backup.v1.curve25519-aes-sha2"

typedef struct
{
  char *version;
  char *auth_data; /* JSON text */
  guint8 public_key[MX_STORE_KEY_SIZE];
  gint64 count; /* of keys in it */
} MxBackupVersion;
void mx_backup_version_free (MxBackupVersion *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxBackupVersion, mx_backup_version_free)
/* What GET /room_keys/version says. MX_CRYPTO_ERROR_UNSUPPORTED: another algorithm. Any thread. */
MxBackupVersion *mx_backup_version_new (GBytes *reply, GError **error);

typedef enum
{
  MX_BACKUP_TRUST_NONE,   /* anybody may have made it (E2E-130) */
  MX_BACKUP_TRUST_SIGNED, /* by our identity or a verified device: keys may be given to it */
  MX_BACKUP_TRUST_OWNED,  /* and we have its private key */
} MxBackupTrust;
MxBackupTrust mx_backup_version_get_trust (const MxBackupVersion *self, MxOlmMachine *machine);
/* Whether the private key is this backup's (E2E-138). */
gboolean mx_backup_version_is_opened_by (const MxBackupVersion *self, MxSecret *private_key);

/* auth_data for a new version, signed by our identity (if this device has its master key) and by
 * this device. JSON text, the caller frees. */
char *mx_backup_new_auth_data (MxOlmMachine *machine, MxSecret *private_key, GError **error);

/* One session for the backup, JSON text that the caller frees (E2E-132). */
char *mx_backup_new_entry (MxOlmMachine *machine,
                           const MxStoredMegolm *session,
                           const guint8 public_key[MX_STORE_KEY_SIZE],
                           GError **error);
/* What this version of the backup was given is missing there, or spoiled: it is uploaded again. */
gboolean mx_backup_due_again (MxStore *store,
                              const MxStoredMegolm *session,
                              const char *version,
                              MxStoreChanges *changes,
                              GError **error);
/* One entry of the backup, hostile as everything in it: the MAC protects nothing (E2E-131).
 * MX_CRYPTO_ERROR: skip it. */
gboolean mx_backup_import_entry (MxOlmMachine *machine,
                                 MxSecret *private_key,
                                 const char *version,
                                 const char *room_id,
                                 const char *session_id,
                                 MxJson entry,
                                 MxStoreChanges *changes,
                                 gboolean *imported,
                                 GError **error);

G_END_DECLS
