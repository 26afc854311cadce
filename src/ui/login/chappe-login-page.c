/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Signing in. MxSignIn does it; this page asks, shows and cancels. */
#include "config.h"

#include "chappe-login-page.h"

#include "chappe-error-text.h"
#include "chappe-network-dialog.h"
#include "chappe-session-settings.h"

#include "mx-flow.h"
#include "mx-sign-in.h"

#include <glib/gi18n.h>
#include <string.h>

struct _ChappeLoginPage
{
  AdwBin parent_instance;

  AdwNavigationView *navigation;
  GtkLabel *intro;
  AdwPreferencesGroup *server_group;
  AdwEntryRow *server;
  AdwComboRow *known_servers;
  GtkLabel *server_error;
  GtkWidget *server_button;
  GtkWidget *server_spinner;
  AdwNavigationPage *password_page;
  GtkLabel *password_title;
  GtkWidget *password_group;
  AdwEntryRow *user;
  AdwEntryRow *password;
  GtkLabel *password_error;
  GtkWidget *password_button;
  GtkWidget *password_spinner;
  GtkLabel *browser_note;
  GtkWidget *browser_button;

  MxAccounts *accounts;
  MxDeployment *deployment;
  MxSignIn *sign_in;
  GSettings *settings;
  unsigned attempt;   /* an answer to an earlier one is not shown */
  unsigned countdown; /* source */
  gint64 retry_at;    /* wall-clock ms until which the server wants no attempt, 0 */
  gboolean busy;
  gboolean in_browser; /* busy, and the rest is done there */
};

G_DEFINE_FINAL_TYPE (ChappeLoginPage, chappe_login_page, ADW_TYPE_BIN)

typedef enum
{
  SIGNED_IN,
} ChappeLoginPageSignal;

static unsigned signals[SIGNED_IN + 1];

static void
set_error (GtkLabel *label, gpointer row, const char *text)
{
  /* Said once when it appears, not with each second of a countdown; by the parent, as the toolkit
   * says nothing for what is still hidden. */
  if (text != NULL && !gtk_widget_get_visible (GTK_WIDGET (label)))
    gtk_accessible_announce (GTK_ACCESSIBLE (gtk_widget_get_parent (GTK_WIDGET (label))),
                             text,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
  if (row == NULL)
    return;
  if (text != NULL)
    gtk_widget_add_css_class (row, "error");
  else
    gtk_widget_remove_css_class (row, "error");
}

/* The button that goes on also cancels what goes on. */
static void
set_button (GtkWidget *button, gboolean busy, const char *idle_label)
{
  gtk_button_set_label (GTK_BUTTON (button), busy ? _ ("_Cancel") : idle_label);
  if (busy)
    gtk_widget_remove_css_class (button, "suggested-action");
  else
    gtk_widget_add_css_class (button, "suggested-action");
}

static void
show_browser (ChappeLoginPage *self)
{
  gboolean has_browser = self->sign_in != NULL && mx_sign_in_has_browser (self->sign_in);
  gboolean has_password = self->sign_in != NULL && mx_sign_in_has_password (self->sign_in);

  gtk_label_set_label (
    self->browser_note,
    self->in_browser
      ? _ ("Sign in in your browser. This window goes on by itself when you are done there.")
      : _ ("This server lets you sign in with your browser."));
  gtk_widget_set_visible (GTK_WIDGET (self->browser_note),
                          self->in_browser || (has_browser && !has_password));
  gtk_widget_set_visible (self->browser_button, has_browser && !self->busy);
  if (has_password)
    gtk_widget_remove_css_class (self->browser_button, "suggested-action");
  else
    gtk_widget_add_css_class (self->browser_button, "suggested-action");
  /* It cancels, also where no password is asked for. */
  gtk_widget_set_visible (self->password_button, self->busy || has_password);
}

static void
set_busy (ChappeLoginPage *self, gboolean busy)
{
  self->busy = busy;
  self->in_browser = self->in_browser && busy;
  gtk_editable_set_editable (GTK_EDITABLE (self->server), !busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->user), !busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->password), !busy);
  set_button (self->server_button, busy, _ ("C_ontinue"));
  set_button (self->password_button, busy, _ ("_Sign In"));
  gtk_widget_set_visible (self->server_spinner, busy);
  gtk_widget_set_visible (self->password_spinner, busy);
  show_browser (self);
}

static const char *
text_of (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static void
update_buttons (ChappeLoginPage *self)
{
  gboolean waits = self->retry_at > g_get_real_time () / 1000;

  gtk_widget_set_sensitive (self->server_button, self->busy || *text_of (self->server) != '\0');
  gtk_widget_set_sensitive (self->password_button,
                            self->busy || (!waits && *text_of (self->user) != '\0' &&
                                           *text_of (self->password) != '\0'));
}

static void
cancel (ChappeLoginPage *self)
{
  self->attempt++;
  g_clear_handle_id (&self->countdown, g_source_remove);
  self->retry_at = 0;
  if (self->sign_in != NULL)
    mx_sign_in_cancel (self->sign_in);
  set_busy (self, FALSE);
  update_buttons (self);
}

/* -- rate limit */

/* The caller owns it. */
static char *
dup_limit (ChappeLoginPage *self, unsigned seconds)
{
  unsigned minutes = (seconds + 59) / 60;

  if (self->busy)
    return g_strdup_printf (ngettext ("Too many attempts. Trying again by itself in %u second.",
                                      "Too many attempts. Trying again by itself in %u seconds.",
                                      seconds),
                            seconds);
  if (seconds < 120)
    return g_strdup_printf (ngettext ("Too many attempts. You can try again in %u second.",
                                      "Too many attempts. You can try again in %u seconds.",
                                      seconds),
                            seconds);
  return g_strdup_printf (ngettext ("Too many attempts. You can try again in %u minute.",
                                    "Too many attempts. You can try again in %u minutes.",
                                    minutes),
                          minutes);
}

static gboolean
countdown_cb (gpointer user_data)
{
  ChappeLoginPage *self = user_data;
  gint64 left = self->retry_at - g_get_real_time () / 1000;
  g_autofree char *text = NULL;

  if (left <= 0)
    {
      self->countdown = 0;
      set_error (self->password_error, NULL, NULL);
      update_buttons (self);
      return G_SOURCE_REMOVE;
    }
  text = dup_limit (self, MIN ((left + 999) / 1000, 24 * 3600));
  set_error (self->password_error, NULL, text);
  update_buttons (self);
  return G_SOURCE_CONTINUE;
}

/* retry_at: wall-clock ms; the past: no more. */
static void
count_down (ChappeLoginPage *self, gint64 retry_at)
{
  g_clear_handle_id (&self->countdown, g_source_remove);
  self->retry_at = retry_at;
  if (countdown_cb (self) == G_SOURCE_CONTINUE)
    self->countdown = g_timeout_add_seconds (1, countdown_cb, self);
}

/* It waits by itself. */
static void
retry_at_cb (ChappeLoginPage *self)
{
  count_down (self, mx_sign_in_get_retry_at (self->sign_in));
}

/* -- server */

static gboolean
apply_network (ChappeLoginPage *self)
{
  g_autofree char *proxy = NULL;
  g_autofree char *ca = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  chappe_settings_read_network (self->settings, &proxy, &ca);
  if (mx_sign_in_set_network (self->sign_in, proxy, ca, &error))
    return TRUE;
  text = chappe_error_text_for (error, CHAPPE_TASK_SIGN_IN);
  set_error (self->server_error, NULL, text);
  return FALSE;
}

/* What people call the server: its name, else the host of its address. */
static char *
dup_server_name (ChappeLoginPage *self)
{
  const char *name = mx_sign_in_get_server_name (self->sign_in);
  g_autoptr (GUri) uri = NULL;
  char *shown = NULL;

  if (name == NULL || *name == '\0')
    {
      uri = g_uri_parse (mx_sign_in_get_base_url (self->sign_in), G_URI_FLAGS_NONE, NULL);
      name = uri != NULL ? g_uri_get_host (uri) : "";
    }
  shown = g_hostname_to_unicode (name);
  return shown != NULL ? shown : g_strdup (name);
}

static void
show_password_page (ChappeLoginPage *self)
{
  g_autofree char *hint = NULL;
  gboolean has_password = mx_sign_in_has_password (self->sign_in);
  g_autofree char *server = dup_server_name (self);
  /* TRANSLATORS: %s is the name of a server: agent.example.org */
  g_autofree char *title = g_strdup_printf (_ ("Sign In to %s"), server);

  gtk_label_set_label (self->password_title, title);
  gtk_widget_set_visible (self->password_group, has_password);
  show_browser (self);
  set_error (self->password_error, NULL, NULL);

  g_object_get (self->sign_in, "user-hint", &hint, NULL);
  if (hint != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->user), hint);
  adw_navigation_view_push_by_tag (self->navigation, "password");
  update_buttons (self);
  if (has_password)
    gtk_widget_grab_focus (
      GTK_WIDGET (*text_of (self->user) != '\0' ? self->password : self->user));
  else
    gtk_widget_grab_focus (self->browser_button);
}

static gboolean
is_not_found (const GError *error)
{
  return g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_NOT_FOUND) ||
         g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE);
}

/* What was typed may be right, and yet not be enough. The caller owns the sentence. */
static char *
dup_server_error (ChappeLoginPage *self, const GError *error)
{
  const char *typed = text_of (self->server);

  if (is_not_found (error) && *typed != '@' && strchr (typed, '@') != NULL)
    return g_strdup (
      _ ("The server of this e-mail address was not found. Enter the name of your server."));
  if (is_not_found (error) && strpbrk (typed, "@:./") == NULL)
    return g_strdup (
      _ ("This is not enough to find your account. Enter the name of your server, as "
         "agent.example.org."));
  return chappe_error_text_for (error, CHAPPE_TASK_SIGN_IN);
}

static void
discovered_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeLoginPage *self = CHAPPE_LOGIN_PAGE (owner);
  g_autofree char *text = NULL;

  if (GPOINTER_TO_UINT (user_data) != self->attempt)
    return;
  set_busy (self, FALSE);
  update_buttons (self);
  if (error != NULL)
    text = dup_server_error (self, error);
  else if (mx_sign_in_needs_oauth (self->sign_in))
    text = g_strdup (_ ("This server signs in with a service that this version does not know yet. "
                        "Contact your support desk."));
  else if (!mx_sign_in_has_password (self->sign_in) && !mx_sign_in_has_browser (self->sign_in))
    text = g_strdup (_ ("This server offers no way to sign in that this application knows. Contact "
                        "your support desk."));
  if (text == NULL)
    {
      show_password_page (self);
      return;
    }
  set_error (self->server_error, self->server, text);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
server_cb (ChappeLoginPage *self)
{
  g_autofree char *input = g_strstrip (g_strdup (text_of (self->server)));

  if (self->busy)
    {
      cancel (self);
      return;
    }
  if (*input == '\0')
    return;
  set_error (self->server_error, self->server, NULL);
  if (!apply_network (self))
    return;
  self->attempt++;
  set_busy (self, TRUE);
  mx_watch (self,
            mx_sign_in_discover (self->sign_in, input),
            discovered_cb,
            GUINT_TO_POINTER (self->attempt));
}

/* Enter twice is no cancelling. */
static void
server_activated_cb (ChappeLoginPage *self)
{
  if (!self->busy)
    server_cb (self);
}

static void
server_changed_cb (ChappeLoginPage *self)
{
  set_error (self->server_error, self->server, NULL);
  update_buttons (self);
}

static void
known_server_cb (ChappeLoginPage *self)
{
  const char *const *servers = mx_deployment_get_servers (self->deployment);
  unsigned selected = adw_combo_row_get_selected (self->known_servers);

  /* The first row is "other". */
  if (selected != GTK_INVALID_LIST_POSITION && selected > 0)
    gtk_editable_set_text (GTK_EDITABLE (self->server), servers[2 * (selected - 1)]);
}

static void
network_cb (ChappeLoginPage *self)
{
  adw_dialog_present (ADW_DIALOG (chappe_network_dialog_new ()), GTK_WIDGET (self));
}

/* -- password and browser */

static void
show_refusal (ChappeLoginPage *self, const GError *error, gboolean in_browser)
{
  gboolean forbidden = g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_FORBIDDEN);
  gint64 wait = -1;
  g_autofree char *text =
    chappe_error_text_for (error,
                           in_browser && forbidden ? CHAPPE_TASK_BROWSER_SIGN_IN
                                                   : CHAPPE_TASK_SIGN_IN);

  if (g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_LIMIT_EXCEEDED))
    wait = mx_matrix_error_get_retry_after (error);
  if (wait >= 0)
    count_down (self, g_get_real_time () / 1000 + MAX (wait, 1000));
  else
    set_error (self->password_error, forbidden && !in_browser ? self->password : NULL, text);

  if (in_browser)
    {
      gtk_widget_grab_focus (self->browser_button);
      return;
    }
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
  gtk_editable_select_region (GTK_EDITABLE (self->password), 0, -1);
}

static void
signed_in_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeLoginPage *self = CHAPPE_LOGIN_PAGE (owner);
  GtkRoot *window = gtk_widget_get_root (GTK_WIDGET (self));
  gboolean in_browser = self->in_browser;

  if (GPOINTER_TO_UINT (user_data) != self->attempt)
    return;
  g_clear_handle_id (&self->countdown, g_source_remove);
  set_busy (self, FALSE);
  update_buttons (self);
  if (in_browser && window != NULL)
    gtk_window_present (GTK_WINDOW (window));
  if (error == NULL)
    {
      gtk_editable_set_text (GTK_EDITABLE (self->password), "");
      g_signal_emit (self, signals[SIGNED_IN], 0, g_value_get_object (value));
      return;
    }
  if (!mx_error_is_cancelled (error))
    show_refusal (self, error, in_browser);
}

static void
password_cb (ChappeLoginPage *self)
{
  g_autoptr (MxSecret) password = NULL;
  gboolean in_browser = self->in_browser;

  if (self->busy)
    {
      cancel (self);
      if (in_browser)
        gtk_widget_grab_focus (self->browser_button);
      return;
    }
  if (!gtk_widget_get_sensitive (self->password_button))
    return;
  set_error (self->password_error, self->password, NULL);
  password = mx_secret_new_text (text_of (self->password));
  self->attempt++;
  set_busy (self, TRUE);
  mx_watch (self,
            mx_sign_in_with_password (self->sign_in,
                                      text_of (self->user),
                                      password,
                                      _ ("Chappe on Linux")),
            signed_in_cb,
            GUINT_TO_POINTER (self->attempt));
}

static void
password_activated_cb (ChappeLoginPage *self)
{
  if (!self->busy)
    password_cb (self);
}

static void
user_activated_cb (ChappeLoginPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->password));
}

static void
credentials_changed_cb (ChappeLoginPage *self)
{
  if (self->countdown == 0)
    set_error (self->password_error, self->password, NULL);
  update_buttons (self);
}

static void
launched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ChappeLoginPage) self = user_data;

  if (gtk_uri_launcher_launch_finish (GTK_URI_LAUNCHER (source), result, NULL) ||
      self->settings == NULL || !self->busy)
    return;

  cancel (self);
  set_error (self->password_error,
             NULL,
             _ ("No browser could be opened. Choose one in the settings of this computer, then try "
                "again."));
  gtk_widget_grab_focus (self->browser_button);
}

static void
browser_cb (ChappeLoginPage *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = mx_sign_in_get_browser_uri (self->sign_in, &error);
  g_autofree char *text = NULL;
  GtkUriLauncher *launcher = NULL;

  if (uri == NULL)
    {
      text = chappe_error_text_for (error, CHAPPE_TASK_SIGN_IN);
      set_error (self->password_error, NULL, text);
      return;
    }
  set_error (self->password_error, NULL, NULL);
  launcher = gtk_uri_launcher_new (uri);
  gtk_uri_launcher_launch (launcher,
                           GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                           NULL,
                           launched_cb,
                           g_object_ref (self));
  g_object_unref (launcher);

  self->attempt++;
  self->in_browser = TRUE;
  set_busy (self, TRUE);
  update_buttons (self);
  gtk_widget_grab_focus (self->password_button);
  gtk_accessible_announce (GTK_ACCESSIBLE (self),
                           gtk_label_get_label (self->browser_note),
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  mx_watch (self,
            mx_sign_in_with_browser (self->sign_in, _ ("Chappe on Linux")),
            signed_in_cb,
            GUINT_TO_POINTER (self->attempt));
}

static void
popped_cb (ChappeLoginPage *self)
{
  cancel (self);
  set_error (self->password_error, self->password, NULL);
  gtk_editable_set_text (GTK_EDITABLE (self->password), "");
}

/* -- type */

static void
chappe_login_page_dispose (GObject *object)
{
  ChappeLoginPage *self = CHAPPE_LOGIN_PAGE (object);

  g_clear_handle_id (&self->countdown, g_source_remove);
  if (self->sign_in != NULL)
    mx_sign_in_cancel (self->sign_in);
  /* The bin must let go of its child before the template does. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_LOGIN_PAGE);
  g_clear_object (&self->sign_in);
  g_clear_object (&self->accounts);
  g_clear_object (&self->deployment);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (chappe_login_page_parent_class)->dispose (object);
}

/* What is asked first, not the menu above it; where the server is decided, nothing is asked. */
static gboolean
chappe_login_page_grab_focus (GtkWidget *widget)
{
  ChappeLoginPage *self = CHAPPE_LOGIN_PAGE (widget);

  return gtk_widget_grab_focus (gtk_widget_get_sensitive (GTK_WIDGET (self->server))
                                  ? GTK_WIDGET (self->server)
                                  : self->server_button);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-login-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, navigation);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, intro);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, server_group);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, server);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, known_servers);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, server_error);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, server_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, server_spinner);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, password_page);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, password_title);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, password_group);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, user);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, password);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, password_error);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, password_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, password_spinner);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, browser_note);
  gtk_widget_class_bind_template_child (widget_class, ChappeLoginPage, browser_button);
  gtk_widget_class_bind_template_callback (widget_class, server_cb);
  gtk_widget_class_bind_template_callback (widget_class, server_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, server_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, known_server_cb);
  gtk_widget_class_bind_template_callback (widget_class, network_cb);
  gtk_widget_class_bind_template_callback (widget_class, user_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, password_cb);
  gtk_widget_class_bind_template_callback (widget_class, password_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, credentials_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, browser_cb);
}

static void
chappe_login_page_class_init (ChappeLoginPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chappe_login_page_dispose;
  GTK_WIDGET_CLASS (klass)->grab_focus = chappe_login_page_grab_focus;

  signals[SIGNED_IN] = g_signal_new ("signed-in",
                                     G_TYPE_FROM_CLASS (klass),
                                     G_SIGNAL_RUN_LAST,
                                     0,
                                     NULL,
                                     NULL,
                                     NULL,
                                     G_TYPE_NONE,
                                     1,
                                     MX_TYPE_SESSION);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
chappe_login_page_init (ChappeLoginPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->settings = g_settings_new (APPLICATION_ID);
  g_signal_connect_object (self->navigation,
                           "popped",
                           G_CALLBACK (popped_cb),
                           self,
                           G_CONNECT_SWAPPED);
}

static void
fill_known_servers (ChappeLoginPage *self)
{
  const char *const *servers = mx_deployment_get_servers (self->deployment);
  g_autoptr (GtkStringList) labels = gtk_string_list_new (NULL);

  gtk_string_list_append (labels, _ ("Other"));
  for (unsigned i = 0; servers[i] != NULL && servers[i + 1] != NULL; i += 2)
    gtk_string_list_append (labels, servers[i + 1]);
  adw_combo_row_set_model (self->known_servers, G_LIST_MODEL (labels));
  gtk_widget_set_visible (GTK_WIDGET (self->known_servers), servers[0] != NULL);
  gtk_label_set_label (self->intro,
                       servers[0] != NULL
                         ? _ ("Choose your organisation, or enter the name of your server or your "
                              "whole user name.")
                         : _ ("Enter the name of your server, or your whole user name."));
}

/* What an administrator decided is shown, with who decided it, and no other server asked for. */
static void
lock_server (ChappeLoginPage *self, gboolean locked)
{
  gtk_widget_set_visible (GTK_WIDGET (self->intro), !locked);
  adw_preferences_group_set_description (self->server_group,
                                         locked ? _ ("Set by your organisation") : NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->server), !locked);
  if (locked)
    gtk_widget_set_visible (GTK_WIDGET (self->known_servers), FALSE);
}

void
chappe_login_page_start (ChappeLoginPage *self, MxAccounts *accounts, MxDeployment *deployment)
{
  g_autofree char *server = g_settings_get_string (self->settings, "homeserver");
  gboolean locked = *server != '\0' && !g_settings_is_writable (self->settings, "homeserver");

  cancel (self);
  g_set_object (&self->accounts, accounts);
  g_set_object (&self->deployment, deployment);
  g_clear_object (&self->sign_in);
  self->sign_in = mx_sign_in_new (accounts);
  g_signal_connect_object (self->sign_in,
                           "notify::retry-at",
                           G_CALLBACK (retry_at_cb),
                           self,
                           G_CONNECT_SWAPPED);

  if (*server == '\0')
    g_set_str (&server, mx_deployment_get_default_server (deployment));
  fill_known_servers (self);
  lock_server (self, locked);
  adw_navigation_view_pop_to_tag (self->navigation, "server");
  if (server != NULL && (locked || *text_of (self->server) == '\0'))
    gtk_editable_set_text (GTK_EDITABLE (self->server), server);
  update_buttons (self);
}
