/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Messages that are made to take minutes: before they were folded, each of them did. */
#include "config.h"

#include "chappe-rich-text-view.h"
#include "chappe-ui.h"

typedef struct
{
  GtkWindow *window;
  ChappeRichTextView *view;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  fixture->view = CHAPPE_RICH_TEXT_VIEW (chappe_rich_text_view_new ());
  fixture->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (fixture->window, 360, 400);
  gtk_window_set_child (fixture->window, gtk_scrolled_window_new ());
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (gtk_window_get_child (fixture->window)),
                                 GTK_WIDGET (fixture->view));
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (fixture->window);
}

static void
show (Fixture *fixture, const char *piece, unsigned times, gboolean html)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (MxRichText) text = NULL;

  while (times-- > 0)
    g_string_append (all, piece);
  text = html ? mx_rich_text_from_html (all->str, NULL) : mx_rich_text_from_plain (all->str, NULL);
  chappe_rich_text_view_set (fixture->view, text, NULL);
  gtk_window_present (fixture->window);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
}

static GtkWidget *
find_button (Fixture *fixture)
{
  GtkWidget *last = gtk_widget_get_last_child (GTK_WIDGET (fixture->view));

  return GTK_IS_BUTTON (last) ? last : NULL;
}

static unsigned
count_parts (Fixture *fixture)
{
  unsigned n = 0;

  for (GtkWidget *part = gtk_widget_get_first_child (GTK_WIDGET (fixture->view)); part != NULL;
       part = gtk_widget_get_next_sibling (part))
    n++;

  return n;
}

static void
test_endless (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *piece;
    unsigned times;
    gboolean html;
  } messages[] = {
    { "z", 60000, FALSE },
    { "ligne\n", 10000, FALSE },
    { "😀", 15000, FALSE },
    { "<pre>x</pre>", 4500, TRUE },
    { "<blockquote>q</blockquote>", 2000, TRUE },
    { "<hr>", 9000, TRUE },
    { "<b>x</b>y", 5000, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      show (fixture, messages[i].piece, messages[i].times, messages[i].html);
      g_assert_nonnull (find_button (fixture));
      g_assert_cmpuint (count_parts (fixture), <=, 30);
      g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (fixture->view)), <, 10000);

      g_signal_emit_by_name (find_button (fixture), "clicked");
      gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->window));
      g_assert_null (find_button (fixture));
      g_assert_cmpuint (count_parts (fixture), <=, 400);
    }
}

/* It stays open when its row is drawn again, and another message in the row is folded. */
static void
test_stays_open (Fixture *fixture, gconstpointer data)
{
  show (fixture, "ligne\n", 150, FALSE);
  g_signal_emit_by_name (find_button (fixture), "clicked");
  g_assert_null (find_button (fixture));

  show (fixture, "ligne\n", 150, FALSE);
  g_assert_null (find_button (fixture));

  show (fixture, "autre\n", 150, FALSE);
  g_assert_nonnull (find_button (fixture));

  show (fixture, "court\n", 20, FALSE);
  g_assert_null (find_button (fixture));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  chappe_ui_init ();

  g_test_add ("/rich-text-view/endless",
              Fixture,
              NULL,
              fixture_set_up,
              test_endless,
              fixture_tear_down);
  g_test_add ("/rich-text-view/stays-open",
              Fixture,
              NULL,
              fixture_set_up,
              test_stays_open,
              fixture_tear_down);

  return g_test_run ();
}
