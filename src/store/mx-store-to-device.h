/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* To-device messages on their way: stored, encrypted already where they are to be, before they
 * leave, and sent again under the same transaction id until the server has them (E2E-043, E2E-048,
 * E2E-049). Account thread; writing needs a transaction. */
#pragma once

#include "mx-store-sync.h"

G_BEGIN_DECLS

/* device_id: "*" for all devices of the user. content: JSON text. */
gboolean mx_store_queue_to_device (MxStore *self,
                                   const char *type,
                                   const char *user_id,
                                   const char *device_id,
                                   const char *content,
                                   GError **error);

/* Messages of one type, at most one for a device, that leave in one request. */
typedef struct
{
  char *txn_id;
  char *type;
  char *body; /* {"messages":{user:{device:content}}} */
} MxToDeviceBatch;
void mx_to_device_batch_free (MxToDeviceBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxToDeviceBatch, mx_to_device_batch_free)
/* The oldest batch that is not answered, else a new one of at most max messages; NULL without
 * error: nothing to send. */
MxToDeviceBatch *mx_store_next_to_device (MxStore *self, unsigned max, GError **error);
gboolean mx_store_to_device_sent (MxStore *self, const char *txn_id, GError **error);
gint64 mx_store_last_to_device (MxStore *self); /* id of the newest, 0 */
gboolean mx_store_has_to_device (MxStore *self,
                                 gint64 up_to_id); /* anything not sent up to this id */

G_END_DECLS
