/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-reading.h. */
#include "config.h"

#include "mx-store-reading.h"

#define ENCRYPTED "m.room.encrypted"
#define ALGORITHM "m.megolm.v1.aes-sha2"

/* Settings that a room may ask for (E2E-052, E2E-053). */
#define DEFAULT_PERIOD_MS (G_GINT64_CONSTANT (7) * 24 * 60 * 60 * 1000)
#define MIN_PERIOD_MS     (G_GINT64_CONSTANT (60) * 60 * 1000)
#define MAX_PERIOD_MS     (G_GINT64_CONSTANT (365) * 24 * 60 * 60 * 1000)
#define DEFAULT_MESSAGES  100
#define MAX_MESSAGES      10000

static gboolean
is_encrypted (MxEvent *event)
{
  return g_str_equal (mx_event_get_wire_type (event), ENCRYPTED) &&
         mx_event_get_state_key (event) == NULL && mx_event_get_clear (event) == NULL &&
         !mx_event_is_redacted (event);
}

static void
decrypt (MxRoomWork *work, MxEvent *event, MxDecryption *read)
{
  MxStore *store = work->store;

  *read = (MxDecryption) { 0 };
  if (store->decryptor != NULL)
    store->decryptor->decrypt (store->decryptor_data, store, work->room_id, event, read);
  else
    {
      /* Before the account's keys are loaded. */
      read->failure = MX_DECRYPTION_NO_KEY;
      read->session_id =
        g_strdup (mx_json_get_string (mx_event_get_wire_content (event), "session_id"));
    }
  if (read->event == NULL)
    read->event = mx_event_ref (event);
  /* The backup may have what is missing. */
  if (work->changes != NULL && read->failure != MX_DECRYPTION_OK &&
      read->failure <= MX_DECRYPTION_BACKUP_LOCKED)
    work->changes->encryption |= MX_ENCRYPTION_FETCH_KEYS;
}

/* It came before, kept aside or in an island. */
static gboolean
load_clear (MxRoomWork *work, MxEvent *event, gint64 id, MxDecryption *read)
{
  sqlite3_stmt *row =
    mx_sql_query (work->store,
                  "SELECT clear, session_id, message_index FROM events WHERE id = ?",
                  "l",
                  id);

  if (!mx_sql_step (work->store, row))
    return FALSE;
  if (sqlite3_column_type (row, 0) != SQLITE_NULL)
    read->event = mx_event_with_clear (event, mx_sql_column_text (row, 0), NULL);
  if (read->event != NULL)
    {
      read->session_id = mx_sql_column_dup (row, 1);
      read->message_index = sqlite3_column_int (row, 2);
    }
  mx_sql_done (row);
  return read->event != NULL;
}

void
mx_reading_run (MxRoomWork *work, MxEvent *event, const MxStoredEvent *known, MxDecryption *read)
{
  MxDecryption *made = NULL;

  *read = (MxDecryption) { 0 };
  if (!is_encrypted (event))
    {
      read->event = mx_event_ref (event);
      return;
    }

  if (work->decrypted != NULL)
    made = g_hash_table_lookup (work->decrypted, mx_event_get_id (event));
  if (made != NULL)
    {
      *read = *made;
      *made = (MxDecryption) { 0 };
      g_hash_table_remove (work->decrypted, mx_event_get_id (event));
      return;
    }
  if (known != NULL && known->id != 0 && known->failure == MX_DECRYPTION_OK &&
      load_clear (work, event, known->id, read))
    return;
  decrypt (work, event, read);
}

static void
decryption_free (gpointer data)
{
  mx_decryption_clear (data);
  g_free (data);
}

void
mx_reading_run_ahead (MxRoomWork *work, MxEvent *event)
{
  MxStoredEvent known = { 0 };
  MxDecryption *read;

  if (!is_encrypted (event) ||
      (work->decrypted != NULL && g_hash_table_contains (work->decrypted, mx_event_get_id (event))))
    return;
  if (mx_events_find (work->store, work->room, mx_event_get_id (event), &known) &&
      (known.block != 0 || known.failure == MX_DECRYPTION_OK))
    return;

  if (work->decrypted == NULL)
    work->decrypted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, decryption_free);
  read = g_new0 (MxDecryption, 1);
  decrypt (work, event, read);
  g_hash_table_insert (work->decrypted, g_strdup (mx_event_get_id (event)), read);
}

void
mx_reading_count (MxStore *store, int outcome)
{
  mx_sql_run (store,
              "INSERT INTO decryption_days (day, outcome, count) VALUES (date ('now'), ?, 1) "
              "ON CONFLICT (day, outcome) DO UPDATE SET count = count + 1",
              "i",
              outcome);
}

void
mx_reading_note_arrival (MxRoomWork *work, gint64 id, const MxDecryption *read)
{
  if (!g_str_equal (mx_event_get_wire_type (read->event), ENCRYPTED) ||
      mx_event_is_redacted (read->event))
    return;

  mx_reading_count (work->store, (int) read->failure);
  if (read->failure != MX_DECRYPTION_OK)
    mx_sql_run (work->store, "UPDATE events SET is_news = 1 WHERE id = ?", "l", id);
}

void
mx_reading_latch (MxRoomWork *work, MxJson content)
{
  const char *algorithm = mx_json_string_or (mx_json_get (content, "algorithm"), "");
  gint64 period = mx_json_int (mx_json_get (content, "rotation_period_ms"), DEFAULT_PERIOD_MS);
  gint64 messages = mx_json_int (mx_json_get (content, "rotation_period_msgs"), DEFAULT_MESSAGES);

  /* An algorithm that we know stays; one that we do not know gives way to it. */
  mx_sql_run (
    work->store,
    "INSERT INTO room_encryption (room_id, algorithm, rotation_period_ms, rotation_messages) "
    "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (room_id) DO UPDATE SET "
    "algorithm = iif (excluded.algorithm = ?5, ?5, algorithm), "
    "rotation_period_ms = min (rotation_period_ms, excluded.rotation_period_ms), "
    "rotation_messages = min (rotation_messages, excluded.rotation_messages)",
    "sslls",
    work->room_id,
    algorithm,
    CLAMP (period, MIN_PERIOD_MS, MAX_PERIOD_MS),
    CLAMP (messages, 1, MAX_MESSAGES),
    ALGORITHM);
  if (work->is_encrypted)
    return;
  work->is_encrypted = TRUE;
  work->must_count = TRUE;
  mx_sql_run (work->store, "UPDATE rooms SET is_encrypted = 1 WHERE id = ?", "l", work->room);
}
