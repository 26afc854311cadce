/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a room looks like in the list. Private to store/. */
#pragma once

#include "mx-room-work.h"

G_BEGIN_DECLS

MxRoomRow *mx_store_row_derive (MxRoomWork *work);

G_END_DECLS
