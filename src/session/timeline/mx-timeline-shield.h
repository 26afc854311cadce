/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Whether a message is what it seems to be: by the session that it was encrypted with, the device
 * that made the session, and that device's owner, as they are known now (research/protocol §4.O).
 * Main thread. */
#pragma once

#include "mx-room.h"
#include "mx-timeline-item.h"

G_BEGIN_DECLS

/* event: NULL gives NONE. session_id: of an encrypted event, NULL: none. */
MxShield mx_timeline_shield_find (MxRoom *room,
                                  MxEvent *event,
                                  MxDecryptionFailure failure,
                                  const char *session_id,
                                  MxShieldReason *reason);
/* Why an event is unreadable, as the backup stands: what is older than this device may be in it, or
 * wait for the code. */
MxDecryptionFailure mx_timeline_shield_explain (MxRoom *room, MxDecryptionFailure failure);

G_END_DECLS
