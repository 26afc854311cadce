/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What was in fact done to find the key of a message (E2E-082). Times are ms wall clock, 0: never.
 * Main thread. */
#pragma once

#include "mx-encryption.h"

G_BEGIN_DECLS

typedef struct
{
  MxOwnIdentity identity; /* of this device */
  MxBackupState backup;
  unsigned backup_asked;   /* how often the server answered, since the program began */
  gint64 backup_asked_ms;  /* when last */
  gint64 devices_asked_ms; /* when our other devices were asked for the key of the backup */
  gint64 sender_healed_ms; /* when a new secure channel to a device of the sender was made */
  gint64 waiting_since_ms; /* since when the message could not be read */
} MxReadingAttempts;

G_END_DECLS
