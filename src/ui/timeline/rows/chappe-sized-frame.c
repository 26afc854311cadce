/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-sized-frame.h"

#define MIN_WIDTH 48

struct _ChappeSizedFrame
{
  GtkWidget parent_instance;

  int width;
  int height;
  int room; /* px that the width was cut to when it was given less than it wants */
  unsigned resize_id;
};

/* What the last frame found out, for those that come. */
static int usual_room = G_MAXINT;

static void chappe_sized_frame_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ChappeSizedFrame,
                               chappe_sized_frame,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                      chappe_sized_frame_buildable_init))

static GtkBuildableIface *parent_buildable;

static void
chappe_sized_frame_add_child (GtkBuildable *buildable,
                              GtkBuilder *builder,
                              GObject *child,
                              const char *type)
{
  if (GTK_IS_WIDGET (child))
    gtk_widget_set_parent (GTK_WIDGET (child), GTK_WIDGET (buildable));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
chappe_sized_frame_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = chappe_sized_frame_add_child;
}

static GtkSizeRequestMode
chappe_sized_frame_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
chappe_sized_frame_measure (GtkWidget *widget,
                            GtkOrientation orientation,
                            int for_size,
                            int *minimum,
                            int *natural,
                            int *minimum_baseline,
                            int *natural_baseline)
{
  ChappeSizedFrame *self = CHAPPE_SIZED_FRAME (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = MIN (MIN_WIDTH, self->width);
      *natural = self->width;
    }
  else
    {
      /* GTK has wider mean lower: a height that grew with the width would confuse the list. So it
       * is the height for the width that was there last. */
      *minimum = *natural = self->room < self->width
                              ? MAX (1, (int) ((gint64) self->height * self->room / self->width))
                              : self->height;
    }
}

static gboolean
resize_cb (gpointer data)
{
  ChappeSizedFrame *self = data;

  self->resize_id = 0;
  gtk_widget_queue_resize (GTK_WIDGET (self));

  return G_SOURCE_REMOVE;
}

static void
take_room (ChappeSizedFrame *self, int width)
{
  int room = width < self->width ? width : MAX (self->room, width);

  if (MIN (room, self->width) != MIN (self->room, self->width) && self->resize_id == 0)
    self->resize_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, resize_cb, self, NULL);
  self->room = usual_room = room;
}

static void
chappe_sized_frame_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  take_room (CHAPPE_SIZED_FRAME (widget), width);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_allocate (child, width, height, baseline, NULL);
}

static void
chappe_sized_frame_dispose (GObject *object)
{
  GtkWidget *child;

  g_clear_handle_id (&CHAPPE_SIZED_FRAME (object)->resize_id, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (chappe_sized_frame_parent_class)->dispose (object);
}

static void
chappe_sized_frame_class_init (ChappeSizedFrameClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_sized_frame_dispose;
  widget_class->get_request_mode = chappe_sized_frame_get_request_mode;
  widget_class->measure = chappe_sized_frame_measure;
  widget_class->size_allocate = chappe_sized_frame_size_allocate;
}

static void
chappe_sized_frame_init (ChappeSizedFrame *self)
{
  self->width = MIN_WIDTH;
  self->height = MIN_WIDTH;
  self->room = usual_room;
}

void
chappe_sized_frame_set_size (ChappeSizedFrame *self, int width, int height)
{
  g_return_if_fail (CHAPPE_IS_SIZED_FRAME (self));
  g_return_if_fail (width > 0 && height > 0);

  self->width = width;
  self->height = height;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}
