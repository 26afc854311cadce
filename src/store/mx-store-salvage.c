/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-salvage.h. The damaged file is read under a second name with a log of its own, so
 * that reading cannot change it. Tables are copied by what the file says of itself, in any version
 * of the schema; the migrations follow when the copy is opened. */
#include "config.h"

#include "mx-store-salvage.h"

#include "mx-error.h"
#include "mx-salvage-mirror.h"
#include "mx-salvage-table.h"
#include "mx-sql.h"
#include "mx-store-damage.h"
#include "mx-store-lock.h"
#include "mx-store-mend.h"
#include "mx-store-migrations.h"
#include "mx-store-salvage-note.h"
#include "mx-wal.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* The copying; the rest is for what is derived. */
#define COPYING 0.8

typedef struct
{
  const char *path;
  MxSecret *key;
  MxSalvageFunc progress;
  gpointer data;
  char *source_path; /* second name of the damaged file */
  char *copy_path;
  MxSalvageSource *source;
  sqlite3 *copy;
  gint64 rows, copied;
  GPtrArray *tables; /* MxSalvagedTable */
  gint64 restored;   /* rows that came from mirrors */
  MxSalvage *report;
} Salvage;

static void
salvage_clear (Salvage *self)
{
  g_clear_pointer (&self->source, mx_salvage_source_free);
  if (self->copy != NULL)
    sqlite3_close (self->copy);
  g_clear_pointer (&self->source_path, g_free);
  g_clear_pointer (&self->copy_path, g_free);
  g_clear_pointer (&self->tables, g_ptr_array_unref);
  g_clear_pointer (&self->report, mx_salvage_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Salvage, salvage_clear)

static gboolean
prepare_files (Salvage *self, GError **error)
{
  g_autofree char *folder = mx_salvage_folder (self->path);
  g_autofree char *wal = g_strconcat (self->path, "-wal", NULL);
  g_autofree char *source_wal = NULL;

  mx_salvage_clean (self->path);
  self->source_path = g_build_filename (folder, "damaged.db", NULL);
  self->copy_path = g_build_filename (folder, "store.db", NULL);
  source_wal = g_strconcat (self->source_path, "-wal", NULL);
  if (g_mkdir (folder, 0700) != 0 || link (self->path, self->source_path) != 0)
    {
      g_set_error (error,
                   MX_STORE_ERROR,
                   errno == ENOSPC ? MX_STORE_ERROR_FULL : MX_STORE_ERROR_FAILED,
                   "The damaged store cannot be read: %s",
                   g_strerror (errno));
      return FALSE;
    }
  return mx_wal_mend (wal, source_wal, &self->report->lost_changes, error);
}

/* Opens the damaged file, and tells a wrong key and a newer schema from damage. */
static gboolean
open_source (Salvage *self, gint64 *version, GError **error)
{
  self->source = mx_salvage_source_new (self->source_path, self->key, self->path);
  if (!mx_salvage_source_number (self->source, "PRAGMA user_version", version) || *version == 0)
    {
      g_set_error_literal (error,
                           MX_STORE_ERROR,
                           MX_STORE_ERROR_DAMAGED,
                           "Nothing of the store can be read");
      return FALSE;
    }
  if (*version > mx_store_migrations_get_current ())
    {
      g_set_error_literal (error,
                           MX_STORE_ERROR,
                           MX_STORE_ERROR_TOO_NEW,
                           "The store has a newer schema");
      return FALSE;
    }
  return TRUE;
}

static gboolean
run (Salvage *self, const char *sql, GError **error)
{
  int result = sqlite3_exec (self->copy, sql, NULL, NULL, NULL);

  if (result == SQLITE_OK)
    return TRUE;
  mx_sql_set_error (error, self->copy, result);
  return FALSE;
}

static gboolean
open_copy (Salvage *self, gint64 version, GError **error)
{
  g_autofree char *user_version =
    g_strdup_printf ("PRAGMA user_version = %" G_GINT64_FORMAT, version);
  int result = sqlite3_open_v2 (self->copy_path,
                                &self->copy,
                                SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
                                  SQLITE_OPEN_EXRESCODE,
                                NULL);

  if (result == SQLITE_OK)
    result = mx_sql_set_key (self->copy, self->key, NULL);
  if (result != SQLITE_OK)
    {
      mx_sql_set_error (error, self->copy, result);
      return FALSE;
    }
  /* Until it takes the place of the store it is worth nothing: one transaction, synced once. */
  return run (self, "PRAGMA journal_mode = OFF", error) &&
         run (self, "PRAGMA synchronous = OFF", error) &&
         run (self, "PRAGMA cache_size = -16384", error) && run (self, "BEGIN", error) &&
         run (self, user_version, error);
}

/* The first column of each row. NULL: it cannot be read. */
static GPtrArray *
read_texts (Salvage *self, const char *sql, GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  sqlite3 *db = mx_salvage_source_get (self->source);
  sqlite3_stmt *row = NULL;

  if (db != NULL && sqlite3_prepare_v2 (db, sql, -1, &row, NULL) == SQLITE_OK)
    while (sqlite3_step (row) == SQLITE_ROW)
      g_ptr_array_add (texts, mx_sql_column_dup (row, 0));
  if (sqlite3_finalize (row) == SQLITE_OK && db != NULL)
    return g_steal_pointer (&texts);
  g_set_error_literal (error,
                       MX_STORE_ERROR,
                       MX_STORE_ERROR_DAMAGED,
                       "The description of the store cannot be read");
  return NULL;
}

static gboolean
run_all (Salvage *self, const char *query, GError **error)
{
  g_autoptr (GPtrArray) statements = read_texts (self, query, error);

  if (statements == NULL)
    return FALSE;
  for (guint i = 0; i < statements->len; i++)
    if (!run (self, g_ptr_array_index (statements, i), error))
      return FALSE;
  return TRUE;
}

static void
tell (Salvage *self, double done)
{
  if (self->progress != NULL)
    self->progress (CLAMP (done, 0, 1), self->data);
}

static void
rows_cb (gint64 rows, gpointer data)
{
  Salvage *self = data;

  self->copied += rows;
  tell (self, self->rows > 0 ? COPYING * self->copied / self->rows : 0);
}

static void
count_rows (Salvage *self, GPtrArray *names)
{
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *sql =
        g_strdup_printf ("SELECT count (*) FROM \"%s\"", (char *) g_ptr_array_index (names, i));
      gint64 rows = 0;

      if (mx_salvage_source_number (self->source, sql, &rows))
        self->rows += rows;
    }
}

/* What a loss in this table means. */
static void
note_loss (MxSalvage *report, const char *table)
{
  static const char *const own_words[] = { "drafts", "outbox", NULL };
  static const char *const account[] = { "account_values", NULL };
  static const char *const history[] = {
    "account_data",       "blocks",   "events",    "media", "members", "own_reads",
    "pending_redactions", "receipts", "room_rows", "rooms", "state",   NULL
  };

  if (g_strv_contains (own_words, table))
    report->lost_own_words = TRUE;
  else if (g_strv_contains (account, table))
    report->lost_account = TRUE;
  else if (g_strv_contains (history, table))
    report->lost_history = TRUE;
  else
    report->lost_keys = TRUE;
}

static gboolean
copy_tables (Salvage *self, GPtrArray *names, GError **error)
{
  self->tables = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_salvaged_table_free);
  for (guint i = 0; i < names->len; i++)
    {
      MxSalvagedTable *table = mx_salvage_table (self->source,
                                                 self->copy,
                                                 g_ptr_array_index (names, i),
                                                 rows_cb,
                                                 self,
                                                 error);

      if (table == NULL)
        return FALSE;
      g_ptr_array_add (self->tables, table);
    }
  self->restored =
    mx_salvage_use_mirrors (self->copy, self->tables, self->report->lost_changes > 0, error);
  return self->restored >= 0;
}

static void
note_tables (MxSalvage *report, GPtrArray *tables)
{
  for (guint i = 0; i < tables->len; i++)
    {
      const MxSalvagedTable *table = g_ptr_array_index (tables, i);

      if (mx_salvage_is_mirror (table->name))
        continue;
      report->kept += table->kept;
      if (table->lost == 0)
        continue;
      report->lost = table->lost < 0 || report->lost < 0 ? -1 : report->lost + table->lost;
      note_loss (report, table->name);
      g_ptr_array_add (report->tables, g_strdup (table->name));
    }
}

/* AUTOINCREMENT must not give a number again that was given before. */
static gboolean
copy_sequences (Salvage *self, GError **error)
{
  return run_all (
    self,
    "SELECT format ('UPDATE sqlite_sequence SET seq = max (seq, %d) WHERE name = %Q', "
    "seq, name) FROM sqlite_sequence",
    error);
}

static gboolean
copy_everything (Salvage *self, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;
  g_autoptr (GError) ignored = NULL;
  gint64 version = 0;

  if (!open_source (self, &version, error) || !open_copy (self, version, error))
    return FALSE;
  names = read_texts (self,
                      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE "
                      "'sqlite#_%' ESCAPE '#' AND sql NOT LIKE 'CREATE VIRTUAL%'",
                      error);
  if (names == NULL ||
      !run_all (self,
                "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite#_%' "
                "ESCAPE '#' AND sql NOT LIKE 'CREATE VIRTUAL%'",
                error) ||
      !run_all (self,
                "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql LIKE 'CREATE UNIQUE%'",
                error))
    return FALSE;

  count_rows (self, names);
  if (!copy_tables (self, names, error))
    return FALSE;
  note_tables (self->report, self->tables);
  if (!copy_sequences (self, &ignored))
    g_message ("The counters of a damaged store could not be read");
  return run_all (self,
                  "SELECT sql FROM sqlite_schema WHERE type IN ('index', 'view', 'trigger') "
                  "AND sql IS NOT NULL AND sql NOT LIKE 'CREATE UNIQUE%'",
                  error) &&
         mx_salvage_make_mirrors (self->copy, error) && run (self, "COMMIT", error);
}

static gboolean
has_lost (const MxSalvage *report, const char *table)
{
  return g_ptr_array_find_with_equal_func (report->tables, table, g_str_equal, NULL);
}

/* Through the store's own doors: migrations, then what was lost. */
static gboolean
mend_copy (Salvage *self, GError **error)
{
  const MxSalvage *report = self->report;
  gboolean lost = report->lost != 0 || report->lost_changes > 0 || self->restored > 0;
  MxMend what = 0;
  g_autoptr (MxStore) store = NULL;

  g_clear_pointer (&self->source, mx_salvage_source_free);
  if (sqlite3_close (self->copy) != SQLITE_OK)
    g_critical ("A salvaged store was closed with open statements");
  self->copy = NULL;

  if (report->lost_changes > 0 || has_lost (report, "events") || has_lost (report, "blocks"))
    what |= MX_MEND_EVENTS;
  if (report->lost_changes > 0)
    what |= MX_MEND_OLDER;
  if (has_lost (report, "olm_account"))
    what |= MX_MEND_ACCOUNT;
  store = mx_store_open (self->copy_path, self->key, MX_STORE_WRITE, error);
  if (store == NULL || !mx_store_begin (store, error))
    return FALSE;
  if ((lost && !mx_store_mend (store, what, error)) || !mx_salvage_write (store, report, error))
    {
      mx_store_rollback (store);
      return FALSE;
    }
  return mx_store_commit (store, error) && (!lost || mx_store_repair (store, error));
}

static gboolean
salvage (Salvage *self, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  MxSalvage *report = self->report;

  report->when_ms = g_date_time_to_unix_usec (now) / 1000;
  report->kept_file = g_date_time_format (now, "store.damaged-%Y%m%d-%H%M%S.db");
  if (!prepare_files (self, error) || !copy_everything (self, error))
    return FALSE;
  tell (self, COPYING);
  if (!mend_copy (self, error) || !mx_salvage_swap (self->path, report->kept_file, error))
    return FALSE;
  tell (self, 1);
  return TRUE;
}

MxSalvage *
mx_store_salvage (const char *path,
                  MxSecret *key,
                  MxSalvageFunc progress,
                  gpointer data,
                  GError **error)
{
  g_auto (Salvage) self = { .path = path, .key = key, .progress = progress, .data = data };
  int lock = mx_store_lock_take (path, error);
  gboolean done = FALSE;

  if (lock < 0)
    return NULL;
  self.report = g_new0 (MxSalvage, 1);
  self.report->tables = g_ptr_array_new_with_free_func (g_free);
  done = salvage (&self, error);
  g_clear_pointer (&self.source, mx_salvage_source_free);
  if (!done)
    mx_salvage_clean (path);
  mx_store_lock_release (lock);
  return done ? g_steal_pointer (&self.report) : NULL;
}

gboolean
mx_store_is_there (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *swap = g_build_filename (folder, "store.swap", NULL);
  GStatBuf status;

  return g_file_test (swap, G_FILE_TEST_EXISTS) ||
         (g_stat (path, &status) == 0 && status.st_size > 0);
}
