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
/* What became of the request in that event, by what the two that take part say (E2E-105); of a
 * cancelled one the code (NULL: none was given) and who did it, both out, nullable, the caller owns
 * them. Both connections. */
MxVerificationOutcome mx_store_get_verification_outcome (MxStore *self,
                                                         const char *room_id,
                                                         const char *event_id,
                                                         char **code,
                                                         char **by);

/* Unfinished verification messages of ours in the outbox belong to an earlier run: their
 * transaction ids, NULL-terminated; caller owns. What ends a verification is of use later too and
 * is not among them. */
GStrv mx_store_load_stale_verification (MxStore *self);

/* A verification that somebody else knows this device to take part in. */
typedef struct
{
  char *room_id; /* NULL: by to-device */
  char *transaction_id;
  char *user_id;
  char *device_id; /* one that was told of it; NULL in a room */
  gint64 created_ms;
} MxStoredVerification;
void mx_stored_verification_free (MxStoredVerification *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxStoredVerification, mx_stored_verification_free)

/* Account thread. One that is there stays. */
gboolean
mx_store_add_verification (MxStore *self, const MxStoredVerification *verification, GError **error);
/* Account thread. It ended, for every device. room_id NULL: by to-device. */
gboolean mx_store_remove_verification (MxStore *self,
                                       const char *room_id,
                                       const char *transaction_id,
                                       GError **error);
/* Of MxStoredVerification, one for each device; caller owns. Both connections. */
GPtrArray *mx_store_load_verifications (MxStore *self);

G_END_DECLS
