/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-decryption.h; the way in is mx-store-reading.c. */
#include "config.h"

#include "mx-store-decryption.h"

#include "mx-room-work.h"
#include "mx-store-blocks.h"
#include "mx-store-counts.h"
#include "mx-store-reading.h"
#include "mx-store-receipts.h"

void
mx_decryption_clear (MxDecryption *self)
{
  g_clear_pointer (&self->event, mx_event_unref);
  g_clear_pointer (&self->session_id, g_free);
}

void
mx_room_encryption_free (MxRoomEncryption *self)
{
  g_free (self->algorithm);
  g_free (self);
}

void
mx_store_set_decryptor (MxStore *self, const MxDecryptor *decryptor, gpointer data)
{
  g_assert (self->thread == g_thread_self ());

  self->decryptor = decryptor;
  self->decryptor_data = data;
}

/* -- Reading again ----------------------------------------------------------------------------- */

typedef struct
{
  gint64 id;
  gint64 rank, position; /* rank -1: kept aside or in an island */
  MxDecryptionFailure failure;
  gboolean is_news;
  char *raw;
} Unread;

static void
unread_clear (gpointer data)
{
  Unread *unread = data;

  g_free (unread->raw);
}

/* Oldest first: the ratchet only goes forwards. */
static GArray *
load_unread (MxRoomWork *work, const char *session_id)
{
  GArray *found = g_array_new (FALSE, FALSE, sizeof (Unread));
  sqlite3_stmt *row;

  g_array_set_clear_func (found, unread_clear);
  row = session_id != NULL
          ? mx_sql_query (work->store,
                          "SELECT e.id, iif (b.is_detached, -1, b.rank), e.position, e.failure, "
                          "e.is_news, e.raw FROM events AS e INDEXED BY events_unread_by_session "
                          "LEFT JOIN blocks AS b ON b.id = e.block "
                          "WHERE e.room = ? AND e.session_id = ? AND e.failure > 0 "
                          "ORDER BY b.rank, e.position",
                          "ls",
                          work->room,
                          session_id)
          : mx_sql_query (work->store,
                          "SELECT e.id, iif (b.is_detached, -1, b.rank), e.position, e.failure, "
                          "e.is_news, e.raw FROM events AS e INDEXED BY events_unread_by_session "
                          "LEFT JOIN blocks AS b ON b.id = e.block "
                          "WHERE e.room = ? AND e.failure > 0 ORDER BY b.rank, e.position",
                          "l",
                          work->room);
  while (mx_sql_step (work->store, row))
    {
      Unread unread = {
        .id = sqlite3_column_int64 (row, 0),
        .rank = sqlite3_column_type (row, 1) == SQLITE_NULL ? -1 : sqlite3_column_int64 (row, 1),
        .position = sqlite3_column_int64 (row, 2),
        .failure = sqlite3_column_int (row, 3),
        .is_news = sqlite3_column_int (row, 4),
        .raw = mx_sql_column_dup (row, 5),
      };

      g_array_append_val (found, unread);
    }
  return found;
}

static gboolean
is_after (const Unread *unread, const MxReadPosition *read, MxEvent *event)
{
  if (unread->rank < 0 || mx_event_get_timestamp (event) <= read->ahead_ts)
    return FALSE;
  return read->event_id == NULL || unread->rank > read->rank ||
         (unread->rank == read->rank && unread->position > read->position);
}

/* As if it had come clear. */
static void
take_read (MxRoomWork *work,
           const Unread *unread,
           const MxReadPosition *position,
           const MxDecryption *read)
{
  MxEvent *event = read->event;
  const char *target = mx_event_get_relation_target (event);
  MxPushActions actions = { 0 };

  mx_events_set_read (work, unread->id, read);
  mx_reading_count (work->store, MX_READING_LATE);
  if (is_after (unread, position, event))
    actions = mx_counts_evaluate (work, event);
  mx_sql_run (work->store,
              "UPDATE events SET push = ?, is_news = 0 WHERE id = ?",
              "il",
              mx_counts_level (actions),
              unread->id);
  if (unread->is_news && actions.notify)
    mx_counts_add_candidate (work, event, actions);

  work->must_count = TRUE;
  mx_room_work_touch (work, mx_event_get_id (event));
  if (work->changes != NULL)
    {
      g_ptr_array_add (work->changes->decrypted, g_strdup (work->room_id));
      g_ptr_array_add (work->changes->decrypted, g_strdup (mx_event_get_id (event)));
    }
  if (target != NULL)
    mx_room_work_touch (work, target);
  /* What is no row of its own, after all, leaves the timelines that show it. */
  if (mx_events_shown_level (event) == MX_SHOWN_NOT && target == NULL)
    mx_room_work_flag (work, MX_ROOM_CHANGED_GAPS);
}

static int
read_again (MxRoomWork *work, const char *session_id)
{
  g_autoptr (GArray) found = load_unread (work, session_id);
  g_auto (MxReadPosition) position = { 0 };
  MxEncryptionFlags due = work->changes != NULL ? work->changes->encryption : 0;
  int read_count = 0;

  if (found->len > 0)
    mx_receipts_get_own (work->store, work->room, &position);
  for (guint i = 0; i < found->len && work->store->failure == NULL; i++)
    {
      const Unread *unread = &g_array_index (found, Unread, i);
      g_autoptr (MxEvent) event = mx_events_parse (unread->raw, NULL);
      g_auto (MxDecryption) read = { 0 };

      if (event == NULL)
        continue;
      mx_reading_run (work, event, NULL, &read);
      if (read.failure == MX_DECRYPTION_OK && mx_event_get_clear (read.event) != NULL)
        {
          take_read (work, unread, &position, &read);
          read_count++;
        }
      else if (read.failure != unread->failure)
        {
          mx_sql_run (work->store,
                      "UPDATE events SET failure = ?, session_id = ? WHERE id = ?",
                      "isl",
                      (int) read.failure,
                      read.session_id,
                      unread->id);
          mx_room_work_touch (work, mx_event_get_id (event));
        }
    }
  /* What is still missing has been asked for before. */
  if (work->changes != NULL)
    work->changes->encryption = due;
  return read_count;
}

int
mx_store_decrypt_again (MxStore *self,
                        const char *room_id,
                        const char *session_id,
                        MxStoreChanges *changes,
                        GError **error)
{
  g_auto (MxRoomWork) work = { 0 };
  int count = 0;

  mx_sql_enter_write (self);
  if (mx_room_work_begin (&work, self, room_id, FALSE, changes))
    {
      count = read_again (&work, session_id);
      if (count > 0)
        mx_room_work_finish (&work);
    }
  return mx_sql_leave (self, error) ? count : -1;
}

GStrv
mx_store_load_missing_sessions (MxStore *self, const char *room_id, unsigned max)
{
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = room_id != NULL
          ? mx_sql_query (self,
                          "SELECT r.room_id, e.session_id FROM rooms AS r JOIN events AS e "
                          "INDEXED BY events_unread_by_session ON e.room = r.id AND e.failure > 0 "
                          "WHERE r.room_id = ? AND e.failure <= ? AND e.session_id IS NOT NULL "
                          "GROUP BY e.session_id ORDER BY max (e.id) DESC LIMIT ?",
                          "sil",
                          room_id,
                          MX_DECRYPTION_BACKUP_LOCKED,
                          (gint64) max)
          : mx_sql_query (self,
                          "SELECT r.room_id, e.session_id FROM rooms AS r JOIN events AS e "
                          "INDEXED BY events_unread_by_session ON e.room = r.id AND e.failure > 0 "
                          "WHERE e.failure <= ? AND e.session_id IS NOT NULL "
                          "GROUP BY e.room, e.session_id ORDER BY max (e.id) DESC LIMIT ?",
                          "il",
                          MX_DECRYPTION_BACKUP_LOCKED,
                          (gint64) max);
  while (mx_sql_step (self, row))
    g_strv_builder_add_many (pairs, mx_sql_column_text (row, 0), mx_sql_column_text (row, 1), NULL);
  mx_sql_leave_logged (self);
  return g_strv_builder_end (pairs);
}

MxRoomEncryption *
mx_store_get_room_encryption (MxStore *self, const char *room_id)
{
  MxRoomEncryption *encryption = NULL;
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (
    self,
    "SELECT algorithm, rotation_period_ms, rotation_messages FROM room_encryption WHERE room_id = ?",
    "s",
    room_id);
  if (mx_sql_step (self, row))
    {
      encryption = g_new0 (MxRoomEncryption, 1);
      encryption->algorithm = mx_sql_column_dup (row, 0);
      encryption->rotation_period_ms = sqlite3_column_int64 (row, 1);
      encryption->rotation_messages = sqlite3_column_int64 (row, 2);
      mx_sql_done (row);
    }
  mx_sql_leave_logged (self);
  return encryption;
}

/* The block and place of an event; FALSE: kept aside or unknown. */
static gboolean
find_place (MxStore *store, gint64 room, const char *event_id, MxBlock *block, gint64 *position)
{
  MxStoredEvent stored;

  if (!mx_events_find (store, room, event_id, &stored) || stored.block == 0 ||
      !mx_block_load (store, stored.block, block))
    return FALSE;
  *position = stored.position;
  return TRUE;
}

gboolean
mx_store_is_after_encryption (MxStore *self, const char *room_id, const char *event_id)
{
  MxBlock block, first, live;
  gint64 position = 0, start = 0;
  gboolean is_after = TRUE;
  g_autofree char *begun = NULL;
  gint64 room;

  mx_sql_enter (self);
  room = mx_room_find (self, room_id);
  begun = mx_sql_text (self,
                       "SELECT event_id FROM events WHERE room = ? AND type = 'm.room.encryption' "
                       "AND state_key = '' AND block IS NOT NULL ORDER BY ts LIMIT 1",
                       "l",
                       room);
  if (!find_place (self, room, event_id, &block, &position))
    is_after = TRUE;
  else if (begun != NULL && find_place (self, room, begun, &first, &start))
    is_after = block.rank > first.rank || (block.rank == first.rank && position > start);
  else if (!mx_block_load_live (self, room, &live) || live.id != block.id)
    is_after =
      mx_sql_int (self,
                  1,
                  "SELECT e.ts >= s.ts FROM events AS e JOIN state AS s ON s.room = e.room "
                  "AND s.is_stripped = 0 AND s.type = 'm.room.encryption' AND s.state_key = '' "
                  "WHERE e.room = ? AND e.event_id = ?",
                  "ls",
                  room,
                  event_id);
  return mx_sql_leave_logged (self) && is_after;
}

GArray *
mx_store_load_decryption_days (MxStore *self, unsigned max)
{
  GArray *days = g_array_new (FALSE, FALSE, sizeof (MxDecryptionDay));
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT day, outcome, count FROM decryption_days WHERE day > "
                      "date ('now', '-' || ? || ' days') ORDER BY day, outcome",
                      "l",
                      (gint64) max);
  while (mx_sql_step (self, row))
    {
      MxDecryptionDay day = { .outcome = sqlite3_column_int (row, 1),
                              .count = sqlite3_column_int64 (row, 2) };

      g_strlcpy (day.day, mx_sql_column_text (row, 0), sizeof day.day);
      g_array_append_val (days, day);
    }
  mx_sql_leave_logged (self);
  return days;
}
