/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The actions "win.…" and their keys. Main thread. */
#pragma once

#include "chappe-window.h"

G_BEGIN_DECLS

void chappe_window_add_actions (ChappeWindow *self);
/* The keys belong to the application. */
void chappe_window_set_accels (GtkApplication *application);

G_END_DECLS
