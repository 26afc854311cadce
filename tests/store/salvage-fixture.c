/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See salvage-fixture.h. */
#include "config.h"

#include "salvage-fixture.h"

#include "mx-sql.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

void
run_sql (Fixture *self, const char *sql)
{
  g_assert_cmpint (sqlite3_exec (self->store->db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
}

GHashTable *
read_rows (MxStore *store, const char *table)
{
  GHashTable *rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *sql = g_strdup_printf ("SELECT * FROM %s", table);
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_prepare_v2 (store->db, sql, -1, &statement, NULL), ==, SQLITE_OK);
  while (sqlite3_step (statement) == SQLITE_ROW)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (int i = 0; i < sqlite3_column_count (statement); i++)
        {
          g_autofree char *part = g_base64_encode (sqlite3_column_blob (statement, i),
                                                   sqlite3_column_bytes (statement, i));

          g_string_append_printf (text, "%s|", part);
        }
      g_hash_table_add (rows, g_string_free (g_steal_pointer (&text), FALSE));
    }
  g_assert_cmpint (sqlite3_finalize (statement), ==, SQLITE_OK);
  return rows;
}

GBytes *
read_file (const char *path)
{
  char *data = NULL;
  gsize size = 0;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, size);
}

void
write_file (const char *path, GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, size, &error);
  g_assert_no_error (error);
}

void
overwrite (const char *path, goffset offset, gsize size)
{
  g_autofree guint8 *noise = g_malloc (size);
  int fd = g_open (path, O_WRONLY | O_CLOEXEC, 0);

  mx_random (noise, size);
  g_assert_cmpint (pwrite (fd, noise, size, offset), ==, size);
  close (fd);
}

MxSalvage *
salvage (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  MxSalvage *report = mx_store_salvage (self->path, self->key, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (report);
  return report;
}
