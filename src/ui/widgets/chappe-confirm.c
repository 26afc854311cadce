/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-confirm.h. */
#include "config.h"

#include "chappe-confirm.h"

#include <glib/gi18n.h>

static void
response_cb (AdwAlertDialog *dialog, const char *response, gpointer object)
{
  ChappeConfirmFunc confirmed = g_object_get_data (G_OBJECT (dialog), "confirmed");

  if (g_str_equal (response, "yes"))
    confirmed (object);
}

void
chappe_confirm (GtkWidget *parent,
                const char *heading,
                const char *body,
                const char *button,
                AdwResponseAppearance appearance,
                ChappeConfirmFunc confirmed,
                gpointer object)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, body));

  adw_alert_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "yes", button, NULL);
  adw_alert_dialog_set_response_appearance (dialog, "yes", appearance);
  g_object_set_data (G_OBJECT (dialog), "confirmed", confirmed);
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), object, G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (dialog), parent);
}
