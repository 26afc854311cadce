/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-wrap-button.h. */
#include "config.h"

#include "chappe-wrap-button.h"

#include <adwaita.h>

struct _ChappeWrapButton
{
  GtkButton parent_instance;
};

G_DEFINE_FINAL_TYPE (ChappeWrapButton, chappe_wrap_button, GTK_TYPE_BUTTON)

static void
wrap (GtkLabel *label, PangoWrapMode mode)
{
  gtk_label_set_ellipsize (label, PANGO_ELLIPSIZE_NONE);
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_wrap_mode (label, mode);
  gtk_label_set_natural_wrap_mode (label, GTK_NATURAL_WRAP_NONE); /* not before it must */
  gtk_label_set_justify (label, GTK_JUSTIFY_CENTER);
}

/* The button makes its label when it is first told one. */
static void
label_cb (GtkButton *button)
{
  GtkWidget *label = gtk_button_get_child (button);

  if (GTK_IS_LABEL (label))
    wrap (GTK_LABEL (label), PANGO_WRAP_WORD);
}

static void
chappe_wrap_button_class_init (ChappeWrapButtonClass *klass)
{
}

static void
chappe_wrap_button_init (ChappeWrapButton *self)
{
  g_signal_connect (self, "notify::label", G_CALLBACK (label_cb), NULL);
}

static void
wrap_labels (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    wrap (GTK_LABEL (widget), PANGO_WRAP_WORD_CHAR); /* as wide as the dialog or list is */
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    wrap_labels (child);
}

static void
find_buttons (GtkWidget *widget, gboolean in_alert)
{
  if (ADW_IS_BUTTON_ROW (widget) || (in_alert && GTK_IS_BUTTON (widget)))
    {
      wrap_labels (widget);
      return;
    }
  in_alert = in_alert || ADW_IS_ALERT_DIALOG (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    find_buttons (child, in_alert);
}

void
chappe_wrap_buttons_below (GtkWidget *widget)
{
  find_buttons (widget, FALSE);
}
