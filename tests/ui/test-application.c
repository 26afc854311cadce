/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The program starts without an account, shows the sign-in, opens its dialogs, and ends leaving
 * nothing behind. */
#include "config.h"

#include "chappe-application.h"
#include "chappe-window.h"

#include "mx-flow.h"

static unsigned steps;

static void
close_dialogs (AdwApplicationWindow *window)
{
  AdwDialog *dialog = adw_application_window_get_visible_dialog (window);

  g_assert_nonnull (dialog);
  adw_dialog_force_close (dialog);
}

static gboolean
step_cb (gpointer user_data)
{
  GtkApplication *application = user_data;
  GtkWindow *window = gtk_application_get_active_window (application);

  if (window == NULL || !gtk_widget_get_mapped (GTK_WIDGET (window)))
    return G_SOURCE_CONTINUE;
  switch (steps++)
    {
    case 0:
      g_assert_true (CHAPPE_IS_WINDOW (window));
      g_assert_null (chappe_window_get_session (CHAPPE_WINDOW (window)));
      g_action_group_activate_action (G_ACTION_GROUP (application), "preferences", NULL);
      break;
    case 1:
      close_dialogs (ADW_APPLICATION_WINDOW (window));
      g_action_group_activate_action (G_ACTION_GROUP (application), "about", NULL);
      break;
    case 2:
      close_dialogs (ADW_APPLICATION_WINDOW (window));
      gtk_widget_activate_action (GTK_WIDGET (window), "win.show-shortcuts", NULL);
      break;
    case 3:
      close_dialogs (ADW_APPLICATION_WINDOW (window));
      break;
    default:
      g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

static void
test_start (void)
{
  ChappeApplication *application = chappe_application_new ();
  char *arguments[] = { (char *) "chappe", NULL };
  int status = 0;

  /* Other tests have the same bus. */
  g_application_set_flags (G_APPLICATION (application),
                           g_application_get_flags (G_APPLICATION (application)) |
                             G_APPLICATION_NON_UNIQUE);
  g_timeout_add (50, step_cb, application);
  status = g_application_run (G_APPLICATION (application), 1, arguments);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpuint (steps, ==, 5);
  g_assert_finalize_object (application);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = g_dir_make_tmp ("chappe-application-XXXXXX", NULL);

  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  gtk_test_init (&argc, &argv, NULL);
  dex_init ();

  g_test_add_func ("/application/start", test_start);

  return g_test_run ();
}
