/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The reactions under a message, small and quiet. Main thread. */
#pragma once

#include "mx-room.h"
#include "mx-timeline-item.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_REACTION_BAR (chappe_reaction_bar_get_type ())
G_DECLARE_FINAL_TYPE (ChappeReactionBar, chappe_reaction_bar, CHAPPE, REACTION_BAR, AdwBin)

GtkWidget *chappe_reaction_bar_new (void);
/* Hides itself when there are none. */
void chappe_reaction_bar_set (ChappeReactionBar *self,
                              GPtrArray *reactions /* of MxReactionRow, nullable */,
                              MxRoom *room);

G_END_DECLS
