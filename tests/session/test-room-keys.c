/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Keys of rooms that come, and messages read with them (research/protocol §4.E): what is believed,
 * what is refused, and why something cannot be read. Real machines; the server lies where a test
 * says so. */
#include "config.h"

#include "room-keys-fixture.h"

#include "mx-error.h"
#include "mx-megolm-inbound.h"
#include "mx-room-keys.h"
#include "mx-store-timeline.h"

#include <string.h>

/* -- What is believed */

static void
test_stored (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autoptr (MxStoredMegolm) stored = NULL;
  g_autoptr (MxStoredDevice) device = mx_store_get_device (self->bob->store, ALICE, "ALICE");

  session_init (&session);
  give_key (self, self->alice, ROOM, session.id, session.key);
  stored = get_session (self, session.id);
  g_assert_nonnull (stored);
  g_assert_cmpint (stored->origin, ==, MX_KEY_ORIGIN_OLM);
  g_assert_cmpstr (stored->sender, ==, ALICE);
  g_assert_cmpmem (stored->curve25519, 32, device->curve25519, 32);
  g_assert_true (stored->has_ed25519);
  g_assert_cmpmem (stored->ed25519, 32, device->ed25519, 32);
  g_assert_nonnull (stored->device_keys);
}

static void
test_wrong_id (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_auto (Session) other = { 0 };
  g_autoptr (MxStoredMegolm) stored = NULL;

  session_init (&session);
  session_init (&other);
  give_key (self, self->alice, ROOM, other.id, session.key);
  stored = get_session (self, other.id);
  g_assert_null (stored);
}

static void
test_clear_key (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autofree char *content = NULL;
  g_autoptr (MxStoredMegolm) stored = NULL;

  session_init (&session);
  content = json ("{'algorithm':'m.megolm.v1.aes-sha2','room_id':'%s','session_id':'%s',"
                  "'session_key':'%s'}",
                  ROOM,
                  session.id,
                  mx_secret_get_text (session.key));
  seat_put (self->bob, ALICE, "m.room_key", content);
  seat_put (self->bob, ALICE, "m.forwarded_room_key", content);
  seat_sync (&self->server, self->bob, NULL);
  stored = get_session (self, session.id);
  g_assert_null (stored);
}

/* Nobody was asked, so nobody answers: not even by Olm. */
static void
test_forwarded (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autoptr (MxStoredMegolm) stored = NULL;
  g_autoptr (MxMegolmInbound) olm = NULL;
  g_autoptr (MxSecret) exported = NULL;
  g_autofree char *content = NULL;

  session_init (&session);
  olm = mx_megolm_inbound_new (mx_secret_get_text (session.key), session.id, NULL);
  exported = mx_megolm_inbound_export (olm, 0, NULL);
  content = json ("{'algorithm':'m.megolm.v1.aes-sha2','room_id':'%s','session_id':'%s',"
                  "'session_key':'%s','sender_key':'x','forwarding_curve25519_key_chain':[]}",
                  ROOM,
                  session.id,
                  mx_secret_get_text (exported));
  seat_claim (&self->server, self->eve, self->bob, FALSE);
  seat_send (self->eve, self->bob, "m.forwarded_room_key", content);
  seat_flush (&self->server, self->eve);
  seat_sync (&self->server, self->bob, NULL);
  stored = get_session (self, session.id);
  g_assert_null (stored);
}

static void
test_without_hints (Fixture *self, gconstpointer unused)
{
  g_autofree char *wire = seat_encrypt (&self->server, self->alice, ROOM, "sans indices");
  g_autofree char *less = wire_replace (wire, "sender_key", NULL);
  g_autofree char *none = wire_replace (less, "device_id", NULL);
  g_autofree char *lie = wire_replace (none, "device_id", "EVE");
  g_autofree char *lies = wire_replace (lie, "sender_key", "AAAA");

  hear (self, "$1", ALICE, lies);
  seat_assert_reads (self->bob, "$1", "sans indices");
}

/* -- What is refused */

static void
test_other_room (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autofree char *wire = NULL;
  g_autofree char *foreign = NULL;
  g_autofree char *there = NULL;

  session_init (&session);
  give_key (self, self->alice, ROOM, session.id, session.key);
  wire = session_say (&session, "ici");
  seat_hear (&self->server, self->bob, OTHER, "$x", ALICE, wire);
  there = seat_read (self->bob, OTHER, "$x");
  g_assert_cmpstr (there, ==, "!no_key");

  foreign = session_encrypt (&session,
                             "{'type':'m.room.message','room_id':'" OTHER
                             "','content':{'body':'ailleurs'}}");
  hear (self, "$y", ALICE, foreign);
  seat_assert_reads (self->bob, "$y", "!bad_message");
}

static void
test_spoofed_edit (Fixture *self, gconstpointer unused)
{
  g_auto (Session) eves = { 0 };
  g_autofree char *original = seat_encrypt (&self->server, self->alice, ROOM, "vrai");
  g_autofree char *plain = NULL;
  g_autofree char *edit = NULL;
  g_autofree char *related = NULL;
  g_autoptr (MxTimelineRow) row = NULL;

  hear (self, "$1", ALICE, original);
  session_init (&eves);
  give_key (self, self->eve, ROOM, eves.id, eves.key);
  plain = session_encrypt (&eves,
                           "{'type':'m.room.message','room_id':'" ROOM
                           "','content':{'msgtype':'m.text','body':'* faux',"
                           "'m.new_content':{'msgtype':'m.text','body':'faux'}}}");
  plain[strlen (plain) - 1] = '\0';
  edit = g_strconcat (plain,
                      ",\"m.relates_to\":{\"rel_type\":\"m.replace\",\"event_id\":\"$1\"}}",
                      NULL);
  hear (self, "$e", ALICE, edit);
  row = mx_store_load_event (self->bob->store, ROOM, "$1", NULL);
  g_assert_null (row->edit);
}

static void
test_replay (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autofree char *wire = NULL;
  g_autofree char *next = NULL;

  session_init (&session);
  give_key (self, self->alice, ROOM, session.id, session.key);
  wire = session_say (&session, "oui");
  hear (self, "$1", ALICE, wire);
  hear (self, "$2", ALICE, wire);
  seat_assert_reads (self->bob, "$1", "oui");
  seat_assert_reads (self->bob, "$2", "!replay");
  /* The same event again is the same event, also after a restart. */
  seat_restart (self->bob);
  hear (self, "$1", ALICE, wire);
  hear (self, "$3", ALICE, wire);
  seat_assert_reads (self->bob, "$1", "oui");
  seat_assert_reads (self->bob, "$3", "!replay");
  next = session_say (&session, "non");
  hear (self, "$4", ALICE, next);
  seat_assert_reads (self->bob, "$4", "non");
}

static void
test_payloads (Fixture *self, gconstpointer unused)
{
  static const char *const refused[] = {
    "{'type':'m.room.encrypted','room_id':'" ROOM "','content':{}}",
    "{'type':'m.room.topic','state_key':'','room_id':'" ROOM "','content':{'topic':'x'}}",
    "{'type':'m.room.message','content':{'body':'x'}}",
    "{'type':'m.room.message','room_id':'" ROOM "','content':'x'}",
    "{'room_id':'" ROOM "','content':{'body':'x'}}",
    "{'type':1,'room_id':'" ROOM "','content':{'body':'x'}}",
    "[]",
    "rien",
    "",
  };
  g_auto (Session) session = { 0 };
  g_autofree char *deep = g_strnfill (30000, '[');
  g_autofree char *wire = NULL;

  session_init (&session);
  give_key (self, self->alice, ROOM, session.id, session.key);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *event_id = g_strdup_printf ("$%zu", i);
      g_autofree char *content = session_encrypt (&session, refused[i]);

      hear (self, event_id, ALICE, content);
      seat_assert_reads (self->bob, event_id, "!bad_message");
    }
  wire = session_encrypt (&session, deep);
  hear (self, "$deep", ALICE, wire);
  seat_assert_reads (self->bob, "$deep", "!bad_message");
}

static void
test_wire (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autofree char *wire = NULL;
  g_autofree char *algorithm = NULL;
  g_autofree char *no_session = NULL;
  g_autofree char *garbage = NULL;

  session_init (&session);
  give_key (self, self->alice, ROOM, session.id, session.key);
  wire = session_say (&session, "x");
  algorithm = wire_replace (wire, "algorithm", "m.future");
  no_session = wire_replace (wire, "session_id", NULL);
  garbage = wire_replace (wire, "ciphertext", "AwgAEnA");
  hear (self, "$1", ALICE, algorithm);
  hear (self, "$2", ALICE, no_session);
  hear (self, "$3", ALICE, garbage);
  seat_assert_reads (self->bob, "$1", "!unknown_algorithm");
  seat_assert_reads (self->bob, "$2", "!bad_message");
  seat_assert_reads (self->bob, "$3", "!bad_message");
}

static void
test_relation_inside (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autofree char *wire = NULL;
  g_autoptr (MxTimelineRow) row = NULL;

  session_init (&session);
  give_key (self, self->alice, ROOM, session.id, session.key);
  wire = session_encrypt (&session,
                          "{'type':'m.room.message','room_id':'" ROOM
                          "','content':{'msgtype':'m.text','body':'x',"
                          "'m.relates_to':{'rel_type':'m.replace','event_id':'$0'}}}");
  hear (self, "$1", ALICE, wire);
  row = mx_store_load_event (self->bob->store, ROOM, "$1", NULL);
  g_assert_null (mx_event_get_relation_type (row->event));
  g_assert_true (row->is_shown);
}

/* -- The better of two */

static void
test_better_index (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (MxSecret) late = NULL;
  g_autoptr (MxStoredMegolm) stored = NULL;

  session_init (&session);
  first = session_say (&session, "un");
  late = session_key_now (&session);
  second = session_say (&session, "deux");
  give_key (self, self->alice, ROOM, session.id, late);
  hear (self, "$1", ALICE, first);
  hear (self, "$2", ALICE, second);
  seat_assert_reads (self->bob, "$1", "!index_too_early");
  seat_assert_reads (self->bob, "$2", "deux");

  give_key (self, self->alice, ROOM, session.id, session.key);
  seat_assert_reads (self->bob, "$1", "un");
  /* A worse one takes nothing away. */
  give_key (self, self->alice, ROOM, session.id, late);
  stored = get_session (self, session.id);
  g_assert_cmpuint (stored->first_index, ==, 0);
}

/* Somebody else who has the key sends it on as her own. */
static void
test_second_sender (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autoptr (MxStoredMegolm) stored = NULL;

  session_init (&session);
  give_key (self, self->alice, ROOM, session.id, session.key);
  give_key (self, self->eve, ROOM, session.id, session.key);
  stored = get_session (self, session.id);
  g_assert_cmpstr (stored->sender, ==, ALICE);
}

/* Eve was first to call it hers, but nobody vouches for her device; then the same the other way
 * round. */
static void
test_second_sender_vouched_for (Fixture *self, gconstpointer unused)
{
  for (int turn = 0; turn < 2; turn++)
    {
      g_auto (Session) session = { 0 };
      g_autoptr (MxStoredMegolm) stored = NULL;

      session_init (&session);
      seat_set_device (self->bob, self->alice, TRUE, MX_LOCAL_TRUST_NONE);
      give_key (self, turn == 0 ? self->eve : self->alice, ROOM, session.id, session.key);
      give_key (self, turn == 0 ? self->alice : self->eve, ROOM, session.id, session.key);
      stored = get_session (self, session.id);
      g_assert_cmpstr (stored->sender, ==, ALICE);
      g_assert_cmpuint (stored->first_index, ==, 0);
    }
}

/* -- Late, or never */

static void
test_late (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  session_init (&session);
  first = session_say (&session, "un");
  second = session_say (&session, "deux");
  hear (self, "$1", ALICE, first);
  hear (self, "$2", ALICE, second);
  seat_assert_reads (self->bob, "$1", "!no_key");
  g_assert_true (self->bob->changes->encryption & MX_ENCRYPTION_FETCH_KEYS);
  g_assert_cmpuint (self->bob->changes->notifications->len, ==, 0);

  give_key (self, self->alice, ROOM, session.id, session.key);
  seat_assert_reads (self->bob, "$1", "un");
  seat_assert_reads (self->bob, "$2", "deux");
  g_assert_cmpuint (self->bob->changes->decrypted->len, ==, 4);
  g_assert_cmpuint (self->bob->changes->notifications->len, ==, 2);
}

/* The key and its message in one answer. */
static void
test_together (Fixture *self, gconstpointer unused)
{
  g_autofree char *wire = seat_encrypt (&self->server, self->alice, ROOM, "ensemble");

  g_assert_cmpuint (self->bob->inbox->len, >, 0);
  hear (self, "$1", ALICE, wire);
  seat_assert_reads (self->bob, "$1", "ensemble");
  g_assert_cmpuint (self->bob->changes->decrypted->len, ==, 0);
}

static void
test_rolled_back (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_autoptr (MxJsonDocument) whole = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *wire = NULL;
  gboolean imported = FALSE;

  session_init (&session);
  whole = export_session (&session, 0, "");
  seat_begin (self->bob);
  mx_room_keys_import (self->bob->machine,
                       mx_json_document_root (whole),
                       MX_KEY_ORIGIN_FILE,
                       NULL,
                       self->bob->changes,
                       &imported,
                       &error);
  g_assert_no_error (error);
  g_assert_true (imported);
  seat_roll_back (self->bob);
  wire = session_say (&session, "x");
  hear (self, "$1", ALICE, wire);
  seat_assert_reads (self->bob, "$1", "!no_key");
}

static void
hear_with (Fixture *self,
           const char *event_id,
           const char *sender,
           const char *wire,
           const char *ts,
           const char *about)
{
  g_autofree char *text =
    g_strdup_printf ("{\"event_id\":\"%s\",\"sender\":\"%s\",\"type\":\"m.room.encrypted\","
                     "\"origin_server_ts\":%s,\"unsigned\":%s,\"content\":%s}",
                     event_id,
                     sender,
                     ts,
                     about,
                     wire);

  seat_see (&self->server, self->bob, ROOM, text, NULL);
}

static void
withhold (Fixture *self, const char *sender, const char *code, const char *session_id)
{
  g_autofree char *content =
    json ("{'algorithm':'m.megolm.v1.aes-sha2','code':'%s','room_id':'%s','session_id':'%s',"
          "'sender_key':'x'}",
          code,
          ROOM,
          session_id);

  seat_put (self->bob, sender, "m.room_key.withheld", content);
  seat_sync (&self->server, self->bob, NULL);
}

static void
test_classes (Fixture *self, gconstpointer unused)
{
  g_auto (Session) session = { 0 };
  g_auto (Session) second = { 0 };
  g_autofree char *wire = NULL;
  g_autofree char *other = NULL;

  session_init (&session);
  session_init (&second);
  wire = session_say (&session, "x");
  other = session_say (&second, "x");
  hear_with (self, "$join", ALICE, wire, "1900000000000", "{\"membership\":\"leave\"}");
  seat_assert_reads (self->bob, "$join", "!before_join");
  hear_with (self, "$invited", ALICE, wire, "1900000000000", "{\"membership\":\"invite\"}");
  seat_assert_reads (self->bob, "$invited", "!no_key");
  hear_with (self, "$old", ALICE, wire, "1500000000000", "{\"membership\":\"join\"}");
  seat_assert_reads (self->bob, "$old", "!before_device");

  /* What the sender says later explains what is there; what others say does not. */
  hear (self, "$new", ALICE, other);
  withhold (self, CAROL, "m.unverified", second.id);
  seat_assert_reads (self->bob, "$new", "!no_key");
  withhold (self, ALICE, "m.unverified", second.id);
  seat_assert_reads (self->bob, "$new", "!withheld_unverified");
  withhold (self, ALICE, "m.blacklisted", second.id);
  seat_assert_reads (self->bob, "$new", "!withheld");
  /* And a key that comes after all reads it. */
  give_key (self, self->alice, ROOM, second.id, second.key);
  seat_assert_reads (self->bob, "$new", "x");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/session/room-keys/E2E-073-stored", test_stored);
  ADD ("/session/room-keys/E2E-073-wrong-id", test_wrong_id);
  ADD ("/session/room-keys/E2E-037-clear-key", test_clear_key);
  ADD ("/session/room-keys/E2E-078-E2E-079-forwarded", test_forwarded);
  ADD ("/session/room-keys/E2E-069-without-hints", test_without_hints);
  ADD ("/session/room-keys/E2E-074-other-room", test_other_room);
  ADD ("/session/room-keys/E2E-075-E2E-084-spoofed-edit", test_spoofed_edit);
  ADD ("/session/room-keys/E2E-076-replay", test_replay);
  ADD ("/session/room-keys/E2E-087-payloads", test_payloads);
  ADD ("/session/room-keys/E2E-082-wire", test_wire);
  ADD ("/session/room-keys/E2E-085-relation-inside", test_relation_inside);
  ADD ("/session/room-keys/E2E-077-better-index", test_better_index);
  ADD ("/session/room-keys/E2E-077-second-sender", test_second_sender);
  ADD ("/session/room-keys/E2E-077-second-sender-vouched-for", test_second_sender_vouched_for);
  ADD ("/session/room-keys/E2E-081-late", test_late);
  ADD ("/session/room-keys/E2E-044-together", test_together);
  ADD ("/session/room-keys/E2E-159-rolled-back", test_rolled_back);
  ADD ("/session/room-keys/E2E-082-classes", test_classes);
  return g_test_run ();
}
