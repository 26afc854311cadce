/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Writes to a person. */
#include "config.h"

#include "chappe-new-direct-dialog.h"

#include "chappe-error-text.h"
#include "chappe-user-search.h"

#include "mx-flow.h"
#include "mx-room-list.h"

#include <glib/gi18n.h>

struct _ChappeNewDirectDialog
{
  AdwDialog parent_instance;

  GtkWidget *spinner;
  GtkLabel *error;
  ChappeUserSearch *search;

  MxSession *session;
};

G_DEFINE_FINAL_TYPE (ChappeNewDirectDialog, chappe_new_direct_dialog, ADW_TYPE_DIALOG)

static void
set_busy (ChappeNewDirectDialog *self, gboolean busy)
{
  gtk_widget_set_visible (self->spinner, busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->search), !busy);
}

static void
created_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeNewDirectDialog *self = CHAPPE_NEW_DIRECT_DIALOG (owner);
  g_autofree char *text = chappe_error_text_for (error, CHAPPE_TASK_INVITE);

  set_busy (self, FALSE);
  gtk_label_set_label (self->error, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), text != NULL);
  if (error != NULL)
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "win.await-room", "s", g_value_get_string (value));
  adw_dialog_close (ADW_DIALOG (self));
}

static void
picked_cb (ChappeNewDirectDialog *self, const char *user_id, const char *name)
{
  MxRoomList *rooms = mx_session_get_rooms (self->session);
  MxRoom *room = rooms != NULL ? mx_room_list_find_direct (rooms, user_id) : NULL;
  const char *const invite[] = { user_id, NULL };
  const MxNewRoom spec = { .direct = TRUE, .encrypted = TRUE, .invite = invite };

  if (room != NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.open-room", "s", mx_room_get_id (room));
      adw_dialog_close (ADW_DIALOG (self));
      return;
    }
  set_busy (self, TRUE);
  mx_watch (self, mx_session_create_room (self->session, &spec), created_cb, NULL);
}

static void
chappe_new_direct_dialog_dispose (GObject *object)
{
  ChappeNewDirectDialog *self = CHAPPE_NEW_DIRECT_DIALOG (object);

  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_NEW_DIRECT_DIALOG);

  G_OBJECT_CLASS (chappe_new_direct_dialog_parent_class)->dispose (object);
}

static void
chappe_new_direct_dialog_class_init (ChappeNewDirectDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_new_direct_dialog_dispose;

  g_type_ensure (CHAPPE_TYPE_USER_SEARCH);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-new-direct-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeNewDirectDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, ChappeNewDirectDialog, error);
  gtk_widget_class_bind_template_child (widget_class, ChappeNewDirectDialog, search);
  gtk_widget_class_bind_template_callback (widget_class, picked_cb);
}

static void
chappe_new_direct_dialog_init (ChappeNewDirectDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
chappe_new_direct_dialog_new (MxSession *session)
{
  ChappeNewDirectDialog *self = g_object_new (CHAPPE_TYPE_NEW_DIRECT_DIALOG, NULL);

  self->session = g_object_ref (session);
  chappe_user_search_set_session (self->search, session);
  return GTK_WIDGET (self);
}

void
chappe_new_direct_dialog_set_term (ChappeNewDirectDialog *self, const char *term)
{
  chappe_user_search_set_term (self->search, term);
}
