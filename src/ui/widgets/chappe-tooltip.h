/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A tooltip that is made when the pointer rests. gtk_widget_set_tooltip_text () of a widget that is
 * shown lays out the whole window at once, only to learn whether the pointer is over it: for what
 * changes with every room or message, use this. Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* text: NULL for none. It is the accessible description as well. */
void chappe_tooltip_set (GtkWidget *widget, const char *text);

G_END_DECLS
