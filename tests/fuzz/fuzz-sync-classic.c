/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Replies of /v3/sync: whatever is decoded is whole, bounded and of the right kind. */
#include "fuzz.h"
#include "sync-delta.h"

#include "mx-sync-classic.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) reply = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (MxSyncDelta) delta = mx_sync_classic_decode (reply, "s1", &error);

  check_delta (delta, error);
  return 0;
}
