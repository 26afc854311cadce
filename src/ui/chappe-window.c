/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The window of one account. */
#include "config.h"

#include "chappe-window.h"

#include "chappe-background.h"
#include "chappe-encryption-notices.h"
#include "chappe-error-text.h"
#include "chappe-first-focus.h"
#include "chappe-locked-page.h"
#include "chappe-login-page.h"
#include "chappe-notifier.h"
#include "chappe-repair-page.h"
#include "chappe-session-settings.h"
#include "chappe-signed-out-page.h"
#include "chappe-text-size.h"
#include "chappe-verification-prompts.h"
#include "chappe-window-actions.h"
#include "chappe-window-pages.h"
#include "chappe-wrap-button.h"

#include "mx-flow.h"
#include "mx-room-list.h"

#include <glib/gi18n.h>

struct _ChappeWindow
{
  AdwApplicationWindow parent_instance;

  AdwToastOverlay *toasts;
  GtkStack *pages;
  ChappeMainView *main;

  ChappeWindowPages *made;
  ChappeNotifier *notifier;
  ChappeVerificationPrompts *prompts;
  ChappeSessionSettings *session_settings;
  ChappeEncryptionNotices *notices;
  GSettings *settings;
  MxAccounts *accounts;
  MxDeployment *deployment;
  MxSession *session;
  GSignalGroup *session_signals;
  ChappeFirstFocus *first_focus;
  gboolean reading; /* the user reads on although signed out */
};

G_DEFINE_FINAL_TYPE (ChappeWindow, chappe_window, ADW_TYPE_APPLICATION_WINDOW)

static void
start_login (ChappeWindow *self)
{
  chappe_login_page_start (chappe_window_pages_take (self->made, "login"),
                           self->accounts,
                           self->deployment);
}

static void
update_page (ChappeWindow *self)
{
  const char *page = chappe_window_page_of_session (self->session, self->reading);
  const char *shown = gtk_stack_get_visible_child_name (self->pages);

  /* Asking for the key again must not flash: the page stays while that goes on. */
  if (g_str_equal (page, "blank") && g_strcmp0 (shown, "locked") == 0)
    return;
  /* What is shown would read a store that is being replaced. */
  chappe_main_view_set_session (self->main, g_str_equal (page, "repairing") ? NULL : self->session);
  if (g_str_equal (page, "login") && g_strcmp0 (shown, page) != 0)
    start_login (self);
  else if (g_str_equal (page, "locked"))
    chappe_locked_page_set_error (chappe_window_pages_take (self->made, page),
                                  mx_session_get_error (self->session));
  else if (g_str_equal (page, "repairing"))
    chappe_repair_page_set_session (chappe_window_pages_take (self->made, page), self->session);
  else if (g_str_equal (page, "signed-out"))
    chappe_signed_out_page_set_session (chappe_window_pages_take (self->made, page), self->session);
  else if (g_str_equal (page, "main"))
    {
      chappe_main_view_restore_room (self->main);
      chappe_encryption_notices_begin (self->notices);
    }
  if (g_strcmp0 (shown, page) == 0)
    return;
  gtk_stack_set_visible_child_name (self->pages, page);
  if (g_str_equal (page, "login") || g_str_equal (page, "signed-out"))
    gtk_widget_grab_focus (gtk_stack_get_visible_child (self->pages));
  chappe_first_focus_set_due (self->first_focus, g_str_equal (page, "main"));
}

static void
network_failed_cb (ChappeWindow *self, const GError *error)
{
  g_autofree char *text = chappe_error_text (error);

  chappe_window_toast (self, text);
}

static void
serve_session (ChappeWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));

  self->notifier = chappe_notifier_new (G_APPLICATION (application), self->session);
  self->prompts = chappe_verification_prompts_new (self->session, self->toasts);
  self->notices =
    chappe_encryption_notices_new (self->session, chappe_main_view_get_notice_bar (self->main));
  self->session_settings = chappe_session_settings_new (self->accounts, self->session);
  g_signal_connect_object (self->session_settings,
                           "failed",
                           G_CALLBACK (network_failed_cb),
                           self,
                           G_CONNECT_SWAPPED);
}

static void
set_session (ChappeWindow *self, MxSession *session)
{
  if (g_set_object (&self->session, session))
    {
      self->reading = FALSE;
      g_signal_group_set_target (self->session_signals, session);
      g_clear_object (&self->notifier);
      g_clear_object (&self->prompts);
      g_clear_object (&self->notices);
      g_clear_object (&self->session_settings);
      if (session != NULL)
        serve_session (self);
    }
  update_page (self);
}

static gboolean
start_cb (gpointer session)
{
  mx_session_start (session);
  return G_SOURCE_REMOVE;
}

static void
opened_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeWindow *self = CHAPPE_WINDOW (owner);

  if (self->session != user_data)
    return;
  update_page (self);
  /* What is stored is drawn before the network has its turn. */
  if (error == NULL)
    g_idle_add_full (G_PRIORITY_LOW, start_cb, g_object_ref (self->session), g_object_unref);
}

static void
open_session (ChappeWindow *self)
{
  if (self->session != NULL)
    mx_watch (self, mx_session_open (self->session), opened_cb, self->session);
}

static void
signed_in_cb (ChappeWindow *self, MxSession *session)
{
  set_session (self, session);
  open_session (self);
}

static void
read_cb (ChappeWindow *self)
{
  self->reading = TRUE;
  update_page (self);
}

static void
removed_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeWindow *self = CHAPPE_WINDOW (owner);
  g_autofree char *text = chappe_error_text (error);

  if (text != NULL)
    {
      chappe_window_toast (self, text);
      return;
    }
  set_session (self, mx_accounts_get_first (self->accounts));
  open_session (self);
}

static void
restart_cb (ChappeWindow *self)
{
  if (self->session != NULL)
    mx_watch (self, mx_accounts_set_aside (self->accounts, self->session), removed_cb, NULL);
}

static void
remove_cb (ChappeWindow *self)
{
  if (self->session != NULL)
    mx_watch (self, mx_accounts_remove (self->accounts, self->session, TRUE), removed_cb, NULL);
}

void
chappe_window_sign_out (ChappeWindow *self)
{
  if (self->session != NULL)
    mx_watch (self, mx_accounts_remove (self->accounts, self->session, FALSE), removed_cb, NULL);
}

/* What is in front of the user's eyes needs no notification. */
static void
update_watched (ChappeWindow *self)
{
  gboolean seen =
    gtk_window_is_active (GTK_WINDOW (self)) && chappe_main_view_shows_content (self->main);

  if (self->notifier != NULL)
    chappe_notifier_set_watched (self->notifier,
                                 seen ? chappe_main_view_get_room (self->main) : NULL);
}

gboolean
chappe_window_open_room (ChappeWindow *self, const char *room_id, const char *event_id)
{
  MxRoomList *rooms = self->session != NULL ? mx_session_get_rooms (self->session) : NULL;
  MxRoom *room = NULL;

  if (rooms == NULL)
    return FALSE;
  room =
    *room_id == '#' ? mx_room_list_find_alias (rooms, room_id) : mx_room_list_find (rooms, room_id);
  if (room == NULL || mx_room_get_section (room) == MX_ROOM_SECTION_HIDDEN)
    return FALSE;
  chappe_main_view_show_room (self->main, room, event_id, TRUE);
  return TRUE;
}

void
chappe_window_show_signed_out (ChappeWindow *self)
{
  self->reading = FALSE;
  update_page (self);
}

void
chappe_window_toast (ChappeWindow *self, const char *text)
{
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static gboolean
chappe_window_close_request (GtkWindow *window)
{
  ChappeWindow *self = CHAPPE_WINDOW (window);

  if (self->session != NULL && g_settings_get_boolean (self->settings, "run-in-background"))
    {
      chappe_background_request (window);
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
      return TRUE;
    }
  g_action_group_activate_action (G_ACTION_GROUP (gtk_window_get_application (window)),
                                  "quit",
                                  NULL);
  return TRUE;
}

static void
chappe_window_dispose (GObject *object)
{
  ChappeWindow *self = CHAPPE_WINDOW (object);

  g_clear_pointer (&self->made, chappe_window_pages_free);
  g_clear_pointer (&self->first_focus, chappe_first_focus_free);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->notifier);
  g_clear_object (&self->prompts);
  g_clear_object (&self->session_settings);
  g_clear_object (&self->notices);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_WINDOW);
  g_clear_object (&self->session);
  g_clear_object (&self->accounts);
  g_clear_object (&self->deployment);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (chappe_window_parent_class)->dispose (object);
}

static void
chappe_window_class_init (ChappeWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = chappe_window_close_request;

  g_type_ensure (CHAPPE_TYPE_MAIN_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, ChappeWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, ChappeWindow, main);
}

static void
connect_pages (ChappeWindow *self)
{
  chappe_window_pages_connect (self->made, "login", "signed-in", G_CALLBACK (signed_in_cb));
  chappe_window_pages_connect (self->made, "locked", "retry", G_CALLBACK (open_session));
  chappe_window_pages_connect (self->made, "locked", "restart", G_CALLBACK (restart_cb));
  chappe_window_pages_connect (self->made, "signed-out", "read", G_CALLBACK (read_cb));
  chappe_window_pages_connect (self->made, "signed-out", "remove", G_CALLBACK (remove_cb));
}

static void
visible_dialog_cb (AdwApplicationWindow *window)
{
  AdwDialog *dialog = adw_application_window_get_visible_dialog (window);

  if (dialog == NULL)
    return;
  chappe_text_size_fit_dialog (dialog);
  chappe_wrap_buttons_below (GTK_WIDGET (dialog));
}

static void
chappe_window_init (ChappeWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  chappe_window_add_actions (self);
  self->made = chappe_window_pages_new (self->pages, self);
  connect_pages (self);

  self->settings = g_settings_new (APPLICATION_ID);
  g_settings_bind (self->settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings,
                   "window-height",
                   self,
                   "default-height",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);

  self->session_signals = g_signal_group_new (MX_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals,
                                  "notify::state",
                                  G_CALLBACK (update_page),
                                  self);
  self->first_focus = chappe_first_focus_new (ADW_APPLICATION_WINDOW (self), self->main);
  g_signal_connect (self, "notify::visible-dialog", G_CALLBACK (visible_dialog_cb), NULL);
  g_signal_connect_swapped (self, "notify::is-active", G_CALLBACK (update_watched), self);
  g_signal_connect_object (self->main,
                           "notify::room",
                           G_CALLBACK (update_watched),
                           self,
                           G_CONNECT_SWAPPED);
}

ChappeWindow *
chappe_window_new (GtkApplication *application, MxAccounts *accounts, MxDeployment *deployment)
{
  ChappeWindow *self = g_object_new (CHAPPE_TYPE_WINDOW, "application", application, NULL);

  self->accounts = g_object_ref (accounts);
  self->deployment = g_object_ref (deployment);
  set_session (self, mx_accounts_get_first (accounts));
  open_session (self);
  return self;
}

MxSession *
chappe_window_get_session (ChappeWindow *self)
{
  return self->session;
}

MxDeployment *
chappe_window_get_deployment (ChappeWindow *self)
{
  return self->deployment;
}

ChappeMainView *
chappe_window_get_main_view (ChappeWindow *self)
{
  return self->main;
}
