/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* database FOLDER EVENTS: SQLCipher with the narrowest tables that could do: so many events of 500
 * bytes inserted in one transaction; opened anew, and a thousand rows for a room list read. */
#include "../bench.h"

#include <glib/gstdio.h>
#include <sqlcipher/sqlite3.h>
#include <string.h>

#define KEY   "PRAGMA key=\"x'00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'\""
#define ROOMS 1000
#define RUNS  5

static void
run (sqlite3 *db, const char *sql)
{
  char *message = NULL;

  if (sqlite3_exec (db, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s", message);
}

static sqlite3_stmt *
prepare (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement;

  if (sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (db));

  return statement;
}

static sqlite3 *
open_database (const char *path)
{
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  run (db, KEY);
  run (db, "PRAGMA journal_mode=WAL");
  run (db, "SELECT count(*) FROM sqlite_master");

  return db;
}

static void
insert (sqlite3 *db, const char *json, int events)
{
  sqlite3_stmt *statement =
    prepare (db, "INSERT INTO event (room, event_id, ts, json) VALUES (?, ?, ?, ?)");

  run (db, "BEGIN");
  for (int i = 0; i < events; i++)
    {
      guint32 id[8];

      for (int k = 0; k < 8; k++)
        id[k] = g_random_int ();
      sqlite3_bind_int (statement, 1, i % ROOMS);
      sqlite3_bind_blob (statement, 2, id, sizeof id, SQLITE_STATIC);
      sqlite3_bind_int64 (statement, 3, i);
      sqlite3_bind_text (statement, 4, json, -1, SQLITE_STATIC);
      g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
      sqlite3_reset (statement);
    }
  run (db, "COMMIT");
  sqlite3_finalize (statement);
}

static void
fill_rooms (sqlite3 *db, const char *json)
{
  sqlite3_stmt *statement = prepare (db, "INSERT INTO room VALUES (?, 'Salon', ?)");

  run (db, "BEGIN");
  for (int i = 0; i < ROOMS; i++)
    {
      sqlite3_bind_int (statement, 1, i);
      sqlite3_bind_text (statement, 2, json, 400, SQLITE_STATIC);
      g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
      sqlite3_reset (statement);
    }
  run (db, "COMMIT");
  sqlite3_finalize (statement);
}

static void
open_and_read (const char *path)
{
  sqlite3 *db = open_database (path);
  sqlite3_stmt *statement = prepare (db, "SELECT id, name, json FROM room");
  int rows = 0;

  while (sqlite3_step (statement) == SQLITE_ROW)
    rows += sqlite3_column_bytes (statement, 2) == 400;
  g_assert_cmpint (rows, ==, ROOMS);
  sqlite3_finalize (statement);
  sqlite3_close (db);
}

int
main (int argc, char **argv)
{
  g_autofree char *path = NULL;
  g_autofree char *json = g_strnfill (500, 'j');
  sqlite3 *db;
  double begun;

  if (argc != 3)
    return 2;
  path = g_build_filename (argv[1], "floor.db", NULL);
  g_unlink (path);

  db = open_database (path);
  run (
    db,
    "CREATE TABLE event (id INTEGER PRIMARY KEY, room INTEGER, event_id BLOB UNIQUE, ts INTEGER, json TEXT)");
  run (db, "CREATE INDEX event_by_room ON event (room, ts)");
  run (db, "CREATE TABLE room (id INTEGER PRIMARY KEY, name TEXT, json TEXT)");
  run (db, "PRAGMA cache_size=-16000");
  begun = bench_cpu ();
  insert (db, json, atoi (argv[2]));
  bench_report ("database.insert", bench_cpu () - begun, "ms");
  fill_rooms (db, json);
  sqlite3_close (db);

  BENCH_MEDIAN (RUNS, opened, open_and_read (path));
  bench_report ("database.open-rooms", opened, "ms");
  g_unlink (path);

  return 0;
}
