/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Two verifications wired to each other, by whom each message can be held, repeated, changed or
 * lost; no network, no store, and a clock that the test sets. */
#pragma once

#include "mx-verification-private.h"

G_BEGIN_DECLS

#define DUEL_TXN  "txn-0001"
#define DUEL_ROOM "!room:example.org"

typedef struct
{
  MxVerificationMessage message;
  char *content;
  GStrv devices; /* NULL in a room */
} Letter;

typedef struct _Duel Duel;

typedef struct
{
  Duel *duel;
  MxVerification *verification;
  MxSasSide side;     /* itself */
  MxSasSide believed; /* what it knows of the other one; without a device key: nothing */
  GPtrArray *out;     /* Letter: not delivered yet */
  GString *said;      /* the kinds of all that it sent: "ready start mac " */
  char *last_cancel;  /* code that it sent last, NULL */
  char *trusted_device;
  char *trusted_master;
  unsigned trusts;
  gboolean asked_to_trust;   /* and not answered yet */
  const GError *trust_error; /* what that leads to, NULL */
  unsigned heard_after_end;
} Player;

struct _Duel
{
  Player alice; /* asks */
  Player bob;
  gint64 now;
  const char *room_id;
};

/* own: both are of one user, by to-device. The request was made; nobody answered. */
void duel_init (Duel *self, gboolean own);
void duel_clear (Duel *self);

/* The first waiting message of a player reaches the other one. FALSE: there is none. */
gboolean player_deliver (Player *self);
/* Asserts its kind, and takes it away without delivering it. The caller frees. */
Letter *player_take (Player *self, MxVerificationMessage message);
void letter_free (gpointer letter);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Letter, letter_free)
/* Straight to a player, as from the other one. content: JSON text. */
void player_hear (Player *self, MxVerificationMessage message, const char *content);
/* A member replaced, or (value NULL) left out; value is JSON text. Caller frees. */
char *with_member (const char *content, const char *member, const char *value);
/* What the account thread answers. */
void player_answer_trust (Player *self);
/* Everything that waits, both ways, until nothing does. */
void duel_run (Duel *self);

/* To a phase on both sides, alice starting. */
void duel_to_ready (Duel *self);
void duel_to_compare (Duel *self);

void assert_phase (Player *self, MxVerificationPhase phase);
void assert_cancelled (Player *self, const char *code, gboolean by_us);
/* What must hold whatever came: nobody is trusted but with the right keys and a confirmation. */
void duel_check (Duel *self);

G_END_DECLS
