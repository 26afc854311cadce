/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Our own Megolm session in a room: made, replaced, shared with the devices that are to have it,
 * and used (research/protocol §4.D). Account thread, in the caller's transaction. */
#pragma once

#include "mx-olm-machine.h"
#include "mx-store-outbox.h"
#include "mx-store-room-sessions.h"

G_BEGIN_DECLS

/* What the account thread cannot do by itself. Once it is done, try again, with what was tried
 * noted in MxRoomSessionTried: it may have been in vain, and the message leaves all the same. */
typedef struct
{
  gboolean members;    /* the complete list (E2E-024) */
  GStrv outdated;      /* users whose devices are to be asked for; NULL: none */
  GPtrArray *unopened; /* MxStoredDevice to open Olm sessions with; NULL: none */
  gboolean flush;      /* keys have to be at the server before the message (E2E-059) */
  gboolean more;       /* only part of the devices was served */
} MxRoomSessionNeeds;
void mx_room_session_needs_clear (MxRoomSessionNeeds *self);
gboolean mx_room_session_needs_any (const MxRoomSessionNeeds *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MxRoomSessionNeeds, mx_room_session_needs_clear)

/* What was tried, and for what. */
typedef struct
{
  gboolean for_verification; /* reaches whom the policy leaves out, too (E2E-116) */
  gboolean devices;          /* outdated users were asked for */
  gboolean sessions;         /* Olm sessions were opened where possible */
  gboolean flushed;          /* what was queued is at the server */
} MxRoomSessionTried;

/* Whether a message is part of a verification in its room: it is for unverified devices above all,
 * and for those whose identity was replaced. content: JSON text. */
gboolean mx_room_session_is_for_verification (const char *type, const char *content);

/* TRUE with needs empty: everybody has the key of the session that encrypts next. Errors are
 * MX_SESSION_ERROR: UNKNOWN_ALGORITHM, UNVERIFIED_DEVICE, IDENTITY_CHANGED, DEVICE_BROKEN. */
gboolean mx_room_session_prepare (MxOlmMachine *machine,
                                  const char *room_id,
                                  const MxRoomSessionTried *tried,
                                  MxRoomSessionNeeds *needs,
                                  MxStoreChanges *changes,
                                  GError **error);
/* After a prepare in the same transaction that left no needs: the ciphertext of the content, by the
 * next index, stored with the ratchet (E2E-043). JSON text of an m.room.encrypted content; caller
 * frees. */
char *mx_room_session_encrypt (MxOlmMachine *machine,
                               const char *room_id,
                               const char *type,
                               const char *content,
                               GError **error);

/* Sends the key of one of our sessions to a device once more, from the index that share says. FALSE
 * without error: it is not known any more, or there is no Olm session. */
gboolean mx_room_session_share_again (MxOlmMachine *machine,
                                      const MxStoredDevice *device,
                                      const MxStoredShare *share,
                                      MxStoreChanges *changes,
                                      GError **error);
/* The code of m.room_key.withheld for a device that the policy leaves out; NULL: it gets keys. */
const char *mx_room_session_get_refusal (MxOlmMachine *machine, const MxStoredDevice *device);

G_END_DECLS
