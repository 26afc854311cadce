/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What became of a request to verify that is an event in a room. Main thread. */
#pragma once

#include "mx-timeline-item.h"
#include "mx-verification.h"

G_BEGIN_DECLS

typedef enum
{
  MX_VERIFICATION_TRACE_RUNNING, /* on this device: live */
  MX_VERIFICATION_TRACE_DONE,
  MX_VERIFICATION_TRACE_CANCELLED,
  MX_VERIFICATION_TRACE_ELSEWHERE, /* recent, and not on this device */
  MX_VERIFICATION_TRACE_EXPIRED,   /* nobody answered in time */
  MX_VERIFICATION_TRACE_FOREIGN,   /* between two others */
} MxVerificationTraceState;

typedef struct
{
  MxVerificationTraceState state;
  char *user_id;        /* the other one; of FOREIGN: who is asked; NULL: nobody was named */
  MxVerification *live; /* RUNNING; owned */
  char *code;           /* CANCELLED */
  gboolean by_us;       /* CANCELLED */
} MxVerificationTrace;

/* item: of a request. known: the verification that was live at the last look, which knows its end
 * before the room does; nullable. Clear it afterwards. */
void
mx_verification_trace_find (MxVerificationTrace *self, MxTimelineItem *item, MxVerification *known);
void mx_verification_trace_clear (MxVerificationTrace *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MxVerificationTrace, mx_verification_trace_clear)

G_END_DECLS
