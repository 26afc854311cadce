/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is drawn on an event: its latest edit, reactions, the size of its thread. Private to store/.
 */
#pragma once

#include "mx-sql.h"
#include "mx-store-timeline.h"

G_BEGIN_DECLS

/* The latest valid edit (newest by time, ties by the larger event id), NULL. */
MxEvent *mx_relations_load_edit (MxStore *store, gint64 room, MxEvent *event);
/* Everything that hangs on row->event. */
void mx_relations_fill (MxStore *store, gint64 room, MxTimelineRow *row);

G_END_DECLS
