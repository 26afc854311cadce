/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The preferences of encryption, the row of a device, the file of keys and the question before
 * signing out: what each state shows, and what is wanted. */
#include "config.h"

#include <string.h>

#include "chappe-encryption-page.h"
#include "chappe-key-file-dialog.h"
#include "chappe-notice-bar.h"
#include "chappe-session-row.h"
#include "chappe-sign-out.h"
#include "chappe-ui.h"

#include "mx-error.h"

static gpointer
child (gpointer widget, GType type, const char *name)
{
  GObject *object = gtk_widget_get_template_child (widget, type, name);

  g_assert_nonnull (object);

  return object;
}

static gboolean
shows (gpointer page, const char *name)
{
  return gtk_widget_get_visible (child (page, CHAPPE_TYPE_ENCRYPTION_PAGE, name));
}

static void
wanted_cb (ChappeEncryptionPage *page, int wish, int *wanted)
{
  *wanted = wish;
}

static void
backup_cb (ChappeEncryptionPage *page, gboolean on, int *asked)
{
  (*asked)++;
}

static void
test_states (void)
{
  ChappeEncryptionPage *page = g_object_ref_sink (g_object_new (CHAPPE_TYPE_ENCRYPTION_PAGE, NULL));
  g_autoptr (GError) broken =
    g_error_new_literal (MX_SESSION_ERROR, MX_SESSION_ERROR_DEVICE_BROKEN, "a test");
  ChappeEncryptionFacts facts = { .identity = MX_OWN_IDENTITY_MISSING, .backup = MX_BACKUP_NONE };
  GtkWidget *button = child (page, CHAPPE_TYPE_ENCRYPTION_PAGE, "device_button");
  GObject *backup = child (page, CHAPPE_TYPE_ENCRYPTION_PAGE, "backup_row");
  int wanted = -1;
  int asked = 0;

  g_signal_connect (page, "wanted", G_CALLBACK (wanted_cb), &wanted);
  g_signal_connect (page, "backup-wanted", G_CALLBACK (backup_cb), &asked);

  chappe_encryption_page_show (page, &facts);
  g_signal_emit_by_name (button, "activated");
  g_assert_cmpint (wanted, ==, CHAPPE_WISH_SET_UP);
  g_assert_false (shows (page, "change_row"));
  g_assert_false (shows (page, "reset_group"));

  facts.identity = MX_OWN_IDENTITY_UNVERIFIED;
  facts.backup = MX_BACKUP_LOCKED;
  facts.has_recovery = TRUE;
  chappe_encryption_page_show (page, &facts);
  g_signal_emit_by_name (button, "activated");
  g_assert_cmpint (wanted, ==, CHAPPE_WISH_VERIFY);
  g_assert_true (shows (page, "forgotten_row"));
  g_assert_false (gtk_widget_get_sensitive (GTK_WIDGET (backup)));

  facts.identity = MX_OWN_IDENTITY_VERIFIED;
  chappe_encryption_page_show (page, &facts);
  g_assert_true (shows (page, "locked_row"));
  g_assert_false (gtk_widget_get_visible (button));

  /* The switch follows without asking; only the user's hand asks. */
  facts.backup = MX_BACKUP_ON;
  facts.pending = 3;
  facts.total = 1200;
  chappe_encryption_page_show (page, &facts);
  g_assert_true (adw_switch_row_get_active (ADW_SWITCH_ROW (backup)));
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (backup)),
                   ==,
                   "3 keys left to save");
  g_assert_cmpint (asked, ==, 0);
  adw_switch_row_set_active (ADW_SWITCH_ROW (backup), FALSE);
  g_assert_cmpint (asked, ==, 1);

  facts.error = broken;
  chappe_encryption_page_show (page, &facts);
  g_signal_emit_by_name (button, "activated");
  g_assert_cmpint (wanted, ==, CHAPPE_WISH_SIGN_OUT);
  g_assert_finalize_object (page);
}

static void
count_cb (gpointer object, int *count)
{
  (*count)++;
}

static void
test_session_row (void)
{
  GtkWidget *row = g_object_ref_sink (chappe_session_row_new ());
  ChappeSessionFacts facts = {
    .device_id = "ABCDEF", .name = "", .fingerprint = "abcd efgh", .can_verify = TRUE
  };
  int verified = 0;
  int signed_out = 0;

  g_signal_connect (row, "verify", G_CALLBACK (count_cb), &verified);
  g_signal_connect (row, "sign-out", G_CALLBACK (count_cb), &signed_out);
  chappe_session_row_show (CHAPPE_SESSION_ROW (row), &facts);
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==, "ABCDEF");
  g_assert_cmpstr (adw_expander_row_get_subtitle (ADW_EXPANDER_ROW (row)), ==, "Unverified device");
  g_signal_emit_by_name (child (row, CHAPPE_TYPE_SESSION_ROW, "verify_row"), "activated");
  g_signal_emit_by_name (child (row, CHAPPE_TYPE_SESSION_ROW, "sign_out_row"), "activated");
  g_assert_cmpint (verified, ==, 1);
  g_assert_cmpint (signed_out, ==, 1);

  facts.name = "Un <b>nom</b>";
  facts.trust = MX_DEVICE_VERIFIED;
  facts.is_this = TRUE;
  chappe_session_row_show (CHAPPE_SESSION_ROW (row), &facts);
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==, "Un <b>nom</b>");
  g_assert_false (gtk_widget_get_visible (child (row, CHAPPE_TYPE_SESSION_ROW, "verify_row")));
  g_assert_false (gtk_widget_get_visible (child (row, CHAPPE_TYPE_SESSION_ROW, "sign_out_row")));
  g_assert_finalize_object (row);
}

static void
test_key_file (void)
{
  ChappeKeyFileDialog *dialog = g_object_ref_sink (chappe_key_file_dialog_new (NULL, FALSE));
  GtkEditable *password = child (dialog, CHAPPE_TYPE_KEY_FILE_DIALOG, "password");
  GtkEditable *again = child (dialog, CHAPPE_TYPE_KEY_FILE_DIALOG, "again");
  GtkWidget *button = child (dialog, CHAPPE_TYPE_KEY_FILE_DIALOG, "choose_button");

  g_assert_false (gtk_widget_get_sensitive (button));
  gtk_editable_set_text (password, "correct horse");
  g_assert_false (gtk_widget_get_sensitive (button));
  gtk_editable_set_text (again, "correct house");
  g_assert_false (gtk_widget_get_sensitive (button));
  gtk_editable_set_text (again, "correct horse");
  g_assert_true (gtk_widget_get_sensitive (button));
  g_assert_finalize_object (dialog);

  g_assert_cmpuint (chappe_password_strength (""), ==, 0);
  g_assert_cmpuint (chappe_password_strength ("secret"), ==, 1);
  g_assert_cmpuint (chappe_password_strength ("aaaaaaaa"), ==, 1);
  g_assert_cmpuint (chappe_password_strength ("Été-2026!"), ==, 3);
  g_assert_cmpuint (chappe_password_strength ("correct horse battery"), ==, 4);
}

static void
test_loss (void)
{
  g_assert_cmpint (chappe_sign_out_loss (MX_BACKUP_ON, 0, TRUE), ==, CHAPPE_LOSS_NONE);
  g_assert_cmpint (chappe_sign_out_loss (MX_BACKUP_ON, 2, TRUE), ==, CHAPPE_LOSS_PENDING);
  g_assert_cmpint (chappe_sign_out_loss (MX_BACKUP_ON, 0, FALSE), ==, CHAPPE_LOSS_NO_CODE);
  g_assert_cmpint (chappe_sign_out_loss (MX_BACKUP_NONE, 0, TRUE), ==, CHAPPE_LOSS_NO_BACKUP);
  g_assert_cmpint (chappe_sign_out_loss (MX_BACKUP_LOCKED, 0, TRUE), ==, CHAPPE_LOSS_NO_BACKUP);
  g_assert_cmpint (chappe_sign_out_loss (MX_BACKUP_UNKNOWN, 0, FALSE), ==, CHAPPE_LOSS_UNKNOWN);
}

/* The last device is told apart from one of several. */
static void
test_last_device (void)
{
  static const struct
  {
    ChappeLoss loss;
    ChappeOthers others;
    const char *word;
  } cases[] = {
    { CHAPPE_LOSS_NONE, CHAPPE_OTHERS_NONE, "last device" },
    { CHAPPE_LOSS_PENDING, CHAPPE_OTHERS_NONE, "last device" },
    { CHAPPE_LOSS_NO_BACKUP, CHAPPE_OTHERS_NONE, "for good" },
    { CHAPPE_LOSS_NO_BACKUP, CHAPPE_OTHERS_SOME, "Only your other devices" },
    { CHAPPE_LOSS_NO_CODE, CHAPPE_OTHERS_NONE, "nobody can open" },
    { CHAPPE_LOSS_NO_CODE, CHAPPE_OTHERS_SOME, "Only your other devices" },
    { CHAPPE_LOSS_NO_CODE, CHAPPE_OTHERS_UNKNOWN, "could not be found out" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = chappe_sign_out_text (cases[i].loss, cases[i].others);

      g_assert_nonnull (strstr (text, cases[i].word));
      g_assert_true ((strstr (text, "last device") != NULL) ==
                     (cases[i].others == CHAPPE_OTHERS_NONE));
    }
}

static void
answered_cb (ChappeNoticeBar *bar, int answer, int *last)
{
  *last = answer;
}

static void
test_notice_bar (void)
{
  ChappeNoticeBar *bar = g_object_ref_sink (g_object_new (CHAPPE_TYPE_NOTICE_BAR, NULL));
  int answer = -1;

  g_signal_connect (bar, "answered", G_CALLBACK (answered_cb), &answer);
  g_assert_false (chappe_notice_bar_is_shown (bar));
  chappe_notice_bar_show (bar, "New Device", "“Phone” signed in", "_Verify", NULL, TRUE);
  g_assert_true (chappe_notice_bar_is_shown (bar));
  g_assert_false (gtk_widget_get_visible (child (bar, CHAPPE_TYPE_NOTICE_BAR, "second_button")));
  g_signal_emit_by_name (child (bar, CHAPPE_TYPE_NOTICE_BAR, "first_button"), "clicked");
  g_assert_cmpint (answer, ==, 1);
  g_signal_emit_by_name (child (bar, CHAPPE_TYPE_NOTICE_BAR, "dismiss_button"), "clicked");
  g_assert_cmpint (answer, ==, 0);
  g_assert_finalize_object (bar);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  chappe_ui_init ();

  g_test_add_func ("/encryption-page/states", test_states);
  g_test_add_func ("/encryption-page/session-row", test_session_row);
  g_test_add_func ("/encryption-page/key-file", test_key_file);
  g_test_add_func ("/encryption-page/E2E-165-loss", test_loss);
  g_test_add_func ("/encryption-page/E2E-165-last-device", test_last_device);
  g_test_add_func ("/encryption-page/E2E-027-notice-bar", test_notice_bar);

  return g_test_run ();
}
