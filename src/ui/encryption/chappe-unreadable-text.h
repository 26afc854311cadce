/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is said of a message that cannot be read (E2E-082): why, who can solve it, what was tried,
 * and the one thing to do. No switch has a default, so that the compiler asks for the words of a
 * new reason. Results are static unless said. Main thread. */
#pragma once

#include "mx-decryption-failure.h"
#include "mx-reading-attempts.h"

G_BEGIN_DECLS

/* The key is on its way mostly: so long nothing is said to be wrong. */
#define CHAPPE_UNREADABLE_GRACE_MS 10000

typedef enum
{
  CHAPPE_UNREADABLE_RETRY,
  CHAPPE_UNREADABLE_ENTER_CODE,
  CHAPPE_UNREADABLE_VERIFY,
  CHAPPE_UNREADABLE_ASK_SENDER, /* writes a sentence into the composer */
  CHAPPE_UNREADABLE_HELP,
} ChappeUnreadableAct;

/* One sentence, in the place of the message. */
const char *chappe_unreadable_short (MxDecryptionFailure failure);
const char *chappe_unreadable_why (MxDecryptionFailure failure);
const char *chappe_unreadable_who (MxDecryptionFailure failure);
/* A line for each thing; the caller frees. */
char *chappe_unreadable_dup_tried (MxDecryptionFailure failure, const MxReadingAttempts *attempts);
ChappeUnreadableAct chappe_unreadable_act (MxDecryptionFailure failure);
/* identity: whether this device is verified. */
const char *chappe_unreadable_act_label (ChappeUnreadableAct act, MxOwnIdentity identity);

G_END_DECLS
