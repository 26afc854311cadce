/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* window: the least that a client's window can be: a split view with a list of 1,000 rows, each
 * with an avatar and two lines. CHAPPE_TRACE as in base/mx-trace.h, with "mapped" and
 * "rooms-painted". */
#include <adwaita.h>
#include <fcntl.h>
#include <unistd.h>

#define ROOMS 1000

static void
note (const char *milestone)
{
  const char *path = g_getenv ("CHAPPE_TRACE");
  g_autofree char *line = NULL;
  int file;

  if (path == NULL)
    return;
  file = open (path, O_WRONLY | O_CREAT | O_APPEND, 0600);
  line = g_strdup_printf ("{\"us\":%" G_GINT64_FORMAT ",\"milestone\":\"%s\"}\n",
                          g_get_monotonic_time (),
                          milestone);
  if (file < 0 || write (file, line, strlen (line)) < 0)
    g_error ("%s cannot be written", path);
  close (file);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  gtk_box_append (GTK_BOX (row), adw_avatar_new (36, "", TRUE));
  for (int i = 0; i < 2; i++)
    {
      GtkWidget *label = gtk_label_new ("");

      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_set_hexpand (label, TRUE);
      gtk_box_append (GTK_BOX (lines), label);
    }
  gtk_box_append (GTK_BOX (row), lines);
  gtk_box_append (GTK_BOX (row), gtk_label_new ("12"));
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *avatar = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *name = gtk_widget_get_first_child (gtk_widget_get_next_sibling (avatar));
  const char *text = gtk_string_object_get_string (gtk_list_item_get_item (item));

  adw_avatar_set_text (ADW_AVATAR (avatar), text);
  gtk_label_set_text (GTK_LABEL (name), text);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (name)),
                      "Le dossier est prêt pour relecture, merci d'avance.");
}

static GtkWidget *
new_list (void)
{
  GtkStringList *model = gtk_string_list_new (NULL);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  for (int i = 0; i < ROOMS; i++)
    {
      g_autofree char *name = g_strdup_printf ("Salon numéro %d – Préfecture", i);

      gtk_string_list_append (model, name);
    }
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller),
                                 gtk_list_view_new (GTK_SELECTION_MODEL (gtk_single_selection_new (
                                                      G_LIST_MODEL (model))),
                                                    factory));

  return scroller;
}

static void
painted_cb (GdkFrameClock *clock)
{
  note ("mapped");
  note ("rooms-painted");
  g_signal_handlers_disconnect_by_func (clock, painted_cb, NULL);
}

static gboolean
tick_cb (GtkWidget *window, GdkFrameClock *clock, gpointer data)
{
  g_signal_connect (clock, "after-paint", G_CALLBACK (painted_cb), NULL);

  return G_SOURCE_REMOVE;
}

static void
activate_cb (GtkApplication *application)
{
  GtkWidget *window = adw_application_window_new (application);
  GtkWidget *toolbar = adw_toolbar_view_new ();
  GtkWidget *split = adw_navigation_split_view_new ();

  adw_toolbar_view_add_top_bar (ADW_TOOLBAR_VIEW (toolbar), adw_header_bar_new ());
  adw_toolbar_view_set_content (ADW_TOOLBAR_VIEW (toolbar), new_list ());
  adw_navigation_split_view_set_sidebar (ADW_NAVIGATION_SPLIT_VIEW (split),
                                         adw_navigation_page_new (toolbar, "Salons"));
  adw_navigation_split_view_set_content (ADW_NAVIGATION_SPLIT_VIEW (split),
                                         adw_navigation_page_new (gtk_label_new (
                                                                    "Choisissez un salon"),
                                                                  "Salon"));
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), split);
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  gtk_widget_add_tick_callback (window, tick_cb, NULL, NULL);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application =
    adw_application_new ("im.chappe.BenchFloor", G_APPLICATION_NON_UNIQUE);

  g_signal_connect (application, "activate", G_CALLBACK (activate_cb), NULL);

  return g_application_run (G_APPLICATION (application), argc, argv);
}
