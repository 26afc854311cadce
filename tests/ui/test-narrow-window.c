/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The window of a narrow screen with text twice as large, in French: every view and every dialog
 * fits into it, nothing is cut, a dialog begins at the widget that it asks for, and whoever closes
 * it finds the focus again.
 *
 * With CHAPPE_PICTURES=FOLDER it also writes what it sees, light and dark; TEXT_SCALE (2) is the
 * size of text. */
#include "config.h"

#include "chappe-about.h"
#include "chappe-attach-dialog.h"
#include "chappe-composer.h"
#include "chappe-error-text.h"
#include "chappe-identity-dialog.h"
#include "chappe-key-file-dialog.h"
#include "chappe-locked-page.h"
#include "chappe-member-list.h"
#include "chappe-network-dialog.h"
#include "chappe-notice-bar.h"
#include "chappe-preferences-dialog.h"
#include "chappe-repair-page.h"
#include "chappe-room-info.h"
#include "chappe-room-row.h"
#include "chappe-shot.h"
#include "chappe-sign-out.h"
#include "chappe-signed-out-page.h"
#include "chappe-ui.h"
#include "chappe-unreadable-dialog.h"
#include "chappe-verification-dialog.h"
#include "chappe-window.h"
#include "local-server.h"
#include "mx-error.h"
#include "session-fixture.h"
#include "verification-fixture.h"

#include <glib/gi18n.h>
#include <locale.h>

#define WIDTH  360
#define HEIGHT 720

typedef struct
{
  LocalServer *server;
  SessionFixture session;
  MxDeployment *deployment;
  ChappeWindow *window;
  int last_child;    /* height of the last part of the page that was looked at */
  GtkWidget *wanted; /* what the dialog asks for when it appears; borrowed */
} Fixture;

static GtkApplication *application; /* one for all tests, as a process has one */

/* -- The server and the window */

static const char members[] =
  "{\"chunk\":["
  "{\"event_id\":\"$m1\",\"type\":\"m.room.member\",\"state_key\":\"" FIXTURE_OTHER
  "\",\"sender\":\"" FIXTURE_OTHER "\",\"origin_server_ts\":1,\"content\":{\"membership\":\"join\","
  "\"displayname\":\"Paul BERNARD [DINUM]\"}},"
  "{\"event_id\":\"$m2\",\"type\":\"m.room.member\",\"state_key\":\"" FIXTURE_USER
  "\",\"sender\":\"" FIXTURE_USER "\",\"origin_server_ts\":1,\"content\":{\"membership\":\"join\","
  "\"displayname\":\"Claire MOREL [Intérieur]\"}}]}";

static void
server_cb (Request *request, gpointer data)
{
  if (strstr (request->path, "/versions") != NULL)
    respond_json (request, 200, "{\"versions\":[\"v1.11\"]}");
  else if (strstr (request->path, "/members") != NULL)
    respond_json (request, 200, members);
  else if (strstr (request->path, "/sync") != NULL)
    hold (request);
  else
    respond_json (request, 404, "{\"errcode\":\"M_NOT_FOUND\"}");
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer frames)
{
  (*(unsigned *) frames)++;

  return G_SOURCE_CONTINUE;
}

static gboolean
idle_cb (gpointer done)
{
  *(gboolean *) done = TRUE;

  return G_SOURCE_REMOVE;
}

/* Until what was asked for is drawn, and nothing more is due. */
static void
settle (Fixture *self)
{
  unsigned frames = 0;
  unsigned id = gtk_widget_add_tick_callback (GTK_WIDGET (self->window), tick_cb, &frames, NULL);
  gboolean idle = FALSE;

  while (frames < 4)
    g_main_context_iteration (NULL, TRUE);
  gtk_widget_remove_tick_callback (GTK_WIDGET (self->window), id);
  g_idle_add_full (G_PRIORITY_LOW + 100, idle_cb, &idle, NULL);
  while (!idle)
    g_main_context_iteration (NULL, TRUE);
}

static AdwDialog *
get_dialog (Fixture *self)
{
  return adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (self->window));
}

static void
dialog_cb (Fixture *self)
{
  AdwDialog *dialog = get_dialog (self);

  self->wanted = dialog != NULL ? adw_dialog_get_focus (dialog) : NULL;
}

/* The headings of the toolkit's alerts are tried in one line first. What stays too narrow is found
 * by check_widget (). */
static GLogWriterOutput
log_cb (GLogLevelFlags level, const GLogField *fields, gsize n, gpointer data)
{
  for (gsize i = 0; i < n; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") &&
        g_str_has_prefix (fields[i].value, "Trying to measure GtkLabel "))
      return G_LOG_WRITER_HANDLED;

  return g_log_writer_default (level, fields, n, data);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GSettings) settings = g_settings_new (APPLICATION_ID);

  g_settings_set_boolean (settings, "notifications", FALSE); /* nobody is there to show them */
  self->server = local_server_new (server_cb, self);
  session_fixture_init_at (&self->session, self->server->base);
  session_fixture_make_room (&self->session);
  self->deployment = mx_deployment_load ("plain", (const char *const[]) { NULL }, NULL);
  self->window = chappe_window_new (application, self->session.accounts, self->deployment);
  gtk_window_set_default_size (GTK_WINDOW (self->window), WIDTH, HEIGHT);
  g_signal_connect_swapped (self->window, "notify::visible-dialog", G_CALLBACK (dialog_cb), self);
  gtk_window_present (GTK_WINDOW (self->window));
  settle (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  gtk_window_destroy (GTK_WINDOW (self->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (self->window);
  session_fixture_clear (&self->session);
  g_clear_object (&self->deployment);
  local_server_free (self->server);
}

/* -- What is looked at */

static G_GNUC_PRINTF (1, 2) void complain (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_test_message ("%s", text); /* all of them */
  g_test_fail_printf ("%s", text);
}

static gboolean
is_inside (GtkWidget *widget, GType type)
{
  return gtk_widget_get_ancestor (widget, type) != NULL;
}

/* libadwaita's. */
static gboolean
is_title_of_group (GtkWidget *label)
{
  return is_inside (label, ADW_TYPE_PREFERENCES_GROUP) &&
         gtk_widget_has_css_class (label, "heading");
}

/* What may end in dots: titles whose place is given by the toolkit, what is typed over, and names
 * and first words that stand in one line of a list or above a message. */
static gboolean
may_be_cut (GtkWidget *label)
{
  return is_inside (label, ADW_TYPE_HEADER_BAR) || is_inside (label, ADW_TYPE_VIEW_SWITCHER_BAR) ||
         is_inside (label, GTK_TYPE_TEXT) || is_inside (label, ADW_TYPE_ENTRY_ROW) ||
         is_inside (label, CHAPPE_TYPE_COMPOSER) || is_inside (label, CHAPPE_TYPE_ROOM_ROW) ||
         gtk_widget_has_css_class (label, "sender-name") || is_title_of_group (label);
}

/* What is read or pressed, of which nothing may be outside. */
static gboolean
must_be_seen (GtkWidget *widget)
{
  return GTK_IS_LABEL (widget) || GTK_IS_BUTTON (widget) || GTK_IS_EDITABLE (widget) ||
         GTK_IS_SWITCH (widget);
}

static void
check_widget (Fixture *self, const char *view, GtkWidget *widget)
{
  graphene_rect_t bounds;
  int minimum = 0;

  if (!gtk_widget_get_mapped (widget) || GTK_IS_POPOVER (widget))
    return;
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  if (minimum > WIDTH)
    complain ("%s: %s wants %d", view, G_OBJECT_TYPE_NAME (widget), minimum);
  if (must_be_seen (widget) &&
      gtk_widget_compute_bounds (widget, GTK_WIDGET (self->window), &bounds) &&
      (bounds.origin.x < 0 || bounds.origin.x + bounds.size.width > WIDTH))
    complain ("%s: %s from %.0f to %.0f",
              view,
              G_OBJECT_TYPE_NAME (widget),
              bounds.origin.x,
              bounds.origin.x + bounds.size.width);
  if (GTK_IS_LABEL (widget) &&
      pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget))) &&
      !may_be_cut (widget))
    complain ("%s: cut: %s", view, gtk_label_get_label (GTK_LABEL (widget)));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_widget (self, view, child);
}

static void
take_picture (Fixture *self, const char *view, gboolean dark)
{
  g_autofree char *name = g_strdup_printf ("%s-%s.png", view, dark ? "dark" : "light");
  g_autofree char *path = g_build_filename (g_getenv ("CHAPPE_PICTURES"), name, NULL);

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
  settle (self);
  if (!chappe_shot_write (GTK_WINDOW (self->window), path))
    g_test_message ("no picture of %s", view);
}

/* What the window shows now, or what is in front of it. */
static void
look (Fixture *self, const char *view)
{
  AdwDialog *dialog = NULL;

  settle (self);
  dialog = get_dialog (self);
  check_widget (self,
                view,
                dialog != NULL ? GTK_WIDGET (dialog)
                               : gtk_window_get_child (GTK_WINDOW (self->window)));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (self->window)), ==, WIDTH);
  if (g_getenv ("CHAPPE_PICTURES") == NULL)
    return;
  take_picture (self, view, FALSE);
  take_picture (self, view, TRUE);
}

static gboolean
has_focus (Fixture *self, GtkWidget *widget)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self->window));

  return focus != NULL && gtk_widget_get_mapped (focus) &&
         (focus == widget || gtk_widget_is_ancestor (focus, widget));
}

/* A dialog that has just been asked for; closes it. */
static void
look_at_dialog (Fixture *self, const char *view)
{
  AdwDialog *dialog = get_dialog (self);

  g_assert_nonnull (dialog);
  look (self, view);
  if (self->wanted == NULL || !gtk_widget_is_sensitive (self->wanted))
    self->wanted = GTK_WIDGET (dialog);
  if (!has_focus (self, self->wanted))
    complain ("%s: begins elsewhere", view);
  adw_dialog_force_close (dialog);
  settle (self);
  if (!has_focus (self, GTK_WIDGET (self->window)))
    complain ("%s: no focus after it", view);
}

static void
look_at (Fixture *self, AdwDialog *dialog, const char *view)
{
  adw_dialog_present (dialog, GTK_WIDGET (self->window));
  look_at_dialog (self, view);
}

static void
look_at_action (Fixture *self, const char *action)
{
  g_autofree char *name = g_strconcat ("win.", action, NULL);

  gtk_widget_activate_action (GTK_WIDGET (self->window), name, NULL);
  look_at_dialog (self, action);
}

/* -- The parts of the window */

/* The first of a type below a widget, and with this name (nullable). */
static gpointer
find_named (gpointer widget, GType type, const char *name)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) &&
      (name == NULL || g_strcmp0 (gtk_buildable_get_buildable_id (widget), name) == 0))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      gpointer found = find_named (child, type, name);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static gpointer
find (gpointer widget, GType type)
{
  return find_named (widget, type, NULL);
}

static void
fill_room (Fixture *self)
{
  g_autofree char *hello = session_fixture_message ("$a",
                                                    FIXTURE_OTHER,
                                                    1700000100000,
                                                    "Bonjour Claire, la réunion est avancée à 9 h.",
                                                    NULL);
  g_autofree char *answer =
    session_fixture_message ("$b", FIXTURE_USER, 1700000160000, "Parfait, merci.", NULL);
  g_autofree char *foreign = g_strdup_printf (
    "{\"event_id\":\"$v\",\"type\":\"m.room.message\",\"sender\":\"%s\","
    "\"origin_server_ts\":1700000200000,\"content\":{\"msgtype\":\"m.key.verification.request\","
    "\"from_device\":\"A\",\"methods\":[\"m.sas.v1\"],\"body\":\"\",\"to\":\"%s\"}}",
    FIXTURE_OTHER,
    FIXTURE_USER);
  g_autofree char *events = g_strjoin (",", hello, answer, foreign, NULL);

  session_fixture_append (&self->session, events, NULL);
}

static void
test_room (Fixture *self, gconstpointer data)
{
  ChappeMainView *view = chappe_window_get_main_view (self->window);
  ChappeRoomInfo *info = NULL;
  AdwNavigationView *navigation = NULL;
  GtkListView *list = NULL;

  fill_room (self);
  look (self, "list");
  g_assert_true (chappe_window_open_room (self->window, FIXTURE_ROOM, NULL));
  look (self, "conversation");
  chappe_main_view_set_info_shown (view, TRUE);
  look (self, "room-details");

  info = find (view, CHAPPE_TYPE_ROOM_INFO);
  navigation = ADW_NAVIGATION_VIEW (
    gtk_widget_get_template_child (GTK_WIDGET (info), CHAPPE_TYPE_ROOM_INFO, "navigation"));
  g_signal_emit_by_name (find_named (info, ADW_TYPE_ACTION_ROW, "members_row"), "activated");
  settle (self);
  list = find (find (info, CHAPPE_TYPE_MEMBER_LIST), GTK_TYPE_LIST_VIEW);
  while (!gtk_widget_get_mapped (GTK_WIDGET (list)))
    g_main_context_iteration (NULL, TRUE);
  look (self, "members");
  g_signal_emit_by_name (list, "activate", 0u);
  look (self, "member");
  adw_navigation_view_pop_to_tag (navigation, "details");
  g_signal_emit_by_name (find_named (info, ADW_TYPE_ACTION_ROW, "invite_row"), "activated");
  look (self, "invite");
  chappe_main_view_set_info_shown (view, FALSE);
  look_at_action (self, "leave-room");
}

/* -- Dialogs */

static void
test_dialogs (Fixture *self, gconstpointer data)
{
  static const char *const actions[] = { "new-direct", "new-room", "join-room", "show-shortcuts" };

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    look_at_action (self, actions[i]);
  chappe_about_present (GTK_WIDGET (self->window), self->session.session);
  look_at_dialog (self, "about");
  look_at (self, ADW_DIALOG (chappe_network_dialog_new ()), "network");
  look_at (self, ADW_DIALOG (chappe_attach_dialog_new ("Projet télégraphe")), "attach");
}

static void
test_preferences (Fixture *self, gconstpointer data)
{
  AdwDialog *dialog = ADW_DIALOG (chappe_preferences_dialog_new (self->window));
  g_autoptr (GtkSelectionModel) pages = NULL;
  AdwViewStack *stack = NULL;

  adw_dialog_present (dialog, GTK_WIDGET (self->window));
  settle (self);
  stack = find (dialog, ADW_TYPE_VIEW_STACK);
  pages = adw_view_stack_get_pages (stack);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (pages)); i++)
    {
      g_autofree char *view = g_strdup_printf ("preferences-%u", i);

      gtk_selection_model_select_item (pages, i, TRUE);
      look (self, view);
    }
  look_at_dialog (self, "preferences");
}

static void
test_identity (Fixture *self, gconstpointer data)
{
  static const char *const tags[] = { "set-up", "verify",  "enter", "change",     "progress",
                                      "code",   "confirm", "reset", "reset-sure", "failed" };

  for (gsize i = 0; i < G_N_ELEMENTS (tags); i++)
    {
      ChappeIdentityDialog *dialog =
        chappe_identity_dialog_new (NULL, NULL, CHAPPE_IDENTITY_SET_UP, FALSE);
      g_autofree char *view = g_strconcat ("identity-", tags[i], NULL);

      adw_navigation_view_replace_with_tags (
        ADW_NAVIGATION_VIEW (gtk_widget_get_template_child (GTK_WIDGET (dialog),
                                                            CHAPPE_TYPE_IDENTITY_DIALOG,
                                                            "navigation")),
        &tags[i],
        1);
      look_at (self, ADW_DIALOG (dialog), view);
    }
}

static void
test_keys (Fixture *self, gconstpointer data)
{
  const MxReadingAttempts attempts = {
    .identity = MX_OWN_IDENTITY_VERIFIED,
    .backup = MX_BACKUP_ON,
    .backup_asked = 2,
    .backup_asked_ms = 1700000000000,
    .devices_asked_ms = 1700000000000,
    .sender_healed_ms = 1700000000000,
    .waiting_since_ms = 1700000000000,
  };

  look_at (self, ADW_DIALOG (chappe_key_file_dialog_new (NULL, FALSE)), "keys-save");
  look_at (self, ADW_DIALOG (chappe_key_file_dialog_new (NULL, TRUE)), "keys-load");
  for (int failure = MX_DECRYPTION_NO_KEY; failure <= MX_DECRYPTION_UNTRUSTED; failure++)
    {
      g_autofree char *view = g_strdup_printf ("unreadable-%d", failure);

      look_at (self, ADW_DIALOG (chappe_unreadable_dialog_new_for (failure, &attempts)), view);
    }
}

static void
test_verification (Fixture *self, gconstpointer data)
{
  Duel duel;

  duel_init (&duel, FALSE);
  look_at (self,
           ADW_DIALOG (chappe_verification_dialog_new (duel.bob.verification)),
           "verification-asked");
  duel_clear (&duel);

  duel_init (&duel, FALSE);
  duel_to_compare (&duel);
  mx_verification_mismatch (duel.bob.verification);
  duel_run (&duel);
  look_at (self,
           ADW_DIALOG (chappe_verification_dialog_new (duel.alice.verification)),
           "verification-mismatch");
  duel_clear (&duel);

  duel_init (&duel, FALSE);
  duel_to_compare (&duel);
  look_at (self,
           ADW_DIALOG (chappe_verification_dialog_new (duel.alice.verification)),
           "verification-emoji");
  duel_clear (&duel);
}

/* -- Pages in the place of the window's */

static void
look_at_page (Fixture *self, GtkWidget *page, const char *view)
{
  GtkStack *stack = GTK_STACK (
    gtk_widget_get_template_child (GTK_WIDGET (self->window), CHAPPE_TYPE_WINDOW, "pages"));

  gtk_stack_add_child (stack, page);
  gtk_stack_set_visible_child (stack, page);
  look (self, view);
  self->last_child = gtk_widget_get_height (gtk_widget_get_last_child (page));
  gtk_stack_set_visible_child_name (stack, "main");
  gtk_stack_remove (stack, page);
}

static void
test_pages (Fixture *self, gconstpointer data)
{
  GtkWidget *page = g_object_new (CHAPPE_TYPE_LOCKED_PAGE, NULL);
  g_autoptr (GError) error =
    g_error_new_literal (MX_SESSION_ERROR, MX_SESSION_ERROR_KEYRING_LOCKED, "");

  chappe_locked_page_set_error (CHAPPE_LOCKED_PAGE (page), error);
  look_at_page (self, page, "locked");
  page = g_object_new (CHAPPE_TYPE_REPAIR_PAGE, NULL);
  look_at_page (self, page, "repair");
  page = g_object_new (CHAPPE_TYPE_SIGNED_OUT_PAGE, NULL);
  chappe_signed_out_page_set_session (CHAPPE_SIGNED_OUT_PAGE (page), self->session.session);
  look_at_page (self, page, "signed-out");
}

/* It leaves most of the window to what it lies beside. */
static void
test_notice (Fixture *self, gconstpointer data)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *space = gtk_scrolled_window_new ();
  GtkWidget *bar = g_object_new (CHAPPE_TYPE_NOTICE_BAR, NULL);

  gtk_widget_set_vexpand (space, TRUE);
  gtk_box_append (GTK_BOX (page), space);
  gtk_box_append (GTK_BOX (page), bar);
  chappe_notice_bar_show (
    CHAPPE_NOTICE_BAR (bar),
    _ ("Another Program Used This Device"),
    _ ("It had announced other encryption for this device; that was set right. If you do not "
       "know why, sign out the devices that you do not know and change your password."),
    _ ("It Was Me: _Verify…"),
    _ ("_Sign It Out…"),
    TRUE);
  look_at_page (self, page, "notice");
  g_assert_cmpint (self->last_child, >, 0);
  g_assert_cmpint (self->last_child, <=, HEIGHT / 2);
}

static void
use_french (void)
{
  g_autofree char *folder = g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "..", "po", NULL);

  g_setenv ("LANGUAGE", "fr", TRUE);
  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

static void
add (const char *path, void (*func) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int argc, char *argv[])
{
  const char *scale = g_getenv ("TEXT_SCALE");

  /* any but C: nothing is translated there */
  if (setlocale (LC_ALL, "en_US.UTF-8") == NULL)
    return 77;
  use_french ();
  g_log_set_writer_func (log_cb, NULL, NULL);
  gtk_disable_setlocale ();
  gtk_test_init (&argc, &argv, NULL);
  dex_init ();
  chappe_ui_init ();
  g_object_set (gtk_settings_get_default (),
                "gtk-enable-animations",
                FALSE,
                "gtk-xft-dpi",
                (int) (96 * PANGO_SCALE * (scale != NULL ? g_ascii_strtod (scale, NULL) : 2)),
                NULL);

  application = GTK_APPLICATION (adw_application_new (NULL, G_APPLICATION_NON_UNIQUE));
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));

  add ("/narrow-window/room", test_room);
  add ("/narrow-window/dialogs", test_dialogs);
  add ("/narrow-window/preferences", test_preferences);
  add ("/narrow-window/identity", test_identity);
  add ("/narrow-window/keys", test_keys);
  add ("/narrow-window/verification", test_verification);
  add ("/narrow-window/pages", test_pages);
  add ("/narrow-window/notice", test_notice);

  return g_test_run ();
}
