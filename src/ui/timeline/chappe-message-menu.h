/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The menu of a message; its actions are those of ChappeConversation. Main thread. */
#pragma once

#include "mx-timeline-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* x, y: in the row's coordinates. */
void chappe_message_menu_popup (GtkWidget *row, MxTimelineItem *item, double x, double y);

G_END_DECLS
