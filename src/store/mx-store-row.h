/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The room list's rows: derived from everything else when a room was touched. Private to store/. */
#pragma once

#include "mx-room-work.h"

G_BEGIN_DECLS

/* Derives the row and writes it when it differs from what was there (MX_ROOM_CHANGED_ROW, with the
 * row). */
void mx_store_row_update (MxRoomWork *work);

G_END_DECLS
