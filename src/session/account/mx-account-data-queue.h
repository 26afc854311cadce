/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Account data of our own making on its way to the server: in the store at once, and there until
 * the server has it or refuses it, across restarts (spec "Client Config"). The newest content of a
 * type is what is sent. Main thread. */
#pragma once

#include "mx-session-private.h"

G_BEGIN_DECLS

#define MX_TYPE_ACCOUNT_DATA_QUEUE (mx_account_data_queue_get_type ())
G_DECLARE_FINAL_TYPE (MxAccountDataQueue, mx_account_data_queue, MX, ACCOUNT_DATA_QUEUE, GObject)

/* Owned by the session. */
MxAccountDataQueue *mx_account_data_queue_new (MxSession *session);
/* What an earlier run left. */
void mx_account_data_queue_load (MxAccountDataQueue *self, MxStore *reader);
void mx_account_data_queue_start (MxAccountDataQueue *self);
/* room_id NULL: global. content: JSON text. */
void mx_account_data_queue_put (MxAccountDataQueue *self,
                                const char *room_id,
                                const char *type,
                                const char *content);

G_END_DECLS
