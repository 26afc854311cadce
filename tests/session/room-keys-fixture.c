/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "room-keys-fixture.h"

#include "mx-megolm-inbound.h"

void
set_up (Fixture *self, gconstpointer unused)
{
  encryption_fixture_init (&self->server);
  self->alice = encryption_fixture_add (&self->server, ALICE, "ALICE");
  self->bob = encryption_fixture_add (&self->server, BOB, "BOB");
  self->eve = encryption_fixture_add (&self->server, CAROL, "EVE");
  for (guint i = 0; i < self->server.seats->len; i++)
    seat_upload (&self->server, g_ptr_array_index (self->server.seats, i));
  for (guint i = 0; i < self->server.seats->len; i++)
    {
      Seat *seat = g_ptr_array_index (self->server.seats, i);

      seat_enter (&self->server, seat, ROOM, "", ALICE, BOB, CAROL, NULL);
      seat_enter (&self->server, seat, OTHER, "", ALICE, BOB, CAROL, NULL);
      seat_query (&self->server, seat, ALICE, BOB, CAROL, NULL);
    }
}

void
tear_down (Fixture *self, gconstpointer unused)
{
  encryption_fixture_clear (&self->server);
}

void
give_key (Fixture *self, Seat *from, const char *room_id, const char *session_id, MxSecret *key)
{
  g_autofree char *content =
    json ("{'algorithm':'m.megolm.v1.aes-sha2','room_id':'%s','session_id':'%s',"
          "'session_key':'%s'}",
          room_id,
          session_id,
          mx_secret_get_text (key));

  seat_claim (&self->server, from, self->bob, FALSE);
  seat_send (from, self->bob, "m.room_key", content);
  seat_flush (&self->server, from);
  seat_sync (&self->server, self->bob, NULL);
}

void
hear (Fixture *self, const char *event_id, const char *sender, const char *wire)
{
  seat_hear (&self->server, self->bob, ROOM, event_id, sender, wire);
}

MxStoredMegolm *
get_session (Fixture *self, const char *session_id)
{
  return mx_store_get_megolm (self->bob->store, ROOM, session_id);
}

MxJsonDocument *
export_session (Session *session, guint32 index, const char *more)
{
  g_autoptr (MxMegolmInbound) olm =
    mx_megolm_inbound_new (mx_secret_get_text (session->key), session->id, NULL);
  g_autoptr (MxSecret) key = mx_megolm_inbound_export (olm, index, NULL);
  g_autofree char *text =
    json ("{'algorithm':'m.megolm.v1.aes-sha2','room_id':'%s','session_id':'%s',"
          "'session_key':'%s','sender_key':'BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA',"
          "'sender_claimed_keys':{'ed25519':'CCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCCA'},"
          "'forwarding_curve25519_key_chain':[]%s}",
          ROOM,
          session->id,
          mx_secret_get_text (key),
          more);
  MxJsonDocument *document = mx_json_document_parse (text, -1, NULL);

  g_assert_nonnull (document);

  return document;
}

gboolean
import_session (Fixture *self, MxJsonDocument *session, MxKeyOrigin origin, const char *version)
{
  g_autoptr (GError) error = NULL;
  gboolean imported = FALSE;

  seat_begin (self->bob);
  mx_room_keys_import (self->bob->machine,
                       mx_json_document_root (session),
                       origin,
                       version,
                       self->bob->changes,
                       &imported,
                       &error);
  g_assert_no_error (error);
  seat_commit (self->bob);

  return imported;
}
