/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Pictures of a window for the documentation and for ./dev demo; only when the environment variable
 * CHAPPE_SHOT names a folder. Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Adds to the application, when CHAPPE_SHOT is set, the actions
 *   shot(s)        writes FOLDER/NAME.png, at twice the size, once the window has settled; removes
 * FOLDER/NAME.png first shot-size((ii)) gives the window this size shot-dark(b)   dark or light
 * style. */
void chappe_shot_add_actions (GtkApplication *application);
/* What is on the window now, as PNG. FALSE when it was not drawn yet or the file could not be
 * written. */
gboolean chappe_shot_write (GtkWindow *window, const char *path);

G_END_DECLS
