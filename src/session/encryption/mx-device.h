/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A device of a user, as one shows it; and the list of our own sessions. Main thread. */
#pragma once

#include "mx-recovery.h"

G_BEGIN_DECLS

typedef enum
{
  MX_DEVICE_UNVERIFIED,
  MX_DEVICE_CROSS_SIGNED, /* by its owner's identity */
  MX_DEVICE_VERIFIED,     /* … which we verified, or this device itself */
  MX_DEVICE_BLOCKED,
} MxDeviceTrust;
GType mx_device_trust_get_type (void);

#define MX_TYPE_DEVICE (mx_device_get_type ())
G_DECLARE_FINAL_TYPE (MxDevice, mx_device, MX, DEVICE, GObject)
/* Properties (notify): "device-id", "display-name" (cleaned), "fingerprint" (groups of four),
 * "trust" (MxDeviceTrust), "last-seen" (int64 ms, 0 unknown), "last-ip" (NULL), "is-this"
 * (boolean), "has-keys" (boolean: takes part in encryption). */
const char *mx_device_get_user_id (MxDevice *self);
const char *mx_device_get_device_id (MxDevice *self);
const char *mx_device_get_display_name (MxDevice *self);
const char *mx_device_get_fingerprint (MxDevice *self); /* NULL without keys */
MxDeviceTrust mx_device_get_trust (MxDevice *self);
gint64 mx_device_get_last_seen (MxDevice *self);
const char *mx_device_get_last_ip (MxDevice *self);
gboolean mx_device_is_this (MxDevice *self);
gboolean mx_device_has_keys (MxDevice *self);

/* A GListModel of MxDevice that follows what is known: this one first, then by last activity. For
 * our own account asks the server for names and times. user_id NULL: ours. Caller owns. */
GListModel *mx_encryption_list_devices (MxEncryption *self, const char *user_id);
/* Asks again; resolves TRUE. */
DexFuture *mx_encryption_refresh_devices (MxEncryption *self, const char *user_id)
  G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_device_rename (MxEncryption *self, const char *device_id, const char *name)
  G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_device_sign_out (MxEncryption *self,
                               const char *const *device_ids,
                               MxAuthFunc auth,
                               gpointer auth_data) G_GNUC_WARN_UNUSED_RESULT;
/* How far a user's identity is to be believed (E2E-097). */
typedef enum
{
  MX_IDENTITY_NONE,     /* they have none, or it is not known yet */
  MX_IDENTITY_PINNED,   /* the same since it was first seen */
  MX_IDENTITY_VERIFIED, /* by us */
  MX_IDENTITY_CHANGED,  /* another one than at first; never verified */
  MX_IDENTITY_VIOLATED, /* another one than we verified: blocks sending */
} MxIdentityTrust;
MxIdentityTrust mx_encryption_get_identity_trust (MxEncryption *self, const char *user_id);
/* Accepts a changed identity, or withdraws the verification of a violated one. Resolves TRUE. */
DexFuture *mx_encryption_accept_identity (MxEncryption *self, const char *user_id)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
