/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A button whose label takes a second line where the window is narrow or the text large, so that
 * all of it can be read. Everything else is GtkButton's. Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_WRAP_BUTTON (chappe_wrap_button_get_type ())
G_DECLARE_FINAL_TYPE (ChappeWrapButton, chappe_wrap_button, CHAPPE, WRAP_BUTTON, GtkButton)

/* Has the buttons of alerts and the button rows below a widget do the same, which the toolkit cuts.
 * Those that are there at this time. */
void chappe_wrap_buttons_below (GtkWidget *widget);

G_END_DECLS
