/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The file itself: encrypted, refused with the wrong key, owned by one process, whole after a kill.
 */
#include "config.h"

#include "store-fixture.h"

#include "mx-error.h"
#include "mx-sql.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void
assert_refused (const char *path, MxSecret *key, MxStoreMode mode, MxStoreError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxStore) store = mx_store_open (path, key, mode, &error);

  g_assert_null (store);
  g_assert_error (error, MX_STORE_ERROR, (int) code);
}

static char *
read_file (const char *path, gsize *size)
{
  g_autoptr (GError) error = NULL;
  char *data = NULL;

  g_file_get_contents (path, &data, size, &error);
  g_assert_no_error (error);
  return data;
}

static void
add_messages (Fixture *self, guint from, guint count)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);

  for (guint i = from; i < from + count; i++)
    {
      g_autofree char *id = g_strdup_printf ("$%u", i);

      delta_add (room, make_text (id, PAUL, i, "Secret de polichinelle"));
    }
  apply (self, delta);
}

static void
test_encrypted (Fixture *self, gconstpointer unused)
{
  static const char *const needles[] = {
    "SQLite format", "polichinelle", "CREATE TABLE", "example.org"
  };
  g_autofree char *wal_path = g_strconcat (self->path, "-wal", NULL);
  g_autofree char *wal = NULL;
  g_autofree char *main_file = NULL;
  gsize wal_size, size;
  struct stat status;

  add_messages (self, 0, 200);
  wal = read_file (wal_path, &wal_size);
  g_clear_pointer (&self->store, mx_store_close);
  main_file = read_file (self->path, &size);

  g_assert_cmpuint (size, >, 16 * 4096);
  g_assert_cmpint (memcmp (main_file, "SQLite format 3", 16), !=, 0);
  for (guint i = 0; i < G_N_ELEMENTS (needles); i++)
    {
      g_assert_null (memmem (main_file, size, needles[i], strlen (needles[i])));
      g_assert_null (memmem (wal, wal_size, needles[i], strlen (needles[i])));
    }
  g_assert_cmpint (stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
test_plain_file (Fixture *self, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (self->folder, "plain.db", NULL);
  sqlite3 *db = NULL;

  g_clear_pointer (&self->store, mx_store_close);
  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (
    sqlite3_exec (db, "CREATE TABLE t (a); INSERT INTO t VALUES (1)", NULL, NULL, NULL),
    ==,
    SQLITE_OK);
  sqlite3_close (db);
  assert_refused (path, self->key, MX_STORE_WRITE, MX_STORE_ERROR_NOT_ENCRYPTED);
  assert_refused (path, self->key, MX_STORE_READ, MX_STORE_ERROR_NOT_ENCRYPTED);
}

static void
test_wrong_key (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxSecret) wrong = mx_secret_new_random (32);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize before_size, after_size;

  add_messages (self, 0, 100);
  g_clear_pointer (&self->store, mx_store_close);
  before = read_file (self->path, &before_size);
  assert_refused (self->path, wrong, MX_STORE_WRITE, MX_STORE_ERROR_WRONG_KEY);
  assert_refused (self->path, wrong, MX_STORE_READ, MX_STORE_ERROR_WRONG_KEY);
  after = read_file (self->path, &after_size);
  g_assert_cmpmem (before, before_size, after, after_size);
  fixture_reopen (self);
}

/* A crash left a write-ahead log: the wrong key must not touch that either. */
static void
test_wrong_key_with_log (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxSecret) wrong = mx_secret_new_random (32);
  g_autofree char *wal_path = g_strconcat (self->path, "-wal", NULL);
  g_autofree char *copy = g_build_filename (self->folder, "copy.db", NULL);
  g_autofree char *copy_wal = g_strconcat (copy, "-wal", NULL);
  g_autofree char *data = NULL;
  g_autofree char *wal = NULL;
  g_autofree char *after = NULL;
  MxTimelineRow *row;
  gsize size, wal_size, after_size;

  add_messages (self, 0, 100);
  data = read_file (self->path, &size);
  wal = read_file (wal_path, &wal_size);
  g_assert_cmpuint (wal_size, >, 0);
  g_file_set_contents (copy, data, size, NULL);
  g_file_set_contents (copy_wal, wal, wal_size, NULL);
  g_clear_pointer (&self->store, mx_store_close);

  assert_refused (copy, wrong, MX_STORE_WRITE, MX_STORE_ERROR_WRONG_KEY);
  after = read_file (copy_wal, &after_size);
  g_assert_cmpmem (wal, wal_size, after, after_size);

  g_free (self->path);
  self->path = g_steal_pointer (&copy);
  fixture_reopen (self);
  row = mx_store_load_event (self->store, ROOM, "$99", NULL);
  g_assert_nonnull (row);
  mx_timeline_row_free (row);
}

static void
damage (const char *path, goffset offset, gsize count)
{
  int fd = open (path, O_WRONLY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  for (gsize i = 0; i < count; i++)
    g_assert_cmpint (pwrite (fd, "x", 1, offset + i), ==, 1);
  close (fd);
}

static void
test_damaged_first_page (Fixture *self, gconstpointer unused)
{
  add_messages (self, 0, 100);
  g_clear_pointer (&self->store, mx_store_close);
  damage (self->path, 100, 64);
  assert_refused (self->path, self->key, MX_STORE_WRITE, MX_STORE_ERROR_DAMAGED);
}

static void
test_damaged_inside (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *report = NULL;
  gsize size;

  add_messages (self, 0, 500);
  g_clear_pointer (&self->store, mx_store_close);
  g_free (read_file (self->path, &size));
  for (goffset page = 100; page < (goffset) (size / 4096); page++)
    damage (self->path, page * 4096 + 200, 16);
  fixture_reopen (self);
  rows = mx_store_load_before (self->store, ROOM, NULL, 1000, NULL, &error);
  g_assert_null (rows);
  g_assert_error (error, MX_STORE_ERROR, MX_STORE_ERROR_DAMAGED);
  report = mx_store_health (self->store);
  g_assert_nonnull (strstr (report, "findings"));
}

static void
test_truncated (Fixture *self, gconstpointer unused)
{
  add_messages (self, 0, 100);
  g_clear_pointer (&self->store, mx_store_close);
  g_assert_cmpint (truncate (self->path, 1000), ==, 0);
  assert_refused (self->path, self->key, MX_STORE_WRITE, MX_STORE_ERROR_DAMAGED);
}

static void
test_lock (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxStore) reader = NULL;

  assert_refused (self->path, self->key, MX_STORE_WRITE, MX_STORE_ERROR_BUSY);
  reader = mx_store_open (self->path, self->key, MX_STORE_READ, &error);
  g_assert_no_error (error);
  g_assert_nonnull (reader);
}

static void
test_missing (Fixture *self, gconstpointer unused)
{
  g_autofree char *path = g_build_filename (self->folder, "none.db", NULL);

  assert_refused (path, self->key, MX_STORE_READ, MX_STORE_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_newer_schema (Fixture *self, gconstpointer unused)
{
  static const char digits[] = "0123456789abcdef";
  g_autoptr (GString) pragma = g_string_new ("PRAGMA key = \"x'");
  const guint8 *data = mx_secret_get_data (self->key, NULL);
  sqlite3 *db = NULL;

  g_clear_pointer (&self->store, mx_store_close);
  for (guint i = 0; i < 32; i++)
    g_string_append_printf (pragma, "%c%c", digits[data[i] >> 4], digits[data[i] & 15]);
  g_string_append (pragma, "'\"");
  g_assert_cmpint (sqlite3_open (self->path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, pragma->str, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, "PRAGMA user_version = 9999", NULL, NULL, NULL),
                   ==,
                   SQLITE_OK);
  sqlite3_close (db);
  assert_refused (self->path, self->key, MX_STORE_WRITE, MX_STORE_ERROR_TOO_NEW);
  assert_refused (self->path, self->key, MX_STORE_READ, MX_STORE_ERROR_TOO_NEW);
}

/* The reading connection sees what is committed, and nothing else. */
static void
test_reader (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxStore) reader = mx_store_open (self->path, self->key, MX_STORE_READ, &error);
  g_autofree char *value = NULL;

  g_assert_no_error (error);
  begin (self);
  g_assert_true (mx_store_set_value (self->store, "base_url", "a", NULL));
  g_assert_null (mx_store_get_value (reader, "base_url"));
  commit (self);
  value = mx_store_get_value (reader, "base_url");
  g_assert_cmpstr (value, ==, "a");

  begin (self);
  g_assert_true (mx_store_set_value (self->store, "base_url", NULL, NULL));
  mx_store_rollback (self->store);
  g_free (value);
  value = mx_store_get_value (self->store, "base_url");
  g_assert_cmpstr (value, ==, "a");
}

static void
test_write_outside_transaction (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (mx_store_set_value (self->store, "x", "y", &error));
  g_assert_error (error, MX_STORE_ERROR, MX_STORE_ERROR_FAILED);
  g_assert_null (mx_store_get_value (self->store, "x"));
}

static void
test_full (Fixture *self, gconstpointer unused)
{
  g_autofree char *big = g_strnfill (60000, 'a');
  g_autoptr (GError) error = NULL;

  /* SQLite's own limit on the number of pages reads as a full disk. */
  sqlite3_exec (self->store->db, "PRAGMA max_page_count = 60", NULL, NULL, NULL);
  begin (self);
  for (guint i = 0; i < 100 && error == NULL; i++)
    {
      g_autofree char *name = g_strdup_printf ("name%u", i);

      mx_store_set_value (self->store, name, big, &error);
    }
  g_assert_error (error, MX_STORE_ERROR, MX_STORE_ERROR_FULL);
  g_clear_error (&error);
  /* Nothing gets in on the side once it failed. */
  g_assert_false (mx_store_set_value (self->store, "late", "x", &error));
  g_clear_error (&error);
  g_assert_false (mx_store_commit (self->store, &error));
  g_assert_null (mx_store_get_value (self->store, "late"));
  g_assert_nonnull (error);
  g_assert_null (mx_store_get_value (self->store, "name0"));
  sqlite3_exec (self->store->db, "PRAGMA max_page_count = 1000000", NULL, NULL, NULL);
  begin (self);
  g_assert_true (mx_store_set_value (self->store, "after", "x", NULL));
  commit (self);
}

/* A home folder behind a symbolic link. */
static void
test_linked_folder (Fixture *self, gconstpointer unused)
{
  g_autofree char *link = g_strconcat (self->folder, "-link", NULL);
  g_autofree char *path = g_build_filename (link, "other.db", NULL);
  g_autoptr (GError) error = NULL;
  MxStore *store;

  g_clear_pointer (&self->store, mx_store_close);
  g_assert_cmpint (symlink (self->folder, link), ==, 0);
  store = mx_store_open (path, self->key, MX_STORE_WRITE, &error);
  g_assert_no_error (error);
  mx_store_close (store);
  g_unlink (link);
}

/* -- Two threads ------------------------------------------------------------------------------ */

typedef struct
{
  Fixture *fixture;
  gint stop;
  gint reads;
} Reading;

/* Each answer is of one moment: a transaction is seen whole or not at all. */
static gpointer
read_for_ever (gpointer data)
{
  Reading *reading = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MxStore) store =
    mx_store_open (reading->fixture->path, reading->fixture->key, MX_STORE_READ, &error);

  g_assert_no_error (error);
  while (!g_atomic_int_get (&reading->stop))
    {
      g_autoptr (GPtrArray) rows = mx_store_load_after (store, ROOM, NULL, 100000, NULL, &error);

      g_assert_no_error (error);
      if (rows->len > 0)
        g_assert_cmpuint ((rows->len - 1) % 10, ==, 0);
      g_atomic_int_inc (&reading->reads);
    }
  return NULL;
}

static void
test_two_threads (Fixture *self, gconstpointer unused)
{
  Reading reading = { .fixture = self };
  GThread *thread = g_thread_new ("reader", read_for_ever, &reading);

  for (guint i = 0; i < 40 || g_atomic_int_get (&reading.reads) < 20; i++)
    add_messages (self, i * 10, 10);
  g_atomic_int_set (&reading.stop, 1);
  g_thread_join (thread);
}

/* -- kill -9 ----------------------------------------------------------------------------------- */

static const char *program;

/* In the child: syncs of ten messages with a token each, said on stdout once committed. */
static void G_GNUC_NORETURN
write_for_ever (const char *path, const char *key_text)
{
  gsize size;
  g_autofree guchar *key = g_base64_decode (key_text, &size);
  g_autoptr (GError) error = NULL;
  Fixture self = { .path = (char *) path, .changes = mx_store_changes_new () };

  self.key = mx_secret_new (key, size);
  self.store = mx_store_open (path, self.key, MX_STORE_WRITE, &error);
  if (self.store == NULL)
    g_error ("%s", error->message);
  for (guint i = 0;; i++)
    {
      MxRoomDelta *room;
      MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);

      delta->next_token = g_strdup_printf ("s%u", i);
      for (guint k = 0; k < 10; k++)
        {
          g_autofree char *id = g_strdup_printf ("$%u-%u", i, k);

          delta_add (room, make_text (id, PAUL, i, "x"));
        }
      apply (&self, delta);
      printf ("%u\n", i);
      fflush (stdout);
    }
}

static void
test_kill (Fixture *self, gconstpointer unused)
{
  for (guint round = 0; round < 8; round++)
    {
      g_autofree char *path = g_strdup_printf ("%s/kill/%u.db", self->folder, round);
      g_autofree char *key = g_base64_encode (mx_secret_get_data (self->key, NULL), 32);
      const char *const argv[] = { program, "--write", path, key, NULL };
      g_autoptr (GError) error = NULL;
      g_autofree char *token = NULL;
      g_autofree char *report = NULL;
      g_autoptr (GPtrArray) rows = NULL;
      guint last = 0, stored;
      int out, status;
      GPid pid;
      FILE *stream;

      g_spawn_async_with_pipes (NULL,
                                (char **) argv,
                                NULL,
                                G_SPAWN_DO_NOT_REAP_CHILD,
                                NULL,
                                NULL,
                                &pid,
                                NULL,
                                &out,
                                NULL,
                                &error);
      g_assert_no_error (error);
      stream = fdopen (out, "r");
      while (last < 5 + round * 7 && fscanf (stream, "%u", &last) == 1)
        ;
      g_usleep (round * 977); /* somewhere in the middle of the next one */
      kill (pid, SIGKILL);
      g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
      while (fscanf (stream, "%u", &last) == 1)
        ;
      fclose (stream);

      g_clear_pointer (&self->store, mx_store_close);
      self->store = mx_store_open (path, self->key, MX_STORE_WRITE, &error);
      g_assert_no_error (error);
      token = mx_store_get_value (self->store, "classic_token");
      stored = g_ascii_strtoull (token + 1, NULL, 10);
      /* Nothing that was acknowledged is lost, and token and events agree. */
      g_assert_cmpuint (stored, >=, last);
      rows = mx_store_load_before (self->store, ROOM, NULL, 100000, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (rows->len, ==, (stored + 1) * 10 + 1 /* gap */);
      report = mx_store_health (self->store);
      g_assert_null (strstr (report, "findings"));
      g_clear_pointer (&self->store, mx_store_close);
    }
}

static void
test_repair (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (MxRoomRow) row = NULL;

  sync_events (self,
               TRUE,
               "p",
               make_text ("$1", PAUL, 1, "un"),
               make_text ("$2", LEA, 2, "deux"),
               make_reaction ("$3", LEA, 3, "$1", "+"),
               make_text ("$4", PAUL, 4, "non"),
               make_redaction ("$5", PAUL, 5, "$4"),
               make_edit ("$6", LEA, 6, "$2", "2"),
               make_redaction ("$7", LEA, 7, "$6"),
               NULL);
  before = describe (self, ROOM);
  g_assert_true (mx_store_repair (self->store, &error));
  g_assert_no_error (error);
  after = describe (self, ROOM);
  g_assert_cmpstr (before, ==, after);
  row = get_row (self, ROOM);
  g_assert_cmpstr (row->last_summary, ==, "deux");
  g_assert_cmpuint (row->unread, ==, 2);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "--write"))
    write_for_ever (argv[2], argv[3]);
  g_test_init (&argc, &argv, NULL);
  program = argv[0];

#define ADD(name, function)                                                                        \
  g_test_add ("/store/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("encrypted", test_encrypted);
  ADD ("plain-file", test_plain_file);
  ADD ("wrong-key", test_wrong_key);
  ADD ("wrong-key-with-log", test_wrong_key_with_log);
  ADD ("damaged-first-page", test_damaged_first_page);
  ADD ("damaged-inside", test_damaged_inside);
  ADD ("truncated", test_truncated);
  ADD ("lock", test_lock);
  ADD ("missing", test_missing);
  ADD ("newer-schema", test_newer_schema);
  ADD ("reader", test_reader);
  ADD ("write-outside-transaction", test_write_outside_transaction);
  ADD ("full", test_full);
  ADD ("linked-folder", test_linked_folder);
  ADD ("two-threads", test_two_threads);
  ADD ("kill", test_kill);
  ADD ("repair", test_repair);
  return g_test_run ();
}
