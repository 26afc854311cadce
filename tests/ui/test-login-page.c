/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The first page: what was typed stays, and each failure says its own sentence in place. */
#include "config.h"

#include "chappe-login-page.h"
#include "chappe-ui.h"
#include "local-server.h"
#include "locked-settings.h"

#include "mx-flow.h"

#include <glib/gstdio.h>
#include <string.h>

#define HOMESERVER "/im/chappe/Chappe/homeserver"

typedef struct
{
  char *folder;
  MxKeyring *keyring;
  MxAccounts *accounts;
  MxDeployment *deployment;
  GtkWidget *window;
  GtkWidget *page;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *locked = data; /* the server, or NULL */

  if (locked != NULL)
    locked_settings_lock (HOMESERVER, g_variant_new_string (locked));
  fixture->folder = g_dir_make_tmp ("chappe-login-XXXXXX", NULL);
  fixture->keyring = mx_keyring_memory_new ();
  fixture->accounts = mx_accounts_new (fixture->folder, fixture->keyring);
  fixture->deployment = mx_deployment_load ("plain", NULL, NULL);
  fixture->page = g_object_new (CHAPPE_TYPE_LOGIN_PAGE, NULL);
  fixture->window = adw_window_new ();
  adw_window_set_content (ADW_WINDOW (fixture->window), fixture->page);
  chappe_login_page_start (CHAPPE_LOGIN_PAGE (fixture->page),
                           fixture->accounts,
                           fixture->deployment);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  GtkWidget *page = g_object_ref (fixture->page);

  gtk_window_destroy (GTK_WINDOW (fixture->window));
  await_finalized (page);
  await_finalized (fixture->accounts);
  g_clear_object (&fixture->keyring);
  g_clear_object (&fixture->deployment);
  if (data != NULL)
    locked_settings_unlock (HOMESERVER);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static gpointer
child (Fixture *fixture, const char *name)
{
  GObject *object = gtk_widget_get_template_child (fixture->page, CHAPPE_TYPE_LOGIN_PAGE, name);

  g_assert_nonnull (object);
  return object;
}

static void
wait_for_error (Fixture *fixture)
{
  while (!gtk_widget_get_visible (child (fixture, "server_error")))
    g_main_context_iteration (NULL, TRUE);
}

static void
try_server (Fixture *fixture, const char *text)
{
  gtk_editable_set_text (child (fixture, "server"), text);
  g_assert_true (gtk_widget_get_sensitive (child (fixture, "server_button")));
  g_signal_emit_by_name (child (fixture, "server"), "entry-activated");
  wait_for_error (fixture);
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  g_assert_false (gtk_widget_get_sensitive (child (fixture, "server_button")));
}

static void
test_nobody_there (Fixture *fixture, gconstpointer data)
{
  /* Port 1 of this machine: refused at once. */
  try_server (fixture, "http://127.0.0.1:1");
  g_assert_cmpstr (
    gtk_label_get_label (child (fixture, "server_error")),
    ==,
    "Nothing answers at this address. The service may be down, or the address wrong.");
  g_assert_cmpstr (gtk_editable_get_text (child (fixture, "server")), ==, "http://127.0.0.1:1");
  g_assert_true (gtk_widget_has_css_class (child (fixture, "server"), "error"));
  gtk_test_accessible_assert_role (child (fixture, "server_error"), GTK_ACCESSIBLE_ROLE_ALERT);

  /* Typing on takes the error away. */
  gtk_editable_set_text (child (fixture, "server"), "agent.example.org");
  g_assert_false (gtk_widget_get_visible (child (fixture, "server_error")));
  g_assert_false (gtk_widget_has_css_class (child (fixture, "server"), "error"));
}

static void
test_not_a_name (Fixture *fixture, gconstpointer data)
{
  try_server (fixture, "this is not a server");
  g_assert_nonnull (
    strstr (gtk_label_get_label (child (fixture, "server_error")), "not the name of a server"));
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  /* Something that accepts and never answers. */
  address = g_strdup_printf ("http://127.0.0.1:%u", port);
  gtk_editable_set_text (child (fixture, "server"), address);
  g_signal_emit_by_name (child (fixture, "server_button"), "clicked");
  g_assert_true (gtk_widget_get_visible (child (fixture, "server_spinner")));
  g_signal_emit_by_name (child (fixture, "server_button"), "clicked");
  g_assert_false (gtk_widget_get_visible (child (fixture, "server_spinner")));
  g_assert_false (gtk_widget_get_visible (child (fixture, "server_error")));
  g_assert_cmpstr (gtk_editable_get_text (child (fixture, "server")), ==, address);
}

/* An administrator decided: it is said, no other can be given, and the keyboard gets on. */
static void
test_locked (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (gtk_editable_get_text (child (fixture, "server")), ==, data);
  g_assert_false (gtk_widget_is_sensitive (child (fixture, "server")));
  g_assert_false (gtk_widget_get_visible (child (fixture, "known_servers")));
  g_assert_cmpstr (adw_preferences_group_get_description (child (fixture, "server_group")),
                   ==,
                   "Set by your organisation");
  g_assert_true (gtk_widget_grab_focus (fixture->page));
  g_assert_true (gtk_widget_is_focus (child (fixture, "server_button")));

  g_signal_emit_by_name (child (fixture, "server_button"), "clicked");
  wait_for_error (fixture);
  g_assert_true (gtk_widget_is_focus (child (fixture, "server_button")));
}

#define ADD_WITH(name, data, func)                                                                 \
  g_test_add ("/login-page/" name, Fixture, data, set_up, func, tear_down)
#define ADD(name, func) ADD_WITH (name, NULL, func)

int
main (int argc, char *argv[])
{
  locked_settings_use ();
  gtk_test_init (&argc, &argv, NULL);
  dex_init ();
  chappe_ui_init ();

  ADD ("empty", test_empty);
  ADD ("nobody-there", test_nobody_there);
  ADD ("not-a-name", test_not_a_name);
  ADD ("cancel", test_cancel);
  ADD_WITH ("locked", "http://127.0.0.1:1", test_locked);

  return g_test_run ();
}
