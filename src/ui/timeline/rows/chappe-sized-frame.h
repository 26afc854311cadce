/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Holds a picture whose size is known before it is there, smaller where there is not the room for
 * its width. Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_SIZED_FRAME (chappe_sized_frame_get_type ())
G_DECLARE_FINAL_TYPE (ChappeSizedFrame, chappe_sized_frame, CHAPPE, SIZED_FRAME, GtkWidget)

/* In pixels, both above 0. */
void chappe_sized_frame_set_size (ChappeSizedFrame *self, int width, int height);

G_END_DECLS
