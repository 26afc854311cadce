/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A device with an empty store, and the key of a session that may be offered to it. */
#pragma once

#include "encryption-fixture.h"

G_BEGIN_DECLS

typedef struct
{
  EncryptionFixture server;
  Seat *bob; /* NULL before it was made */
  char *session_id;
  char *session_key; /* exported from its beginning */
} KeyFixture;

void key_fixture_init (KeyFixture *self);
void key_fixture_clear (KeyFixture *self);

G_END_DECLS
