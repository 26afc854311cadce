/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The 64 emoji of a verification (spec, "SAS method: emoji"). Everybody sees the same ones in the
 * same order. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* index: 0…63, of mx_sas_get_emoji(). */
const char *mx_sas_emoji_get_symbol (guint index);
/* Its name in the user's language, with which people compare by telephone. */
const char *mx_sas_emoji_get_name (guint index);

G_END_DECLS
