/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-text-size.h. GTK's font resolution is what the desktop scales text with, too. */
#include "config.h"

#include "chappe-text-size.h"

#include <math.h>

#define KEY                "text-scale"
#define STEP               0.1
#define FITTED             "chappe-fitted"
#define AS_HIGH_AS_CONTENT "chappe-as-high-as-content"
/* More than any window has: the toolkit asks for the height of a dialog at the width that it would
 * like to have, and where it has less, its text needs more. */
#define FULL_HEIGHT 10000

static void
apply (GSettings *settings)
{
  GtkSettings *gtk = gtk_settings_get_default ();
  double scale = g_settings_get_double (settings, KEY);
  int resolution = 0;

  gtk_settings_reset_property (gtk, "gtk-xft-dpi");
  g_object_get (gtk, "gtk-xft-dpi", &resolution, NULL);
  if (fabs (scale - 1) < STEP / 2)
    return;
  if (resolution <= 0)
    resolution = 96 * PANGO_SCALE;
  g_object_set (gtk, "gtk-xft-dpi", (int) lround (resolution * scale), NULL);
}

void
chappe_text_size_follow (GSettings *settings)
{
  g_signal_connect (settings, "changed::" KEY, G_CALLBACK (apply), NULL);
  apply (settings);
}

void
chappe_text_size_change (GSettings *settings, int direction)
{
  double scale = g_settings_get_double (settings, KEY);

  if (!g_settings_is_writable (settings, KEY))
    return;
  scale = direction == 0 ? 1 : round ((scale + direction * STEP) / STEP) * STEP;
  g_settings_set_double (settings, KEY, CLAMP (scale, 0.5, 3));
}

static gboolean
is_narrower (AdwDialog *dialog, double width)
{
  GtkRoot *window = gtk_widget_get_root (GTK_WIDGET (dialog));

  return window != NULL && gtk_widget_get_width (GTK_WIDGET (window)) < width;
}

void
chappe_text_size_fit_dialog (AdwDialog *dialog)
{
  int resolution = 0;
  double scale;
  int width = adw_dialog_get_content_width (dialog);
  int height = adw_dialog_get_content_height (dialog);

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &resolution, NULL);
  scale = (double) resolution / (96 * PANGO_SCALE);
  if (scale <= 1 || g_object_get_data (G_OBJECT (dialog), FITTED) != NULL)
    return;

  g_object_set_data (G_OBJECT (dialog), FITTED, (gpointer) FITTED);
  if (width > 0)
    adw_dialog_set_content_width (dialog, (int) lround (width * scale));
  if (height > 0 && g_object_get_data (G_OBJECT (dialog), AS_HIGH_AS_CONTENT) == NULL)
    adw_dialog_set_content_height (dialog, (int) lround (height * scale));
  else if (is_narrower (dialog, width * scale))
    adw_dialog_set_content_height (dialog, FULL_HEIGHT);
}

void
chappe_text_size_measure_dialog (AdwDialog *dialog)
{
  g_object_set_data (G_OBJECT (dialog), AS_HIGH_AS_CONTENT, (gpointer) AS_HIGH_AS_CONTENT);
  if (adw_dialog_get_content_height (dialog) != FULL_HEIGHT)
    adw_dialog_set_content_height (dialog, -1);
}
