/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Verification messages in rooms (spec "Key verification framework"). */
#pragma once

#include "mx-store.h"

G_BEGIN_DECLS

typedef enum
{
  MX_VERIFICATION_OUTCOME_NONE,
  MX_VERIFICATION_OUTCOME_DONE,
  MX_VERIFICATION_OUTCOME_CANCELLED,
} MxVerificationOutcome;
/* What became of the request in that event; of a cancelled one the code (NULL: none was given) and
 * who did it, both out, nullable, the caller owns them. Both connections. */
MxVerificationOutcome mx_store_get_verification_outcome (MxStore *self,
                                                         const char *room_id,
                                                         const char *event_id,
                                                         char **code,
                                                         char **by);

/* Unfinished verification messages of ours in the outbox belong to an earlier run: their
 * transaction ids, NULL-terminated; caller owns. */
GStrv mx_store_load_stale_verification (MxStore *self);

G_END_DECLS
