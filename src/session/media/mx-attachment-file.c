/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-attachment-file.h"

#include "mx-secret.h"

#define CHUNK (64 * 1024)

static gboolean
copy_encrypted (GInputStream *input,
                GOutputStream *output,
                MxAttachmentStream *stream,
                gint64 *size,
                GCancellable *cancellable,
                GError **error)
{
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  gboolean done = FALSE;
  gssize length;

  *size = 0;
  while ((length = g_input_stream_read (input, chunk, CHUNK, cancellable, error)) > 0)
    {
      if (!mx_attachment_stream_update (stream, chunk, length, chunk, error) ||
          !g_output_stream_write_all (output, chunk, length, NULL, cancellable, error))
        break;
      *size += length;
    }
  done = length == 0;
  mx_wipe (chunk, CHUNK);

  return done;
}

MxAttachmentKey *
mx_attachment_file_encrypt (GInputStream *input,
                            GFile *target,
                            gint64 *size,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr (MxAttachmentStream) stream = mx_attachment_stream_new_encrypt (error);
  g_autoptr (MxAttachmentKey) key = NULL;
  g_autoptr (GFileOutputStream) output = NULL;

  if (stream == NULL)
    return NULL;
  output = g_file_create (target, G_FILE_CREATE_PRIVATE, cancellable, error);
  if (output == NULL)
    return NULL;

  if (copy_encrypted (input, G_OUTPUT_STREAM (output), stream, size, cancellable, error) &&
      g_output_stream_close (G_OUTPUT_STREAM (output), cancellable, error))
    key = mx_attachment_stream_finish (stream, error);
  if (key == NULL)
    {
      g_output_stream_close (G_OUTPUT_STREAM (output), NULL, NULL);
      g_file_delete (target, NULL, NULL);
    }

  return g_steal_pointer (&key);
}

/* One pass over the ciphertext; output NULL: only its hash. */
static gboolean
pass (GInputStream *input,
      MxAttachmentKey *key,
      GOutputStream *output,
      GCancellable *cancellable,
      GError **error)
{
  g_autoptr (MxAttachmentStream) stream = mx_attachment_stream_new_decrypt (key, error);
  g_autoptr (MxAttachmentKey) same = NULL;
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  gssize length = -1;

  if (stream == NULL)
    return FALSE;
  while ((length = g_input_stream_read (input, chunk, CHUNK, cancellable, error)) > 0)
    if (!mx_attachment_stream_update (stream,
                                      chunk,
                                      length,
                                      output != NULL ? chunk : NULL,
                                      error) ||
        (output != NULL &&
         !g_output_stream_write_all (output, chunk, length, NULL, cancellable, error)))
      break;
  mx_wipe (chunk, CHUNK);
  if (length != 0)
    return FALSE;
  same = mx_attachment_stream_finish (stream, error);

  return same != NULL;
}

gboolean
mx_attachment_file_decrypt (GFile *source,
                            MxAttachmentKey *key,
                            GOutputStream *output,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr (GFileInputStream) first = g_file_read (source, cancellable, error);
  g_autoptr (GFileInputStream) second = NULL;

  if (first == NULL || !pass (G_INPUT_STREAM (first), key, NULL, cancellable, error))
    return FALSE;
  second = g_file_read (source, cancellable, error);

  return second != NULL && pass (G_INPUT_STREAM (second), key, output, cancellable, error);
}

GBytes *
mx_attachment_bytes_decrypt (GBytes *ciphertext, MxAttachmentKey *key, GError **error)
{
  g_autoptr (GInputStream) first = g_memory_input_stream_new_from_bytes (ciphertext);
  g_autoptr (GInputStream) second = g_memory_input_stream_new_from_bytes (ciphertext);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();

  if (!pass (first, key, NULL, NULL, error) || !pass (second, key, output, NULL, error) ||
      !g_output_stream_close (output, NULL, error))
    return NULL;

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (output));
}

/* -- As a stream */

#define MX_TYPE_ATTACHMENT_CONVERTER (mx_attachment_converter_get_type ())
G_DECLARE_FINAL_TYPE (MxAttachmentConverter,
                      mx_attachment_converter,
                      MX,
                      ATTACHMENT_CONVERTER,
                      GObject)

struct _MxAttachmentConverter
{
  GObject parent_instance;

  MxAttachmentKey *key;
  MxAttachmentStream *stream;
};

static void mx_attachment_converter_iface_init (GConverterIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MxAttachmentConverter,
                               mx_attachment_converter,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_CONVERTER,
                                                      mx_attachment_converter_iface_init))

static void
mx_attachment_converter_finalize (GObject *object)
{
  MxAttachmentConverter *self = MX_ATTACHMENT_CONVERTER (object);

  g_clear_pointer (&self->stream, mx_attachment_stream_free);
  g_clear_pointer (&self->key, mx_attachment_key_unref);

  G_OBJECT_CLASS (mx_attachment_converter_parent_class)->finalize (object);
}

static void
mx_attachment_converter_class_init (MxAttachmentConverterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_attachment_converter_finalize;
}

static void
mx_attachment_converter_init (MxAttachmentConverter *self)
{
}

static GConverterResult
mx_attachment_converter_convert (GConverter *converter,
                                 const void *inbuf,
                                 gsize inbuf_size,
                                 void *outbuf,
                                 gsize outbuf_size,
                                 GConverterFlags flags,
                                 gsize *bytes_read,
                                 gsize *bytes_written,
                                 GError **error)
{
  MxAttachmentConverter *self = MX_ATTACHMENT_CONVERTER (converter);
  gsize size = MIN (MIN (inbuf_size, outbuf_size), G_MAXINT);

  *bytes_read = *bytes_written = 0;
  if (size == 0)
    {
      if (flags & G_CONVERTER_INPUT_AT_END)
        return G_CONVERTER_FINISHED;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "More is needed");
      return G_CONVERTER_ERROR;
    }
  if (!mx_attachment_stream_update (self->stream, inbuf, size, outbuf, error))
    return G_CONVERTER_ERROR;

  *bytes_read = *bytes_written = size;

  return size == inbuf_size && (flags & G_CONVERTER_INPUT_AT_END) ? G_CONVERTER_FINISHED
                                                                  : G_CONVERTER_CONVERTED;
}

static void
mx_attachment_converter_reset (GConverter *converter)
{
  MxAttachmentConverter *self = MX_ATTACHMENT_CONVERTER (converter);

  g_clear_pointer (&self->stream, mx_attachment_stream_free);
  self->stream = mx_attachment_stream_new_decrypt (self->key, NULL);
}

static void
mx_attachment_converter_iface_init (GConverterIface *iface)
{
  iface->convert = mx_attachment_converter_convert;
  iface->reset = mx_attachment_converter_reset;
}

GInputStream *
mx_attachment_file_read (GFile *source, MxAttachmentKey *key, GError **error)
{
  g_autoptr (GFileInputStream) input = g_file_read (source, NULL, error);
  g_autoptr (MxAttachmentConverter) converter = NULL;

  if (input == NULL)
    return NULL;
  converter = g_object_new (MX_TYPE_ATTACHMENT_CONVERTER, NULL);
  converter->key = mx_attachment_key_ref (key);
  converter->stream = mx_attachment_stream_new_decrypt (key, error);
  if (converter->stream == NULL)
    return NULL;

  return g_converter_input_stream_new (G_INPUT_STREAM (input), G_CONVERTER (converter));
}
