/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One entry of the outbox in memory, and who waits for it. Ref-counted. Main thread. */
#pragma once

#include "mx-send-queue.h"

G_BEGIN_DECLS

typedef struct
{
  char *room_id;
  char *txn_id;
  char *event_type;
  char *content;    /* JSON text */
  char *wire;       /* the encrypted content as it leaves, NULL: not made, or not needed */
  char *redacts;    /* NULL */
  char *upload;     /* the file that goes first, JSON text of mx-file-send.c; NULL */
  double progress;  /* of the upload, 0…1 */
  MxScope *work;    /* ends what is done for it when it is deleted; NULL: nothing is */
  char *depends_on; /* txn id, NULL */
  MxOutboxState state;
  gboolean stored; /* its row is committed */
  gboolean tried;  /* the server may have it */
  unsigned attempts;
  unsigned revision;   /* how often what is to be encrypted has changed */
  gint64 retry_at_us;  /* monotonic: the server asked not to be asked earlier */
  GError *failure;     /* FAILED */
  DexPromise *outcome; /* event id */
} MxSendItem;

MxSendItem *mx_send_item_new (const MxSendRequest *request);
MxSendItem *mx_send_item_new_from_row (const MxOutboxRow *row);
MxOutboxRow *mx_send_item_to_row (MxSendItem *self); /* caller owns */
MxSendItem *mx_send_item_ref (MxSendItem *self);
void mx_send_item_unref (gpointer self);
/* event_id stands where the transaction id of what it depended on stood; NULL: nothing is known of
 * that (the store filled it in). */
void mx_send_item_fill_in (MxSendItem *self, const char *event_id);
char *mx_send_item_dup_reason (MxSendItem *self); /* of a redaction, NULL */
void mx_send_item_resolve (MxSendItem *self, const char *event_id);
/* Whoever waits later learns of the failure too, until the state changes. */
void mx_send_item_reject (MxSendItem *self, const GError *failure);
/* Whether a failure needs the user; all else may be different the next time. */
gboolean mx_send_item_is_final (const GError *error);
DexFuture *mx_send_item_wait (MxSendItem *self) G_GNUC_WARN_UNUSED_RESULT;
/* Its state, and with it the event's id or why it failed (nullable). TRUE once it is committed. */
DexFuture *mx_send_item_write_state (MxSendItem *self,
                                     MxSession *session,
                                     const char *event_id,
                                     const GError *failure) G_GNUC_WARN_UNUSED_RESULT;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxSendItem, mx_send_item_unref)

G_END_DECLS
