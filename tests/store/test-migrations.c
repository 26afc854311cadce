/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The schema's steps: numbered without holes, each leading from the one before, the file whole
 * afterwards. A step that is added gets a case of its own here, from a store of the previous
 * version with content. */
#include "config.h"

#include "store-fixture.h"

#include "mx-sql.h"
#include "mx-store-migrations.h"
#include "mx-store-resources.h"

#include <stdlib.h>
#include <string.h>

static void
test_numbers (void)
{
  g_auto (GStrv) names = g_resource_enumerate_children (mx_store_migrations_get_resource (),
                                                        "/im/chappe/store/migrations",
                                                        G_RESOURCE_LOOKUP_FLAGS_NONE,
                                                        NULL);
  int current = mx_store_migrations_get_current ();
  g_autofree gboolean *seen = g_new0 (gboolean, current + 1);

  g_assert_cmpint (g_strv_length (names), ==, current);
  for (guint i = 0; names[i] != NULL; i++)
    {
      int number = atoi (names[i]);

      g_assert_cmpint (number, >=, 1);
      g_assert_false (seen[number]);
      seen[number] = TRUE;
      g_assert_true (g_str_has_suffix (names[i], ".sql"));
    }
}

static void
test_fresh (Fixture *self, gconstpointer unused)
{
  g_autofree char *report = mx_store_health (self->store);

  mx_sql_enter (self->store);
  g_assert_cmpint (mx_sql_int (self->store, 0, "PRAGMA user_version", ""),
                   ==,
                   mx_store_migrations_get_current ());
  g_assert_cmpint (mx_sql_int (self->store, 0, "PRAGMA foreign_keys", ""), ==, 1);
  g_assert_cmpint (mx_sql_int (self->store, 0, "PRAGMA synchronous", ""), ==, 2);
  mx_sql_leave (self->store, NULL);
  g_assert_nonnull (strstr (report, "integrity: ok"));
  g_assert_nonnull (strstr (report, "authentication: ok"));
}

/* A step that fails leaves the version before, and nothing of itself. */
static void
test_interrupted (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  MxStore *store;

  mx_sql_enter (self->store);
  mx_sql_script (self->store, "COMMIT; DROP TABLE media; PRAGMA user_version = 0");
  mx_sql_leave (self->store, NULL);
  g_clear_pointer (&self->store, mx_store_close);
  /* The tables are there although the version says otherwise. */
  store = mx_store_open (self->path, self->key, MX_STORE_WRITE, &error);
  g_assert_null (store);
  g_assert_nonnull (error);
  g_clear_error (&error);
  store = mx_store_open (self->path, self->key, MX_STORE_READ, &error);
  g_assert_null (store);
}

/* No question of the timeline or of the counts reads a whole room. */
static void
test_plans (Fixture *self, gconstpointer unused)
{
  static const char *const questions[] = {
    "SELECT e.ts FROM blocks AS b CROSS JOIN events AS e INDEXED BY events_messages ON e.block = b.id AND e.shown = 2 "
    "WHERE b.room = 1 AND b.is_detached = 0 ORDER BY b.rank DESC, e.position DESC LIMIT 9",
    "SELECT b.rank FROM blocks AS b CROSS JOIN events AS e INDEXED BY events_rows ON e.block = b.id AND e.shown > 0 "
    "AND e.position > iif (b.rank = 1, 2, -9) WHERE b.room = 1 AND b.rank >= 1 ORDER BY b.rank, e.position LIMIT 1",
    "SELECT position FROM events INDEXED BY events_rows WHERE block = 1 AND shown > 0 AND position < 9 "
    "ORDER BY position DESC LIMIT 9",
    "SELECT user_id FROM members AS m INDEXED BY members_in_order WHERE m.room = 1 AND m.is_present = 1 "
    "ORDER BY m.power DESC, m.name_key, m.user_id LIMIT 9",
  };

  for (guint i = 0; i < G_N_ELEMENTS (questions); i++)
    {
      g_autofree char *sql = g_strconcat ("EXPLAIN QUERY PLAN ", questions[i], NULL);
      sqlite3_stmt *statement = NULL;

      g_assert_cmpint (sqlite3_prepare_v2 (self->store->db, sql, -1, &statement, NULL),
                       ==,
                       SQLITE_OK);
      while (sqlite3_step (statement) == SQLITE_ROW)
        {
          const char *step = mx_sql_column_text (statement, 3);

          g_test_message ("%s", step);
          g_assert_null (strstr (step, "TEMP B-TREE"));
          g_assert_false (g_str_has_prefix (step, "SCAN"));
        }
      sqlite3_finalize (statement);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/migrations/numbers", test_numbers);
  g_test_add ("/migrations/fresh", Fixture, NULL, fixture_set_up, test_fresh, fixture_tear_down);
  g_test_add ("/migrations/interrupted",
              Fixture,
              NULL,
              fixture_set_up,
              test_interrupted,
              fixture_tear_down);
  g_test_add ("/migrations/plans", Fixture, NULL, fixture_set_up, test_plans, fixture_tear_down);
  return g_test_run ();
}
