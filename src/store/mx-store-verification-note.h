/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Verification messages of rooms, told to who verifies. Private to store/. */
#pragma once

#include "mx-room-work.h"

G_BEGIN_DECLS

/* An event that is new here, or readable for the first time: if it is a verification message of the
 * last minutes (E2E-101), changes gets an MxVerificationNote. */
void mx_verification_note_event (MxRoomWork *work, MxEvent *event);

G_END_DECLS
