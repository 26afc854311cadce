/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A damaged database, to read from. A page whose authentication fails leaves SQLCipher's pager in
 * an error state, so the connection is made anew after each failure. Private to store/. */
#pragma once

#include "mx-secret.h"

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

typedef struct _MxSalvageSource MxSalvageSource;

/* store_path: the store whose file this is. */
MxSalvageSource *mx_salvage_source_new (const char *path, MxSecret *key, const char *store_path);
void mx_salvage_source_free (MxSalvageSource *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxSalvageSource, mx_salvage_source_free)

/* NULL: it cannot be opened (any more). Statements end before the next call. */
sqlite3 *mx_salvage_source_get (MxSalvageSource *self);
/* After a failure: the next get opens anew. No statement is left. */
void mx_salvage_source_reset (MxSalvageSource *self);
/* The first column of the first row; FALSE: it cannot be read. */
gboolean mx_salvage_source_number (MxSalvageSource *self, const char *sql, gint64 *number);

G_END_DECLS
