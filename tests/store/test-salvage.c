/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A damaged store: pages, the log and the end of the file are overwritten or cut, and what comes
 * back is compared with what was there. */
#include "config.h"

#include "salvage-fixture.h"

#include "mx-error.h"
#include "mx-sql.h"
#include "mx-store-mend.h"
#include "mx-store-salvage.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MESSAGES 1500
#define DRAFTS   300
#define UNSENT   150
#define KEYS     600
#define ROUNDS   10

/* What another part of the program keeps here; the salvage does not know it. */
#define KEY_TABLE                                                                                  \
  "CREATE TABLE keys (room_id TEXT NOT NULL, session_id TEXT NOT NULL, pickle BLOB NOT NULL, "     \
  "PRIMARY KEY (room_id, session_id)) WITHOUT ROWID"

static const char *const tables[] = { "account_values", "drafts", "outbox", "keys",
                                      "events",         "blocks", "rooms",  "members" };

static void
fill_up (Fixture *self)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);

  room->limited = TRUE;
  room->prev_batch = g_strdup ("before");
  for (guint i = 0; i < MESSAGES; i++)
    {
      g_autofree char *id = g_strdup_printf ("$%u", i);

      delta_add (room, make_text (id, i % 3 == 0 ? PAUL : LEA, i, "Un message comme un autre"));
    }
  g_set_str (&delta->next_token, "s1");
  apply (self, delta);

  run_sql (self, KEY_TABLE);
  begin (self);
  for (guint i = 0; i < MAX (KEYS, MAX (DRAFTS, UNSENT)); i++)
    {
      g_autofree char *sql = g_strdup_printf (
        "INSERT INTO keys VALUES ('!room%u:example.org', hex (randomblob (16)), randomblob (300))",
        i % 40);
      g_autofree char *room_id = g_strdup_printf ("!%u:example.org", i);
      g_autofree char *text = g_strdup_printf ("Ce que %u allait dire, et un peu plus encore", i);

      if (i < KEYS)
        run_sql (self, sql);
      if (i < DRAFTS)
        g_assert_true (mx_store_set_draft (self->store, room_id, text, NULL));
      if (i < UNSENT)
        {
          g_autofree char *txn = g_strdup_printf ("t%u", i);
          MxOutboxRow row = { .room_id = (char *) ROOM,
                              .txn_id = txn,
                              .event_type = (char *) "m.room.message",
                              .content = text };

          g_assert_true (mx_store_outbox_add (self->store, &row, self->changes, NULL));
        }
    }
  commit (self);
}

typedef struct
{
  GHashTable *rows[G_N_ELEMENTS (tables)];
} Content;

static void
read_content (MxStore *store, Content *content)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    content->rows[i] = read_rows (store, tables[i]);
}

static void
clear_content (Content *content)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    g_clear_pointer (&content->rows[i], g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Content, clear_content)

static void
assert_health (Fixture *self)
{
  g_autofree char *health = mx_store_health (self->store);

  g_assert_nonnull (strstr (health, "integrity: ok"));
  g_assert_nonnull (strstr (health, "authentication: ok"));
}

static char *
beside (Fixture *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

/* Nothing of the original is missing that the report does not name, and nothing is there that the
 * original lacks. Returns how many rows are missing. */
static guint
compare (Fixture *self, const Content *before, const MxSalvage *report)
{
  guint missing = 0;

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr (GHashTable) after = read_rows (self->store, tables[i]);
      guint lost = 0;
      GHashTableIter iter;
      gpointer row;

      /* What follows from others is made anew, and the account remembers the repair. */
      if (i >= 4 || i == 0)
        {
          if (g_hash_table_size (after) < g_hash_table_size (before->rows[i]))
            missing += g_hash_table_size (before->rows[i]) - g_hash_table_size (after);
          continue;
        }
      g_hash_table_iter_init (&iter, after);
      while (g_hash_table_iter_next (&iter, &row, NULL))
        g_assert_true (g_hash_table_contains (before->rows[i], row));
      lost = g_hash_table_size (before->rows[i]) - g_hash_table_size (after);
      missing += lost;
      g_assert_cmpint (lost > 0,
                       ==,
                       g_ptr_array_find_with_equal_func (report->tables,
                                                         tables[i],
                                                         g_str_equal,
                                                         NULL));
    }
  return missing;
}

/* A file without damage comes through whole. */
static void
test_whole (Fixture *self, gconstpointer unused)
{
  g_auto (Content) before = { 0 };
  g_autoptr (MxSalvage) report = NULL;
  g_autoptr (MxSalvage) stored = NULL;
  g_autofree char *kept = NULL;
  g_autofree char *token = NULL;

  fill_up (self);
  read_content (self->store, &before);
  g_clear_pointer (&self->store, mx_store_close);

  report = salvage (self);
  g_assert_cmpint (report->lost, ==, 0);
  g_assert_cmpint (report->kept, >, MESSAGES + DRAFTS + UNSENT + KEYS);
  g_assert_cmpuint (report->tables->len, ==, 0);
  g_assert_false (report->lost_own_words || report->lost_account || report->lost_keys);
  kept = beside (self, report->kept_file);
  g_assert_true (g_file_test (kept, G_FILE_TEST_EXISTS));

  fixture_reopen (self);
  assert_health (self);
  g_assert_cmpuint (compare (self, &before, report), ==, 0);
  /* No need to ask the server again. */
  token = mx_store_get_value (self->store, "classic_token");
  g_assert_cmpstr (token, ==, "s1");

  stored = mx_store_get_salvage (self->store);
  g_assert_cmpint (stored->kept, ==, report->kept);
  g_assert_cmpstr (stored->kept_file, ==, report->kept_file);
  begin (self);
  g_assert_true (mx_store_acknowledge_salvage (self->store, NULL));
  commit (self);
  g_assert_null (mx_store_get_salvage (self->store));
}

/* One page after the other, and some at once: what is not in them stays. */
static void
test_pages (Fixture *self, gconstpointer unused)
{
  g_auto (Content) before = { 0 };
  g_autoptr (GBytes) whole = NULL;
  guint n_pages, total = 0, missing = 0, hopeless = 0;

  fill_up (self);
  read_content (self->store, &before);
  g_clear_pointer (&self->store, mx_store_close);
  whole = read_file (self->path);
  n_pages = g_bytes_get_size (whole) / PAGE;
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    total += g_hash_table_size (before.rows[i]);

  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MxSalvage) report = NULL;
      g_autoptr (GBytes) damaged = NULL;
      g_autoptr (GBytes) aside = NULL;
      g_autofree char *kept = NULL;
      guint count = round < ROUNDS / 2 ? 1 : 1 + n_pages / 50;
      guint lost;

      write_file (self->path, whole);
      for (guint i = 0; i < count; i++)
        overwrite (self->path, (goffset) g_test_rand_int_range (1, n_pages) * PAGE, PAGE);
      damaged = read_file (self->path);

      report = mx_store_salvage (self->path, self->key, NULL, NULL, &error);
      if (report == NULL)
        {
          g_autoptr (GBytes) now = read_file (self->path);

          /* The page that says which tables there are. */
          g_assert_error (error, MX_STORE_ERROR, MX_STORE_ERROR_DAMAGED);
          g_assert_true (g_bytes_equal (now, damaged));
          hopeless++;
          continue;
        }
      kept = beside (self, report->kept_file);
      aside = read_file (kept);
      g_assert_true (g_bytes_equal (aside, damaged));
      fixture_reopen (self);
      assert_health (self);
      lost = compare (self, &before, report);
      g_test_message ("round %u: %u pages of %u, %u rows of %u lost",
                      round,
                      count,
                      n_pages,
                      lost,
                      total);
      missing += lost;
      g_clear_pointer (&self->store, mx_store_close);
      g_assert_cmpint (g_unlink (kept), ==, 0);
    }
  g_test_message ("%u rounds hopeless", hopeless);
  g_assert_cmpuint (hopeless, <, ROUNDS / 2);
  g_assert_cmpuint (missing, <, ROUNDS * total / 5);
}

static void
assert_damaged (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxStore) store = mx_store_open (self->path, self->key, MX_STORE_WRITE, &error);

  g_assert_null (store);
  g_assert_error (error, MX_STORE_ERROR, MX_STORE_ERROR_DAMAGED);
}

/* A file that ends too early. */
static void
test_cut (Fixture *self, gconstpointer unused)
{
  g_auto (Content) before = { 0 };
  g_autoptr (MxSalvage) report = NULL;
  struct stat status;

  fill_up (self);
  read_content (self->store, &before);
  g_clear_pointer (&self->store, mx_store_close);
  g_assert_cmpint (stat (self->path, &status), ==, 0);
  g_assert_cmpint (truncate (self->path, status.st_size * 9 / 10 / PAGE * PAGE + 100), ==, 0);

  assert_damaged (self);
  report = salvage (self);
  fixture_reopen (self);
  assert_health (self);
  g_assert_cmpuint (compare (self, &before, report), >, 0);
  g_assert_cmpint (report->lost, !=, 0);
}

/* Nothing left: said so, and not made anew. */
static void
test_empty (Fixture *self, gconstpointer unused)
{
  g_clear_pointer (&self->store, mx_store_close);
  g_assert_true (mx_store_is_there (self->path));
  g_assert_cmpint (truncate (self->path, 0), ==, 0);
  g_assert_false (mx_store_is_there (self->path));
  g_assert_cmpint (g_unlink (self->path), ==, 0);
  g_assert_false (mx_store_is_there (self->path));
}

/* The first page is the key to all others: nothing can be read, and nothing is changed. */
static void
test_header (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) damaged = NULL;
  g_autoptr (GBytes) after = NULL;
  g_autofree char *folder = beside (self, "salvage");

  fill_up (self);
  g_clear_pointer (&self->store, mx_store_close);
  overwrite (self->path, 200, 1000);
  damaged = read_file (self->path);

  assert_damaged (self);
  g_assert_null (mx_store_salvage (self->path, self->key, NULL, NULL, &error));
  g_assert_error (error, MX_STORE_ERROR, MX_STORE_ERROR_DAMAGED);
  after = read_file (self->path);
  g_assert_true (g_bytes_equal (damaged, after));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

/* Without its salt no page can be read: it is known from elsewhere. */
static void
test_salt (Fixture *self, gconstpointer unused)
{
  g_auto (Content) before = { 0 };
  g_autoptr (MxSalvage) report = NULL;

  fill_up (self);
  read_content (self->store, &before);
  g_clear_pointer (&self->store, mx_store_close);
  overwrite (self->path, 0, 16);

  assert_damaged (self);
  report = salvage (self);
  g_assert_cmpint (report->lost, ==, 0);
  fixture_reopen (self);
  g_assert_cmpuint (compare (self, &before, report), ==, 0);
}

static void
set_value (Fixture *self, guint number)
{
  g_autofree char *name = g_strdup_printf ("value-%u", number);
  g_autofree char *value = g_strnfill (500, 'a' + number % 26);

  begin (self);
  g_assert_true (mx_store_set_value (self->store, name, value, NULL));
  commit (self);
}

static guint
count_values (MxStore *store, guint up_to)
{
  guint count = 0;

  for (guint i = 0; i < up_to; i++)
    {
      g_autofree char *name = g_strdup_printf ("value-%u", i);
      g_autofree char *value = mx_store_get_value (store, name);

      count += value != NULL;
    }
  return count;
}

/* Leaves the store as a crash would: closed, with its log. */
static void
crash (Fixture *self)
{
  g_autofree char *wal = g_strconcat (self->path, "-wal", NULL);
  g_autoptr (GBytes) file = read_file (self->path);
  g_autoptr (GBytes) log = read_file (wal);

  g_clear_pointer (&self->store, mx_store_close);
  write_file (self->path, file);
  write_file (wal, log);
}

/* Frames of 24 bytes and a page, after a header of 32. */
#define FRAME(n) (32 + (goffset) (n) * (24 + PAGE))

/* SQLite would silently take the store back to what it was before the damage. */
static void
test_log (Fixture *self, gconstpointer data)
{
  const gboolean header = GPOINTER_TO_INT (data);
  g_autofree char *wal = g_strconcat (self->path, "-wal", NULL);
  g_autoptr (MxSalvage) report = NULL;
  struct stat status;
  guint frames;

  fixture_reopen (self);
  for (guint i = 0; i < 40; i++)
    set_value (self, i);
  crash (self);
  g_assert_cmpint (stat (wal, &status), ==, 0);
  frames = (status.st_size - 32) / (24 + PAGE);
  g_assert_cmpuint (frames, >, 40);
  if (header)
    overwrite (wal, 0, 32);
  else
    overwrite (wal, FRAME (frames / 4) + 24 + 500, 100);

  assert_damaged (self);
  report = salvage (self);
  g_assert_cmpuint (report->lost_changes, ==, 1);
  fixture_reopen (self);
  assert_health (self);
  /* The damaged page was written again later. */
  g_assert_cmpuint (count_values (self->store, 40), >, 35);
}

/* A crash while writing cuts the last transaction off, and that is all. */
static void
test_torn_log (Fixture *self, gconstpointer unused)
{
  g_autofree char *wal = g_strconcat (self->path, "-wal", NULL);
  struct stat status;

  for (guint i = 0; i < 5; i++)
    set_value (self, i);
  crash (self);
  g_assert_cmpint (stat (wal, &status), ==, 0);
  g_assert_cmpint (truncate (wal, status.st_size - 1000), ==, 0);

  fixture_reopen (self);
  g_assert_cmpuint (count_values (self->store, 5), ==, 4);
}

static void
damage_cb (gpointer data)
{
  unsigned *count = data;

  (*count)++;
}

/* Damage that shows only later is remembered until it is repaired. */
static void
test_noted (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxSalvage) report = NULL;
  struct stat status;
  unsigned count = 0;

  fill_up (self);
  g_clear_pointer (&self->store, mx_store_close);
  g_assert_cmpint (stat (self->path, &status), ==, 0);
  overwrite (self->path, status.st_size / 2 / PAGE * PAGE, 8 * PAGE);

  fixture_reopen (self);
  mx_store_set_damage_func (self->store, damage_cb, &count);
  {
    g_autofree char *health = mx_store_health (self->store);

    g_assert_null (strstr (health, "authentication: ok"));
  }
  g_assert_cmpuint (count, ==, 1);
  g_clear_pointer (&self->store, mx_store_close);

  assert_damaged (self);
  report = salvage (self);
  fixture_reopen (self);
  assert_health (self);
}

/* The new file takes the old one's place in steps; a crash between them is made up for. */
static void
test_interrupted (Fixture *self, gconstpointer data)
{
  const guint steps = GPOINTER_TO_UINT (data);
  g_autofree char *folder = beside (self, "salvage");
  g_autofree char *copy = g_build_filename (folder, "store.db", NULL);
  g_autofree char *aside = beside (self, "store.damaged-1.db");
  g_autofree char *swap = beside (self, "store.swap");
  g_autofree char *wal = g_strconcat (self->path, "-wal", NULL);
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (GBytes) name = g_bytes_new_static ("store.damaged-1.db", 18);
  g_autoptr (GBytes) junk = g_bytes_new_static ("junk", 4);

  set_value (self, 1);
  g_clear_pointer (&self->store, mx_store_close);
  whole = read_file (self->path);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  write_file (copy, whole);
  write_file (self->path, junk);
  write_file (wal, junk);
  write_file (swap, name);
  if (steps > 0)
    g_assert_cmpint (g_unlink (wal), ==, 0);
  if (steps > 1)
    g_assert_cmpint (g_rename (self->path, aside), ==, 0);
  if (steps > 2)
    g_assert_cmpint (g_rename (copy, self->path), ==, 0);

  g_assert_true (mx_store_is_there (self->path));
  fixture_reopen (self);
  g_assert_cmpuint (count_values (self->store, 2), ==, 1);
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (swap, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (folder, G_FILE_TEST_EXISTS));
}

static void
mend (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  begin (self);
  g_assert_true (mx_store_mend (self->store, MX_MEND_EVENTS, &error));
  commit (self);
}

/* Where an event is missing there is a gap, and the server can fill it. */
static void
test_gaps (Fixture *self, gconstpointer unused)
{
  g_autofree char *event_id = NULL;
  g_autofree char *token = NULL;
  g_autoptr (GPtrArray) around = NULL;
  g_autoptr (GError) error = NULL;
  gboolean backwards = FALSE;

  sync_events (self,
               TRUE,
               "p",
               make_text ("$1", PAUL, 1, "a"),
               make_text ("$2", PAUL, 2, "b"),
               make_text ("$3", LEA, 3, "c"),
               make_text ("$4", LEA, 4, "d"),
               make_text ("$5", LEA, 5, "e"),
               NULL);
  assert_timeline (self, "[p] $1 $2 $3 $4 $5");
  run_sql (self, "DELETE FROM events WHERE event_id IN ('$3', '$1')");
  mend (self);
  assert_timeline (self, "[] $2 [] $4 $5");
  token = mx_store_get_value (self->store, "sync_gappy");
  g_assert_cmpstr (token, ==, "1");

  /* The older of the two gaps, then the one in the middle. */
  event_id = mx_store_gap_event (self->store, find_gap (self, NULL, &backwards));
  g_assert_true (backwards);
  g_assert_cmpstr (event_id, ==, "$2");
  around = make_list (make_text ("$3", LEA, 3, "c"),
                      make_text ("$4", LEA, 4, "d"),
                      make_text ("$5", LEA, 5, "e"),
                      NULL);
  begin (self);
  g_assert_true (
    mx_store_apply_context (self->store, ROOM, around, "q", NULL, NULL, self->changes, &error));
  commit (self);
  assert_timeline (self, "[] $2 [q] $3 $4 $5");
  fill (self, "q", "r", make_text ("$2", PAUL, 2, "b"), make_text ("$1", PAUL, 1, "a"), NULL);
  assert_timeline (self, "[r] $1 $2 $3 $4 $5");
}

/* A device whose keys are gone does not go on with others, and no ratchet that may be older is
 * used. */
static void
test_keys (Fixture *self, gconstpointer unused)
{
  g_autofree char *broken = NULL;
  g_autoptr (GError) error = NULL;

  run_sql (self,
           "INSERT INTO megolm_outbound (room_id, session_id, pickle, created_ms, visibility) "
           "VALUES ('!a:b', 's', x'00', 1, 'shared')");
  begin (self);
  g_assert_true (mx_store_mend (self->store, MX_MEND_ACCOUNT, &error));
  commit (self);
  broken = mx_store_get_value (self->store, "device_broken");
  g_assert_nonnull (broken);
  mx_sql_enter (self->store);
  g_assert_cmpint (mx_sql_int (self->store, 0, "SELECT is_over FROM megolm_outbound", ""), ==, 1);
  mx_sql_leave (self->store, NULL);
}

/* A room whose own row is gone is known from the list; what belongs to nothing goes. */
static void
test_orphans (Fixture *self, gconstpointer unused)
{
  g_autofree char *health = NULL;

  sync_events (self, FALSE, NULL, make_text ("$1", PAUL, 1, "a"), NULL);
  run_sql (self, "PRAGMA foreign_keys = OFF");
  run_sql (self, "DELETE FROM rooms");
  run_sql (self, "INSERT INTO receipts VALUES (99, '@x:y', 'm.read', '', '$1', 0)");
  run_sql (self, "PRAGMA foreign_keys = ON");
  mend (self);
  assert_timeline (self, "[] $1");
  run_sql (self, "CREATE TEMP TABLE found AS SELECT * FROM receipts WHERE room = 99");
  mx_sql_enter (self->store);
  g_assert_cmpint (mx_sql_int (self->store, -1, "SELECT count (*) FROM temp.found", ""), ==, 0);
  mx_sql_leave (self->store, NULL);
}

#define TEST(path, data, func)                                                                     \
  g_test_add (path, Fixture, data, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  TEST ("/store/salvage/whole", NULL, test_whole);
  TEST ("/store/salvage/pages", NULL, test_pages);
  TEST ("/store/salvage/cut", NULL, test_cut);
  TEST ("/store/salvage/empty", NULL, test_empty);
  TEST ("/store/salvage/header", NULL, test_header);
  TEST ("/store/salvage/salt", NULL, test_salt);
  TEST ("/store/salvage/log", GINT_TO_POINTER (FALSE), test_log);
  TEST ("/store/salvage/log-header", GINT_TO_POINTER (TRUE), test_log);
  TEST ("/store/salvage/torn-log", NULL, test_torn_log);
  TEST ("/store/salvage/noted", NULL, test_noted);
  TEST ("/store/salvage/interrupted/0", GUINT_TO_POINTER (0), test_interrupted);
  TEST ("/store/salvage/interrupted/1", GUINT_TO_POINTER (1), test_interrupted);
  TEST ("/store/salvage/interrupted/2", GUINT_TO_POINTER (2), test_interrupted);
  TEST ("/store/salvage/interrupted/3", GUINT_TO_POINTER (3), test_interrupted);
  TEST ("/store/salvage/gaps", NULL, test_gaps);
  TEST ("/store/salvage/keys", NULL, test_keys);
  TEST ("/store/salvage/orphans", NULL, test_orphans);

  return g_test_run ();
}
