/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The size of all text of the program, on top of the desktop's (key "text-scale"). Main thread. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Applies the setting, now and when it changes. */
void chappe_text_size_follow (GSettings *settings);
/* One step larger (1) or smaller (-1); 0: the desktop's size. */
void chappe_text_size_change (GSettings *settings, int direction);
/* Gives a dialog the room that its text needs at the size of the desktop and of the program. Once
 * is enough for each dialog, more does nothing. */
void chappe_text_size_fit_dialog (AdwDialog *dialog);
/* A dialog that is as high as its content is measured when it appears; again after a change of
 * that. */
void chappe_text_size_measure_dialog (AdwDialog *dialog);

G_END_DECLS
