/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The schema's steps: numbered without holes, each leading from the one before, the file whole
 * afterwards. A step that is added gets a case of its own here, from a store of the previous
 * version with content. */
#include "config.h"

#include "store-fixture.h"

#include "mx-sql.h"
#include "mx-store-olm.h"
#include "mx-store-room-sessions.h"
#include "mx-store-to-device.h"
#include "mx-store-verification.h"
#include "mx-store-migrations.h"
#include "mx-store-resources.h"

#include <glib/gstdio.h>
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

static void
run_migration (sqlite3 *db, const char *name)
{
  g_autofree char *path = g_strconcat ("/im/chappe/store/migrations/", name, NULL);
  g_autofree char *version = g_strdup_printf ("PRAGMA user_version = %d", atoi (name));
  g_autoptr (GBytes) sql = g_resource_lookup_data (mx_store_migrations_get_resource (),
                                                   path,
                                                   G_RESOURCE_LOOKUP_FLAGS_NONE,
                                                   NULL);

  g_assert_cmpint (sqlite3_exec (db, g_bytes_get_data (sql, NULL), NULL, NULL, NULL),
                   ==,
                   SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, version, NULL, NULL, NULL), ==, SQLITE_OK);
}

/* A file as the program with these migrations left it. */
static void
make_older (Fixture *self, const char *const *names, const char *content)
{
  g_autoptr (GString) key = g_string_new ("x'");
  gsize size = 0;
  const guint8 *bytes = mx_secret_get_data (self->key, &size);
  sqlite3 *db = NULL;

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (key, "%02x", bytes[i]);
  g_string_append_c (key, '\'');
  g_clear_pointer (&self->store, mx_store_close);
  g_assert_cmpint (g_unlink (self->path), ==, 0);
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_key_v2 (db, "main", key->str, (int) key->len), ==, SQLITE_OK);
  for (unsigned i = 0; names[i] != NULL; i++)
    run_migration (db, names[i]);
  g_assert_cmpint (sqlite3_exec (db, content, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_close (db), ==, SQLITE_OK);
}

/* With an encrypted room in it, by the program without encryption. */
static void
make_version_1 (Fixture *self)
{
  static const char *const names[] = { "0001-initial.sql", NULL };

  make_older (
    self,
    names,
    "INSERT INTO account_values VALUES ('user_id', '" OWN "');"
    "INSERT INTO rooms (id, room_id, membership, is_encrypted) VALUES (1, '" ROOM "', 1, 1);"
    "INSERT INTO rooms (id, room_id, membership, is_encrypted) VALUES (2, '" OTHER "', 1, 0);"
    "INSERT INTO state (room, type, state_key, sender, ts, content) VALUES (1, 'm.room.encryption', '', "
    "'" OWN "', 0, '{\"algorithm\":\"m.megolm.v1.aes-sha2\"}');"
    "INSERT INTO members (room, user_id, membership, is_present, name_key, content) VALUES "
    "(1, '" PAUL "', 1, 1, 'p', '{}'), (2, '" LEA "', 1, 1, 'l', '{}');"
    "INSERT INTO events (id, room, event_id, type, sender, ts, shown, raw) VALUES "
    "(1, 1, '$1', 'm.room.encrypted', '" PAUL "', 7, 2, '{\"content\":{\"session_id\":\"S\"}}'),"
    "(2, 1, '$2', 'm.room.message', '" PAUL "', 8, 2, '{}');");
}

/* What is there already is mirrored, but for what the backup has and where sync stands. */
static void
test_to_version_5 (Fixture *self, gconstpointer unused)
{
  static const char *const names[] = {
    "0001-initial.sql",
    "0002-encryption.sql",
    "0003-covering-indexes.sql",
    "0004-verifications.sql",
    NULL,
  };
  g_autoptr (GError) error = NULL;

  make_older (self,
              names,
              "INSERT INTO account_values VALUES ('user_id', '" OWN "'), ('sliding_pos', '7');"
              "INSERT INTO drafts VALUES ('" ROOM "', 'x');"
              "INSERT INTO outbox (room_id, txn_id, event_type, content, state, created_ms) "
              "VALUES ('" ROOM "', 't', 'm.room.message', '{}', 0, 1);"
              "INSERT INTO olm_account (id, pickle) VALUES (1, x'01');"
              "INSERT INTO secrets VALUES ('m.cross_signing.master', x'02');"
              "INSERT INTO megolm_inbound (room_id, session_id, curve25519, pickle, first_index, "
              "origin, backed_up, received_ms) VALUES ('" ROOM "', 'a', x'', x'', 0, 1, NULL, 1), "
              "('" ROOM "', 'b', x'', x'', 0, 1, '1', 1);");
  self->store = mx_store_open (self->path, self->key, MX_STORE_WRITE, &error);
  g_assert_no_error (error);

  mx_sql_enter (self->store);
  g_assert_cmpint (mx_sql_int (self->store,
                               0,
                               "SELECT count (*) FROM mirror_account_values "
                               "WHERE name = 'user_id' AND value = '" OWN "'",
                               ""),
                   ==,
                   1);
  g_assert_cmpint (
    mx_sql_int (
      self->store,
      0,
      "SELECT (SELECT count (*) FROM mirror_drafts) + (SELECT count (*) FROM mirror_outbox) + "
      "(SELECT count (*) FROM mirror_olm_account) + (SELECT count (*) FROM mirror_secrets) + "
      "(SELECT count (*) FROM mirror_megolm_inbound WHERE session_id = 'a')",
      ""),
    ==,
    5);
  g_assert_cmpint (mx_sql_int (self->store,
                               -1,
                               "SELECT (SELECT count (*) FROM mirror_account_values "
                               "WHERE name = 'sliding_pos') + (SELECT count (*) FROM "
                               "mirror_megolm_inbound WHERE session_id = 'b')",
                               ""),
                   ==,
                   0);
  mx_sql_leave (self->store, NULL);
}

static void
test_to_version_2 (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxRoomEncryption) encryption = NULL;
  g_autofree char *session_id = NULL;

  make_version_1 (self);
  self->store = mx_store_open (self->path, self->key, MX_STORE_WRITE, &error);
  g_assert_no_error (error);

  /* What was encrypted is known to be unread, the room to be encrypted, its members are followed.
   */
  mx_sql_enter (self->store);
  g_assert_cmpint (mx_sql_int (self->store, 0, "SELECT failure FROM events WHERE id = 1", ""),
                   ==,
                   1);
  g_assert_cmpint (mx_sql_int (self->store, 0, "SELECT failure FROM events WHERE id = 2", ""),
                   ==,
                   0);
  session_id = mx_sql_text (self->store, "SELECT session_id FROM events WHERE id = 1", "");
  mx_sql_leave (self->store, NULL);
  g_assert_cmpstr (session_id, ==, "S");
  encryption = mx_store_get_room_encryption (self->store, ROOM);
  g_assert_cmpstr (encryption->algorithm, ==, "m.megolm.v1.aes-sha2");
  g_assert_true (mx_store_is_user_tracked (self->store, PAUL));
  g_assert_true (mx_store_is_user_outdated (self->store, PAUL));
  g_assert_false (mx_store_is_user_tracked (self->store, LEA));
}

static void
use_encryption (Fixture *self)
{
  const guint8 key[MX_STORE_KEY_SIZE] = { 0 };
  MxStoredDevice device = { .user_id = (char *) PAUL,
                            .device_id = (char *) "D",
                            .keys = (char *) "{}" };
  g_autoptr (GBytes) pickle = g_bytes_new_static ("p", 1);
  MxStoredAccount account = { .pickle = pickle, .server_keys = -1 };
  g_autoptr (MxStoredAccount) stored = NULL;
  g_autoptr (MxToDeviceBatch) batch = NULL;
  g_autoptr (GPtrArray) devices = NULL;
  g_autoptr (GPtrArray) wedged = NULL;
  g_autoptr (GPtrArray) sessions = NULL;
  g_auto (GStrv) outdated = NULL;
  const MxStoredVerification verification = { .transaction_id = (char *) "t",
                                              .user_id = (char *) PAUL };
  g_autoptr (GPtrArray) verifications = NULL;
  g_auto (GStrv) unheard = NULL;
  gboolean flag = FALSE;
  gint64 sequence = 0;

  begin (self);
  g_assert_true (mx_store_put_olm_account (self->store, &account, NULL));
  g_assert_true (mx_store_put_olm_session (self->store, PAUL, key, "S", pickle, TRUE, NULL));
  g_assert_true (mx_store_put_olm_session (self->store, PAUL, key, "S", pickle, FALSE, NULL));
  g_assert_true (mx_store_add_wedged (self->store, PAUL, key, NULL));
  g_assert_true (mx_store_note_olm_hash (self->store, key, 1, &flag, NULL));
  g_assert_true (mx_store_track_user (self->store, PAUL, NULL));
  g_assert_true (mx_store_track_room (self->store, ROOM, &flag, NULL));
  g_assert_true (mx_store_mark_user_outdated (self->store, PAUL, NULL));
  g_assert_true (mx_store_put_device (self->store, &device, NULL));
  g_assert_true (mx_store_queue_to_device (self->store, "m.dummy", PAUL, "D", "{}", NULL));
  batch = mx_store_next_to_device (self->store, 250, NULL);
  g_assert_true (mx_store_to_device_sent (self->store, batch->txn_id, NULL));
  wedged = mx_store_load_wedged (self->store);
  g_assert_cmpuint (wedged->len, ==, 1);
  g_assert_true (mx_store_remove_wedged (self->store, PAUL, key, NULL));
  g_assert_true (mx_store_add_verification (self->store, &verification, NULL));
  g_assert_true (mx_store_remove_verification (self->store, NULL, "t", NULL));
  commit (self);
  stored = mx_store_get_olm_account (self->store);
  sessions = mx_store_load_olm_sessions (self->store, PAUL, key);
  g_free (mx_store_get_olm_session_id (self->store, PAUL, key));
  devices = mx_store_load_devices (self->store, PAUL, TRUE);
  mx_stored_device_free (mx_store_find_device (self->store, PAUL, key));
  outdated = mx_store_load_outdated (self->store, 10, &sequence);
  mx_store_is_user_known (self->store, PAUL);
  unheard = mx_store_load_unheard_members (self->store, ROOM, 0, 1);
  verifications = mx_store_load_verifications (self->store);
  mx_store_has_to_device (self->store, mx_store_last_to_device (self->store));
}

/* Something of everything, so that every statement is prepared. */
static void
use_everything (Fixture *self)
{
  MxOutboxRow entry = { .room_id = (char *) ROOM,
                        .txn_id = (char *) "t1",
                        .event_type = (char *) "m.room.message",
                        .content = (char *) "{}" };
  g_autoptr (GPtrArray) island = make_list (make_text ("$4", PAUL, 4, "x"), NULL);
  g_autoptr (GPtrArray) people = make_list (make_member ("$m", PAUL, "join", "P"), NULL);
  g_autoptr (GPtrArray) rooms = NULL;
  g_autoptr (GPtrArray) members = NULL;
  g_autoptr (GPtrArray) receipts = NULL;
  g_autoptr (GBytes) picture = g_bytes_new_static ("x", 1);
  g_autofree char *text = NULL;
  MxSyncDelta *delta;
  MxRoomDelta *room;
  MxTimelineKey key;

  sync_events (self,
               TRUE,
               "p9",
               make_member ("$m", PAUL, "join", "P"),
               make_text ("$9", PAUL, 9, "x"),
               make_reaction ("$10", LEA, 10, "$9", "+"),
               make_redaction ("$11", PAUL, 11, "$1"),
               NULL);
  sync_events (self,
               TRUE,
               "p20",
               make_text ("$20", PAUL, 20, "x"),
               make_edit ("$21", PAUL, 21, "$20", "y"),
               NULL);
  delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  delta_add_receipt (room, OWN, "$9", 12);
  delta_add_receipt (room, PAUL, "$20", 22);
  delta_add_account_data (&delta->account_data, "m.ignored_user_list", "{}");
  delta_add_account_data (&room->account_data, "m.fully_read", "{'event_id':'$9'}");
  room->notification_count = 1;
  apply (self, delta);
  begin (self);
  g_assert_true (mx_store_outbox_add (self->store, &entry, self->changes, NULL));
  g_assert_true (
    mx_store_apply_context (self->store, ROOM, island, "a", "b", NULL, self->changes, NULL));
  g_assert_true (mx_store_apply_members (self->store, ROOM, people, self->changes, NULL));
  g_assert_true (mx_store_outbox_set_state (
    self->store, "t1", MX_OUTBOX_SENT, "$20", NULL, self->changes, NULL));
  g_assert_true (mx_store_media_put (self->store, "mxc://x/y", "full", picture, 100, NULL));
  g_assert_true (mx_store_set_own_receipt (self->store, ROOM, "$20", TRUE, self->changes, NULL));
  g_assert_true (mx_store_mark_all_gappy (self->store, NULL));
  commit (self);
  fill (self,
        "p20",
        "p9",
        make_text ("$19", PAUL, 19, "x"),
        make_text ("$9", PAUL, 9, "x"),
        make_text ("$8", PAUL, 8, "x"),
        NULL);
  text = describe (self, ROOM);
  rooms = mx_store_load_rooms (self->store, FALSE, NULL);
  members = mx_store_load_members (self->store, ROOM, NULL, 0, 9, NULL);
  receipts = mx_store_load_receipts (self->store, ROOM, "$20");
  mx_store_find_first_unread (self->store, ROOM, &key);
  mx_store_find_date (self->store, ROOM, 1, &key);
  g_free (mx_store_find_own_last (self->store, ROOM, OWN));
  g_free (mx_store_last_event_id (self->store, ROOM));
}

/* No statement reads a whole table or sorts one, but for those that are meant to. */
static void
test_plans (Fixture *self, gconstpointer unused)
{
  static const char *const allowed[] = {
    "SCAN room_rows", /* the room list */
    "SCAN rooms",     /* new rules: every room; typing, once at open */
    "SCAN media USING COVERING INDEX media_by_use",
    "SCAN media USING INDEX media_by_use", /* the first one only */
    "SCAN blocks",                         /* a lost sync position: every room */
    "SCAN outbox",
    "SCAN verifications",                                   /* those that are running */
    "SCAN to_device_queue USING INDEX to_device_under_way", /* those of one request */
    "SCAN w",                                               /* damaged Olm sessions: few */
    "SCAN (subquery",                                       /* no more than its limit */
    "SCAN sqlite_master",
  };
  GHashTableIter iter;
  gpointer sql;
  guint looked = 0;

  use_everything (self);
  use_encryption (self);
  g_hash_table_iter_init (&iter, self->store->statements);
  while (g_hash_table_iter_next (&iter, &sql, NULL))
    {
      g_autofree char *question = g_strconcat ("EXPLAIN QUERY PLAN ", sql, NULL);
      sqlite3_stmt *statement = NULL;

      if (g_str_has_prefix (sql, "PRAGMA") || g_str_has_prefix (sql, "BEGIN"))
        continue;
      looked++;
      g_assert_cmpint (sqlite3_prepare_v2 (self->store->db, question, -1, &statement, NULL),
                       ==,
                       SQLITE_OK);
      while (sqlite3_step (statement) == SQLITE_ROW)
        {
          const char *step = mx_sql_column_text (statement, 3);
          gboolean fine =
            !g_str_has_prefix (step, "SCAN") || g_str_has_prefix (step, "SCAN CONSTANT");

          for (guint i = 0; i < G_N_ELEMENTS (allowed); i++)
            fine |= g_str_has_prefix (step, allowed[i]);
          if (!fine)
            g_test_fail_printf ("%s: %s", step, (const char *) sql);
          /* Sorting is for the few that hang on one event or one room. */
          if (strstr (step, "TEMP B-TREE") != NULL)
            g_test_message ("%s: %s", step, (const char *) sql);
        }
      sqlite3_finalize (statement);
    }
  g_assert_cmpuint (looked, >, 60);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/migrations/numbers", test_numbers);
  g_test_add ("/migrations/fresh", Fixture, NULL, fixture_set_up, test_fresh, fixture_tear_down);
  g_test_add ("/migrations/to-version-2",
              Fixture,
              NULL,
              fixture_set_up,
              test_to_version_2,
              fixture_tear_down);
  g_test_add ("/migrations/to-version-5",
              Fixture,
              NULL,
              fixture_set_up,
              test_to_version_5,
              fixture_tear_down);
  g_test_add ("/migrations/interrupted",
              Fixture,
              NULL,
              fixture_set_up,
              test_interrupted,
              fixture_tear_down);
  g_test_add ("/migrations/plans", Fixture, NULL, fixture_set_up, test_plans, fixture_tear_down);
  return g_test_run ();
}
