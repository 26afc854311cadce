/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The state machine of one verification, without network, store or clock: those are its host's.
 * Main thread. */
#pragma once

#include "mx-sas-exchange.h"
#include "mx-verification.h"

G_BEGIN_DECLS

#define MX_VERIFICATION_LIFE_MS   600000 /* E2E-106; also how old a request may be (E2E-101) */
#define MX_VERIFICATION_FUTURE_MS 300000 /* how far the other clock may be ahead */
#define MX_VERIFICATION_PROMPT_MS 120000
#define MX_VERIFICATION_START_MS  3000 /* how long who accepted waits for the other one's start */

/* Called by the state machine; none of them may call it back before returning. */
typedef struct
{
  gint64 (*now_ms) (gpointer data); /* wall clock */
  /* devices: to whom, by to-device; NULL in a room. */
  void (*send) (MxVerification *self,
                const char *const *devices,
                const char *type,
                const char *content,
                gpointer data);
  /* The keys of both sides as they are known now. FALSE: the device or its keys are not known.
   * Asked once, when the exchange begins (E2E-104). */
  gboolean (*get_sides) (MxVerification *self, MxSasSide *ours, MxSasSide *theirs, gpointer data);
  /* Verified (either key may be NULL; base64): to be kept and signed. Answered by
   * mx_verification_trusted(), later. */
  void (*trust) (MxVerification *self,
                 const char *device_key,
                 const char *master_key,
                 gpointer data);
  /* Phase, device or deadline changed. */
  void (*changed) (MxVerification *self, gpointer data);
} MxVerificationHost;

typedef struct
{
  const MxVerificationHost *host; /* must outlive it, or mx_verification_forget_host() */
  gpointer host_data;
  const char *own_user_id;
  const char *own_device_id;
  const char *user_id;
  const char *room_id; /* NULL: by to-device */
  const char *transaction_id;
  gint64 created_ms; /* when the request was made */
} MxVerificationSpec;

/* devices: those that were asked; NULL in a room. The request itself is the caller's to send. */
MxVerification *mx_verification_new_outgoing (const MxVerificationSpec *spec,
                                              const char *const *devices);
MxVerification *mx_verification_new_incoming (const MxVerificationSpec *spec,
                                              const char *device_id);
void mx_verification_forget_host (MxVerification *self);       /* it ends */
gpointer mx_verification_get_host_data (MxVerification *self); /* NULL once it is forgotten */
/* Where it is, also after it ended; caller owns, NULL. */
void mx_verification_set_list (MxVerification *self, MxVerifications *list);
MxVerifications *mx_verification_dup_list (MxVerification *self);

/* A message that belongs to this verification, from the other side. */
void mx_verification_receive (MxVerification *self, MxVerificationMessage message, MxJson content);
/* The same from our own user, in a room: another device of ours may have answered. */
void
mx_verification_receive_own (MxVerification *self, MxVerificationMessage message, MxJson content);
/* What trust() led to. */
void mx_verification_trusted (MxVerification *self, const GError *error);
/* Ends with one of our own codes; nobody is told. */
void mx_verification_fail (MxVerification *self, const char *code);

/* Does what is due; when to call again (wall clock, ms), G_MAXINT64: never. */
gint64 mx_verification_check_time (MxVerification *self);
gboolean mx_verification_is_over (MxVerification *self);

G_END_DECLS
