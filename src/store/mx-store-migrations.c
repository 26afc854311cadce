/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-migrations.h. The version is the number in the file's name and in PRAGMA
 * user_version. */
#include "config.h"

#include "mx-store-migrations.h"

#include "mx-error.h"
#include "mx-sql.h"
#include "mx-store-resources.h"

#include <stdlib.h>
#include <string.h>

#define FOLDER "/im/chappe/store/migrations"

static int
compare_names (const void *a, const void *b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* In the order of their numbers. */
static char **
list_files (void)
{
  char **names = g_resource_enumerate_children (mx_store_migrations_get_resource (),
                                                FOLDER,
                                                G_RESOURCE_LOOKUP_FLAGS_NONE,
                                                NULL);

  g_assert (names != NULL);
  qsort (names, g_strv_length (names), sizeof (char *), compare_names);
  return names;
}

int
mx_store_migrations_get_current (void)
{
  g_auto (GStrv) names = list_files ();
  int current = 0;

  for (unsigned i = 0; names[i] != NULL; i++)
    current = MAX (current, atoi (names[i]));
  return current;
}

static gboolean
run_file (MxStore *self, const char *name)
{
  g_autofree char *path = g_strdup_printf (FOLDER "/%s", name);
  g_autofree char *version = g_strdup_printf ("PRAGMA user_version = %d", atoi (name));
  g_autoptr (GBytes) sql = g_resource_lookup_data (mx_store_migrations_get_resource (),
                                                   path,
                                                   G_RESOURCE_LOOKUP_FLAGS_NONE,
                                                   NULL);

  g_assert (sql != NULL);
  mx_sql_script (self, "BEGIN IMMEDIATE");
  mx_sql_script (self, g_bytes_get_data (sql, NULL));
  mx_sql_script (self, version);
  mx_sql_script (self, "COMMIT");
  if (self->failure != NULL && !sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  return self->failure == NULL;
}

gboolean
mx_store_migrations_run (MxStore *self, GError **error)
{
  g_auto (GStrv) names = list_files ();
  gint64 version = mx_sql_int (self, 0, "PRAGMA user_version", "");
  int current = mx_store_migrations_get_current ();

  if (self->failure == NULL && version > current)
    {
      g_set_error (error,
                   MX_STORE_ERROR,
                   MX_STORE_ERROR_TOO_NEW,
                   "The store has schema %" G_GINT64_FORMAT ", this program knows %d",
                   version,
                   current);
      return FALSE;
    }
  if (self->failure == NULL && version < current && self->mode == MX_STORE_READ)
    {
      g_set_error (error,
                   MX_STORE_ERROR,
                   MX_STORE_ERROR_FAILED,
                   "The store has schema %" G_GINT64_FORMAT ": open it for writing first",
                   version);
      return FALSE;
    }

  for (unsigned i = 0; names[i] != NULL; i++)
    if (atoi (names[i]) > version && !run_file (self, names[i]))
      break;

  if (self->failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&self->failure));
  return FALSE;
}
