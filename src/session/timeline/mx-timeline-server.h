/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* History that the store lacks: pages through gaps, islands around an event or a date. Flows; what
 * they bring is applied on the account thread and reaches timelines as changes. Main thread. */
#pragma once

#include "mx-flow.h"
#include "mx-room.h"
#include "mx-timeline-item.h"

G_BEGIN_DECLS

/* One page through this gap. Resolves TRUE once it is in the store and announced. */
DexFuture *mx_timeline_server_fill_gap (MxRoom *room,
                                        gint64 gap_id,
                                        const char *token,
                                        gboolean backwards,
                                        MxScope *scope) G_GNUC_WARN_UNUSED_RESULT;
/* Fetches the target of a reply, which stays outside the timeline. Resolves TRUE. */
DexFuture *mx_timeline_server_fetch (MxRoom *room, const char *event_id, MxScope *scope)
  G_GNUC_WARN_UNUSED_RESULT;
/* See mx_timeline_item_read_again (). */
DexFuture *mx_timeline_server_read_again (MxRoom *room,
                                          const char *event_id,
                                          const char *session_id) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
