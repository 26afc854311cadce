/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A heading in the room list: Enter or a click folds it. Main thread. Property: "accessible-text".
 */
#pragma once

#include "chappe-room-section.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_SECTION_ROW (chappe_section_row_get_type ())
G_DECLARE_FINAL_TYPE (ChappeSectionRow, chappe_section_row, CHAPPE, SECTION_ROW, GtkBox)

GtkWidget *chappe_section_row_new (void);
/* NULL: none; the widget is kept for another one. */
void chappe_section_row_set_section (ChappeSectionRow *self, ChappeRoomSection *section);

G_END_DECLS
