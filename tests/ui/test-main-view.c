/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* How the parts of the window fold. */
#include "config.h"

#include "chappe-main-view.h"
#include "chappe-ui.h"

static gpointer
child (ChappeMainView *view, const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (view), CHAPPE_TYPE_MAIN_VIEW, name);
}

/* What has to be answered is seen, whichever half of a narrow window is shown. */
static void
test_notice_follows (void)
{
  ChappeMainView *view = g_object_ref_sink (g_object_new (CHAPPE_TYPE_MAIN_VIEW, NULL));
  GtkWidget *notice = GTK_WIDGET (chappe_main_view_get_notice_bar (view));
  AdwNavigationSplitView *split = child (view, "split");

  g_assert_true (gtk_widget_get_parent (notice) == child (view, "list_slot"));
  adw_navigation_split_view_set_collapsed (split, TRUE);
  g_assert_true (gtk_widget_get_parent (notice) == child (view, "list_slot"));
  adw_navigation_split_view_set_show_content (split, TRUE);
  g_assert_true (gtk_widget_get_parent (notice) == child (view, "content_slot"));
  chappe_main_view_show_list (view);
  g_assert_true (gtk_widget_get_parent (notice) == child (view, "list_slot"));
  adw_navigation_split_view_set_show_content (split, TRUE);
  adw_navigation_split_view_set_collapsed (split, FALSE);
  g_assert_true (gtk_widget_get_parent (notice) == child (view, "list_slot"));
  g_assert_finalize_object (view);
}

/* A narrow window stays narrow, also where the text is twice as large. */
static void
test_large_text (void)
{
  GtkSettings *settings = gtk_settings_get_default ();
  ChappeMainView *view = NULL;
  AdwOverlaySplitView *split = NULL;
  GtkWidget *window = NULL;
  int minimum = 0;

  g_object_set (settings, "gtk-xft-dpi", 2 * 96 * PANGO_SCALE, NULL);
  view = g_object_new (CHAPPE_TYPE_MAIN_VIEW, NULL);
  split = child (view, "info_split");
  window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (view));
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 720);
  gtk_window_present (GTK_WINDOW (window));
  while (!adw_overlay_split_view_get_collapsed (split) || gtk_widget_get_width (window) == 0)
    g_main_context_iteration (NULL, TRUE);

  gtk_widget_measure (
    GTK_WIDGET (split), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  gtk_window_destroy (GTK_WINDOW (window));
  gtk_settings_reset_property (settings, "gtk-xft-dpi");
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  chappe_ui_init ();

  g_test_add_func ("/main-view/notice-follows", test_notice_follows);
  g_test_add_func ("/main-view/large-text", test_large_text);

  return g_test_run ();
}
