/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-repair-page.h. */
#include "config.h"

#include "chappe-repair-page.h"

#include <glib/gi18n.h>

struct _ChappeRepairPage
{
  AdwBin parent_instance;

  GtkProgressBar *progress;

  GSignalGroup *session_signals;
};

G_DEFINE_FINAL_TYPE (ChappeRepairPage, chappe_repair_page, ADW_TYPE_BIN)

static void
progress_cb (ChappeRepairPage *self, GParamSpec *pspec, MxSession *session)
{
  gtk_progress_bar_set_fraction (self->progress, mx_session_get_repair_progress (session));
}

static void
chappe_repair_page_dispose (GObject *object)
{
  ChappeRepairPage *self = CHAPPE_REPAIR_PAGE (object);

  g_clear_object (&self->session_signals);
  gtk_widget_dispose_template (GTK_WIDGET (object), CHAPPE_TYPE_REPAIR_PAGE);

  G_OBJECT_CLASS (chappe_repair_page_parent_class)->dispose (object);
}

static void
chappe_repair_page_class_init (ChappeRepairPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_repair_page_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-repair-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeRepairPage, progress);
}

static void
chappe_repair_page_init (ChappeRepairPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->session_signals = g_signal_group_new (MX_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals,
                                  "notify::repair-progress",
                                  G_CALLBACK (progress_cb),
                                  self);
}

void
chappe_repair_page_set_session (ChappeRepairPage *self, MxSession *session)
{
  g_signal_group_set_target (self->session_signals, session);
}

/* -- Afterwards */

char *
chappe_repair_text (const MxSessionRepair *repair)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (!repair->lost_own_words && !repair->lost_account && !repair->lost_keys && !repair->is_older)
    g_string_append (text, _ ("Nothing that you wrote was lost."));
  if (repair->lost_own_words)
    g_string_append (text, _ ("Some messages that were not sent yet, or drafts, were lost."));
  if (repair->is_older)
    g_string_append_printf (text,
                            "%s%s",
                            text->len > 0 ? " " : "",
                            _ ("The last changes before the damage may be missing."));
  if (repair->lost_account)
    g_string_append_printf (text,
                            "%s%s",
                            text->len > 0 ? " " : "",
                            _ ("Some settings of your account were lost."));
  if (repair->lost_keys)
    g_string_append_printf (text,
                            "%s%s",
                            text->len > 0 ? " " : "",
                            _ ("Some keys of secure messages were lost: those messages can be read "
                               "again with the backup of your messages."));
  if (repair->lost_history)
    g_string_append_printf (text,
                            " %s",
                            _ (
                              "Messages that are missing here are fetched from the server again."));
  g_string_append_printf (text, "\n\n%s ", _ ("The damaged file was kept for your support desk:"));
  g_string_append (text, repair->kept_file);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
response_cb (AdwAlertDialog *dialog, const char *response, MxSession *session)
{
  mx_session_acknowledge_repair (session);
}

void
chappe_repair_present (GtkWidget *parent, MxSession *session)
{
  const MxSessionRepair *repair = mx_session_get_repair (session);
  g_autofree char *text = repair != NULL ? chappe_repair_text (repair) : NULL;
  AdwAlertDialog *dialog = NULL;

  if (text == NULL)
    return;
  dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (_ ("Your Messages Were Repaired"), text));
  adw_alert_dialog_add_response (dialog, "close", _ ("_Close"));
  g_signal_connect_object (dialog,
                           "response",
                           G_CALLBACK (response_cb),
                           session,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (ADW_DIALOG (dialog), parent);
}
