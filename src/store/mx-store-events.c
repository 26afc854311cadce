/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-events.h. */
#include "config.h"

#include "mx-store-events.h"

#include "mx-content.h"
#include "mx-store-outbox-echo.h"
#include "mx-store-reading.h"
#include "mx-store-verification-note.h"

#include <string.h>

#define REDACTION "m.room.redaction"

gboolean
mx_events_find (MxStore *store, gint64 room, const char *event_id, MxStoredEvent *stored)
{
  sqlite3_stmt *row =
    mx_sql_query (store,
                  "SELECT id, block, position, redacted_by IS NOT NULL, failure FROM events "
                  "WHERE room = ? AND event_id = ?",
                  "ls",
                  room,
                  event_id);

  *stored = (MxStoredEvent) { 0 };
  if (!mx_sql_step (store, row))
    return FALSE;
  stored->id = sqlite3_column_int64 (row, 0);
  stored->block = sqlite3_column_int64 (row, 1);
  stored->position = sqlite3_column_int64 (row, 2);
  stored->is_redacted = sqlite3_column_int (row, 3);
  stored->failure = sqlite3_column_int (row, 4);
  mx_sql_done (row);
  return TRUE;
}

MxEvent *
mx_events_parse (const char *raw, const char *clear)
{
  g_autoptr (MxEvent) event = raw ? mx_event_new_from_text (raw, NULL) : NULL;
  MxEvent *decrypted;

  if (event == NULL || clear == NULL)
    return g_steal_pointer (&event);
  decrypted = mx_event_with_clear (event, clear, NULL);
  return decrypted ? decrypted : g_steal_pointer (&event);
}

MxEvent *
mx_events_load (MxStore *store, gint64 room, const char *event_id)
{
  MxEvent *event = NULL;
  sqlite3_stmt *row = mx_sql_query (store,
                                    "SELECT raw, clear FROM events WHERE room = ? AND event_id = ?",
                                    "ls",
                                    room,
                                    event_id);

  if (mx_sql_step (store, row))
    {
      event = mx_events_parse (mx_sql_column_text (row, 0), mx_sql_column_text (row, 1));
      mx_sql_done (row);
    }
  return event;
}

int
mx_events_shown_level (MxEvent *event)
{
  static const char *const messages[] = { "m.room.message",
                                          "m.room.encrypted",
                                          "m.sticker",
                                          "m.call.invite",
                                          "m.poll.start",
                                          "org.matrix.msc3381.poll.start",
                                          NULL };
  static const char *const unseen[] = { REDACTION,
                                        "m.reaction",
                                        "m.poll.response",
                                        "m.poll.end",
                                        "org.matrix.msc3381.poll.response",
                                        "org.matrix.msc3381.poll.end",
                                        "m.call.answer",
                                        "m.call.candidates",
                                        "m.call.hangup",
                                        "m.call.negotiate",
                                        "m.call.reject",
                                        "m.call.select_answer",
                                        NULL };
  const char *type = mx_event_get_event_type (event);

  if (mx_event_get_state_key (event) != NULL)
    return MX_SHOWN_ROW;
  if (g_strv_contains (unseen, type) || g_str_has_prefix (type, "m.key.verification.") ||
      g_strcmp0 (mx_event_get_relation_type (event), "m.replace") == 0)
    return MX_SHOWN_NOT;
  return g_strv_contains (messages, type) ? MX_SHOWN_MESSAGE : MX_SHOWN_ROW;
}

void
mx_events_relation (MxEvent *event, const char **type, const char **target, const char **key)
{
  const char *redacts = mx_event_get_redacts (event);

  if (g_str_equal (mx_event_get_event_type (event), REDACTION))
    {
      *type = redacts ? REDACTION : NULL;
      *target = redacts;
      *key = NULL;
      return;
    }

  *target = mx_event_get_relation_target (event);
  *type = *target ? mx_event_get_relation_type (event) : NULL;
  *key = *target ? mx_event_get_relation_key (event) : NULL;
  if (*type == NULL)
    *target = *key = NULL;
}

/* Cached pictures and files of a message that was taken back go with it. */
static void
drop_media (MxRoomWork *work, MxEvent *event)
{
  g_autoptr (MxContent) content = mx_content_new (event);
  const MxMediaInfo *media = mx_content_get_media (content);

  if (media == NULL)
    return;
  mx_sql_run (work->store,
              "DELETE FROM media WHERE mxc IN (?, ?)",
              "ss",
              media->url,
              media->thumbnail_url);
  work->store->media_total = -1;
}

static void
redact_state (MxRoomWork *work, MxEvent *event, MxEvent *redacted)
{
  g_autofree char *content = mx_json_to_text (mx_event_get_content (redacted));
  const char *type = mx_event_get_event_type (event);
  const char *key = mx_event_get_state_key (event);

  if (content == NULL)
    return;
  if (g_str_equal (type, "m.room.member"))
    mx_sql_run (
      work->store,
      "UPDATE members SET display_name = NULL, name_key = user_id, avatar_url = NULL, content = ? "
      "WHERE room = ? AND user_id = ? AND event_id = ?",
      "slss",
      content,
      work->room,
      key,
      mx_event_get_id (event));
  else
    mx_sql_run (
      work->store,
      "UPDATE state SET content = ? "
      "WHERE room = ? AND is_stripped = 0 AND type = ? AND state_key = ? AND event_id = ?",
      "slsss",
      content,
      work->room,
      type,
      key,
      mx_event_get_id (event));
}

static void
redact (MxRoomWork *work, const char *target, MxEvent *redaction)
{
  g_autoptr (MxEvent) event = mx_events_load (work->store, work->room, target);
  g_autoptr (MxEvent) redacted = NULL;
  const char *related;

  if (event == NULL || g_str_equal (mx_event_get_event_type (event), REDACTION))
    return;

  redacted = mx_event_redacted_copy (event, mx_room_work_get_version (work), redaction);
  if (!mx_sql_change (
        work->store,
        "UPDATE events SET raw = ?, clear = NULL, redacted_by = ?, relation_type = NULL, "
        "relation_target = NULL, relation_key = NULL, push = 0, failure = 0, is_news = 0 "
        "WHERE room = ? AND event_id = ? AND redacted_by IS NULL",
        "ssls",
        mx_event_get_raw (redacted),
        mx_event_get_sender (redaction),
        work->room,
        target))
    return;

  work->must_count = TRUE;
  drop_media (work, event);
  if (mx_event_get_state_key (event) != NULL)
    redact_state (work, event, redacted);
  mx_room_work_touch (work, target);
  related = mx_event_get_relation_target (event);
  if (related != NULL)
    mx_room_work_touch (work, related);
}

/* Either order: the redaction finds its target, or waits for it. */
static void
match_redactions (MxRoomWork *work, MxEvent *event)
{
  MxStore *store = work->store;
  const char *event_id = mx_event_get_id (event);
  gboolean is_redaction = g_str_equal (mx_event_get_event_type (event), REDACTION);
  const char *target = is_redaction ? mx_event_get_redacts (event) : NULL;
  g_autofree char *waiting = NULL;
  MxStoredEvent stored;

  /* Most rooms have none, so that most events ask nothing. */
  if (!work->knows_pending)
    work->has_pending =
      mx_sql_int (store,
                  0,
                  "SELECT EXISTS (SELECT 1 FROM pending_redactions WHERE room = ?)",
                  "l",
                  work->room);
  work->knows_pending = TRUE;
  if (work->has_pending)
    waiting = mx_sql_text (store,
                           "SELECT event_id FROM pending_redactions WHERE room = ? AND target = ?",
                           "ls",
                           work->room,
                           event_id);
  if (waiting != NULL)
    {
      g_autoptr (MxEvent) redaction = mx_events_load (store, work->room, waiting);

      if (redaction != NULL)
        redact (work, event_id, redaction);
      mx_sql_run (store,
                  "DELETE FROM pending_redactions WHERE room = ? AND target = ?",
                  "ls",
                  work->room,
                  event_id);
    }

  if (target == NULL || g_str_equal (target, event_id))
    return;
  if (mx_events_find (store, work->room, target, &stored))
    redact (work, target, event);
  else
    {
      mx_sql_run (
        store,
        "INSERT OR IGNORE INTO pending_redactions (room, target, event_id) VALUES (?, ?, ?)",
        "lss",
        work->room,
        target,
        event_id);
      work->has_pending = TRUE;
    }
}

/* Servers put the newest edit into the original (spec "Server-side aggregation of m.replace"): the
 * only way to see it when the edit itself lies in a gap. */
static void
keep_bundled_edit (MxRoomWork *work, MxEvent *event)
{
  MxJson bundled = mx_json_path (mx_event_get_unsigned (event), "m.relations", "m.replace", NULL);
  g_autoptr (MxEvent) edit = NULL;
  MxStoredEvent stored;

  if (!mx_json_is_object (bundled))
    return;
  edit = mx_event_new_from_json (bundled, NULL);
  if (edit != NULL &&
      g_strcmp0 (mx_event_get_relation_target (edit), mx_event_get_id (event)) == 0 &&
      !mx_events_find (work->store, work->room, mx_event_get_id (edit), &stored))
    {
      g_auto (MxDecryption) read = { 0 };

      mx_reading_run (work, edit, NULL, &read);
      mx_events_insert (work, &read, 0, 0, 0);
    }
}

static const char *
get_redactor (MxEvent *event)
{
  if (!mx_event_is_redacted (event))
    return NULL;
  return mx_json_string_or (mx_json_path (mx_event_get_unsigned (event),
                                          "redacted_because",
                                          "sender",
                                          NULL),
                            "");
}

/* What was said of a room's encryption once is not forgotten, however it came (E2E-065). */
static void
note_encryption (MxRoomWork *work, MxEvent *event)
{
  if (g_str_equal (mx_event_get_wire_type (event), "m.room.encryption") &&
      g_strcmp0 (mx_event_get_state_key (event), "") == 0)
    mx_reading_latch (work, mx_event_get_content (event));
}

gint64
mx_events_insert (MxRoomWork *work,
                  const MxDecryption *read,
                  gint64 block,
                  gint64 position,
                  int push)
{
  MxEvent *event = read->event;
  const char *relation, *target, *key;
  gint64 id;

  mx_events_relation (event, &relation, &target, &key);
  if (
    !mx_sql_run (
      work->store,
      "INSERT INTO events (room, event_id, block, position, type, sender, ts, state_key, relation_type, "
      "relation_target, relation_key, shown, push, redacted_by, raw, clear, session_id, message_index, "
      "failure, failed_ms) "
      "VALUES (?, ?, nullif (?, 0), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "lsllsslssssiissssiil",
      work->room,
      mx_event_get_id (event),
      block,
      position,
      mx_event_get_event_type (event),
      mx_event_get_sender (event),
      mx_event_get_timestamp (event),
      mx_event_get_state_key (event),
      relation,
      target,
      key,
      mx_events_shown_level (event),
      push,
      get_redactor (event),
      mx_event_get_raw (event),
      mx_event_get_clear (event),
      read->session_id,
      (int) read->message_index,
      (int) read->failure,
      read->failure != MX_DECRYPTION_OK ? g_get_real_time () / 1000 : G_GINT64_CONSTANT (0)))
    return 0;
  id = sqlite3_last_insert_rowid (work->store->db);

  match_redactions (work, event);
  keep_bundled_edit (work, event);
  note_encryption (work, event);
  mx_verification_note_event (work, event);
  if (target != NULL && !g_str_equal (relation, REDACTION))
    mx_room_work_touch (work, target);
  if (work->has_outbox && g_strcmp0 (mx_event_get_sender (event), work->own) == 0)
    mx_outbox_match_echo (work, event);
  return id;
}

void
mx_events_set_read (MxRoomWork *work, gint64 id, const MxDecryption *read)
{
  MxEvent *event = read->event;
  const char *relation, *target, *key;

  mx_events_relation (event, &relation, &target, &key);
  mx_sql_run (
    work->store,
    "UPDATE events SET type = ?, relation_type = ?, relation_target = ?, relation_key = ?, shown = ?, "
    "clear = ?, session_id = ?, message_index = ?, failure = ? WHERE id = ?",
    "ssssissiil",
    mx_event_get_event_type (event),
    relation,
    target,
    key,
    mx_events_shown_level (event),
    mx_event_get_clear (event),
    read->session_id,
    (int) read->message_index,
    (int) read->failure,
    id);
  mx_verification_note_event (work, event);
}

void
mx_events_move (MxRoomWork *work,
                const MxStoredEvent *stored,
                const MxDecryption *read,
                gint64 block,
                gint64 position,
                int push)
{
  MxEvent *event = read->event;

  mx_sql_run (work->store,
              "UPDATE events SET block = ?, position = ?, push = ? WHERE id = ?",
              "llil",
              block,
              position,
              stored->is_redacted ? 0 : push,
              stored->id);
  if (stored->failure != MX_DECRYPTION_OK)
    mx_events_set_read (work, stored->id, read);
  mx_events_merge (work, stored, event);
  if (work->has_outbox && g_strcmp0 (mx_event_get_sender (event), work->own) == 0)
    mx_outbox_match_echo (work, event);
}

void
mx_events_merge (MxRoomWork *work, const MxStoredEvent *stored, MxEvent *event)
{
  if (!stored->is_redacted && mx_event_is_redacted (event))
    {
      g_autoptr (MxEvent) old = mx_events_load (work->store, work->room, mx_event_get_id (event));

      mx_sql_run (work->store,
                  "UPDATE events SET raw = ?, clear = NULL, redacted_by = ?, relation_type = NULL, "
                  "relation_target = NULL, relation_key = NULL, push = 0, failure = 0, is_news = 0 "
                  "WHERE id = ?",
                  "ssl",
                  mx_event_get_raw (event),
                  get_redactor (event),
                  stored->id);
      work->must_count = TRUE;
      mx_room_work_touch (work, mx_event_get_id (event));
      if (old != NULL)
        {
          drop_media (work, old);
          if (mx_event_get_relation_target (old) != NULL)
            mx_room_work_touch (work, mx_event_get_relation_target (old));
        }
    }
  else
    keep_bundled_edit (work, event);
}
