/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What kind of room it is, in Tchap's words, always with an icon beside the word. Main thread.
 * Results are static. */
#pragma once

#include "mx-room-row.h"

G_BEGIN_DECLS

const char *chappe_room_kind_text (const MxRoomRow *row);
const char *chappe_room_kind_icon (const MxRoomRow *row);

G_END_DECLS
