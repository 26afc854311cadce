/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-media-view.h"

#include "chappe-sized-frame.h"
#include "chappe-texture-loader.h"
#include "chappe-tooltip.h"
#include "mx-flow.h"
#include "mx-media-cache.h"

#include <glib/gi18n.h>

#define PICTURE_WIDTH  360
#define PICTURE_HEIGHT 300
#define PICTURE_MIN    48

struct _ChappeMediaView
{
  AdwBin parent_instance;

  GtkWidget *picture_frame;
  GtkPicture *picture;
  GtkWidget *picture_button; /* while the picture does not come by itself, or has not come */
  GtkLabel *picture_note;
  GtkWidget *file_box;
  GtkImage *file_icon;
  GtkLabel *file_name;
  GtkLabel *file_size;
  GtkButton *save_button;

  MxContent *content;
  MxSession *session;
  unsigned serial; /* answers for an older content are ignored */
};

G_DEFINE_FINAL_TYPE (ChappeMediaView, chappe_media_view, ADW_TYPE_BIN)

static void
show_note (ChappeMediaView *self, const char *text)
{
  gtk_label_set_text (self->picture_note, text);
  gtk_widget_set_visible (GTK_WIDGET (self->picture_note), text != NULL && *text != '\0');
}

/* NULL: it is not there yet. */
static void
set_picture (ChappeMediaView *self, GdkPaintable *picture)
{
  gtk_picture_set_paintable (self->picture, picture);
  if (picture != NULL)
    gtk_widget_remove_css_class (self->picture_frame, "empty");
  else
    gtk_widget_add_css_class (self->picture_frame, "empty");
}

static void
loaded_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeMediaView *self = CHAPPE_MEDIA_VIEW (owner);

  if (GPOINTER_TO_UINT (user_data) != self->serial)
    return;

  if (error != NULL)
    {
      show_note (self,
                 error->domain == G_IO_ERROR ? _ ("This picture cannot be shown")
                                             : _ ("The picture could not be loaded"));
      /* A decoder may also fail because the machine is busy, and calls the picture damaged then. */
      gtk_widget_set_visible (self->picture_button,
                              !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED));
      return;
    }

  show_note (self, NULL);
  set_picture (self, GDK_PAINTABLE (g_value_get_object (value)));
}

/* The size on screen, known from what the sender claims. */
static void
size_picture (ChappeMediaView *self, const MxMediaInfo *info)
{
  double width = info->width > 0 ? info->width : PICTURE_WIDTH;
  double height = info->height > 0 ? info->height : PICTURE_HEIGHT * 0.75;
  double scale = MIN (1.0, MIN (PICTURE_WIDTH / width, PICTURE_HEIGHT / height));

  chappe_sized_frame_set_size (CHAPPE_SIZED_FRAME (self->picture_frame),
                               MAX (PICTURE_MIN, (int) (width * scale)),
                               MAX (PICTURE_MIN, (int) (height * scale)));
}

static const char *
get_picture (ChappeMediaView *self)
{
  const MxMediaInfo *info = mx_content_get_media (self->content);

  return info->thumbnail_url != NULL ? info->thumbnail_url : info->url;
}

static void
fetch_picture (ChappeMediaView *self)
{
  const MxMediaInfo *info = mx_content_get_media (self->content);
  const char *mxc = get_picture (self);
  const char *file =
    info->thumbnail_url != NULL ? info->thumbnail_encrypted_file : info->encrypted_file;
  const int width = PICTURE_WIDTH * 2;
  const int height = PICTURE_HEIGHT * 2;

  mx_watch (self,
            file != NULL ? chappe_texture_load_encrypted (self->session, mxc, file, width, height)
                         : chappe_texture_load (self->session, mxc, width, height, FALSE),
            loaded_cb,
            GUINT_TO_POINTER (self->serial));
}

static void
show_cb (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ChappeMediaView *self = CHAPPE_MEDIA_VIEW (widget);

  gtk_widget_set_visible (self->picture_button, FALSE);
  show_note (self, NULL);
  fetch_picture (self);
}

gboolean
chappe_media_view_is_waiting (ChappeMediaView *self)
{
  return gtk_widget_get_visible (self->picture_frame) &&
         gtk_widget_get_visible (self->picture_button);
}

static gboolean
comes_by_itself (ChappeMediaView *self)
{
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);

  return g_settings_get_boolean (settings, "media-previews");
}

static void
show_picture (ChappeMediaView *self, const MxMediaInfo *info)
{
  const char *mxc = get_picture (self);
  const char *name = mx_content_get_filename (self->content);
  g_autoptr (GdkTexture) known = NULL;

  size_picture (self, info);
  set_picture (self, NULL);
  gtk_picture_set_alternative_text (self->picture, name);
  chappe_tooltip_set (self->picture_frame, name);
  gtk_widget_set_visible (self->picture_button, FALSE);

  if (mxc == NULL)
    {
      show_note (self, _ ("This picture cannot be shown"));
      return;
    }

  show_note (self, NULL);
  known = chappe_texture_peek (self->session, mxc, PICTURE_WIDTH * 2, PICTURE_HEIGHT * 2);
  if (known != NULL)
    set_picture (self, GDK_PAINTABLE (known));
  else if (comes_by_itself (self))
    fetch_picture (self);
  else
    gtk_widget_set_visible (self->picture_button, TRUE);
}

static const char *
icon_for (MxContentKind kind)
{
  switch (kind)
    {
    case MX_CONTENT_IMAGE:
      return "image-x-generic-symbolic";
    case MX_CONTENT_AUDIO:
      return "audio-x-generic-symbolic";
    case MX_CONTENT_VOICE:
      return "audio-input-microphone-symbolic";
    case MX_CONTENT_VIDEO:
      return "video-x-generic-symbolic";
    default:
      return "text-x-generic-symbolic";
    }
}

static void
show_file (ChappeMediaView *self, const MxMediaInfo *info)
{
  MxContentKind kind = mx_content_get_kind (self->content);
  const char *name =
    kind == MX_CONTENT_VOICE ? _ ("Voice message") : mx_content_get_filename (self->content);
  g_autofree char *size = info->size >= 0 ? g_format_size ((guint64) info->size) : NULL;

  gtk_image_set_from_icon_name (self->file_icon, icon_for (kind));
  gtk_label_set_text (self->file_name, name != NULL ? name : _ ("File"));
  gtk_label_set_text (self->file_size, size != NULL ? size : "");
  gtk_widget_set_visible (GTK_WIDGET (self->file_size), size != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->save_button), chappe_media_view_can_save (self));
}

static void
saved_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  gtk_widget_activate_action (
    GTK_WIDGET (owner),
    "win.toast",
    "s",
    error != NULL
      ? _ ("The file could not be saved. Check the connection and the free space, then try again.")
      : _ ("File saved"));
}

/* Rows are recycled while the dialog is open: what is saved is pinned to the dialog, and the window
 * tells how it went. */
static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) window = user_data;
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);
  const MxMediaInfo *info = mx_content_get_media (g_object_get_data (source, "content"));
  MxMediaCache *media = mx_session_get_media (g_object_get_data (source, "session"));

  if (file == NULL || info == NULL || info->url == NULL || media == NULL)
    return;

  mx_watch (window,
            mx_media_cache_save (media, info->url, info->encrypted_file, file, NULL, NULL),
            saved_cb,
            NULL);
}

gboolean
chappe_media_view_shows_picture (ChappeMediaView *self)
{
  return gtk_widget_get_visible (self->picture_frame);
}

gboolean
chappe_media_view_can_save (ChappeMediaView *self)
{
  const MxMediaInfo *info = self->content != NULL ? mx_content_get_media (self->content) : NULL;

  return info != NULL && self->session != NULL && info->url != NULL;
}

static void
save_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ChappeMediaView *self = CHAPPE_MEDIA_VIEW (widget);
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  GtkRoot *window = gtk_widget_get_root (GTK_WIDGET (self));

  gtk_file_dialog_set_initial_name (dialog, mx_content_get_filename (self->content));
  g_object_set_data_full (G_OBJECT (dialog),
                          "content",
                          mx_content_ref (self->content),
                          (GDestroyNotify) mx_content_unref);
  g_object_set_data_full (G_OBJECT (dialog),
                          "session",
                          g_object_ref (self->session),
                          g_object_unref);
  gtk_file_dialog_save (dialog, GTK_WINDOW (window), NULL, chosen_cb, g_object_ref (window));
}

static void
chappe_media_view_dispose (GObject *object)
{
  ChappeMediaView *self = CHAPPE_MEDIA_VIEW (object);

  g_clear_pointer (&self->content, mx_content_unref);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_MEDIA_VIEW);

  G_OBJECT_CLASS (chappe_media_view_parent_class)->dispose (object);
}

static void
chappe_media_view_class_init (ChappeMediaViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_media_view_dispose;
  g_type_ensure (CHAPPE_TYPE_SIZED_FRAME);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-media-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeMediaView, picture_frame);
  gtk_widget_class_bind_template_child (widget_class, ChappeMediaView, picture);
  gtk_widget_class_bind_template_child (widget_class, ChappeMediaView, picture_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeMediaView, picture_note);
  gtk_widget_class_bind_template_child (widget_class, ChappeMediaView, file_box);
  gtk_widget_class_bind_template_child (widget_class, ChappeMediaView, file_icon);
  gtk_widget_class_bind_template_child (widget_class, ChappeMediaView, file_name);
  gtk_widget_class_bind_template_child (widget_class, ChappeMediaView, file_size);
  gtk_widget_class_bind_template_child (widget_class, ChappeMediaView, save_button);
  gtk_widget_class_install_action (widget_class, "media.show", NULL, show_cb);
  gtk_widget_class_install_action (widget_class, "media.save", NULL, save_cb);
}

static void
chappe_media_view_init (ChappeMediaView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
chappe_media_view_new (void)
{
  return g_object_new (CHAPPE_TYPE_MEDIA_VIEW, NULL);
}

void
chappe_media_view_set (ChappeMediaView *self, MxContent *content, MxSession *session)
{
  const MxMediaInfo *info = mx_content_get_media (content);
  MxContentKind kind = mx_content_get_kind (content);
  /* A picture on its way is a file like any other. */
  gboolean picture = (kind == MX_CONTENT_IMAGE || kind == MX_CONTENT_STICKER) &&
                     (info == NULL || info->url != NULL || info->thumbnail_url != NULL);

  self->serial++;
  g_clear_pointer (&self->content, mx_content_unref);
  self->content = mx_content_ref (content);
  g_set_object (&self->session, session);

  gtk_widget_set_visible (self->picture_frame, picture);
  gtk_widget_set_visible (self->file_box, !picture);
  if (info == NULL || session == NULL)
    return;

  if (picture)
    show_picture (self, info);
  else
    show_file (self, info);
}
