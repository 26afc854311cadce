/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* After rows were lost: what refers to them, and what the server is to be asked for again. Private
 * to store/. */
#pragma once

#include "mx-store.h"

G_BEGIN_DECLS

typedef enum
{
  MX_MEND_EVENTS = 1 << 0,  /* events or blocks are missing */
  MX_MEND_ACCOUNT = 1 << 1, /* the Olm account is missing */
  MX_MEND_OLDER = 1 << 2,   /* anything may be older than it was */
} MxMend;

/* In an open transaction. Rooms whose own row is gone come back from the room list's; what refers
 * to nothing is removed; timelines get a gap wherever an event may be missing; the sync position is
 * forgotten, so that the server tells everything anew. Outbound Megolm sessions may be older than
 * they were: none of them is used again. A device without its account cannot go on; one that may be
 * older is taken for a profile that was put back (session/encryption/mx-device-mark.h). */
gboolean mx_store_mend (MxStore *self, MxMend what, GError **error);

G_END_DECLS
