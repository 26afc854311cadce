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

/* Of the first that was read. */
static void
read_cancel (sqlite3_stmt *row, char **code, char **by)
{
  g_autoptr (MxEvent) event = mx_events_parse ((const char *) sqlite3_column_text (row, 1),
                                               (const char *) sqlite3_column_text (row, 2));

  if (event == NULL)
    return;
  if (code != NULL && *code == NULL)
    *code = g_strdup (mx_json_get_string (mx_event_get_content (event), "code"));
  if (by != NULL && *by == NULL)
    *by = g_strdup (mx_event_get_sender (event));
}

MxVerificationOutcome
mx_store_get_verification_outcome (MxStore *self,
                                   const char *room_id,
                                   const char *event_id,
                                   char **code,
                                   char **by)
{
  gboolean done = FALSE;
  gboolean cancelled = FALSE;
  sqlite3_stmt *row = mx_sql_query (self,
                                    "SELECT type, raw, clear FROM events WHERE room = ? AND "
                                    "relation_target = ? AND relation_type = 'm.reference' "
                                    "ORDER BY id",
                                    "ls",
                                    mx_room_find (self, room_id),
                                    event_id);

  if (code != NULL)
    *code = NULL;
  if (by != NULL)
    *by = NULL;
  while (mx_sql_step (self, row))
    {
      const char *type = (const char *) sqlite3_column_text (row, 0);

      done = done || g_strcmp0 (type, PREFIX "done") == 0;
      if (g_strcmp0 (type, PREFIX "cancel") != 0)
        continue;
      cancelled = TRUE;
      read_cancel (row, code, by);
    }

  if (cancelled)
    return MX_VERIFICATION_OUTCOME_CANCELLED;
  return done ? MX_VERIFICATION_OUTCOME_DONE : MX_VERIFICATION_OUTCOME_NONE;
}

GStrv
mx_store_load_stale_verification (MxStore *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  sqlite3_stmt *row = mx_sql_query (self,
                                    "SELECT txn_id FROM outbox WHERE event_type GLOB ? OR "
                                    "(event_type = 'm.room.message' AND content LIKE ?)",
                                    "ss",
                                    PREFIX "*",
                                    "{\"msgtype\":\"" REQUEST "\"%");

  while (mx_sql_step (self, row))
    g_strv_builder_add (builder, (const char *) sqlite3_column_text (row, 0));
  return g_strv_builder_end (builder);
}
