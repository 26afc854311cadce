/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-salvage-mirror.h. */
#include "config.h"

#include "mx-salvage-mirror.h"

#include "mx-sql.h"

#include <string.h>

#define PREFIX "mirror_"

gboolean
mx_salvage_is_mirror (const char *table)
{
  return g_str_has_prefix (table, PREFIX);
}

/* The table that this one is the mirror of; NULL: none. */
static MxSalvagedTable *
find_original (GPtrArray *tables, const MxSalvagedTable *mirror)
{
  for (guint i = 0; mx_salvage_is_mirror (mirror->name) && i < tables->len; i++)
    {
      MxSalvagedTable *table = g_ptr_array_index (tables, i);

      if (g_str_equal (table->name, mirror->name + strlen (PREFIX)))
        return table;
    }
  return NULL;
}

static gboolean
run (sqlite3 *target, const char *sql, GError **error)
{
  int result = sqlite3_exec (target, sql, NULL, NULL, NULL);

  if (result == SQLITE_OK)
    return TRUE;
  mx_sql_set_error (error, target, result);
  return FALSE;
}

/* Keys that the backup has are not mirrored. */
static gboolean
is_whole (const MxSalvagedTable *mirror)
{
  return mirror->lost == 0 && !g_str_equal (mirror->name, PREFIX "megolm_inbound");
}

gint64
mx_salvage_use_mirrors (sqlite3 *target, GPtrArray *tables, gboolean is_older, GError **error)
{
  gint64 restored = 0;

  for (guint i = 0; i < tables->len; i++)
    {
      const MxSalvagedTable *mirror = g_ptr_array_index (tables, i);
      MxSalvagedTable *table = find_original (tables, mirror);
      g_autofree char *sql = NULL;
      gint64 rows = 0;

      if (table == NULL || table->lost == 0 ||
          (is_older && g_str_equal (table->name, "olm_account")))
        continue;
      sql =
        g_strdup_printf ("INSERT OR IGNORE INTO %s SELECT * FROM %s", table->name, mirror->name);
      if (!run (target, sql, error))
        return -1;
      rows = sqlite3_changes64 (target);
      table->kept += rows;
      restored += rows;
      if (is_whole (mirror))
        table->lost = 0;
      else if (table->lost > 0)
        table->lost = MAX (table->lost - rows, 0);
    }
  return restored;
}

/* An update calls the trigger although it changes nothing. */
gboolean
mx_salvage_make_mirrors (sqlite3 *target, GError **error)
{
  g_autoptr (GPtrArray) statements = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *row = NULL;

  sqlite3_prepare_v2 (target,
                      "SELECT format ('DELETE FROM %s; UPDATE %s SET %s = %s', m.name, "
                      "substr (m.name, ?1 + 1), c.name, c.name) "
                      "FROM sqlite_schema AS m, pragma_table_info (m.name) AS c "
                      "WHERE m.type = 'table' AND substr (m.name, 1, ?1) = ?2 AND c.cid = 0",
                      -1,
                      &row,
                      NULL);
  sqlite3_bind_int (row, 1, (int) strlen (PREFIX));
  sqlite3_bind_text (row, 2, PREFIX, -1, SQLITE_STATIC);
  while (sqlite3_step (row) == SQLITE_ROW)
    g_ptr_array_add (statements, mx_sql_column_dup (row, 0));
  sqlite3_finalize (row);

  for (guint i = 0; i < statements->len; i++)
    if (!run (target, g_ptr_array_index (statements, i), error))
      return FALSE;
  return TRUE;
}
