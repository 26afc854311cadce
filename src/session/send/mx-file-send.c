/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-file-send.h. What an outbox entry knows of its file: {"name": in the folder, "size",
 * "mimetype", "filename", "file": the key as in an EncryptedFile}. */
#include "config.h"

#include "mx-file-send.h"

#include <string.h>

#include "mx-attachment-file.h"
#include "mx-error.h"
#include "mx-media-cache-private.h"
#include "mx-media-requests.h"
#include "mx-message.h"
#include "mx-room-private.h"

#define UPLOAD_PREFIX   "upload-"
#define DOWNLOAD_PREFIX "download-"
#define SNIFFED         4096
#define LIMIT_MS        5000 /* so long the server may think about what it takes */

/* -- From a file to an entry */

typedef struct
{
  MxRoom *room;
  MxSession *session;
  MxScope *scope;
  GFile *file;
  GBytes *bytes; /* in its place, NULL */
  char *caption;
  int width; /* of a picture, 0 unknown */
  int height;

  char *filename;
  char *mimetype;
  char *name; /* in the session's folder */
  GFile *kept;
  gint64 size;
  MxAttachmentKey *key;
  gboolean queued; /* what is kept belongs to the outbox */
} FileSend;

static void
file_send_free (gpointer data)
{
  FileSend *self = data;

  if (self->kept != NULL && !self->queued)
    g_file_delete (self->kept, NULL, NULL);
  g_clear_object (&self->room);
  g_clear_object (&self->session);
  g_clear_pointer (&self->scope, mx_scope_unref);
  g_clear_object (&self->file);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_object (&self->kept);
  g_clear_pointer (&self->key, mx_attachment_key_unref);
  g_free (self->caption);
  g_free (self->filename);
  g_free (self->mimetype);
  g_free (self->name);
  g_free (self);
}

/* By what is in it, and by its name where that says nothing. */
static char *
guess_type (FileSend *self, GInputStream *input, GError **error)
{
  guint8 head[SNIFFED];
  gsize size = 0;
  g_autofree char *type = NULL;

  if (!g_input_stream_read_all (input, head, sizeof head, &size, NULL, error) ||
      !g_seekable_seek (G_SEEKABLE (input), 0, G_SEEK_SET, NULL, error))
    return NULL;
  type = g_content_type_guess (self->filename, head, size, NULL);

  return g_content_type_get_mime_type (type);
}

/* NULL with error: no file, or not to be read. */
static GInputStream *
open_input (FileSend *self, GError **error)
{
  g_autoptr (GFileInputStream) input = NULL;
  g_autoptr (GFileInfo) info = NULL;

  if (self->bytes != NULL)
    return g_memory_input_stream_new_from_bytes (self->bytes);
  input = g_file_read (self->file, NULL, error);
  if (input == NULL)
    return NULL;
  info = g_file_input_stream_query_info (input, G_FILE_ATTRIBUTE_STANDARD_TYPE, NULL, error);

  return info != NULL ? G_INPUT_STREAM (g_steal_pointer (&input)) : NULL;
}

/* On the attachments' thread. */
static gboolean
keep_work (gpointer data, GValue *result, GError **error)
{
  FileSend *self = data;
  g_autoptr (GInputStream) input = open_input (self, error);

  if (input == NULL)
    return FALSE;
  self->mimetype = guess_type (self, input, error);
  if (self->mimetype == NULL && error != NULL && *error != NULL)
    return FALSE;

  self->key = mx_attachment_file_encrypt (input, self->kept, &self->size, NULL, error);

  return self->key != NULL;
}

static const char *
message_type (const char *mimetype)
{
  if (mimetype == NULL)
    return "m.file";
  if (g_str_has_prefix (mimetype, "image/") && !g_str_has_prefix (mimetype, "image/svg"))
    return "m.image";
  if (g_str_has_prefix (mimetype, "video/"))
    return "m.video";

  return g_str_has_prefix (mimetype, "audio/") ? "m.audio" : "m.file";
}

static char *
write_content (FileSend *self)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "msgtype", message_type (self->mimetype));
  mx_json_add_string (writer, "body", self->caption != NULL ? self->caption : self->filename);
  mx_json_add_string (writer, "filename", self->filename);
  mx_json_begin_object (writer, "info");
  mx_json_add_string (writer, "mimetype", self->mimetype);
  mx_json_add_int (writer, "size", self->size);
  if (self->width > 0 && self->height > 0)
    {
      mx_json_add_int (writer, "w", self->width);
      mx_json_add_int (writer, "h", self->height);
    }
  mx_json_end (writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

static char *
write_upload (FileSend *self)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "name", self->name);
  mx_json_add_int (writer, "size", self->size);
  mx_json_add_string (writer, "mimetype", self->mimetype);
  mx_json_add_string (writer, "filename", self->filename);
  mx_json_begin_object (writer, "file");
  mx_attachment_key_write (self->key, writer);
  mx_json_end (writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

/* What the server takes is asked while it can be; else it says so itself. Resolves to a gint64. */
static DexFuture *
find_limit (MxSession *session)
{
  MxHttp *http = mx_session_get_http (session);

  if (http == NULL || mx_session_get_connection (session) == MX_CONNECTION_OFFLINE)
    return dex_future_new_for_int64 (-1);

  return mx_timeout (mx_media_config (http, mx_session_has_legacy_media (session)), LIMIT_MS);
}

static gboolean
check_size (FileSend *self, GError **error)
{
  g_autoptr (GError) unknown = NULL;
  gint64 max = dex_await_int64 (mx_guard (self->scope, find_limit (self->session)), &unknown);

  if (unknown != NULL || max < 0 || self->size <= max)
    return TRUE;

  g_set_error_literal (error,
                       MX_MATRIX_ERROR,
                       MX_MATRIX_ERROR_TOO_LARGE,
                       "The file is larger than the server takes");
  return FALSE;
}

static gboolean
read_info (FileSend *self, GError **error)
{
  g_autoptr (GFileInfo) info =
    dex_await_object (dex_file_query_info (self->file,
                                           G_FILE_ATTRIBUTE_STANDARD_TYPE
                                           "," G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME
                                           "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                           G_FILE_QUERY_INFO_NONE,
                                           G_PRIORITY_DEFAULT),
                      error);

  if (info == NULL)
    return FALSE;
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "Not a file");
      return FALSE;
    }
  self->filename = g_strdup (g_file_info_get_display_name (info));
  self->size = g_file_info_get_size (info);

  return check_size (self, error);
}

static DexFuture *
send_fiber (gpointer data)
{
  FileSend *self = data;
  MxSendQueue *queue = NULL;
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *content = NULL;
  g_autofree char *upload = NULL;
  GError *error = NULL;

  if (self->bytes != NULL ? !check_size (self, &error) : !read_info (self, &error))
    return dex_future_new_for_error (error);

  self->name = g_strconcat (UPLOAD_PREFIX, uuid, NULL);
  self->kept = g_file_new_build_filename (mx_session_get_folder (self->session), self->name, NULL);
  /* Not guarded: the worker has our memory until it is done. */
  if (!dex_await (mx_worker_run (mx_media_cache_get_worker (mx_session_get_media (self->session)),
                                 keep_work,
                                 self,
                                 NULL),
                  &error))
    return dex_future_new_for_error (error);

  content = write_content (self);
  upload = write_upload (self);
  if (!mx_message_fits (content, &error))
    return dex_future_new_for_error (error);
  queue = mx_session_get_send_queue (self->session);
  if (queue == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");

  self->queued = TRUE;

  return dex_future_new_take_string (mx_send_queue_add (queue,
                                                        &(MxSendRequest) {
                                                          .room_id = mx_room_get_id (self->room),
                                                          .event_type = "m.room.message",
                                                          .content = content,
                                                          .upload = upload,
                                                        }));
}

DexFuture *
mx_room_send_attachment (MxRoom *self, const MxOutgoingFile *attachment)
{
  FileSend *send = NULL;
  const char *caption = NULL;
  GError *error = NULL;

  g_return_val_if_fail (MX_IS_ROOM (self), NULL);
  g_return_val_if_fail (attachment != NULL, NULL);
  g_return_val_if_fail (attachment->file != NULL ||
                          (attachment->bytes != NULL && attachment->name != NULL),
                        NULL);

  if (!mx_room_check_sending (self, &error))
    return dex_future_new_for_error (error);

  caption = attachment->caption;
  send = g_new0 (FileSend, 1);
  send->room = g_object_ref (self);
  send->session = g_object_ref (self->session);
  send->scope = mx_scope_ref (mx_session_get_scope (self->session));
  send->caption = caption != NULL && *caption != '\0' ? g_strdup (caption) : NULL;
  send->width = attachment->width;
  send->height = attachment->height;
  if (attachment->file != NULL)
    {
      send->file = g_object_ref (attachment->file);
    }
  else
    {
      send->bytes = g_bytes_ref (attachment->bytes);
      send->filename = g_strdup (attachment->name);
      send->size = (gint64) g_bytes_get_size (attachment->bytes);
    }

  return mx_flow_run (send_fiber, send, file_send_free);
}

DexFuture *
mx_room_send_file (MxRoom *self, GFile *file, const char *caption)
{
  return mx_room_send_attachment (self, &(MxOutgoingFile) { .file = file, .caption = caption });
}

DexFuture *
mx_room_find_upload_limit (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  return self->session != NULL ? find_limit (self->session) : dex_future_new_for_int64 (-1);
}

double
mx_room_get_upload_progress (MxRoom *self, const char *txn_id)
{
  MxSendQueue *queue = self->session != NULL ? mx_session_get_send_queue (self->session) : NULL;

  return queue != NULL ? mx_send_queue_get_progress (queue, txn_id) : -1;
}

/* -- To the server */

/* Its name is one that we gave: nothing else is opened or deleted. */
static GFile *
get_kept (MxSession *session, MxJson upload)
{
  const char *name = mx_json_get_string (upload, "name");

  if (name == NULL || !g_str_has_prefix (name, UPLOAD_PREFIX) || strchr (name, '/') != NULL)
    return NULL;

  return g_file_new_build_filename (mx_session_get_folder (session), name, NULL);
}

/* The content with the place of the file; its key where there is encryption. */
static char *
name_file (const char *content, MxJson upload, gboolean encrypted, const char *mxc, GError **error)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (content, -1, error);
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  const char *name = NULL;
  MxJsonIter iter;
  MxJson value;

  if (document == NULL)
    return NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_iter_init (&iter, mx_json_document_root (document));
  while (mx_json_iter_next (&iter, &name, &value))
    mx_json_add_json (writer, name, value);
  if (!encrypted)
    mx_json_add_string (writer, "url", mxc);
  else
    {
      mx_json_begin_object (writer, "file");
      mx_json_iter_init (&iter, mx_json_get (upload, "file"));
      while (mx_json_iter_next (&iter, &name, &value))
        mx_json_add_json (writer, name, value);
      mx_json_add_string (writer, "url", mxc);
      mx_json_end (writer);
    }
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

typedef struct
{
  MxSendQueue *queue;
  char *txn_id;
} Progress;

static void
progress_cb (gint64 done, gint64 total, gpointer data)
{
  Progress *progress = data;

  if (total > 0)
    mx_send_queue_set_progress (progress->queue,
                                progress->txn_id,
                                CLAMP ((double) done / (double) total, 0.0, 1.0));
}

/* What leaves: in an encrypted room the ciphertext, of which the server learns no name and no type
 * (E2E-071). */
static GInputStream *
open_kept (GFile *kept, MxJson upload, gboolean encrypted, GError **error)
{
  g_autoptr (MxAttachmentKey) key = NULL;

  if (encrypted)
    return G_INPUT_STREAM (g_file_read (kept, NULL, error));
  key = mx_attachment_key_parse (mx_json_get (upload, "file"), error);

  return key != NULL ? mx_attachment_file_read (kept, key, error) : NULL;
}

typedef struct
{
  char *txn_id;
  char *content;
} Uploaded;

static void
uploaded_free (gpointer data)
{
  Uploaded *uploaded = data;

  g_free (uploaded->txn_id);
  g_free (uploaded->content);
  g_free (uploaded);
}

static gboolean
uploaded_work (MxStore *store,
               MxStoreChanges *changes,
               gpointer data,
               GValue *result,
               GError **error)
{
  const Uploaded *uploaded = data;

  return mx_store_outbox_uploaded (store, uploaded->txn_id, uploaded->content, changes, error);
}

static gboolean
note_uploaded (MxSession *session, MxSendItem *item, const char *content, GError **error)
{
  Uploaded *uploaded = g_new0 (Uploaded, 1);

  uploaded->txn_id = g_strdup (item->txn_id);
  uploaded->content = g_strdup (content);
  if (!dex_await (mx_session_write (session, uploaded_work, uploaded, uploaded_free), error))
    return FALSE;

  mx_file_send_forget (session, item->upload);
  g_set_str (&item->content, content);
  g_clear_pointer (&item->upload, g_free);

  return TRUE;
}

/* What we kept cannot be read: sending it again would not help. */
static gboolean
fail (GError **error, const GError *why)
{
  g_message ("A kept file cannot be read: %d", why != NULL ? why->code : 0);
  g_set_error_literal (error, MX_SESSION_ERROR, MX_SESSION_ERROR_FAILED, "The file is gone");

  return FALSE;
}

gboolean
mx_file_send_upload (MxSession *session,
                     MxSendQueue *queue,
                     MxScope *scope,
                     MxSendItem *item,
                     gboolean encrypted,
                     GError **error)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (item->upload, -1, error);
  MxJson upload = document != NULL ? mx_json_document_root (document) : (MxJson) { NULL };
  g_autoptr (GFile) kept = get_kept (session, upload);
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (MxScope) work = mx_scope_new ();
  g_autoptr (GError) unreadable = NULL;
  g_autofree char *mxc = NULL;
  g_autofree char *content = NULL;
  Progress progress = { queue, item->txn_id };
  MxHttp *http = mx_session_get_http (session);

  if (document == NULL)
    return FALSE;
  if (kept == NULL || !(input = open_kept (kept, upload, encrypted, &unreadable)))
    return fail (error, unreadable);
  if (http == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");
      return FALSE;
    }

  item->work = mx_scope_ref (work);
  mxc = dex_await_string (
    mx_guard (scope,
              mx_guard (work,
                        mx_media_upload (http,
                                         input,
                                         mx_json_int (mx_json_get (upload, "size"), 0),
                                         encrypted ? NULL : mx_json_get_string (upload, "mimetype"),
                                         encrypted ? NULL : mx_json_get_string (upload, "filename"),
                                         progress_cb,
                                         &progress))),
    error);
  g_clear_pointer (&item->work, mx_scope_unref);
  if (mxc == NULL)
    return FALSE;

  content = name_file (item->content, upload, encrypted, mxc, error);

  return content != NULL && note_uploaded (session, item, content, error);
}

void
mx_file_send_forget (MxSession *session, const char *upload)
{
  g_autoptr (MxJsonDocument) document =
    upload != NULL ? mx_json_document_parse (upload, -1, NULL) : NULL;
  g_autoptr (GFile) kept =
    document != NULL ? get_kept (session, mx_json_document_root (document)) : NULL;

  if (kept != NULL)
    g_file_delete (kept, NULL, NULL);
}

void
mx_file_send_clean (MxSession *session, GPtrArray *rows)
{
  const char *folder = mx_session_get_folder (session);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GHashTable) wanted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *name = NULL;

  for (guint i = 0; i < rows->len; i++)
    {
      const MxOutboxRow *row = g_ptr_array_index (rows, i);
      g_autoptr (MxJsonDocument) document =
        row->upload != NULL ? mx_json_document_parse (row->upload, -1, NULL) : NULL;
      const char *kept =
        document != NULL ? mx_json_get_string (mx_json_document_root (document), "name") : NULL;

      if (kept != NULL)
        g_hash_table_add (wanted, g_strdup (kept));
    }
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autoptr (GFile) file = NULL;

      if (!g_str_has_prefix (name, DOWNLOAD_PREFIX) &&
          (!g_str_has_prefix (name, UPLOAD_PREFIX) || g_hash_table_contains (wanted, name)))
        continue;
      file = g_file_new_build_filename (folder, name, NULL);
      g_file_delete (file, NULL, NULL);
    }
}
