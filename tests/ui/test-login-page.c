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

/* ------------------------------------------------------------------ with a server */

typedef struct
{
  const char *flows;  /* answer to GET /login, NULL: none */
  const char *oauth;  /* auth_metadata, NULL: none */
  const char *limit;  /* answer to POST /login, as a rate limit */
  unsigned passwords; /* attempts */
} Site;

#define PASSWORD_FLOW "{\"flows\":[{\"type\":\"m.login.password\"}]}"

static void
site_cb (Request *request, gpointer data)
{
  Site *site = data;
  const char *method = soup_server_message_get_method (request->message);
  const char *body = NULL;

  if (g_str_has_suffix (request->path, "/versions"))
    body = "{\"versions\":[\"v1.11\"]}";
  else if (g_str_has_suffix (request->path, "/auth_metadata"))
    body = site->oauth;
  else if (g_str_has_suffix (request->path, "/v3/login") && strcmp (method, "GET") == 0)
    body = site->flows;
  else if (g_str_has_suffix (request->path, "/v3/login"))
    {
      site->passwords++;
      if (site->limit != NULL)
        respond_json (request, 429, site->limit);
      else
        hold (request);
      return;
    }
  if (body != NULL)
    respond_json (request, 200, body);
  else
    respond_json (request, 404, "{\"errcode\":\"M_UNRECOGNIZED\"}");
}

static void
wait_until_visible (Fixture *fixture, const char *name)
{
  while (!gtk_widget_get_mapped (child (fixture, name)))
    g_main_context_iteration (NULL, TRUE);
}

static void
try_password (Fixture *fixture, const char *server)
{
  gtk_editable_set_text (child (fixture, "server"), server);
  g_signal_emit_by_name (child (fixture, "server"), "entry-activated");
  wait_until_visible (fixture, "password");
  gtk_editable_set_text (child (fixture, "user"), "alice");
  gtk_editable_set_text (child (fixture, "password"), "wrong");
  g_signal_emit_by_name (child (fixture, "password"), "entry-activated");
}

/* A limit that is longer than anybody waits with a spinner is said, counted, and kept. */
static void
test_long_limit (Fixture *fixture, gconstpointer data)
{
  Site site = { .flows = PASSWORD_FLOW,
                .limit = "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":290000}" };
  g_autoptr (LocalServer) server = local_server_new (site_cb, &site);
  GtkLabel *error = child (fixture, "password_error");

  try_password (fixture, server->base);
  while (!gtk_widget_get_visible (GTK_WIDGET (error)))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (gtk_label_get_label (error),
                   ==,
                   "Too many attempts. You can try again in 5 minutes.");
  g_assert_false (gtk_widget_get_sensitive (child (fixture, "password_button")));
  /* typing on neither hides it nor helps */
  gtk_editable_set_text (child (fixture, "password"), "other");
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (error)));
  g_signal_emit_by_name (child (fixture, "password"), "entry-activated");
  g_assert_cmpuint (site.passwords, ==, 1);
}

/* The first is waited for, visibly, and can be cancelled. */
static void
test_short_limit (Fixture *fixture, gconstpointer data)
{
  Site site = { .flows = PASSWORD_FLOW,
                .limit = "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":50000}" };
  g_autoptr (LocalServer) server = local_server_new (site_cb, &site);
  GtkLabel *error = child (fixture, "password_error");

  try_password (fixture, server->base);
  while (!gtk_widget_get_visible (GTK_WIDGET (error)))
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (g_str_has_prefix (gtk_label_get_label (error),
                                   "Too many attempts. Trying again by itself in "));
  g_assert_true (gtk_widget_get_sensitive (child (fixture, "password_button")));
  g_signal_emit_by_name (child (fixture, "password_button"), "clicked");
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (error)));
  g_assert_false (gtk_widget_get_visible (child (fixture, "password_spinner")));
  g_assert_cmpstr (gtk_editable_get_text (child (fixture, "password")), ==, "wrong");
}

/* Enter twice is impatience; the button, which says one thing at a time, cancels. */
static void
test_enter_twice (Fixture *fixture, gconstpointer data)
{
  Site site = { .flows = PASSWORD_FLOW };
  g_autoptr (LocalServer) server = local_server_new (site_cb, &site);
  GtkButton *button = child (fixture, "password_button");

  try_password (fixture, server->base);
  g_assert_cmpstr (gtk_button_get_label (button), ==, "_Cancel");
  g_signal_emit_by_name (child (fixture, "password"), "entry-activated");
  g_assert_cmpstr (gtk_button_get_label (button), ==, "_Cancel");
  await_count (&site.passwords, 1);
  g_signal_emit_by_name (button, "clicked");
  g_assert_cmpstr (gtk_button_get_label (button), ==, "_Sign In");
}

/* What cannot be done here is said where another server can be given. */
static void
test_no_way_in (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    Site site;
    const char *words;
  } table[] = {
    { { .oauth = "{\"issuer\":\"https://auth.example.org/\"}" }, "does not know yet" },
    { { .flows = "{\"flows\":[{\"type\":\"org.example\"}]}" }, "no way to sign in" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      Site site = table[i].site;
      g_autoptr (LocalServer) server = local_server_new (site_cb, &site);

      try_server (fixture, server->base);
      g_assert_nonnull (
        strstr (gtk_label_get_label (child (fixture, "server_error")), table[i].words));
      g_assert_true (gtk_widget_get_mapped (child (fixture, "server")));
      gtk_editable_set_text (child (fixture, "server"), "");
    }
}

/* Only with a browser: the way back is told, and leads back to the button. */
static void
test_browser (Fixture *fixture, gconstpointer data)
{
  Site site = { .flows = "{\"flows\":[{\"type\":\"m.login.sso\"}]}" };
  g_autoptr (LocalServer) server = local_server_new (site_cb, &site);

  gtk_editable_set_text (child (fixture, "server"), server->base);
  g_signal_emit_by_name (child (fixture, "server"), "entry-activated");
  wait_until_visible (fixture, "browser_button");
  g_assert_false (gtk_widget_get_visible (child (fixture, "password_button")));
  g_assert_true (gtk_widget_has_css_class (child (fixture, "browser_button"), "suggested-action"));
  g_assert_nonnull (
    strstr (gtk_label_get_label (child (fixture, "browser_note")), "with your browser"));
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
  ADD ("long-limit", test_long_limit);
  ADD ("short-limit", test_short_limit);
  ADD ("enter-twice", test_enter_twice);
  ADD ("no-way-in", test_no_way_in);
  ADD ("browser", test_browser);
  ADD_WITH ("locked", "http://127.0.0.1:1", test_locked);

  return g_test_run ();
}
