/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* For friends inside session/: how a device is made of what is known of it. Main thread, not on a
 * fiber: it reads the store. */
#pragma once

#include "mx-device.h"
#include "mx-session-private.h"
#include "mx-store-devices.h"

G_BEGIN_DECLS

MxDevice *mx_device_new (MxSession *session, const MxStoredDevice *stored);
/* A device that takes no part in encryption. */
MxDevice *mx_device_new_without_keys (MxSession *session, const char *device_id);
/* A key in base64 as people compare it: in groups of four. The caller frees. */
char *mx_device_group_key (const char *key);
/* Reads anew what is derived. stored: NULL: without keys. */
void mx_device_update (MxDevice *self, MxSession *session, const MxStoredDevice *stored);
/* What the server's list says; name NULL: as it is. */
void mx_device_set_seen (MxDevice *self, const char *name, gint64 last_seen, const char *last_ip);

/* The answer of GET /devices as it came last: device id → MxSeenDevice; NULL before. Borrowed. */
typedef struct
{
  char *display_name;
  gint64 last_seen;
  char *last_ip;
} MxSeenDevice;
GHashTable *mx_encryption_get_seen_devices (MxEncryption *self);

G_END_DECLS
