/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A signed-in session over a real, encrypted store in a scratch folder, without a server: what a
 * server would say is applied as /v3/sync replies. */
#pragma once

#include "mx-accounts.h"
#include "mx-flow.h"
#include "mx-room-list.h"

G_BEGIN_DECLS

typedef struct
{
  char *dir;
  MxKeyring *keyring;
  MxAccounts *accounts;
  MxSession *session;
  char *since; /* token of the last reply, NULL before the first */
  guint serial;
} SessionFixture;

#define FIXTURE_USER  "@claire.morel-interieur.gouv.fr:ministere.test"
#define FIXTURE_OTHER "@paul.bernard-dinum.gouv.fr:ministere.test"
#define FIXTURE_ROOM  "!projet:ministere.test"

void session_fixture_init (SessionFixture *self);
/* The same with a server there. */
void session_fixture_init_at (SessionFixture *self, const char *base_url);
/* Closes the session and removes the folder; asserts that the session is finalized. */
void session_fixture_clear (SessionFixture *self);
/* Applies {"rooms":{"join":{FIXTURE_ROOM: room}}}; room: JSON of one joined room. Returns once the
 * model has it. */
void session_fixture_apply (SessionFixture *self, const char *room);
/* Applies one event of global account data. */
void session_fixture_account_data (SessionFixture *self, const char *event);
/* Another room that one is in, with nothing in it; and out again. */
void session_fixture_join (SessionFixture *self, const char *room_id);
void session_fixture_leave (SessionFixture *self, const char *room_id);
/* Makes FIXTURE_ROOM with its beginning and two members. */
MxRoom *session_fixture_make_room (SessionFixture *self);
/* A message event of the room; caller owns. txn_id: nullable. */
char *session_fixture_message (const char *event_id,
                               const char *sender,
                               gint64 ts,
                               const char *body,
                               const char *txn_id);
/* A room object with this timeline (comma-separated events). prev_batch NULL: not limited. */
void session_fixture_append (SessionFixture *self, const char *events, const char *prev_batch);
/* Runs the main loop until future is done; asserts success; returns it (caller owns). */
DexFuture *session_fixture_wait (DexFuture *future);

G_END_DECLS
