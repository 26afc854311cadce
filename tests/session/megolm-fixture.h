/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* An encrypted room between machines in one process: who is in it, what is said, who reads it. */
#pragma once

#include "encryption-fixture.h"
#include "mx-megolm-outbound.h"
#include "mx-room-session.h"
#include "mx-store-decryption.h"
#include "mx-store-megolm.h"

G_BEGIN_DECLS

#define ROOM  "!salon:ministere.test"
#define OTHER "!autre:ministere.test"

/* JSON with ' for "; caller frees. */
char *json (const char *format, ...) G_GNUC_PRINTF (1, 2);
MxEvent *room_event (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* A sync with these events (JSON with ' for ", NULL-terminated) in the timeline of a room. */
void
seat_see (EncryptionFixture *server, Seat *seat, const char *room_id, ...) G_GNUC_NULL_TERMINATED;
/* The room is there, encrypted, with these members, all known. settings: further members of the
 * content of m.room.encryption, each after a comma. */
void seat_enter (EncryptionFixture *server,
                 Seat *seat,
                 const char *room_id,
                 const char *settings,
                 const char *first,
                 ...) G_GNUC_NULL_TERMINATED;
void seat_member (EncryptionFixture *server,
                  Seat *seat,
                  const char *room_id,
                  const char *user_id,
                  const char *membership);

/* What the flow of the encrypter does, with the fixture as its server. NULL with error. The wire
 * content; caller frees. */
char *seat_try_encrypt (EncryptionFixture *server,
                        Seat *seat,
                        const char *room_id,
                        const char *content,
                        GError **error);
char *seat_encrypt (EncryptionFixture *server, Seat *seat, const char *room_id, const char *body);
/* The event as it arrives, after what is in the inbox. ts: seconds. */
void seat_hear (EncryptionFixture *server,
                Seat *seat,
                const char *room_id,
                const char *event_id,
                const char *sender,
                const char *wire);
/* "body", or "!failure". Caller frees. */
char *seat_read (Seat *seat, const char *room_id, const char *event_id);
void seat_assert_reads (Seat *seat, const char *event_id, const char *expected);

/* Members of a wire content. */
char *wire_session (const char *wire); /* caller frees */
char *wire_replace (const char *wire, const char *member, const char *value /* NULL removes */);
/* To-device events in the inbox of a seat that are not Olm, of this type. */
unsigned seat_count_clear (Seat *seat, const char *type);
/* Sets what the store knows of a device, besides its keys. */
void seat_set_device (Seat *seat, Seat *other, gboolean cross_signed, MxLocalTrust trust);
void seat_set_policy (Seat *seat, gboolean share_with_all);
MxStoredOutbound *seat_outbound (Seat *seat); /* of ROOM; caller owns */
void seat_put_outbound (Seat *seat, const MxStoredOutbound *session);

/* -- Alice and Bob in ROOM. settings: as of seat_enter(); NULL. */
typedef struct
{
  EncryptionFixture server;
  Seat *alice;
  Seat *bob;
} Conversation;
void conversation_set_up (Conversation *self, gconstpointer settings);
void conversation_tear_down (Conversation *self, gconstpointer unused);
/* Alice writes, both hear it; the session of it. Caller frees. */
char *conversation_write_message (Conversation *self, const char *event_id);
/* Alice knows of it. */
Seat *conversation_add_device (Conversation *self, const char *user_id, const char *device_id);
void conversation_say_visibility (Conversation *self, const char *event_id, const char *visibility);

/* -- A Megolm session of a test's own, without a device behind it. */
typedef struct
{
  MxMegolmOutbound *olm;
  char *id;
  MxSecret *key; /* from the beginning */
} Session;
void session_init (Session *self);
void session_clear (Session *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Session, session_clear)
MxSecret *session_key_now (Session *self); /* caller owns */
/* A wire content of any plaintext (JSON with ' for "); of a text message in ROOM. Caller frees. */
char *session_encrypt (Session *self, const char *plaintext);
char *session_say (Session *self, const char *body);

G_END_DECLS
