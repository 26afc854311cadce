/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The program. The window is presented once it has something to show, at the latest after a quarter
 * of a second. */
#include "config.h"
#include "install-dirs.h"

#include "chappe-application.h"

#include "chappe-about.h"
#include "chappe-keyring.h"
#include "chappe-link-opener.h"
#include "chappe-paint-trace.h"
#include "chappe-preferences-dialog.h"
#include "chappe-shot.h"
#include "chappe-text-size.h"
#include "chappe-ui.h"
#include "chappe-window-actions.h"
#include "chappe-window.h"

#include "mx-accounts.h"
#include "mx-deployment.h"
#include "mx-flow.h"
#include "mx-room-list.h"

#include <glib/gi18n.h>

#define PRESENT_MS 250
/* A server that does not answer must not keep the program from ending; what matters is on disk long
 * before. */
#define CLOSE_MS 5000

struct _ChappeApplication
{
  AdwApplication parent_instance;

  GSettings *settings;
  MxAccounts *accounts;
  MxDeployment *deployment;
  ChappeWindow *window;
  char *pending_uri;
  unsigned present_timer;
  gboolean quitting;
};

G_DEFINE_FINAL_TYPE (ChappeApplication, chappe_application, ADW_TYPE_APPLICATION)

/* -- window */

static void
present (ChappeApplication *self)
{
  g_clear_handle_id (&self->present_timer, g_source_remove);
  if (!gtk_widget_get_realized (GTK_WIDGET (self->window)))
    {
      chappe_trace_frames (GTK_WIDGET (self->window));
      chappe_trace_next_paint (GTK_WIDGET (self->window), "mapped");
    }
  gtk_window_present (GTK_WINDOW (self->window));
}

static gboolean
present_cb (gpointer user_data)
{
  ChappeApplication *self = user_data;

  self->present_timer = 0;
  present (self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_settled (MxSession *session)
{
  MxSessionState state = session != NULL ? mx_session_get_state (session) : MX_SESSION_OPEN;

  return state != MX_SESSION_CLOSED && state != MX_SESSION_OPENING;
}

static void
session_state_cb (ChappeApplication *self, GParamSpec *pspec, MxSession *session)
{
  if (!is_settled (session))
    return;
  if (self->present_timer != 0)
    present (self);
  if (self->pending_uri != NULL && mx_session_get_state (session) == MX_SESSION_OPEN)
    {
      g_autofree char *uri = g_steal_pointer (&self->pending_uri);

      chappe_link_open (self->window, uri);
    }
}

static void
make_window (ChappeApplication *self)
{
  MxSession *session = NULL;

  if (self->window != NULL)
    return;
  self->window = chappe_window_new (GTK_APPLICATION (self), self->accounts, self->deployment);
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  session = chappe_window_get_session (self->window);
  if (session != NULL)
    g_signal_connect_object (session,
                             "notify::state",
                             G_CALLBACK (session_state_cb),
                             self,
                             G_CONNECT_SWAPPED);
}

static void
chappe_application_activate (GApplication *application)
{
  ChappeApplication *self = CHAPPE_APPLICATION (application);
  gboolean fresh = self->window == NULL;

  make_window (self);
  if (fresh && !is_settled (chappe_window_get_session (self->window)))
    self->present_timer = g_timeout_add (PRESENT_MS, present_cb, self);
  else
    present (self);
}

static void
open_uri (ChappeApplication *self, const char *uri)
{
  MxSession *session = NULL;

  g_application_activate (G_APPLICATION (self));
  session = chappe_window_get_session (self->window);
  /* Also for who reads on after the session has ended. */
  if (session == NULL ||
      (is_settled (session) && mx_session_get_state (session) != MX_SESSION_LOCKED &&
       mx_session_get_state (session) != MX_SESSION_REPAIRING))
    chappe_link_open (self->window, uri);
  else
    g_set_str (&self->pending_uri, uri);
}

static void
chappe_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);

      open_uri (CHAPPE_APPLICATION (application), uri);
    }
}

/* -- actions */

static void
open_uri_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  open_uri (user_data, g_variant_get_string (parameter, NULL));
}

static void
open_event_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ChappeApplication *self = user_data;
  const char *room_id = NULL;
  const char *event_id = NULL;

  g_variant_get (parameter, "(&s&s)", &room_id, &event_id);
  g_application_activate (G_APPLICATION (self));
  chappe_window_open_room (self->window, room_id, *event_id != '\0' ? event_id : NULL);
}

static void
mark_read_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ChappeApplication *self = user_data;
  MxSession *session = self->window != NULL ? chappe_window_get_session (self->window) : NULL;
  MxRoomList *rooms = session != NULL ? mx_session_get_rooms (session) : NULL;
  MxRoom *room =
    rooms != NULL ? mx_room_list_find (rooms, g_variant_get_string (parameter, NULL)) : NULL;
  const MxRoomRow *row = room != NULL ? mx_room_get_row (room) : NULL;

  if (row != NULL && row->last_event_id != NULL)
    mx_room_mark_read (room, row->last_event_id);
}

static void
text_size_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ChappeApplication *self = user_data;

  chappe_text_size_change (self->settings, g_variant_get_int32 (parameter));
}

static void
preferences_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ChappeApplication *self = user_data;

  g_application_activate (G_APPLICATION (self));
  adw_dialog_present (ADW_DIALOG (chappe_preferences_dialog_new (self->window)),
                      GTK_WIDGET (self->window));
}

static void
about_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ChappeApplication *self = user_data;

  g_application_activate (G_APPLICATION (self));
  chappe_about_present (GTK_WIDGET (self->window), chappe_window_get_session (self->window));
}

static void
help_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ChappeApplication *self = user_data;
  const char *uri = mx_deployment_get_help_uri (self->deployment);

  g_application_activate (G_APPLICATION (self));
  if (uri != NULL)
    chappe_link_open (self->window, uri);
  else
    gtk_widget_activate_action (GTK_WIDGET (self->window), "win.show-shortcuts", NULL);
}

static void
end (ChappeApplication *self)
{
  if (self->window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->window));
  g_application_quit (G_APPLICATION (self));
}

static void
closed_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  end (CHAPPE_APPLICATION (owner));
}

static void
quit_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ChappeApplication *self = user_data;
  MxSession *session = self->window != NULL ? chappe_window_get_session (self->window) : NULL;

  if (self->quitting)
    return;
  self->quitting = TRUE;
  g_clear_handle_id (&self->present_timer, g_source_remove);
  if (session == NULL || mx_session_get_state (session) == MX_SESSION_CLOSED)
    {
      end (self);
      return;
    }
  /* A draft that is being typed is stored when its entry loses the room. */
  chappe_main_view_show_room (chappe_window_get_main_view (self->window), NULL, NULL, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->window), FALSE);
  mx_watch (self, mx_timeout (mx_session_close (session), CLOSE_MS), closed_cb, NULL);
}

/* -- type */

static void
apply_color_scheme (ChappeApplication *self)
{
  static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT,
                                            ADW_COLOR_SCHEME_FORCE_LIGHT,
                                            ADW_COLOR_SCHEME_FORCE_DARK };

  adw_style_manager_set_color_scheme (
    adw_style_manager_get_default (),
    schemes[CLAMP (g_settings_get_enum (self->settings, "color-scheme"), 0, 2)]);
}

static MxDeployment *
load_deployment (ChappeApplication *self)
{
  g_auto (GStrv) folders = mx_deployment_dup_folders (PKGDATADIR);
  g_autofree char *name = g_settings_get_string (self->settings, "deployment");
  g_autoptr (GError) error = NULL;
  MxDeployment *deployment = mx_deployment_load (name, (const char *const *) folders, &error);

  if (error != NULL)
    g_warning ("The deployment could not be read: %s", error->message);
  return deployment;
}

static void
chappe_application_startup (GApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "open-uri", .activate = open_uri_cb, .parameter_type = "s" },
    { .name = "open-event", .activate = open_event_cb, .parameter_type = "(ss)" },
    { .name = "mark-read", .activate = mark_read_cb, .parameter_type = "s" },
    { .name = "text-size", .activate = text_size_cb, .parameter_type = "i" },
    { .name = "preferences", .activate = preferences_cb },
    { .name = "about", .activate = about_cb },
    { .name = "help", .activate = help_cb },
    { .name = "quit", .activate = quit_cb },
  };
  ChappeApplication *self = CHAPPE_APPLICATION (application);
  g_autoptr (MxKeyring) keyring = NULL;
  g_autofree char *folder = g_build_filename (g_get_user_data_dir (), "chappe", NULL);

  G_APPLICATION_CLASS (chappe_application_parent_class)->startup (application);
  chappe_ui_init ();

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  chappe_window_set_accels (GTK_APPLICATION (self));
  chappe_shot_add_actions (GTK_APPLICATION (self));

  self->settings = g_settings_new (APPLICATION_ID);
  g_signal_connect_object (self->settings,
                           "changed::color-scheme",
                           G_CALLBACK (apply_color_scheme),
                           self,
                           G_CONNECT_SWAPPED);
  apply_color_scheme (self);
  chappe_text_size_follow (self->settings);

  keyring = chappe_keyring_new ();
  self->deployment = load_deployment (self);
  self->accounts = mx_accounts_new (folder, keyring);
  mx_accounts_set_deployment (self->accounts, self->deployment);
}

static void
chappe_application_shutdown (GApplication *application)
{
  ChappeApplication *self = CHAPPE_APPLICATION (application);

  g_clear_handle_id (&self->present_timer, g_source_remove);
  G_APPLICATION_CLASS (chappe_application_parent_class)->shutdown (application);

  g_clear_object (&self->accounts);
  g_clear_object (&self->deployment);
  g_clear_object (&self->settings);
  chappe_keyring_disconnect ();
}

static void
chappe_application_finalize (GObject *object)
{
  ChappeApplication *self = CHAPPE_APPLICATION (object);

  g_clear_weak_pointer (&self->window);
  g_free (self->pending_uri);

  G_OBJECT_CLASS (chappe_application_parent_class)->finalize (object);
}

static void
chappe_application_class_init (ChappeApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = chappe_application_finalize;
  application_class->startup = chappe_application_startup;
  application_class->activate = chappe_application_activate;
  application_class->open = chappe_application_open;
  application_class->shutdown = chappe_application_shutdown;
}

static void
chappe_application_init (ChappeApplication *self)
{
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _ ("[LINK…]"));
  g_application_set_version (G_APPLICATION (self), PACKAGE_VERSION);
}

ChappeApplication *
chappe_application_new (void)
{
  return g_object_new (CHAPPE_TYPE_APPLICATION,
                       "application-id",
                       APPLICATION_ID,
                       "flags",
                       G_APPLICATION_HANDLES_OPEN,
                       NULL);
}
