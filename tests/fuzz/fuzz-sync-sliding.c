/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Replies of sliding sync: whatever is decoded is whole, bounded and of the right kind. */
#include "fuzz.h"
#include "sync-delta.h"

#include "mx-sync-sliding.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) reply = g_bytes_new_static (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (MxSyncDelta) delta = mx_sync_sliding_decode (reply, "@bob:ministere.test", &error);

  check_delta (delta, error);
  return 0;
}
