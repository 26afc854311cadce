/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Encrypted events on their way into the table of events: decrypted before anything looks at them,
 * whichever way they come. Private to store/. */
#pragma once

#include "mx-room-work.h"
#include "mx-store-events.h"

G_BEGIN_DECLS

/* What event says; for events that are not encrypted: itself. known (nullable): its row, whose
 * clear text is used where there is one. */
void
mx_reading_run (MxRoomWork *work, MxEvent *event, const MxStoredEvent *known, MxDecryption *read);
/* The same before its turn comes, for pages that run backwards. */
void mx_reading_run_ahead (MxRoomWork *work, MxEvent *event);
/* The event arrived live, after what is read: counts for the day, and what is unreadable may notify
 * once it is not. */
void mx_reading_note_arrival (MxRoomWork *work, gint64 id, const MxDecryption *read);
/* outcome: MxDecryptionFailure, or MX_READING_LATE. */
#define MX_READING_LATE (-1)
void mx_reading_count (MxStore *store, int outcome);
/* content of m.room.encryption: the room is encrypted from now on, and its settings only become
 * stricter (E2E-065, E2E-066). */
void mx_reading_latch (MxRoomWork *work, MxJson content);

G_END_DECLS
