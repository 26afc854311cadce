/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-identity-withdraw.h. */
#include "config.h"

#include "chappe-identity-withdraw.h"

#include "chappe-error-text.h"

#include "mx-device.h"
#include "mx-flow.h"

#include <glib/gi18n.h>

typedef struct
{
  MxEncryption *encryption;
  char *user_id;
  GtkWidget *window; /* weak */
} Withdrawal;

static void
withdrawal_free (gpointer data, GClosure *closure)
{
  Withdrawal *withdrawal = data;

  g_clear_weak_pointer (&withdrawal->window);
  g_object_unref (withdrawal->encryption);
  g_free (withdrawal->user_id);
  g_free (withdrawal);
}

static void
accepted_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  g_autofree char *text = chappe_error_text (error);

  if (error != NULL)
    gtk_widget_activate_action (GTK_WIDGET (owner), "win.toast", "s", text);
}

static void
answered_cb (AdwAlertDialog *alert, const char *response, Withdrawal *withdrawal)
{
  if (g_str_equal (response, "withdraw") && withdrawal->window != NULL)
    mx_watch (withdrawal->window,
              mx_encryption_accept_identity (withdrawal->encryption, withdrawal->user_id),
              accepted_cb,
              NULL);
}

void
chappe_identity_withdraw_ask (GtkWidget *parent, MxEncryption *encryption, const char *user_id)
{
  AdwAlertDialog *alert = ADW_ALERT_DIALOG (
    adw_alert_dialog_new (_ ("Withdraw the Verification?"),
                          _ ("Messages can be sent again, and you will not be warned when the "
                             "identity changes once more. You can verify this person again at any "
                             "time.")));
  Withdrawal *withdrawal = g_new0 (Withdrawal, 1);

  withdrawal->encryption = g_object_ref (encryption);
  withdrawal->user_id = g_strdup (user_id);
  g_set_weak_pointer (&withdrawal->window, GTK_WIDGET (gtk_widget_get_root (parent)));
  adw_alert_dialog_add_responses (alert,
                                  "cancel",
                                  _ ("_Cancel"),
                                  "withdraw",
                                  _ ("_Withdraw"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (alert, "withdraw", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (alert, "cancel");
  adw_alert_dialog_set_close_response (alert, "cancel");
  g_signal_connect_data (alert,
                         "response",
                         G_CALLBACK (answered_cb),
                         withdrawal,
                         withdrawal_free,
                         G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (alert), parent);
}
