/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The way of somebody who has no other device, and of somebody who has: every step, the mistakes,
 * and what is said when one leaves. What the engine does is played by promises. */
#include "config.h"

#include "chappe-code-entry.h"
#include "chappe-code-view.h"
#include "chappe-identity-dialog.h"
#include "chappe-step-page.h"
#include "chappe-ui.h"
#include "local-server.h"
#include "mx-error.h"
#include "room-fixture.h"

#include <string.h>

#define CODE "EsTc 1234 5678 9abc defg hijk"

typedef struct
{
  GtkWidget *window;
  GObject *data;
  ChappeIdentityDialog *dialog;
} Fixture;

/* What the acts were asked, and what they will answer. */
static DexPromise *promise;
static const char *act;
static char *entered;
static MxRecoveryProgress progress;
static gpointer progress_data;

static DexFuture *
begin (const char *name)
{
  act = name;
  dex_clear (&promise);
  promise = dex_promise_new ();

  return dex_ref (DEX_FUTURE (promise));
}

static DexFuture *
set_up_act (gpointer data, MxAuthFunc auth, gpointer auth_data)
{
  return begin ("set-up");
}

static DexFuture *
restore_act (gpointer data, MxSecret *code, MxRecoveryProgress func, gpointer func_data)
{
  g_set_str (&entered, mx_secret_get_text (code));
  progress = func;
  progress_data = func_data;

  return begin ("restore");
}

static DexFuture *
change_act (gpointer data)
{
  return begin ("change");
}

static DexFuture *
reset_act (gpointer data, MxAuthFunc auth, gpointer auth_data)
{
  return begin ("reset");
}

static const ChappeIdentityActs acts = { set_up_act, restore_act, change_act, reset_act };

static void
answer_code (void)
{
  dex_promise_resolve_boxed (promise, MX_TYPE_SECRET, mx_secret_new_text (CODE));
}

static void
answer_error (GQuark domain, int code)
{
  dex_promise_reject (promise, g_error_new_literal (domain, code, "a test"));
}

static void
open_dialog (Fixture *fixture, ChappeIdentityGoal goal, gboolean gate)
{
  fixture->dialog =
    g_object_ref_sink (chappe_identity_dialog_new (&acts, fixture->data, goal, gate));
  adw_dialog_present (ADW_DIALOG (fixture->dialog), fixture->window);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->window = adw_window_new ();
  fixture->data = g_object_new (G_TYPE_OBJECT, NULL);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 700, 700);
  gtk_window_present (GTK_WINDOW (fixture->window));
  act = NULL;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  adw_dialog_force_close (ADW_DIALOG (fixture->dialog));
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  await_finalized (fixture->dialog);
  dex_clear (&promise);
  await_finalized (fixture->data);
  g_clear_pointer (&entered, g_free);
}

static gpointer
child (Fixture *fixture, const char *name)
{
  GObject *object =
    gtk_widget_get_template_child (GTK_WIDGET (fixture->dialog), CHAPPE_TYPE_IDENTITY_DIALOG, name);

  g_assert_nonnull (object);

  return object;
}

static const char *
page (Fixture *fixture)
{
  return adw_navigation_page_get_tag (
    adw_navigation_view_get_visible_page (child (fixture, "navigation")));
}

static void
wait_page (Fixture *fixture, const char *tag)
{
  while (!g_str_equal (page (fixture), tag))
    g_main_context_iteration (NULL, TRUE);
}

static void
activate (Fixture *fixture, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->dialog), action, NULL));
}

static void
type_code (gpointer entry, const char *text)
{
  GObject *row = gtk_widget_get_template_child (entry, CHAPPE_TYPE_CODE_ENTRY, "entry");

  gtk_editable_set_text (GTK_EDITABLE (row), text);
  g_signal_emit_by_name (row, "entry-activated");
}

static const char *
error_of (gpointer entry)
{
  GtkLabel *label =
    GTK_LABEL (gtk_widget_get_template_child (entry, CHAPPE_TYPE_CODE_ENTRY, "error"));

  return gtk_widget_get_visible (GTK_WIDGET (label)) ? gtk_label_get_label (label) : NULL;
}

static void
copy (Fixture *fixture)
{
  g_signal_emit_by_name (gtk_widget_get_template_child (child (fixture, "code_view"),
                                                        CHAPPE_TYPE_CODE_VIEW,
                                                        "copy_button"),
                         "clicked");
}

static void
test_set_up (Fixture *fixture, gconstpointer data)
{
  GtkLabel *code = NULL;

  open_dialog (fixture, CHAPPE_IDENTITY_SET_UP, TRUE);
  g_assert_cmpstr (page (fixture), ==, "set-up");
  activate (fixture, "identity.set-up");
  g_assert_cmpstr (act, ==, "set-up");
  g_assert_cmpstr (page (fixture), ==, "progress");
  answer_code ();
  wait_page (fixture, "code");
  code = GTK_LABEL (
    gtk_widget_get_template_child (child (fixture, "code_view"), CHAPPE_TYPE_CODE_VIEW, "code"));
  g_assert_cmpstr (gtk_label_get_label (code), ==, "EsTc 1234 5678 9abc defg hijk");

  copy (fixture);
  g_assert_cmpstr (page (fixture), ==, "confirm");
  type_code (child (fixture, "confirm_entry"), "EsTc 1234 5678 9abc defg hijj");
  g_assert_cmpstr (page (fixture), ==, "confirm");
  g_assert_nonnull (error_of (child (fixture, "confirm_entry")));
  /* Without the spaces it is the same. */
  type_code (child (fixture, "confirm_entry"), "EsTc123456789abcdefghijk ");
  g_assert_cmpstr (page (fixture), ==, "done");
  g_assert_cmpstr (gtk_label_get_label (code), ==, "");
}

static void
test_exists (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture, CHAPPE_IDENTITY_SET_UP, TRUE);
  activate (fixture, "identity.set-up");
  answer_error (MX_SESSION_ERROR, MX_SESSION_ERROR_IDENTITY_EXISTS);
  wait_page (fixture, "verify");
}

static void
test_no_network (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture, CHAPPE_IDENTITY_SET_UP, TRUE);
  activate (fixture, "identity.set-up");
  answer_error (G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE);
  wait_page (fixture, "failed");
  act = NULL;
  activate (fixture, "identity.retry");
  g_assert_cmpstr (act, ==, "set-up");
  wait_page (fixture, "progress");
  answer_code ();
  wait_page (fixture, "code");
}

static void
wait_error (Fixture *fixture, GQuark domain, int code, const char *part)
{
  type_code (child (fixture, "enter_entry"), "abcd");
  g_assert_cmpstr (page (fixture), ==, "progress");
  answer_error (domain, code);
  wait_page (fixture, "enter");
  g_assert_nonnull (strstr (error_of (child (fixture, "enter_entry")), part));
}

static void
test_mistakes (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture, CHAPPE_IDENTITY_VERIFY, TRUE);
  g_assert_cmpstr (page (fixture), ==, "verify");
  activate (fixture, "identity.enter-code");
  g_assert_cmpstr (page (fixture), ==, "enter");
  wait_error (fixture, MX_SESSION_ERROR, MX_SESSION_ERROR_WRONG_CODE, "not the verification code");
  wait_error (fixture, MX_RECOVERY_KEY_ERROR, MX_RECOVERY_KEY_ERROR_LENGTH, "missing");
  wait_error (fixture, MX_RECOVERY_KEY_ERROR, MX_RECOVERY_KEY_ERROR_PARITY, "mistake");
  wait_error (fixture, MX_RECOVERY_KEY_ERROR, MX_RECOVERY_KEY_ERROR_ALPHABET, "character");
  wait_error (fixture, MX_RECOVERY_KEY_ERROR, MX_RECOVERY_KEY_ERROR_PREFIX, "something else");
  wait_error (fixture, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "does not answer");
  /* What was typed stays, to be corrected. */
  g_assert_cmpstr (entered, ==, "abcd");
}

static void
test_restore (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture, CHAPPE_IDENTITY_ENTER_CODE, FALSE);
  type_code (child (fixture, "enter_entry"), "an old passphrase");
  g_assert_cmpstr (entered, ==, "an old passphrase");
  progress (30, 120, progress_data);
  while (!gtk_widget_get_visible (child (fixture, "progress_bar")))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpfloat (gtk_progress_bar_get_fraction (child (fixture, "progress_bar")), ==, 0.25);
  dex_promise_resolve_boolean (promise, TRUE);
  wait_page (fixture, "done");
}

/* Going on in the background: the act ends later, when nobody looks. */
static void
test_background (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture, CHAPPE_IDENTITY_ENTER_CODE, FALSE);
  type_code (child (fixture, "enter_entry"), "abcd");
  adw_dialog_force_close (ADW_DIALOG (fixture->dialog));
  room_fixture_settle ();
  progress (1, 2, progress_data);
  room_fixture_settle ();
  dex_promise_resolve_boolean (promise, TRUE);
  room_fixture_settle ();
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture, CHAPPE_IDENTITY_ENTER_CODE, FALSE);
  type_code (child (fixture, "enter_entry"), "abcd");
  activate (fixture, "identity.stop-waiting");
  g_assert_cmpstr (page (fixture), ==, "enter");
  answer_error (MX_SESSION_ERROR, MX_SESSION_ERROR_WRONG_CODE);
  room_fixture_settle ();
  g_assert_null (error_of (child (fixture, "enter_entry")));
}

static void
test_reset (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture, CHAPPE_IDENTITY_VERIFY, TRUE);
  activate (fixture, "identity.forgotten");
  g_assert_cmpstr (page (fixture), ==, "reset");
  activate (fixture, "identity.reset-ask");
  g_assert_cmpstr (page (fixture), ==, "reset-sure");
  g_assert_null (act);
  activate (fixture, "identity.reset");
  g_assert_cmpstr (act, ==, "reset");
  /* Whoever does not want to say who they are is back where they were. */
  answer_error (G_IO_ERROR, G_IO_ERROR_CANCELLED);
  wait_page (fixture, "reset-sure");
  activate (fixture, "identity.reset");
  answer_code ();
  wait_page (fixture, "code");
}

static void
test_other_device (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture, CHAPPE_IDENTITY_VERIFY, TRUE);
  chappe_identity_dialog_set_verified (fixture->dialog);
  g_assert_cmpstr (page (fixture), ==, "done");
}

static unsigned
count_dialogs (Fixture *fixture)
{
  return g_list_model_get_n_items (adw_window_get_dialogs (ADW_WINDOW (fixture->window)));
}

/* The gate asks before it opens; what was come to by oneself does not. */
static void
test_leave (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture, CHAPPE_IDENTITY_SET_UP, TRUE);
  room_fixture_settle ();
  activate (fixture, "identity.leave");
  g_assert_cmpuint (count_dialogs (fixture), ==, 2);
  g_signal_emit_by_name (adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)),
                         "response",
                         "leave");
  adw_dialog_force_close (adw_window_get_visible_dialog (ADW_WINDOW (fixture->window)));
  room_fixture_settle ();
}

static void
test_leave_freely (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture, CHAPPE_IDENTITY_CHANGE_CODE, FALSE);
  room_fixture_settle ();
  g_assert_cmpuint (count_dialogs (fixture), ==, 1);
  activate (fixture, "identity.leave");
  g_assert_cmpuint (count_dialogs (fixture), <=, 1);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/identity-dialog/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  dex_init ();
  chappe_ui_init ();

  ADD ("set-up", test_set_up);
  ADD ("E2E-092-exists", test_exists);
  ADD ("no-network", test_no_network);
  ADD ("mistakes", test_mistakes);
  ADD ("restore", test_restore);
  ADD ("background", test_background);
  ADD ("cancel", test_cancel);
  ADD ("E2E-140-reset", test_reset);
  ADD ("other-device", test_other_device);
  ADD ("leave", test_leave);
  ADD ("leave-freely", test_leave_freely);

  return g_test_run ();
}
