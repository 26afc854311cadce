/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A notice with answers. */
#include "config.h"

#include "chappe-notice-bar.h"

struct _ChappeNoticeBar
{
  AdwBin parent_instance;

  GtkRevealer *revealer;
  GtkLabel *title;
  GtkLabel *text;
  GtkWidget *dismiss_button;
  GtkButton *first_button;
  GtkButton *second_button;
};

G_DEFINE_FINAL_TYPE (ChappeNoticeBar, chappe_notice_bar, ADW_TYPE_BIN)

typedef enum
{
  ANSWERED,
} ChappeNoticeBarSignal;

static unsigned signals[ANSWERED + 1];

static void
dismiss_cb (ChappeNoticeBar *self)
{
  g_signal_emit (self, signals[ANSWERED], 0, 0);
}

static void
first_cb (ChappeNoticeBar *self)
{
  g_signal_emit (self, signals[ANSWERED], 0, 1);
}

static void
second_cb (ChappeNoticeBar *self)
{
  g_signal_emit (self, signals[ANSWERED], 0, 2);
}

static void
chappe_notice_bar_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), CHAPPE_TYPE_NOTICE_BAR);

  G_OBJECT_CLASS (chappe_notice_bar_parent_class)->dispose (object);
}

static void
chappe_notice_bar_class_init (ChappeNoticeBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_notice_bar_dispose;

  signals[ANSWERED] = g_signal_new ("answered",
                                    G_TYPE_FROM_CLASS (klass),
                                    G_SIGNAL_RUN_LAST,
                                    0,
                                    NULL,
                                    NULL,
                                    NULL,
                                    G_TYPE_NONE,
                                    1,
                                    G_TYPE_INT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-notice-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeNoticeBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, ChappeNoticeBar, title);
  gtk_widget_class_bind_template_child (widget_class, ChappeNoticeBar, text);
  gtk_widget_class_bind_template_child (widget_class, ChappeNoticeBar, dismiss_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeNoticeBar, first_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeNoticeBar, second_button);
  gtk_widget_class_bind_template_callback (widget_class, dismiss_cb);
  gtk_widget_class_bind_template_callback (widget_class, first_cb);
  gtk_widget_class_bind_template_callback (widget_class, second_cb);
}

static void
chappe_notice_bar_init (ChappeNoticeBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  chappe_notice_bar_hide (self);
}

static void
set_button (GtkButton *button, const char *label)
{
  gtk_button_set_label (button, label != NULL ? label : "");
  gtk_widget_set_visible (GTK_WIDGET (button), label != NULL);
}

void
chappe_notice_bar_show (ChappeNoticeBar *self,
                        const char *title,
                        const char *text,
                        const char *button1,
                        const char *button2,
                        gboolean can_dismiss)
{
  g_autofree char *said = g_strdup_printf ("%s. %s", title, text);

  g_return_if_fail (CHAPPE_IS_NOTICE_BAR (self));

  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->text, text);
  set_button (self->first_button, button1);
  set_button (self->second_button, button2);
  gtk_widget_set_visible (self->dismiss_button, can_dismiss);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), said, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH);
}

void
chappe_notice_bar_hide (ChappeNoticeBar *self)
{
  g_return_if_fail (CHAPPE_IS_NOTICE_BAR (self));

  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

gboolean
chappe_notice_bar_is_shown (ChappeNoticeBar *self)
{
  return gtk_revealer_get_reveal_child (self->revealer);
}
