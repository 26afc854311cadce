/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the outbox does when an event of ours comes back from the server. Private to store/. */
#pragma once

#include "mx-room-work.h"

G_BEGIN_DECLS

/* Removes the entry that this event is the echo of, if there is one. */
void mx_outbox_match_echo (MxRoomWork *work, MxEvent *event);

G_END_DECLS
