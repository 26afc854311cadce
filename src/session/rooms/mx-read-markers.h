/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* How far the user has read, on its way to the server: on disk at once, sent a little later, sent
 * again after a restart until the server has it (spec "Fully read markers"). Main thread. */
#pragma once

#include "mx-session-private.h"

G_BEGIN_DECLS

#define MX_TYPE_READ_MARKERS (mx_read_markers_get_type ())
G_DECLARE_FINAL_TYPE (MxReadMarkers, mx_read_markers, MX, READ_MARKERS, GObject)

/* session is not owned: it owns this. */
MxReadMarkers *mx_read_markers_new (MxSession *session);
/* What an earlier run did not get confirmed: JSON text of the store's value "receipts_pending",
 * nullable. */
void mx_read_markers_load (MxReadMarkers *self, const char *pending);
void mx_read_markers_start (MxReadMarkers *self);
/* event_id is newer than what was marked before: the caller checked. */
void mx_read_markers_mark (MxReadMarkers *self, const char *room_id, const char *event_id);

G_END_DECLS
