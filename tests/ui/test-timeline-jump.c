/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The conversation never moves under the reader: what is on the screen stays where it is, to the
 * pixel, while messages arrive, older pages come, messages grow or change; and the end stays in
 * view for who is at the end. Real widgets over a real store. */
#include "config.h"

#include "chappe-timeline-row.h"
#include "chappe-timeline-view.h"
#include "chappe-ui.h"
#include "local-server.h"
#include "session-fixture.h"

#include <math.h>

#define T0      G_GINT64_CONSTANT (1700000100000)
#define HISTORY 120

typedef struct
{
  SessionFixture session;
  MxRoom *room;
  GtkWindow *window;
  ChappeTimelineView *view;
  GtkAdjustment *adjustment;
  guint next;
} Fixture;

static void
wait_frames (Fixture *fixture, guint n)
{
  while (n-- > 0)
    gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
}

static void
append_events (Fixture *fixture, guint n, guint words)
{
  g_autoptr (GString) events = g_string_new (NULL);

  for (guint i = 0; i < n; i++, fixture->next++)
    {
      g_autofree char *id = g_strdup_printf ("$e%u", fixture->next);
      g_autoptr (GString) body = g_string_new (NULL);
      g_autofree char *event = NULL;

      for (guint word = 0; word < 1 + (words + fixture->next * 7) % 60; word++)
        g_string_append_printf (body, "mot%u ", word);
      event = session_fixture_message (id,
                                       fixture->next % 4 ? FIXTURE_OTHER : FIXTURE_USER,
                                       T0 + fixture->next * 60000,
                                       body->str,
                                       NULL);
      g_string_append_printf (events, "%s%s", events->len > 0 ? "," : "", event);
    }
  session_fixture_append (&fixture->session, events->str, NULL);
}

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxTimeline) timeline = NULL;

  memset (fixture, 0, sizeof *fixture);
  session_fixture_init (&fixture->session);
  fixture->room = session_fixture_make_room (&fixture->session);
  append_events (fixture, HISTORY, 3);
  /* The last word is ours: everything is read, so the view opens at the end. */
  while (fixture->next % 4 != 1)
    append_events (fixture, 1, 3);

  fixture->view = CHAPPE_TIMELINE_VIEW (chappe_timeline_view_new ());
  fixture->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (fixture->window, 700, 800);
  gtk_window_set_child (fixture->window, GTK_WIDGET (fixture->view));
  timeline = mx_timeline_new (fixture->room);
  chappe_timeline_view_set_timeline (fixture->view, timeline, NULL);
  gtk_window_present (fixture->window);
  wait_frames (fixture, 6);
  fixture->adjustment =
    gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (chappe_timeline_view_get_list (fixture->view)));
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  GtkWidget *view = g_object_ref (GTK_WIDGET (fixture->view));

  gtk_window_destroy (fixture->window);
  await_finalized (view);
  session_fixture_clear (&fixture->session);
}

static double
bottom_gap (Fixture *fixture)
{
  return gtk_adjustment_get_upper (fixture->adjustment) -
         gtk_adjustment_get_page_size (fixture->adjustment) -
         gtk_adjustment_get_value (fixture->adjustment);
}

/* The row widget of an item, NULL when it is not built. */
static GtkWidget *
find_row (GtkWidget *widget, MxTimelineItem *item)
{
  if (CHAPPE_IS_TIMELINE_ROW (widget))
    return chappe_timeline_row_get_item (CHAPPE_TIMELINE_ROW (widget)) == item &&
               gtk_widget_get_mapped (widget)
             ? widget
             : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *row = find_row (child, item);

      if (row != NULL)
        return row;
    }

  return NULL;
}

static double
y_of (Fixture *fixture, MxTimelineItem *item)
{
  GtkWidget *row = find_row (GTK_WIDGET (fixture->view), item);
  graphene_point_t point;

  if (row == NULL || !gtk_widget_compute_point (row,
                                                GTK_WIDGET (fixture->view),
                                                &GRAPHENE_POINT_INIT (0, 0),
                                                &point))
    return NAN;

  return point.y;
}

/* A message whose top is inside the view, well away from its edges. */
static MxTimelineItem *
reference_item (Fixture *fixture)
{
  GListModel *model = G_LIST_MODEL (chappe_timeline_view_get_timeline (fixture->view));
  double height = gtk_widget_get_height (GTK_WIDGET (fixture->view));

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (MxTimelineItem) item = g_list_model_get_item (model, i);
      double y = y_of (fixture, item);

      if (mx_timeline_item_get_kind (item) == MX_ITEM_MESSAGE && y > height * 0.3 &&
          y < height * 0.7)
        return g_steal_pointer (&item);
    }
  g_assert_not_reached ();
}

static void
scroll_by (Fixture *fixture, double pixels)
{
  gtk_adjustment_set_value (fixture->adjustment,
                            gtk_adjustment_get_value (fixture->adjustment) + pixels);
  wait_frames (fixture, 4);
}

#define assert_stays(fixture, item, before)                                                        \
  g_assert_cmpfloat_with_epsilon (y_of (fixture, item), before, 0.5)

static void
test_opens_at_end (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpfloat (gtk_adjustment_get_upper (fixture->adjustment),
                     >,
                     gtk_adjustment_get_page_size (fixture->adjustment));
  g_assert_cmpfloat_with_epsilon (bottom_gap (fixture), 0, 1);
}

static void
test_sticks_to_end (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 20; i++)
    {
      append_events (fixture, 1 + i % 3, i * 11);
      wait_frames (fixture, 2);
      g_assert_cmpfloat_with_epsilon (bottom_gap (fixture), 0, 1);
    }
}

/* Less than the footer's height lies below the edge: the last message is seen. */
static void
test_follows_from_the_last_message (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    {
      scroll_by (fixture, -12);
      g_assert_cmpfloat_with_epsilon (bottom_gap (fixture), 12, 1);
      append_events (fixture, 1 + i % 3, i * 11);
      wait_frames (fixture, 3);
      g_assert_cmpfloat_with_epsilon (bottom_gap (fixture), 0, 1);
    }
}

static void
test_arrivals_do_not_move (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxTimelineItem) item = NULL;
  double before;

  scroll_by (fixture, -900);
  item = reference_item (fixture);
  before = y_of (fixture, item);
  for (guint i = 0; i < 20; i++)
    {
      append_events (fixture, 1 + i % 3, i * 13);
      wait_frames (fixture, 2);
      assert_stays (fixture, item, before);
    }
}

static void
test_older_pages_do_not_move (Fixture *fixture, gconstpointer data)
{
  MxTimeline *timeline = chappe_timeline_view_get_timeline (fixture->view);
  g_autoptr (MxTimelineItem) item = NULL;
  double before;

  scroll_by (fixture, -500);
  item = reference_item (fixture);
  before = y_of (fixture, item);
  while (!mx_timeline_is_at_start (timeline))
    {
      mx_timeline_load_older (timeline);
      wait_frames (fixture, 2);
      assert_stays (fixture, item, before);
    }
}

static void
edit (Fixture *fixture, const char *event_id, guint words)
{
  g_autoptr (GString) body = g_string_new (NULL);
  g_autofree char *event = NULL;
  static guint serial;

  for (guint i = 0; i < words; i++)
    g_string_append_printf (body, "mot%u ", i);
  serial++;
  event = g_strdup_printf (
    "{\"event_id\":\"$edit%u\",\"type\":\"m.room.message\",\"sender\":\"" FIXTURE_OTHER
    "\",\"origin_server_ts\":%" G_GINT64_FORMAT
    ",\"content\":{\"msgtype\":\"m.text\",\"body\":\"* x\","
    "\"m.new_content\":{\"msgtype\":\"m.text\",\"body\":\"%s\"},"
    "\"m.relates_to\":{\"rel_type\":\"m.replace\",\"event_id\":\"%s\"}}}",
    serial,
    T0 + (gint64) 9000000 + serial,
    body->str,
    event_id);
  session_fixture_append (&fixture->session, event, NULL);
}

static void
test_growth_above_does_not_move (Fixture *fixture, gconstpointer data)
{
  GListModel *model = G_LIST_MODEL (chappe_timeline_view_get_timeline (fixture->view));
  g_autoptr (MxTimelineItem) item = NULL;
  double before;
  guint grown = 0;

  scroll_by (fixture, -300);
  item = reference_item (fixture);
  before = y_of (fixture, item);
  for (guint i = 0; i < g_list_model_get_n_items (model) && grown < 4; i++)
    {
      g_autoptr (MxTimelineItem) above = g_list_model_get_item (model, i);

      if (above == item)
        break;
      if (mx_timeline_item_get_kind (above) != MX_ITEM_MESSAGE || mx_timeline_item_is_own (above) ||
          y_of (fixture, above) > -300)
        continue;
      edit (fixture, mx_timeline_item_get_event_id (above), 150);
      wait_frames (fixture, 2);
      assert_stays (fixture, item, before);
      grown++;
    }
  g_assert_cmpuint (grown, >, 0);
}

static void
test_growth_at_end_sticks (Fixture *fixture, gconstpointer data)
{
  append_events (fixture, 3, 5);
  wait_frames (fixture, 2);
  for (guint i = 1; i <= 2; i++)
    {
      g_autofree char *id = g_strdup_printf ("$e%u", fixture->next - i);

      edit (fixture, id, 80 * i);
      wait_frames (fixture, 3);
      g_assert_cmpfloat_with_epsilon (bottom_gap (fixture), 0, 1);
    }
}

static void
test_room_switch (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (MxTimeline) timeline = mx_timeline_new (fixture->room);

      scroll_by (fixture, -400);
      chappe_timeline_view_set_timeline (fixture->view, timeline, NULL);
      wait_frames (fixture, 4);
      g_assert_cmpfloat_with_epsilon (bottom_gap (fixture), 0, 1);
    }
}

static void
test_scrolling_is_exact (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 25; i++)
    {
      g_autoptr (MxTimelineItem) item = reference_item (fixture);
      double before = y_of (fixture, item);

      gtk_adjustment_set_value (fixture->adjustment,
                                gtk_adjustment_get_value (fixture->adjustment) - 53);
      wait_frames (fixture, 1);
      assert_stays (fixture, item, before + 53);
    }
}

#define ADD(path, test)                                                                            \
  g_test_add ("/ui/timeline-jump/" path, Fixture, NULL, fixture_set_up, test, fixture_tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  dex_init ();
  adw_init ();
  chappe_ui_init ();
  ADD ("opens-at-end", test_opens_at_end);
  ADD ("sticks-to-end", test_sticks_to_end);
  ADD ("follows", test_follows_from_the_last_message);
  ADD ("arrivals", test_arrivals_do_not_move);
  ADD ("older-pages", test_older_pages_do_not_move);
  ADD ("growth-above", test_growth_above_does_not_move);
  ADD ("growth-at-end", test_growth_at_end_sticks);
  ADD ("room-switch", test_room_switch);
  ADD ("scrolling", test_scrolling_is_exact);

  return g_test_run ();
}
