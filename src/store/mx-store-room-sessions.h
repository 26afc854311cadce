/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Our own Megolm session in each room, and which devices have its key or were told that they do not
 * get it (research/protocol §4.D). Account thread; writing needs a transaction. */
#pragma once

#include "mx-store-devices.h"

G_BEGIN_DECLS

typedef struct
{
  char *room_id;
  char *session_id;
  GBytes *pickle;
  gint64 created_ms;
  gint64 messages;  /* encrypted with it */
  char *visibility; /* m.room.history_visibility when it was made */
  gboolean is_over; /* the next message needs another one */
} MxStoredOutbound;
void mx_stored_outbound_free (MxStoredOutbound *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxStoredOutbound, mx_stored_outbound_free)

MxStoredOutbound *mx_store_get_outbound (MxStore *self, const char *room_id);
gboolean mx_store_put_outbound (MxStore *self, const MxStoredOutbound *session, GError **error);
/* The next message in the room (NULL: in any room) gets a new session. */
gboolean mx_store_end_outbound (MxStore *self, const char *room_id, GError **error);

typedef struct
{
  char *room_id;
  char *session_id;
  char *user_id;
  char *device_id;
  guint8 curve25519[MX_STORE_KEY_SIZE];
  gint64 message_index; /* from which on the device can read; -1: it cannot */
  char *withheld;       /* the code that it was told, NULL */
  char *olm_session;    /* by which the key left */
  gboolean must_resend; /* the Olm session by which it left is not to be trusted */
} MxStoredShare;
void mx_stored_share_free (MxStoredShare *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxStoredShare, mx_stored_share_free)

/* Of MxStoredShare. */
GPtrArray *mx_store_load_shares (MxStore *self, const char *session_id, GError **error);
MxStoredShare *mx_store_get_share (MxStore *self,
                                   const char *session_id,
                                   const char *user_id,
                                   const char *device_id);
gboolean mx_store_put_share (MxStore *self, const MxStoredShare *share, GError **error);
/* Those of a device, of sessions that began since then, newest first, whose key it was given by
 * another Olm session than this one. */
GPtrArray *mx_store_load_lost_shares (MxStore *self,
                                      const char *user_id,
                                      const guint8 curve25519[MX_STORE_KEY_SIZE],
                                      const char *olm_session,
                                      gint64 since_ms,
                                      unsigned max,
                                      GError **error);

/* The session as it was made, which gives its key at any index. Kept when others follow it. */
gboolean mx_store_put_megolm_start (MxStore *self, const MxStoredOutbound *session, GError **error);
GBytes *mx_store_get_megolm_start (MxStore *self, const char *session_id); /* caller owns, NULL */
/* Forgets sessions of the room that another one had followed before then, and who has their keys:
 * nobody is given them again. */
gboolean
mx_store_prune_megolm_starts (MxStore *self, const char *room_id, gint64 before_ms, GError **error);

/* -- Who is to have it, and who should no longer. */
/* Another number whenever that, or who has it, may have changed since. */
guint64 mx_store_get_recipients_stamp (MxStore *self);
/* Members whose devices are not followed, or have to be asked for. */
GStrv mx_store_load_outdated_members (MxStore *self, const char *room_id, gboolean with_invited);
/* Those only invited, whom we meet in no other room, and whose devices the server told at another
 * time than between these (wall clock). */
GStrv
mx_store_load_unheard_members (MxStore *self, const char *room_id, gint64 from_ms, gint64 to_ms);
/* Members who were verified and are not any more (E2E-063). */
gboolean mx_store_has_violated_member (MxStore *self, const char *room_id, gboolean with_invited);
/* One of them, by user id, invited ones too; NULL: none. Both connections. Caller owns. */
char *mx_store_find_violated_member (MxStore *self, const char *room_id);
/* A device that has the key is gone, has another key, is blocked, its user is not in the room, or
 * (signed_only) nobody signed it any more (E2E-056). */
gboolean mx_store_has_lost_share (MxStore *self,
                                  const char *room_id,
                                  const char *session_id,
                                  gboolean with_invited,
                                  gboolean signed_only);
/* Devices of members that do not have the key as they should: of MxUnshared. Not ours. */
typedef struct
{
  MxStoredDevice *device;
  MxStoredShare *share; /* withheld or lost; NULL: nothing was said to this device */
} MxUnshared;
GPtrArray *mx_store_load_unshared (MxStore *self,
                                   const char *room_id,
                                   const char *session_id,
                                   gboolean with_invited,
                                   const char *own_device_id,
                                   GError **error);
/* Who is in the room: joined, and invited where with_invited. Caller owns. */
GStrv mx_store_load_recipients (MxStore *self, const char *room_id, gboolean with_invited);
/* Somebody whom the server accepted our invitation of, before sync says so (E2E-025). */
gboolean mx_store_add_invited (MxStore *self,
                               const char *room_id,
                               const char *user_id,
                               MxStoreChanges *changes,
                               GError **error);

G_END_DECLS
