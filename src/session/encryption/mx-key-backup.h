/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The server-side key backup at work: uploading what it lacks, reading what we lack. For friends
 * inside session/. Main thread, but for the names of values. */
#pragma once

#include "mx-backup-version.h"
#include "mx-encryption-private.h"
#include "mx-recovery.h"

G_BEGIN_DECLS

/* Values of the store: the version that is trusted, absent while there is none. */
#define MX_BACKUP_VALUE_VERSION "backup_version"
/* What the user wants, as read when the session began or said since: "on", "off" (E2E-139). */
#define MX_BACKUP_VALUE_WISH "backup_wish"

/* Its flows (mx-encryption-private.h): BACK_UP finds the version, decides whether to believe it,
 * uploads; FETCH_KEYS fetches single sessions that messages wait for (E2E-137). */
/* Something about the backup was changed by us: the version is looked at again. */
void mx_key_backup_recheck (MxEncryption *self);
/* How many keys the server has, as it said last; -1: not known. */
gint64 mx_key_backup_get_server_count (MxEncryption *self);

/* How often the backup answered since the program began that it does not have this key, or not a
 * usable one; when last (ms wall clock, 0 never). */
unsigned mx_key_fetch_get_answers (MxEncryption *self,
                                   const char *room_id,
                                   const char *session_id,
                                   gint64 *last_ms);

/* All keys of the trusted backup, whose private key is stored. Resolves TRUE. */
DexFuture *mx_key_backup_restore (MxEncryption *self,
                                  MxRecoveryProgress progress,
                                  gpointer progress_data) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
