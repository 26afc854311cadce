/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The whole backup, as the server gives it in one answer of any size: cut into its entries, which
 * are read a page at a time, so that sync and the window go on (research/protocol E2E-137). Account
 * thread, but for the numbers. */
#pragma once

#include "mx-olm-machine.h"

G_BEGIN_DECLS

typedef struct _MxBackupPages MxBackupPages;

/* reply: of GET /room_keys/keys. MX_MATRIX_ERROR: it is broken. Any thread. */
MxBackupPages *mx_backup_pages_new (GBytes *reply, GError **error);
void mx_backup_pages_free (MxBackupPages *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxBackupPages, mx_backup_pages_free)

/* Reads the next page, in the caller's transaction. One entry that is no good is passed over: it is
 * no reason to lose the others. private_key: the backup's; version: its name. */
gboolean mx_backup_pages_import (MxBackupPages *self,
                                 MxOlmMachine *machine,
                                 MxSecret *private_key,
                                 const char *version,
                                 MxStoreChanges *changes,
                                 GError **error);

/* Whether there is an entry of that name. */
gboolean mx_backup_pages_contain (MxBackupPages *self, const char *room_id, const char *session_id);

unsigned mx_backup_pages_get_total (const MxBackupPages *self); /* entries */
unsigned mx_backup_pages_get_done (const MxBackupPages *self);
unsigned mx_backup_pages_get_imported (const MxBackupPages *self); /* new or better */

G_END_DECLS
