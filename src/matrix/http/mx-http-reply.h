/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Small answers, turned from JSON into what the endpoint promises. For the matrix layer's own use.
 * Main thread. */
#pragma once

#include "mx-flow.h"
#include "mx-json.h"

G_BEGIN_DECLS

/* Takes request (a future of GBytes). Resolves to the string member, once valid (nullable) likes
 * it; else INVALID_RESPONSE. */
DexFuture *mx_http_reply_string (DexFuture *request,
                                 const char *member,
                                 gboolean (*valid) (const char *text)) G_GNUC_WARN_UNUSED_RESULT;
/* Resolves to gint64: the member, or fallback. */
DexFuture *mx_http_reply_int (DexFuture *request, const char *member, gint64 fallback)
  G_GNUC_WARN_UNUSED_RESULT;
/* Resolves to TRUE, whatever the answer says. */
DexFuture *mx_http_reply_done (DexFuture *request) G_GNUC_WARN_UNUSED_RESULT;
/* Resolves to whatever decode makes of the answer's object (a boxed value of type; NULL: error is
 * set). */
typedef gpointer (*MxReplyFunc) (MxJson root, GError **error);
DexFuture *mx_http_reply_boxed (DexFuture *request, GType type, MxReplyFunc decode)
  G_GNUC_WARN_UNUSED_RESULT;
/* Rejects with G_IO_ERROR_INVALID_ARGUMENT: an id of the caller is none. */
DexFuture *mx_http_bad_id (void) G_GNUC_WARN_UNUSED_RESULT;

/* Whether a server's token (of sync, of a page) can be sent back to it in an address: not empty,
 * and at most 4096 bytes. One that cannot would be stored, and asked with in vain ever after. */
gboolean mx_http_token_is_usable (const char *token);
/* INVALID_RESPONSE with the reason. */
void mx_http_set_invalid (GError **error, const char *message);

G_END_DECLS
