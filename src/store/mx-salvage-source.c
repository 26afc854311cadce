/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-salvage-source.h. */
#include "config.h"

#include "mx-salvage-source.h"

#include "mx-sql.h"
#include "mx-store-lock.h"

struct _MxSalvageSource
{
  char *path;
  MxSecret *key;
  gboolean has_salt;
  guint8 salt[MX_STORE_SALT_SIZE];
  sqlite3 *db;
};

MxSalvageSource *
mx_salvage_source_new (const char *path, MxSecret *key, const char *store_path)
{
  MxSalvageSource *self = g_new0 (MxSalvageSource, 1);

  self->path = g_strdup (path);
  self->key = mx_secret_ref (key);
  self->has_salt = mx_store_lock_read_salt (store_path, self->salt);
  return self;
}

void
mx_salvage_source_reset (MxSalvageSource *self)
{
  if (self->db != NULL && sqlite3_close (self->db) != SQLITE_OK)
    g_critical ("A damaged store was closed with open statements");
  self->db = NULL;
}

void
mx_salvage_source_free (MxSalvageSource *self)
{
  mx_salvage_source_reset (self);
  mx_secret_unref (self->key);
  g_free (self->path);
  g_free (self);
}

static gboolean
open_with (MxSalvageSource *self, const guint8 *salt)
{
  if (sqlite3_open_v2 (self->path,
                       &self->db,
                       SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                       NULL) == SQLITE_OK)
    {
      sqlite3_exec (self->db, "PRAGMA cipher_log_level = NONE", NULL, NULL, NULL);
      /* Lets a file be read that is shorter than its header says. */
      if (mx_sql_set_key (self->db, self->key, salt) == SQLITE_OK &&
          sqlite3_exec (self->db, "PRAGMA writable_schema = ON", NULL, NULL, NULL) == SQLITE_OK &&
          sqlite3_exec (self->db, "SELECT 1 FROM sqlite_schema", NULL, NULL, NULL) == SQLITE_OK)
        return TRUE;
    }
  mx_salvage_source_reset (self);
  return FALSE;
}

sqlite3 *
mx_salvage_source_get (MxSalvageSource *self)
{
  if (self->db == NULL && !open_with (self, NULL) && self->has_salt)
    open_with (self, self->salt);
  return self->db;
}

gboolean
mx_salvage_source_number (MxSalvageSource *self, const char *sql, gint64 *number)
{
  sqlite3 *db = mx_salvage_source_get (self);
  sqlite3_stmt *row = NULL;
  gboolean found = FALSE;

  if (db == NULL)
    return FALSE;
  if (sqlite3_prepare_v2 (db, sql, -1, &row, NULL) == SQLITE_OK &&
      sqlite3_step (row) == SQLITE_ROW && sqlite3_column_type (row, 0) == SQLITE_INTEGER)
    {
      *number = sqlite3_column_int64 (row, 0);
      found = TRUE;
    }
  if (sqlite3_finalize (row) != SQLITE_OK)
    mx_salvage_source_reset (self);
  return found;
}
