/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-gap-row.h"

#include "chappe-error-text.h"

#include <glib/gi18n.h>

struct _ChappeGapRow
{
  AdwBin parent_instance;

  GtkWidget *spinner;
  GtkLabel *label;
  GtkWidget *retry_button;

  MxTimelineItem *item;
  MxTimeline *timeline;
  GSignalGroup *signals;
  GSignalGroup *timeline_signals;
  guint fill_id;
};

G_DEFINE_FINAL_TYPE (ChappeGapRow, chappe_gap_row, ADW_TYPE_BIN)

static gboolean
fill_cb (gpointer data)
{
  ChappeGapRow *self = data;

  self->fill_id = 0;
  if (self->item != NULL && mx_timeline_item_get_gap_state (self->item) == MX_GAP_IDLE)
    mx_timeline_fill_gap (self->timeline, self->item);

  return G_SOURCE_REMOVE;
}

/* Not from within a size allocation: what is inserted then would confuse the list. */
static void
fill_soon (ChappeGapRow *self)
{
  if (self->fill_id == 0 && self->item != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->fill_id = g_idle_add (fill_cb, self);
}

static void
update (ChappeGapRow *self)
{
  gboolean failed = mx_timeline_item_get_gap_state (self->item) == MX_GAP_FAILED;
  g_autofree char *reason =
    failed ? chappe_error_text (mx_timeline_item_get_error (self->item)) : NULL;

  gtk_widget_set_visible (self->spinner, !failed);
  gtk_widget_set_visible (self->retry_button, failed);
  gtk_label_set_text (self->label,
                      failed ? (reason != NULL ? reason : _ ("Some messages could not be loaded."))
                             : _ ("Loading messages…"));
  if (!failed)
    fill_soon (self);
}

static void
retry_clicked_cb (ChappeGapRow *self)
{
  mx_timeline_fill_gap (self->timeline, self->item);
}

static void
chappe_gap_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (chappe_gap_row_parent_class)->map (widget);
  fill_soon (CHAPPE_GAP_ROW (widget));
}

static void
chappe_gap_row_dispose (GObject *object)
{
  ChappeGapRow *self = CHAPPE_GAP_ROW (object);

  g_clear_handle_id (&self->fill_id, g_source_remove);
  g_clear_object (&self->signals);
  g_clear_object (&self->timeline_signals);
  g_clear_object (&self->item);
  g_clear_object (&self->timeline);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_GAP_ROW);

  G_OBJECT_CLASS (chappe_gap_row_parent_class)->dispose (object);
}

static void
chappe_gap_row_class_init (ChappeGapRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_gap_row_dispose;
  widget_class->map = chappe_gap_row_map;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-gap-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeGapRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, ChappeGapRow, label);
  gtk_widget_class_bind_template_child (widget_class, ChappeGapRow, retry_button);
  gtk_widget_class_bind_template_callback (widget_class, retry_clicked_cb);
}

static void
chappe_gap_row_init (ChappeGapRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->signals = g_signal_group_new (MX_TYPE_TIMELINE_ITEM);
  g_signal_group_connect_swapped (self->signals, "notify::gap-state", G_CALLBACK (update), self);
  /* One gap is filled at a time: what came into view meanwhile asks again. */
  self->timeline_signals = g_signal_group_new (MX_TYPE_TIMELINE);
  g_signal_group_connect_swapped (self->timeline_signals,
                                  "notify::loading-older",
                                  G_CALLBACK (fill_soon),
                                  self);
  g_signal_group_connect_swapped (self->timeline_signals,
                                  "notify::loading-newer",
                                  G_CALLBACK (fill_soon),
                                  self);
}

GtkWidget *
chappe_gap_row_new (void)
{
  return g_object_new (CHAPPE_TYPE_GAP_ROW, NULL);
}

void
chappe_gap_row_set_item (ChappeGapRow *self, MxTimelineItem *item, MxTimeline *timeline)
{
  g_return_if_fail (CHAPPE_IS_GAP_ROW (self));

  g_set_object (&self->timeline, timeline);
  g_signal_group_set_target (self->timeline_signals, timeline);
  if (!g_set_object (&self->item, item))
    return;

  g_signal_group_set_target (self->signals, item);
  if (item != NULL)
    update (self);
}
