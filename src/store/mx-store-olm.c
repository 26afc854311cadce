/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-olm.h. */
#include "config.h"

#include "mx-store-olm.h"

#include "mx-sql.h"

#define HASH_SIZE    32
#define MAX_WEDGED   1000
#define HASH_LIFE_MS (G_GINT64_CONSTANT (31) * 24 * 3600 * 1000)

void
mx_stored_account_free (MxStoredAccount *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->pickle, g_bytes_unref);
  g_free (self->upload);
  g_free (self);
}

static GBytes *
column_bytes (sqlite3_stmt *row, int column)
{
  return g_bytes_new (sqlite3_column_blob (row, column), sqlite3_column_bytes (row, column));
}

MxStoredAccount *
mx_store_get_olm_account (MxStore *self)
{
  MxStoredAccount *account = NULL;
  sqlite3_stmt *row = NULL;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT pickle, is_uploaded, ifnull (server_keys, -1), fallback_used, "
                      "fallback_ms, old_fallback, upload, must_drain FROM olm_account WHERE id = 1",
                      "");
  if (mx_sql_step (self, row))
    {
      account = g_new0 (MxStoredAccount, 1);
      account->pickle = column_bytes (row, 0);
      account->is_uploaded = sqlite3_column_int (row, 1);
      account->server_keys = sqlite3_column_int64 (row, 2);
      account->fallback_used = sqlite3_column_int (row, 3);
      account->fallback_ms = sqlite3_column_int64 (row, 4);
      account->old_fallback = sqlite3_column_int (row, 5);
      account->upload = mx_sql_column_dup (row, 6);
      account->must_drain = sqlite3_column_int (row, 7);
      mx_sql_done (row);
    }
  mx_sql_leave_logged (self);

  return account;
}

gboolean
mx_store_put_olm_account (MxStore *self, const MxStoredAccount *account, GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "INSERT OR REPLACE INTO olm_account (id, pickle, is_uploaded, server_keys, "
              "fallback_used, fallback_ms, old_fallback, upload, must_drain) "
              "VALUES (1, ?, ?, nullif (?, -1), ?, ?, ?, ?, ?)",
              "bililisi",
              account->pickle,
              account->is_uploaded != FALSE,
              account->server_keys,
              account->fallback_used != FALSE,
              account->fallback_ms,
              account->old_fallback != FALSE,
              account->upload,
              account->must_drain != FALSE);

  return mx_sql_leave (self, error);
}

/* -- Sessions */

void
mx_stored_olm_session_free (MxStoredOlmSession *self)
{
  g_free (self->session_id);
  g_clear_pointer (&self->pickle, g_bytes_unref);
  g_free (self);
}

GPtrArray *
mx_store_load_olm_sessions (MxStore *self,
                            const char *user_id,
                            const guint8 curve25519[MX_STORE_KEY_SIZE])
{
  GPtrArray *sessions =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_olm_session_free);
  g_autoptr (GBytes) key = g_bytes_new (curve25519, MX_STORE_KEY_SIZE);
  sqlite3_stmt *row = NULL;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT session_id, pickle, is_retired FROM olm_sessions "
                      "WHERE user_id = ? AND curve25519 = ? ORDER BY used DESC",
                      "sb",
                      user_id,
                      key);
  while (mx_sql_step (self, row))
    {
      MxStoredOlmSession *session = g_new0 (MxStoredOlmSession, 1);

      session->session_id = mx_sql_column_dup (row, 0);
      session->pickle = column_bytes (row, 1);
      session->is_retired = sqlite3_column_int (row, 2);
      g_ptr_array_add (sessions, session);
    }
  mx_sql_leave_logged (self);

  return sessions;
}

char *
mx_store_get_olm_session_id (MxStore *self,
                             const char *user_id,
                             const guint8 curve25519[MX_STORE_KEY_SIZE])
{
  g_autoptr (GBytes) key = g_bytes_new (curve25519, MX_STORE_KEY_SIZE);
  char *session_id = NULL;

  mx_sql_enter (self);
  session_id = mx_sql_text (self,
                            "SELECT session_id FROM olm_sessions "
                            "WHERE user_id = ? AND curve25519 = ? AND is_retired = 0 "
                            "ORDER BY used DESC LIMIT 1",
                            "sb",
                            user_id,
                            key);
  mx_sql_leave_logged (self);

  return session_id;
}

/* All but the most recently used ones. */
static void
drop_sessions (MxStore *self, const char *user_id, GBytes *key)
{
  mx_sql_run (
    self,
    "DELETE FROM olm_sessions WHERE user_id = ?1 AND curve25519 = ?2 AND session_id NOT IN "
    "(SELECT session_id FROM olm_sessions WHERE user_id = ?1 AND curve25519 = ?2 "
    "ORDER BY used DESC LIMIT ?3)",
    "sbi",
    user_id,
    key,
    MX_STORE_MAX_OLM_SESSIONS);
}

gboolean
mx_store_put_olm_session (MxStore *self,
                          const char *user_id,
                          const guint8 curve25519[MX_STORE_KEY_SIZE],
                          const char *session_id,
                          GBytes *pickle,
                          gboolean used,
                          GError **error)
{
  g_autoptr (GBytes) key = g_bytes_new (curve25519, MX_STORE_KEY_SIZE);

  mx_sql_enter_write (self);
  if (!used)
    mx_sql_run (self,
                "UPDATE olm_sessions SET pickle = ? "
                "WHERE user_id = ? AND curve25519 = ? AND session_id = ?",
                "bsbs",
                pickle,
                user_id,
                key,
                session_id);
  else if (mx_sql_run (self,
                       "INSERT INTO olm_sessions (user_id, curve25519, session_id, pickle, used) "
                       "VALUES (?, ?, ?, ?, (SELECT ifnull (max (used), 0) + 1 FROM olm_sessions)) "
                       "ON CONFLICT (user_id, curve25519, session_id) DO UPDATE SET "
                       "pickle = excluded.pickle, used = excluded.used",
                       "sbsb",
                       user_id,
                       key,
                       session_id,
                       pickle))
    drop_sessions (self, user_id, key);

  return mx_sql_leave (self, error);
}

gboolean
mx_store_retire_olm_sessions (MxStore *self, GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self, "UPDATE olm_sessions SET is_retired = 1", "");

  return mx_sql_leave (self, error);
}

/* -- Damaged sessions */

gboolean
mx_store_add_wedged (MxStore *self,
                     const char *user_id,
                     const guint8 curve25519[MX_STORE_KEY_SIZE],
                     GError **error)
{
  g_autoptr (GBytes) key = g_bytes_new (curve25519, MX_STORE_KEY_SIZE);

  mx_sql_enter_write (self);
  mx_sql_run (self,
              "INSERT OR IGNORE INTO olm_wedged (user_id, curve25519) VALUES (?, ?)",
              "sb",
              user_id,
              key);
  mx_sql_run (self,
              "DELETE FROM olm_wedged WHERE id <= (SELECT max (id) FROM olm_wedged) - ?",
              "i",
              MAX_WEDGED);

  return mx_sql_leave (self, error);
}

gboolean
mx_store_remove_wedged (MxStore *self,
                        const char *user_id,
                        const guint8 curve25519[MX_STORE_KEY_SIZE],
                        GError **error)
{
  g_autoptr (GBytes) key = g_bytes_new (curve25519, MX_STORE_KEY_SIZE);

  mx_sql_enter_write (self);
  mx_sql_run (self,
              "DELETE FROM olm_wedged WHERE user_id = ? AND curve25519 = ?",
              "sb",
              user_id,
              key);

  return mx_sql_leave (self, error);
}

GPtrArray *
mx_store_load_wedged (MxStore *self)
{
  GPtrArray *devices = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_device_free);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *row = NULL;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT d.user_id, d.device_id FROM olm_wedged AS w JOIN devices AS d "
                      "ON d.curve25519 = w.curve25519 AND d.user_id = w.user_id "
                      "WHERE d.is_gone = 0 ORDER BY w.id",
                      "");
  while (mx_sql_step (self, row))
    {
      g_ptr_array_add (ids, mx_sql_column_dup (row, 0));
      g_ptr_array_add (ids, mx_sql_column_dup (row, 1));
    }
  for (guint i = 0; i + 1 < ids->len; i += 2)
    {
      MxStoredDevice *device =
        mx_store_get_device (self, g_ptr_array_index (ids, i), g_ptr_array_index (ids, i + 1));

      if (device != NULL)
        g_ptr_array_add (devices, device);
    }
  mx_sql_leave_logged (self);

  return devices;
}

gboolean
mx_store_note_olm_hash (MxStore *self,
                        const guint8 *hash,
                        gint64 now_ms,
                        gboolean *known,
                        GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (hash, HASH_SIZE);

  mx_sql_enter_write (self);
  *known = !mx_sql_change (self,
                           "INSERT OR IGNORE INTO olm_hashes (hash, received_ms) VALUES (?, ?)",
                           "bl",
                           bytes,
                           now_ms);
  mx_sql_run (self, "DELETE FROM olm_hashes WHERE received_ms < ?", "l", now_ms - HASH_LIFE_MS);

  return mx_sql_leave (self, error);
}
