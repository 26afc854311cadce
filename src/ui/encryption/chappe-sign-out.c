/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Before signing out. */
#include "config.h"

#include "chappe-sign-out.h"

#include "chappe-key-file-dialog.h"

#include "mx-device.h"
#include "mx-flow.h"

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
loss_text (ChappeLoss loss, ChappeOthers others)
{
  switch (loss)
    {
    case CHAPPE_LOSS_NONE:
      break;
    case CHAPPE_LOSS_UNKNOWN:
      return others == CHAPPE_OTHERS_SOME
               ? _ (
                   "It is not known at the moment whether your messages in secure rooms are saved. "
                   "If they are not, only your other devices can still read them.")
               : _ (
                   "It is not known at the moment whether your messages in secure rooms are saved. "
                   "If they are not, they are lost. Have your verification code at hand.");
    case CHAPPE_LOSS_PENDING:
      return others == CHAPPE_OTHERS_SOME
               ? _ ("The last messages in secure rooms are not saved yet. Wait a moment, or only "
                    "your other devices can still read them.")
               : _ (
                   "The last messages in secure rooms are not saved yet. Wait a moment, or they are "
                   "lost.");
    case CHAPPE_LOSS_NO_BACKUP:
      return others == CHAPPE_OTHERS_SOME
               ? _ (
                   "Your messages in secure rooms are not saved. Only your other devices can still "
                   "read them then. Set up the backup, or save your keys first.")
               : _ (
                   "Your messages in secure rooms are not saved: you lose them for good. Set up the "
                   "backup, or save your keys first.");
    case CHAPPE_LOSS_NO_CODE:
      return others == CHAPPE_OTHERS_SOME
               ? _ ("You have no verification code. Only your other devices can still open your "
                    "saved messages. Set up the code, or save your keys first.")
               : _ ("You have no verification code: nobody can open your saved messages any more. "
                    "Set up the code, or save your keys first.");
    }
  return _ ("Your messages are removed from this computer. Those on the server come back when you "
            "sign in again; messages that were not sent yet are lost.");
}

static const char *
others_text (ChappeLoss loss, ChappeOthers others)
{
  switch (others)
    {
    case CHAPPE_OTHERS_SOME:
      break;
    case CHAPPE_OTHERS_UNKNOWN:
      if (loss != CHAPPE_LOSS_NONE)
        return _ ("Whether you have another device could not be found out.");
      break;
    case CHAPPE_OTHERS_NONE:
      return loss == CHAPPE_LOSS_NONE
               ? _ (
                   "This is your last device: you need your verification code to read your messages "
                   "again. Have it at hand.")
               : _ ("This is your last device.");
    }
  return NULL;
}

char *
chappe_sign_out_text (ChappeLoss loss, ChappeOthers others)
{
  const char *of_others = others_text (loss, others);

  /* What weighs most comes first. */
  if (of_others == NULL)
    return g_strdup (loss_text (loss, others));
  return loss == CHAPPE_LOSS_NONE
           ? g_strdup_printf ("%s\n\n%s", loss_text (loss, others), of_others)
           : g_strdup_printf ("%s %s", of_others, loss_text (loss, others));
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

static ChappeOthers
find_others (MxEncryption *encryption, gboolean asked)
{
  g_autoptr (GListModel) devices = mx_encryption_list_devices (encryption, NULL);

  for (unsigned i = 0; i < g_list_model_get_n_items (devices); i++)
    {
      g_autoptr (MxDevice) device = g_list_model_get_item (devices, i);

      if (!mx_device_is_this (device) && mx_device_has_keys (device))
        return CHAPPE_OTHERS_SOME;
    }
  return asked ? CHAPPE_OTHERS_NONE : CHAPPE_OTHERS_UNKNOWN;
}

static ChappeLoss
find_loss (MxEncryption *encryption)
{
  return chappe_sign_out_loss (mx_encryption_get_backup_state (encryption),
                               mx_encryption_get_backup_pending (encryption),
                               mx_encryption_has_recovery (encryption));
}

/* The server told of the devices, or did not. */
static void
listed_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  MxEncryption *encryption = g_object_get_data (owner, "encryption");
  g_autofree char *text = chappe_sign_out_text ((ChappeLoss) GPOINTER_TO_INT (user_data),
                                                find_others (encryption, error == NULL));

  adw_alert_dialog_set_body (ADW_ALERT_DIALOG (owner), text);
}

void
chappe_sign_out_ask (ChappeWindow *window, GtkWidget *parent)
{
  MxSession *session = chappe_window_get_session (window);
  MxEncryption *encryption = session != NULL ? mx_session_get_encryption (session) : NULL;
  ChappeLoss loss = encryption != NULL ? find_loss (encryption) : CHAPPE_LOSS_NONE;
  g_autofree char *text = chappe_sign_out_text (loss,
                                                encryption != NULL ? find_others (encryption, FALSE)
                                                                   : CHAPPE_OTHERS_UNKNOWN);
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (adw_alert_dialog_new (_ ("Sign Out?"), text));

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
  if (encryption == NULL)
    return;
  g_object_set_data_full (G_OBJECT (alert),
                          "encryption",
                          g_object_ref (encryption),
                          g_object_unref);
  mx_watch (alert,
            mx_encryption_refresh_devices (encryption, NULL),
            listed_cb,
            GINT_TO_POINTER ((int) loss));
}
