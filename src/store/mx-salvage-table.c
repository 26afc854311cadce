/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-salvage-table.h. */
#include "config.h"

#include "mx-salvage-table.h"

#include "mx-error.h"
#include "mx-salvage-key.h"
#include "mx-sql.h"

#include <string.h>

/* How often a stretch is halved in which nothing at all could be read. */
#define HALVINGS 5
#define TELL     256 /* rows */

typedef struct
{
  MxSalvageSource *source;
  sqlite3 *target;
  const char *name;
  MxSalvageRowsFunc progress;
  gpointer data;

  gboolean has_rowid;
  unsigned key_length;
  int types[MX_SALVAGE_KEY_MAX]; /* of the key's columns */
  char **keys;                   /* quoted */
  char *columns;                 /* all of them, quoted */
  unsigned n_columns;
  sqlite3_stmt *insert;

  gint64 kept;
  gint64 untold;
  gboolean is_damaged;
  GError *error; /* of target: ends everything */
} Copy;

typedef enum
{
  FORWARDS,
  BACKWARDS
} Direction;

void
mx_salvaged_table_free (MxSalvagedTable *self)
{
  g_free (self->name);
  g_free (self);
}

static char *
quote (const char *name)
{
  char *text = sqlite3_mprintf ("\"%w\"", name);
  char *copy = g_strdup (text);

  sqlite3_free (text);
  return copy;
}

static int
type_of_declaration (const char *declared)
{
  if (declared != NULL && g_ascii_strcasecmp (declared, "TEXT") == 0)
    return SQLITE_TEXT;
  if (declared != NULL && g_ascii_strcasecmp (declared, "BLOB") == 0)
    return SQLITE_BLOB;
  return SQLITE_INTEGER;
}

/* The columns as the new file has them: its description is whole. */
static gboolean
describe (Copy *self)
{
  g_autoptr (GString) columns = g_string_new (NULL);
  sqlite3_stmt *row = NULL;
  gboolean fits = TRUE;

  sqlite3_prepare_v2 (self->target,
                      "SELECT c.name, c.type, c.pk, t.wr FROM pragma_table_list (?1) AS t, "
                      "pragma_table_xinfo (?1) AS c WHERE c.hidden = 0",
                      -1,
                      &row,
                      NULL);
  sqlite3_bind_text (row, 1, self->name, -1, SQLITE_STATIC);
  self->has_rowid = TRUE;
  self->keys = g_new0 (char *, MX_SALVAGE_KEY_MAX + 1);
  while (sqlite3_step (row) == SQLITE_ROW)
    {
      g_autofree char *column = quote (mx_sql_column_text (row, 0));
      int pk = sqlite3_column_int (row, 2);

      g_string_append_printf (columns, "%s%s", self->n_columns++ > 0 ? ", " : "", column);
      self->has_rowid = sqlite3_column_int (row, 3) == 0;
      if (self->has_rowid || pk == 0)
        continue;
      if (pk > MX_SALVAGE_KEY_MAX)
        {
          fits = FALSE;
          continue;
        }
      self->types[pk - 1] = type_of_declaration (mx_sql_column_text (row, 1));
      self->keys[pk - 1] = g_steal_pointer (&column);
      self->key_length = MAX (self->key_length, (unsigned) pk);
    }
  sqlite3_finalize (row);

  if (self->has_rowid)
    {
      self->types[0] = SQLITE_INTEGER;
      self->key_length = 1;
      self->keys[0] = g_strdup ("rowid");
    }
  self->columns = g_string_free (g_steal_pointer (&columns), FALSE);
  return fits && self->n_columns > 0 && self->key_length > 0;
}

static gboolean
prepare_insert (Copy *self)
{
  g_autofree char *table = quote (self->name);
  g_autoptr (GString) sql = g_string_new (NULL);

  g_string_printf (sql, "INSERT OR IGNORE INTO %s (%s) VALUES (", table, self->columns);
  for (unsigned i = 0; i < self->n_columns; i++)
    g_string_append (sql, i > 0 ? ", ?" : "?");
  g_string_append (sql, ")");
  return sqlite3_prepare_v2 (self->target, sql->str, -1, &self->insert, NULL) == SQLITE_OK;
}

static char *
make_query (Copy *self,
            const MxSalvageKey *low,
            gboolean with_low,
            const MxSalvageKey *high,
            Direction direction)
{
  g_autofree char *table = quote (self->name);
  g_autoptr (GString) sql = g_string_new (NULL);
  g_autoptr (GString) places = g_string_new ("?");
  g_autofree char *keys = g_strjoinv (", ", self->keys);
  g_autofree char *order = g_strjoinv (direction == FORWARDS ? ", " : " DESC, ", self->keys);

  for (unsigned i = 1; i < self->key_length; i++)
    g_string_append (places, ", ?");
  g_string_printf (sql,
                   "SELECT %s, %s FROM %s%s WHERE 1",
                   keys,
                   self->columns,
                   table,
                   self->has_rowid ? " NOT INDEXED" : "");
  if (low->length > 0)
    g_string_append_printf (sql, " AND (%s) %s (%s)", keys, with_low ? ">=" : ">", places->str);
  if (high->length > 0)
    g_string_append_printf (sql, " AND (%s) < (%s)", keys, places->str);
  g_string_append_printf (sql, " ORDER BY %s%s", order, direction == FORWARDS ? "" : " DESC");
  return g_string_free (g_steal_pointer (&sql), FALSE);
}

static void
tell (Copy *self, gint64 at_least)
{
  if (self->untold < at_least)
    return;
  if (self->progress != NULL)
    self->progress (self->untold, self->data);
  self->untold = 0;
}

static void
insert (Copy *self, sqlite3_stmt *row)
{
  int result;

  for (unsigned i = 0; i < self->n_columns; i++)
    sqlite3_bind_value (self->insert, i + 1, sqlite3_column_value (row, self->key_length + i));
  result = sqlite3_step (self->insert);
  sqlite3_reset (self->insert);
  if (result == SQLITE_DONE)
    self->kept += sqlite3_changes (self->target);
  else
    mx_sql_set_error (&self->error, self->target, result);
  self->untold++;
  tell (self, TELL);
}

/* Copies from one end of the stretch. TRUE: all of it was read. FALSE: damage; *reached is the last
 * key that was read (unchanged: none). */
static gboolean
scan (Copy *self,
      const MxSalvageKey *low,
      gboolean with_low,
      const MxSalvageKey *high,
      Direction direction,
      MxSalvageKey *reached)
{
  g_autofree char *sql = make_query (self, low, with_low, high, direction);
  sqlite3 *db = mx_salvage_source_get (self->source);
  sqlite3_stmt *row = NULL;
  int result = SQLITE_ERROR;

  if (db != NULL && sqlite3_prepare_v2 (db, sql, -1, &row, NULL) == SQLITE_OK)
    {
      mx_salvage_key_bind (low, row, 1);
      mx_salvage_key_bind (high, row, 1 + (low->length > 0 ? self->key_length : 0));
      while (self->error == NULL && (result = sqlite3_step (row)) == SQLITE_ROW)
        {
          g_auto (MxSalvageKey) key = { 0 };

          if (!mx_salvage_key_read (&key, row, self->key_length))
            break;
          insert (self, row);
          mx_salvage_key_copy (reached, &key);
        }
    }
  sqlite3_finalize (row);
  if (result == SQLITE_DONE)
    return TRUE;
  mx_salvage_source_reset (self->source);
  self->is_damaged = TRUE;
  return FALSE;
}

/* Where the table ends, when its own last page cannot be read: an index may tell. */
static gint64
estimate_end (Copy *self, const MxSalvageKey *low)
{
  g_autoptr (GPtrArray) queries = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *table = quote (self->name);
  sqlite3_stmt *row = NULL;
  gint64 end = 0;

  sqlite3_prepare_v2 (self->target, "SELECT name FROM pragma_index_list (?)", -1, &row, NULL);
  sqlite3_bind_text (row, 1, self->name, -1, SQLITE_STATIC);
  while (sqlite3_step (row) == SQLITE_ROW)
    {
      g_autofree char *index = quote (mx_sql_column_text (row, 0));

      g_ptr_array_add (queries,
                       g_strdup_printf ("SELECT max (%s) FROM %s INDEXED BY %s",
                                        self->keys[0],
                                        table,
                                        index));
    }
  sqlite3_finalize (row);
  for (guint i = 0; i < queries->len; i++)
    if (mx_salvage_source_number (self->source, g_ptr_array_index (queries, i), &end))
      return end < G_MAXINT64 ? end + 1 : end;
  return (low->length > 0 ? MAX (low->parts[0].number, 0) : 0) + (1 << 16);
}

/* Ends of the stretch that nobody knows. */
static void
set_ends (Copy *self, MxSalvageKey *low, MxSalvageKey *high)
{
  if (low->length == 0 && self->types[0] == SQLITE_INTEGER)
    mx_salvage_key_set_number (low, self->types, self->key_length, 0);
  else if (low->length == 0)
    mx_salvage_key_set_lowest (low, self->types, self->key_length);
  if (high->length > 0)
    return;
  mx_salvage_key_set_number (high, self->types, self->key_length, 0);
  if (self->types[0] == SQLITE_INTEGER)
    high->parts[0].number = estimate_end (self, low);
  else
    {
      g_clear_pointer (&high->parts[0].bytes, g_bytes_unref);
      high->parts[0].bytes = g_bytes_new_static ("\xff\xff\xff\xff", 4);
    }
}

/* All rows above low (or from it on) and below high; a key without length: no bound. fruitless: how
 * often in a row nothing was found. */
static void
copy_stretch (Copy *self,
              const MxSalvageKey *low,
              gboolean with_low,
              const MxSalvageKey *high,
              unsigned fruitless)
{
  g_auto (MxSalvageKey) from = { 0 };
  g_auto (MxSalvageKey) to = { 0 };
  g_auto (MxSalvageKey) middle = { 0 };
  gint64 before = self->kept;

  mx_salvage_key_copy (&from, low);
  mx_salvage_key_copy (&to, high);
  if (scan (self, low, with_low, high, FORWARDS, &from) || self->error != NULL)
    return;
  with_low = with_low && self->kept == before;
  if (scan (self, &from, with_low, high, BACKWARDS, &to) || self->error != NULL)
    return;

  fruitless = self->kept == before ? fruitless + 1 : 0;
  if (fruitless > HALVINGS)
    return;
  set_ends (self, &from, &to);
  if (!mx_salvage_key_set_between (&middle, &from, &to))
    return;
  copy_stretch (self, &middle, TRUE, &to, fruitless);
  if (self->error == NULL)
    copy_stretch (self, &from, with_low, &middle, fruitless);
}

static gint64
count_lost (Copy *self)
{
  g_autofree char *table = quote (self->name);
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) FROM %s", table);
  gint64 all = 0;

  if (!self->is_damaged)
    return 0;
  if (!mx_salvage_source_number (self->source, sql, &all) || all < self->kept)
    return -1;
  return all - self->kept;
}

MxSalvagedTable *
mx_salvage_table (MxSalvageSource *source,
                  sqlite3 *target,
                  const char *name,
                  MxSalvageRowsFunc progress,
                  gpointer data,
                  GError **error)
{
  const MxSalvageKey none = { 0 };
  Copy copy = {
    .source = source, .target = target, .name = name, .progress = progress, .data = data
  };
  MxSalvagedTable *result = NULL;

  if (describe (&copy) && prepare_insert (&copy))
    copy_stretch (&copy, &none, FALSE, &none, 0);
  else
    g_set_error (&copy.error,
                 MX_STORE_ERROR,
                 MX_STORE_ERROR_FAILED,
                 "A table of the store cannot be described");
  sqlite3_finalize (copy.insert);
  g_strfreev (copy.keys);
  g_free (copy.columns);
  tell (&copy, 1);

  if (copy.error != NULL)
    {
      g_propagate_error (error, copy.error);
      return NULL;
    }
  result = g_new0 (MxSalvagedTable, 1);
  result->name = g_strdup (name);
  result->kept = copy.kept;
  result->lost = count_lost (&copy);
  return result;
}
