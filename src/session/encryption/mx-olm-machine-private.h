/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The machine's members, for the account thread's half of encryption and no others. */
#pragma once

#include "mx-olm-machine.h"
#include "mx-store-olm.h"

G_BEGIN_DECLS

typedef struct _MxRoomKeysCache MxRoomKeysCache; /* of mx-room-keys*.c */

struct _MxOlmMachine
{
  MxStore *store; /* not owned */
  char *user_id;
  char *device_id;
  MxSecret *pickle_key;
  MxEncryptionPolicy policy;

  MxOlmAccount *account; /* as in the store, the open transaction included; NULL: to be read */
  MxJsonDocument *device_keys;
  MxSecret *device_keys_seed; /* that signed them, NULL: only the device did */
  unsigned drained;           /* keys that were taken back from the server, one after another */
  gint64 counted_us;          /* when the server last told how many keys it has, monotonic */
  GHashTable *asked;          /* unknown devices that were asked for: user id, key */

  GHashTable *settled; /* of mx-room-session.c: room id → who has its key; NULL: nothing is known */

  MxRoomKeysCache *room_keys; /* NULL until there is something */
  void (*room_keys_free) (MxRoomKeysCache *cache);
};

/* Whether the device can speak: FALSE with MX_SESSION_ERROR_DEVICE_BROKEN when it cannot go on, and
 * while the server shows other keys for it (mx-device-recovery.h). */
gboolean mx_olm_machine_check (MxOlmMachine *self, GError **error);
/* Never again with this device, whatever comes; reason is for the report. */
gboolean mx_olm_machine_break (MxOlmMachine *self,
                               const char *reason,
                               MxStoreChanges *changes,
                               GError **error);

G_END_DECLS
