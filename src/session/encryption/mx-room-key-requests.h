/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Devices that lost keys get again what they had, without anybody being asked (E2E-042, E2E-080).
 * Account thread, in the caller's transaction. */
#pragma once

#include "mx-olm-machine.h"

G_BEGIN_DECLS

/* A device opened a new Olm session with us although there was one: what we sent by the old one may
 * have been unreadable. To be called once the new session is stored, when it is the one that
 * encrypts. */
gboolean mx_room_key_requests_peer_restarted (MxOlmMachine *machine,
                                              const char *user_id,
                                              const guint8 curve25519[MX_STORE_KEY_SIZE],
                                              MxStoreChanges *changes,
                                              GError **error);

G_END_DECLS
