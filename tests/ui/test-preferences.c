/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Settings take effect in the running program, and what the organisation decided is shown as such.
 */
#include "config.h"

#include "chappe-application.h"
#include "chappe-avatar.h"
#include "chappe-media-view.h"
#include "chappe-session-settings.h"
#include "chappe-ui.h"
#include "chappe-window.h"

#include "local-server.h"
#include "locked-settings.h"
#include "mx-preferences.h"
#include "mx-room-list.h"
#include "mx-session-private.h"
#include "session-fixture.h"

typedef struct
{
  SessionFixture session;
  LocalServer *server;
  LocalServer *proxy;
  unsigned media; /* requests for pictures */
  GSettings *settings;
} Fixture;

static void
server_cb (Request *request, gpointer data)
{
  Fixture *self = data;

  if (strstr (request->path, "/media/") != NULL)
    self->media++;
  hold (request);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->server = local_server_new (server_cb, self);
  self->proxy = local_server_new (server_cb, self);
  session_fixture_init_at (&self->session, self->server->base);
  self->settings = g_settings_new (APPLICATION_ID);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->settings);
  session_fixture_clear (&self->session);
  local_server_free (self->server);
  local_server_free (self->proxy);
  locked_settings_reset ();
}

static void
test_session (Fixture *self, gconstpointer data)
{
  ChappeSessionSettings *applied =
    chappe_session_settings_new (self->session.accounts, self->session.session);
  MxPreferences *preferences = mx_session_get_preferences (self->session.session);

  /* What is locked holds from the start. */
  g_assert_false (mx_preferences_get_send_read_receipts (preferences));
  g_assert_true (mx_preferences_get_send_presence (preferences));
  g_settings_set_boolean (self->settings, "send-presence", FALSE);
  g_assert_false (mx_preferences_get_send_presence (preferences));
  g_assert_cmpint (mx_preferences_get_cache_bytes (preferences), ==, 1000 * 1000 * 1000);
  g_settings_set_int (self->settings, "max-cache-size", 5);
  g_assert_cmpint (mx_preferences_get_cache_bytes (preferences), ==, 5 * 1000 * 1000);

  g_assert_finalize_object (applied);
  g_settings_set_int (self->settings, "max-cache-size", 6);
  g_assert_cmpint (mx_preferences_get_cache_bytes (preferences), ==, 5 * 1000 * 1000);
}

static void
failed_cb (ChappeSessionSettings *applied, const GError *error, unsigned *failures)
{
  (*failures)++;
}

/* The session that runs goes another way at once. */
static void
test_network (Fixture *self, gconstpointer data)
{
  ChappeSessionSettings *applied =
    chappe_session_settings_new (self->session.accounts, self->session.session);
  unsigned failures = 0;

  g_signal_connect (applied, "failed", G_CALLBACK (failed_cb), &failures);
  mx_session_start (self->session.session);
  await_count (&self->server->requests, 1);

  g_settings_set_string (self->settings, "proxy-uri", self->proxy->base);
  g_settings_set_string (self->settings, "proxy-mode", "manual");
  await_count (&self->proxy->requests, 1);
  g_assert_cmpstr (mx_session_get_entry (self->session.session)->network.proxy_uri,
                   ==,
                   self->proxy->base);

  /* What cannot be used is told and changes nothing. */
  g_settings_set_string (self->settings, "ca-file", "/nonexistent.pem");
  g_assert_cmpuint (failures, ==, 1);
  g_assert_null (mx_session_get_entry (self->session.session)->network.ca_file);
  g_assert_finalize_object (applied);
}

static void
test_avatars (Fixture *self, gconstpointer data)
{
  GtkWidget *avatar = g_object_ref_sink (chappe_avatar_new (40));

  g_settings_set_boolean (self->settings, "show-avatars", FALSE);
  chappe_avatar_set (CHAPPE_AVATAR (avatar), self->session.session, "mxc://x/avatar", "Anne");
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (self->media, ==, 0);
  g_settings_set_boolean (self->settings, "show-avatars", TRUE);
  await_count (&self->media, 1);
  g_assert_finalize_object (avatar);
}

static void
test_pictures (Fixture *self, gconstpointer data)
{
  GtkWidget *view = g_object_ref_sink (chappe_media_view_new ());
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (
    "{\"event_id\":\"$p\",\"type\":\"m.room.message\",\"sender\":\"@a:x\",\"origin_server_ts\":1,"
    "\"content\":{\"msgtype\":\"m.image\",\"body\":\"p.png\",\"url\":\"mxc://x/picture\"}}",
    -1,
    NULL);
  g_autoptr (MxEvent) event = mx_event_new_from_json (mx_json_document_root (document), NULL);
  g_autoptr (MxContent) content = mx_content_new (event);

  g_settings_set_boolean (self->settings, "media-previews", FALSE);
  chappe_media_view_set (CHAPPE_MEDIA_VIEW (view), content, self->session.session);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (self->media, ==, 0);
  g_assert_true (chappe_media_view_is_waiting (CHAPPE_MEDIA_VIEW (view)));
  gtk_widget_activate_action (view, "media.show", NULL);
  await_count (&self->media, 1);
  g_assert_false (chappe_media_view_is_waiting (CHAPPE_MEDIA_VIEW (view)));
  g_assert_finalize_object (view);
}

/* -- The dialog */

static AdwActionRow *
find_row (GtkWidget *widget, const char *title)
{
  AdwActionRow *row = NULL;

  if (ADW_IS_ACTION_ROW (widget) &&
      g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title))
    return ADW_ACTION_ROW (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && row == NULL;
       child = gtk_widget_get_next_sibling (child))
    row = find_row (child, title);
  return row;
}

static void
assert_row (GtkWidget *dialog, const char *title, gboolean locked)
{
  AdwActionRow *row = find_row (dialog, title);
  const char *subtitle = NULL;

  g_assert_nonnull (row);
  subtitle = adw_action_row_get_subtitle (row);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (row)));
  g_assert_cmpint (gtk_widget_is_sensitive (GTK_WIDGET (row)), ==, !locked);
  g_assert_cmpint (subtitle != NULL && strstr (subtitle, "Set by your organisation") != NULL,
                   ==,
                   locked);
}

static gboolean
look_cb (gpointer user_data)
{
  GtkApplication *application = user_data;
  GtkWindow *window = gtk_application_get_active_window (application);
  GtkWidget *dialog = NULL;

  if (window == NULL || !gtk_widget_get_mapped (GTK_WIDGET (window)))
    return G_SOURCE_CONTINUE;
  dialog = GTK_WIDGET (adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window)));
  if (dialog == NULL)
    {
      g_action_group_activate_action (G_ACTION_GROUP (application), "preferences", NULL);
      return G_SOURCE_CONTINUE;
    }
  assert_row (dialog, "Which messages you have read", TRUE);
  assert_row (dialog, "Messages", TRUE);
  assert_row (dialog, "That you are writing", FALSE);
  assert_row (dialog, "Pictures of people", FALSE);
  assert_row (dialog, "Play a sound", FALSE);
  g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
  return G_SOURCE_REMOVE;
}

static void
test_locked (void)
{
  ChappeApplication *application = chappe_application_new ();
  char *arguments[] = { (char *) "chappe", NULL };

  /* Other tests have the same bus. */
  g_application_set_flags (G_APPLICATION (application),
                           g_application_get_flags (G_APPLICATION (application)) |
                             G_APPLICATION_NON_UNIQUE);
  g_timeout_add (50, look_cb, application);
  g_assert_cmpint (g_application_run (G_APPLICATION (application), 1, arguments), ==, 0);
  g_assert_finalize_object (application);
}

#define TEST(name, func) g_test_add ("/preferences/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_autofree char *folder = g_dir_make_tmp ("chappe-preferences-XXXXXX", NULL);

  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  locked_settings_use ();
  locked_settings_lock ("/im/chappe/Chappe/send-read-receipts", g_variant_new_boolean (FALSE));
  locked_settings_lock ("/im/chappe/Chappe/message-layout", g_variant_new_string ("compact"));
  gtk_test_init (&argc, &argv, NULL);
  chappe_ui_init ();
  dex_init ();

  TEST ("session", test_session);
  TEST ("network", test_network);
  TEST ("avatars", test_avatars);
  TEST ("pictures", test_pictures);
  g_test_add_func ("/preferences/locked", test_locked);

  return g_test_run ();
}
