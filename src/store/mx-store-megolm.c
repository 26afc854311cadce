/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-megolm.h. */
#include "config.h"

#include "mx-store-megolm.h"

#include "mx-sql.h"

#define COLUMNS                                                                                    \
  "id, room_id, session_id, curve25519, ed25519, sender, device_keys, pickle, first_index, "       \
  "origin, shared_history, chain, backed_up, received_ms"

void
mx_stored_megolm_free (MxStoredMegolm *self)
{
  if (self == NULL)
    return;
  g_free (self->room_id);
  g_free (self->session_id);
  g_free (self->sender);
  g_free (self->device_keys);
  g_clear_pointer (&self->pickle, g_bytes_unref);
  g_free (self->chain);
  g_free (self->backed_up);
  g_free (self);
}

static MxStoredMegolm *
read_row (sqlite3_stmt *row)
{
  MxStoredMegolm *self = g_new0 (MxStoredMegolm, 1);

  self->id = sqlite3_column_int64 (row, 0);
  self->room_id = mx_sql_column_dup (row, 1);
  self->session_id = mx_sql_column_dup (row, 2);
  mx_sql_column_bytes (row, 3, self->curve25519, MX_STORE_KEY_SIZE);
  self->has_ed25519 = mx_sql_column_bytes (row, 4, self->ed25519, MX_STORE_KEY_SIZE);
  self->sender = mx_sql_column_dup (row, 5);
  self->device_keys = mx_sql_column_dup (row, 6);
  self->pickle = g_bytes_new (sqlite3_column_blob (row, 7), sqlite3_column_bytes (row, 7));
  self->first_index = (guint32) sqlite3_column_int64 (row, 8);
  self->origin = sqlite3_column_int (row, 9);
  self->shared_history = sqlite3_column_int (row, 10);
  self->chain = mx_sql_column_dup (row, 11);
  self->backed_up = mx_sql_column_dup (row, 12);
  self->received_ms = sqlite3_column_int64 (row, 13);
  return self;
}

MxStoredMegolm *
mx_store_get_megolm (MxStore *self, const char *room_id, const char *session_id)
{
  MxStoredMegolm *session = NULL;
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT " COLUMNS " FROM megolm_inbound WHERE room_id = ? AND session_id = ?",
                      "ss",
                      room_id,
                      session_id);
  if (mx_sql_step (self, row))
    {
      session = read_row (row);
      mx_sql_done (row);
    }
  mx_sql_leave_logged (self);
  return session;
}

gboolean
mx_store_put_megolm (MxStore *self, MxStoredMegolm *session, GError **error)
{
  g_autoptr (GBytes) curve = g_bytes_new_static (session->curve25519, MX_STORE_KEY_SIZE);
  g_autoptr (GBytes) ed =
    session->has_ed25519 ? g_bytes_new_static (session->ed25519, MX_STORE_KEY_SIZE) : NULL;

  mx_sql_enter_write (self);
  /* An update in place: what refers to the row stays. */
  session->id = mx_sql_int (
    self,
    0,
    "INSERT INTO megolm_inbound (room_id, session_id, curve25519, ed25519, sender, device_keys, "
    "pickle, first_index, origin, shared_history, chain, backed_up, received_ms) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (room_id, session_id) DO UPDATE "
    "SET curve25519 = excluded.curve25519, ed25519 = excluded.ed25519, sender = excluded.sender, "
    "device_keys = excluded.device_keys, pickle = excluded.pickle, "
    "first_index = excluded.first_index, origin = excluded.origin, "
    "shared_history = excluded.shared_history, chain = excluded.chain, "
    "backed_up = excluded.backed_up RETURNING id",
    "ssbbssbliissl",
    session->room_id,
    session->session_id,
    curve,
    ed,
    session->sender,
    session->device_keys,
    session->pickle,
    (gint64) session->first_index,
    (int) session->origin,
    session->shared_history != FALSE,
    session->chain,
    session->backed_up,
    session->received_ms);
  return mx_sql_leave (self, error);
}

GPtrArray *
mx_store_load_megolm (MxStore *self, gint64 after, unsigned max, const char *not_in, GError **error)
{
  g_autoptr (GPtrArray) found =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_megolm_free);
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = not_in != NULL
          ? mx_sql_query (self,
                          "SELECT " COLUMNS " FROM megolm_inbound WHERE id > ? AND "
                          "backed_up IS NOT ? ORDER BY id LIMIT ?",
                          "lsl",
                          after,
                          not_in,
                          (gint64) max)
          : mx_sql_query (self,
                          "SELECT " COLUMNS " FROM megolm_inbound WHERE id > ? ORDER BY id LIMIT ?",
                          "ll",
                          after,
                          (gint64) max);
  while (mx_sql_step (self, row))
    g_ptr_array_add (found, read_row (row));
  return mx_sql_leave (self, error) ? g_steal_pointer (&found) : NULL;
}

gint64
mx_store_count_megolm (MxStore *self, const char *not_in)
{
  gint64 count;

  mx_sql_enter (self);
  count = not_in != NULL
            ? mx_sql_int (self,
                          0,
                          "SELECT count (*) FROM megolm_inbound WHERE backed_up IS NOT ?",
                          "s",
                          not_in)
            : mx_sql_int (self, 0, "SELECT count (*) FROM megolm_inbound", "");
  mx_sql_leave_logged (self);
  return count;
}

gboolean
mx_store_megolm_backed_up (MxStore *self,
                           gint64 id,
                           guint32 first_index,
                           const char *version,
                           GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "UPDATE megolm_inbound SET backed_up = ? WHERE id = ? AND first_index = ?",
              "sll",
              version,
              id,
              (gint64) first_index);
  return mx_sql_leave (self, error);
}

gboolean
mx_store_check_megolm_index (MxStore *self,
                             gint64 session,
                             guint32 message_index,
                             const char *event_id,
                             gint64 ts,
                             GError **error)
{
  gboolean is_same;

  mx_sql_enter_write (self);
  mx_sql_run (self,
              "INSERT OR IGNORE INTO megolm_indices (session, message_index, event_id, ts) "
              "VALUES (?, ?, ?, ?)",
              "llsl",
              session,
              (gint64) message_index,
              event_id,
              ts);
  is_same = sqlite3_changes (self->db) > 0 ||
            mx_sql_int (self,
                        0,
                        "SELECT event_id = ? AND ts = ? FROM megolm_indices "
                        "WHERE session = ? AND message_index = ?",
                        "slll",
                        event_id,
                        ts,
                        session,
                        (gint64) message_index);
  return mx_sql_leave (self, error) && is_same;
}

gboolean
mx_store_put_withheld (MxStore *self,
                       const char *room_id,
                       const char *session_id,
                       const char *sender,
                       const char *code,
                       GError **error)
{
  mx_sql_enter_write (self);
  if (code != NULL)
    mx_sql_run (self,
                "INSERT OR REPLACE INTO withheld (room_id, session_id, sender, code, received_ms) "
                "VALUES (?, ?, ?, ?, ?)",
                "ssssl",
                room_id,
                session_id,
                sender,
                code,
                (gint64) (g_get_real_time () / 1000));
  else
    mx_sql_run (self,
                "DELETE FROM withheld WHERE room_id = ? AND session_id = ? AND sender = ?",
                "sss",
                room_id,
                session_id,
                sender);
  return mx_sql_leave (self, error);
}

char *
mx_store_get_withheld (MxStore *self,
                       const char *room_id,
                       const char *session_id,
                       const char *sender)
{
  char *code;

  mx_sql_enter (self);
  code =
    mx_sql_text (self,
                 "SELECT code FROM withheld WHERE room_id = ? AND session_id = ? AND sender = ?",
                 "sss",
                 room_id,
                 session_id,
                 sender);
  mx_sql_leave_logged (self);
  return code;
}
