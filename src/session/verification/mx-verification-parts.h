/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The members of a verification, for the files mx-verification.c and mx-verification-receive.c and
 * no others. Main thread. */
#pragma once

#include "mx-verification-private.h"

G_BEGIN_DECLS

struct _MxVerification
{
  GObject parent_instance;

  const MxVerificationHost *host; /* NULL once it is gone */
  gpointer host_data;
  GWeakRef list; /* MxVerifications, NULL */
  char *own_user_id;
  char *own_device_id;
  char *user_id;
  char *device_id;
  char *room_id;
  char *transaction_id;
  gboolean incoming;
  GStrv devices; /* that were asked, by to-device; NULL */

  MxVerificationPhase phase;
  gint64 created_ms;
  gint64 prompt_until_ms;
  gint64 start_at_ms; /* READY: when to start by ourselves */
  gboolean prompting;
  char *received[MX_VERIFICATION_MESSAGE_COUNT]; /* what was taken, to know it again */

  gboolean has_sides;
  MxSasSide ours; /* as pinned */
  MxSasSide theirs;
  MxSasExchange *exchange; /* from the start on */
  gboolean confirmed;      /* by our user */
  gboolean proven;         /* their MAC was right */
  gboolean device_proven;
  gboolean master_proven;
  gboolean trusting; /* both: it is being kept */
  char *cancel_code;
  gboolean cancelled_by_us;
};

void mx_verification_set_phase (MxVerification *self, MxVerificationPhase phase);
void mx_verification_set_device (MxVerification *self, const char *device_id);

/* These take content. To the device that takes part; before there is one, to all that were asked.
 */
void mx_verification_send (MxVerification *self, MxVerificationMessage message, char *content);
void mx_verification_send_to (MxVerification *self,
                              const char *const *devices,
                              MxVerificationMessage message,
                              char *content);

/* The caller frees. */
char *mx_verification_cancel_content (MxVerification *self, MxVerificationError code);
/* The other side is told. */
void mx_verification_cancel_with (MxVerification *self, MxVerificationError code);
void mx_verification_cancel_for (MxVerification *self, const GError *error);
/* It is not. */
void mx_verification_end_cancelled (MxVerification *self, const char *code, gboolean by_us);

/* FALSE: cancelled. */
gboolean mx_verification_begin_exchange (MxVerification *self);
/* Keeps what was verified once both sides did their part. */
void mx_verification_finish (MxVerification *self);

G_END_DECLS
