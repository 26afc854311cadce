/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Files on their way into a room: kept as ciphertext in the session's folder until the server has
 * them, so that neither a restart nor what happens to the original matters, and nothing of them
 * lies on the disk in the clear (E2E-071). In encrypted rooms what is kept is what is uploaded.
 * Main thread. */
#pragma once

#include "mx-send-item.h"

G_BEGIN_DECLS

/* On a fiber: uploads what item->upload names; item->content speaks of it then. */
gboolean mx_file_send_upload (MxSession *session,
                              MxSendQueue *queue,
                              MxScope *scope,
                              MxSendItem *item,
                              gboolean encrypted,
                              GError **error);
/* Deletes the file of an entry that is no more. upload: nullable. */
void mx_file_send_forget (MxSession *session, const char *upload);
/* Deletes what an earlier run left behind: rows (of MxOutboxRow) are what still counts. */
void mx_file_send_clean (MxSession *session, GPtrArray *rows);

G_END_DECLS
