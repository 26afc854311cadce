/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Sliding sync starts with one event per room. That is not enough where it is no message (no
 * preview) or not read yet (no count): these rooms are asked for more, some at a time, once the
 * list is there. Main thread. */
#pragma once

#include "mx-room-list.h"

G_BEGIN_DECLS

typedef struct
{
  GPtrArray
    *rooms; /* char*: those still to be asked for, most recent first; NULL before the first look */
  unsigned pass;  /* 0: nothing was looked at yet; then how many looks there were */
  unsigned limit; /* events per room in this pass */
  gboolean fresh; /* the position was lost or never there: counts are not to be trusted either */
} MxSyncTopUp;

void mx_sync_top_up_clear (MxSyncTopUp *self);
/* From the beginning, the next time. */
void mx_sync_top_up_restart (MxSyncTopUp *self, gboolean fresh);
/* Looks which rooms need more, when the last pass is through. FALSE: none does. */
gboolean mx_sync_top_up_look (MxSyncTopUp *self, MxRoomList *rooms);
/* Adds the next rooms to a set (room id → anything; keys borrowed from self). */
void mx_sync_top_up_add (MxSyncTopUp *self, GHashTable *rooms);
/* They were answered. */
void mx_sync_top_up_done (MxSyncTopUp *self);
gboolean mx_sync_top_up_is_busy (MxSyncTopUp *self);

G_END_DECLS
