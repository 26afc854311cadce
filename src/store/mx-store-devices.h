/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Whose devices we follow, and the devices themselves, pinned by their keys (research/protocol
 * §4.B). Keys are 32 bytes. Account thread; writing needs a transaction. Reading works on the main
 * thread's connection as well. */
#pragma once

#include "mx-store-sync.h"

G_BEGIN_DECLS

#define MX_STORE_KEY_SIZE 32

typedef enum
{
  MX_LOCAL_TRUST_NONE,
  MX_LOCAL_TRUST_VERIFIED, /* by us, without cross-signing */
  MX_LOCAL_TRUST_BLOCKED,
} MxLocalTrust;

typedef struct
{
  char *user_id;
  char *device_id;
  guint8 curve25519[MX_STORE_KEY_SIZE];
  guint8 ed25519[MX_STORE_KEY_SIZE];
  char *display_name; /* as claimed, cleaned when shown; NULL */
  char *keys;         /* the signed object, JSON text */
  gboolean is_gone;   /* no longer published */
  gboolean is_dehydrated;
  gboolean is_cross_signed; /* by the owner's identity, as pinned */
  MxLocalTrust trust;
  gint64 first_seen_ms;
  gint64 no_key_ms;     /* when a claim gave nothing, 0 */
  gboolean no_olm_sent; /* m.no_olm was sent and no session has existed since */
  gint64 unwedged_ms;   /* last new session because of a damaged one */
} MxStoredDevice;
MxStoredDevice *mx_stored_device_copy (const MxStoredDevice *self);
void mx_stored_device_free (MxStoredDevice *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxStoredDevice, mx_stored_device_free)

/* -- Whom we follow. Each mark of "outdated" has a number, so that an answer clears only the marks
 * that are older than its request (E2E-018). */
gboolean
mx_store_track_user (MxStore *self, const char *user_id, GError **error); /* new: outdated */
gboolean mx_store_untrack_user (MxStore *self, const char *user_id, GError **error);
gboolean
mx_store_mark_user_outdated (MxStore *self, const char *user_id, GError **error); /* if tracked */
gboolean mx_store_mark_all_outdated (MxStore *self, GError **error);
/* Up to max users that are outdated, in order of the marks, NULL-terminated; sequence gets what to
 * hand to clear. */
GStrv mx_store_load_outdated (MxStore *self, unsigned max, gint64 *sequence);
/* now_ms: wall clock, of the answer. */
gboolean mx_store_clear_outdated (MxStore *self,
                                  const char *user_id,
                                  gint64 sequence,
                                  gint64 now_ms,
                                  GError **error);
gboolean mx_store_is_user_outdated (MxStore *self,
                                    const char *user_id); /* TRUE for untracked ones */
gboolean mx_store_is_user_tracked (MxStore *self, const char *user_id);
gboolean mx_store_is_user_known (MxStore *self, const char *user_id); /* an answer came once */
/* Follows those who read an encrypted room, as far as they are known: its members, and the invited
 * ones unless they will not see what is said before they join (E2E-016). added: whether anybody is
 * new. */
gboolean mx_store_track_room (MxStore *self, const char *room_id, gboolean *added, GError **error);

/* -- Devices. Ownership of results: the caller's. */
gboolean mx_store_put_device (MxStore *self, const MxStoredDevice *device, GError **error);
MxStoredDevice *mx_store_get_device (MxStore *self, const char *user_id, const char *device_id);
/* By the pair: a key alone proves nothing (E2E-022). */
MxStoredDevice *mx_store_find_device (MxStore *self,
                                      const char *user_id,
                                      const guint8 curve25519[MX_STORE_KEY_SIZE]);
/* Of MxStoredDevice, by device id; gone ones only on request. */
GPtrArray *mx_store_load_devices (MxStore *self, const char *user_id, gboolean with_gone);

G_END_DECLS
