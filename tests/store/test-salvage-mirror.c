/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What nobody else has is in the store twice: the page from which all of a table is reached is
 * overwritten, and nothing of the table is lost. */
#include "config.h"

#include "salvage-fixture.h"

#include "mx-sql.h"

#include <string.h>

#define TOKENS "('sliding_pos', 'sliding_total', 'classic_token', 'to_device_token')"

/* A table and what of it is mirrored. */
typedef struct
{
  const char *name;
  const char *rows;
} Mirrored;

static const Mirrored mirrored[] = {
  { "account_values", "account_values WHERE name NOT IN " TOKENS },
  { "drafts", "drafts" },
  { "outbox", "outbox" },
  { "olm_account", "olm_account" },
  { "identities", "identities" },
  { "secrets", "secrets" },
  { "megolm_inbound", "megolm_inbound WHERE backed_up IS NULL" },
};

/* So many rows of each that they need several pages: the first leads to the others. */
#define NUMBERS "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) "

static const char *const filling[] = {
  NUMBERS "INSERT INTO account_values SELECT 'v' || i, hex (randomblob (50)) FROM n",
  "INSERT INTO account_values VALUES ('classic_token', 's1')",
  NUMBERS "INSERT INTO drafts SELECT '!' || i, hex (randomblob (50)) FROM n",
  NUMBERS "INSERT INTO outbox (room_id, txn_id, event_type, content, state, created_ms) "
          "SELECT '!r', 't' || i, 'm.room.message', hex (randomblob (50)), 0, i FROM n",
  "INSERT INTO olm_account (id, pickle) VALUES (1, randomblob (9000))",
  NUMBERS "INSERT INTO identities (user_id, master, master_key, pinned_key, is_verified) "
          "SELECT '@' || i, '{}', randomblob (32), randomblob (32), i % 2 FROM n",
  NUMBERS "INSERT INTO secrets SELECT 's' || i, randomblob (60) FROM n",
  NUMBERS "INSERT INTO megolm_inbound (room_id, session_id, curve25519, pickle, first_index, "
          "origin, backed_up, received_ms) "
          "SELECT '!r', 's' || i, randomblob (32), randomblob (200), 0, 1, "
          "CASE WHEN i % 3 = 0 THEN '1' END, i FROM n",
};

static void
fill_tables (Fixture *self)
{
  begin (self);
  for (guint i = 0; i < G_N_ELEMENTS (filling); i++)
    run_sql (self, filling[i]);
  commit (self);
}

static gint64
read_number (Fixture *self, const char *sql)
{
  sqlite3_stmt *row = NULL;
  gint64 number;

  g_assert_cmpint (sqlite3_prepare_v2 (self->store->db, sql, -1, &row, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (row), ==, SQLITE_ROW);
  number = sqlite3_column_int64 (row, 0);
  g_assert_cmpint (sqlite3_finalize (row), ==, SQLITE_OK);
  return number;
}

/* The page that leads to all of a table. */
static goffset
find_root (Fixture *self, const char *prefix, const char *table)
{
  g_autofree char *sql = g_strdup_printf ("SELECT rootpage FROM sqlite_schema WHERE type = 'table' "
                                          "AND name = '%s%s'",
                                          prefix,
                                          table);

  return (read_number (self, sql) - 1) * PAGE;
}

/* Table and mirror say the same. */
static void
assert_mirrors (Fixture *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (mirrored); i++)
    {
      g_autofree char *mirror = g_strdup_printf ("mirror_%s", mirrored[i].name);
      g_autoptr (GHashTable) original = read_rows (self->store, mirrored[i].rows);
      g_autoptr (GHashTable) copy = read_rows (self->store, mirror);
      GHashTableIter iter;
      gpointer row;

      g_assert_cmpuint (g_hash_table_size (original), ==, g_hash_table_size (copy));
      g_hash_table_iter_init (&iter, original);
      while (g_hash_table_iter_next (&iter, &row, NULL))
        g_assert_true (g_hash_table_contains (copy, row));
    }
}

/* All of before is in the table. */
static void
assert_contains (Fixture *self, const char *table, GHashTable *before)
{
  g_autoptr (GHashTable) after = read_rows (self->store, table);
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    g_assert_true (g_hash_table_contains (after, row));
}

static void
test_root (Fixture *self, gconstpointer data)
{
  const Mirrored *table = data;
  g_autoptr (MxSalvage) report = NULL;
  g_autoptr (GHashTable) before = NULL;
  g_autofree char *broken = NULL;
  g_autofree char *token = NULL;
  goffset root;

  fill_tables (self);
  before = read_rows (self->store, table->rows);
  g_assert_cmpuint (g_hash_table_size (before), >, 0);
  root = find_root (self, "", table->name);
  g_clear_pointer (&self->store, mx_store_close);
  overwrite (self->path, root, PAGE);

  report = salvage (self);
  fixture_reopen (self);
  assert_contains (self, table->name, before);
  assert_mirrors (self);
  broken = mx_store_get_value (self->store, "device_broken");
  g_assert_null (broken);
  /* The server is asked for everything anew. */
  token = mx_store_get_value (self->store, "classic_token");
  g_assert_null (token);
  g_assert_false (report->lost_own_words || report->lost_account || report->lost_history);
  /* Only keys that the backup has. */
  g_assert_cmpint (report->lost_keys, ==, g_str_equal (table->name, "megolm_inbound"));
}

/* The mirror is what is damaged: made anew, nothing to tell. */
static void
test_mirror (Fixture *self, gconstpointer data)
{
  const Mirrored *table = data;
  g_autoptr (MxSalvage) report = NULL;
  goffset root;

  fill_tables (self);
  root = find_root (self, "mirror_", table->name);
  g_clear_pointer (&self->store, mx_store_close);
  overwrite (self->path, root, PAGE);

  report = salvage (self);
  fixture_reopen (self);
  assert_mirrors (self);
  g_assert_cmpint (report->lost, ==, 0);
  g_assert_cmpuint (report->tables->len, ==, 0);
}

/* Both are gone: said so, and the device does not go on. */
static void
test_both (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxSalvage) report = NULL;
  g_autofree char *broken = NULL;
  goffset root, mirror;

  fill_tables (self);
  root = find_root (self, "", "olm_account");
  mirror = find_root (self, "mirror_", "olm_account");
  g_clear_pointer (&self->store, mx_store_close);
  overwrite (self->path, root, PAGE);
  overwrite (self->path, mirror, PAGE);

  report = salvage (self);
  fixture_reopen (self);
  g_assert_true (report->lost_keys);
  broken = mx_store_get_value (self->store, "device_broken");
  g_assert_nonnull (broken);
}

/* With pieces of the log the newest state of the account may be gone: what the mirror has may be
 * older, and one-time keys would be used again. */
static void
test_older (Fixture *self, gconstpointer unused)
{
  g_autofree char *wal = g_strconcat (self->path, "-wal", NULL);
  g_autoptr (MxSalvage) report = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GBytes) log = NULL;
  g_autofree char *broken = NULL;
  g_autofree char *generation = NULL;
  goffset root;

  fill_tables (self);
  run_sql (self, "INSERT INTO account_values VALUES ('device_generation', '5')");
  fixture_reopen (self);
  for (guint i = 0; i < 20; i++)
    run_sql (self, "UPDATE account_values SET value = hex (randomblob (50)) WHERE name = 'v1'");
  root = find_root (self, "", "olm_account");
  /* As a crash leaves it: with its log. */
  file = read_file (self->path);
  log = read_file (wal);
  g_clear_pointer (&self->store, mx_store_close);
  write_file (self->path, file);
  write_file (wal, log);
  overwrite (self->path, root, PAGE);
  overwrite (wal, 32 + 3 * (24 + PAGE) + 24 + 500, 100);

  report = salvage (self);
  fixture_reopen (self);
  g_assert_cmpuint (report->lost_changes, >, 0);
  g_assert_cmpint (read_number (self, "SELECT count (*) FROM olm_account"), ==, 0);
  generation = mx_store_get_value (self->store, "device_generation");
  g_assert_cmpstr (generation, ==, "0");
  broken = mx_store_get_value (self->store, "device_broken");
  g_assert_nonnull (broken);
}

/* Whatever is written, by whatever kind of statement. */
static void
test_follows (Fixture *self, gconstpointer unused)
{
  static const char *const writes[] = {
    "INSERT OR REPLACE INTO drafts VALUES ('!1', 'another'), ('!new', 'new')",
    "INSERT OR IGNORE INTO drafts VALUES ('!1', 'ignored'), ('!newer', 'new')",
    "INSERT INTO account_values VALUES ('v1', 'x'), ('v-new', 'y') "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    "UPDATE account_values SET value = 'z' WHERE name LIKE 'v2%'",
    "DELETE FROM account_values WHERE name LIKE 'v3%'",
    "UPDATE outbox SET state = 2, attempts = attempts + 1 WHERE id % 2 = 0",
    "DELETE FROM outbox WHERE id % 3 = 0",
    "INSERT OR REPLACE INTO olm_account (id, pickle) VALUES (1, randomblob (5000))",
    "UPDATE olm_account SET server_keys = 7",
    "INSERT OR REPLACE INTO secrets VALUES ('s1', x'00')",
    "DELETE FROM secrets WHERE name = 's2'",
    "UPDATE identities SET is_verified = 1, was_verified = 1",
    "UPDATE megolm_inbound SET backed_up = '1' WHERE id % 5 = 0",
    "UPDATE megolm_inbound SET backed_up = NULL, first_index = 7 WHERE id % 7 = 0",
    "DELETE FROM megolm_inbound WHERE id % 11 = 0",
    /* What is replaced is found by another key than the first. */
    "INSERT OR REPLACE INTO outbox (id, room_id, txn_id, event_type, content, state, created_ms) "
    "SELECT id + 100000, room_id, txn_id, 't', '{}', 0, 1 FROM outbox WHERE id % 5 = 1",
    "INSERT OR REPLACE INTO megolm_inbound (room_id, session_id, curve25519, pickle, first_index, "
    "origin, received_ms) SELECT room_id, session_id, curve25519, x'01', 0, 0, 2 "
    "FROM megolm_inbound WHERE id % 5 = 1",
  };

  fill_tables (self);
  assert_mirrors (self);
  for (guint i = 0; i < G_N_ELEMENTS (writes); i++)
    {
      run_sql (self, writes[i]);
      assert_mirrors (self);
      /* Nor is half of it left when it is taken back. */
      begin (self);
      run_sql (self, writes[i]);
      run_sql (self, "DELETE FROM drafts; DELETE FROM secrets; DELETE FROM outbox");
      mx_store_rollback (self->store);
      assert_mirrors (self);
    }
}

#define TEST(path, data, func)                                                                     \
  g_test_add (path, Fixture, data, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (mirrored); i++)
    {
      g_autofree char *root = g_strdup_printf ("/store/salvage-mirror/root/%s", mirrored[i].name);
      g_autofree char *mirror =
        g_strdup_printf ("/store/salvage-mirror/mirror/%s", mirrored[i].name);

      TEST (root, &mirrored[i], test_root);
      TEST (mirror, &mirrored[i], test_mirror);
    }
  TEST ("/store/salvage-mirror/both", NULL, test_both);
  TEST ("/store/salvage-mirror/older", NULL, test_older);
  TEST ("/store/salvage-mirror/follows", NULL, test_follows);

  return g_test_run ();
}
