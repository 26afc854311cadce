/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The outbox: every send is a row with its transaction id before anything leaves (DESIGN promise
 * 2). One FIFO per room. */
#pragma once

#include "mx-store-sync.h"

G_BEGIN_DECLS

typedef enum
{
  MX_OUTBOX_WAITING,
  MX_OUTBOX_SENDING,
  MX_OUTBOX_FAILED,
  MX_OUTBOX_SENT /* answered, echo not seen yet */
} MxOutboxState;

typedef struct
{
  gint64 id; /* order within the account */
  char *room_id;
  char *txn_id;
  char *event_type; /* m.room.message, m.reaction, m.room.redaction */
  char *content;    /* clear JSON text */
  char *wire_type;  /* what leaves, once prepared (encryption: stored before it leaves), NULL */
  char *wire_content;
  char *redacts;    /* m.room.redaction: target */
  char *upload;     /* JSON text: the file that has to be uploaded first, NULL */
  char *depends_on; /* txn id of an entry that must be answered first; its event id replaces it in
                       content, NULL */
  MxOutboxState state;
  char *event_id; /* SENT */
  unsigned attempts;
  gint64 created_ms;  /* wall clock */
  int error_code;     /* FAILED: MxMatrixError/… code */
  char *error_domain; /* FAILED */
} MxOutboxRow;
void mx_outbox_row_free (MxOutboxRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxOutboxRow, mx_outbox_row_free)

gboolean mx_store_outbox_add (MxStore *self,
                              MxOutboxRow *row /* id set on return */,
                              MxStoreChanges *changes,
                              GError **error);
/* Entries of a room (NULL: all rooms), oldest first; SENT ones whose echo is in the timeline are
 * gone. */
GPtrArray *mx_store_outbox_load (MxStore *self, const char *room_id, GError **error);
MxOutboxRow *mx_store_outbox_get (MxStore *self, const char *txn_id); /* NULL: gone */
gboolean mx_store_outbox_set_state (MxStore *self,
                                    const char *txn_id,
                                    MxOutboxState state,
                                    const char *event_id,
                                    const GError *failure,
                                    MxStoreChanges *changes,
                                    GError **error);
gboolean mx_store_outbox_set_wire (MxStore *self,
                                   const char *txn_id,
                                   const char *type,
                                   const char *content,
                                   GError **error);
gboolean mx_store_outbox_replace (MxStore *self,
                                  const char *txn_id,
                                  const char *content,
                                  MxStoreChanges *changes,
                                  GError **error); /* edit an unsent one */
/* The file is at the server; content names it. */
gboolean mx_store_outbox_uploaded (MxStore *self,
                                   const char *txn_id,
                                   const char *content,
                                   MxStoreChanges *changes,
                                   GError **error);
gboolean
mx_store_outbox_remove (MxStore *self, const char *txn_id, MxStoreChanges *changes, GError **error);

G_END_DECLS
