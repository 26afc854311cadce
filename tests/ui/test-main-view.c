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

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  chappe_ui_init ();

  g_test_add_func ("/main-view/notice-follows", test_notice_follows);

  return g_test_run ();
}
