/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One group per account: [ID] user-id, device-id, base-url, proxy, ca-file. A group that makes no
 * sense is an error: an account must not vanish silently. Main thread. */
#include "config.h"

#include "mx-account-index.h"

#include "mx-error.h"
#include "mx-matrix-id.h"

MxAccountEntry *
mx_account_entry_copy (const MxAccountEntry *self)
{
  MxAccountEntry *copy = g_new0 (MxAccountEntry, 1);

  copy->id = g_strdup (self->id);
  copy->user_id = g_strdup (self->user_id);
  copy->device_id = g_strdup (self->device_id);
  copy->base_url = g_strdup (self->base_url);
  copy->network.proxy_uri = g_strdup (self->network.proxy_uri);
  copy->network.ca_file = g_strdup (self->network.ca_file);

  return copy;
}

void
mx_account_entry_free (MxAccountEntry *self)
{
  g_free (self->id);
  g_free (self->user_id);
  g_free (self->device_id);
  g_free (self->base_url);
  mx_network_settings_clear (&self->network);
  g_free (self);
}

static MxAccountEntry *
read_entry (GKeyFile *file, const char *group)
{
  g_autoptr (MxAccountEntry) entry = g_new0 (MxAccountEntry, 1);

  entry->id = g_strdup (group);
  entry->user_id = g_key_file_get_string (file, group, "user-id", NULL);
  entry->device_id = g_key_file_get_string (file, group, "device-id", NULL);
  entry->base_url = g_key_file_get_string (file, group, "base-url", NULL);
  entry->network.proxy_uri = g_key_file_get_string (file, group, "proxy", NULL);
  entry->network.ca_file = g_key_file_get_string (file, group, "ca-file", NULL);

  /* The id becomes a file name. */
  if (!g_uuid_string_is_valid (entry->id) || !mx_user_id_is_valid (entry->user_id) ||
      entry->device_id == NULL || entry->base_url == NULL)
    return NULL;

  return g_steal_pointer (&entry);
}

GPtrArray *
mx_account_index_read (const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GPtrArray) entries =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mx_account_entry_free);
  g_autoptr (GError) failure = NULL;
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &failure))
    {
      if (g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return g_steal_pointer (&entries);
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }

  groups = g_key_file_get_groups (file, NULL);
  for (gsize i = 0; groups[i] != NULL; i++)
    {
      MxAccountEntry *entry = read_entry (file, groups[i]);

      if (entry == NULL)
        {
          g_set_error_literal (error,
                               MX_SESSION_ERROR,
                               MX_SESSION_ERROR_FAILED,
                               "The list of accounts is damaged");
          return NULL;
        }
      g_ptr_array_add (entries, entry);
    }

  return g_steal_pointer (&entries);
}

gboolean
mx_account_index_write (const char *path, GPtrArray *entries, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize length = 0;

  for (unsigned i = 0; i < entries->len; i++)
    {
      const MxAccountEntry *entry = g_ptr_array_index (entries, i);

      g_key_file_set_string (file, entry->id, "user-id", entry->user_id);
      g_key_file_set_string (file, entry->id, "device-id", entry->device_id);
      g_key_file_set_string (file, entry->id, "base-url", entry->base_url);
      if (entry->network.proxy_uri != NULL)
        g_key_file_set_string (file, entry->id, "proxy", entry->network.proxy_uri);
      if (entry->network.ca_file != NULL)
        g_key_file_set_string (file, entry->id, "ca-file", entry->network.ca_file);
    }
  text = g_key_file_to_data (file, &length, NULL);

  return g_file_set_contents_full (path,
                                   text,
                                   length,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600,
                                   error);
}
