/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Staying connected without a window: the desktop is asked for it through the Background portal.
 * Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Asks, when the program runs in a sandbox; elsewhere nothing has to be asked. No answer is needed.
 */
void chappe_background_request (GtkWindow *window);

G_END_DECLS
