/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Our keys at the server (research/protocol §4.A). */
#include "config.h"

#include "mx-encryption-private.h"

static gboolean
upload_pass (const MxWorkRun *run, gboolean *more, GError **error)
{
  return TRUE;
}

MxWorkLoop *
mx_key_upload_new (MxSession *session)
{
  return mx_work_loop_new (session, "key upload", upload_pass, NULL, NULL);
}
