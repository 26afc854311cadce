/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Links in text and in HTML: which may be followed, where they begin and end, and whether their
 * text lies. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A copy of href when it is absolute and its scheme is allowed (https http ftp mailto magnet
 * matrix), else NULL. */
char *mx_href_check (const char *href);
/* The next link of text, as a range of bytes; FALSE when there is none. */
gboolean mx_find_link (const char *text, gsize *start, gsize *end);
/* What to show beside a link whose text is another address than href's: the real host. NULL when
 * the text is honest. */
char *mx_href_dup_warning (const char *href, const char *text);

G_END_DECLS
