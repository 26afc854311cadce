/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Encrypting for a room: its session made, rotated and shared (research/protocol §4.D). Main
 * thread. */
#pragma once

#include "mx-session-private.h"

G_BEGIN_DECLS

/* Members known, their devices fresh, Olm sessions open, the room's key at every device that is to
 * have it, and only then the message encrypted; its ciphertext is in the outbox entry
 * (wire_content) when this resolves to that text (string). One at a time in each room. Refusals are
 * MX_SESSION_ERROR (UNVERIFIED_DEVICE, IDENTITY_CHANGED, ENCRYPTION_UNKNOWN…). */
DexFuture *mx_room_encrypter_encrypt (MxSession *session,
                                      const char *room_id,
                                      const char *txn_id,
                                      const char *type,
                                      const char *content) G_GNUC_WARN_UNUSED_RESULT;
/* The next message has a new session (rotate ROOM). Resolves TRUE. */
DexFuture *mx_room_encrypter_rotate (MxSession *session, const char *room_id)
  G_GNUC_WARN_UNUSED_RESULT;
/* While somebody types: share early, so that sending is quick. Nobody waits. */
void mx_room_encrypter_prepare (MxSession *session, const char *room_id);

G_END_DECLS
