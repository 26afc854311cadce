/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Room keys to a file and from it (spec "Key exports"; research/protocol §4.K). What is in clear is
 * in locked memory only; deriving the key and writing the file happen on a thread of their own. */
#include "config.h"

#include "mx-recovery.h"

#include "mx-encryption-private.h"
#include "mx-error.h"
#include "mx-json-slice.h"
#include "mx-key-export.h"
#include "mx-room-keys.h"
#include "mx-session-steps.h"
#include "mx-worker.h"

#include <string.h>

#define PAGE     100
#define MAX_FILE (512 * 1024 * 1024)

/* Text in locked memory that grows. */
typedef struct
{
  char *data;
  gsize size;
  gsize capacity;
} MxLockedText;

static void
append (MxLockedText *text, const char *data, gsize size)
{
  if (text->size + size > text->capacity)
    {
      gsize capacity = MAX (text->capacity * 2, text->size + size + 64 * 1024);
      char *grown = mx_locked_alloc (capacity);

      if (text->data != NULL)
        {
          memcpy (grown, text->data, text->size);
          mx_locked_free (text->data, text->capacity);
        }
      text->data = grown;
      text->capacity = capacity;
    }
  memcpy (text->data + text->size, data, size);
  text->size += size;
}

typedef struct
{
  const char *text; /* of json */
  gsize size;
} MxKeyPiece;

/* Shared by the fiber and the steps that it waits for. */
typedef struct
{
  MxSession *session;
  MxScope *scope;
  GFile *file;
  MxSecret *passphrase;
  MxRecoveryProgress progress;
  gpointer progress_data;
  unsigned done, total;

  MxLockedText text; /* export */
  gint64 last_id;
  gboolean is_complete;

  MxSecret *json; /* what is encrypted, or was decrypted */
  GArray *pieces; /* MxKeyPiece */
  unsigned position;
  unsigned imported;
} MxKeyFile;

static void
mx_key_file_clear (gpointer data)
{
  MxKeyFile *self = data;

  g_clear_object (&self->session);
  g_clear_pointer (&self->scope, mx_scope_unref);
  g_clear_object (&self->file);
  g_clear_pointer (&self->passphrase, mx_secret_unref);
  g_clear_pointer (&self->json, mx_secret_unref);
  g_clear_pointer (&self->pieces, g_array_unref);
  if (self->text.data != NULL)
    mx_locked_free (self->text.data, self->text.capacity);
}

MX_SESSION_DEFINE_STEPS (MxKeyFile, mx_key_file)

static void
tell (MxKeyFile *self)
{
  if (self->progress != NULL && !mx_scope_is_cancelled (self->scope))
    self->progress (self->done, self->total, self->progress_data);
}

/* On a thread that ends with it. */
static gboolean
run_apart (MxKeyFile *self, MxWorkFunc func, GError **error)
{
  g_autoptr (MxWorker) worker = mx_worker_new ("mx-key-file");
  gboolean done =
    dex_await (mx_worker_run (worker, func, g_atomic_rc_box_acquire (self), mx_key_file_unref),
               error);

  mx_worker_stop (worker);

  return done;
}

static MxKeyFile *
mx_key_file_new (MxEncryption *encryption,
                 GFile *file,
                 MxSecret *passphrase,
                 MxRecoveryProgress progress,
                 gpointer data)
{
  MxSession *session = mx_encryption_get_session (encryption);
  MxKeyFile *self = NULL;

  if (session == NULL)
    return NULL;

  self = g_atomic_rc_box_new0 (MxKeyFile);
  self->session = g_object_ref (session);
  self->scope = mx_scope_ref (mx_session_get_scope (session));
  self->file = g_object_ref (file);
  self->passphrase = mx_secret_ref (passphrase);
  self->progress = progress;
  self->progress_data = data;

  return self;
}

static DexFuture *
closed (void)
{
  return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session is closed");
}

/* -- Out */

static gboolean
export_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxKeyFile *self = data;
  MxOlmMachine *machine = mx_session_get_machine (self->session);
  g_autoptr (GPtrArray) sessions = mx_store_load_megolm (store, self->last_id, PAGE, NULL, error);

  if (sessions == NULL)
    return FALSE;
  if (self->total == 0)
    self->total = mx_store_count_megolm (store, NULL);

  for (guint i = 0; i < sessions->len; i++)
    {
      const MxStoredMegolm *session = g_ptr_array_index (sessions, i);
      g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
      g_autoptr (GError) failure = NULL;
      char *text = NULL;

      self->last_id = session->id;
      if (!mx_room_keys_export (machine, session, FALSE, writer, NULL, &failure))
        {
          g_message ("A session cannot be exported: %d", failure->code);
          continue;
        }
      text = mx_json_writer_to_text (writer);
      append (&self->text, self->done == 0 ? "[" : ",", 1);
      append (&self->text, text, strlen (text));
      mx_wipe_free (text);
      self->done++;
    }
  self->is_complete = sessions->len < PAGE;

  return TRUE;
}

/* Never more than the owner's to read (E2E-144). */
static gboolean
write_work (gpointer data, GValue *result, GError **error)
{
  MxKeyFile *self = data;
  g_autofree char *text =
    mx_key_export_encrypt (self->json, self->passphrase, MX_KEY_EXPORT_ROUNDS, error);

  return text != NULL &&
         g_file_replace_contents (self->file,
                                  text,
                                  strlen (text),
                                  NULL,
                                  FALSE,
                                  G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                  NULL,
                                  mx_scope_get_cancellable (self->scope),
                                  error);
}

static DexFuture *
export_fiber (gpointer data)
{
  MxKeyFile *self = data;
  GError *error = NULL;

  while (!self->is_complete)
    {
      if (!dex_await (mx_guard (self->scope, mx_key_file_write (self, export_work)), &error))
        return dex_future_new_for_error (error);
      tell (self);
    }
  if (self->done == 0)
    append (&self->text, "[", 1);
  append (&self->text, "]", 1);
  self->json = mx_secret_new (self->text.data, self->text.size);
  mx_locked_free (self->text.data, self->text.capacity);
  self->text = (MxLockedText) { NULL, 0, 0 };

  if (!run_apart (self, write_work, &error))
    return dex_future_new_for_error (error);

  return dex_future_new_for_uint (self->done);
}

DexFuture *
mx_key_file_export (MxEncryption *encryption,
                    GFile *file,
                    MxSecret *passphrase,
                    MxRecoveryProgress progress,
                    gpointer data)
{
  MxKeyFile *self = mx_key_file_new (encryption, file, passphrase, progress, data);

  return self != NULL ? mx_flow_run (export_fiber, self, mx_key_file_unref) : closed ();
}

/* -- In */

static gboolean
load_file (MxKeyFile *self, char **text, gsize *size, GError **error)
{
  GCancellable *cancellable = mx_scope_get_cancellable (self->scope);
  g_autoptr (GFileInfo) info = g_file_query_info (self->file,
                                                  G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                  G_FILE_QUERY_INFO_NONE,
                                                  cancellable,
                                                  error);

  if (info == NULL)
    return FALSE;
  if (g_file_info_get_size (info) > MAX_FILE)
    {
      g_set_error_literal (error,
                           MX_CRYPTO_ERROR,
                           MX_CRYPTO_ERROR_BAD_FORMAT,
                           "The file is too large for a file of keys");
      return FALSE;
    }

  return g_file_load_contents (self->file, cancellable, text, size, NULL, error);
}

/* Cut where it was decrypted: neither main loop nor account thread waits for that. */
static gboolean
read_work (gpointer data, GValue *result, GError **error)
{
  MxKeyFile *self = data;
  g_autofree char *text = NULL;
  g_autoptr (GError) broken = NULL;
  MxKeyPiece piece = { NULL, 0 };
  MxJsonSlices items;
  gsize size = 0;
  const char *json = NULL;

  if (!load_file (self, &text, &size, error))
    return FALSE;
  self->json = mx_key_export_decrypt (text, size, self->passphrase, error);
  if (self->json == NULL)
    return FALSE;

  self->pieces = g_array_new (FALSE, FALSE, sizeof (MxKeyPiece));
  json = (const char *) mx_secret_get_data (self->json, &size);
  if (mx_json_slices_init (&items, json, size) && !items.is_object)
    while (mx_json_slices_next (&items, NULL, &piece.text, &piece.size, &broken))
      g_array_append_val (self->pieces, piece);
  else
    broken = g_error_new_literal (MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_FORMAT, "No list of keys");

  if (broken == NULL)
    return TRUE;
  g_set_error_literal (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_FORMAT, broken->message);

  return FALSE;
}

static gboolean
import_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxKeyFile *self = data;
  MxOlmMachine *machine = mx_session_get_machine (self->session);
  unsigned end = MIN (self->position + PAGE, self->pieces->len);

  for (; self->position < end; self->position++)
    {
      const MxKeyPiece *piece = &g_array_index (self->pieces, MxKeyPiece, self->position);
      g_autoptr (MxJsonDocument) document = mx_json_document_parse (piece->text, piece->size, NULL);
      g_autoptr (GError) failure = NULL;
      gboolean imported = FALSE;

      if (document == NULL)
        continue;
      if (!mx_room_keys_import (machine,
                                mx_json_document_root (document),
                                MX_KEY_ORIGIN_FILE,
                                NULL,
                                changes,
                                &imported,
                                &failure) &&
          failure->domain != MX_CRYPTO_ERROR)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      self->imported += imported;
    }
  self->done = self->position;
  changes->encryption |= MX_ENCRYPTION_BACK_UP;

  return TRUE;
}

static DexFuture *
import_fiber (gpointer data)
{
  MxKeyFile *self = data;
  GError *error = NULL;

  if (!run_apart (self, read_work, &error))
    return dex_future_new_for_error (error);
  self->total = self->pieces->len;
  tell (self);

  while (self->position < self->pieces->len)
    {
      if (!dex_await (mx_guard (self->scope, mx_key_file_write (self, import_work)), &error))
        return dex_future_new_for_error (error);
      tell (self);
    }

  return dex_future_new_for_uint (self->imported);
}

DexFuture *
mx_key_file_import (MxEncryption *encryption,
                    GFile *file,
                    MxSecret *passphrase,
                    MxRecoveryProgress progress,
                    gpointer data)
{
  MxKeyFile *self = mx_key_file_new (encryption, file, passphrase, progress, data);

  return self != NULL ? mx_flow_run (import_fiber, self, mx_key_file_unref) : closed ();
}
