/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is typed, turned into what is sent. Pure, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Markdown → formatted_body (cmark, safe mode, hard breaks for single new lines; HTML that was
 * typed stays text). NULL when the text has no markup, so that a plain body is enough. Caller owns.
 */
char *mx_markdown_to_html (const char *text);

G_END_DECLS
