/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* How far a file of ours is on its way. */
#include "config.h"

#include "chappe-upload-bar.h"

#include <glib/gi18n.h>

struct _ChappeUploadBar
{
  GtkBox parent_instance;

  GtkProgressBar *progress;
  GtkActionable *cancel_button;

  char *txn_id;
  GSignalGroup *room_signals;
};

G_DEFINE_FINAL_TYPE (ChappeUploadBar, chappe_upload_bar, GTK_TYPE_BOX)

static void
show (ChappeUploadBar *self, double fraction)
{
  gtk_widget_set_visible (GTK_WIDGET (self), fraction >= 0);
  gtk_progress_bar_set_fraction (self->progress, CLAMP (fraction, 0.0, 1.0));
}

static void
progress_cb (ChappeUploadBar *self, const char *txn_id, double fraction)
{
  if (g_strcmp0 (txn_id, self->txn_id) == 0)
    show (self, fraction);
}

static void
chappe_upload_bar_dispose (GObject *object)
{
  ChappeUploadBar *self = CHAPPE_UPLOAD_BAR (object);

  g_clear_object (&self->room_signals);
  g_clear_pointer (&self->txn_id, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_UPLOAD_BAR);

  G_OBJECT_CLASS (chappe_upload_bar_parent_class)->dispose (object);
}

static void
chappe_upload_bar_class_init (ChappeUploadBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_upload_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-upload-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeUploadBar, progress);
  gtk_widget_class_bind_template_child (widget_class, ChappeUploadBar, cancel_button);
}

static void
chappe_upload_bar_init (ChappeUploadBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->room_signals = g_signal_group_new (MX_TYPE_ROOM);
  g_signal_group_connect_swapped (self->room_signals,
                                  "upload-progress",
                                  G_CALLBACK (progress_cb),
                                  self);
}

GtkWidget *
chappe_upload_bar_new (void)
{
  return g_object_new (CHAPPE_TYPE_UPLOAD_BAR, NULL);
}

void
chappe_upload_bar_follow (ChappeUploadBar *self, MxRoom *room, const char *txn_id)
{
  g_return_if_fail (CHAPPE_IS_UPLOAD_BAR (self));

  g_set_str (&self->txn_id, txn_id);
  g_signal_group_set_target (self->room_signals, txn_id != NULL ? room : NULL);
  gtk_actionable_set_action_target (self->cancel_button, "s", txn_id != NULL ? txn_id : "");
  show (self, txn_id != NULL && room != NULL ? mx_room_get_upload_progress (room, txn_id) : -1);
}
