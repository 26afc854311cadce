/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-room-slots.h"

#include "chappe-room-row.h"
#include "chappe-section-row.h"

#include <adwaita.h>

#define ITEM_KEY "list-item"

#define CHAPPE_TYPE_ROOM_SLOTS (chappe_room_slots_get_type ())
G_DECLARE_FINAL_TYPE (ChappeRoomSlots, chappe_room_slots, CHAPPE, ROOM_SLOTS, GObject)

struct _ChappeRoomSlots
{
  GObject parent_instance;

  GtkListView *list;   /* not owned: owns us */
  GPtrArray *unfilled; /* GtkListItem, not owned: bound, without content */
};

G_DEFINE_FINAL_TYPE (ChappeRoomSlots, chappe_room_slots, G_TYPE_OBJECT)

static void
setup_cb (ChappeRoomSlots *self, GtkListItem *item)
{
  GtkWidget *slot = adw_bin_new ();

  g_object_set_data (G_OBJECT (slot), ITEM_KEY, item);
  gtk_list_item_set_child (item, slot);
}

/* The slot keeps one content at a time: a recycled row mostly shows the same kind again. */
static GtkWidget *
content_of_type (GtkListItem *item, GType type)
{
  AdwBin *slot = ADW_BIN (gtk_list_item_get_child (item));
  GtkWidget *content = adw_bin_get_child (slot);

  if (content == NULL || !G_TYPE_CHECK_INSTANCE_TYPE (content, type))
    {
      content = g_object_new (type, NULL);
      adw_bin_set_child (slot, content);
      g_object_bind_property (content,
                              "accessible-text",
                              item,
                              "accessible-label",
                              G_BINDING_SYNC_CREATE);
    }
  return content;
}

static void
fill (GtkListItem *item)
{
  gpointer object = gtk_list_item_get_item (item);

  if (MX_IS_ROOM (object))
    chappe_room_row_set_room (CHAPPE_ROOM_ROW (content_of_type (item, CHAPPE_TYPE_ROOM_ROW)),
                              object);
  else
    chappe_section_row_set_section (CHAPPE_SECTION_ROW (
                                      content_of_type (item, CHAPPE_TYPE_SECTION_ROW)),
                                    object);
}

/* GTK gives a place to the rows in sight only. This comes after its own layout of the frame; what
 * is filled here is laid out again before it is drawn. */
static void
layout_cb (ChappeRoomSlots *self)
{
  for (unsigned i = self->unfilled->len; i > 0; i--)
    {
      GtkListItem *item = self->unfilled->pdata[i - 1];
      GtkWidget *slot = gtk_list_item_get_child (item);

      if (gtk_widget_get_mapped (slot) && gtk_widget_get_height (slot) > 0)
        {
          g_ptr_array_remove_index_fast (self->unfilled, i - 1);
          fill (item);
        }
    }
}

static void
realize_cb (ChappeRoomSlots *self)
{
  g_signal_connect_object (gtk_widget_get_frame_clock (GTK_WIDGET (self->list)),
                           "layout",
                           G_CALLBACK (layout_cb),
                           self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}

static void
unrealize_cb (ChappeRoomSlots *self)
{
  g_signal_handlers_disconnect_by_func (gtk_widget_get_frame_clock (GTK_WIDGET (self->list)),
                                        layout_cb,
                                        self);
}

static void
bind_cb (ChappeRoomSlots *self, GtkListItem *item)
{
  gpointer object = gtk_list_item_get_item (item);
  gboolean is_room = MX_IS_ROOM (object);
  GtkWidget *slot = gtk_list_item_get_child (item);
  g_autofree char *text = NULL;

  gtk_list_item_set_selectable (item, is_room);
  gtk_widget_set_css_classes (slot,
                              (const char *[]) { is_room ? "room-slot" : "section-slot", NULL });
  if (!is_room || adw_bin_get_child (ADW_BIN (slot)) != NULL)
    {
      fill (item);
      return;
    }
  /* Assistive technology reads the whole list. */
  text = chappe_room_row_dup_accessible_text (object);
  gtk_list_item_set_accessible_label (item, text);
  g_ptr_array_add (self->unfilled, item);
}

static void
unbind_cb (ChappeRoomSlots *self, GtkListItem *item)
{
  GtkWidget *content = adw_bin_get_child (ADW_BIN (gtk_list_item_get_child (item)));

  g_ptr_array_remove_fast (self->unfilled, item);
  if (CHAPPE_IS_ROOM_ROW (content))
    chappe_room_row_set_room (CHAPPE_ROOM_ROW (content), NULL);
  else if (CHAPPE_IS_SECTION_ROW (content))
    chappe_section_row_set_section (CHAPPE_SECTION_ROW (content), NULL);
}

static void
chappe_room_slots_finalize (GObject *object)
{
  g_ptr_array_unref (CHAPPE_ROOM_SLOTS (object)->unfilled);

  G_OBJECT_CLASS (chappe_room_slots_parent_class)->finalize (object);
}

static void
chappe_room_slots_class_init (ChappeRoomSlotsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = chappe_room_slots_finalize;
}

static void
chappe_room_slots_init (ChappeRoomSlots *self)
{
  self->unfilled = g_ptr_array_new ();
}

void
chappe_room_slots_attach (GtkListView *list)
{
  ChappeRoomSlots *self = g_object_new (CHAPPE_TYPE_ROOM_SLOTS, NULL);
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_return_if_fail (GTK_IS_LIST_VIEW (list));

  self->list = list;
  g_object_set_data_full (G_OBJECT (list), "chappe-room-slots", self, g_object_unref);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (list, factory);

  g_signal_connect_object (list, "realize", G_CALLBACK (realize_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (list, "unrealize", G_CALLBACK (unrealize_cb), self, G_CONNECT_SWAPPED);
}

GtkListItem *
chappe_room_slots_get_item (GtkWidget *widget)
{
  GtkListItem *item = g_object_get_data (G_OBJECT (widget), ITEM_KEY);
  GtkWidget *slot = gtk_widget_get_first_child (widget);

  if (item == NULL && slot != NULL)
    item = g_object_get_data (G_OBJECT (slot), ITEM_KEY);
  return item;
}
