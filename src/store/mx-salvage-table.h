/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Copies one table, whatever it holds, around what cannot be read: forwards up to the first damage,
 * backwards to the last, and between them by halves. Private to store/. */
#pragma once

#include "mx-salvage-source.h"

G_BEGIN_DECLS

typedef struct
{
  char *name;
  gint64 kept;
  gint64 lost; /* -1: some, nobody knows how many */
} MxSalvagedTable;

void mx_salvaged_table_free (MxSalvagedTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxSalvagedTable, mx_salvaged_table_free)

/* Called now and then with the number of rows copied since the last call. */
typedef void (*MxSalvageRowsFunc) (gint64 rows, gpointer data);

/* The table exists in target. NULL with error: target cannot be written, or the table's
 * description cannot be read. */
MxSalvagedTable *mx_salvage_table (MxSalvageSource *source,
                                   sqlite3 *target,
                                   const char *name,
                                   MxSalvageRowsFunc progress,
                                   gpointer data,
                                   GError **error);

G_END_DECLS
