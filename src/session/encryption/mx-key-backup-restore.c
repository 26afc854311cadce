/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Reading the whole backup (research/protocol E2E-137): the answer is one text of any size, which
 * is cut into entries, and imported a page at a time, so that sync and the window go on. */
#include "config.h"

#include "mx-key-backup.h"

#include "mx-backup-requests.h"
#include "mx-error.h"
#include "mx-identities-private.h"
#include "mx-json-slice.h"

#define PAGE 100

typedef struct
{
  const char *room_id; /* of rooms */
  const char *session_id;
  const char *text; /* of reply */
  gsize size;
} MxBackupEntry;

/* Shared by the fiber and the steps that it waits for. */
typedef struct
{
  MxSession *session;
  MxScope *scope;
  MxRecoveryProgress progress;
  gpointer progress_data;
  MxSecret *private_key;
  char *version;
  GBytes *reply;
  GStringChunk *names;
  GArray *entries; /* MxBackupEntry */
  unsigned done;
  unsigned imported;
} MxRestore;

static void
mx_restore_clear (gpointer data)
{
  MxRestore *self = data;

  g_clear_object (&self->session);
  g_clear_pointer (&self->scope, mx_scope_unref);
  g_clear_pointer (&self->private_key, mx_secret_unref);
  g_clear_pointer (&self->reply, g_bytes_unref);
  g_clear_pointer (&self->names, g_string_chunk_free);
  g_clear_pointer (&self->entries, g_array_unref);
  g_free (self->version);
}

static void
mx_restore_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, mx_restore_clear);
}

/* -- Cutting */

static gboolean
cut_room (MxRestore *self, const char *room_id, const char *text, gsize size, GError **error)
{
  g_autoptr (GError) failure = NULL;
  MxJsonSlices members, sessions;
  const char *value = NULL;
  char *name = NULL;
  gsize length = 0;

  if (!mx_json_slices_init (&members, text, size) || !members.is_object)
    return TRUE;

  while (mx_json_slices_next (&members, &name, &value, &length, &failure))
    {
      gboolean is_sessions = g_strcmp0 (name, "sessions") == 0;

      g_clear_pointer (&name, g_free);
      if (!is_sessions || !mx_json_slices_init (&sessions, value, length) || !sessions.is_object)
        continue;
      while (mx_json_slices_next (&sessions, &name, &value, &length, &failure))
        {
          MxBackupEntry entry = {
            room_id,
            g_string_chunk_insert_len (self->names, name, -1),
            value,
            length,
          };

          g_array_append_val (self->entries, entry);
          g_clear_pointer (&name, g_free);
        }
    }
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));

  return *error == NULL;
}

static gboolean
cut (MxRestore *self, GError **error)
{
  g_autoptr (GError) failure = NULL;
  gsize size = 0;
  const char *data = g_bytes_get_data (self->reply, &size);
  MxJsonSlices members, rooms;
  const char *value = NULL;
  char *name = NULL;
  gsize length = 0;

  self->names = g_string_chunk_new (64 * 1024);
  self->entries = g_array_new (FALSE, FALSE, sizeof (MxBackupEntry));
  if (!mx_json_slices_init (&members, data, size) || !members.is_object)
    return TRUE;

  while (mx_json_slices_next (&members, &name, &value, &length, &failure))
    {
      gboolean is_rooms = g_strcmp0 (name, "rooms") == 0;

      g_clear_pointer (&name, g_free);
      if (!is_rooms || !mx_json_slices_init (&rooms, value, length) || !rooms.is_object)
        continue;
      while (mx_json_slices_next (&rooms, &name, &value, &length, &failure))
        {
          const char *room_id = g_string_chunk_insert (self->names, name);

          g_clear_pointer (&name, g_free);
          if (!cut_room (self, room_id, value, length, error))
            return FALSE;
        }
    }
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));

  return *error == NULL;
}

static gboolean
cut_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  g_autoptr (GError) failure = NULL;

  if (cut (data, &failure))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));

  return FALSE;
}

/* -- Importing */

static gboolean
import_entry (MxRestore *self, const MxBackupEntry *entry, MxStoreChanges *changes, GError **error)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (entry->text, entry->size, NULL);
  g_autoptr (GError) failure = NULL;
  gboolean imported = FALSE;

  if (document == NULL)
    return TRUE;
  if (!mx_backup_import_entry (mx_session_get_machine (self->session),
                               self->private_key,
                               self->version,
                               entry->room_id,
                               entry->session_id,
                               mx_json_document_root (document),
                               changes,
                               &imported,
                               &failure))
    {
      if (failure->domain == MX_CRYPTO_ERROR)
        return TRUE; /* one bad entry is no reason to lose the others */
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
  self->imported += imported;

  return TRUE;
}

static gboolean
page_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxRestore *self = data;
  unsigned end = MIN (self->done + PAGE, self->entries->len);

  for (; self->done < end; self->done++)
    if (!import_entry (self,
                       &g_array_index (self->entries, MxBackupEntry, self->done),
                       changes,
                       error))
      return FALSE;

  return TRUE;
}

static gboolean
key_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxRestore *self = data;

  self->private_key = mx_store_get_secret (store, MX_SECRET_BACKUP);
  self->version = mx_store_get_value (store, MX_BACKUP_VALUE_VERSION);
  if (self->private_key != NULL && self->version != NULL)
    return TRUE;

  g_set_error_literal (error,
                       MX_SESSION_ERROR,
                       MX_SESSION_ERROR_BACKUP_CHANGED,
                       "There is no backup that this device can read");
  return FALSE;
}

static void
tell (MxRestore *self)
{
  if (self->progress != NULL && !mx_scope_is_cancelled (self->scope))
    self->progress (self->done, self->entries->len, self->progress_data);
}

static DexFuture *
restore_fiber (gpointer data)
{
  MxRestore *self = data;
  GError *error = NULL;

  if (!dex_await (mx_session_write (self->session,
                                    key_work,
                                    g_atomic_rc_box_acquire (self),
                                    mx_restore_unref),
                  &error))
    return dex_future_new_for_error (error);

  self->reply = dex_await_boxed (
    mx_guard (self->scope,
              mx_backup_get_keys (mx_session_get_http (self->session), self->version, NULL, NULL)),
    &error);
  if (self->reply == NULL || !dex_await (mx_session_work (self->session,
                                                          cut_work,
                                                          g_atomic_rc_box_acquire (self),
                                                          mx_restore_unref),
                                         &error))
    return dex_future_new_for_error (error);

  tell (self);
  while (self->done < self->entries->len)
    {
      if (!dex_await (mx_guard (self->scope,
                                mx_session_write (self->session,
                                                  page_work,
                                                  g_atomic_rc_box_acquire (self),
                                                  mx_restore_unref)),
                      &error))
        return dex_future_new_for_error (error);
      tell (self);
    }

  return dex_future_new_for_uint (self->imported);
}

DexFuture *
mx_key_backup_restore (MxEncryption *encryption, MxRecoveryProgress progress, gpointer data)
{
  MxSession *session = mx_encryption_get_session (encryption);
  MxRestore *self = NULL;

  if (session == NULL || mx_session_get_http (session) == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session is closed");

  self = g_atomic_rc_box_new0 (MxRestore);
  self->session = g_object_ref (session);
  self->scope = mx_scope_ref (mx_session_get_scope (session));
  self->progress = progress;
  self->progress_data = data;

  return mx_flow_run (restore_fiber, self, mx_restore_unref);
}
