/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-identities.h. */
#include "config.h"

#include "mx-store-identities.h"

#include "mx-json.h"
#include "mx-sql.h"

#include <string.h>

#define COLUMNS                                                                                    \
  "user_id, master, self_signing, user_signing, master_key, pinned_key, is_verified, was_verified"

/* A device is answered once in this time for each secret (E2E-150). */
#define ANSWER_INTERVAL_MS 10000
/* Names are few; what else is asked for is not remembered (E2E-168). */
#define MAX_WISHES 200

void
mx_stored_identity_free (MxStoredIdentity *self)
{
  if (self == NULL)
    return;
  g_free (self->user_id);
  g_free (self->master);
  g_free (self->self_signing);
  g_free (self->user_signing);
  g_free (self);
}

MxStoredIdentity *
mx_stored_identity_copy (const MxStoredIdentity *self)
{
  MxStoredIdentity *copy = g_memdup2 (self, sizeof *self);

  copy->user_id = g_strdup (self->user_id);
  copy->master = g_strdup (self->master);
  copy->self_signing = g_strdup (self->self_signing);
  copy->user_signing = g_strdup (self->user_signing);

  return copy;
}

MxIdentityState
mx_stored_identity_get_state (const MxStoredIdentity *self)
{
  if (self == NULL)
    return MX_IDENTITY_STATE_NONE;
  if (self->is_verified)
    return MX_IDENTITY_STATE_VERIFIED;
  if (self->was_verified)
    return MX_IDENTITY_STATE_VIOLATED;

  return memcmp (self->master_key, self->pinned_key, MX_STORE_KEY_SIZE) == 0
           ? MX_IDENTITY_STATE_PINNED
           : MX_IDENTITY_STATE_CHANGED;
}

/* NULL for a row that is no identity. */
static MxStoredIdentity *
read_identity (sqlite3_stmt *row)
{
  g_autoptr (MxStoredIdentity) identity = g_new0 (MxStoredIdentity, 1);

  if (!mx_sql_column_bytes (row, 4, identity->master_key, MX_STORE_KEY_SIZE) ||
      !mx_sql_column_bytes (row, 5, identity->pinned_key, MX_STORE_KEY_SIZE))
    return NULL;
  identity->user_id = mx_sql_column_dup (row, 0);
  identity->master = mx_sql_column_dup (row, 1);
  identity->self_signing = mx_sql_column_dup (row, 2);
  identity->user_signing = mx_sql_column_dup (row, 3);
  identity->is_verified = sqlite3_column_int (row, 6);
  identity->was_verified = sqlite3_column_int (row, 7);

  return g_steal_pointer (&identity);
}

MxStoredIdentity *
mx_store_get_identity (MxStore *self, const char *user_id)
{
  MxStoredIdentity *identity = NULL;
  sqlite3_stmt *row = NULL;

  mx_sql_enter (self);
  row = mx_sql_query (self, "SELECT " COLUMNS " FROM identities WHERE user_id = ?", "s", user_id);
  if (mx_sql_step (self, row))
    {
      identity = read_identity (row);
      mx_sql_done (row);
    }
  mx_sql_leave_logged (self);

  return identity;
}

gboolean
mx_store_put_identity (MxStore *self, const MxStoredIdentity *identity, GError **error)
{
  g_autoptr (GBytes) master_key = g_bytes_new (identity->master_key, MX_STORE_KEY_SIZE);
  g_autoptr (GBytes) pinned_key = g_bytes_new (identity->pinned_key, MX_STORE_KEY_SIZE);

  mx_sql_enter_write (self);
  mx_sql_run (self,
              "INSERT OR REPLACE INTO identities (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
              "ssssbbii",
              identity->user_id,
              identity->master,
              identity->self_signing,
              identity->user_signing,
              master_key,
              pinned_key,
              identity->is_verified != FALSE,
              identity->was_verified != FALSE);

  return mx_sql_leave (self, error);
}

static GStrv
read_texts (MxStore *self, sqlite3_stmt *row, int columns)
{
  g_autoptr (GStrvBuilder) texts = g_strv_builder_new ();

  while (mx_sql_step (self, row))
    for (int i = 0; i < columns; i++)
      g_strv_builder_add (texts, mx_sql_column_text (row, i));

  return g_strv_builder_end (texts);
}

GStrv
mx_store_load_identity_users (MxStore *self)
{
  GStrv users = NULL;

  mx_sql_enter (self);
  users =
    read_texts (self, mx_sql_query (self, "SELECT user_id FROM identities ORDER BY 1", ""), 1);
  mx_sql_leave_logged (self);

  return users;
}

/* -- Our secrets */

gboolean
mx_store_set_secret (MxStore *self, const char *name, MxSecret *value, GError **error)
{
  mx_sql_enter_write (self);
  if (value != NULL)
    {
      gsize size = 0;
      const guint8 *data = mx_secret_get_data (value, &size);
      g_autoptr (GBytes) bytes = g_bytes_new_static (data, size); /* until the statement is done */

      mx_sql_run (self,
                  "INSERT OR REPLACE INTO secrets (name, value) VALUES (?, ?)",
                  "sb",
                  name,
                  bytes);
    }
  else
    {
      mx_sql_run (self, "DELETE FROM secrets WHERE name = ?", "s", name);
    }

  return mx_sql_leave (self, error);
}

MxSecret *
mx_store_get_secret (MxStore *self, const char *name)
{
  MxSecret *value = NULL;
  sqlite3_stmt *row = NULL;

  mx_sql_enter (self);
  row = mx_sql_query (self, "SELECT value FROM secrets WHERE name = ?", "s", name);
  if (mx_sql_step (self, row))
    {
      value = mx_secret_new (sqlite3_column_blob (row, 0), sqlite3_column_bytes (row, 0));
      mx_sql_done (row);
    }
  mx_sql_leave_logged (self);

  return value;
}

/* -- Secrets between our devices */

gboolean
mx_store_add_secret_request (MxStore *self,
                             const char *request_id,
                             const char *device_id,
                             const char *name,
                             gint64 sent_ms,
                             GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "INSERT OR REPLACE INTO secret_requests (request_id, device_id, name, sent_ms) "
              "VALUES (?, ?, ?, ?)",
              "sssl",
              request_id,
              device_id,
              name,
              sent_ms);

  return mx_sql_leave (self, error);
}

char *
mx_store_get_secret_request (MxStore *self, const char *request_id, const char *device_id)
{
  char *name = NULL;

  mx_sql_enter (self);
  name = mx_sql_text (self,
                      "SELECT name FROM secret_requests WHERE request_id = ? AND device_id = ?",
                      "ss",
                      request_id,
                      device_id);
  mx_sql_leave_logged (self);

  return name;
}

gint64
mx_store_last_secret_request (MxStore *self, const char *name, const char *device_id)
{
  gint64 sent_ms = 0;

  mx_sql_enter (self);
  sent_ms = mx_sql_int (self,
                        0,
                        "SELECT max (sent_ms) FROM secret_requests "
                        "WHERE name = ? AND device_id = ?",
                        "ss",
                        name,
                        device_id);
  mx_sql_leave_logged (self);

  return sent_ms;
}

GStrv
mx_store_take_secret_requests (MxStore *self, const char *name)
{
  GStrv pairs = NULL;

  mx_sql_enter_write (self);
  pairs = read_texts (
    self,
    mx_sql_query (self,
                  "SELECT request_id, device_id FROM secret_requests WHERE name = ? ORDER BY 1, 2",
                  "s",
                  name),
    2);
  mx_sql_run (self, "DELETE FROM secret_requests WHERE name = ?", "s", name);
  mx_sql_leave_logged (self);

  return pairs;
}

void
mx_secret_wish_free (MxSecretWish *self)
{
  g_free (self->device_id);
  g_free (self->name);
  g_free (self->request_id);
  g_free (self);
}

gboolean
mx_store_add_secret_wish (MxStore *self, const MxSecretWish *wish, GError **error)
{
  gboolean is_new = FALSE;

  mx_sql_enter_write (self);
  if (mx_sql_int (self, 0, "SELECT count (*) FROM secret_wishes", "") < MAX_WISHES)
    is_new = mx_sql_change (
      self,
      "INSERT INTO secret_wishes (device_id, name, request_id, received_ms) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (device_id, name) DO UPDATE SET request_id = excluded.request_id, "
      "received_ms = excluded.received_ms, is_open = 1 WHERE answered_ms + ? <= "
      "excluded.received_ms",
      "sssll",
      wish->device_id,
      wish->name,
      wish->request_id,
      wish->received_ms,
      (gint64) ANSWER_INTERVAL_MS);

  return mx_sql_leave (self, error) && is_new;
}

gboolean
mx_store_cancel_secret_wish (MxStore *self,
                             const char *device_id,
                             const char *request_id,
                             GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "UPDATE secret_wishes SET is_open = 0 WHERE device_id = ? AND request_id = ?",
              "ss",
              device_id,
              request_id);

  return mx_sql_leave (self, error);
}

GPtrArray *
mx_store_load_secret_wishes (MxStore *self, gint64 since_ms)
{
  GPtrArray *wishes = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_secret_wish_free);
  sqlite3_stmt *row = NULL;

  mx_sql_enter_write (self);
  mx_sql_run (self, "DELETE FROM secret_wishes WHERE received_ms < ?", "l", since_ms);
  row = mx_sql_query (self,
                      "SELECT device_id, name, request_id, received_ms FROM secret_wishes "
                      "WHERE is_open = 1 ORDER BY received_ms",
                      "");
  while (mx_sql_step (self, row))
    {
      MxSecretWish *wish = g_new0 (MxSecretWish, 1);

      wish->device_id = mx_sql_column_dup (row, 0);
      wish->name = mx_sql_column_dup (row, 1);
      wish->request_id = mx_sql_column_dup (row, 2);
      wish->received_ms = sqlite3_column_int64 (row, 3);
      g_ptr_array_add (wishes, wish);
    }
  mx_sql_leave_logged (self);

  return wishes;
}

gboolean
mx_store_secret_wish_answered (MxStore *self,
                               const char *device_id,
                               const char *name,
                               gint64 now_ms,
                               GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "UPDATE secret_wishes SET is_open = 0, answered_ms = ? "
              "WHERE device_id = ? AND name = ?",
              "lss",
              now_ms,
              device_id,
              name);

  return mx_sql_leave (self, error);
}

/* -- Signatures on their way */

gboolean
mx_store_add_signature (MxStore *self,
                        const char *user_id,
                        const char *target,
                        const char *object,
                        GError **error)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (object, -1, error);
  g_autofree char *text = NULL;

  if (document == NULL)
    return FALSE;
  text = mx_json_to_text (mx_json_document_root (document));

  mx_sql_enter_write (self);
  mx_sql_run (self,
              "INSERT OR REPLACE INTO pending_signatures (user_id, target, object) "
              "VALUES (?, ?, ?)",
              "sss",
              user_id,
              target,
              text);

  return mx_sql_leave (self, error);
}

char *
mx_store_dup_signatures (MxStore *self)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *user_id = NULL;
  sqlite3_stmt *row = NULL;

  mx_json_begin_object (writer, NULL);
  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT user_id, target, object FROM pending_signatures "
                      "ORDER BY user_id, target LIMIT 1000",
                      "");
  while (mx_sql_step (self, row))
    {
      g_autoptr (MxJsonDocument) object =
        mx_json_document_parse (mx_sql_column_text (row, 2), -1, NULL);

      if (g_strcmp0 (user_id, mx_sql_column_text (row, 0)) != 0)
        {
          if (user_id != NULL)
            mx_json_end (writer);
          g_set_str (&user_id, mx_sql_column_text (row, 0));
          mx_json_begin_object (writer, user_id);
        }
      if (object != NULL)
        mx_json_add_json (writer, mx_sql_column_text (row, 1), mx_json_document_root (object));
    }
  mx_sql_leave_logged (self);
  if (user_id == NULL)
    return NULL;

  mx_json_end (writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

gboolean
mx_store_remove_signature (MxStore *self,
                           const char *user_id,
                           const char *target,
                           MxJson object,
                           GError **error)
{
  g_autofree char *text = mx_json_to_text (object);

  mx_sql_enter_write (self);
  mx_sql_run (self,
              "DELETE FROM pending_signatures WHERE user_id = ? AND target = ? AND object = ?",
              "sss",
              user_id,
              target,
              text);

  return mx_sql_leave (self, error);
}
