/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Our own session in a room: when it is new, who gets its key, what leaves (research/protocol
 * §4.D). Real machines on both sides. */
#include "config.h"

#include "megolm-fixture.h"

#include "mx-error.h"
#include "mx-store-identities.h"
#include "mx-store-timeline.h"

#include <string.h>

static void
assert_rotates (Conversation *self, const char *before, const char *after_id)
{
  g_autofree char *after = conversation_write_message (self, after_id);

  g_assert_cmpstr (before, !=, after);
  seat_assert_reads (self->bob, after_id, after_id);
}

static void
assert_goes_on (Conversation *self, const char *before, const char *after_id)
{
  g_autofree char *after = conversation_write_message (self, after_id);

  g_assert_cmpstr (before, ==, after);
  seat_assert_reads (self->bob, after_id, after_id);
}

/* -- Making and using */

static void
test_own_copy (Conversation *self, gconstpointer unused)
{
  g_autofree char *session = conversation_write_message (self, "$1");
  g_autoptr (MxStoredMegolm) stored = NULL;

  seat_restart (self->alice);
  seat_assert_reads (self->alice, "$1", "$1");
  seat_assert_reads (self->bob, "$1", "$1");
  stored = mx_store_get_megolm (self->alice->store, ROOM, session);
  g_assert_cmpint (stored->origin, ==, MX_KEY_ORIGIN_OWN);
  g_assert_cmpuint (stored->first_index, ==, 0);
  g_assert_cmpstr (stored->sender, ==, ALICE);
  g_assert_null (stored->backed_up);
}

static void
test_rollback (Conversation *self, gconstpointer unused)
{
  g_autofree char *session = conversation_write_message (self, "$1");
  g_autoptr (MxStoredOutbound) before = seat_outbound (self->alice);
  g_autoptr (MxStoredOutbound) after = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *lost = NULL;

  seat_begin (self->alice);
  lost = mx_room_session_encrypt (self->alice->machine,
                                  ROOM,
                                  "m.room.message",
                                  "{\"body\":\"perdu\"}",
                                  &error);
  g_assert_no_error (error);
  seat_roll_back (self->alice);
  after = seat_outbound (self->alice);
  g_assert_true (g_bytes_equal (before->pickle, after->pickle));
  g_assert_cmpint (after->messages, ==, 1);
  assert_goes_on (self, session, "$2");
}

static void
test_content (Conversation *self, gconstpointer unused)
{
  g_autofree char *content =
    json ("{'msgtype':'m.text','body':'* neuf','m.new_content':{'body':'neuf'},"
          "'m.relates_to':{'rel_type':'m.replace','event_id':'$1'}}");
  g_autoptr (GError) error = NULL;
  g_autofree char *wire = seat_try_encrypt (&self->server, self->alice, ROOM, content, &error);
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (MxTimelineRow) row = NULL;
  g_autoptr (MxJsonDocument) clear = NULL;
  MxJson root;

  g_assert_no_error (error);
  document = mx_json_document_parse (wire, -1, NULL);
  root = mx_json_document_root (document);
  g_assert_cmpuint (mx_json_size (root), ==, 6);
  g_assert_cmpstr (mx_json_get_string (root, "algorithm"), ==, "m.megolm.v1.aes-sha2");
  g_assert_cmpstr (mx_json_get_string (root, "device_id"), ==, "ALICE");
  g_assert_nonnull (mx_json_get_string (root, "sender_key"));
  g_assert_cmpstr (mx_json_string (mx_json_path (root, "m.relates_to", "event_id", NULL)),
                   ==,
                   "$1");
  g_assert_null (strstr (wire, "neuf"));

  seat_hear (&self->server, self->bob, ROOM, "$e", ALICE, wire);
  row = mx_store_load_event (self->bob->store, ROOM, "$e", NULL);
  clear = mx_json_document_parse (mx_event_get_clear (row->event), -1, NULL);
  root = mx_json_document_root (clear);
  g_assert_cmpstr (mx_json_get_string (root, "room_id"), ==, ROOM);
  g_assert_cmpstr (mx_json_get_string (root, "type"), ==, "m.room.message");
  g_assert_cmpint (mx_json_type (mx_json_path (root, "content", "m.relates_to", NULL)),
                   ==,
                   MX_JSON_ABSENT);
  g_assert_cmpstr (mx_json_string (mx_json_path (root, "content", "m.new_content", "body", NULL)),
                   ==,
                   "neuf");
}

static void
test_flush_first (Conversation *self, gconstpointer unused)
{
  MxRoomSessionTried tried = { .sessions = TRUE };
  g_auto (MxRoomSessionNeeds) needs = { 0 };
  g_autoptr (GError) error = NULL;

  seat_query (&self->server, self->alice, ALICE, BOB, NULL);
  seat_claim (&self->server, self->alice, self->bob, FALSE);
  seat_begin (self->alice);
  mx_room_session_prepare (self->alice->machine,
                           ROOM,
                           &tried,
                           &needs,
                           self->alice->changes,
                           &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
  g_assert_true (needs.flush);

  /* The program ended before it could: the next run does not forget it. */
  seat_restart (self->alice);
  mx_room_session_needs_clear (&needs);
  seat_begin (self->alice);
  mx_room_session_prepare (self->alice->machine,
                           ROOM,
                           &tried,
                           &needs,
                           self->alice->changes,
                           &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
  g_assert_true (needs.flush);
  seat_flush (&self->server, self->alice);
  mx_room_session_needs_clear (&needs);
  seat_begin (self->alice);
  mx_room_session_prepare (self->alice->machine,
                           ROOM,
                           &tried,
                           &needs,
                           self->alice->changes,
                           &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
  g_assert_false (needs.flush);
}

static void
test_members_first (Conversation *self, gconstpointer unused)
{
  MxRoomSessionTried tried = { 0 };
  g_auto (MxRoomSessionNeeds) needs = { 0 };
  g_autoptr (GError) error = NULL;

  seat_see (&self->server,
            self->alice,
            OTHER,
            "{'event_id':'$x','sender':'" BOB "','type':'m.room.encryption','state_key':'',"
            "'origin_server_ts':1,'content':{'algorithm':'m.megolm.v1.aes-sha2'}}",
            NULL);
  seat_begin (self->alice);
  mx_room_session_prepare (self->alice->machine,
                           OTHER,
                           &tried,
                           &needs,
                           self->alice->changes,
                           &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
  g_assert_true (needs.members);
  g_assert_null (mx_store_get_outbound (self->alice->store, OTHER));
}

static void
test_unknown_algorithm (Conversation *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *wire = NULL;

  seat_see (&self->server,
            self->alice,
            OTHER,
            "{'event_id':'$x','sender':'" BOB "','type':'m.room.encryption','state_key':'',"
            "'origin_server_ts':1,'content':{'algorithm':'m.future'}}",
            NULL);
  wire = seat_try_encrypt (&self->server, self->alice, OTHER, "{}", &error);
  g_assert_error (error, MX_SESSION_ERROR, MX_SESSION_ERROR_UNKNOWN_ALGORITHM);
  g_assert_null (wire);

  /* What a moderator says later of a room that works is not believed. */
  seat_see (&self->server,
            self->alice,
            ROOM,
            "{'event_id':'$y','sender':'" BOB "','type':'m.room.encryption','state_key':'',"
            "'origin_server_ts':2,'content':{'algorithm':'none'}}",
            NULL);
  g_free (conversation_write_message (self, "$1"));
  seat_assert_reads (self->bob, "$1", "$1");
}

/* -- A new session */

static void
test_after_messages (Conversation *self, gconstpointer unused)
{
  g_autofree char *first = conversation_write_message (self, "$1");

  assert_goes_on (self, first, "$2");
  assert_rotates (self, first, "$3");
}

static void
test_every_message (Conversation *self, gconstpointer unused)
{
  g_autofree char *first = conversation_write_message (self, "$1");

  assert_rotates (self, first, "$2");
}

static void
test_after_time (Conversation *self, gconstpointer unused)
{
  g_autofree char *first = conversation_write_message (self, "$1");
  g_autoptr (MxStoredOutbound) session = seat_outbound (self->alice);

  session->created_ms -= 7 * 24 * 60 * 60 * 1000 - 60000;
  seat_put_outbound (self->alice, session);
  assert_goes_on (self, first, "$2");
  session->created_ms -= 120000;
  seat_put_outbound (self->alice, session);
  assert_rotates (self, first, "$3");
}

static void
test_clock_set_back (Conversation *self, gconstpointer unused)
{
  g_autofree char *first = conversation_write_message (self, "$1");
  g_autoptr (MxStoredOutbound) session = seat_outbound (self->alice);

  session->created_ms += G_GINT64_CONSTANT (365) * 24 * 60 * 60 * 1000;
  seat_put_outbound (self->alice, session);
  assert_rotates (self, first, "$2");
}

static void
test_leave (Conversation *self, gconstpointer unused)
{
  Seat *carol = encryption_fixture_add (&self->server, CAROL, "CAROL");
  g_autofree char *first = NULL;
  g_autofree char *later = NULL;

  seat_upload (&self->server, carol);
  seat_enter (&self->server, carol, ROOM, "", ALICE, BOB, CAROL, NULL);
  seat_member (&self->server, self->alice, ROOM, CAROL, "join");
  first = conversation_write_message (self, "$1");
  seat_member (&self->server, self->alice, ROOM, CAROL, "leave");
  assert_rotates (self, first, "$2");

  /* She has the old key, not the new one. */
  later = seat_encrypt (&self->server, self->alice, ROOM, "sans Carol");
  seat_hear (&self->server, carol, ROOM, "$3", ALICE, later);
  seat_assert_reads (carol, "$3", "!no_key");
}

static void
test_device_gone (Conversation *self, gconstpointer unused)
{
  Seat *second = conversation_add_device (self, BOB, "BOB2");
  g_autofree char *first = conversation_write_message (self, "$1");

  g_clear_pointer (&second->device_keys, g_free);
  seat_query (&self->server, self->alice, BOB, NULL);
  assert_rotates (self, first, "$2");
}

static void
test_device_blocked (Conversation *self, gconstpointer unused)
{
  Seat *second = conversation_add_device (self, BOB, "BOB2");
  g_autofree char *first = conversation_write_message (self, "$1");
  g_autofree char *wire = NULL;

  seat_set_device (self->alice, second, FALSE, MX_LOCAL_TRUST_BLOCKED);
  assert_rotates (self, first, "$2");
  wire = seat_encrypt (&self->server, self->alice, ROOM, "trois");
  seat_hear (&self->server, second, ROOM, "$3", ALICE, wire);
  seat_assert_reads (second, "$3", "!withheld");
}

static void
test_no_rotation (Conversation *self, gconstpointer unused)
{
  g_autofree char *first = conversation_write_message (self, "$1");

  seat_see (&self->server,
            self->alice,
            ROOM,
            "{'event_id':'$n','sender':'" BOB "','type':'m.room.member','state_key':'" BOB "',"
            "'origin_server_ts':3,'content':{'membership':'join','displayname':'Robert'}}",
            NULL);
  assert_goes_on (self, first, "$2");
  conversation_add_device (self, BOB, "BOB2");
  assert_goes_on (self, first, "$3");
  seat_restart (self->alice);
  assert_goes_on (self, first, "$4");
}

static void
test_visibility (Conversation *self, gconstpointer unused)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (MxStoredMegolm) stored = NULL;

  conversation_say_visibility (self, "$v1", "joined");
  first = conversation_write_message (self, "$1");
  stored = mx_store_get_megolm (self->bob->store, ROOM, first);
  g_assert_false (stored->shared_history);
  mx_stored_megolm_free (stored);
  conversation_say_visibility (self, "$v2", "invited");
  assert_goes_on (self, first, "$2");

  conversation_say_visibility (self, "$v3", "shared");
  second = conversation_write_message (self, "$3");
  g_assert_cmpstr (first, !=, second);
  stored = mx_store_get_megolm (self->bob->store, ROOM, second);
  g_assert_true (stored->shared_history);
  conversation_say_visibility (self, "$v4", "world_readable");
  assert_goes_on (self, second, "$4");
}

/* -- Who gets it */

static void
test_late_recipient (Conversation *self, gconstpointer unused)
{
  g_autofree char *first = seat_encrypt (&self->server, self->alice, ROOM, "un");
  Seat *second = conversation_add_device (self, BOB, "BOB2");
  g_autofree char *later = seat_encrypt (&self->server, self->alice, ROOM, "deux");

  seat_hear (&self->server, second, ROOM, "$1", ALICE, first);
  seat_hear (&self->server, second, ROOM, "$2", ALICE, later);
  seat_assert_reads (second, "$1", "!index_too_early");
  seat_assert_reads (second, "$2", "deux");
}

static void
test_policy (Conversation *self, gconstpointer unused)
{
  Seat *second = conversation_add_device (self, BOB, "BOB2");
  g_autoptr (GError) error = NULL;
  g_autofree char *refused = NULL;
  g_autofree char *wire = NULL;
  g_autofree char *more = NULL;
  g_autofree char *after = NULL;

  seat_query (&self->server, self->alice, ALICE, BOB, NULL);
  seat_set_policy (self->alice, FALSE);
  refused = seat_try_encrypt (&self->server, self->alice, ROOM, "{}", &error);
  g_assert_error (error, MX_SESSION_ERROR, MX_SESSION_ERROR_UNVERIFIED_DEVICE);

  seat_set_device (self->alice, self->alice, TRUE, MX_LOCAL_TRUST_NONE);
  seat_set_device (self->alice, self->bob, TRUE, MX_LOCAL_TRUST_NONE);
  wire = seat_encrypt (&self->server, self->alice, ROOM, "aux vérifiés");
  more = seat_encrypt (&self->server, self->alice, ROOM, "encore");
  /* Told once, not with each message. */
  g_assert_cmpuint (seat_count_clear (second, "m.room_key.withheld"), ==, 1);
  seat_hear (&self->server, self->bob, ROOM, "$1", ALICE, wire);
  seat_hear (&self->server, second, ROOM, "$1", ALICE, wire);
  seat_assert_reads (self->bob, "$1", "aux vérifiés");
  seat_assert_reads (second, "$1", "!withheld_unverified");

  /* Once its owner signed it, it gets the key from there on; the session stays. */
  seat_set_device (self->alice, second, TRUE, MX_LOCAL_TRUST_NONE);
  after = seat_encrypt (&self->server, self->alice, ROOM, "à tous");
  seat_hear (&self->server, second, ROOM, "$2", ALICE, after);
  seat_assert_reads (second, "$2", "à tous");
  seat_assert_reads (second, "$1", "!index_too_early");
}

static void
test_falls_out_of_policy (Conversation *self, gconstpointer unused)
{
  g_autofree char *first = conversation_write_message (self, "$1");
  g_autofree char *second = NULL;

  seat_set_policy (self->alice, FALSE);
  seat_set_device (self->alice, self->alice, TRUE, MX_LOCAL_TRUST_NONE);
  second = conversation_write_message (self, "$2");
  g_assert_cmpstr (first, !=, second);
  seat_assert_reads (self->bob, "$2", "!withheld_unverified");
}

/* A request to verify reaches the device that nobody verified yet, by a session of its own; what is
 * said otherwise still does not. */
static void
test_verification (Conversation *self, gconstpointer unused)
{
  const char *request = "{\"msgtype\":\"m.key.verification.request\",\"body\":\"vérification\"}";
  g_autofree char *before = NULL;
  g_autofree char *asked = NULL;
  g_autofree char *after = NULL;
  g_autofree char *session_before = NULL;
  g_autofree char *session_asked = NULL;
  g_autofree char *session_after = NULL;
  g_autoptr (GError) error = NULL;

  seat_query (&self->server, self->alice, ALICE, BOB, NULL);
  seat_set_policy (self->alice, FALSE);
  seat_set_device (self->alice, self->alice, TRUE, MX_LOCAL_TRUST_NONE);
  before = seat_encrypt (&self->server, self->alice, ROOM, "pas pour lui");
  asked = seat_try_encrypt (&self->server, self->alice, ROOM, request, &error);
  g_assert_no_error (error);
  after = seat_encrypt (&self->server, self->alice, ROOM, "pas pour lui non plus");
  seat_hear (&self->server, self->bob, ROOM, "$1", ALICE, before);
  seat_hear (&self->server, self->bob, ROOM, "$2", ALICE, asked);
  seat_hear (&self->server, self->bob, ROOM, "$3", ALICE, after);
  seat_assert_reads (self->bob, "$2", "vérification");
  seat_assert_reads (self->bob, "$3", "!withheld_unverified");

  session_before = wire_session (before);
  session_asked = wire_session (asked);
  session_after = wire_session (after);
  g_assert_cmpstr (session_asked, !=, session_after);
  /* What went before stays closed: the key is as it was when it was given. */
  if (g_str_equal (session_before, session_asked))
    seat_assert_reads (self->bob, "$1", "!index_too_early");
}

/* The identity was replaced, or this device is not verified: both are mended by verifying. */
static void
test_verification_is_not_stopped (Conversation *self, gconstpointer unused)
{
  const char *request = "{\"msgtype\":\"m.key.verification.request\",\"body\":\"vérification\"}";
  MxStoredIdentity identity = { .user_id = (char *) BOB,
                                .master = (char *) "{}",
                                .was_verified = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refusal = NULL;
  g_autofree char *wire = NULL;

  seat_query (&self->server, self->alice, ALICE, BOB, NULL);
  seat_set_policy (self->alice, FALSE);
  seat_begin (self->alice);
  g_assert_true (mx_store_put_identity (self->alice->store, &identity, NULL));
  seat_commit (self->alice);
  g_assert_null (
    seat_try_encrypt (&self->server,
                      self->alice,
                      ROOM,
                      "{\"msgtype\":\"m.text\",\"body\":\"m.key.verification.request\"}",
                      &refusal));
  g_assert_nonnull (refusal);
  wire = seat_try_encrypt (&self->server, self->alice, ROOM, request, &error);
  g_assert_no_error (error);
  seat_hear (&self->server, self->bob, ROOM, "$1", ALICE, wire);
  seat_assert_reads (self->bob, "$1", "vérification");
}

static void
test_violation (Conversation *self, gconstpointer unused)
{
  MxStoredIdentity identity = { .user_id = (char *) BOB,
                                .master = (char *) "{}",
                                .was_verified = TRUE };
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refusal = NULL;
  g_autofree char *wire = NULL;

  seat_begin (self->alice);
  mx_store_put_identity (self->alice->store, &identity, &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
  wire = seat_try_encrypt (&self->server, self->alice, ROOM, "{}", &refusal);
  g_assert_error (refusal, MX_SESSION_ERROR, MX_SESSION_ERROR_IDENTITY_CHANGED);

  identity.was_verified = FALSE;
  seat_begin (self->alice);
  mx_store_put_identity (self->alice->store, &identity, &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
  g_free (conversation_write_message (self, "$1"));
}

static void
test_no_olm (Conversation *self, gconstpointer unused)
{
  g_autofree char *wire = NULL;

  g_hash_table_remove_all (self->bob->one_time);
  g_queue_clear_full (&self->bob->one_time_order, g_free);
  g_clear_pointer (&self->bob->fallback, g_free);
  wire = seat_encrypt (&self->server, self->alice, ROOM, "sans clé");
  g_assert_cmpuint (seat_count_clear (self->bob, "m.room_key.withheld"), ==, 1);
  g_free (seat_encrypt (&self->server, self->alice, ROOM, "encore"));
  g_assert_cmpuint (seat_count_clear (self->bob, "m.room_key.withheld"), ==, 1);
  seat_hear (&self->server, self->bob, ROOM, "$1", ALICE, wire);
  seat_assert_reads (self->bob, "$1", "!withheld");
}

/* -- Once more */

static void
ask_for_key (Conversation *self, Seat *from, const char *session_id)
{
  g_autofree char *content =
    json ("{'action':'request','requesting_device_id':'%s','request_id':'r','body':{"
          "'algorithm':'m.megolm.v1.aes-sha2','room_id':'%s','session_id':'%s','sender_key':'x'}}",
          from->device_id,
          ROOM,
          session_id);

  seat_put (self->alice, from->user_id, "m.room_key_request", content);
  seat_sync (&self->server, self->alice, NULL);
  seat_flush (&self->server, self->alice);
}

static void
test_request (Conversation *self, gconstpointer unused)
{
  g_autofree char *first = seat_encrypt (&self->server, self->alice, ROOM, "un");
  Seat *second = conversation_add_device (self, BOB, "BOB2");
  g_autofree char *later = seat_encrypt (&self->server, self->alice, ROOM, "deux");
  g_autofree char *third = seat_encrypt (&self->server, self->alice, ROOM, "trois");
  g_autofree char *session = wire_session (first);
  Seat *stranger = encryption_fixture_add (&self->server, CAROL, "CAROL");

  /* What was sent to the second device got lost; it asks. */
  g_ptr_array_set_size (second->inbox, 0);
  seat_hear (&self->server, second, ROOM, "$2", ALICE, later);
  seat_assert_reads (second, "$2", "!no_key");
  ask_for_key (self, second, session);
  g_assert_cmpuint (second->inbox->len, ==, 1);
  seat_sync (&self->server, second, NULL);
  seat_assert_reads (second, "$2", "deux");
  seat_hear (&self->server, second, ROOM, "$3", ALICE, third);
  seat_assert_reads (second, "$3", "trois");
  /* From where it was given before, not from the beginning. */
  seat_hear (&self->server, second, ROOM, "$1", ALICE, first);
  seat_assert_reads (second, "$1", "!index_too_early");

  /* Who never had it gets nothing. */
  seat_upload (&self->server, stranger);
  seat_query (&self->server, self->alice, CAROL, NULL);
  seat_claim (&self->server, self->alice, stranger, FALSE);
  ask_for_key (self, stranger, session);
  g_assert_cmpuint (stranger->inbox->len, ==, 0);
}

static void
test_unwedging (Conversation *self, gconstpointer unused)
{
  g_autofree char *first = conversation_write_message (self, "$1");
  g_autofree char *lost = NULL;
  g_autofree char *session = NULL;
  g_autoptr (GError) error = NULL;

  /* A new session whose key does not arrive. */
  seat_begin (self->alice);
  mx_store_end_outbound (self->alice->store, ROOM, &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
  lost = seat_encrypt (&self->server, self->alice, ROOM, "perdu");
  session = wire_session (lost);
  g_assert_cmpstr (first, !=, session);
  g_ptr_array_set_size (self->bob->inbox, 0);
  seat_hear (&self->server, self->bob, ROOM, "$2", ALICE, lost);
  seat_assert_reads (self->bob, "$2", "!no_key");

  /* Bob notices, and opens a new Olm session: Alice sends the key again by herself. */
  seat_query (&self->server, self->bob, ALICE, NULL);
  g_assert_true (seat_claim (&self->server, self->bob, self->alice, TRUE));
  seat_flush (&self->server, self->bob);
  seat_sync (&self->server, self->alice, NULL);
  seat_flush (&self->server, self->alice);
  seat_sync (&self->server, self->bob, NULL);
  seat_assert_reads (self->bob, "$2", "perdu");
}

static void
put_old_session (Conversation *self, const char *session_id, gint64 days)
{
  g_autoptr (GBytes) pickle = g_bytes_new_static ("x", 1);
  MxStoredOutbound session = { .room_id = (char *) ROOM,
                               .session_id = (char *) session_id,
                               .pickle = pickle,
                               .created_ms =
                                 g_get_real_time () / 1000 - days * 24 * 60 * 60 * 1000 };
  MxStoredShare share = { .room_id = (char *) ROOM,
                          .session_id = (char *) session_id,
                          .user_id = (char *) BOB,
                          .device_id = (char *) "BOB" };
  g_autoptr (GError) error = NULL;

  mx_store_put_megolm_start (self->alice->store, &session, &error);
  g_assert_no_error (error);
  mx_store_put_share (self->alice->store, &share, &error);
  g_assert_no_error (error);
}

static void
assert_kept (Conversation *self, const char *session_id, gboolean kept)
{
  g_autoptr (GBytes) start = mx_store_get_megolm_start (self->alice->store, session_id);
  g_autoptr (MxStoredShare) share = mx_store_get_share (self->alice->store, session_id, BOB, "BOB");

  g_assert_true ((start != NULL) == kept);
  g_assert_true ((share != NULL) == kept);
}

/* The second one was in use until ten days ago, however old it is. */
static void
test_forgotten (Conversation *self, gconstpointer unused)
{
  g_autofree char *session = NULL;

  seat_begin (self->alice);
  put_old_session (self, "replaced long ago", 90);
  put_old_session (self, "replaced lately", 60);
  put_old_session (self, "young", 10);
  seat_commit (self->alice);
  session = conversation_write_message (self, "$1");
  assert_kept (self, "replaced long ago", FALSE);
  assert_kept (self, "replaced lately", TRUE);
  assert_kept (self, "young", TRUE);
  assert_kept (self, session, TRUE);
  assert_goes_on (self, session, "$2");
}

#define ADD(path, settings, func)                                                                  \
  g_test_add (path, Conversation, settings, conversation_set_up, func, conversation_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/session/room-session/E2E-051-own-copy", NULL, test_own_copy);
  ADD ("/session/room-session/E2E-043-rollback", NULL, test_rollback);
  ADD ("/session/room-session/E2E-068-E2E-069-content", NULL, test_content);
  ADD ("/session/room-session/E2E-059-flush-first", NULL, test_flush_first);
  ADD ("/session/room-session/E2E-024-members-first", NULL, test_members_first);
  ADD ("/session/room-session/E2E-065-unknown-algorithm", NULL, test_unknown_algorithm);
  ADD ("/session/room-session/E2E-052-after-messages",
       ",'rotation_period_msgs':2",
       test_after_messages);
  ADD ("/session/room-session/E2E-052-zero-is-one",
       ",'rotation_period_msgs':0",
       test_every_message);
  ADD ("/session/room-session/E2E-053-after-time", NULL, test_after_time);
  ADD ("/session/room-session/E2E-053-E2E-167-clock-set-back", NULL, test_clock_set_back);
  ADD ("/session/room-session/E2E-054-leave", NULL, test_leave);
  ADD ("/session/room-session/E2E-056-device-gone", NULL, test_device_gone);
  ADD ("/session/room-session/E2E-056-E2E-064-device-blocked", NULL, test_device_blocked);
  ADD ("/session/room-session/E2E-056-out-of-policy", NULL, test_falls_out_of_policy);
  ADD ("/session/room-session/E2E-057-no-rotation", NULL, test_no_rotation);
  ADD ("/session/room-session/E2E-058-E2E-169-visibility", NULL, test_visibility);
  ADD ("/session/room-session/E2E-060-late-recipient", NULL, test_late_recipient);
  ADD ("/session/room-session/E2E-062-E2E-064-policy", NULL, test_policy);
  ADD ("/session/room-session/E2E-116-verification", NULL, test_verification);
  ADD ("/session/room-session/E2E-116-not-stopped", NULL, test_verification_is_not_stopped);
  ADD ("/session/room-session/E2E-063-violation", NULL, test_violation);
  ADD ("/session/room-session/E2E-030-no-olm", NULL, test_no_olm);
  ADD ("/session/room-session/E2E-080-request", NULL, test_request);
  ADD ("/session/room-session/E2E-042-unwedging", NULL, test_unwedging);
  ADD ("/session/room-session/E2E-042-E2E-080-forgotten", NULL, test_forgotten);
  return g_test_run ();
}
