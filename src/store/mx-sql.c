/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-sql.h. */
#include "config.h"

#include "mx-sql.h"

#include "mx-error.h"
#include "mx-store-damage.h"
#include "mx-store-lock.h"

#include <stdarg.h>
#include <string.h>

#define KEY_SIZE 32

static gboolean
is_damage (int result)
{
  switch (result & 0xff)
    {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return TRUE;
    case SQLITE_IOERR:
      return result == SQLITE_IOERR_SHORT_READ || result == SQLITE_IOERR_DATA ||
             result == SQLITE_IOERR_CORRUPTFS;
    default:
      return FALSE;
    }
}

void
mx_sql_set_error (GError **error, sqlite3 *db, int result)
{
  MxStoreError code = MX_STORE_ERROR_FAILED;

  if (is_damage (result))
    code = MX_STORE_ERROR_DAMAGED;
  else if ((result & 0xff) == SQLITE_FULL)
    code = MX_STORE_ERROR_FULL;
  else if ((result & 0xff) == SQLITE_BUSY || (result & 0xff) == SQLITE_LOCKED)
    code = MX_STORE_ERROR_BUSY;

  /* The library's own sentences name tables and columns, never values. */
  g_set_error (error,
               MX_STORE_ERROR,
               code,
               "%s (%d)",
               db ? sqlite3_errmsg (db) : "database",
               result);
}

void
mx_sql_note_damage (MxStore *self)
{
  if (self->is_damaged || !self->is_open)
    return;
  self->is_damaged = TRUE;
  mx_damage_note (self->path);
  if (self->damage_func != NULL)
    self->damage_func (self->damage_data);
}

void
mx_sql_look_for_damage (MxStore *self, int result)
{
  if (is_damage (result))
    mx_sql_note_damage (self);
}

void
mx_sql_fail (MxStore *self, int result)
{
  if (self->failure == NULL)
    mx_sql_set_error (&self->failure, self->db, result);
  if (self->in_transaction)
    self->is_broken = TRUE;
  mx_sql_look_for_damage (self, result);
}

void
mx_sql_enter (MxStore *self)
{
  g_assert (self->thread == g_thread_self ());

  if (self->depth++ == 0 && !self->in_transaction && self->failure == NULL)
    mx_sql_run (self, "BEGIN", "");
}

void
mx_sql_enter_write (MxStore *self)
{
  g_assert (self->mode == MX_STORE_WRITE);

  mx_sql_enter (self);
  if (self->failure != NULL)
    return;
  if (!self->in_transaction)
    g_set_error_literal (&self->failure,
                         MX_STORE_ERROR,
                         MX_STORE_ERROR_FAILED,
                         "A write outside a transaction");
  else if (self->is_broken)
    /* A full disk has rolled everything back already: what came now would stand alone. */
    g_set_error_literal (&self->failure,
                         MX_STORE_ERROR,
                         MX_STORE_ERROR_FAILED,
                         "A write in a transaction that failed");
}

gboolean
mx_sql_leave (MxStore *self, GError **error)
{
  g_assert (self->depth > 0);

  if (--self->depth > 0)
    {
      if (self->failure == NULL)
        return TRUE;
      if (error != NULL)
        *error = g_error_copy (self->failure);
      return FALSE;
    }

  /* Ends the snapshot; a commit of a read cannot fail in a way that matters to what was read. */
  if (!self->in_transaction && !sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL);

  if (self->failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->failure));
  return FALSE;
}

gboolean
mx_sql_leave_logged (MxStore *self)
{
  g_autoptr (GError) error = NULL;

  if (mx_sql_leave (self, &error))
    return TRUE;
  g_warning ("Reading the store failed: code %d", error->code);
  return FALSE;
}

/* Whether a statement may change who is to have the key of a room, or who has it. */
static gboolean
writes_recipients (sqlite3_stmt *statement, const char *sql)
{
  static const char *const tables[] = {
    "members", "devices", "megolm_shares", "tracked_users", "identities",
  };

  if (sqlite3_stmt_readonly (statement))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    if (strstr (sql, tables[i]) != NULL)
      return TRUE;

  return FALSE;
}

static sqlite3_stmt *
prepare (MxStore *self, const char *sql)
{
  sqlite3_stmt *statement;
  int result;

  if (self->failure != NULL)
    return NULL;

  statement = g_hash_table_lookup (self->statements, sql);
  if (statement == NULL)
    {
      result = sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);
      if (result != SQLITE_OK)
        {
          mx_sql_fail (self, result);
          return NULL;
        }
      g_hash_table_insert (self->statements, (gpointer) sql, statement);
    }

  g_assert (!sqlite3_stmt_busy (statement));
  if (writes_recipients (statement, sql))
    self->recipients++;
  return statement;
}

static gboolean
bind (MxStore *self, sqlite3_stmt *statement, const char *types, va_list arguments)
{
  int result = SQLITE_OK;

  g_assert (sqlite3_bind_parameter_count (statement) == (int) strlen (types));

  for (int i = 1; *types != '\0' && result == SQLITE_OK; i++, types++)
    switch (*types)
      {
      case 'i':
        result = sqlite3_bind_int (statement, i, va_arg (arguments, int));
        break;
      case 'l':
        result = sqlite3_bind_int64 (statement, i, va_arg (arguments, gint64));
        break;
      case 'd':
        result = sqlite3_bind_double (statement, i, va_arg (arguments, double));
        break;
      case 's':
        result =
          sqlite3_bind_text (statement, i, va_arg (arguments, const char *), -1, SQLITE_STATIC);
        break;
      case 'b':
        {
          GBytes *bytes = va_arg (arguments, GBytes *);
          gsize size = 0;
          gconstpointer data = bytes ? g_bytes_get_data (bytes, &size) : NULL;

          result = bytes && size == 0
                     ? sqlite3_bind_zeroblob (statement, i, 0)
                     : sqlite3_bind_blob64 (statement, i, data, size, SQLITE_STATIC);
          break;
        }
      default:
        g_assert_not_reached ();
      }

  if (result != SQLITE_OK)
    mx_sql_fail (self, result);
  return result == SQLITE_OK;
}

static sqlite3_stmt *
query_valist (MxStore *self, const char *sql, const char *types, va_list arguments)
{
  sqlite3_stmt *statement = prepare (self, sql);

  if (statement == NULL || !bind (self, statement, types, arguments))
    return NULL;
  return statement;
}

sqlite3_stmt *
mx_sql_query (MxStore *self, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement;
  va_list arguments;

  va_start (arguments, types);
  statement = query_valist (self, sql, types, arguments);
  va_end (arguments);
  return statement;
}

gboolean
mx_sql_step (MxStore *self, sqlite3_stmt *statement)
{
  int result;

  if (statement == NULL)
    return FALSE;
  if (self->failure != NULL)
    {
      sqlite3_reset (statement);
      return FALSE;
    }

  result = sqlite3_step (statement);
  if (result == SQLITE_ROW)
    return TRUE;
  if (result != SQLITE_DONE)
    mx_sql_fail (self, result);
  sqlite3_reset (statement);
  return FALSE;
}

void
mx_sql_done (sqlite3_stmt *statement)
{
  if (statement != NULL)
    sqlite3_reset (statement);
}

static gboolean
run_valist (MxStore *self, const char *sql, const char *types, va_list arguments)
{
  sqlite3_stmt *statement = query_valist (self, sql, types, arguments);

  if (statement == NULL)
    return FALSE;
  if (mx_sql_step (self, statement))
    mx_sql_done (statement);
  return self->failure == NULL;
}

gboolean
mx_sql_run (MxStore *self, const char *sql, const char *types, ...)
{
  gboolean ran;
  va_list arguments;

  va_start (arguments, types);
  ran = run_valist (self, sql, types, arguments);
  va_end (arguments);
  return ran;
}

gboolean
mx_sql_change (MxStore *self, const char *sql, const char *types, ...)
{
  gboolean ran;
  va_list arguments;

  va_start (arguments, types);
  ran = run_valist (self, sql, types, arguments);
  va_end (arguments);
  return ran && sqlite3_changes (self->db) > 0;
}

gint64
mx_sql_int (MxStore *self, gint64 fallback, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement;
  gint64 value = fallback;
  va_list arguments;

  va_start (arguments, types);
  statement = query_valist (self, sql, types, arguments);
  va_end (arguments);
  if (mx_sql_step (self, statement))
    {
      if (sqlite3_column_type (statement, 0) != SQLITE_NULL)
        value = sqlite3_column_int64 (statement, 0);
      mx_sql_done (statement);
    }
  return value;
}

char *
mx_sql_text (MxStore *self, const char *sql, const char *types, ...)
{
  sqlite3_stmt *statement;
  char *value = NULL;
  va_list arguments;

  va_start (arguments, types);
  statement = query_valist (self, sql, types, arguments);
  va_end (arguments);
  if (mx_sql_step (self, statement))
    {
      value = mx_sql_column_dup (statement, 0);
      mx_sql_done (statement);
    }
  return value;
}

gboolean
mx_sql_script (MxStore *self, const char *sql)
{
  int result;

  if (self->failure != NULL)
    return FALSE;
  result = sqlite3_exec (self->db, sql, NULL, NULL, NULL);
  if (result != SQLITE_OK)
    mx_sql_fail (self, result);
  return result == SQLITE_OK;
}

void
mx_sql_finalize (MxStore *self)
{
  GHashTableIter iter;
  gpointer statement;

  g_hash_table_iter_init (&iter, self->statements);
  while (g_hash_table_iter_next (&iter, NULL, &statement))
    sqlite3_finalize (statement);
  g_hash_table_remove_all (self->statements);
}

static char *
write_digits (char *text, const guint8 *data, gsize size)
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < size; i++)
    {
      *text++ = digits[data[i] >> 4];
      *text++ = digits[data[i] & 15];
    }
  return text;
}

int
mx_sql_set_key (sqlite3 *db, MxSecret *key, const guint8 *salt)
{
  char text[2 + 2 * (KEY_SIZE + MX_STORE_SALT_SIZE) + 1];
  char *end = text;
  gsize size;
  const guint8 *data = mx_secret_get_data (key, &size);
  int result;

  g_return_val_if_fail (size == KEY_SIZE, SQLITE_MISUSE);

  *end++ = 'x';
  *end++ = '\'';
  end = write_digits (end, data, KEY_SIZE);
  if (salt != NULL)
    end = write_digits (end, salt, MX_STORE_SALT_SIZE);
  *end++ = '\'';
  result = sqlite3_key_v2 (db, "main", text, end - text);
  mx_wipe (text, sizeof text);
  return result;
}

gboolean
mx_sql_column_bytes (sqlite3_stmt *statement, int column, gpointer out, gsize size)
{
  if ((gsize) sqlite3_column_bytes (statement, column) != size)
    return FALSE;

  memcpy (out, sqlite3_column_blob (statement, column), size);

  return TRUE;
}
