/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-timeline-row.h"

#include "chappe-gap-row.h"
#include "chappe-message-menu.h"
#include "chappe-message-row.h"
#include "chappe-quiet-row.h"

struct _ChappeTimelineRow
{
  AdwBin parent_instance;

  GtkWidget *message; /* owned: kept while another kind is shown */
  GtkWidget *quiet;
  GtkWidget *gap;
  MxTimelineItem *item;
};

G_DEFINE_FINAL_TYPE (ChappeTimelineRow, chappe_timeline_row, ADW_TYPE_BIN)

static GtkWidget *
take (GtkWidget **slot, GtkWidget *(*make) (void) )
{
  if (*slot == NULL)
    *slot = g_object_ref_sink (make ());

  return *slot;
}

static void
pressed_cb (ChappeTimelineRow *self, int n_press, double x, double y)
{
  if (self->item != NULL && mx_timeline_item_get_kind (self->item) == MX_ITEM_MESSAGE)
    chappe_message_menu_popup (GTK_WIDGET (self), self->item, x, y);
}

static void
menu_cb (GtkWidget *widget, const char *name, GVariant *target)
{
  pressed_cb (CHAPPE_TIMELINE_ROW (widget),
              1,
              gtk_widget_get_width (widget) / 2.0,
              gtk_widget_get_height (widget) / 2.0);
}

static void
chappe_timeline_row_dispose (GObject *object)
{
  ChappeTimelineRow *self = CHAPPE_TIMELINE_ROW (object);

  chappe_timeline_row_set_item (self, NULL, NULL);
  g_clear_object (&self->message);
  g_clear_object (&self->quiet);
  g_clear_object (&self->gap);

  G_OBJECT_CLASS (chappe_timeline_row_parent_class)->dispose (object);
}

static void
chappe_timeline_row_class_init (ChappeTimelineRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_timeline_row_dispose;
  gtk_widget_class_install_action (widget_class, "row.menu", NULL, menu_cb);
}

static void
chappe_timeline_row_init (ChappeTimelineRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect_swapped (press, "pressed", G_CALLBACK (menu_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (press));
}

GtkWidget *
chappe_timeline_row_new (void)
{
  return g_object_new (CHAPPE_TYPE_TIMELINE_ROW, NULL);
}

MxTimelineItem *
chappe_timeline_row_get_item (ChappeTimelineRow *self)
{
  return self->item;
}

void
chappe_timeline_row_set_item (ChappeTimelineRow *self, MxTimelineItem *item, MxTimeline *timeline)
{
  GtkWidget *child = NULL;

  g_set_object (&self->item, item);

  if (item == NULL)
    {
      if (self->message != NULL)
        chappe_message_row_set_item (CHAPPE_MESSAGE_ROW (self->message), NULL, NULL);
      if (self->quiet != NULL)
        chappe_quiet_row_set_item (CHAPPE_QUIET_ROW (self->quiet), NULL, NULL);
      if (self->gap != NULL)
        chappe_gap_row_set_item (CHAPPE_GAP_ROW (self->gap), NULL, NULL);
      return;
    }

  switch (mx_timeline_item_get_kind (item))
    {
    case MX_ITEM_MESSAGE:
      child = take (&self->message, chappe_message_row_new);
      chappe_message_row_set_item (CHAPPE_MESSAGE_ROW (child),
                                   item,
                                   mx_timeline_get_room (timeline));
      break;
    case MX_ITEM_GAP:
      child = take (&self->gap, chappe_gap_row_new);
      chappe_gap_row_set_item (CHAPPE_GAP_ROW (child), item, timeline);
      break;
    default:
      child = take (&self->quiet, chappe_quiet_row_new);
      chappe_quiet_row_set_item (CHAPPE_QUIET_ROW (child), item, mx_timeline_get_room (timeline));
    }

  if (adw_bin_get_child (ADW_BIN (self)) != child)
    adw_bin_set_child (ADW_BIN (self), child);
}
