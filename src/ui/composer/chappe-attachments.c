/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The ways of files into a conversation. */
#include "config.h"

#include "chappe-attachments.h"

#include "chappe-attach-dialog.h"
#include "chappe-error-text.h"

#include <glib/gi18n.h>

struct _ChappeAttachments
{
  GObject parent_instance;

  GtkWidget *parent; /* weak */
  MxRoom *room;
  ChappeAttachDialog *dialog; /* weak; the one that is open */
  GFile *folder;              /* nullable; where files were chosen last */
  GQueue outgoing;            /* Outgoing */
  gboolean sending;
};

G_DEFINE_FINAL_TYPE (ChappeAttachments, chappe_attachments, G_TYPE_OBJECT)

typedef enum
{
  SENT,
  FAILED,
  TEXT,
} ChappeAttachmentsSignal;

static unsigned signals[TEXT + 1];

typedef struct
{
  ChappeAttachment *attachment;
  MxRoom *room;
} Outgoing;

static void
outgoing_free (gpointer data)
{
  Outgoing *outgoing = data;

  g_object_unref (outgoing->attachment);
  g_object_unref (outgoing->room);
  g_free (outgoing);
}

/* -- Sending: one after the other, so that they arrive in order */

static void send_next (ChappeAttachments *self);

static void
queued_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeAttachments *self = CHAPPE_ATTACHMENTS (owner);
  Outgoing *outgoing = g_queue_pop_head (&self->outgoing);

  self->sending = FALSE;
  if (error == NULL)
    {
      g_signal_emit (self, signals[SENT], 0);
    }
  else
    {
      g_autofree char *reason = chappe_error_text_for (error, CHAPPE_TASK_SEND);
      /* TRANSLATORS: name of a file, and a sentence */
      g_autofree char *text = g_strdup_printf (_ ("“%s” was not sent. %s"),
                                               chappe_attachment_get_name (outgoing->attachment),
                                               reason);

      g_signal_emit (self, signals[FAILED], 0, text);
    }
  outgoing_free (outgoing);
  send_next (self);
}

static void
send_next (ChappeAttachments *self)
{
  Outgoing *outgoing = g_queue_peek_head (&self->outgoing);

  if (outgoing == NULL || self->sending)
    return;
  self->sending = TRUE;
  mx_watch (self, chappe_attachment_send (outgoing->attachment, outgoing->room), queued_cb, NULL);
}

static void
send_cb (ChappeAttachments *self, GListModel *attachments, ChappeAttachDialog *dialog)
{
  MxRoom *room = g_object_get_data (G_OBJECT (dialog), "room");

  for (unsigned i = 0; i < g_list_model_get_n_items (attachments); i++)
    {
      Outgoing *outgoing = g_new0 (Outgoing, 1);

      outgoing->attachment = g_list_model_get_item (attachments, i);
      outgoing->room = g_object_ref (room);
      g_queue_push_tail (&self->outgoing, outgoing);
    }
  send_next (self);
}

/* -- The dialog */

static void
limit_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  if (error == NULL)
    chappe_attach_dialog_set_limit (CHAPPE_ATTACH_DIALOG (owner), g_value_get_int64 (value));
}

static gboolean
can_attach (ChappeAttachments *self)
{
  const MxRoomRow *row = self->room != NULL ? mx_room_get_row (self->room) : NULL;

  return row != NULL && self->parent != NULL && row->membership == MX_MEMBERSHIP_JOIN &&
         row->successor == NULL && mx_room_can (self->room, MX_PERMISSION_SEND);
}

static ChappeAttachDialog *
get_dialog (ChappeAttachments *self)
{
  ChappeAttachDialog *dialog = self->dialog;

  if (dialog != NULL)
    return dialog;

  dialog = chappe_attach_dialog_new (mx_room_get_name (self->room));
  g_set_weak_pointer (&self->dialog, dialog);
  g_object_set_data_full (G_OBJECT (dialog), "room", g_object_ref (self->room), g_object_unref);
  g_signal_connect_object (dialog, "send", G_CALLBACK (send_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dialog,
                           "add",
                           G_CALLBACK (chappe_attachments_choose),
                           self,
                           G_CONNECT_SWAPPED);
  if (self->parent != NULL) /* one goes on writing, wherever the file came from */
    g_signal_connect_object (dialog,
                             "closed",
                             G_CALLBACK (gtk_widget_grab_focus),
                             self->parent,
                             G_CONNECT_SWAPPED);
  mx_watch (dialog, mx_room_find_upload_limit (self->room), limit_cb, NULL);
  adw_dialog_present (ADW_DIALOG (dialog), self->parent);

  return dialog;
}

static void
add (ChappeAttachments *self, ChappeAttachment *attachment)
{
  chappe_attach_dialog_add (get_dialog (self), attachment);
}

/* A link of a browser comes as a list of files, too. */
static gboolean
are_links (GSList *files)
{
  for (GSList *each = files; each != NULL; each = each->next)
    if (!g_file_has_uri_scheme (each->data, "http") && !g_file_has_uri_scheme (each->data, "https"))
      return FALSE;
  return files != NULL;
}

static void
take_list (ChappeAttachments *self, GSList *files)
{
  if (!are_links (files))
    {
      chappe_attachments_add_files (self, files);
      return;
    }
  for (GSList *each = files; each != NULL; each = each->next)
    {
      g_autofree char *uri = g_file_get_uri (each->data);

      g_signal_emit (self, signals[TEXT], 0, uri);
    }
}

void
chappe_attachments_add_files (ChappeAttachments *self, GSList *files)
{
  g_return_if_fail (CHAPPE_IS_ATTACHMENTS (self));

  if (!can_attach (self))
    return;
  for (GSList *each = files; each != NULL; each = each->next)
    {
      g_autoptr (ChappeAttachment) attachment = chappe_attachment_new_file (each->data);

      add (self, attachment);
    }
}

void
chappe_attachments_add_picture (ChappeAttachments *self, GdkTexture *texture)
{
  g_autoptr (ChappeAttachment) attachment = NULL;

  g_return_if_fail (CHAPPE_IS_ATTACHMENTS (self));

  if (!can_attach (self))
    return;
  attachment = chappe_attachment_new_picture (texture);
  add (self, attachment);
}

/* -- Chosen */

static void
chosen_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ChappeAttachments) self = user_data;
  g_autoptr (GListModel) files =
    gtk_file_dialog_open_multiple_finish (GTK_FILE_DIALOG (source), result, NULL);

  for (unsigned i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      GSList one = { file, NULL };

      g_clear_object (&self->folder);
      self->folder = g_file_get_parent (file);
      chappe_attachments_add_files (self, &one);
    }
}

void
chappe_attachments_choose (ChappeAttachments *self)
{
  g_autoptr (GtkFileDialog) dialog = NULL;
  GtkRoot *window = NULL;

  g_return_if_fail (CHAPPE_IS_ATTACHMENTS (self));

  if (!can_attach (self))
    return;
  window = gtk_widget_get_root (self->parent);
  dialog = gtk_file_dialog_new ();
  gtk_file_dialog_set_title (dialog, _ ("Attach Files"));
  gtk_file_dialog_set_initial_folder (dialog, self->folder);
  gtk_file_dialog_open_multiple (dialog,
                                 GTK_IS_WINDOW (window) ? GTK_WINDOW (window) : NULL,
                                 NULL,
                                 chosen_cb,
                                 g_object_ref (self));
}

/* -- Pasted */

static void
pasted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ChappeAttachments) self = user_data;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, NULL);

  if (value == NULL)
    g_signal_emit (self, signals[FAILED], 0, _ ("What was copied could not be read."));
  else if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    take_list (self, g_value_get_boxed (value));
  else
    chappe_attachments_add_picture (self, g_value_get_object (value));
}

/* What can be had, conversions included. */
static GdkContentFormats *
widen (GdkContentFormats *formats)
{
  return gdk_content_formats_union_deserialize_gtypes (gdk_content_formats_ref (formats));
}

gboolean
chappe_attachments_paste (ChappeAttachments *self, GdkClipboard *clipboard)
{
  g_autoptr (GdkContentFormats) formats = widen (gdk_clipboard_get_formats (clipboard));
  GType type = G_TYPE_INVALID;

  g_return_val_if_fail (CHAPPE_IS_ATTACHMENTS (self), FALSE);

  /* Office programs copy text together with a picture of it. */
  if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST))
    type = GDK_TYPE_FILE_LIST;
  else if (!gdk_content_formats_contain_gtype (formats, G_TYPE_STRING) &&
           gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE))
    type = GDK_TYPE_TEXTURE;
  if (type == G_TYPE_INVALID || !can_attach (self))
    return FALSE;

  gdk_clipboard_read_value_async (clipboard,
                                  type,
                                  G_PRIORITY_DEFAULT,
                                  NULL,
                                  pasted_cb,
                                  g_object_ref (self));

  return TRUE;
}

/* -- Dropped */

static gboolean
accept_cb (ChappeAttachments *self, GdkDrop *drop)
{
  g_autoptr (GdkContentFormats) formats = widen (gdk_drop_get_formats (drop));

  return can_attach (self) && (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST) ||
                               gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE));
}

static gboolean
drop_cb (ChappeAttachments *self, const GValue *value, double x, double y)
{
  if (!can_attach (self))
    return FALSE;
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    take_list (self, g_value_get_boxed (value));
  else if (G_VALUE_HOLDS (value, GDK_TYPE_TEXTURE))
    chappe_attachments_add_picture (self, g_value_get_object (value));
  else
    return FALSE;

  return TRUE;
}

GtkEventController *
chappe_attachments_drop_target_new (ChappeAttachments *self)
{
  GType types[] = { GDK_TYPE_FILE_LIST, GDK_TYPE_TEXTURE };
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  /* Before the text, which would take the name of a file for something to write. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_object (target, "accept", G_CALLBACK (accept_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);

  return GTK_EVENT_CONTROLLER (target);
}

/* -- type */

static void
chappe_attachments_dispose (GObject *object)
{
  ChappeAttachments *self = CHAPPE_ATTACHMENTS (object);

  g_clear_weak_pointer (&self->parent);
  g_clear_weak_pointer (&self->dialog);
  g_clear_object (&self->room);
  g_clear_object (&self->folder);
  g_queue_clear_full (&self->outgoing, outgoing_free);

  G_OBJECT_CLASS (chappe_attachments_parent_class)->dispose (object);
}

static void
chappe_attachments_class_init (ChappeAttachmentsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chappe_attachments_dispose;

  signals[SENT] = g_signal_new (
    "sent", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed",
                                  G_TYPE_FROM_CLASS (klass),
                                  G_SIGNAL_RUN_LAST,
                                  0,
                                  NULL,
                                  NULL,
                                  NULL,
                                  G_TYPE_NONE,
                                  1,
                                  G_TYPE_STRING);
  signals[TEXT] = g_signal_new ("text",
                                G_TYPE_FROM_CLASS (klass),
                                G_SIGNAL_RUN_LAST,
                                0,
                                NULL,
                                NULL,
                                NULL,
                                G_TYPE_NONE,
                                1,
                                G_TYPE_STRING);
}

static void
chappe_attachments_init (ChappeAttachments *self)
{
  g_queue_init (&self->outgoing);
}

ChappeAttachments *
chappe_attachments_new (GtkWidget *parent)
{
  ChappeAttachments *self = g_object_new (CHAPPE_TYPE_ATTACHMENTS, NULL);

  g_set_weak_pointer (&self->parent, parent);

  return self;
}

void
chappe_attachments_set_room (ChappeAttachments *self, MxRoom *room)
{
  g_return_if_fail (CHAPPE_IS_ATTACHMENTS (self));

  g_set_object (&self->room, room);
}
