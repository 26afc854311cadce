/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Keys of rooms: received, kept, exported; and messages read with them (research/protocol §4.E).
 * Account thread, in the caller's transaction. */
#pragma once

#include "mx-olm-machine.h"
#include "mx-store-decryption.h"
#include "mx-store-megolm.h"

G_BEGIN_DECLS

/* m.room_key, m.forwarded_room_key, m.room_key.withheld, m.room_key_request. */
gboolean mx_room_keys_receive (MxOlmMachine *machine,
                               const MxToDeviceMessage *message,
                               MxStoreChanges *changes,
                               GError **error);

/* One session in the format of exports (with room_id and session_id). Better ones replace what is
 * there (E2E-077); what waits for it is read. imported: whether anything was new. A session that is
 * none is an error of MX_CRYPTO_ERROR: skip it. backed_up: version of the backup that it comes
 * from, or NULL. */
gboolean mx_room_keys_import (MxOlmMachine *machine,
                              MxJson session,
                              MxKeyOrigin origin,
                              const char *backed_up,
                              MxStoreChanges *changes,
                              gboolean *imported,
                              GError **error);
/* The same under the names by which the backup has it, whatever it says itself. */
gboolean mx_room_keys_import_named (MxOlmMachine *machine,
                                    const char *room_id,
                                    const char *session_id,
                                    MxJson session,
                                    MxKeyOrigin origin,
                                    const char *backed_up,
                                    MxStoreChanges *changes,
                                    gboolean *imported,
                                    GError **error);
/* The reverse: adds an object to writer (name nullable), which holds secrets: wipe its text.
 * in_backup: without room_id and session_id. */
gboolean mx_room_keys_export (MxOlmMachine *machine,
                              const MxStoredMegolm *session,
                              gboolean in_backup,
                              MxJsonWriter *writer,
                              const char *name,
                              GError **error);

/* The hook of the store: see MxDecryptor. */
void mx_room_keys_decrypt (MxOlmMachine *machine,
                           const char *room_id,
                           MxEvent *event,
                           MxDecryption *decryption);
/* Reads again what came before its key in this sync; called by mx_olm_machine_finish_sync (). */
gboolean mx_room_keys_finish_sync (MxOlmMachine *machine, MxStoreChanges *changes, GError **error);
void mx_room_keys_rolled_back (MxOlmMachine *machine);

/* Whether it came straight from a device that we trust to be who it says. */
gboolean mx_room_keys_is_vouched_for (MxOlmMachine *machine, const MxStoredMegolm *session);

G_END_DECLS
