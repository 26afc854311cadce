/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Before signing out. */
#include "config.h"

#include "chappe-sign-out.h"

#include "chappe-key-file-dialog.h"

#include <glib/gi18n.h>

ChappeLoss
chappe_sign_out_loss (MxBackupState backup, unsigned pending, gboolean has_recovery)
{
  switch (backup)
    {
    case MX_BACKUP_ON:
      if (!has_recovery)
        return CHAPPE_LOSS_NO_CODE;
      return pending > 0 ? CHAPPE_LOSS_PENDING : CHAPPE_LOSS_NONE;
    case MX_BACKUP_NONE:
    case MX_BACKUP_DISABLED:
    case MX_BACKUP_LOCKED: /* what this device has is in no backup */
      return CHAPPE_LOSS_NO_BACKUP;
    case MX_BACKUP_UNKNOWN:
    default:
      return CHAPPE_LOSS_UNKNOWN;
    }
}

static const char *
loss_text (ChappeLoss loss)
{
  switch (loss)
    {
    case CHAPPE_LOSS_NONE:
      break;
    case CHAPPE_LOSS_UNKNOWN:
      return _ ("It is not known at the moment whether your messages in secure rooms are saved. If "
                "they are not, and you have no other device, they are lost. Have your verification "
                "code at hand.");
    case CHAPPE_LOSS_PENDING:
      return _ ("The last messages in secure rooms are not saved yet. Wait a moment, or they are "
                "lost when you have no other device.");
    case CHAPPE_LOSS_NO_BACKUP:
      return _ (
        "Your messages in secure rooms are not saved. If you have no other device, you lose "
        "them for good. Set up the backup, or save your keys first.");
    case CHAPPE_LOSS_NO_CODE:
      return _ ("You have no verification code. If this is your last device, nobody can open your "
                "saved messages any more. Set up the code, or save your keys first.");
    }
  return _ ("Your messages are removed from this computer. Those on the server come back when you "
            "sign in again; messages that were not sent yet are lost.");
}

static void
answered_cb (AdwAlertDialog *alert, const char *response, ChappeWindow *window)
{
  MxSession *session = chappe_window_get_session (window);
  MxEncryption *encryption = session != NULL ? mx_session_get_encryption (session) : NULL;

  if (g_str_equal (response, "sign-out"))
    chappe_window_sign_out (window);
  else if (g_str_equal (response, "back-up"))
    gtk_widget_activate_action (GTK_WIDGET (window), "win.identity", "s", "any");
  else if (g_str_equal (response, "export") && encryption != NULL)
    chappe_key_file_dialog_present (GTK_WIDGET (window), encryption, FALSE);
}

void
chappe_sign_out_ask (ChappeWindow *window, GtkWidget *parent)
{
  MxSession *session = chappe_window_get_session (window);
  MxEncryption *encryption = session != NULL ? mx_session_get_encryption (session) : NULL;
  ChappeLoss loss = CHAPPE_LOSS_NONE;
  AdwAlertDialog *alert = NULL;

  if (encryption != NULL)
    loss = chappe_sign_out_loss (mx_encryption_get_backup_state (encryption),
                                 mx_encryption_get_backup_pending (encryption),
                                 mx_encryption_has_recovery (encryption));
  alert = ADW_ALERT_DIALOG (adw_alert_dialog_new (_ ("Sign Out?"), loss_text (loss)));
  adw_alert_dialog_add_response (alert, "cancel", _ ("_Cancel"));
  if (loss == CHAPPE_LOSS_NO_BACKUP || loss == CHAPPE_LOSS_NO_CODE)
    {
      adw_alert_dialog_add_response (alert, "back-up", _ ("Set _Up the Backup…"));
      adw_alert_dialog_add_response (alert, "export", _ ("Save My _Keys…"));
    }
  adw_alert_dialog_add_response (alert,
                                 "sign-out",
                                 loss == CHAPPE_LOSS_NONE ? _ ("_Sign Out")
                                                          : _ ("_Sign Out Anyway"));
  adw_alert_dialog_set_response_appearance (alert, "sign-out", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (alert, "cancel");
  adw_alert_dialog_set_close_response (alert, "cancel");
  g_signal_connect_object (alert, "response", G_CALLBACK (answered_cb), window, G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (alert), parent);
}
