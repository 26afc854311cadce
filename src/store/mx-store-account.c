/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Values and account data; see mx-store-account.h for what is kept parsed. */
#include "config.h"

#include "mx-sql.h"

#include <string.h>

void
mx_store_account_forget (MxStore *self)
{
  MxStoreAccount *account = &self->account;

  g_clear_pointer (&account->own_user_id, g_free);
  g_clear_pointer (&account->rules, mx_push_rules_unref);
  g_clear_pointer (&account->ignored, g_hash_table_unref);
  g_clear_pointer (&account->ignored_text, g_free);
  g_clear_pointer (&account->direct, g_hash_table_unref);
}

char *
mx_store_read_account_data (MxStore *self, const char *room_id, const char *type)
{
  return mx_sql_text (self,
                      "SELECT content FROM account_data WHERE room_id = ? AND type = ?",
                      "ss",
                      room_id ? room_id : "",
                      type);
}

gboolean
mx_store_write_account_data (MxStore *self,
                             const char *room_id,
                             const char *type,
                             const char *content)
{
  gboolean changed =
    mx_sql_change (self,
                   "INSERT INTO account_data (room_id, type, content) VALUES (?, ?, ?) "
                   "ON CONFLICT (room_id, type) DO UPDATE SET content = excluded.content "
                   "WHERE content <> excluded.content",
                   "sss",
                   room_id ? room_id : "",
                   type,
                   content);

  if (changed && room_id == NULL)
    {
      if (g_str_equal (type, "m.push_rules"))
        g_clear_pointer (&self->account.rules, mx_push_rules_unref);
      else if (g_str_equal (type, "m.direct"))
        g_clear_pointer (&self->account.direct, g_hash_table_unref);
      else if (g_str_equal (type, "m.ignored_user_list"))
        {
          g_clear_pointer (&self->account.ignored, g_hash_table_unref);
          g_clear_pointer (&self->account.ignored_text, g_free);
        }
    }

  return changed;
}

void
mx_store_write_value (MxStore *self, const char *name, const char *value)
{
  if (value != NULL)
    mx_sql_run (
      self,
      "INSERT INTO account_values (name, value) VALUES (?, ?) "
      "ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value",
      "ss",
      name,
      value);
  else
    mx_sql_run (self, "DELETE FROM account_values WHERE name = ?", "s", name);

  if (g_str_equal (name, "user_id"))
    g_clear_pointer (&self->account.own_user_id, g_free);
}

const char *
mx_store_get_own_user_id (MxStore *self)
{
  if (self->account.own_user_id == NULL)
    {
      g_autofree char *user_id =
        mx_sql_text (self, "SELECT value FROM account_values WHERE name = 'user_id'", "");

      if (user_id == NULL)
        return "";
      self->account.own_user_id = g_steal_pointer (&user_id);
    }
  return self->account.own_user_id;
}

static MxJsonDocument *
parse_account_data (MxStore *self, const char *type)
{
  g_autofree char *content = mx_store_read_account_data (self, NULL, type);

  return content ? mx_json_document_parse (content, -1, NULL) : NULL;
}

MxPushRules *
mx_store_get_push_rules (MxStore *self)
{
  if (self->account.rules == NULL)
    {
      g_autoptr (MxJsonDocument) document = parse_account_data (self, "m.push_rules");

      self->account.rules =
        mx_push_rules_new (document ? mx_json_document_root (document) : (MxJson) { NULL });
    }
  return self->account.rules;
}

static void
load_ignored (MxStore *self)
{
  MxStoreAccount *account = &self->account;
  g_autofree char *content = NULL;
  g_autoptr (MxJsonDocument) document = NULL;

  if (account->ignored != NULL && self->mode == MX_STORE_WRITE)
    return;

  content = mx_store_read_account_data (self, NULL, "m.ignored_user_list");
  if (account->ignored != NULL && g_strcmp0 (content, account->ignored_text) == 0)
    return;

  g_clear_pointer (&account->ignored, g_hash_table_unref);
  account->ignored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_set_str (&account->ignored_text, content);
  if (content != NULL)
    document = mx_json_document_parse (content, -1, NULL);
  if (document != NULL)
    {
      MxJsonIter iter;
      const char *user_id;

      mx_json_iter_init (&iter, mx_json_get (mx_json_document_root (document), "ignored_users"));
      while (mx_json_iter_next (&iter, &user_id, NULL))
        if (user_id != NULL)
          g_hash_table_add (account->ignored, g_strdup (user_id));
    }
}

gboolean
mx_store_is_ignored (MxStore *self, const char *user_id)
{
  load_ignored (self);
  return g_hash_table_size (self->account.ignored) > 0 &&
         g_hash_table_contains (self->account.ignored, user_id);
}

GHashTable *
mx_store_get_direct_map (MxStore *self)
{
  g_autoptr (MxJsonDocument) document = NULL;
  MxJsonIter iter;
  const char *user_id;
  MxJson rooms;

  if (self->account.direct != NULL)
    return self->account.direct;

  self->account.direct = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  document = parse_account_data (self, "m.direct");
  if (document == NULL)
    return self->account.direct;

  mx_json_iter_init (&iter, mx_json_document_root (document));
  while (mx_json_iter_next (&iter, &user_id, &rooms))
    for (unsigned i = 0; user_id != NULL && i < mx_json_size (rooms); i++)
      {
        const char *room_id = mx_json_string (mx_json_at (rooms, i));
        const char *known = room_id ? g_hash_table_lookup (self->account.direct, room_id) : NULL;

        /* A user id is worth more than an e-mail address. */
        if (room_id != NULL && (known == NULL || (*known != '@' && *user_id == '@')))
          g_hash_table_insert (self->account.direct, g_strdup (room_id), g_strdup (user_id));
      }
  return self->account.direct;
}

const char *
mx_store_get_direct_user (MxStore *self, const char *room_id)
{
  return g_hash_table_lookup (mx_store_get_direct_map (self), room_id);
}

gboolean
mx_store_set_value (MxStore *self, const char *name, const char *value, GError **error)
{
  mx_sql_enter_write (self);
  mx_store_write_value (self, name, value);
  return mx_sql_leave (self, error);
}

char *
mx_store_get_value (MxStore *self, const char *name)
{
  char *value;

  mx_sql_enter (self);
  value = mx_sql_text (self, "SELECT value FROM account_values WHERE name = ?", "s", name);
  mx_sql_leave_logged (self);
  return value;
}

GPtrArray *
mx_store_list_values (MxStore *self, const char *prefix)
{
  GPtrArray *values = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT value FROM account_values WHERE name >= ?1 AND "
                      "substr (name, 1, length (?1)) = ?1 ORDER BY name",
                      "s",
                      prefix);
  while (mx_sql_step (self, row))
    g_ptr_array_add (values, mx_sql_column_dup (row, 0));
  mx_sql_leave_logged (self);
  return values;
}

char *
mx_store_get_account_data (MxStore *self, const char *room_id, const char *type)
{
  char *content;

  mx_sql_enter (self);
  content = mx_store_read_account_data (self, room_id, type);
  mx_sql_leave_logged (self);
  return content;
}

gboolean
mx_store_set_account_data (MxStore *self,
                           const char *room_id,
                           const char *type,
                           const char *content,
                           GError **error)
{
  mx_sql_enter_write (self);
  mx_store_write_account_data (self, room_id, type, content);
  return mx_sql_leave (self, error);
}
