/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The list of keyboard shortcuts, as a dialog: GtkShortcutsWindow is deprecated in our GTK, its
 * successor not yet in our libadwaita. */
#include "config.h"

#include "chappe-shortcuts.h"

#include "chappe-shortcut-label.h"

#include <glib/gi18n.h>

typedef struct
{
  const char *title; /* NULL: a new group of this name */
  const char *keys;
} Shortcut;

static const Shortcut shortcuts[] = {
  { NULL, N_ ("Conversations") },
  { N_ ("Find a conversation"), "<Control>k" },
  { N_ ("Next and previous conversation"), "<Alt>Down <Alt>Up" },
  { N_ ("Conversations used lately"), "<Control>Tab <Control><Shift>Tab" },
  { N_ ("First to ninth conversation of the list"), "<Control>1 <Control>9" },
  { N_ ("Next and previous unread conversation"), "<Alt><Shift>Down <Alt><Shift>Up" },
  { N_ ("Menu of a conversation"), "Menu <Shift>F10" },
  { N_ ("New direct message"), "<Control>n" },
  { N_ ("New room"), "<Control><Shift>n" },
  { N_ ("Join a public room"), "<Control>l" },
  { N_ ("Mark all as read"), "<Control><Shift>r" },
  { NULL, N_ ("Conversation") },
  { N_ ("New line"), "<Shift>Return" },
  { N_ ("Edit my last message"), "Up" },
  { N_ ("Cancel editing"), "Escape" },
  { N_ ("Attach files"), "<Control>o" },
  { N_ ("Insert an emoji"), "<Control>period" },
  { N_ ("Go through the messages"), "F8" },
  { N_ ("Menu of a message"), "Return Menu" },
  { N_ ("Go to the newest message"), "<Control>End" },
  { N_ ("Room details"), "F9" },
  { NULL, N_ ("General") },
  { N_ ("Next part of the window"), "F6" },
  { N_ ("Back to the list"), "<Alt>Left" },
  { N_ ("Larger and smaller text"), "<Control>plus <Control>minus" },
  { N_ ("Normal size of text"), "<Control>0" },
  { N_ ("Full screen"), "F11" },
  { N_ ("Main menu"), "F10" },
  { N_ ("Preferences"), "<Control>comma" },
  { N_ ("Keyboard shortcuts"), "<Control>question" },
  { N_ ("Help"), "F1" },
  { N_ ("Quit"), "<Control>q" },
};

static GtkWidget *
make_page (void)
{
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *group = NULL;

  for (unsigned i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    {
      GtkWidget *row = NULL;

      if (shortcuts[i].title == NULL)
        {
          group = adw_preferences_group_new ();
          adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ (shortcuts[i].keys));
          adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
          continue;
        }
      row = adw_action_row_new ();
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ (shortcuts[i].title));
      adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                                 chappe_shortcut_label_new (shortcuts[i].keys));
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
    }
  return page;
}

void
chappe_shortcuts_present (GtkWidget *parent)
{
  AdwDialog *dialog = adw_dialog_new ();
  GtkWidget *view = adw_toolbar_view_new ();

  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (view), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (view), make_page ());
  adw_dialog_set_title (dialog, _ ("Keyboard Shortcuts"));
  adw_dialog_set_content_width (dialog, 520);
  adw_dialog_set_content_height (dialog, 640);
  adw_dialog_set_child (dialog, view);
  adw_dialog_present (dialog, parent);
}
