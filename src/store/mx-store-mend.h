/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* After rows were lost: what refers to them, and what the server is to be asked for again. Private
 * to store/. */
#pragma once

#include "mx-store.h"

G_BEGIN_DECLS

/* In an open transaction. Rooms whose own row is gone come back from the room list's; what refers
 * to nothing is removed; timelines get a gap wherever an event may be missing (events_lost); the
 * sync position is forgotten, so that the server tells everything anew. */
gboolean mx_store_mend (MxStore *self, gboolean events_lost, GError **error);

G_END_DECLS
