/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Of a thousand conversations only those in sight are made, and those in sight always are. */
#include "config.h"

#include "chappe-room-model.h"
#include "chappe-room-row.h"
#include "chappe-room-slots.h"
#include "chappe-ui.h"
#include "local-server.h"
#include "room-fixture.h"

#include <adwaita.h>

#define ROOMS 1000

typedef struct
{
  ChappeRoomModel *model;
  GtkWindow *window;
  GtkListView *list;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GListStore) rooms = g_list_store_new (MX_TYPE_ROOM);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkSingleSelection *selection = NULL;

  for (unsigned i = 0; i < ROOMS; i++)
    {
      g_autofree char *name = g_strdup_printf ("Bureau %u", i);
      g_autoptr (MxRoom) room = room_fixture_new (name, 0);

      g_list_store_append (rooms, room);
    }
  fixture->model = chappe_room_model_new ();
  chappe_room_model_set_rooms (fixture->model, G_LIST_MODEL (rooms));

  fixture->list = GTK_LIST_VIEW (gtk_list_view_new (NULL, NULL));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (fixture->list));
  chappe_room_slots_attach (fixture->list);
  selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (fixture->model)));
  gtk_list_view_set_model (fixture->list, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);

  fixture->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (fixture->window, 300, 600);
  gtk_window_set_child (fixture->window, scroller);
  gtk_window_present (fixture->window);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (fixture->window);
  await_finalized (fixture->model);
}

/* The row that is made in this slot, NULL. */
static GtkWidget *
content_of (GtkWidget *row)
{
  return adw_bin_get_child (ADW_BIN (gtk_widget_get_first_child (row)));
}

/* Asserts that nothing in sight is empty; returns how many rows are made. */
static unsigned
count_made (Fixture *fixture)
{
  unsigned in_sight = 0;
  unsigned made = 0;

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (fixture->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      if (content_of (row) != NULL)
        made++;
      if (!gtk_widget_get_mapped (row))
        continue;
      in_sight++;
      g_assert_nonnull (content_of (row));
    }
  g_assert_cmpuint (in_sight, >=, 9);
  return made;
}

static void
test_first_frame (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (count_made (fixture), <, 30);
}

static void
test_scrolled (Fixture *fixture, gconstpointer data)
{
  static const unsigned positions[] = { ROOMS, 500, 480, 0 };

  for (unsigned i = 0; i < G_N_ELEMENTS (positions); i++)
    {
      gtk_list_view_scroll_to (fixture->list, positions[i], GTK_LIST_SCROLL_NONE, NULL);
      gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
      gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
      count_made (fixture);
    }
}

/* A screen reader reads further than the eye. */
static void
test_labels (Fixture *fixture, gconstpointer data)
{
  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (fixture->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkListItem *item = chappe_room_slots_get_item (row);

      g_assert_nonnull (item);
      g_assert_cmpstr (gtk_list_item_get_accessible_label (item), !=, "");
      if (MX_IS_ROOM (gtk_list_item_get_item (item)))
        g_assert_true (
          g_str_has_prefix (gtk_list_item_get_accessible_label (item),
                            mx_room_get_name (MX_ROOM (gtk_list_item_get_item (item)))));
    }
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  chappe_ui_init ();

  add ("/ui/room-slots/first-frame", test_first_frame);
  add ("/ui/room-slots/scrolled", test_scrolled);
  add ("/ui/room-slots/labels", test_labels);

  return g_test_run ();
}
