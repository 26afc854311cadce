/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Why a message cannot be read. */
#include "config.h"

#include "chappe-unreadable-dialog.h"

#include "chappe-error-text.h"
#include "chappe-time-text.h"
#include "chappe-unreadable-text.h"

#include "mx-flow.h"

#include <glib/gi18n.h>

struct _ChappeUnreadableDialog
{
  AdwDialog parent_instance;

  AdwActionRow *why_row;
  AdwActionRow *who_row;
  AdwActionRow *since_row;
  AdwActionRow *tried_row;
  GtkLabel *outcome;
  GtkButton *act_button;
  GtkWidget *help_button;

  MxTimelineItem *item;
  ChappeUnreadableAct act;
};

G_DEFINE_FINAL_TYPE (ChappeUnreadableDialog, chappe_unreadable_dialog, ADW_TYPE_DIALOG)

static void
say (ChappeUnreadableDialog *self, const char *text)
{
  gtk_label_set_label (self->outcome, text);
  gtk_widget_set_visible (GTK_WIDGET (self->outcome), TRUE);
  gtk_accessible_announce (GTK_ACCESSIBLE (self),
                           text,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
show (ChappeUnreadableDialog *self, MxDecryptionFailure failure, const MxReadingAttempts *attempts)
{
  g_autofree char *time = chappe_time_text_full (attempts->waiting_since_ms);
  g_autofree char *tried = chappe_unreadable_dup_tried (failure, attempts);

  self->act = chappe_unreadable_act (failure);
  adw_action_row_set_subtitle (self->why_row, chappe_unreadable_why (failure));
  adw_action_row_set_subtitle (self->who_row, chappe_unreadable_who (failure));
  adw_action_row_set_subtitle (self->since_row, time);
  gtk_widget_set_visible (GTK_WIDGET (self->since_row), *time != '\0');
  adw_action_row_set_subtitle (self->tried_row, tried);
  gtk_button_set_label (self->act_button,
                        chappe_unreadable_act_label (self->act, attempts->identity));
  gtk_widget_set_visible (self->help_button, self->act != CHAPPE_UNREADABLE_HELP);
}

static void
show_item (ChappeUnreadableDialog *self)
{
  MxReadingAttempts attempts;

  mx_timeline_item_get_attempts (self->item, &attempts);
  show (self, mx_timeline_item_get_failure (self->item), &attempts);
}

static void
failure_cb (ChappeUnreadableDialog *self)
{
  if (mx_timeline_item_get_failure (self->item) == MX_DECRYPTION_OK)
    adw_dialog_force_close (ADW_DIALOG (self));
  else
    show_item (self);
}

static void
tried_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeUnreadableDialog *self = CHAPPE_UNREADABLE_DIALOG (owner);
  g_autofree char *text = chappe_error_text (error);

  gtk_widget_set_sensitive (GTK_WIDGET (self->act_button), TRUE);
  show_item (self);
  if (error != NULL)
    say (self, text);
  else if (g_value_get_boolean (value))
    adw_dialog_force_close (ADW_DIALOG (self));
  else
    say (self, _ ("The key was not found. It is looked for again by itself when one arrives."));
}

static void
try_again (ChappeUnreadableDialog *self)
{
  if (self->item == NULL)
    return;
  gtk_widget_set_sensitive (GTK_WIDGET (self->act_button), FALSE);
  say (self, _ ("Looking for the key…"));
  mx_watch (self, mx_timeline_item_read_again (self->item), tried_cb, NULL);
}

static void
act_cb (ChappeUnreadableDialog *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  switch (self->act)
    {
    case CHAPPE_UNREADABLE_RETRY:
      try_again (self);
      return;
    case CHAPPE_UNREADABLE_ENTER_CODE:
    case CHAPPE_UNREADABLE_VERIFY:
      gtk_widget_activate_action (widget, "win.identity", "s", "verify");
      break;
    case CHAPPE_UNREADABLE_ASK_SENDER:
      gtk_widget_activate_action (widget,
                                  "win.ask-for-message",
                                  "s",
                                  self->item != NULL ? mx_timeline_item_get_sender_name (self->item)
                                                     : "");
      break;
    case CHAPPE_UNREADABLE_HELP:
      gtk_widget_activate_action (widget, "app.help", NULL);
      break;
    }
  adw_dialog_close (ADW_DIALOG (self));
}

static void
chappe_unreadable_dialog_dispose (GObject *object)
{
  ChappeUnreadableDialog *self = CHAPPE_UNREADABLE_DIALOG (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_UNREADABLE_DIALOG);
  g_clear_object (&self->item);

  G_OBJECT_CLASS (chappe_unreadable_dialog_parent_class)->dispose (object);
}

#define CHILD(name)                                                                                \
  gtk_widget_class_bind_template_child (widget_class, ChappeUnreadableDialog, name)

static void
chappe_unreadable_dialog_class_init (ChappeUnreadableDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_unreadable_dialog_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-unreadable-dialog.ui");
  CHILD (why_row);
  CHILD (who_row);
  CHILD (since_row);
  CHILD (tried_row);
  CHILD (outcome);
  CHILD (act_button);
  CHILD (help_button);
  gtk_widget_class_bind_template_callback (widget_class, act_cb);
}

static void
chappe_unreadable_dialog_init (ChappeUnreadableDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_dialog_set_focus (ADW_DIALOG (self), GTK_WIDGET (self->act_button));
}

ChappeUnreadableDialog *
chappe_unreadable_dialog_new (MxTimelineItem *item)
{
  ChappeUnreadableDialog *self = g_object_new (CHAPPE_TYPE_UNREADABLE_DIALOG, NULL);

  self->item = g_object_ref (item);
  g_signal_connect_object (item,
                           "notify::failure",
                           G_CALLBACK (failure_cb),
                           self,
                           G_CONNECT_SWAPPED);
  show_item (self);

  return self;
}

ChappeUnreadableDialog *
chappe_unreadable_dialog_new_for (MxDecryptionFailure failure, const MxReadingAttempts *attempts)
{
  ChappeUnreadableDialog *self = g_object_new (CHAPPE_TYPE_UNREADABLE_DIALOG, NULL);

  show (self, failure, attempts);

  return self;
}
