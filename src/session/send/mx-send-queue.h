/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is to be sent: one queue per room, in order, rooms side by side; every entry is in the store
 * with its transaction id before anything leaves (research/protocol §3.4). Main thread. */
#pragma once

#include "mx-session-private.h"
#include "mx-store-outbox.h"

G_BEGIN_DECLS

#define MX_TYPE_SEND_QUEUE (mx_send_queue_get_type ())
G_DECLARE_FINAL_TYPE (MxSendQueue, mx_send_queue, MX, SEND_QUEUE, GObject)

/* session is not owned: it owns the queue. */
MxSendQueue *mx_send_queue_new (MxSession *session);
/* What an earlier run left, of MxOutboxRow: those that were being sent are sent again, under the
 * same transaction id. */
void mx_send_queue_load (MxSendQueue *self, GPtrArray *rows);
void mx_send_queue_start (MxSendQueue *self);
/* Resolves TRUE when nothing waits to be sent any more; it sends also while the session does not
 * run, from now on. What was refused does not wait. */
DexFuture *mx_send_queue_settle (MxSendQueue *self) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  const char *room_id;
  const char *event_type;
  const char *content; /* JSON text */
  const char *redacts; /* NULL */
  const char *upload;  /* a file that goes first, JSON text of mx-file-send.c; NULL */
  const char
    *depends_on; /* txn id in this queue; stands for the event id in content and redacts, NULL */
} MxSendRequest;
/* Caller owns the transaction id. Stored soon; sent once stored. */
char *mx_send_queue_add (MxSendQueue *self, const MxSendRequest *request);
/* FALSE: it is on its way or already there, so it cannot be replaced. */
gboolean mx_send_queue_replace (MxSendQueue *self, const char *txn_id, const char *content);
void mx_send_queue_retry (MxSendQueue *self, const char *txn_id);
/* Tells the room how far an upload is. */
void mx_send_queue_set_progress (MxSendQueue *self, const char *txn_id, double progress);
/* How far the upload of an entry is, 0…1; -1: nothing is uploaded for it. */
double mx_send_queue_get_progress (MxSendQueue *self, const char *txn_id);
/* What failed because of who is trusted is tried again. */
void mx_send_queue_trust_changed (MxSendQueue *self);
/* FALSE: it is on its way or already there. */
gboolean mx_send_queue_remove (MxSendQueue *self, const char *txn_id);
DexFuture *mx_send_queue_wait (MxSendQueue *self, const char *txn_id)
  G_GNUC_WARN_UNUSED_RESULT; /* string: event id */
/* Those who wait are told; the items stay. */
void mx_send_queue_session_ended (MxSendQueue *self);

G_END_DECLS
