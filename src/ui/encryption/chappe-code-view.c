/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The verification code, once. */
#include "config.h"

#include "chappe-code-view.h"

#include "chappe-error-text.h"

#include <glib/gi18n.h>
#include <string.h>

struct _ChappeCodeView
{
  AdwBin parent_instance;

  GtkLabel *code;
  GtkLabel *notice;
  GtkWidget *copy_button;
  GtkWidget *save_button;

  MxSecret *secret;
};

G_DEFINE_FINAL_TYPE (ChappeCodeView, chappe_code_view, ADW_TYPE_BIN)

typedef enum
{
  COPIED,
} ChappeCodeViewSignal;

static unsigned signals[COPIED + 1];

static void
notice (ChappeCodeView *self, const char *text)
{
  gtk_label_set_label (self->notice, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->notice), text != NULL);
  if (text != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self),
                             text,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

/* Programs that keep a history of the clipboard leave out what says that it is secret. */
static GdkContentProvider *
provider_new (const char *code)
{
  static const char hint[] = "secret";
  g_autoptr (GBytes) bytes = g_bytes_new_static (hint, sizeof hint - 1);
  GdkContentProvider *parts[] = {
    gdk_content_provider_new_typed (G_TYPE_STRING, code),
    gdk_content_provider_new_for_bytes ("x-kde-passwordManagerHint", bytes),
  };

  return gdk_content_provider_new_union (parts, G_N_ELEMENTS (parts));
}

static void
copy_cb (ChappeCodeView *self)
{
  g_autoptr (GdkContentProvider) provider = NULL;

  if (self->secret == NULL)
    return;
  provider = provider_new (mx_secret_get_text (self->secret));
  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (self)), provider);
  g_signal_emit (self, signals[COPIED], 0);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ChappeCodeView) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    text = g_strdup (_ ("The code is saved. Keep the file where only you can read it."));
  else
    text = chappe_error_text (error);
  if (self->notice != NULL)
    notice (self, text);
}

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ChappeCodeView) self = user_data;
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);
  g_autoptr (GBytes) bytes = NULL;
  char *text = NULL;

  if (file == NULL || self->secret == NULL)
    return;
  text = g_strdup_printf ("%s\n\n%s\n",
                          _ ("Verification code of your secure messages. Keep it secret."),
                          mx_secret_get_text (self->secret));
  bytes = g_bytes_new_with_free_func (text, strlen (text), (GDestroyNotify) mx_wipe_free, text);
  g_file_replace_contents_bytes_async (
    file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, written_cb, g_object_ref (self));
}

static void
save_cb (ChappeCodeView *self)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();

  gtk_file_dialog_set_title (dialog, _ ("Save the Verification Code"));
  /* TRANSLATORS: name of a file */
  gtk_file_dialog_set_initial_name (dialog, _ ("Verification code.txt"));
  gtk_file_dialog_save (dialog,
                        GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                        NULL,
                        chosen_cb,
                        g_object_ref (self));
}

/* A label that gets the focus by the keyboard has all of it selected, which only makes it hard to
 * read. */
static gboolean
chappe_code_view_focus (GtkWidget *widget, GtkDirectionType direction)
{
  gboolean taken = GTK_WIDGET_CLASS (chappe_code_view_parent_class)->focus (widget, direction);

  gtk_label_select_region (CHAPPE_CODE_VIEW (widget)->code, 0, 0);

  return taken;
}

static void
chappe_code_view_dispose (GObject *object)
{
  ChappeCodeView *self = CHAPPE_CODE_VIEW (object);

  g_clear_pointer (&self->secret, mx_secret_unref);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_CODE_VIEW);

  G_OBJECT_CLASS (chappe_code_view_parent_class)->dispose (object);
}

static void
chappe_code_view_class_init (ChappeCodeViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_code_view_dispose;
  widget_class->focus = chappe_code_view_focus;

  signals[COPIED] = g_signal_new (
    "copied", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-code-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeCodeView, code);
  gtk_widget_class_bind_template_child (widget_class, ChappeCodeView, notice);
  gtk_widget_class_bind_template_child (widget_class, ChappeCodeView, copy_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeCodeView, save_button);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_bind_template_callback (widget_class, save_cb);
}

static void
chappe_code_view_init (ChappeCodeView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
chappe_code_view_set_code (ChappeCodeView *self, MxSecret *code)
{
  g_return_if_fail (CHAPPE_IS_CODE_VIEW (self));

  g_clear_pointer (&self->secret, mx_secret_unref);
  if (code != NULL)
    self->secret = mx_secret_ref (code);
  gtk_label_set_label (self->code, code != NULL ? mx_secret_get_text (code) : "");
  notice (self, NULL);
}
