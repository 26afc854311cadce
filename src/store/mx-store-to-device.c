/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-to-device.h. */
#include "config.h"

#include "mx-store-to-device.h"

#include "mx-json.h"
#include "mx-sql.h"

void
mx_to_device_batch_free (MxToDeviceBatch *self)
{
  if (self == NULL)
    return;
  g_free (self->txn_id);
  g_free (self->type);
  g_free (self->body);
  g_free (self);
}

gboolean
mx_store_queue_to_device (MxStore *self,
                          const char *type,
                          const char *user_id,
                          const char *device_id,
                          const char *content,
                          GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "INSERT INTO to_device_queue (type, user_id, device_id, content) "
              "VALUES (?, ?, ?, ?)",
              "ssss",
              type,
              user_id,
              device_id,
              content);

  return mx_sql_leave (self, error);
}

/* One message for a device, and none besides the one for all devices of a user: what comes later is
 * for a later request, so that the order stays. */
static gboolean
takes_place (GHashTable *taken, const char *user_id, const char *device_id)
{
  g_autofree char *place = g_strconcat (user_id, "\n", device_id, NULL);
  g_autofree char *all = g_strconcat (user_id, "\n*", NULL);
  g_autofree char *any = g_strconcat (user_id, "\n", NULL);
  gboolean is_all = g_str_equal (device_id, "*");
  gboolean is_free =
    !g_hash_table_contains (taken, all) && !g_hash_table_contains (taken, is_all ? any : place);

  g_hash_table_add (taken, g_steal_pointer (&place));
  g_hash_table_add (taken, g_steal_pointer (&any));

  return is_free;
}

/* The ids of what leaves next: of the oldest unsent message's type. */
static GArray *
choose (MxStore *self, const char *type, unsigned max)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sqlite3_stmt *row = mx_sql_query (
    self,
    "SELECT id, user_id, device_id FROM to_device_queue WHERE txn_id IS NULL AND type = ? "
    "ORDER BY id LIMIT ?",
    "sl",
    type,
    (gint64) max * 4);

  while (mx_sql_step (self, row))
    {
      gint64 id = sqlite3_column_int64 (row, 0);

      if (ids->len < max &&
          takes_place (taken, mx_sql_column_text (row, 1), mx_sql_column_text (row, 2)))
        g_array_append_val (ids, id);
    }

  return ids;
}

/* A new batch of unsent messages; NULL: there are none. */
static char *
make_batch (MxStore *self, unsigned max)
{
  g_autofree char *type =
    mx_sql_text (self,
                 "SELECT type FROM to_device_queue WHERE txn_id IS NULL ORDER BY id LIMIT 1",
                 "");
  g_autofree char *txn_id = NULL;
  g_autoptr (GArray) ids = NULL;

  if (type == NULL)
    return NULL;

  txn_id = g_uuid_string_random ();
  ids = choose (self, type, max);
  for (guint i = 0; i < ids->len; i++)
    mx_sql_run (self,
                "UPDATE to_device_queue SET txn_id = ? WHERE id = ?",
                "sl",
                txn_id,
                g_array_index (ids, gint64, i));

  return g_steal_pointer (&txn_id);
}

/* The same bytes each time. */
static char *
make_body (MxStore *self, const char *txn_id)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *user_id = NULL;
  sqlite3_stmt *row = mx_sql_query (self,
                                    "SELECT user_id, device_id, content FROM to_device_queue "
                                    "WHERE txn_id = ? ORDER BY user_id, device_id",
                                    "s",
                                    txn_id);

  mx_json_begin_object (writer, NULL);
  mx_json_begin_object (writer, "messages");
  while (mx_sql_step (self, row))
    {
      g_autoptr (MxJsonDocument) content =
        mx_json_document_parse (mx_sql_column_text (row, 2), -1, NULL);

      if (g_strcmp0 (user_id, mx_sql_column_text (row, 0)) != 0)
        {
          if (user_id != NULL)
            mx_json_end (writer);
          g_set_str (&user_id, mx_sql_column_text (row, 0));
          mx_json_begin_object (writer, user_id);
        }
      if (content != NULL)
        mx_json_add_json (writer, mx_sql_column_text (row, 1), mx_json_document_root (content));
    }
  if (user_id != NULL)
    mx_json_end (writer);
  mx_json_end (writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

MxToDeviceBatch *
mx_store_next_to_device (MxStore *self, unsigned max, GError **error)
{
  g_autoptr (MxToDeviceBatch) batch = NULL;
  g_autofree char *txn_id = NULL;

  mx_sql_enter_write (self);
  txn_id = mx_sql_text (self,
                        "SELECT txn_id FROM to_device_queue WHERE txn_id IS NOT NULL "
                        "ORDER BY id LIMIT 1",
                        "");
  if (txn_id == NULL)
    txn_id = make_batch (self, max);
  if (txn_id != NULL)
    {
      batch = g_new0 (MxToDeviceBatch, 1);
      batch->type = mx_sql_text (self,
                                 "SELECT type FROM to_device_queue WHERE txn_id = ? LIMIT 1",
                                 "s",
                                 txn_id);
      batch->body = make_body (self, txn_id);
      batch->txn_id = g_steal_pointer (&txn_id);
    }

  return mx_sql_leave (self, error) ? g_steal_pointer (&batch) : NULL;
}

gboolean
mx_store_to_device_sent (MxStore *self, const char *txn_id, GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self, "DELETE FROM to_device_queue WHERE txn_id = ?", "s", txn_id);

  return mx_sql_leave (self, error);
}

gint64
mx_store_last_to_device (MxStore *self)
{
  gint64 id = 0;

  mx_sql_enter (self);
  id = mx_sql_int (self, 0, "SELECT ifnull (max (id), 0) FROM to_device_queue", "");
  mx_sql_leave_logged (self);

  return id;
}

gboolean
mx_store_has_to_device (MxStore *self, gint64 up_to_id)
{
  gboolean has = FALSE;

  mx_sql_enter (self);
  has = mx_sql_int (self,
                    0,
                    "SELECT EXISTS (SELECT 1 FROM to_device_queue WHERE id <= ?)",
                    "l",
                    up_to_id);
  mx_sql_leave_logged (self);

  return has;
}
