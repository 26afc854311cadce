/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Strangers' text made harmless: control characters, bidi overrides, invisible characters, piles of
 * combining marks. Pure functions, any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Names, topics, file names, reasons: control characters and line breaks removed, bidi controls
 * removed (text with right-to-left letters is isolated as a whole), zero-width tricks removed, at
 * most max characters (with an ellipsis). NULL reads as "". Caller owns. */
char *mx_text_clean_line (const char *text, gsize max);
/* Names that people and devices give themselves: like a line, without what looks like a mark of
 * trust (E2E-158). Caller owns. */
char *mx_text_clean_name (const char *text, gsize max);
/* The name of a file to show or to write: like a line, without folders, leading dots and bidi
 * marks; a long one keeps its extension. "" when nothing is left. Caller owns. */
char *mx_text_clean_filename (const char *text);
/* Appends length bytes of text (-1: all) as it may be shown in a message: \n and, when keep_tabs,
 * \t survive. */
void mx_text_append_clean (GString *out, const char *text, gssize length, gboolean keep_tabs);
/* TRUE when text holds nothing but one to five emoji (and spaces). */
gboolean mx_text_is_emoji_only (const char *text);

G_END_DECLS
