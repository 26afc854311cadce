/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A device whose memory is not what the server knows of it goes on, where that is safe: after its
 * profile was put back to an earlier time (E2E-009), and where the server shows other keys for it
 * (E2E-004). Once a day: what comes back at once is another program that uses this device, or a
 * server that lies, and then the device cannot go on. Account thread, in a transaction. */
#pragma once

#include "mx-olm-machine.h"

G_BEGIN_DECLS

/* Value of the store: the server showed other keys for this device, and has not shown ours since.
 * Nothing is encrypted meanwhile. */
#define MX_VALUE_DEVICE_DOUBTED "device_doubted"
/* Values of the store, ms: when that happened last; when this profile was last found to have gone
 * back in time. Absent: never. */
#define MX_VALUE_DEVICE_CONTESTED "device_contested_ms"
#define MX_VALUE_DEVICE_WENT_BACK "device_went_back_ms"

/* Value of the store: what the user was not told yet: one of these. */
#define MX_VALUE_DEVICE_NOTE    "device_note"
#define MX_DEVICE_NOTE_BACK     "went-back"
#define MX_DEVICE_NOTE_REPLACED "contested"

/* The profile is an earlier one: no ratchet that may have been moved since is used to encrypt
 * again, neither of rooms nor of devices, and what the server has of our one-time keys is thrown
 * away. */
gboolean mx_device_recovery_go_back (MxStore *store, gint64 now_ms, GError **error);
gint64 mx_device_recovery_get_time (MxStore *store, const char *value); /* ms, 0: never */

/* The server has another key under an id of ours. Once a day it is taken for an earlier profile;
 * else the device is broken. */
gboolean mx_device_recovery_take_conflict (MxOlmMachine *machine,
                                           gint64 now_ms,
                                           MxStoreChanges *changes,
                                           GError **error);
/* The server shows these keys as ours, right or not. Wrong ones are replaced once a day; else the
 * device is broken. */
gboolean mx_device_recovery_take_own_keys (MxOlmMachine *machine,
                                           gboolean are_ours,
                                           gint64 now_ms,
                                           MxStoreChanges *changes,
                                           GError **error);

/* A message of ours in a room, as it came back; index < 0: its key is not here. One that this
 * profile does not remember says that it is an earlier one: before anything else is encrypted. */
void mx_device_recovery_take_own_event (MxOlmMachine *machine,
                                        const char *room_id,
                                        MxEvent *event,
                                        const char *session_id,
                                        gint64 index);

G_END_DECLS
