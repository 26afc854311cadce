/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Saving to a file that the user chose. What is encrypted comes into the session's own folder
 * first, as it is: only once all of it is there can be told whether it is what was sent
 * (E2E-146). */
#include "config.h"

#include "mx-media-cache-private.h"

#include "mx-attachment-file.h"
#include "mx-error.h"
#include "mx-media-requests.h"

typedef struct
{
  MxMediaCache *cache;
  MxSession *session;
  MxScope *scope;
  GFile *target;
  char *mxc;
  MxAttachmentKey *key; /* NULL: clear */
  GFile *ciphertext;    /* on its way */
  GFileOutputStream *output;
  void (*progress) (double fraction, gpointer data);
  gpointer data;
  gboolean existed; /* the target, before */
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  g_object_unref (save->cache);
  g_object_unref (save->session);
  g_clear_pointer (&save->scope, mx_scope_unref);
  g_object_unref (save->target);
  g_free (save->mxc);
  g_clear_pointer (&save->key, mx_attachment_key_unref);
  if (save->ciphertext != NULL)
    g_file_delete (save->ciphertext, NULL, NULL);
  g_clear_object (&save->ciphertext);
  g_clear_object (&save->output);
  g_free (save);
}

MxAttachmentKey *
mx_media_parse_key (const char *encrypted_file, GError **error)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (encrypted_file, -1, error);

  return document != NULL ? mx_attachment_key_parse (mx_json_document_root (document), error)
                          : NULL;
}

static void
save_progress_cb (gint64 done, gint64 total, gpointer data)
{
  Save *save = data;

  if (save->progress != NULL && total > 0)
    save->progress (CLAMP ((double) done / (double) total, 0.0, 1.0), save->data);
}

/* Into output, which is closed afterwards. */
static gboolean
download (Save *save, GOutputStream *output, GError **error)
{
  MxHttp *http = mx_session_get_http (save->session);
  g_autofree char *type = NULL;

  if (http == NULL)
    {
      g_set_error_literal (error, MX_SESSION_ERROR, MX_SESSION_ERROR_OFFLINE, "Not connected");
      return FALSE;
    }
  type = dex_await_string (mx_guard (save->scope,
                                     mx_media_download (http,
                                                        save->mxc,
                                                        mx_session_has_legacy_media (save->session),
                                                        output,
                                                        -1,
                                                        save_progress_cb,
                                                        save)),
                           error);

  return type != NULL && (g_output_stream_is_closed (output) ||
                          dex_await (dex_output_stream_close (output, G_PRIORITY_DEFAULT), error));
}

static gboolean
download_ciphertext (Save *save, GError **error)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_autofree char *name = g_strconcat ("download-", uuid, NULL);
  g_autoptr (GFileOutputStream) output = NULL;

  save->ciphertext = g_file_new_build_filename (mx_session_get_folder (save->session), name, NULL);
  output = dex_await_object (
    dex_file_replace (save->ciphertext, NULL, FALSE, G_FILE_CREATE_PRIVATE, G_PRIORITY_DEFAULT),
    error);

  return output != NULL && download (save, G_OUTPUT_STREAM (output), error);
}

/* On the worker. */
static gboolean
decrypt_work (gpointer data, GValue *result, GError **error)
{
  Save *save = data;

  return mx_attachment_file_decrypt (save->ciphertext,
                                     save->key,
                                     G_OUTPUT_STREAM (save->output),
                                     NULL,
                                     error) &&
         g_output_stream_close (G_OUTPUT_STREAM (save->output), NULL, error);
}

static gboolean
write_target (Save *save, GError **error)
{
  if (save->key != NULL && !download_ciphertext (save, error))
    return FALSE;

  save->output = dex_await_object (mx_guard (save->scope,
                                             dex_file_replace (save->target,
                                                               NULL,
                                                               FALSE,
                                                               G_FILE_CREATE_REPLACE_DESTINATION |
                                                                 G_FILE_CREATE_PRIVATE,
                                                               G_PRIORITY_DEFAULT)),
                                   error);
  if (save->output == NULL)
    return FALSE;
  if (save->key == NULL)
    return download (save, G_OUTPUT_STREAM (save->output), error);

  /* Not guarded: the worker has our memory until it is done. */
  return dex_await (mx_worker_run (mx_media_cache_get_worker (save->cache),
                                   decrypt_work,
                                   save,
                                   NULL),
                    error);
}

/* Half a file is worse than none: a cancelled close drops what g_file_replace() wrote beside the
 * old file. */
static void
drop_target (Save *save)
{
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  if (save->output == NULL)
    return;
  g_cancellable_cancel (cancelled);
  g_output_stream_close (G_OUTPUT_STREAM (save->output), cancelled, NULL);
  if (!save->existed && !dex_await (dex_file_delete (save->target, G_PRIORITY_DEFAULT), &error))
    g_debug ("unfinished file: %s %d", g_quark_to_string (error->domain), error->code);
}

static DexFuture *
save_fiber (gpointer data)
{
  Save *save = data;
  g_autoptr (GError) error = NULL;

  if (write_target (save, &error))
    return dex_future_new_true ();
  drop_target (save);

  return dex_future_new_for_error (g_steal_pointer (&error));
}

DexFuture *
mx_media_cache_save (MxMediaCache *self,
                     const char *mxc,
                     const char *encrypted_file,
                     GFile *target,
                     void (*progress) (double fraction, gpointer data),
                     gpointer data)
{
  g_autoptr (MxAttachmentKey) key = NULL;
  GError *error = NULL;
  Save *save = NULL;

  if (encrypted_file != NULL && (key = mx_media_parse_key (encrypted_file, &error)) == NULL)
    return dex_future_new_for_error (error);

  save = g_new0 (Save, 1);
  save->cache = g_object_ref (self);
  save->session = g_object_ref (mx_media_cache_get_session (self));
  save->scope = mx_scope_ref (mx_session_get_scope (save->session));
  save->target = g_object_ref (target);
  save->existed = g_file_query_exists (target, NULL);
  save->mxc = g_strdup (mxc);
  save->key = g_steal_pointer (&key);
  save->progress = progress;
  save->data = data;

  return mx_flow_run (save_fiber, save, save_free);
}
