/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A place in a table's order: the values of its primary key, or its rowid. Places between two
 * others can be made, to look for what can still be read behind damage. Private to store/. */
#pragma once

#include <glib.h>
#include <sqlite3.h>

G_BEGIN_DECLS

#define MX_SALVAGE_KEY_MAX 6

typedef struct
{
  int type; /* SQLITE_INTEGER, SQLITE_TEXT, SQLITE_BLOB */
  gint64 number;
  GBytes *bytes; /* of TEXT and BLOB */
} MxSalvageKeyPart;

typedef struct
{
  unsigned length; /* 0: none */
  MxSalvageKeyPart parts[MX_SALVAGE_KEY_MAX];
} MxSalvageKey;

void mx_salvage_key_clear (MxSalvageKey *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MxSalvageKey, mx_salvage_key_clear)
void mx_salvage_key_copy (MxSalvageKey *self, const MxSalvageKey *from);
/* The first length columns of the row. FALSE: a kind of value that no key of ours has. */
gboolean mx_salvage_key_read (MxSalvageKey *self, sqlite3_stmt *row, unsigned length);
/* From parameter first on; the key must live until the statement is done. */
void mx_salvage_key_bind (const MxSalvageKey *self, sqlite3_stmt *statement, int first);
/* before: nothing sorts lower; types of the key's columns as in MxSalvageKeyPart. */
void mx_salvage_key_set_lowest (MxSalvageKey *self, const int *types, unsigned length);
void
mx_salvage_key_set_number (MxSalvageKey *self, const int *types, unsigned length, gint64 first);
/* A key above low, not above high; FALSE: there is none that could be a row's. */
gboolean
mx_salvage_key_set_between (MxSalvageKey *self, const MxSalvageKey *low, const MxSalvageKey *high);

G_END_DECLS
