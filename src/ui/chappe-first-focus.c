/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-first-focus.h. */
#include "config.h"

#include "chappe-first-focus.h"

struct _ChappeFirstFocus
{
  AdwApplicationWindow *window;
  ChappeMainView *view;
  ChappeSidebar *sidebar; /* the view's */
  guint source;
  gboolean is_due;
  gboolean after_dialog;
};

/* What a dialog gives the focus back to may have gone in the meantime; GTK would then take the
 * first button of the window. */
static gboolean
is_lost (ChappeFirstFocus *self, GtkWidget *focus)
{
  return focus == NULL || !gtk_widget_get_mapped (focus) ||
         !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->view));
}

static gboolean
focus_cb (gpointer user_data)
{
  ChappeFirstFocus *self = user_data;
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self->window));
  MxRoom *room = chappe_main_view_get_room (self->view);
  gboolean first = self->is_due;
  gboolean after_dialog = self->after_dialog;

  self->source = 0;
  if (adw_application_window_get_visible_dialog (self->window) != NULL)
    return G_SOURCE_REMOVE; /* once it is closed */

  self->is_due = FALSE;
  self->after_dialog = FALSE;
  if (!gtk_widget_get_mapped (GTK_WIDGET (self->view)))
    return G_SOURCE_REMOVE;
  if (!is_lost (self, focus) &&
      !(first && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->sidebar))))
    return G_SOURCE_REMOVE;

  if (after_dialog && room != NULL && chappe_main_view_shows_content (self->view))
    chappe_main_view_show_room (self->view, room, NULL, TRUE);
  else
    chappe_sidebar_focus_room (self->sidebar);
  return G_SOURCE_REMOVE;
}

static void
look (ChappeFirstFocus *self)
{
  ChappeRoomModel *rooms = chappe_sidebar_get_model (self->sidebar);

  if ((self->is_due || self->after_dialog) && self->source == 0 &&
      gtk_widget_get_mapped (GTK_WIDGET (self->window)) &&
      chappe_room_model_get_n_rooms (rooms) > 0)
    self->source = g_idle_add_full (G_PRIORITY_LOW, focus_cb, self, NULL);
}

static gboolean
grab_cb (gpointer user_data)
{
  if (gtk_widget_get_mapped (user_data))
    gtk_widget_grab_focus (user_data);
  return G_SOURCE_REMOVE;
}

static void
wanted_mapped_cb (GtkWidget *wanted)
{
  g_signal_handlers_disconnect_by_func (wanted, wanted_mapped_cb, NULL);
  g_idle_add_full (G_PRIORITY_LOW, grab_cb, g_object_ref (wanted), g_object_unref);
}

/* In a narrow window the toolkit goes on from the widget that a dialog asks for to the next one. */
static void
focus_dialog (AdwDialog *dialog)
{
  GtkWidget *wanted = adw_dialog_get_focus (dialog);

  if (wanted != NULL && !gtk_widget_get_mapped (wanted))
    g_signal_connect (wanted, "map", G_CALLBACK (wanted_mapped_cb), NULL);
}

static void
dialog_cb (ChappeFirstFocus *self)
{
  AdwDialog *dialog = adw_application_window_get_visible_dialog (self->window);

  if (dialog != NULL)
    focus_dialog (dialog);
  self->after_dialog = dialog == NULL;
  look (self);
}

ChappeFirstFocus *
chappe_first_focus_new (AdwApplicationWindow *window, ChappeMainView *view)
{
  ChappeFirstFocus *self = g_new0 (ChappeFirstFocus, 1);

  self->window = window;
  self->view = view;
  self->sidebar = chappe_main_view_get_sidebar (view);
  g_signal_connect_data (window,
                         "map",
                         G_CALLBACK (look),
                         self,
                         NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_data (window,
                         "notify::visible-dialog",
                         G_CALLBACK (dialog_cb),
                         self,
                         NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_data (chappe_sidebar_get_model (self->sidebar),
                         "items-changed",
                         G_CALLBACK (look),
                         self,
                         NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);

  return self;
}

void
chappe_first_focus_free (ChappeFirstFocus *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->window, self);
  g_signal_handlers_disconnect_by_data (chappe_sidebar_get_model (self->sidebar), self);
  g_free (self);
}

void
chappe_first_focus_set_due (ChappeFirstFocus *self, gboolean due)
{
  self->is_due = due;
  look (self);
}
