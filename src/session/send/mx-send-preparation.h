/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What an item of the send queue becomes before it leaves: in an encrypted room it is encrypted,
 * once, and stored before it is sent (E2E-043); its file goes before it. On a fiber of the main
 * thread. */
#pragma once

#include "mx-send-item.h"

G_BEGIN_DECLS

/* Afterwards item->wire, where it is set, is what leaves. Errors of MX_SESSION_ERROR are for the
 * user to solve. */
gboolean mx_send_prepare (MxSession *session,
                          MxSendQueue *queue,
                          MxScope *scope,
                          MxSendItem *item,
                          GError **error);

G_END_DECLS
