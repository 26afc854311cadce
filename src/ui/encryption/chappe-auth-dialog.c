/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Who are you? */
#include "config.h"

#include "chappe-auth-dialog.h"

#include "mx-secret.h"

#include <glib/gi18n.h>

#define PROMISE "chappe-promise"
#define ENTRY   "chappe-entry"

static void
cancel (DexPromise *promise)
{
  dex_promise_reject (promise,
                      g_error_new_literal (G_IO_ERROR,
                                           G_IO_ERROR_CANCELLED,
                                           "The user did not want to"));
}

static void
answered_cb (AdwAlertDialog *dialog, const char *response)
{
  DexPromise *promise = g_object_get_data (G_OBJECT (dialog), PROMISE);
  GtkEditable *entry = g_object_get_data (G_OBJECT (dialog), ENTRY);

  if (!g_str_equal (response, "go-on"))
    cancel (promise);
  else if (entry != NULL)
    dex_promise_resolve_boxed (promise,
                               MX_TYPE_SECRET,
                               mx_secret_new_text (gtk_editable_get_text (entry)));
  else
    dex_promise_resolve_boolean (promise, TRUE);
  if (entry != NULL)
    gtk_editable_set_text (entry, "");
}

static void
changed_cb (GtkEditable *entry, AdwAlertDialog *dialog)
{
  adw_alert_dialog_set_response_enabled (dialog, "go-on", *gtk_editable_get_text (entry) != '\0');
}

static void
add_password (AdwAlertDialog *dialog)
{
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *entry = adw_password_entry_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _ ("Password"));
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (entry), TRUE);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), entry);
  g_object_set_data (G_OBJECT (dialog), ENTRY, entry);
  g_signal_connect_object (entry, "changed", G_CALLBACK (changed_cb), dialog, G_CONNECT_DEFAULT);
  adw_alert_dialog_set_extra_child (dialog, group);
  adw_alert_dialog_set_response_enabled (dialog, "go-on", FALSE);
  adw_dialog_set_focus (ADW_DIALOG (dialog), entry);
}

/* The address comes from the server. */
static gboolean
is_web_page (const char *uri)
{
  const char *scheme = uri != NULL ? g_uri_peek_scheme (uri) : NULL;

  return g_strcmp0 (scheme, "https") == 0 || g_strcmp0 (scheme, "http") == 0;
}

static void
open_cb (GtkWidget *button, AdwAlertDialog *dialog)
{
  const char *uri = g_object_get_data (G_OBJECT (button), "uri");
  g_autoptr (GtkUriLauncher) launcher = gtk_uri_launcher_new (uri);

  gtk_uri_launcher_launch (launcher, GTK_WINDOW (gtk_widget_get_root (button)), NULL, NULL, NULL);
  adw_alert_dialog_set_response_enabled (dialog, "go-on", TRUE);
}

static void
add_page (AdwAlertDialog *dialog, const char *uri)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("_Open the Page"));

  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "pill");
  gtk_widget_set_tooltip_text (button, uri);
  g_object_set_data_full (G_OBJECT (button), "uri", g_strdup (uri), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (open_cb), dialog, G_CONNECT_DEFAULT);
  adw_alert_dialog_set_extra_child (dialog, button);
  adw_alert_dialog_set_response_enabled (dialog, "go-on", FALSE);
  adw_dialog_set_focus (ADW_DIALOG (dialog), button);
}

static const char *
body (gboolean password, gboolean was_wrong)
{
  if (password)
    return was_wrong ? _ ("This was not the password of your account. Try again.")
                     : _ ("Your server wants the password of your account before it does this.");
  return was_wrong ? _ ("Your server says that this is not approved yet. Open the page, approve "
                        "there, then come back.")
                   : _ ("Your server wants you to approve this in the browser. Open the page, "
                        "approve there, then come back.");
}

void
chappe_auth_dialog_present (GtkWidget *parent,
                            gboolean password,
                            gboolean was_wrong,
                            const char *uri,
                            DexPromise *promise)
{
  AdwAlertDialog *dialog = NULL;

  if (!password && !is_web_page (uri))
    {
      cancel (promise);
      return;
    }
  dialog = ADW_ALERT_DIALOG (
    adw_alert_dialog_new (_ ("Confirm That It Is You"), body (password, was_wrong)));
  adw_alert_dialog_add_responses (dialog,
                                  "cancel",
                                  _ ("_Cancel"),
                                  "go-on",
                                  password ? _ ("C_onfirm") : _ ("I Have _Approved"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (dialog, "go-on", ADW_RESPONSE_SUGGESTED);
  adw_alert_dialog_set_default_response (dialog, "go-on");
  adw_alert_dialog_set_close_response (dialog, "cancel");
  g_object_set_data_full (G_OBJECT (dialog), PROMISE, dex_ref (promise), dex_unref);
  g_signal_connect (dialog, "response", G_CALLBACK (answered_cb), NULL);
  if (password)
    add_password (dialog);
  else
    add_page (dialog, uri);
  adw_dialog_present (ADW_DIALOG (dialog), parent);
}
