/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The globs of push rules (spec "Conditions for push rules": `*`, `?`, case-insensitive), matched
 * in time proportional to text × pattern whatever a stranger wrote. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The whole of text matches. */
gboolean mx_push_glob_matches (const char *pattern, const char *text);
/* A part of text matches whose neighbours are none of [A-Za-z0-9_]. */
gboolean mx_push_glob_matches_word (const char *pattern, const char *text);
/* The same for a literal, such as a display name. */
gboolean mx_push_text_has_word (const char *word, const char *text);

G_END_DECLS
