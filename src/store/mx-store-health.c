/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Is the store whole, and making everything derived again from what was received. */
#include "config.h"

#include "mx-store.h"

#include "mx-room-work.h"
#include "mx-store-counts.h"
#include "mx-store-events.h"
#include "mx-store-members.h"

static unsigned
count_findings (MxStore *self, const char *pragma, const char *fine)
{
  sqlite3_stmt *statement = NULL;
  unsigned findings = 0;
  int result = sqlite3_prepare_v2 (self->db, pragma, -1, &statement, NULL);

  if (result == SQLITE_OK)
    while ((result = sqlite3_step (statement)) == SQLITE_ROW)
      if (g_strcmp0 (mx_sql_column_text (statement, 0), fine) != 0)
        findings++;
  sqlite3_finalize (statement);
  return result == SQLITE_DONE ? findings : findings + 1;
}

static void
add_findings (MxStore *self, GString *report, const char *name, unsigned findings)
{
  if (findings == 0)
    {
      g_string_append_printf (report, "%s: ok\n", name);
      return;
    }
  g_string_append_printf (report, "%s: %u findings\n", name, findings);
  mx_sql_note_damage (self);
}

char *
mx_store_health (MxStore *self)
{
  static const char *const counts[][2] = {
    { "rooms", "SELECT count (*) FROM rooms" },
    { "events", "SELECT count (*) FROM events" },
    { "blocks", "SELECT count (*) FROM blocks" },
    { "members", "SELECT count (*) FROM members" },
    { "outbox", "SELECT count (*) FROM outbox" },
    { "drafts", "SELECT count (*) FROM drafts" },
    { "media bytes", "SELECT sum (size) FROM media" },
    { "schema", "PRAGMA user_version" },
    { "pages", "PRAGMA page_count" },
    { "free pages", "PRAGMA freelist_count" },
    { "page size", "PRAGMA page_size" },
  };
  GString *report = g_string_new (NULL);
  g_autofree char *version = NULL;
  g_autoptr (GError) error = NULL;

  g_assert (self->thread == g_thread_self ());

  add_findings (self,
                report,
                "integrity",
                count_findings (self, "PRAGMA integrity_check (20)", "ok"));
  add_findings (self,
                report,
                "authentication",
                count_findings (self, "PRAGMA cipher_integrity_check", NULL));
  mx_sql_enter (self);
  version = mx_sql_text (self, "PRAGMA cipher_version", "");
  g_string_append_printf (report, "cipher: %s\n", version ? version : "none");
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    g_string_append_printf (report,
                            "%s: %" G_GINT64_FORMAT "\n",
                            counts[i][0],
                            mx_sql_int (self, 0, counts[i][1], ""));
  if (!mx_sql_leave (self, &error))
    g_string_append_printf (report, "reading: failed (%d)\n", error->code);
  return g_string_free (report, FALSE);
}

/* The columns beside the raw text. What was redacted keeps its place: its raw text no longer tells
 * what it was. */
static void
repair_event (MxStore *self, gint64 id)
{
  g_autoptr (MxEvent) event = NULL;
  const char *relation, *target, *key;
  sqlite3_stmt *row = mx_sql_query (self, "SELECT raw, clear FROM events WHERE id = ?", "l", id);

  if (!mx_sql_step (self, row))
    return;
  event = mx_events_parse (mx_sql_column_text (row, 0), mx_sql_column_text (row, 1));
  mx_sql_done (row);
  if (event == NULL)
    return;

  mx_events_relation (event, &relation, &target, &key);
  mx_sql_run (
    self,
    "UPDATE events SET type = ?, sender = ?, ts = ?, state_key = ?, relation_type = ?, relation_target = ?, "
    "relation_key = ?, shown = iif (redacted_by IS NULL, ?, min (shown, ?)) WHERE id = ?",
    "sslssssiil",
    mx_event_get_event_type (event),
    mx_event_get_sender (event),
    mx_event_get_timestamp (event),
    mx_event_get_state_key (event),
    relation,
    target,
    key,
    mx_events_shown_level (event),
    mx_events_shown_level (event),
    id);
}

static void
repair_room (MxStore *self, const char *room_id)
{
  g_auto (MxRoomWork) work = { 0 };

  if (!mx_room_work_begin (&work, self, room_id, FALSE, NULL))
    return;
  mx_sql_run (self, "DELETE FROM room_rows WHERE room = ?", "l", work.room);
  mx_members_repair (&work);
  mx_counts_evaluate_again (&work);
  work.must_count = TRUE;
  mx_room_work_finish (&work);
}

gboolean
mx_store_repair (MxStore *self, GError **error)
{
  g_autoptr (GPtrArray) rooms = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *row;
  gint64 id = 0;

  if (!mx_store_begin (self, error))
    return FALSE;
  mx_sql_enter_write (self);

  mx_sql_script (self, "REINDEX");
  while ((id = mx_sql_int (self, 0, "SELECT min (id) FROM events WHERE id > ?", "l", id)) != 0)
    repair_event (self, id);
  row = mx_sql_query (self, "SELECT room_id FROM rooms", "");
  while (mx_sql_step (self, row))
    g_ptr_array_add (rooms, mx_sql_column_dup (row, 0));
  for (guint i = 0; i < rooms->len; i++)
    repair_room (self, g_ptr_array_index (rooms, i));

  if (!mx_sql_leave (self, error))
    {
      mx_store_rollback (self);
      return FALSE;
    }
  return mx_store_commit (self, error);
}
