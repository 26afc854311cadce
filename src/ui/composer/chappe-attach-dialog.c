/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is about to be sent. */
#include "config.h"

#include "chappe-attach-dialog.h"

#include "chappe-text-size.h"

#include <glib/gi18n.h>

#define THUMBNAIL 32

struct _ChappeAttachDialog
{
  AdwDialog parent_instance;

  AdwWindowTitle *title;
  GtkWidget *send_button;
  GtkPicture *picture;
  AdwPreferencesGroup *group;

  GListStore *attachments;
  GHashTable *rows; /* ChappeAttachment → AdwActionRow, borrowed */
  gint64 limit;
};

G_DEFINE_FINAL_TYPE (ChappeAttachDialog, chappe_attach_dialog, ADW_TYPE_DIALOG)

typedef enum
{
  SEND,
  ADD,
} ChappeAttachDialogSignal;

static unsigned signals[ADD + 1];

static ChappeAttachment *
nth (ChappeAttachDialog *self, unsigned position)
{
  g_autoptr (ChappeAttachment) attachment =
    g_list_model_get_item (G_LIST_MODEL (self->attachments), position);

  return attachment; /* the store keeps it */
}

/* -- Together */

/* A picture by itself is shown large. */
static void
update_picture (ChappeAttachDialog *self)
{
  gboolean alone = g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) == 1;
  GdkTexture *texture = alone ? chappe_attachment_get_picture (nth (self, 0)) : NULL;

  gtk_picture_set_paintable (self->picture, texture != NULL ? GDK_PAINTABLE (texture) : NULL);
  if (texture != NULL)
    gtk_picture_set_alternative_text (self->picture, chappe_attachment_get_name (nth (self, 0)));
  gtk_widget_set_visible (GTK_WIDGET (self->picture), texture != NULL);
}

static void
update (ChappeAttachDialog *self)
{
  unsigned n = g_list_model_get_n_items (G_LIST_MODEL (self->attachments));
  unsigned ready = 0;
  guint64 size = 0;
  g_autofree char *sum = NULL;
  g_autofree char *count = NULL;

  for (unsigned i = 0; i < n; i++)
    if (chappe_attachment_can_send (nth (self, i), self->limit))
      {
        ready++;
        size += (guint64) chappe_attachment_get_size (nth (self, i));
      }
  sum = g_format_size (size);
  count = g_strdup_printf (ngettext ("%u file", "%u files", ready), ready);
  adw_window_title_set_title (self->title, count);
  adw_window_title_set_subtitle (self->title, sum);
  /* It cannot take the focus that it is to have as long as nothing is ready; nor before it appears.
   */
  if (ready > 0 && !gtk_widget_get_sensitive (self->send_button))
    {
      gtk_widget_set_sensitive (self->send_button, TRUE);
      if (gtk_widget_get_mapped (self->send_button))
        gtk_widget_grab_focus (self->send_button);
    }
  gtk_widget_set_sensitive (self->send_button, ready > 0);
  update_picture (self);
  chappe_text_size_measure_dialog (ADW_DIALOG (self));
}

/* -- Each */

static void
show_row (ChappeAttachDialog *self, ChappeAttachment *attachment)
{
  AdwActionRow *row = g_hash_table_lookup (self->rows, attachment);
  GtkImage *image = g_object_get_data (G_OBJECT (row), "image");
  GdkTexture *picture = chappe_attachment_get_picture (attachment);
  gint64 size = chappe_attachment_get_size (attachment);
  g_autofree char *problem = chappe_attachment_dup_problem (attachment, self->limit);
  g_autofree char *told = size >= 0 ? g_format_size ((guint64) size) : g_strdup ("…");

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 chappe_attachment_get_name (attachment));
  adw_action_row_set_subtitle (row, problem != NULL ? problem : told);
  if (problem != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (row), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  if (problem != NULL)
    gtk_image_set_from_icon_name (image, "dialog-warning-symbolic");
  else if (picture != NULL)
    gtk_image_set_from_paintable (image, GDK_PAINTABLE (picture));
  else
    gtk_image_set_from_gicon (image, chappe_attachment_get_icon (attachment));
}

static void
changed_cb (ChappeAttachDialog *self, ChappeAttachment *attachment)
{
  show_row (self, attachment);
  update (self);
}

static void
remove_cb (ChappeAttachDialog *self, GtkWidget *button)
{
  ChappeAttachment *attachment = g_object_get_data (G_OBJECT (button), "attachment");
  GtkWidget *row = g_hash_table_lookup (self->rows, attachment);
  unsigned position = 0;

  g_signal_handlers_disconnect_by_func (attachment, changed_cb, self);
  gtk_widget_grab_focus (self->send_button);
  g_hash_table_remove (self->rows, attachment);
  if (g_list_store_find (self->attachments, attachment, &position))
    g_list_store_remove (self->attachments, position);
  adw_preferences_group_remove (self->group, row);
  if (g_list_model_get_n_items (G_LIST_MODEL (self->attachments)) == 0)
    adw_dialog_close (ADW_DIALOG (self));
  else
    update (self);
}

static GtkWidget *
remove_button_new (ChappeAttachDialog *self, ChappeAttachment *attachment)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("list-remove-symbolic");
  g_autofree char *label =
    g_strdup_printf (_ ("Do not send “%s”"), chappe_attachment_get_name (attachment));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label,
                                  -1);
  g_object_set_data_full (G_OBJECT (button),
                          "attachment",
                          g_object_ref (attachment),
                          g_object_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);

  return button;
}

void
chappe_attach_dialog_add (ChappeAttachDialog *self, ChappeAttachment *attachment)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *image =
    g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  g_return_if_fail (CHAPPE_IS_ATTACH_DIALOG (self));

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 2);
  gtk_image_set_pixel_size (GTK_IMAGE (image), THUMBNAIL);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), image);
  g_object_set_data (G_OBJECT (row), "image", image);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove_button_new (self, attachment));
  adw_preferences_group_add (self->group, row);

  g_list_store_append (self->attachments, attachment);
  g_hash_table_insert (self->rows, attachment, row);
  g_signal_connect_object (attachment, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  changed_cb (self, attachment);
}

void
chappe_attach_dialog_set_limit (ChappeAttachDialog *self, gint64 limit)
{
  g_return_if_fail (CHAPPE_IS_ATTACH_DIALOG (self));

  self->limit = limit;
  for (unsigned i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->attachments)); i++)
    show_row (self, nth (self, i));
  update (self);
}

static void
send_cb (ChappeAttachDialog *self)
{
  g_autoptr (GListStore) ready = g_list_store_new (CHAPPE_TYPE_ATTACHMENT);

  for (unsigned i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->attachments)); i++)
    if (chappe_attachment_can_send (nth (self, i), self->limit))
      g_list_store_append (ready, nth (self, i));
  g_signal_emit (self, signals[SEND], 0, ready);
  adw_dialog_close (ADW_DIALOG (self));
}

static void
add_cb (ChappeAttachDialog *self)
{
  g_signal_emit (self, signals[ADD], 0);
}

/* -- type */

static void
chappe_attach_dialog_dispose (GObject *object)
{
  ChappeAttachDialog *self = CHAPPE_ATTACH_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_ATTACH_DIALOG);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  g_clear_object (&self->attachments);

  G_OBJECT_CLASS (chappe_attach_dialog_parent_class)->dispose (object);
}

static void
chappe_attach_dialog_class_init (ChappeAttachDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_attach_dialog_dispose;
  signals[SEND] = g_signal_new ("send",
                                G_TYPE_FROM_CLASS (klass),
                                G_SIGNAL_RUN_LAST,
                                0,
                                NULL,
                                NULL,
                                NULL,
                                G_TYPE_NONE,
                                1,
                                G_TYPE_LIST_MODEL);
  signals[ADD] = g_signal_new (
    "add", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-attach-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeAttachDialog, title);
  gtk_widget_class_bind_template_child (widget_class, ChappeAttachDialog, send_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeAttachDialog, picture);
  gtk_widget_class_bind_template_child (widget_class, ChappeAttachDialog, group);
  gtk_widget_class_bind_template_callback (widget_class, send_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
chappe_attach_dialog_init (ChappeAttachDialog *self)
{
  self->limit = -1;
  self->attachments = g_list_store_new (CHAPPE_TYPE_ATTACHMENT);
  self->rows = g_hash_table_new (NULL, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

ChappeAttachDialog *
chappe_attach_dialog_new (const char *room_name)
{
  ChappeAttachDialog *self = g_object_new (CHAPPE_TYPE_ATTACH_DIALOG, NULL);

  /* TRANSLATORS: %s is a person or a room */
  g_autofree char *text = g_strdup_printf (_ ("To: %s"), room_name);
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_preferences_group_set_description (self->group, escaped);
  update (self);

  return self;
}
