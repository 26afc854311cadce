/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Encrypted events in the store: who decrypts them on their way in, which could not be read and
 * why, and what happens when they can (E2E-081, E2E-082). Account thread; writing needs a
 * transaction. */
#pragma once

#include "mx-event.h"
#include "mx-store-sync.h"

G_BEGIN_DECLS

/* Why an event cannot be read. The numbers are stored. */
typedef enum
{
  MX_DECRYPTION_OK = 0,
  MX_DECRYPTION_NO_KEY = 1,              /* it may still come */
  MX_DECRYPTION_INDEX_TOO_EARLY = 2,     /* we got the key from a later message on */
  MX_DECRYPTION_WITHHELD = 3,            /* the sender decided so, or has no way to us */
  MX_DECRYPTION_WITHHELD_UNVERIFIED = 4, /* because our device is not verified */
  MX_DECRYPTION_BEFORE_JOIN = 5,         /* sent when we were not a member */
  MX_DECRYPTION_BEFORE_DEVICE = 6,       /* older than this device, and there is no backup */
  MX_DECRYPTION_BACKUP_LOCKED = 7,       /* … and the backup waits for the code */
  MX_DECRYPTION_BAD_MESSAGE = 8,         /* damaged or forged */
  MX_DECRYPTION_UNKNOWN_ALGORITHM = 9,
  MX_DECRYPTION_REPLAY = 10,    /* the same message under another event id */
  MX_DECRYPTION_UNTRUSTED = 11, /* the policy refuses its sender's device */
} MxDecryptionFailure;

typedef struct
{
  MxEvent *event; /* with its clear part, or as it came; caller owns */
  char *session_id;
  guint32 message_index;
  MxDecryptionFailure failure;
} MxDecryption;
void mx_decryption_clear (MxDecryption *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MxDecryption, mx_decryption_clear)

/* Called for each m.room.encrypted event, bundled ones included, before the store looks at it,
 * within the transaction. rolled_back: what was cached since the transaction began must be
 * forgotten. Both run on the account thread. */
typedef struct
{
  void (*decrypt) (gpointer data,
                   MxStore *store,
                   const char *room_id,
                   MxEvent *event,
                   MxDecryption *decryption);
  void (*rolled_back) (gpointer data);
} MxDecryptor;
/* decryptor and data must live until it is set to NULL. */
void mx_store_set_decryptor (MxStore *self, const MxDecryptor *decryptor, gpointer data);

/* Tries the events of a room again that could not be read: those of this session, or (NULL) all.
 * What can be read now is derived anew: relations, counts, previews, notifications
 * (MX_ROOM_CHANGED_* and notification candidates in changes). Returns how many were read, -1 with
 * error. */
int mx_store_decrypt_again (MxStore *self,
                            const char *room_id,
                            const char *session_id,
                            MxStoreChanges *changes,
                            GError **error);
/* Sessions of unread events, newest first: pairs room id, session id, alternating; at most max
 * pairs. For the backup. */
GStrv mx_store_load_missing_sessions (MxStore *self, const char *room_id, unsigned max);

/* The latch of E2E-065. */
typedef struct
{
  char *algorithm;
  gint64 rotation_period_ms;
  gint64 rotation_messages;
} MxRoomEncryption;
void mx_room_encryption_free (MxRoomEncryption *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxRoomEncryption, mx_room_encryption_free)
MxRoomEncryption *mx_store_get_room_encryption (MxStore *self,
                                                const char *room_id); /* NULL: never seen */

G_END_DECLS
