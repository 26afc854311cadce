/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What nobody else has is in the file twice (migrations/0005): table X and mirror_X, of the same
 * commit. Private to store/. */
#pragma once

#include "mx-salvage-table.h"

G_BEGIN_DECLS

gboolean mx_salvage_is_mirror (const char *table);
/* Rows that could not be read come from the mirrors. tables: MxSalvagedTable, as copied into the
 * file target, triggers not yet; what is there again no longer counts as lost. is_older: pieces of
 * the log are missing, so that the two may be of different commits: the Olm account is left lost
 * then, as an older one must never be used. Returns how many rows came back, -1 with error. */
gint64
mx_salvage_use_mirrors (sqlite3 *target, GPtrArray *tables, gboolean is_older, GError **error);
/* Makes the mirrors of target anew, by its triggers. */
gboolean mx_salvage_make_mirrors (sqlite3 *target, GError **error);

G_END_DECLS
