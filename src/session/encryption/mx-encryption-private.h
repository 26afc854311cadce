/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* For friends inside session/: what starts with the session, what it is told, and what its parts
 * tell it. Main thread. */
#pragma once

#include "mx-encryption.h"
#include "mx-session-private.h"
#include "mx-work-loop.h"

G_BEGIN_DECLS

/* session is not owned: it owns us, and its reader is there. */
MxEncryption *mx_encryption_new (MxSession *session);
MxSession *mx_encryption_get_session (MxEncryption *self); /* borrowed; NULL once it is closed */
/* The session is closed: nothing is done for it any more. */
void mx_encryption_close (MxEncryption *self);
/* The session runs: everything that may be due is looked at. */
void mx_encryption_start (MxEncryption *self);
/* What was committed on the account thread. */
void mx_encryption_take_changes (MxEncryption *self, MxStoreChanges *changes);
/* Kicks the flows of these. */
void mx_encryption_kick (MxEncryption *self, MxEncryptionFlags flags);
/* The flow of one flag; borrowed, NULL: it has none. */
MxWorkLoop *mx_encryption_get_loop (MxEncryption *self, MxEncryptionFlags flag);
void mx_encryption_set_own_identity (MxEncryption *self, MxOwnIdentity identity);
void mx_encryption_set_backup_state (MxEncryption *self, MxBackupState state);
void mx_encryption_set_backup_counts (MxEncryption *self, unsigned pending, unsigned total);
void mx_encryption_set_has_recovery (MxEncryption *self, gboolean has_recovery);
void mx_encryption_set_error (MxEncryption *self, const GError *error);

/* The flows: MxWorkLoop each, the caller owns. */
MxWorkLoop *mx_key_upload_new (MxSession *session);
MxWorkLoop *mx_device_tracker_new (MxSession *session);
MxWorkLoop *mx_olm_claims_new (MxSession *session);
MxWorkLoop *mx_olm_outbox_new (MxSession *session);
MxWorkLoop *mx_signature_upload_new (MxSession *session);
MxWorkLoop *mx_secret_gossip_new (MxSession *session);
MxWorkLoop *mx_key_backup_new (MxSession *session);
MxWorkLoop *mx_key_fetch_new (MxSession *session);

/* mx-identity-watch.c: what the store says becomes properties and signals. */
void mx_encryption_refresh_identity (MxEncryption *self);
void mx_encryption_refresh_recovery (MxEncryption *self);
void mx_encryption_watch_identities (MxEncryption *self, MxStoreChanges *changes);

G_END_DECLS
