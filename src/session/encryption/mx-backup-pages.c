/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-backup-pages.h. The answer is never parsed as a whole: only where its entries are is
 * known, and each is parsed when its turn comes. */
#include "config.h"

#include "mx-backup-pages.h"

#include "mx-backup-version.h"
#include "mx-error.h"
#include "mx-json-slice.h"

#define PAGE 100

typedef struct
{
  const char *room_id; /* of names */
  const char *session_id;
  const char *text; /* of reply */
  gsize size;
} Entry;

struct _MxBackupPages
{
  GBytes *reply;
  GStringChunk *names;
  GArray *entries; /* Entry */
  GHashTable *set; /* of entries, by name; NULL until it is asked for */
  unsigned done;
  unsigned imported;
};

void
mx_backup_pages_free (MxBackupPages *self)
{
  g_clear_pointer (&self->reply, g_bytes_unref);
  g_clear_pointer (&self->set, g_hash_table_unref);
  g_clear_pointer (&self->names, g_string_chunk_free);
  g_clear_pointer (&self->entries, g_array_unref);
  g_free (self);
}

/* -- Cutting */

/* Calls func for each member of an object, or for the one called name. */
typedef gboolean (*MemberFunc) (MxBackupPages *self,
                                const char *room_id,
                                const char *name,
                                const char *text,
                                gsize size,
                                GError **error);

static gboolean
walk (MxBackupPages *self,
      const char *room_id,
      const char *only,
      const char *text,
      gsize size,
      MemberFunc func,
      GError **error)
{
  g_autoptr (GError) failure = NULL;
  MxJsonSlices members;
  const char *value = NULL;
  char *next = NULL;
  gsize length = 0;

  if (!mx_json_slices_init (&members, text, size) || !members.is_object)
    return TRUE;
  while (mx_json_slices_next (&members, &next, &value, &length, &failure))
    {
      g_autofree char *name = g_steal_pointer (&next);

      if ((only == NULL || g_strcmp0 (name, only) == 0) &&
          !func (self, room_id, name, value, length, error))
        return FALSE;
    }
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));

  return FALSE;
}

static gboolean
cut_entry (MxBackupPages *self,
           const char *room_id,
           const char *name,
           const char *text,
           gsize size,
           GError **error)
{
  Entry entry = { room_id, g_string_chunk_insert (self->names, name), text, size };

  g_array_append_val (self->entries, entry);

  return TRUE;
}

static gboolean
cut_sessions (MxBackupPages *self,
              const char *room_id,
              const char *name,
              const char *text,
              gsize size,
              GError **error)
{
  return walk (self, room_id, NULL, text, size, cut_entry, error);
}

static gboolean
cut_room (MxBackupPages *self,
          const char *room_id,
          const char *name,
          const char *text,
          gsize size,
          GError **error)
{
  return walk (
    self, g_string_chunk_insert (self->names, name), "sessions", text, size, cut_sessions, error);
}

static gboolean
cut_rooms (MxBackupPages *self,
           const char *room_id,
           const char *name,
           const char *text,
           gsize size,
           GError **error)
{
  return walk (self, NULL, NULL, text, size, cut_room, error);
}

MxBackupPages *
mx_backup_pages_new (GBytes *reply, GError **error)
{
  g_autoptr (MxBackupPages) self = g_new0 (MxBackupPages, 1);
  gsize size = 0;
  const char *data = NULL;

  self->reply = g_bytes_ref (reply);
  self->names = g_string_chunk_new (64 * 1024);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  data = g_bytes_get_data (reply, &size);

  return walk (self, NULL, "rooms", data, size, cut_rooms, error) ? g_steal_pointer (&self) : NULL;
}

/* -- Reading */

static gboolean
import_entry (MxBackupPages *self,
              const Entry *entry,
              MxOlmMachine *machine,
              MxSecret *private_key,
              const char *version,
              MxStoreChanges *changes,
              GError **error)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (entry->text, entry->size, NULL);
  g_autoptr (GError) failure = NULL;
  gboolean imported = FALSE;

  if (document == NULL)
    return TRUE;
  if (!mx_backup_import_entry (machine,
                               private_key,
                               version,
                               entry->room_id,
                               entry->session_id,
                               mx_json_document_root (document),
                               changes,
                               &imported,
                               &failure))
    {
      if (failure->domain == MX_CRYPTO_ERROR)
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  self->imported += imported;

  return TRUE;
}

gboolean
mx_backup_pages_import (MxBackupPages *self,
                        MxOlmMachine *machine,
                        MxSecret *private_key,
                        const char *version,
                        MxStoreChanges *changes,
                        GError **error)
{
  unsigned end = MIN (self->done + PAGE, self->entries->len);

  for (; self->done < end; self->done++)
    if (!import_entry (self,
                       &g_array_index (self->entries, Entry, self->done),
                       machine,
                       private_key,
                       version,
                       changes,
                       error))
      return FALSE;

  return TRUE;
}

static guint
hash_entry (gconstpointer data)
{
  const Entry *entry = data;

  return g_str_hash (entry->room_id) ^ g_str_hash (entry->session_id);
}

static gboolean
equal_entries (gconstpointer a, gconstpointer b)
{
  const Entry *one = a;
  const Entry *other = b;

  return g_str_equal (one->room_id, other->room_id) &&
         g_str_equal (one->session_id, other->session_id);
}

gboolean
mx_backup_pages_contain (MxBackupPages *self, const char *room_id, const char *session_id)
{
  const Entry wanted = { .room_id = room_id, .session_id = session_id };

  if (self->set == NULL)
    {
      self->set = g_hash_table_new (hash_entry, equal_entries);
      for (guint i = 0; i < self->entries->len; i++)
        g_hash_table_add (self->set, &g_array_index (self->entries, Entry, i));
    }

  return g_hash_table_contains (self->set, &wanted);
}

unsigned
mx_backup_pages_get_total (const MxBackupPages *self)
{
  return self->entries->len;
}

unsigned
mx_backup_pages_get_done (const MxBackupPages *self)
{
  return self->done;
}

unsigned
mx_backup_pages_get_imported (const MxBackupPages *self)
{
  return self->imported;
}
