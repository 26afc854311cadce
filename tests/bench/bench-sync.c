/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* bench-sync REPLY.json FOLDER: a large /v3/sync reply merely parsed, decoded into a change set,
 * applied to a new store in one transaction; then that store opened for the room list and for a
 * page of each room. */
#include "bench.h"

#include "mx-json.h"
#include "mx-store-rooms.h"
#include "mx-store-sync.h"
#include "mx-store-timeline.h"
#include "mx-sync-classic.h"

#include <glib/gstdio.h>

#define RUNS   3
#define OWN_ID "@agent:bench.test"

static gsize
count_events (MxSyncDelta *delta)
{
  gsize count = 0;

  for (guint i = 0; i < delta->rooms->len; i++)
    {
      const MxRoomDelta *room = g_ptr_array_index (delta->rooms, i);

      count += room->timeline->len + room->state->len;
    }

  return count;
}

static void
parse (GBytes *reply)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (reply, &error);

  g_assert_no_error (error);
}

static MxSyncDelta *
decode (GBytes *reply)
{
  g_autoptr (GError) error = NULL;
  MxSyncDelta *delta = mx_sync_classic_decode (reply, NULL, &error);

  g_assert_no_error (error);

  return delta;
}

static void
remove_store (const char *path)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *name = g_strconcat (path, suffixes[i], NULL);

      g_unlink (name);
    }
}

/* Everything that a first sync costs on the account thread. */
static void
apply (GBytes *reply, MxStore *store)
{
  g_autoptr (MxSyncDelta) delta = decode (reply);
  g_autoptr (MxStoreChanges) changes = mx_store_changes_new ();
  g_autoptr (GError) error = NULL;

  mx_store_set_importing (store, TRUE);
  mx_store_begin (store, &error);
  g_assert_no_error (error);
  mx_store_apply_sync (store, delta, OWN_ID, changes, &error);
  g_assert_no_error (error);
  mx_store_commit (store, &error);
  g_assert_no_error (error);
  mx_store_set_importing (store, FALSE);
}

/* What a start waits for. */
static void
open_rooms (const char *path, MxSecret *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxStore) store = mx_store_open (path, key, MX_STORE_READ, &error);
  g_autoptr (GPtrArray) rooms = NULL;

  g_assert_no_error (error);
  rooms = mx_store_load_rooms (store, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rooms->len, >, 0);
}

/* What opening a room waits for: its last rows, of each of the rooms. Returns milliseconds a room.
 */
static double
open_pages (const char *path, MxSecret *key)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxStore) store = mx_store_open (path, key, MX_STORE_READ, &error);
  g_autoptr (GPtrArray) rooms = mx_store_load_rooms (store, FALSE, &error);
  double begun = bench_cpu ();

  for (guint i = 0; i < rooms->len; i++)
    {
      const MxRoomRow *row = g_ptr_array_index (rooms, i);
      gboolean at_start;
      GPtrArray *rows = mx_store_load_before (store, row->room_id, NULL, 30, &at_start, &error);

      g_assert_no_error (error);
      g_ptr_array_unref (rows);
    }

  return (bench_cpu () - begun) / rooms->len;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (MxSecret) key = mx_secret_new_random (32);
  g_autofree char *path = NULL;
  char *data;
  gsize size;
  double before;
  double applied[RUNS];

  if (argc != 3)
    return 2;
  g_file_get_contents (argv[1], &data, &size, &error);
  g_assert_no_error (error);
  reply = g_bytes_new_take (data, size);
  path = g_build_filename (argv[2], "bench-sync.db", NULL);

  before = bench_resident ();
  {
    g_autoptr (MxSyncDelta) delta = decode (reply);

    bench_report ("sync.delta-memory", bench_resident () - before, "MiB");
    bench_report ("sync.events", (double) count_events (delta), "events");
  }
  BENCH_MEDIAN (RUNS, parsed, parse (reply));
  BENCH_MEDIAN (RUNS, decoded, mx_sync_delta_free (decode (reply)));

  for (int run = 0; run < RUNS; run++)
    {
      g_autoptr (MxStore) store = NULL;
      double begun;

      remove_store (path);
      store = mx_store_open (path, key, MX_STORE_WRITE, &error);
      g_assert_no_error (error);
      begun = bench_cpu ();
      apply (reply, store);
      applied[run] = bench_cpu () - begun;
    }

  BENCH_MEDIAN (RUNS, opened, open_rooms (path, key));
  bench_report ("store.open-rooms", opened, "ms");
  bench_report ("store.page", open_pages (path, key), "ms");
  remove_store (path);

  bench_report ("sync.size", size / 1e6, "MB");
  bench_report ("sync.parse", parsed, "ms");
  bench_report ("sync.decode", decoded, "ms");
  bench_report ("sync.apply", bench_median (applied, RUNS), "ms");

  return 0;
}
