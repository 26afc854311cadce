/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The outbox; see mx-store-outbox.h. An entry goes when its echo is in the timeline, whichever way
 * the echo came. */
#include "config.h"

#include "mx-store-outbox.h"

#include "mx-store-outbox-echo.h"

#include <string.h>

#define COLUMNS                                                                                                         \
  "id, room_id, txn_id, event_type, content, wire_type, wire_content, redacts, depends_on, state, event_id, attempts, " \
  "created_ms, error_code, error_domain, upload"

void
mx_outbox_row_free (MxOutboxRow *self)
{
  if (self == NULL)
    return;
  g_free (self->room_id);
  g_free (self->txn_id);
  g_free (self->event_type);
  g_free (self->content);
  g_free (self->wire_type);
  g_free (self->wire_content);
  g_free (self->redacts);
  g_free (self->upload);
  g_free (self->depends_on);
  g_free (self->event_id);
  g_free (self->error_domain);
  g_free (self);
}

static MxOutboxRow *
read_row (sqlite3_stmt *row)
{
  MxOutboxRow *self = g_new0 (MxOutboxRow, 1);

  self->id = sqlite3_column_int64 (row, 0);
  self->room_id = mx_sql_column_dup (row, 1);
  self->txn_id = mx_sql_column_dup (row, 2);
  self->event_type = mx_sql_column_dup (row, 3);
  self->content = mx_sql_column_dup (row, 4);
  self->wire_type = mx_sql_column_dup (row, 5);
  self->wire_content = mx_sql_column_dup (row, 6);
  self->redacts = mx_sql_column_dup (row, 7);
  self->depends_on = mx_sql_column_dup (row, 8);
  self->state = sqlite3_column_int (row, 9);
  self->event_id = mx_sql_column_dup (row, 10);
  self->attempts = sqlite3_column_int (row, 11);
  self->created_ms = sqlite3_column_int64 (row, 12);
  self->error_code = sqlite3_column_int (row, 13);
  self->error_domain = mx_sql_column_dup (row, 14);
  self->upload = mx_sql_column_dup (row, 15);
  return self;
}

/* The failed ones are counted in the room's row. */
static void
refresh (MxStore *self, const char *room_id, MxStoreChanges *changes)
{
  g_auto (MxRoomWork) work = { 0 };

  if (changes != NULL)
    mx_store_changes_room (changes, room_id, MX_ROOM_CHANGED_OUTBOX);
  if (mx_room_work_begin (&work, self, room_id, FALSE, changes))
    mx_room_work_finish (&work);
}

static char *
quote_json (const char *text)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  char *array;

  mx_json_begin_array (writer, NULL);
  mx_json_add_string (writer, NULL, text);
  mx_json_end (writer);
  array = mx_json_writer_to_text (writer);
  /* ["…"] without the brackets */
  memmove (array, array + 1, strlen (array));
  array[strlen (array) - 1] = '\0';
  return array;
}

/* What waited for this entry names its event from now on. */
static void
resolve_dependents (MxStore *self, const char *txn_id, const char *event_id)
{
  g_autofree char *old = quote_json (txn_id);
  g_autofree char *new = quote_json (event_id);

  mx_sql_run (
    self,
    "UPDATE outbox SET content = replace (content, ?, ?), redacts = iif (redacts = ?, ?, redacts), "
    "depends_on = NULL WHERE depends_on = ?",
    "sssss",
    old,
    new,
    txn_id,
    event_id,
    txn_id);
}

void
mx_outbox_match_echo (MxRoomWork *work, MxEvent *event)
{
  MxStore *store = work->store;
  const char *event_id = mx_event_get_id (event);
  const char *named = mx_event_get_transaction_id (event);
  g_autofree char *txn_id = NULL;

  if (named != NULL)
    txn_id = mx_sql_text (store,
                          "SELECT txn_id FROM outbox WHERE room_id = ? AND txn_id = ?",
                          "ss",
                          work->room_id,
                          named);
  if (txn_id == NULL)
    txn_id = mx_sql_text (store,
                          "SELECT txn_id FROM outbox WHERE room_id = ? AND event_id = ?",
                          "ss",
                          work->room_id,
                          event_id);
  if (txn_id == NULL)
    return;

  resolve_dependents (store, txn_id, event_id);
  mx_sql_run (store, "DELETE FROM outbox WHERE txn_id = ?", "s", txn_id);
  mx_room_work_flag (work, MX_ROOM_CHANGED_OUTBOX | MX_ROOM_CHANGED_APPENDED);
}

gboolean
mx_store_outbox_add (MxStore *self, MxOutboxRow *row, MxStoreChanges *changes, GError **error)
{
  mx_sql_enter_write (self);
  if (
    mx_sql_run (
      self,
      "INSERT INTO outbox (room_id, txn_id, event_type, content, wire_type, wire_content, redacts, "
      "depends_on, state, event_id, attempts, created_ms, error_code, error_domain, upload) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      "ssssssssisiliss",
      row->room_id,
      row->txn_id,
      row->event_type,
      row->content,
      row->wire_type,
      row->wire_content,
      row->redacts,
      row->depends_on,
      (int) row->state,
      row->event_id,
      (int) row->attempts,
      row->created_ms,
      row->error_code,
      row->error_domain,
      row->upload))
    row->id = sqlite3_last_insert_rowid (self->db);
  refresh (self, row->room_id, changes);
  return mx_sql_leave (self, error);
}

GPtrArray *
mx_store_outbox_load (MxStore *self, const char *room_id, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_outbox_row_free);
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = room_id ? mx_sql_query (self,
                                "SELECT " COLUMNS " FROM outbox WHERE room_id = ? ORDER BY id",
                                "s",
                                room_id)
                : mx_sql_query (self, "SELECT " COLUMNS " FROM outbox ORDER BY id", "");
  while (mx_sql_step (self, row))
    g_ptr_array_add (rows, read_row (row));
  return mx_sql_leave (self, error) ? g_steal_pointer (&rows) : NULL;
}

MxOutboxRow *
mx_store_outbox_get (MxStore *self, const char *txn_id)
{
  MxOutboxRow *entry = NULL;
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self, "SELECT " COLUMNS " FROM outbox WHERE txn_id = ?", "s", txn_id);
  if (mx_sql_step (self, row))
    {
      entry = read_row (row);
      mx_sql_done (row);
    }
  mx_sql_leave_logged (self);
  return entry;
}

gboolean
mx_store_outbox_set_state (MxStore *self,
                           const char *txn_id,
                           MxOutboxState state,
                           const char *event_id,
                           const GError *failure,
                           MxStoreChanges *changes,
                           GError **error)
{
  g_autofree char *room_id = NULL;

  mx_sql_enter_write (self);
  room_id = mx_sql_text (self, "SELECT room_id FROM outbox WHERE txn_id = ?", "s", txn_id);
  if (room_id != NULL)
    {
      mx_sql_run (
        self,
        "UPDATE outbox SET state = ?, event_id = coalesce (?, event_id), attempts = attempts + ?, "
        "error_code = ?, error_domain = ? WHERE txn_id = ?",
        "isiiss",
        (int) state,
        event_id,
        state == MX_OUTBOX_SENDING,
        failure ? failure->code : 0,
        failure ? g_quark_to_string (failure->domain) : NULL,
        txn_id);
      if (state == MX_OUTBOX_SENT && event_id != NULL)
        {
          resolve_dependents (self, txn_id, event_id);
          /* The echo may have been faster than the answer, and not have named the transaction. */
          mx_sql_run (
            self,
            "DELETE FROM outbox WHERE txn_id = ? AND EXISTS (SELECT 1 FROM events AS e JOIN rooms AS r "
            "ON r.id = e.room WHERE r.room_id = ? AND e.event_id = ? AND e.block IS NOT NULL)",
            "sss",
            txn_id,
            room_id,
            event_id);
        }
      refresh (self, room_id, changes);
    }
  return mx_sql_leave (self, error);
}

gboolean
mx_store_outbox_set_wire (MxStore *self,
                          const char *txn_id,
                          const char *type,
                          const char *content,
                          GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "UPDATE outbox SET wire_type = ?, wire_content = ? WHERE txn_id = ?",
              "sss",
              type,
              content,
              txn_id);
  return mx_sql_leave (self, error);
}

gboolean
mx_store_outbox_replace (MxStore *self,
                         const char *txn_id,
                         const char *content,
                         MxStoreChanges *changes,
                         GError **error)
{
  g_autofree char *room_id = NULL;

  mx_sql_enter_write (self);
  room_id = mx_sql_text (self, "SELECT room_id FROM outbox WHERE txn_id = ?", "s", txn_id);
  if (room_id != NULL)
    {
      mx_sql_run (
        self,
        "UPDATE outbox SET content = ?, wire_type = NULL, wire_content = NULL WHERE txn_id = ?",
        "ss",
        content,
        txn_id);
      refresh (self, room_id, changes);
    }
  return mx_sql_leave (self, error);
}

gboolean
mx_store_outbox_uploaded (MxStore *self,
                          const char *txn_id,
                          const char *content,
                          MxStoreChanges *changes,
                          GError **error)
{
  g_autofree char *room_id = NULL;

  mx_sql_enter_write (self);
  room_id = mx_sql_text (self, "SELECT room_id FROM outbox WHERE txn_id = ?", "s", txn_id);
  if (room_id != NULL &&
      mx_sql_run (self,
                  "UPDATE outbox SET content = ?, upload = NULL WHERE txn_id = ?",
                  "ss",
                  content,
                  txn_id))
    refresh (self, room_id, changes);
  return mx_sql_leave (self, error);
}

gboolean
mx_store_outbox_remove (MxStore *self, const char *txn_id, MxStoreChanges *changes, GError **error)
{
  g_autofree char *room_id = NULL;

  mx_sql_enter_write (self);
  room_id = mx_sql_text (self, "SELECT room_id FROM outbox WHERE txn_id = ?", "s", txn_id);
  if (room_id != NULL)
    {
      /* What edits or answers a message that never left has nothing to stand on. */
      mx_sql_run (
        self,
        "WITH RECURSIVE gone (txn_id) AS (VALUES (?) UNION SELECT o.txn_id FROM outbox AS o, gone "
        "WHERE o.depends_on = gone.txn_id) DELETE FROM outbox WHERE txn_id IN (SELECT txn_id FROM gone)",
        "s",
        txn_id);
      refresh (self, room_id, changes);
    }
  return mx_sql_leave (self, error);
}
