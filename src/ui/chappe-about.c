/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The About dialog. Its debug text holds versions and states: no message, no name of a person or of
 * a room. */
#include "config.h"

#include "chappe-about.h"

#include "mx-flow.h"

#include <glib/gi18n.h>

static const char *
renderer_name (GtkWidget *widget)
{
  GtkNative *native = gtk_widget_get_native (widget);
  GskRenderer *renderer = native != NULL ? gtk_native_get_renderer (native) : NULL;

  return renderer != NULL ? G_OBJECT_TYPE_NAME (renderer) : "none";
}

static char *
system_text (GtkWidget *widget)
{
  g_autofree char *os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);

  return g_strdup_printf ("Chappe %s\n"
                          "System: %s\n"
                          "Flatpak: %s\n"
                          "GTK: %u.%u.%u\n"
                          "libadwaita: %u.%u.%u\n"
                          "GLib: %u.%u.%u\n"
                          "Display: %s\n"
                          "Renderer: %s\n",
                          PACKAGE_VERSION,
                          os != NULL ? os : "?",
                          g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS) ? "yes" : "no",
                          gtk_get_major_version (),
                          gtk_get_minor_version (),
                          gtk_get_micro_version (),
                          adw_get_major_version (),
                          adw_get_minor_version (),
                          adw_get_micro_version (),
                          glib_major_version,
                          glib_minor_version,
                          glib_micro_version,
                          G_OBJECT_TYPE_NAME (gtk_widget_get_display (widget)),
                          renderer_name (widget));
}

static void
report_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  AdwAboutDialog *dialog = ADW_ABOUT_DIALOG (owner);
  g_autofree char *text = NULL;

  if (error != NULL)
    return;
  text =
    g_strconcat (adw_about_dialog_get_debug_info (dialog), g_value_get_string (value), "\n", NULL);
  adw_about_dialog_set_debug_info (dialog, text);
}

void
chappe_about_present (GtkWidget *parent, MxSession *session)
{
  const char *developers[] = { _ ("The Chappe authors"), NULL };
  AdwDialog *dialog = adw_about_dialog_new ();
  AdwAboutDialog *about = ADW_ABOUT_DIALOG (dialog);
  g_autofree char *debug = system_text (parent);

  adw_about_dialog_set_application_icon (about, APPLICATION_ID);
  adw_about_dialog_set_application_name (about, _ ("Chappe"));
  adw_about_dialog_set_version (about, PACKAGE_VERSION);
  adw_about_dialog_set_developer_name (about, developers[0]);
  adw_about_dialog_set_developers (about, developers);
  adw_about_dialog_set_copyright (about, "© 2026 The Chappe authors");
  adw_about_dialog_set_license_type (about, GTK_LICENSE_GPL_3_0);
  adw_about_dialog_set_comments (
    about,
    _ (
      "Write to your colleagues on Tchap and other Matrix servers. Named after Claude Chappe, whose "
      "telegraph carried the messages of the State from 1794."));
  /* TRANSLATORS: your name, if you like, to be shown in the About dialog */
  adw_about_dialog_set_translator_credits (about, _ ("translator-credits"));
  adw_about_dialog_set_debug_info (about, debug);
  adw_about_dialog_set_debug_info_filename (about, "chappe.txt");
  adw_dialog_present (dialog, parent);
  if (session != NULL && mx_session_get_state (session) == MX_SESSION_OPEN)
    mx_watch (dialog, mx_session_report (session), report_cb, NULL);
}
