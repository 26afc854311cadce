/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a typed text becomes: m.room.message content (spec "m.room.message", "Event replacements",
 * "User and room mentions"). Pure functions; JSON text out, caller owns. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* msgtype: m.text, m.notice or m.emote. markdown: adds formatted_body when the text has any markup.
 */
char *mx_message_new_text (const char *msgtype, const char *text, gboolean markdown);
/* Replaces the content of the event (or of the unsent entry whose transaction id stands for it). */
char *mx_message_new_edit (const char *event_id,
                           const char *msgtype,
                           const char *text,
                           gboolean markdown);
/* Whether the content fits in an event, with room for what the server and encryption add. */
gboolean mx_message_fits (const char *content, GError **error);

G_END_DECLS
