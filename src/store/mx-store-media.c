/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Cached media; see mx-store-media.h. The reading connection cannot write that it used an entry, so
 * it leaves a note in this process, which the next put takes along. */
#include "config.h"

#include "mx-store-media.h"

#include "mx-sql.h"

static GMutex used_lock;
static GHashTable *used; /* path → set of media.id used since the last put */

static void
note_use (MxStore *self, gint64 id)
{
  GHashTable *ids;

  g_mutex_lock (&used_lock);
  if (used == NULL)
    used =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_hash_table_unref);
  ids = g_hash_table_lookup (used, self->path);
  if (ids == NULL)
    {
      ids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      g_hash_table_insert (used, g_strdup (self->path), ids);
    }
  g_hash_table_add (ids, g_memdup2 (&id, sizeof id));
  g_mutex_unlock (&used_lock);
}

static void
write_uses (MxStore *self)
{
  g_autoptr (GHashTable) ids = NULL;
  gint64 now = g_get_real_time ();
  GHashTableIter iter;
  gpointer id;

  g_mutex_lock (&used_lock);
  if (used != NULL)
    {
      g_autofree char *path = NULL;

      g_hash_table_steal_extended (used, self->path, (gpointer *) &path, (gpointer *) &ids);
    }
  g_mutex_unlock (&used_lock);
  if (ids == NULL)
    return;

  g_hash_table_iter_init (&iter, ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    mx_sql_run (self, "UPDATE media SET used_us = ? WHERE id = ?", "ll", now, *(gint64 *) id);
}

GBytes *
mx_store_media_get (MxStore *self, const char *mxc, const char *variant)
{
  GBytes *data = NULL;
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT id, data FROM media WHERE mxc = ? AND variant = ?",
                      "ss",
                      mxc,
                      variant);
  if (mx_sql_step (self, row))
    {
      note_use (self, sqlite3_column_int64 (row, 0));
      data = g_bytes_new (sqlite3_column_blob (row, 1), sqlite3_column_bytes (row, 1));
      mx_sql_done (row);
    }
  mx_sql_leave_logged (self);
  return data;
}

/* Counting reads the whole index, so it is done once. */
static void
evict (MxStore *self, gint64 budget)
{
  if (self->media_total < 0)
    self->media_total = mx_sql_int (self, 0, "SELECT sum (size) FROM media", "");

  while (self->media_total > budget && self->failure == NULL)
    {
      gint64 id, size;
      sqlite3_stmt *row = mx_sql_query (
        self,
        "SELECT id, size FROM media INDEXED BY media_by_use ORDER BY used_us, size LIMIT 1",
        "");

      if (!mx_sql_step (self, row))
        break;
      id = sqlite3_column_int64 (row, 0);
      size = sqlite3_column_int64 (row, 1);
      mx_sql_done (row);
      mx_sql_run (self, "DELETE FROM media WHERE id = ?", "l", id);
      self->media_total -= size;
    }
}

gboolean
mx_store_media_trim (MxStore *self, gint64 budget, GError **error)
{
  mx_sql_enter_write (self);
  write_uses (self);
  evict (self, budget);
  return mx_sql_leave (self, error);
}

gboolean
mx_store_media_put (MxStore *self,
                    const char *mxc,
                    const char *variant,
                    GBytes *data,
                    gint64 budget,
                    GError **error)
{
  gint64 size = g_bytes_get_size (data);

  mx_sql_enter_write (self);
  write_uses (self);
  /* What does not fit at all would only push out everything else. */
  if (size <= budget)
    {
      gint64 replaced = mx_sql_int (self,
                                    0,
                                    "SELECT size FROM media WHERE mxc = ? AND variant = ?",
                                    "ss",
                                    mxc,
                                    variant);

      mx_sql_run (
        self,
        "INSERT OR REPLACE INTO media (mxc, variant, size, used_us, data) VALUES (?, ?, ?, ?, ?)",
        "ssllb",
        mxc,
        variant,
        size,
        g_get_real_time (),
        data);
      if (self->media_total >= 0)
        self->media_total += size - replaced;
    }
  evict (self, budget);
  return mx_sql_leave (self, error);
}
