/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Olm sessions opened with the one-time keys of others (research/protocol §4.C). */
#include "config.h"

#include "mx-encryption-private.h"
#include "mx-olm-outbox.h"

static gboolean
claim_pass (const MxWorkRun *run, gboolean *more, GError **error)
{
  return TRUE;
}

MxWorkLoop *
mx_olm_claims_new (MxSession *session)
{
  return mx_work_loop_new (session, "key claim", claim_pass, NULL, NULL);
}

DexFuture *
mx_olm_claims_ensure (MxSession *session, GPtrArray *devices, gboolean again)
{
  return dex_future_new_true ();
}
