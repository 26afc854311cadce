/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Opening, closing, transactions. Everything that could make the file plain text or lose it is
 * refused here (DESIGN §4). */
#include "config.h"

#include "mx-store.h"

#include "mx-error.h"
#include "mx-sql.h"
#include "mx-store-damage.h"
#include "mx-store-lock.h"
#include "mx-store-migrations.h"
#include "mx-wal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define HEADER       "SQLite format 3" /* with its NUL: 16 bytes */
#define BUSY_MS      5000
#define CACHE_REST   "PRAGMA cache_size = -2048"
#define CACHE_IMPORT "PRAGMA cache_size = -16384"

/* The first bytes of the file. Through SQLite's own handle: closing a descriptor of ours would drop
 * the locks of the process's other connections. */
static gboolean
read_beginning (MxStore *self, guint8 *data, gsize length)
{
  sqlite3_file *file = NULL;
  sqlite3_int64 size = 0;

  return sqlite3_file_control (self->db, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
         file != NULL && file->pMethods != NULL &&
         file->pMethods->xFileSize (file, &size) == SQLITE_OK && size >= (sqlite3_int64) length &&
         file->pMethods->xRead (file, data, length, 0) == SQLITE_OK;
}

static gboolean
is_plain_text (MxStore *self)
{
  guint8 header[sizeof HEADER];

  return read_beginning (self, header, sizeof header) &&
         memcmp (header, HEADER, sizeof header) == 0;
}

static gboolean
refuse_plain_text (MxStore *self, GError **error)
{
  g_autofree char *version = mx_sql_text (self, "PRAGMA cipher_version", "");

  if (version != NULL && *version != '\0' && !is_plain_text (self))
    return TRUE;
  g_clear_error (&self->failure);
  g_set_error_literal (error,
                       MX_STORE_ERROR,
                       MX_STORE_ERROR_NOT_ENCRYPTED,
                       version ? "The store is not encrypted"
                               : "The database library in use cannot encrypt");
  return FALSE;
}

static gboolean
set_key (MxStore *self, MxSecret *key, GError **error)
{
  int result = mx_sql_set_key (self->db, key, NULL);

  if (result == SQLITE_OK)
    return TRUE;
  mx_sql_set_error (error, self->db, result);
  return FALSE;
}

static gboolean
has_other_salt (MxStore *self)
{
  guint8 salt[MX_STORE_SALT_SIZE];
  guint8 beginning[MX_STORE_SALT_SIZE];

  return mx_store_lock_read_salt (self->path, salt) &&
         read_beginning (self, beginning, sizeof beginning) &&
         memcmp (salt, beginning, sizeof salt) != 0;
}

/* The first page did not open. With the wrong key no page of the file has a right authentication
 * code; with a damaged file most have, unless the salt at its beginning is what was damaged. */
static MxStoreError
tell_wrong_key_from_damage (MxStore *self)
{
  sqlite3_stmt *statement = NULL;
  gint64 pages, failures = 0;
  sqlite3_file *file = NULL;
  sqlite3_int64 size = 0;

  sqlite3_file_control (self->db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (file == NULL || file->pMethods == NULL ||
      file->pMethods->xFileSize (file, &size) != SQLITE_OK)
    return MX_STORE_ERROR_FAILED;
  pages = size / 4096;
  if (pages == 0 || has_other_salt (self))
    return MX_STORE_ERROR_DAMAGED;

  if (sqlite3_prepare_v2 (self->db, "PRAGMA cipher_integrity_check", -1, &statement, NULL) ==
      SQLITE_OK)
    while (sqlite3_step (statement) == SQLITE_ROW)
      failures++;
  sqlite3_finalize (statement);
  return failures >= pages ? MX_STORE_ERROR_WRONG_KEY : MX_STORE_ERROR_DAMAGED;
}

static gboolean
read_first_page (MxStore *self, GError **error)
{
  if (mx_sql_int (self, -1, "SELECT count(*) FROM sqlite_master", "") >= 0)
    return TRUE;

  if (g_error_matches (self->failure, MX_STORE_ERROR, MX_STORE_ERROR_DAMAGED))
    {
      g_clear_error (&self->failure);
      mx_sql_finalize (self);
      if (tell_wrong_key_from_damage (self) == MX_STORE_ERROR_WRONG_KEY)
        g_set_error_literal (error,
                             MX_STORE_ERROR,
                             MX_STORE_ERROR_WRONG_KEY,
                             "This key does not open the store");
      else
        g_set_error_literal (error, MX_STORE_ERROR, MX_STORE_ERROR_DAMAGED, "The store is damaged");
    }
  else
    g_propagate_error (error, g_steal_pointer (&self->failure));
  return FALSE;
}

static gboolean
make_private_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) == 0)
    return TRUE;
  g_set_error (error,
               MX_STORE_ERROR,
               errno == ENOSPC ? MX_STORE_ERROR_FULL : MX_STORE_ERROR_FAILED,
               "The store's folder cannot be made: %s",
               g_strerror (errno));
  return FALSE;
}

/* SQLite would make it readable by others, umask permitting. */
static gboolean
make_private_file (const char *path, GError **error)
{
  int fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (fd >= 0)
    {
      close (fd);
      return TRUE;
    }
  if (errno == EEXIST)
    return TRUE;
  g_set_error (error,
               MX_STORE_ERROR,
               errno == ENOSPC ? MX_STORE_ERROR_FULL : MX_STORE_ERROR_FAILED,
               "The store cannot be made: %s",
               g_strerror (errno));
  return FALSE;
}

/* Damage that was met before, and damage that SQLite would pass over in silence. */
static gboolean
refuse_known_damage (MxStore *self, GError **error)
{
  g_autofree char *wal = g_strconcat (self->path, "-wal", NULL);

  if (mx_wal_count_damaged (wal) > 0)
    mx_damage_note (self->path);
  if (!mx_damage_is_noted (self->path))
    return TRUE;
  g_set_error_literal (error, MX_STORE_ERROR, MX_STORE_ERROR_DAMAGED, "The store is damaged");
  return FALSE;
}

static gboolean
own_file (MxStore *self, GError **error)
{
  if (!make_private_folder (self->path, error))
    return FALSE;
  self->lock_fd = mx_store_lock_take (self->path, error);
  return self->lock_fd >= 0 && mx_salvage_finish_swap (self->path, error) &&
         make_private_file (self->path, error) && refuse_known_damage (self, error);
}

static gboolean
open_file (MxStore *self, GError **error)
{
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int result;

  if (self->mode == MX_STORE_WRITE)
    {
      if (!own_file (self, error))
        return FALSE;
    }
  else if (!g_file_test (self->path, G_FILE_TEST_EXISTS))
    {
      g_set_error_literal (error, MX_STORE_ERROR, MX_STORE_ERROR_NOT_FOUND, "There is no store");
      return FALSE;
    }

  result = sqlite3_open_v2 (self->path, &self->db, flags, NULL);
  if (result != SQLITE_OK)
    {
      mx_sql_set_error (error, self->db, result);
      return FALSE;
    }
  sqlite3_busy_timeout (self->db, BUSY_MS);
  /* Until the key has proved right, closing must leave the file as it is. */
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  return TRUE;
}

static gboolean
configure (MxStore *self, GError **error)
{
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
  mx_sql_script (self, CACHE_REST);
  mx_sql_script (self, "PRAGMA temp_store = MEMORY");
  mx_sql_script (self, "PRAGMA trusted_schema = OFF");
  mx_sql_script (self, "PRAGMA foreign_keys = ON");
  /* Else a row that INSERT OR REPLACE removes fires no trigger, and would stay in its mirror. */
  mx_sql_script (self, "PRAGMA recursive_triggers = ON");
  if (self->mode == MX_STORE_WRITE)
    {
      mx_sql_script (self, "PRAGMA journal_mode = WAL");
      mx_sql_script (self, "PRAGMA synchronous = FULL");
      mx_sql_script (self, "PRAGMA journal_size_limit = 16777216");
    }
  else
    mx_sql_script (self, "PRAGMA query_only = ON");

  if (self->failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->failure));
  return FALSE;
}

static void
write_salt_down (MxStore *self)
{
  guint8 salt[MX_STORE_SALT_SIZE];

  if (self->mode == MX_STORE_WRITE && read_beginning (self, salt, sizeof salt))
    mx_store_lock_write_salt (self->lock_fd, salt);
}

MxStore *
mx_store_open (const char *path, MxSecret *key, MxStoreMode mode, GError **error)
{
  g_autoptr (MxStore) self = g_new0 (MxStore, 1);

  g_return_val_if_fail (path != NULL && key != NULL, NULL);

  self->thread = g_thread_self ();
  self->mode = mode;
  self->path = g_strdup (path);
  self->lock_fd = -1;
  self->media_total = -1;
  self->statements = g_hash_table_new (NULL, NULL);

  if (!open_file (self, error))
    return NULL;

  /* The library writes noise on stderr otherwise. Unknown to a plain one, which the next step
   * refuses. */
  sqlite3_exec (self->db, "PRAGMA cipher_log_level = NONE", NULL, NULL, NULL);

  if (!refuse_plain_text (self, error) || !set_key (self, key, error) ||
      !read_first_page (self, error) || !configure (self, error) ||
      !mx_store_migrations_run (self, error) || !refuse_plain_text (self, error))
    return NULL;

  if (mode == MX_STORE_WRITE)
    mx_sql_run (self, "UPDATE rooms SET typing = NULL WHERE typing IS NOT NULL", "");
  if (self->failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->failure));
      return NULL;
    }
  self->is_open = TRUE;
  write_salt_down (self);
  return g_steal_pointer (&self);
}

void
mx_store_set_damage_func (MxStore *self, MxStoreDamageFunc func, gpointer data)
{
  g_assert (self->thread == g_thread_self ());
  self->damage_func = func;
  self->damage_data = data;
}

void
mx_store_close (MxStore *self)
{
  if (self == NULL)
    return;
  g_assert (self->thread == g_thread_self ());

  mx_sql_finalize (self);
  if (self->db != NULL && !sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  if (sqlite3_close (self->db) != SQLITE_OK)
    g_critical ("The store was closed with open statements");
  mx_store_lock_release (self->lock_fd);
  mx_store_account_forget (self);
  g_clear_error (&self->failure);
  g_hash_table_unref (self->statements);
  g_free (self->path);
  g_free (self);
}

gboolean
mx_store_begin (MxStore *self, GError **error)
{
  int result;

  g_assert (self->thread == g_thread_self ());
  g_return_val_if_fail (self->mode == MX_STORE_WRITE && !self->in_transaction, FALSE);

  result = sqlite3_exec (self->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  if (result != SQLITE_OK)
    {
      mx_sql_set_error (error, self->db, result);
      return FALSE;
    }
  self->in_transaction = TRUE;
  self->is_broken = FALSE;
  return TRUE;
}

gboolean
mx_store_commit (MxStore *self, GError **error)
{
  int result = SQLITE_ERROR;

  g_assert (self->thread == g_thread_self ());
  g_return_val_if_fail (self->in_transaction, FALSE);

  if (self->is_broken)
    g_set_error_literal (error,
                         MX_STORE_ERROR,
                         MX_STORE_ERROR_FAILED,
                         "The transaction failed before and cannot be committed");
  else
    {
      result = sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL);
      if (result != SQLITE_OK)
        {
          mx_sql_set_error (error, self->db, result);
          mx_sql_look_for_damage (self, result);
        }
    }

  if (result != SQLITE_OK)
    {
      mx_store_rollback (self);
      return FALSE;
    }
  self->in_transaction = FALSE;
  return TRUE;
}

void
mx_store_rollback (MxStore *self)
{
  g_assert (self->thread == g_thread_self ());

  if (!sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  self->in_transaction = FALSE;
  self->is_broken = FALSE;
  self->recipients++;
  self->media_total = -1;
  g_clear_error (&self->failure);
  mx_store_account_forget (self);
  if (self->decryptor != NULL)
    self->decryptor->rolled_back (self->decryptor_data);
}

void
mx_store_set_importing (MxStore *self, gboolean importing)
{
  g_assert (self->thread == g_thread_self ());
  sqlite3_exec (self->db, importing ? CACHE_IMPORT : CACHE_REST, NULL, NULL, NULL);
}
