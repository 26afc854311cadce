/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One verification by emoji (spec "Short Authentication String (SAS) verification";
 * research/protocol §4.G), either role, by to-device messages (own devices) or in a room (other
 * people). Main thread. */
#pragma once

#include "mx-encryption.h"

G_BEGIN_DECLS

typedef enum
{
  MX_VERIFICATION_REQUESTED, /* "is-incoming": whose answer is awaited */
  MX_VERIFICATION_READY,
  MX_VERIFICATION_STARTED,   /* keys are exchanged */
  MX_VERIFICATION_COMPARE,   /* the emoji are there */
  MX_VERIFICATION_CONFIRMED, /* by us; the other side is awaited */
  MX_VERIFICATION_DONE,
  MX_VERIFICATION_CANCELLED, /* "cancel-code" says why */
} MxVerificationPhase;
GType mx_verification_phase_get_type (void);

#define MX_TYPE_VERIFICATION (mx_verification_get_type ())
G_DECLARE_FINAL_TYPE (MxVerification, mx_verification, MX, VERIFICATION, GObject)

/* Properties (notify): "phase", "device-id" (NULL until one answered), "prompting" (boolean: the
 * user is to be asked; for two minutes after an incoming request, E2E-101). */
const char *mx_verification_get_transaction_id (MxVerification *self);
const char *mx_verification_get_user_id (MxVerification *self);
const char *mx_verification_get_device_id (MxVerification *self);
const char *mx_verification_get_room_id (MxVerification *self); /* NULL: by to-device */
/* How the other person is called; their id where that is not known. Caller owns. */
char *mx_verification_dup_user_name (MxVerification *self);
gboolean mx_verification_is_incoming (MxVerification *self);
gboolean mx_verification_is_own (MxVerification *self); /* of another device of ours */
gboolean mx_verification_is_prompting (MxVerification *self);
MxVerificationPhase mx_verification_get_phase (MxVerification *self);
/* COMPARE and later: 7 numbers 0…63 (mx_sas_emoji_get_symbol/name through mx-verification-emoji.h),
 * and 3 decimals. */
const unsigned *mx_verification_get_emoji (MxVerification *self);
const unsigned *mx_verification_get_decimals (MxVerification *self);
const char *mx_verification_emoji_symbol (unsigned index);
const char *mx_verification_emoji_name (unsigned index);            /* in the user's language */
const char *mx_verification_get_cancel_code (MxVerification *self); /* "m.mismatched_sas"…; NULL */
/* Cancel codes of our own, never sent: a message could not be sent; what was verified could not be
 * kept. */
#define MX_VERIFICATION_NOT_SENT "im.chappe.not_sent"
#define MX_VERIFICATION_NOT_KEPT "im.chappe.not_kept"
gboolean mx_verification_was_cancelled_by_us (MxVerification *self);

void mx_verification_accept (MxVerification *self);
/* READY: begin with the emoji. That happens by itself: at once on the side that requested, on the
 * other one if nothing comes for a few seconds. */
void mx_verification_start (MxVerification *self);
void mx_verification_confirm (MxVerification *self);
void mx_verification_mismatch (MxVerification *self);
void mx_verification_cancel (MxVerification *self);

/* After it ended: asks the same device or person again. Resolves to the new MxVerification. */
DexFuture *mx_verification_retry (MxVerification *self) G_GNUC_WARN_UNUSED_RESULT;

/* Resolves TRUE once what it sent by to-device is at the server: before a program ends. */
DexFuture *mx_verification_flush (MxVerification *self) G_GNUC_WARN_UNUSED_RESULT;

/* All that are under way: a GListModel of MxVerification; "request" (MxVerification) is emitted for
 * an incoming one that the user should see. */
#define MX_TYPE_VERIFICATIONS (mx_verifications_get_type ())
G_DECLARE_FINAL_TYPE (MxVerifications, mx_verifications, MX, VERIFICATIONS, GObject)
MxVerifications *mx_encryption_get_verifications (MxEncryption *self); /* borrowed */
/* device_id NULL: any of ours that answers (E2E-102). NULL: the session is closed. */
MxVerification *mx_verifications_request_own (MxVerifications *self,
                                              const char *device_id); /* borrowed */
/* In the direct room with user_id, which is made when there is none. Resolves to MxVerification. */
DexFuture *mx_verifications_request_user (MxVerifications *self, const char *user_id)
  G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
