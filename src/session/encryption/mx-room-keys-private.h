/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the files mx-room-keys*.c share. Account thread. */
#pragma once

#include "mx-megolm-inbound.h"
#include "mx-olm-machine-private.h"
#include "mx-room-keys.h"

G_BEGIN_DECLS

#define MX_MEGOLM_ALGORITHM "m.megolm.v1.aes-sha2"

/* A session ready to decrypt. */
typedef struct
{
  MxStoredMegolm *stored; /* its pickle may be older than olm */
  MxMegolmInbound *olm;
} MxRoomKey;

/* From the cache, else from the store; borrowed until the next call of any function here. NULL:
 * there is none, or its pickle cannot be read. */
MxRoomKey *mx_room_keys_find (MxOlmMachine *machine, const char *room_id, const char *session_id);
/* A session that came: stored is filled but for pickle and first index (takes over both). The best
 * of it and of what is known is stored (E2E-077). improved: whether that is news; what waits for it
 * is to be read again then. */
gboolean mx_room_keys_merge (MxOlmMachine *machine,
                             MxStoredMegolm *stored,
                             MxMegolmInbound *olm,
                             gboolean *improved,
                             GError **error);
/* Reads what waits for this session at the end of the sync. */
void mx_room_keys_note_fresh (MxOlmMachine *machine, const char *room_id, const char *session_id);

/* What may be given to those who come later; peers disagree about the name (research/protocol
 * §1.2).
 */
gboolean mx_room_keys_is_history_shared (MxJson content);
void mx_room_keys_add_history (MxJsonWriter *writer, gboolean shared);

/* Of mx-room-key-requests.c: m.room_key_request. */
gboolean mx_room_key_requests_receive (MxOlmMachine *machine,
                                       const MxToDeviceMessage *message,
                                       MxStoreChanges *changes,
                                       GError **error);

G_END_DECLS
