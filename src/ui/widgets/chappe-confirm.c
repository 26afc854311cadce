/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-confirm.h. */
#include "config.h"

#include "chappe-confirm.h"

#include <glib/gi18n.h>

typedef struct
{
  ChappeConfirmFunc confirmed;
  gpointer data;
  GDestroyNotify data_free;
} Question;

static void
question_free (gpointer data, GClosure *closure)
{
  Question *question = data;

  if (question->data_free != NULL)
    question->data_free (question->data);
  g_free (question);
}

static void
response_cb (AdwAlertDialog *dialog, const char *response, gpointer user_data)
{
  Question *question = user_data;

  if (g_str_equal (response, "yes"))
    question->confirmed (question->data);
}

void
chappe_confirm (GtkWidget *parent,
                const char *heading,
                const char *body,
                const char *button,
                AdwResponseAppearance appearance,
                ChappeConfirmFunc confirmed,
                gpointer data,
                GDestroyNotify data_free)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, body));
  Question *question = g_new0 (Question, 1);

  question->confirmed = confirmed;
  question->data = data;
  question->data_free = data_free;
  adw_alert_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "yes", button, NULL);
  adw_alert_dialog_set_response_appearance (dialog, "yes", appearance);
  adw_alert_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_data (dialog,
                         "response",
                         G_CALLBACK (response_cb),
                         question,
                         question_free,
                         G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (dialog), parent);
}
