/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* For friends inside session/: the verifications of an account, fed and ended. Main thread. */
#pragma once

#include "mx-session-private.h"
#include "mx-store-changes.h"
#include "mx-verification-private.h"

G_BEGIN_DECLS

/* session is not owned: it owns us, through MxEncryption. */
MxVerifications *mx_verifications_new (MxSession *session);
/* The session runs: what an earlier run left unsent belongs to verifications that are no more, and
 * those that it left in the middle are cancelled. */
void mx_verifications_start (MxVerifications *self);
/* The session is closed: all end. */
void mx_verifications_close (MxVerifications *self);
void mx_verifications_take_note (MxVerifications *self, const MxVerificationNote *note);

/* -- For the files of verification/ */

struct _MxVerifications
{
  GObject parent_instance;

  MxSession *session;   /* not owned; NULL once it is closed */
  GPtrArray *items;     /* MxVerification, under way */
  GHashTable *by_key;   /* key → MxVerification of items */
  GHashTable *ended;    /* set of keys: nothing that comes for them is answered */
  GQueue ended_order;   /* the same, oldest first; borrowed */
  GHashTable *waiting;  /* key → GPtrArray of MxVerificationNote: until devices are known */
  GHashTable *expected; /* room id → GPtrArray of MxVerificationNote: a request of ours is on its
                           way, its event id is not known yet */
  GHashTable *sending;  /* set of transaction ids in the send queue */
  GHashTable *recorded; /* set of keys: in the store, for the next run (mx-verification-record.h) */
  guint timer;
};

extern const MxVerificationHost mx_verification_host; /* data: MxVerifications */

/* Caller frees. */
char *mx_verifications_make_key (const char *room_id, const char *transaction_id);
MxVerification *mx_verifications_find (MxVerifications *self, const char *key); /* borrowed */
MxVerificationSpec mx_verifications_spec (MxVerifications *self,
                                          const char *user_id,
                                          const char *room_id,
                                          const char *transaction_id,
                                          gint64 created_ms);
void mx_verifications_changed (MxVerification *verification, gpointer data);
void mx_verifications_add (MxVerifications *self, MxVerification *verification); /* takes it */
/* Nothing that comes for it is answered any more. */
void mx_verifications_note_end (MxVerifications *self, const char *key);
/* To devices of a user, by to-device in the clear. */
void mx_verifications_send (MxVerifications *self,
                            const char *user_id,
                            const char *const *devices,
                            const char *type,
                            const char *content);
gint64 mx_verifications_now (void); /* wall clock, ms */

G_END_DECLS
