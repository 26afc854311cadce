/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Something was done that can be taken back: said in a toast, with a button. Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef void (*ChappeUndoFunc) (gpointer data);

/* widget: anything in the window, or the window. undo is called at most once; data_free in any
 * case. Without a window that has toasts nothing is shown. */
void chappe_undo_offer (GtkWidget *widget,
                        const char *text,
                        ChappeUndoFunc undo,
                        gpointer data,
                        GDestroyNotify data_free);

G_END_DECLS
