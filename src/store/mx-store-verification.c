/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-verification.h. */
#include "config.h"

#include "mx-store-events.h"
#include "mx-store-verification-note.h"
#include "mx-store-verification.h"

#define PREFIX    "m.key.verification."
#define REQUEST   PREFIX "request"
#define AGE_MS    600000
#define FUTURE_MS 300000

static gboolean
is_verification (MxEvent *event)
{
  const char *type = mx_event_get_event_type (event);

  return g_str_has_prefix (type, PREFIX) ||
         (g_str_equal (type, "m.room.message") &&
          g_strcmp0 (mx_json_get_string (mx_event_get_content (event), "msgtype"), REQUEST) == 0);
}

/* The relation of an encrypted event may be outside only; what was promised includes it. */
static char *
dup_content (MxEvent *event)
{
  MxJson content = mx_event_get_content (event);
  MxJson relation = mx_json_get (mx_event_get_wire_content (event), "m.relates_to");
  g_autoptr (MxJsonWriter) writer = NULL;
  const char *name = NULL;
  MxJson value;
  MxJsonIter iter;

  if (mx_json_is_object (mx_json_get (content, "m.relates_to")) || !mx_json_is_object (relation))
    return mx_json_to_text (content);

  writer = mx_json_writer_new ();
  mx_json_begin_object (writer, NULL);
  mx_json_add_json (writer, "m.relates_to", relation);
  mx_json_iter_init (&iter, content);
  while (mx_json_iter_next (&iter, &name, &value))
    if (!g_str_equal (name, "m.relates_to"))
      mx_json_add_json (writer, name, value);
  mx_json_end (writer);
  return mx_json_writer_to_text (writer);
}

void
mx_verification_note_event (MxRoomWork *work, MxEvent *event)
{
  gint64 age = g_get_real_time () / 1000 - mx_event_get_timestamp (event);
  g_autoptr (MxVerificationNote) note = NULL;

  if (age > AGE_MS || age < -FUTURE_MS || mx_event_is_redacted (event) || !is_verification (event))
    return;

  note = g_new0 (MxVerificationNote, 1);
  note->content = dup_content (event);
  if (note->content == NULL)
    return;
  note->sender = g_strdup (mx_event_get_sender (event));
  note->type = g_strdup (mx_event_get_event_type (event));
  note->encrypted = mx_event_get_clear (event) != NULL;
  note->room_id = g_strdup (work->room_id);
  note->event_id = g_strdup (mx_event_get_id (event));
  note->timestamp_ms = mx_event_get_timestamp (event);
  g_ptr_array_add (work->changes->verification, g_steal_pointer (&note));
}

/* Whoever else is in the room may say of a verification what they like. */
static gboolean
is_party (MxEvent *request, MxEvent *step)
{
  const char *sender = mx_event_get_sender (step);

  return g_strcmp0 (sender, mx_event_get_sender (request)) == 0 ||
         g_strcmp0 (sender, mx_json_get_string (mx_event_get_content (request), "to")) == 0;
}

static void
read_cancel (MxEvent *cancel, char **code, char **by)
{
  if (code != NULL)
    *code = g_strdup (mx_json_get_string (mx_event_get_content (cancel), "code"));
  if (by != NULL)
    *by = g_strdup (mx_event_get_sender (cancel));
}

MxVerificationOutcome
mx_store_get_verification_outcome (MxStore *self,
                                   const char *room_id,
                                   const char *event_id,
                                   char **code,
                                   char **by)
{
  gint64 room = mx_room_find (self, room_id);
  g_autoptr (MxEvent) request = mx_events_load (self, room, event_id);
  MxVerificationOutcome outcome = MX_VERIFICATION_OUTCOME_NONE;
  sqlite3_stmt *row = mx_sql_query (self,
                                    "SELECT raw, clear FROM events WHERE room = ? AND "
                                    "relation_target = ? AND relation_type = 'm.reference' AND "
                                    "type IN ('" PREFIX "done', '" PREFIX "cancel') ORDER BY id",
                                    "ls",
                                    room,
                                    event_id);

  if (code != NULL)
    *code = NULL;
  if (by != NULL)
    *by = NULL;
  while (mx_sql_step (self, row))
    {
      g_autoptr (MxEvent) step = mx_events_parse ((const char *) sqlite3_column_text (row, 0),
                                                  (const char *) sqlite3_column_text (row, 1));

      if (request == NULL || step == NULL || !is_party (request, step) ||
          outcome == MX_VERIFICATION_OUTCOME_CANCELLED)
        continue;
      outcome = MX_VERIFICATION_OUTCOME_DONE;
      if (g_str_equal (mx_event_get_event_type (step), PREFIX "cancel"))
        {
          outcome = MX_VERIFICATION_OUTCOME_CANCELLED;
          read_cancel (step, code, by);
        }
    }

  return outcome;
}

GStrv
mx_store_load_stale_verification (MxStore *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  sqlite3_stmt *row = NULL;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT txn_id FROM outbox WHERE (event_type GLOB ? AND event_type NOT IN "
                      "('" PREFIX "cancel', '" PREFIX "done')) OR "
                      "(event_type = 'm.room.message' AND content LIKE ?)",
                      "ss",
                      PREFIX "*",
                      "{\"msgtype\":\"" REQUEST "\"%");
  while (mx_sql_step (self, row))
    g_strv_builder_add (builder, mx_sql_column_text (row, 0));
  mx_sql_leave_logged (self);

  return g_strv_builder_end (builder);
}

void
mx_stored_verification_free (MxStoredVerification *self)
{
  if (self == NULL)
    return;
  g_free (self->room_id);
  g_free (self->transaction_id);
  g_free (self->user_id);
  g_free (self->device_id);
  g_free (self);
}

static const char *
or_empty (const char *text)
{
  return text != NULL ? text : "";
}

gboolean
mx_store_add_verification (MxStore *self, const MxStoredVerification *verification, GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "INSERT OR IGNORE INTO verifications "
              "(room_id, transaction_id, user_id, device_id, created_ms) VALUES (?, ?, ?, ?, ?)",
              "ssssl",
              or_empty (verification->room_id),
              verification->transaction_id,
              verification->user_id,
              or_empty (verification->device_id),
              verification->created_ms);

  return mx_sql_leave (self, error);
}

gboolean
mx_store_remove_verification (MxStore *self,
                              const char *room_id,
                              const char *transaction_id,
                              GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "DELETE FROM verifications WHERE room_id = ? AND transaction_id = ?",
              "ss",
              or_empty (room_id),
              transaction_id);

  return mx_sql_leave (self, error);
}

/* NULL: nothing is there. */
static char *
dup_column (sqlite3_stmt *row, int column)
{
  const char *text = mx_sql_column_text (row, column);

  return g_strdup (*text != '\0' ? text : NULL);
}

GPtrArray *
mx_store_load_verifications (MxStore *self)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_verification_free);
  sqlite3_stmt *row = NULL;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT room_id, transaction_id, user_id, device_id, created_ms "
                      "FROM verifications",
                      "");
  while (mx_sql_step (self, row))
    {
      MxStoredVerification *each = g_new0 (MxStoredVerification, 1);

      each->room_id = dup_column (row, 0);
      each->transaction_id = dup_column (row, 1);
      each->user_id = dup_column (row, 2);
      each->device_id = dup_column (row, 3);
      each->created_ms = sqlite3_column_int64 (row, 4);
      g_ptr_array_add (all, each);
    }
  mx_sql_leave_logged (self);

  return all;
}
