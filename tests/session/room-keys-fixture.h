/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Three members of two encrypted rooms, and the keys that Bob is given. */
#pragma once

#include "megolm-fixture.h"
#include "mx-room-keys.h"

G_BEGIN_DECLS

typedef struct
{
  EncryptionFixture server;
  Seat *alice;
  Seat *bob;
  Seat *eve; /* another member */
} Fixture;

void set_up (Fixture *self, gconstpointer unused);
void tear_down (Fixture *self, gconstpointer unused);
/* m.room_key from a seat to Bob, by Olm. */
void
give_key (Fixture *self, Seat *from, const char *room_id, const char *session_id, MxSecret *key);
/* Bob gets a message in ROOM. */
void hear (Fixture *self, const char *event_id, const char *sender, const char *wire);
MxStoredMegolm *get_session (Fixture *self, const char *session_id); /* Bob's; caller owns */

/* A session of ROOM as files and backups have it, from this index on, with further members each
 * after a comma. */
MxJsonDocument *export_session (Session *session, guint32 index, const char *more);
/* Gives it to Bob. Whether that told him something. */
gboolean
import_session (Fixture *self, MxJsonDocument *session, MxKeyOrigin origin, const char *version);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

G_END_DECLS
