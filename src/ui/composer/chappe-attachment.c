/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-attachment.h. */
#include "config.h"

#include "chappe-attachment.h"

#include "chappe-error-text.h"
#include "chappe-texture-loader.h"

#include "mx-image-loader.h"

#include <glib/gi18n.h>

#define PREVIEW_WIDTH  720
#define PREVIEW_HEIGHT 480
/* Larger pictures are sent unseen. */
#define PREVIEW_MAX_BYTES (32 * 1024 * 1024)

struct _ChappeAttachment
{
  GObject parent_instance;

  GFile *file;
  GBytes *bytes; /* of a pasted picture */
  char *name;
  char *content_type; /* NULL: not known yet */
  GIcon *icon;
  gint64 size;
  GdkTexture *picture;
  int width; /* px of the picture itself */
  int height;
  gboolean is_folder;
  GError *error; /* it cannot be read */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (ChappeAttachment, chappe_attachment, G_TYPE_OBJECT)

typedef enum
{
  CHANGED,
} ChappeAttachmentSignal;

static unsigned signals[CHANGED + 1];

static void
changed (ChappeAttachment *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
chappe_attachment_dispose (GObject *object)
{
  ChappeAttachment *self = CHAPPE_ATTACHMENT (object);

  g_cancellable_cancel (self->cancellable);

  G_OBJECT_CLASS (chappe_attachment_parent_class)->dispose (object);
}

static void
chappe_attachment_finalize (GObject *object)
{
  ChappeAttachment *self = CHAPPE_ATTACHMENT (object);

  g_clear_object (&self->file);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_object (&self->icon);
  g_clear_object (&self->picture);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_free (self->name);
  g_free (self->content_type);

  G_OBJECT_CLASS (chappe_attachment_parent_class)->finalize (object);
}

static void
chappe_attachment_class_init (ChappeAttachmentClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chappe_attachment_dispose;
  G_OBJECT_CLASS (klass)->finalize = chappe_attachment_finalize;

  signals[CHANGED] = g_signal_new (
    "changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
chappe_attachment_init (ChappeAttachment *self)
{
  self->size = -1;
  self->icon = g_themed_icon_new ("text-x-generic-symbolic");
  self->cancellable = g_cancellable_new ();
}

/* -- A file */

static void
decoded_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeAttachment *self = CHAPPE_ATTACHMENT (owner);
  const MxImage *image = error == NULL ? g_value_get_boxed (value) : NULL;

  if (image == NULL)
    return;
  self->picture = chappe_texture_new (image);
  self->width = image->natural_width;
  self->height = image->natural_height;
  changed (self);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ChappeAttachment) self = user_data;
  g_autoptr (GBytes) bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, NULL);

  if (bytes != NULL)
    mx_watch (self, mx_image_load (bytes, PREVIEW_WIDTH, PREVIEW_HEIGHT), decoded_cb, NULL);
}

static void
take_info (ChappeAttachment *self, GFileInfo *info)
{
  const char *type = g_file_info_get_content_type (info);

  self->is_folder = g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR;
  self->size = self->is_folder ? 0 : g_file_info_get_size (info);
  g_set_str (&self->name, g_file_info_get_display_name (info));
  g_set_str (&self->content_type, type != NULL ? type : "");
  g_clear_object (&self->icon);
  self->icon = type != NULL ? g_content_type_get_symbolic_icon (type)
                            : g_themed_icon_new ("text-x-generic-symbolic");
}

static void
queried_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ChappeAttachment) self = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (G_FILE (source), result, &self->error);
  g_autofree char *mimetype = NULL;

  if (info != NULL)
    take_info (self, info);
  else
    self->size = 0;
  if (info != NULL && self->size <= PREVIEW_MAX_BYTES)
    mimetype = g_content_type_get_mime_type (self->content_type);
  if (mimetype != NULL && g_str_has_prefix (mimetype, "image/"))
    g_file_load_bytes_async (self->file, self->cancellable, loaded_cb, g_object_ref (self));
  changed (self);
}

ChappeAttachment *
chappe_attachment_new_file (GFile *file)
{
  ChappeAttachment *self = g_object_new (CHAPPE_TYPE_ATTACHMENT, NULL);
  g_autofree char *name = g_file_get_basename (file);

  self->file = g_object_ref (file);
  self->name = name != NULL ? g_filename_display_name (name) : g_strdup ("");
  g_file_query_info_async (file,
                           G_FILE_ATTRIBUTE_STANDARD_TYPE
                           "," G_FILE_ATTRIBUTE_STANDARD_SIZE
                           "," G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME
                           "," G_FILE_ATTRIBUTE_STANDARD_CONTENT_TYPE,
                           G_FILE_QUERY_INFO_NONE,
                           G_PRIORITY_DEFAULT,
                           self->cancellable,
                           queried_cb,
                           g_object_ref (self));

  return self;
}

/* -- A pasted picture */

/* On a thread: a screen full of pixels takes a while. */
static void
write_png (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_pointer (task,
                         gdk_texture_save_to_png_bytes (data),
                         (GDestroyNotify) g_bytes_unref);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ChappeAttachment *self = CHAPPE_ATTACHMENT (source);

  self->bytes = g_task_propagate_pointer (G_TASK (result), NULL);
  self->size = self->bytes != NULL ? (gint64) g_bytes_get_size (self->bytes) : 0;
  changed (self);
}

ChappeAttachment *
chappe_attachment_new_picture (GdkTexture *texture)
{
  ChappeAttachment *self = g_object_new (CHAPPE_TYPE_ATTACHMENT, NULL);
  g_autoptr (GTask) task = g_task_new (self, NULL, written_cb, NULL);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H.%M.%S");

  /* TRANSLATORS: name of a file that is made of a pasted picture; %s is day and time */
  self->name = g_strdup_printf (_ ("Picture of %s.png"), time);
  self->content_type = g_strdup ("image/png");
  g_clear_object (&self->icon);
  self->icon = g_content_type_get_symbolic_icon (self->content_type);
  self->picture = g_object_ref (texture);
  self->width = gdk_texture_get_width (texture);
  self->height = gdk_texture_get_height (texture);
  g_task_set_task_data (task, g_object_ref (texture), g_object_unref);
  g_task_run_in_thread (task, write_png);

  return self;
}

/* -- What is asked */

const char *
chappe_attachment_get_name (ChappeAttachment *self)
{
  return self->name;
}

gint64
chappe_attachment_get_size (ChappeAttachment *self)
{
  return self->size;
}

GIcon *
chappe_attachment_get_icon (ChappeAttachment *self)
{
  return self->icon;
}

GdkTexture *
chappe_attachment_get_picture (ChappeAttachment *self)
{
  return self->picture;
}

char *
chappe_attachment_dup_problem (ChappeAttachment *self, gint64 limit)
{
  g_autofree char *most = NULL;

  if (self->error != NULL)
    return chappe_error_text (self->error);
  if (self->is_folder)
    return g_strdup (_ ("A folder cannot be sent. Choose the files in it."));
  if (limit < 0 || self->size <= limit)
    return NULL;
  most = g_format_size ((guint64) limit);
  /* TRANSLATORS: %s is a size such as 100 MB */
  return g_strdup_printf (_ ("Too large: your server takes %s at most."), most);
}

gboolean
chappe_attachment_can_send (ChappeAttachment *self, gint64 limit)
{
  g_autofree char *problem = chappe_attachment_dup_problem (self, limit);

  return problem == NULL && self->size >= 0 && (self->file != NULL || self->bytes != NULL);
}

DexFuture *
chappe_attachment_send (ChappeAttachment *self, MxRoom *room)
{
  return mx_room_send_attachment (room,
                                  &(MxOutgoingFile) {
                                    .file = self->file,
                                    .bytes = self->bytes,
                                    .name = self->name,
                                    .width = self->width,
                                    .height = self->height,
                                  });
}
