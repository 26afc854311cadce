/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Why an encrypted event cannot be read (E2E-082). */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* The numbers are stored. */
typedef enum
{
  MX_DECRYPTION_OK = 0,
  MX_DECRYPTION_NO_KEY = 1,              /* it may still come */
  MX_DECRYPTION_INDEX_TOO_EARLY = 2,     /* we got the key from a later message on */
  MX_DECRYPTION_WITHHELD = 3,            /* the sender decided so, or has no way to us */
  MX_DECRYPTION_WITHHELD_UNVERIFIED = 4, /* because our device is not verified */
  MX_DECRYPTION_BEFORE_JOIN = 5,         /* sent when we were not a member */
  MX_DECRYPTION_BEFORE_DEVICE = 6,       /* older than this device, and there is no backup */
  MX_DECRYPTION_BACKUP_LOCKED = 7,       /* … and the backup waits for the code */
  MX_DECRYPTION_BAD_MESSAGE = 8,         /* damaged or forged */
  MX_DECRYPTION_UNKNOWN_ALGORITHM = 9,
  MX_DECRYPTION_REPLAY = 10,    /* the same message under another event id */
  MX_DECRYPTION_UNTRUSTED = 11, /* the policy refuses its sender's device */
} MxDecryptionFailure;
GType mx_decryption_failure_get_type (void);

/* "no_key", "index_too_early"…; NULL for OK. */
const char *mx_decryption_failure_get_name (MxDecryptionFailure self);

G_END_DECLS
