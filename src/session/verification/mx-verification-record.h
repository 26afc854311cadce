/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is kept of a verification while it runs: after a crash nobody here can go on with it, and
 * the other side would wait for it, or cancel the next one because of it. Main thread. */
#pragma once

#include "mx-verifications-private.h"

G_BEGIN_DECLS

/* Before others know of it. devices: who is told, by to-device; NULL in a room. Once is enough. */
void mx_verification_record_keep (MxVerifications *list,
                                  MxVerification *verification,
                                  const char *const *devices);
/* It ended, and the other side knows or is being told. */
void mx_verification_record_drop (MxVerifications *list, MxVerification *verification);
/* Cancels those of earlier runs. */
void mx_verification_record_end_earlier (MxVerifications *list);

/* Cancels one in a room that nobody here goes on with; event_id: its request's. */
void mx_verifications_cancel_lost (MxVerifications *list,
                                   const char *room_id,
                                   const char *event_id,
                                   MxVerificationError reason);

G_END_DECLS
