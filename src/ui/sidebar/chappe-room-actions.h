/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What can be done with a room from its menu: an action group that menus name "room". Main thread.
 * Actions: mark-read, mark-unread, favourite (boolean state), low-priority (boolean state),
 * notifications (string state: default, all, mentions, mute), leave (asks when there is no way
 * back). */
#pragma once

#include "mx-room.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* widget: where questions and toasts appear; it must outlive the group. The caller owns the group.
 */
GSimpleActionGroup *chappe_room_actions_new (MxRoom *room, GtkWidget *widget);

/* All that is there; also a mark that was set by hand. */
void chappe_room_mark_read (MxRoom *room);

G_END_DECLS
