/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The account's devices, and messages to devices (spec "Device management", "Send-to-Device
 * messaging"). Main thread. */
#pragma once

#include "mx-http.h"

G_BEGIN_DECLS

/* body: {"messages":{user:{device:content}}}. The same txn_id and type: once. TRUE. */
DexFuture *mx_devices_send_to (MxHttp *http, const char *type, const char *txn_id, const char *body)
  G_GNUC_WARN_UNUSED_RESULT;
/* GBytes {devices:[{device_id, display_name, last_seen_ts, last_seen_ip}]}. */
DexFuture *mx_devices_list (MxHttp *http) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_devices_rename (MxHttp *http, const char *device_id, const char *name)
  G_GNUC_WARN_UNUSED_RESULT; /* TRUE */
/* Signs them out. auth as in mx_keys_upload_signing (). TRUE. */
DexFuture *mx_devices_delete (MxHttp *http, const char *const *device_ids, const char *auth)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
