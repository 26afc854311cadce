/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-first-focus.h. */
#include "config.h"

#include "chappe-first-focus.h"

struct _ChappeFirstFocus
{
  GtkWindow *window;
  ChappeSidebar *sidebar;
  guint source;
  gboolean is_due;
};

static gboolean
focus_cb (gpointer user_data)
{
  ChappeFirstFocus *self = user_data;
  GtkWidget *focus = gtk_window_get_focus (self->window);

  self->source = 0;
  self->is_due = FALSE;
  if (focus == NULL || gtk_widget_is_ancestor (focus, GTK_WIDGET (self->sidebar)))
    chappe_sidebar_focus_room (self->sidebar);
  return G_SOURCE_REMOVE;
}

static void
look (ChappeFirstFocus *self)
{
  ChappeRoomModel *rooms = chappe_sidebar_get_model (self->sidebar);

  if (self->is_due && self->source == 0 && gtk_widget_get_mapped (GTK_WIDGET (self->window)) &&
      chappe_room_model_get_n_rooms (rooms) > 0)
    self->source = g_idle_add_full (G_PRIORITY_LOW, focus_cb, self, NULL);
}

ChappeFirstFocus *
chappe_first_focus_new (GtkWindow *window, ChappeSidebar *sidebar)
{
  ChappeFirstFocus *self = g_new0 (ChappeFirstFocus, 1);

  self->window = window;
  self->sidebar = sidebar;
  g_signal_connect_data (window,
                         "map",
                         G_CALLBACK (look),
                         self,
                         NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_data (chappe_sidebar_get_model (sidebar),
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
