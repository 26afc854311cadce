/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Several devices in one process, each a real machine over a real store in a scratch folder, and a
 * server that only moves JSON between them. All on one thread. */
#pragma once

#include "mx-olm-machine.h"
#include "mx-secret.h"

G_BEGIN_DECLS

#define ALICE "@alice:ministere.test"
#define BOB   "@bob:prefecture.test"
#define CAROL "@carol:ministere.test"

typedef struct
{
  char *user_id;
  char *device_id;
  char *folder;
  MxSecret *key; /* of the store */
  MxStore *store;
  MxOlmMachine *machine;
  MxStoreChanges *changes; /* of the last transaction, committed or not */
  GPtrArray *inbox;        /* char*: to-device events that the server holds, in order */
  GHashTable *one_time;    /* key id → JSON text, at the server */
  GQueue one_time_order;   /* the same ids, oldest first */
  char *fallback;          /* {"id":object}, at the server; NULL */
  gboolean fallback_used;
  char *device_keys; /* at the server, as others see them; NULL */
} Seat;

typedef struct
{
  GPtrArray *seats;
  GHashTable *cross_signing; /* "master @user", "self_signing @user"… → JSON text */
  GHashTable *dead_servers;  /* set of names: their users are in "failures" */
  unsigned queries;          /* of each kind, answered */
  unsigned claims;
  unsigned deliveries;
} EncryptionFixture;

void encryption_fixture_init (EncryptionFixture *self);
/* Asserts that no folder is left. */
void encryption_fixture_clear (EncryptionFixture *self);

/* A new device with an empty store. */
Seat *encryption_fixture_add (EncryptionFixture *self, const char *user_id, const char *device_id);
/* Two devices that know each other's keys, and a session opened by the first. */
void encryption_fixture_introduce (EncryptionFixture *self, Seat *first, Seat *second);

/* A transaction of this device; commit asserts. roll_back forgets. */
void seat_begin (Seat *self);
void seat_commit (Seat *self);
void seat_roll_back (Seat *self);
/* The process ends and starts again: whatever was not committed is gone. */
void seat_restart (Seat *self);
/* Its store's file as it is now, for later; caller owns. And the program on that file again. */
GBytes *seat_save (Seat *self);
void seat_put_back (Seat *self, GBytes *saved);

/* /keys/upload, as often as something is due. */
void seat_upload (EncryptionFixture *self, Seat *seat);
/* Follows these users and asks for all that is outdated: /keys/query. */
void
seat_query (EncryptionFixture *self, Seat *seat, const char *first, ...) G_GNUC_NULL_TERMINATED;
/* The server's answer about these users; caller frees. */
char *encryption_fixture_answer_query (EncryptionFixture *self, const char *const *user_ids);
/* /keys/claim for one device; again: also where there is a session. TRUE: it was asked for. */
gboolean seat_claim (EncryptionFixture *self, Seat *seat, Seat *other, gboolean again);
/* The same for all whose messages could not be read; returns how many were asked for. */
unsigned seat_claim_wedged (EncryptionFixture *self, Seat *seat);
char *encryption_fixture_answer_claim (EncryptionFixture *self, const char *body);

/* Encrypts {"type", "content"} for a device and queues it; asserts that there is a session. */
void seat_send (Seat *self, Seat *other, const char *type, const char *content);
/* What is queued reaches the inboxes. Returns how many requests that took. */
unsigned seat_flush (EncryptionFixture *self, Seat *seat);
/* An event straight into an inbox, as from a hostile server. */
void seat_put (Seat *self, const char *sender, const char *type, const char *content);
/* One sync: what waits in the inbox, the key counts; then extra (takes it, nullable), whose rooms
 * are applied too. */
void seat_sync (EncryptionFixture *self, Seat *seat, MxSyncDelta *extra);

/* A word from one device to another, by Olm; what the last sync of a seat brought of them, with
 * spaces between. */
#define SEAT_WORD "m.key.verification.cancel"
void seat_say (EncryptionFixture *self, Seat *from, Seat *to, const char *word);
void seat_assert_heard (EncryptionFixture *self, Seat *seat, const char *words); /* syncs */

G_END_DECLS
