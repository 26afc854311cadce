/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-send-failure.h"

#include "chappe-error-text.h"

#include <glib/gi18n.h>

struct _ChappeSendFailure
{
  GtkBox parent_instance;

  GtkLabel *reason;
  GtkActionable *retry_button;
  GtkActionable *edit_button;
  GtkActionable *delete_button;
};

G_DEFINE_FINAL_TYPE (ChappeSendFailure, chappe_send_failure, GTK_TYPE_BOX)

static void
chappe_send_failure_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CHAPPE_TYPE_SEND_FAILURE);

  G_OBJECT_CLASS (chappe_send_failure_parent_class)->dispose (object);
}

static void
chappe_send_failure_class_init (ChappeSendFailureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_send_failure_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-send-failure.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeSendFailure, reason);
  gtk_widget_class_bind_template_child (widget_class, ChappeSendFailure, retry_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeSendFailure, edit_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeSendFailure, delete_button);
}

static void
chappe_send_failure_init (ChappeSendFailure *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
chappe_send_failure_new (void)
{
  return g_object_new (CHAPPE_TYPE_SEND_FAILURE, NULL);
}

void
chappe_send_failure_set (ChappeSendFailure *self, MxTimelineItem *item)
{
  GtkActionable *buttons[] = { self->retry_button, self->edit_button, self->delete_button };
  MxContent *content = mx_timeline_item_get_content (item);
  const char *txn_id = mx_timeline_item_get_txn_id (item);
  g_autofree char *text =
    chappe_error_text_for (mx_timeline_item_get_error (item), CHAPPE_TASK_SEND);

  gtk_label_set_text (self->reason, text != NULL ? text : _ ("The message was not sent."));
  gtk_widget_set_visible (GTK_WIDGET (self->edit_button),
                          content != NULL && mx_content_get_media (content) == NULL);
  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    gtk_actionable_set_action_target (buttons[i], "s", txn_id != NULL ? txn_id : "");
}
