/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Encrypted events in the store: who decrypts them on their way in, which could not be read and
 * why, and what happens when they can (E2E-081, E2E-082). Account thread; writing needs a
 * transaction. */
#pragma once

#include "mx-decryption-failure.h"
#include "mx-event.h"
#include "mx-store-sync.h"

G_BEGIN_DECLS

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
/* Whether an event lies after the beginning of encryption, as far as the order tells; where it does
 * not, by the time that the server says. Both connections. */
gboolean mx_store_is_after_encryption (MxStore *self, const char *room_id, const char *event_id);
MxRoomEncryption *mx_store_get_room_encryption (MxStore *self,
                                                const char *room_id); /* NULL: never seen */

/* How well reading worked: of live events by day of arrival (UTC) and outcome, and (outcome -1) how
 * many of those that could not be read at first were read on that day. */
typedef struct
{
  char day[11]; /* YYYY-MM-DD */
  int outcome;  /* MxDecryptionFailure, -1 */
  gint64 count;
} MxDecryptionDay;
/* Of the last days; of MxDecryptionDay, oldest first. */
GArray *mx_store_load_decryption_days (MxStore *self, unsigned max);

G_END_DECLS
