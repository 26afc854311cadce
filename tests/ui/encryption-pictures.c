/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* encryption-pictures FOLDER: each page about encryption as a picture, wide and narrow, light and
 * dark, in the language of the environment. For people to look at. */
#include "config.h"

#include "chappe-auth-dialog.h"
#include "chappe-code-view.h"
#include "chappe-encryption-page.h"
#include "chappe-identity-dialog.h"
#include "chappe-key-file-dialog.h"
#include "chappe-notice-bar.h"
#include "chappe-session-row.h"
#include "chappe-shield-mark.h"
#include "chappe-shot.h"
#include "chappe-text-size.h"
#include "chappe-ui.h"
#include "chappe-unreadable-dialog.h"
#include "chappe-unreadable-note.h"
#include "chappe-wrap-button.h"

#include <glib/gi18n.h>
#include <locale.h>

#define CODE "EsTc 1WqP 9xKd 7Rtf hJ3m Vb2Z QyNn 4Ags LcUe 8pHw TdXk 5GrB"

static ChappeIdentityDialog *
identity (ChappeIdentityGoal goal)
{
  return chappe_identity_dialog_new (NULL, NULL, goal, FALSE);
}

static AdwDialog *
identity_page (const char *tag)
{
  ChappeIdentityDialog *dialog = identity (CHAPPE_IDENTITY_SET_UP);
  AdwNavigationView *view = ADW_NAVIGATION_VIEW (
    gtk_widget_get_template_child (GTK_WIDGET (dialog), CHAPPE_TYPE_IDENTITY_DIALOG, "navigation"));
  g_autoptr (MxSecret) code = mx_secret_new_text (CODE);

  chappe_code_view_set_code (CHAPPE_CODE_VIEW (
                               gtk_widget_get_template_child (GTK_WIDGET (dialog),
                                                              CHAPPE_TYPE_IDENTITY_DIALOG,
                                                              "code_view")),
                             code);
  adw_navigation_view_replace_with_tags (view, &tag, 1);

  return ADW_DIALOG (dialog);
}

static AdwDialog *
preferences (MxOwnIdentity state, MxBackupState backup, unsigned pending)
{
  AdwDialog *dialog = adw_preferences_dialog_new ();
  ChappeEncryptionPage *page = g_object_new (CHAPPE_TYPE_ENCRYPTION_PAGE, NULL);
  ChappeEncryptionFacts facts = {
    .identity = state,
    .backup = backup,
    .pending = pending,
    .total = 1234,
    .has_recovery = state != MX_OWN_IDENTITY_MISSING,
    .fingerprint = "7Q2d ZkRp X1bN 0fLs uVwY 9cEg HtMa 4jKx 6oTi BnUr 3yA",
  };

  chappe_encryption_page_show (page, &facts);
  chappe_encryption_page_set_keys_title (page, "Tchap");
  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (dialog), ADW_PREFERENCES_PAGE (page));

  return dialog;
}

static AdwDialog *
sessions (void)
{
  AdwDialog *dialog = adw_preferences_dialog_new ();
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *group = adw_preferences_group_new ();
  gint64 now = g_get_real_time () / 1000;
  const ChappeSessionFacts facts[] = {
    { "ABCDEFGHIJ", "Chappe on Linux", "abcd efgh", "192.0.2.1", now, MX_DEVICE_VERIFIED, TRUE, 0 },
    { "KLMNOPQRST",
      "Tchap Android",
      "ijkl mnop",
      "192.0.2.2",
      now - 9000000,
      MX_DEVICE_VERIFIED,
      0,
      0 },
    { "UVWXYZ",
      "Firefox",
      "qrst uvwx",
      "192.0.2.3",
      now - 99000000,
      MX_DEVICE_UNVERIFIED,
      0,
      TRUE },
    { "012345", "", NULL, NULL, 0, MX_DEVICE_UNVERIFIED, FALSE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    {
      GtkWidget *row = chappe_session_row_new ();

      chappe_session_row_show (CHAPPE_SESSION_ROW (row), &facts[i]);
      adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), i == 2);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
    }
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (dialog), ADW_PREFERENCES_PAGE (page));

  return dialog;
}

static AdwDialog *
key_file (gboolean import)
{
  ChappeKeyFileDialog *dialog = chappe_key_file_dialog_new (NULL, import);

  gtk_editable_set_text (GTK_EDITABLE (gtk_widget_get_template_child (GTK_WIDGET (dialog),
                                                                      CHAPPE_TYPE_KEY_FILE_DIALOG,
                                                                      "password")),
                         "Un mot de passe");

  return ADW_DIALOG (dialog);
}

static AdwDialog *
unreadable (MxDecryptionFailure failure)
{
  gint64 now = g_get_real_time () / 1000;
  const MxReadingAttempts attempts = {
    .identity = MX_OWN_IDENTITY_VERIFIED,
    .backup = failure == MX_DECRYPTION_BACKUP_LOCKED ? MX_BACKUP_LOCKED : MX_BACKUP_ON,
    .backup_asked = 2,
    .backup_asked_ms = now - 60000,
    .devices_asked_ms = now - 90000,
    .sender_healed_ms = now - 70000,
    .waiting_since_ms = now - 100000,
  };

  return ADW_DIALOG (chappe_unreadable_dialog_new_for (failure, &attempts));
}

static AdwDialog *
make (unsigned number)
{
  static const char *const tags[] = { "set-up",     "verify", "enter",   "change",
                                      "progress",   "code",   "confirm", "reset",
                                      "reset-sure", "done",   "failed" };

  if (number < G_N_ELEMENTS (tags))
    return identity_page (tags[number]);
  switch (number - G_N_ELEMENTS (tags))
    {
    case 0:
      return preferences (MX_OWN_IDENTITY_MISSING, MX_BACKUP_NONE, 0);
    case 1:
      return preferences (MX_OWN_IDENTITY_UNVERIFIED, MX_BACKUP_LOCKED, 0);
    case 2:
      return preferences (MX_OWN_IDENTITY_VERIFIED, MX_BACKUP_ON, 34);
    case 3:
      return preferences (MX_OWN_IDENTITY_VERIFIED, MX_BACKUP_LOCKED, 0);
    case 4:
      return sessions ();
    case 5:
      return key_file (FALSE);
    case 6:
      return key_file (TRUE);
    case 7:
      return unreadable (MX_DECRYPTION_NO_KEY);
    case 8:
      return unreadable (MX_DECRYPTION_BACKUP_LOCKED);
    default:
      return NULL;
    }
}

static void
settle (unsigned ms)
{
  gint64 end = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (5000);
}

static void
write_picture (GtkWindow *window,
               const char *folder,
               unsigned number,
               gboolean narrow,
               gboolean dark)
{
  g_autofree char *name =
    g_strdup_printf ("%02u-%s-%s.png", number, narrow ? "narrow" : "wide", dark ? "dark" : "light");
  g_autofree char *path = g_build_filename (folder, name, NULL);

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
  settle (400);
  if (!chappe_shot_write (window, path))
    g_printerr ("no picture %s\n", name);
}

/* Notices, and what lies beside messages. */
static GtkWidget *
small_things (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *bar = g_object_new (CHAPPE_TYPE_NOTICE_BAR, NULL);

  gtk_box_append (GTK_BOX (box), bar);
  chappe_notice_bar_show (CHAPPE_NOTICE_BAR (bar),
                          _ ("New Device"),
                          _ ("It was set up anew on another device. Enter the latest verification "
                             "code to go on using it here."),
                          _ ("It Was Me: _Verify…"),
                          _ ("_Sign It Out…"),
                          TRUE);
  for (int failure = MX_DECRYPTION_NO_KEY; failure <= MX_DECRYPTION_UNTRUSTED; failure++)
    {
      GtkWidget *note = chappe_unreadable_note_new ();

      chappe_unreadable_note_show (CHAPPE_UNREADABLE_NOTE (note), failure, 1, NULL);
      gtk_box_append (GTK_BOX (box), note);
    }
  for (int reason = MX_SHIELD_REASON_NOT_AUTHENTIC; reason <= MX_SHIELD_REASON_NOT_ENCRYPTED;
       reason++)
    {
      GtkWidget *mark = chappe_shield_mark_new ();

      chappe_shield_mark_show (CHAPPE_SHIELD_MARK (mark),
                               reason == MX_SHIELD_REASON_NOT_AUTHENTIC ? MX_SHIELD_GREY
                                                                        : MX_SHIELD_RED,
                               reason);
      gtk_box_append (GTK_BOX (box), mark);
    }

  return box;
}

int
main (int argc, char *argv[])
{
  gboolean both = argc > 2;
  GtkWidget *window = NULL;

  if (argc < 2)
    return 1;
  setlocale (LC_ALL, "");
  if (g_getenv ("LOCALEDIR") != NULL)
    bindtextdomain (GETTEXT_PACKAGE, g_getenv ("LOCALEDIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  gtk_init ();
  dex_init ();
  chappe_ui_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  if (g_getenv ("TEXT_SCALE") != NULL)
    g_object_set (gtk_settings_get_default (),
                  "gtk-xft-dpi",
                  (int) (96 * PANGO_SCALE * g_ascii_strtod (g_getenv ("TEXT_SCALE"), NULL)),
                  NULL);

  for (int narrow = 0; narrow < 2; narrow++)
    {
      window = adw_window_new ();
      adw_window_set_content (ADW_WINDOW (window), small_things ());
      gtk_window_set_default_size (GTK_WINDOW (window), narrow ? 360 : 900, 720);
      gtk_window_present (GTK_WINDOW (window));
      settle (500);
      write_picture (GTK_WINDOW (window), argv[1], 99, narrow, FALSE);
      for (unsigned number = 0;; number++)
        {
          AdwDialog *dialog = make (number);

          if (dialog == NULL)
            break;
          adw_dialog_present (dialog, window);
          chappe_text_size_fit_dialog (dialog);
          chappe_wrap_buttons_below (GTK_WIDGET (dialog));
          settle (500);
          write_picture (GTK_WINDOW (window), argv[1], number, narrow, FALSE);
          if (both)
            write_picture (GTK_WINDOW (window), argv[1], number, narrow, TRUE);
          adw_dialog_force_close (dialog);
          settle (300);
        }
      gtk_window_destroy (GTK_WINDOW (window));
    }

  return 0;
}
