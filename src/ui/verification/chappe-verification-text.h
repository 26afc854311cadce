/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is said of a verification in each phase, and why one ended. */
#pragma once

#include "mx-verification.h"
#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CHAPPE_VERIFICATION_ACT_NONE,
  CHAPPE_VERIFICATION_ACT_ACCEPT,
  CHAPPE_VERIFICATION_ACT_CANCEL,
  CHAPPE_VERIFICATION_ACT_MATCH,
  CHAPPE_VERIFICATION_ACT_MISMATCH,
  CHAPPE_VERIFICATION_ACT_RETRY,
  CHAPPE_VERIFICATION_ACT_CLOSE,
} ChappeVerificationAct;

/* Everything that a page says. */
typedef struct
{
  const char *icon; /* NULL: a spinner */
  const char *heading;
  char *body;
  const char *first; /* button labels, with mnemonics; NULL: no such button */
  const char *second;
  ChappeVerificationAct first_act;
  ChappeVerificationAct second_act;
  gboolean shows_emoji;
  gboolean is_warning; /* somebody may be cheating */
} ChappeVerificationText;
void chappe_verification_text_clear (ChappeVerificationText *self);

/* name: of the other person; unused among our own devices. */
void chappe_verification_text_fill (ChappeVerificationText *self,
                                    MxVerificationPhase phase,
                                    gboolean incoming,
                                    gboolean own,
                                    const char *name,
                                    const char *cancel_code,
                                    gboolean cancelled_by_us);
/* Why it ended. Caller frees. */
char *chappe_verification_text_for_code (const char *code, gboolean by_us, gboolean own);
/* Whether that code means that somebody may be between the two. */
gboolean chappe_verification_text_is_warning (const char *code);
/* The seven as one sentence, for who listens. Caller frees. */
char *chappe_verification_text_spoken (const unsigned *emoji);

G_END_DECLS
