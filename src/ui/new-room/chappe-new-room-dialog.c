/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Makes a room. */
#include "config.h"

#include "chappe-new-room-dialog.h"

#include "chappe-error-text.h"
#include "chappe-user-search.h"

#include "mx-flow.h"

#include <glib/gi18n.h>

struct _ChappeNewRoomDialog
{
  AdwDialog parent_instance;

  GtkWidget *create_button;
  GtkWidget *spinner;
  GtkLabel *error;
  GtkEditable *name;
  GtkEditable *topic;
  GtkCheckButton *secure_check;
  GtkCheckButton *public_check;
  AdwPreferencesGroup *invited;
  ChappeUserSearch *search;
  GtkListBox *people;

  MxSession *session;
  GPtrArray *user_ids; /* whom to invite */
  gboolean busy;
};

G_DEFINE_FINAL_TYPE (ChappeNewRoomDialog, chappe_new_room_dialog, ADW_TYPE_DIALOG)

static char *
dup_text (GtkEditable *editable)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (editable)));
}

static void
update (ChappeNewRoomDialog *self)
{
  g_autofree char *name = dup_text (self->name);

  gtk_widget_set_sensitive (self->create_button, !self->busy && *name != '\0');
  gtk_widget_set_visible (self->spinner, self->busy);
  gtk_widget_set_visible (GTK_WIDGET (self->people), self->user_ids->len > 0);
}

static void
changed_cb (ChappeNewRoomDialog *self)
{
  update (self);
}

static void
cancel_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  adw_dialog_close (ADW_DIALOG (widget));
}

static void
remove_person_cb (GtkButton *button, ChappeNewRoomDialog *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), ADW_TYPE_ACTION_ROW);
  const char *user_id = g_object_get_data (G_OBJECT (row), "user-id");
  unsigned position = 0;

  if (g_ptr_array_find_with_equal_func (self->user_ids, user_id, g_str_equal, &position))
    g_ptr_array_remove_index (self->user_ids, position);
  gtk_list_box_remove (self->people, row);
  update (self);
}

static void
picked_cb (ChappeNewRoomDialog *self, const char *user_id, const char *name)
{
  GtkWidget *row = NULL;
  GtkWidget *button = NULL;
  g_autofree char *label = NULL;
  char *copy = NULL;

  chappe_user_search_set_term (self->search, "");
  if (g_ptr_array_find_with_equal_func (self->user_ids, user_id, g_str_equal, NULL))
    return;

  copy = g_strdup (user_id);
  g_ptr_array_add (self->user_ids, copy);
  row = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  g_object_set_data (G_OBJECT (row), "user-id", copy);

  button = gtk_button_new_from_icon_name ("list-remove-symbolic");
  label = g_strdup_printf (_ ("Do not invite %s"), name);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label,
                                  -1);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_signal_connect_object (button,
                           "clicked",
                           G_CALLBACK (remove_person_cb),
                           self,
                           G_CONNECT_DEFAULT);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  gtk_list_box_append (self->people, row);
  update (self);
}

static void
created_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeNewRoomDialog *self = CHAPPE_NEW_ROOM_DIALOG (owner);
  g_autofree char *text = chappe_error_text_for (error, CHAPPE_TASK_CREATE_ROOM);

  self->busy = FALSE;
  update (self);
  gtk_label_set_label (self->error, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), text != NULL);
  if (error != NULL)
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.await-room", "s", g_value_get_string (value));
  adw_dialog_close (ADW_DIALOG (self));
}

static void
create_cb (ChappeNewRoomDialog *self)
{
  g_autofree char *name = dup_text (self->name);
  g_autofree char *topic = dup_text (self->topic);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) invite = NULL;
  MxNewRoom spec = { 0 };

  for (unsigned i = 0; i < self->user_ids->len; i++)
    g_strv_builder_add (builder, self->user_ids->pdata[i]);
  invite = g_strv_builder_end (builder);
  spec.name = name;
  spec.topic = *topic != '\0' ? topic : NULL;
  spec.encrypted = gtk_check_button_get_active (self->secure_check);
  spec.is_public = gtk_check_button_get_active (self->public_check);
  spec.invite = (const char *const *) invite;

  self->busy = TRUE;
  update (self);
  mx_watch (self, mx_session_create_room (self->session, &spec), created_cb, NULL);
}

static void
chappe_new_room_dialog_dispose (GObject *object)
{
  ChappeNewRoomDialog *self = CHAPPE_NEW_ROOM_DIALOG (object);

  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_NEW_ROOM_DIALOG);
  g_clear_pointer (&self->user_ids, g_ptr_array_unref);

  G_OBJECT_CLASS (chappe_new_room_dialog_parent_class)->dispose (object);
}

static void
chappe_new_room_dialog_class_init (ChappeNewRoomDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_new_room_dialog_dispose;

  g_type_ensure (CHAPPE_TYPE_USER_SEARCH);
  gtk_widget_class_install_action (widget_class, "dialog.cancel", NULL, cancel_cb);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-new-room-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeNewRoomDialog, create_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeNewRoomDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, ChappeNewRoomDialog, error);
  gtk_widget_class_bind_template_child (widget_class, ChappeNewRoomDialog, name);
  gtk_widget_class_bind_template_child (widget_class, ChappeNewRoomDialog, topic);
  gtk_widget_class_bind_template_child (widget_class, ChappeNewRoomDialog, secure_check);
  gtk_widget_class_bind_template_child (widget_class, ChappeNewRoomDialog, public_check);
  gtk_widget_class_bind_template_child (widget_class, ChappeNewRoomDialog, invited);
  gtk_widget_class_bind_template_child (widget_class, ChappeNewRoomDialog, search);
  gtk_widget_class_bind_template_child (widget_class, ChappeNewRoomDialog, people);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, create_cb);
  gtk_widget_class_bind_template_callback (widget_class, picked_cb);
}

static void
chappe_new_room_dialog_init (ChappeNewRoomDialog *self)
{
  self->user_ids = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
chappe_new_room_dialog_new (MxSession *session)
{
  ChappeNewRoomDialog *self = g_object_new (CHAPPE_TYPE_NEW_ROOM_DIALOG, NULL);

  self->session = g_object_ref (session);
  chappe_user_search_set_session (self->search, session);
  return GTK_WIDGET (self);
}
