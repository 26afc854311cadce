/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Labels that take a second line. */
#include "config.h"

#include "chappe-ui.h"
#include "chappe-wrap-button.h"

#include <adwaita.h>

#define LONG "Prendre connaissance de toutes les conversations"

static void
measure (GtkWidget *widget, int *minimum, int *natural)
{
  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, minimum, natural, NULL, NULL);
}

static int
height_for (GtkWidget *widget, int width)
{
  int height = 0;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, width, &height, NULL, NULL, NULL);
  return height;
}

/* One line where there is room, more where there is not, and all of it in sight. */
static void
test_button (void)
{
  GtkWidget *wrapping =
    g_object_ref_sink (g_object_new (CHAPPE_TYPE_WRAP_BUTTON, "label", LONG, NULL));
  GtkWidget *plain = g_object_ref_sink (gtk_button_new_with_label (LONG));
  int minimum = 0;
  int natural = 0;
  int line = 0;

  measure (plain, NULL, &line);
  measure (wrapping, &minimum, &natural);
  g_assert_cmpint (natural, ==, line);
  g_assert_cmpint (minimum, <, line / 2);
  g_assert_cmpint (height_for (wrapping, line / 2), >, height_for (wrapping, line));

  g_assert_finalize_object (wrapping);
  g_assert_finalize_object (plain);
}

/* The label may be told later, and told anew. */
static void
test_label_later (void)
{
  GtkWidget *button = g_object_ref_sink (g_object_new (CHAPPE_TYPE_WRAP_BUTTON, NULL));
  int minimum = 0;
  int natural = 0;

  gtk_button_set_label (GTK_BUTTON (button), "Oui");
  gtk_button_set_label (GTK_BUTTON (button), LONG);
  measure (button, &minimum, &natural);
  g_assert_cmpint (minimum, <, natural / 2);

  g_assert_finalize_object (button);
}

static gboolean
cuts (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && gtk_label_get_ellipsize (GTK_LABEL (widget)) != PANGO_ELLIPSIZE_NONE)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (cuts (child))
      return TRUE;
  return FALSE;
}

/* The toolkit's own row cuts its title: should it stop to, this here may go. */
static void
test_button_row (void)
{
  GtkWidget *group = g_object_ref_sink (adw_preferences_group_new ());
  GtkWidget *row = adw_button_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), LONG);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  g_assert_true (cuts (row));
  chappe_wrap_buttons_below (group);
  g_assert_false (cuts (row));

  g_assert_finalize_object (group);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  chappe_ui_init ();

  g_test_add_func ("/wrap-button/button", test_button);
  g_test_add_func ("/wrap-button/label-later", test_label_later);
  g_test_add_func ("/wrap-button/button-row", test_button_row);

  return g_test_run ();
}
