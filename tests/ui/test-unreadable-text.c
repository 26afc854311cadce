/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A message that cannot be read says why, who can solve it, and what to do. */
#include "config.h"

#include "chappe-shield-mark.h"
#include "chappe-ui.h"
#include "chappe-unreadable-dialog.h"
#include "chappe-unreadable-note.h"
#include "chappe-unreadable-text.h"

#include <string.h>

static const MxReadingAttempts nothing = { .backup = MX_BACKUP_ON };

static void
test_words (void)
{
  for (int failure = MX_DECRYPTION_NO_KEY; failure <= MX_DECRYPTION_UNTRUSTED; failure++)
    {
      ChappeUnreadableDialog *dialog = NULL;
      g_autofree char *tried = chappe_unreadable_dup_tried (failure, &nothing);
      ChappeUnreadableAct act = chappe_unreadable_act (failure);

      g_assert_cmpstr (chappe_unreadable_short (failure), !=, "Locked message");
      g_assert_cmpstr (chappe_unreadable_why (failure), !=, "");
      g_assert_cmpstr (chappe_unreadable_who (failure), !=, "");
      g_assert_cmpstr (tried, !=, "");
      g_assert_cmpstr (chappe_unreadable_act_label (act, MX_OWN_IDENTITY_VERIFIED), !=, "");

      dialog = g_object_ref_sink (chappe_unreadable_dialog_new_for (failure, &nothing));
      g_assert_finalize_object (dialog);
    }
}

/* Only what was done is told. */
static void
test_tried (void)
{
  MxReadingAttempts attempts = { .backup = MX_BACKUP_ON,
                                 .identity = MX_OWN_IDENTITY_VERIFIED,
                                 .waiting_since_ms = 1700000000000 };
  g_autofree char *before = chappe_unreadable_dup_tried (MX_DECRYPTION_NO_KEY, &attempts);
  g_autofree char *after = NULL;
  g_autofree char *locked = NULL;
  g_autofree char *none = NULL;

  g_assert_nonnull (strstr (before, "has not answered yet"));
  g_assert_nonnull (strstr (before, "waited for since"));
  g_assert_null (strstr (before, "other devices"));

  attempts.backup_asked = 3;
  attempts.backup_asked_ms = attempts.devices_asked_ms = attempts.sender_healed_ms = 1700000001000;
  after = chappe_unreadable_dup_tried (MX_DECRYPTION_NO_KEY, &attempts);
  g_assert_nonnull (strstr (after, "searched 3 times"));
  g_assert_nonnull (strstr (after, "other devices were asked"));
  g_assert_nonnull (strstr (after, "was renewed on"));

  attempts.backup = MX_BACKUP_LOCKED;
  locked = chappe_unreadable_dup_tried (MX_DECRYPTION_BACKUP_LOCKED, &attempts);
  g_assert_nonnull (strstr (locked, "latest verification code"));
  g_assert_null (strstr (locked, "searched 3 times"));
  none = chappe_unreadable_dup_tried (MX_DECRYPTION_REPLAY, &attempts);
  g_assert_nonnull (strstr (none, "nothing to try"));
}

/* What opens the backup: on a verified device the code is missing, on others the verification. */
static void
test_backup_locked (void)
{
  ChappeUnreadableAct act = chappe_unreadable_act (MX_DECRYPTION_BACKUP_LOCKED);

  g_assert_cmpstr (chappe_unreadable_act_label (act, MX_OWN_IDENTITY_VERIFIED),
                   ==,
                   "_Enter the Code…");
  g_assert_cmpstr (chappe_unreadable_act_label (act, MX_OWN_IDENTITY_UNVERIFIED),
                   ==,
                   "_Verify This Device…");
}

static const char *
note_text (GtkWidget *note)
{
  return gtk_label_get_label (
    GTK_LABEL (gtk_widget_get_template_child (note, CHAPPE_TYPE_UNREADABLE_NOTE, "text")));
}

static void
test_grace (void)
{
  GtkWidget *note = g_object_ref_sink (chappe_unreadable_note_new ());
  gint64 now = g_get_real_time () / 1000;

  chappe_unreadable_note_show (CHAPPE_UNREADABLE_NOTE (note), MX_DECRYPTION_NO_KEY, now, "$a");
  g_assert_cmpstr (note_text (note), ==, "Decrypting…");
  /* What no key will change is said at once. */
  chappe_unreadable_note_show (CHAPPE_UNREADABLE_NOTE (note), MX_DECRYPTION_REPLAY, now, "$a");
  g_assert_cmpstr (note_text (note), ==, chappe_unreadable_short (MX_DECRYPTION_REPLAY));
  chappe_unreadable_note_show (CHAPPE_UNREADABLE_NOTE (note),
                               MX_DECRYPTION_NO_KEY,
                               now - CHAPPE_UNREADABLE_GRACE_MS,
                               "$a");
  g_assert_cmpstr (note_text (note), ==, chappe_unreadable_short (MX_DECRYPTION_NO_KEY));
  /* Just before the end of the time: by itself. */
  chappe_unreadable_note_show (CHAPPE_UNREADABLE_NOTE (note),
                               MX_DECRYPTION_NO_KEY,
                               g_get_real_time () / 1000 - CHAPPE_UNREADABLE_GRACE_MS + 200,
                               "$a");
  while (g_str_equal (note_text (note), "Decrypting…"))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (note_text (note), ==, chappe_unreadable_short (MX_DECRYPTION_NO_KEY));
  g_assert_finalize_object (note);
}

static void
test_shield (void)
{
  GtkWidget *mark = g_object_ref_sink (chappe_shield_mark_new ());

  chappe_shield_mark_show (CHAPPE_SHIELD_MARK (mark), MX_SHIELD_NONE, MX_SHIELD_REASON_NONE);
  g_assert_false (gtk_widget_get_visible (mark));
  for (int reason = MX_SHIELD_REASON_NOT_AUTHENTIC; reason <= MX_SHIELD_REASON_NOT_ENCRYPTED;
       reason++)
    {
      MxShield shield = reason == MX_SHIELD_REASON_NOT_AUTHENTIC ? MX_SHIELD_GREY : MX_SHIELD_RED;

      chappe_shield_mark_show (CHAPPE_SHIELD_MARK (mark), shield, reason);
      g_assert_true (gtk_widget_get_visible (mark));
      g_assert_cmpstr (gtk_widget_get_tooltip_text (mark), ==, chappe_shield_text (reason));
      g_assert_true (gtk_widget_has_css_class (mark, "error") == (shield == MX_SHIELD_RED));
      gtk_test_accessible_assert_role (mark, GTK_ACCESSIBLE_ROLE_IMG);
      gtk_test_accessible_assert_property (mark,
                                           GTK_ACCESSIBLE_PROPERTY_LABEL,
                                           chappe_shield_text (reason));
    }
  g_assert_finalize_object (mark);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  chappe_ui_init ();

  g_test_add_func ("/unreadable/E2E-082-words", test_words);
  g_test_add_func ("/unreadable/E2E-082-tried", test_tried);
  g_test_add_func ("/unreadable/E2E-082-backup-locked", test_backup_locked);
  g_test_add_func ("/unreadable/E2E-082-grace", test_grace);
  g_test_add_func ("/unreadable/E2E-156-shield", test_shield);

  return g_test_run ();
}
