/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The rows of the list of conversations. GtkListView makes some 200 of them, of which a dozen can
 * be seen: each is an empty slot of the right height, filled when it comes in sight. Main thread.
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Gives the list its factory; its items are MxRoom and ChappeRoomSection. */
void chappe_room_slots_attach (GtkListView *list);
/* The item of a row of such a list, or of the slot in it; NULL: it is neither. */
GtkListItem *chappe_room_slots_get_item (GtkWidget *widget);

G_END_DECLS
