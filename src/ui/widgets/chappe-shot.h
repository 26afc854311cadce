/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Pictures of a window for the documentation and for ./dev demo; only when the environment variable
 * CHAPPE_SHOT names a folder. Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Adds to the application, when CHAPPE_SHOT is set, actions for scripts: shot(s) writes
 * FOLDER/NAME.png once the window has settled (the old one goes first), shot-size((ii)) gives the
 * window a size, shot-dark(b) chooses the style, shot-close closes the dialog that is open. */
void chappe_shot_add_actions (GtkApplication *application);
/* What is on the window now, as PNG. FALSE when it was not drawn yet or the file could not be
 * written. */
gboolean chappe_shot_write (GtkWindow *window, const char *path);

G_END_DECLS
