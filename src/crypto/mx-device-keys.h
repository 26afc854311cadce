/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a device publishes, signed by itself (spec, "Key algorithms" and "Device keys"): its
 * identity keys and its one-time keys. Nothing of it is to be used before it was checked here. Any
 * thread, but for the account. */
#pragma once

#include "mx-olm-account.h"

G_BEGIN_DECLS

typedef struct
{
  guint8 curve25519[MX_CURVE25519_KEY_SIZE];
  guint8 ed25519[MX_ED25519_KEY_SIZE];
} MxDeviceKeys;

/* Our own, for upload; JSON text that the caller frees. */
char *mx_device_keys_new_signed (MxOlmAccount *account,
                                 const char *user_id,
                                 const char *device_id,
                                 GError **error);
char *mx_device_keys_new_one_time_key (MxOlmAccount *account,
                                       const char *user_id,
                                       const char *device_id,
                                       const MxOlmPublicKey *key,
                                       gboolean fallback,
                                       GError **error);

/* A device of /keys/query, of sender_device_keys: the ids must be those asked for, and its
 * signature must hold. BAD_FORMAT, BAD_KEY or BAD_SIGNATURE. */
gboolean mx_device_keys_parse (MxJson object,
                               const char *user_id,
                               const char *device_id,
                               MxDeviceKeys *keys,
                               GError **error);
/* A key of /keys/claim, by the pinned keys of exactly that device (E2E-028). */
gboolean mx_device_keys_parse_one_time_key (MxJson object,
                                            const char *user_id,
                                            const char *device_id,
                                            const MxDeviceKeys *owner,
                                            guint8 key[MX_CURVE25519_KEY_SIZE],
                                            GError **error);

G_END_DECLS
