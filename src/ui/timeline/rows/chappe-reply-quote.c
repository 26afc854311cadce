/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-reply-quote.h"

#include <glib/gi18n.h>

struct _ChappeReplyQuote
{
  GtkButton parent_instance;

  GtkLabel *sender;
  GtkLabel *text;
};

G_DEFINE_FINAL_TYPE (ChappeReplyQuote, chappe_reply_quote, GTK_TYPE_BUTTON)

static void
chappe_reply_quote_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CHAPPE_TYPE_REPLY_QUOTE);

  G_OBJECT_CLASS (chappe_reply_quote_parent_class)->dispose (object);
}

static void
chappe_reply_quote_class_init (ChappeReplyQuoteClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_reply_quote_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-reply-quote.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeReplyQuote, sender);
  gtk_widget_class_bind_template_child (widget_class, ChappeReplyQuote, text);
}

static void
chappe_reply_quote_init (ChappeReplyQuote *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
chappe_reply_quote_new (void)
{
  return g_object_new (CHAPPE_TYPE_REPLY_QUOTE, NULL);
}

void
chappe_reply_quote_set (ChappeReplyQuote *self, MxTimelineItem *item)
{
  MxTimelineItem *reply = mx_timeline_item_get_reply (item);
  const char *reply_id = mx_timeline_item_get_reply_id (item);
  g_autofree char *text = reply != NULL ? mx_timeline_item_dup_summary (reply) : NULL;
  g_autofree char *spoken = NULL;

  gtk_actionable_set_action_target (GTK_ACTIONABLE (self), "s", reply_id != NULL ? reply_id : "");
  gtk_label_set_text (self->sender,
                      reply != NULL ? mx_timeline_item_get_sender_name (reply) : _ ("In reply to"));
  gtk_label_set_text (self->text, text != NULL ? text : _ ("Earlier message"));
  spoken = g_strdup_printf (_ ("In reply to %s: %s"),
                            gtk_label_get_text (self->sender),
                            gtk_label_get_text (self->text));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}
