/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Olm between machines: the inbox, the outbox, claims. What arrives is seen by verification notes,
 * which the machine hands on as they are. */
#include "config.h"

#include "encryption-fixture.h"

#include "mx-base64.h"
#include "mx-megolm-outbound.h"
#include "mx-olm-claims.h"
#include "mx-olm-machine-private.h"
#include "mx-olm-outbox.h"
#include "mx-olm-payload.h"
#include "mx-olm-session.h"
#include "mx-store-identities.h"
#include "mx-store-megolm.h"
#include "mx-store-to-device.h"

#include <string.h>

typedef struct
{
  EncryptionFixture server;
  Seat *alice;
  Seat *bob;
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  encryption_fixture_init (&self->server);
  self->alice = encryption_fixture_add (&self->server, ALICE, "ALICE");
  self->bob = encryption_fixture_add (&self->server, BOB, "BOB");
  encryption_fixture_introduce (&self->server, self->alice, self->bob);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  encryption_fixture_clear (&self->server);
}

/* The last event of an inbox; caller frees. */
static char *
copy_last (Seat *seat)
{
  return g_strdup (g_ptr_array_index (seat->inbox, seat->inbox->len - 1));
}

static unsigned
count_sessions (Seat *seat, Seat *with)
{
  g_autoptr (MxStoredDevice) device =
    mx_store_get_device (seat->store, with->user_id, with->device_id);
  g_autoptr (GPtrArray) sessions =
    mx_store_load_olm_sessions (seat->store, with->user_id, device->curve25519);

  return sessions->len;
}

/* Caller frees. */
static char *
current_session (Seat *seat, Seat *with)
{
  g_autoptr (MxStoredDevice) device =
    mx_store_get_device (seat->store, with->user_id, with->device_id);

  return mx_store_get_olm_session_id (seat->store, with->user_id, device->curve25519);
}

static gboolean
is_wedged (Seat *seat)
{
  return (seat->changes->encryption & MX_ENCRYPTION_OPEN_SESSIONS) != 0;
}

/* -- In */

static void
test_both_ways (Fixture *self, gconstpointer unused)
{
  MxVerificationNote *note = NULL;

  seat_say (&self->server, self->alice, self->bob, "one");
  seat_say (&self->server, self->alice, self->bob, "two");
  seat_assert_heard (&self->server, self->bob, "one two");
  note = g_ptr_array_index (self->bob->changes->verification, 0);
  g_assert_true (note->encrypted);
  g_assert_cmpstr (note->sender, ==, ALICE);

  seat_say (&self->server, self->bob, self->alice, "three");
  seat_assert_heard (&self->server, self->alice, "three");
  seat_say (&self->server, self->alice, self->bob, "four");
  seat_assert_heard (&self->server, self->bob, "four");
  g_assert_cmpuint (count_sessions (self->bob, self->alice), ==, 1);
}

static void
test_in_order (Fixture *self, gconstpointer unused)
{
  g_autoptr (GString) expected = g_string_new (NULL);

  for (unsigned i = 0; i < 120; i++)
    {
      g_autofree char *word = g_strdup_printf ("%u", i);

      seat_say (&self->server, self->alice, self->bob, word);
      g_string_append_printf (expected, "%s%u", i > 0 ? " " : "", i);
    }
  seat_assert_heard (&self->server, self->bob, expected->str);
}

/* A broken message takes no one-time key; the genuine one is read afterwards. */
static void
test_broken_mac (Fixture *self, gconstpointer unused)
{
  g_autofree char *genuine = NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (GString) broken = NULL;
  g_autofree char *body = NULL;
  g_autofree char *our_key = NULL;
  char *tail = NULL;

  seat_say (&self->server, self->alice, self->bob, "one");
  genuine = copy_last (self->bob);
  document = mx_json_document_parse (genuine, -1, NULL);
  our_key = mx_base64_encode (mx_olm_account_get_curve25519_key (
                                mx_olm_machine_get_account (self->bob->machine, NULL)),
                              MX_STORE_KEY_SIZE);
  body = g_strdup (mx_json_string (mx_json_path (
    mx_json_document_root (document), "content", "ciphertext", our_key, "body", NULL)));
  tail = g_strdup (body);
  tail[strlen (tail) - 4] = tail[strlen (tail) - 4] == 'A' ? 'B' : 'A';
  broken = g_string_new (genuine);
  g_string_replace (broken, body, tail, 1);
  g_free (tail);

  g_ptr_array_set_size (self->bob->inbox, 0);
  g_ptr_array_add (self->bob->inbox, g_strdup (broken->str));
  seat_assert_heard (&self->server, self->bob, "");
  g_assert_true (is_wedged (self->bob));
  g_assert_cmpuint (count_sessions (self->bob, self->alice), ==, 0);

  g_ptr_array_add (self->bob->inbox, g_strdup (genuine));
  seat_assert_heard (&self->server, self->bob, "one");
}

static void
test_repeated (Fixture *self, gconstpointer unused)
{
  g_autofree char *event = NULL;

  seat_say (&self->server, self->alice, self->bob, "one");
  event = copy_last (self->bob);
  seat_assert_heard (&self->server, self->bob, "one");
  g_ptr_array_add (self->bob->inbox, g_strdup (event));
  seat_assert_heard (&self->server, self->bob, "");
  g_assert_false (is_wedged (self->bob));
  g_assert_cmpuint (count_sessions (self->bob, self->alice), ==, 1);
}

/* A transaction that is not committed leaves everything as it was: the response comes again. */
static void
test_not_committed (Fixture *self, gconstpointer unused)
{
  g_autofree char *event = NULL;
  g_autoptr (MxSyncDelta) delta = mx_sync_delta_new (MX_SYNC_CLASSIC);
  g_autoptr (GError) error = NULL;

  seat_say (&self->server, self->alice, self->bob, "one");
  event = copy_last (self->bob);
  g_ptr_array_set_size (self->bob->inbox, 0);
  g_ptr_array_add (delta->to_device, g_strdup (event));
  seat_begin (self->bob);
  mx_olm_machine_receive_sync (self->bob->machine, delta, self->bob->changes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (self->bob->changes->verification->len, ==, 1);
  seat_roll_back (self->bob);

  g_ptr_array_add (self->bob->inbox, g_strdup (event));
  seat_assert_heard (&self->server, self->bob, "one");

  /* Nor does the end of the process. */
  seat_say (&self->server, self->alice, self->bob, "two");
  event = (g_free (event), copy_last (self->bob));
  seat_begin (self->bob);
  g_ptr_array_set_size (delta->to_device, 0);
  g_ptr_array_add (delta->to_device, g_strdup (event));
  mx_olm_machine_receive_sync (self->bob->machine, delta, self->bob->changes, &error);
  g_assert_no_error (error);
  seat_restart (self->bob);
  seat_assert_heard (&self->server, self->bob, "two");
}

static void
drop_sessions (Seat *seat, Seat *with)
{
  g_autoptr (MxStoredDevice) device =
    mx_store_get_device (seat->store, with->user_id, with->device_id);
  g_autoptr (GPtrArray) sessions =
    mx_store_load_olm_sessions (seat->store, with->user_id, device->curve25519);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("damaged", 7);

  seat_begin (seat);
  for (guint i = 0; i < sessions->len; i++)
    {
      MxStoredOlmSession *session = g_ptr_array_index (sessions, i);

      g_assert_true (mx_store_put_olm_session (
        seat->store, with->user_id, device->curve25519, session->session_id, nothing, FALSE, NULL));
    }
  seat_commit (seat);
}

/* The receiver lost its sessions: it opens a new one, and both go on with that. */
static void
test_unwedging (Fixture *self, gconstpointer unused)
{
  seat_say (&self->server, self->alice, self->bob, "one");
  seat_assert_heard (&self->server, self->bob, "one");
  seat_say (&self->server, self->bob, self->alice, "two");
  seat_assert_heard (&self->server, self->alice, "two");

  drop_sessions (self->bob, self->alice);
  seat_say (&self->server, self->alice, self->bob, "lost");
  seat_assert_heard (&self->server, self->bob, "");
  g_assert_true (is_wedged (self->bob));

  g_assert_cmpuint (seat_claim_wedged (&self->server, self->bob), ==, 1);
  g_assert_cmpint (self->bob->changes->encryption & MX_ENCRYPTION_SEND_TO_DEVICE, !=, 0);
  g_assert_cmpuint (seat_flush (&self->server, self->bob), ==, 1);
  seat_assert_heard (&self->server, self->alice, ""); /* m.dummy */
  g_assert_false (is_wedged (self->alice));

  seat_say (&self->server, self->alice, self->bob, "three");
  seat_assert_heard (&self->server, self->bob, "three");
  seat_say (&self->server, self->bob, self->alice, "four");
  seat_assert_heard (&self->server, self->alice, "four");
  {
    g_autofree char *ours = current_session (self->alice, self->bob);
    g_autofree char *theirs = current_session (self->bob, self->alice);

    g_assert_cmpstr (ours, ==, theirs);
  }

  /* Once per device and hour. */
  drop_sessions (self->bob, self->alice);
  seat_say (&self->server, self->alice, self->bob, "lost again");
  seat_assert_heard (&self->server, self->bob, "");
  g_assert_cmpuint (seat_claim_wedged (&self->server, self->bob), ==, 0);
}

/* A session that was never heard of. */
static void
test_without_session (Fixture *self, gconstpointer unused)
{
  g_autofree char *their_key =
    mx_base64_encode (mx_olm_account_get_curve25519_key (
                        mx_olm_machine_get_account (self->alice->machine, NULL)),
                      MX_STORE_KEY_SIZE);
  g_autofree char *our_key =
    mx_base64_encode (mx_olm_account_get_curve25519_key (
                        mx_olm_machine_get_account (self->bob->machine, NULL)),
                      MX_STORE_KEY_SIZE);
  g_autofree char *content =
    g_strdup_printf ("{\"algorithm\":\"m.olm.v1.curve25519-aes-sha2\",\"sender_key\":\"%s\","
                     "\"ciphertext\":{\"%s\":{\"type\":1,\"body\":\"AwogAAAA\"}}}",
                     their_key,
                     our_key);

  seat_put (self->bob, ALICE, "m.room.encrypted", content);
  seat_assert_heard (&self->server, self->bob, "");
  g_assert_true (is_wedged (self->bob));
  g_assert_cmpuint (seat_claim_wedged (&self->server, self->bob), ==, 1);
}

/* So many messages that never arrive. */
static void
skip (Seat *from, Seat *to, unsigned count)
{
  g_autoptr (MxStoredDevice) device = mx_store_get_device (from->store, to->user_id, to->device_id);
  g_autoptr (GPtrArray) sessions =
    mx_store_load_olm_sessions (from->store, to->user_id, device->curve25519);
  MxStoredOlmSession *stored = g_ptr_array_index (sessions, 0);
  g_autoptr (MxOlmSession) session =
    mx_olm_session_unpickle (stored->pickle, from->machine->pickle_key, NULL);
  g_autoptr (GBytes) pickle = NULL;
  MxOlmMessageType type;

  for (unsigned i = 0; i < count; i++)
    g_free (mx_olm_session_encrypt (session, "x", 1, &type, NULL));
  pickle = mx_olm_session_pickle (session, from->machine->pickle_key, NULL);
  seat_begin (from);
  g_assert_true (mx_store_put_olm_session (
    from->store, to->user_id, device->curve25519, stored->session_id, pickle, FALSE, NULL));
  seat_commit (from);
}

/* More than libolm follows. */
static void
test_gap_of_2001 (Fixture *self, gconstpointer unused)
{
  seat_say (&self->server, self->alice, self->bob, "one");
  seat_assert_heard (&self->server, self->bob, "one");
  seat_say (&self->server, self->bob, self->alice, "two");
  seat_assert_heard (&self->server, self->alice, "two");

  skip (self->alice, self->bob, 2001);
  seat_say (&self->server, self->alice, self->bob, "last");
  seat_assert_heard (&self->server, self->bob, "");
  g_assert_true (is_wedged (self->bob));
}

/* The session that answered last is the one that both use. */
static void
test_session_that_decrypted (Fixture *self, gconstpointer unused)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *now = NULL;
  g_autofree char *held = NULL;

  seat_say (&self->server, self->alice, self->bob, "one");
  seat_assert_heard (&self->server, self->bob, "one");
  first = current_session (self->alice, self->bob);
  seat_say (&self->server, self->bob, self->alice, "late");
  held = copy_last (self->alice);
  g_ptr_array_set_size (self->alice->inbox, 0);

  g_assert_true (seat_claim (&self->server, self->alice, self->bob, TRUE));
  second = current_session (self->alice, self->bob);
  g_assert_cmpstr (first, !=, second);
  g_ptr_array_add (self->alice->inbox, g_strdup (held));
  seat_assert_heard (&self->server, self->alice, "late");
  now = current_session (self->alice, self->bob);
  g_assert_cmpstr (now, ==, first);
}

static void
test_sessions_are_bounded (Fixture *self, gconstpointer unused)
{
  for (unsigned i = 0; i < 10; i++)
    {
      g_autoptr (MxStoredDevice) device = NULL;

      g_assert_true (seat_claim (&self->server, self->alice, self->bob, TRUE));
      device = mx_store_get_device (self->alice->store, BOB, "BOB");
      device->unwedged_ms = 0;
      seat_begin (self->alice);
      g_assert_true (mx_store_put_device (self->alice->store, device, NULL));
      seat_commit (self->alice);
    }
  g_assert_cmpuint (count_sessions (self->alice, self->bob), ==, MX_STORE_MAX_OLM_SESSIONS);
}

/* -- Payloads that lie */

/* Encrypts this text as it is, by the session that alice has with bob. */
static void
send_payload (Fixture *self, const char *payload)
{
  Seat *alice = self->alice;
  g_autoptr (MxStoredDevice) device = mx_store_get_device (alice->store, BOB, "BOB");
  g_autoptr (GPtrArray) sessions =
    mx_store_load_olm_sessions (alice->store, BOB, device->curve25519);
  MxStoredOlmSession *stored = g_ptr_array_index (sessions, 0);
  g_autoptr (MxOlmSession) session =
    mx_olm_session_unpickle (stored->pickle, alice->machine->pickle_key, NULL);
  g_autofree char *sender_key =
    mx_base64_encode (mx_olm_account_get_curve25519_key (alice->machine->account), 32);
  g_autofree char *their_key = mx_base64_encode (device->curve25519, 32);
  g_autofree char *body = NULL;
  g_autofree char *content = NULL;
  g_autoptr (GBytes) pickle = NULL;
  MxOlmMessageType type;

  body = mx_olm_session_encrypt (session, payload, strlen (payload), &type, NULL);
  pickle = mx_olm_session_pickle (session, alice->machine->pickle_key, NULL);
  seat_begin (alice);
  g_assert_true (mx_store_put_olm_session (
    alice->store, BOB, device->curve25519, stored->session_id, pickle, FALSE, NULL));
  seat_commit (alice);
  content =
    g_strdup_printf ("{\"algorithm\":\"m.olm.v1.curve25519-aes-sha2\",\"sender_key\":\"%s\","
                     "\"ciphertext\":{\"%s\":{\"type\":%d,\"body\":\"%s\"}}}",
                     sender_key,
                     their_key,
                     type,
                     body);
  seat_put (self->bob, ALICE, "m.room.encrypted", content);
}

/* A payload from alice to bob, with device keys; caller frees. */
static char *
make_payload (Fixture *self)
{
  MxOlmAccount *ours = mx_olm_machine_get_account (self->alice->machine, NULL);
  MxOlmAccount *theirs = mx_olm_machine_get_account (self->bob->machine, NULL);
  g_autofree char *keys = mx_olm_machine_dup_device_keys (self->alice->machine, NULL);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (keys, -1, NULL);
  g_autoptr (MxJsonDocument) content = mx_json_document_parse ("{\"what\":\"lie\"}", -1, NULL);

  return mx_olm_payload_new (SEAT_WORD,
                             mx_json_document_root (content),
                             ALICE,
                             mx_olm_account_get_ed25519_key (ours),
                             BOB,
                             mx_olm_account_get_ed25519_key (theirs),
                             mx_json_document_root (document));
}

typedef struct
{
  const char *name;
  const char *from;
  const char *to;
} Lie;

static const Lie lies[] = {
  { "E2E-034-other-sender", "\"sender\":\"" ALICE, "\"sender\":\"" CAROL },
  { "E2E-034-other-recipient", "\"recipient\":\"" BOB, "\"recipient\":\"" CAROL },
  { "E2E-034-no-sender", "\"sender\":", "\"zender\":" },
  { "E2E-034-no-recipient", "\"recipient\":", "\"zecipient\":" },
  { "E2E-034-no-recipient-key", "\"recipient_keys\":", "\"zecipient_keys\":" },
  { "E2E-034-other-recipient-key",
    "\"recipient_keys\":{\"ed25519\":\"",
    "\"recipient_keys\":{\"ed25519\":\"AA" },
  { "E2E-034-no-keys", "\"keys\":{\"ed25519\":", "\"keys\":{\"zed25519\":" },
  { "E2E-034-no-type", "\"type\":", "\"zype\":" },
  { "E2E-035-keys-of-another-user", "\"user_id\":\"" ALICE, "\"user_id\":\"" CAROL },
  { "E2E-035-keys-altered", "m.megolm.v1", "m.megolm.v9" },
  { "E2E-035-not-signed", "\"signatures\":", "\"zignatures\":" },
};

static void
test_lie (Fixture *self, gconstpointer data)
{
  const Lie *lie = data;
  g_autofree char *payload = make_payload (self);
  g_autoptr (GString) altered = g_string_new (payload);

  g_assert_cmpuint (g_string_replace (altered, lie->from, lie->to, 0), >, 0);
  send_payload (self, altered->str);
  seat_assert_heard (&self->server, self->bob, "");

  /* The device and its session are not to blame. */
  g_assert_false (is_wedged (self->bob));
  seat_say (&self->server, self->alice, self->bob, "truth");
  seat_assert_heard (&self->server, self->bob, "truth");
}

static void
test_truth (Fixture *self, gconstpointer unused)
{
  g_autofree char *payload = make_payload (self);

  send_payload (self, payload);
  seat_assert_heard (&self->server, self->bob, "lie");
}

/* Device keys of the unstable name are looked at in the same way. */
static void
test_unstable_device_keys (Fixture *self, gconstpointer unused)
{
  g_autofree char *payload = make_payload (self);
  g_autoptr (GString) altered = g_string_new (payload);

  g_string_replace (altered, "\"sender_device_keys\"", "\"org.matrix.msc4147.device_keys\"", 0);
  send_payload (self, altered->str);
  seat_assert_heard (&self->server, self->bob, "lie");
  g_string_replace (altered, "m.megolm.v1", "m.megolm.v9", 0);
  send_payload (self, altered->str);
  seat_assert_heard (&self->server, self->bob, "");
}

/* The payload claims another Ed25519 key than the device is pinned with. */
static void
test_other_key_than_pinned (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxStoredDevice) device = mx_store_get_device (self->bob->store, ALICE, "ALICE");

  device->ed25519[0] ^= 1;
  seat_begin (self->bob);
  g_assert_true (mx_store_put_device (self->bob->store, device, NULL));
  seat_commit (self->bob);
  seat_say (&self->server, self->alice, self->bob, "one");
  seat_assert_heard (&self->server, self->bob, "");
}

static void
test_unknown_device (Fixture *self, gconstpointer unused)
{
  Seat *carol = encryption_fixture_add (&self->server, CAROL, "CAROL");

  seat_upload (&self->server, carol);
  seat_query (&self->server, carol, BOB, NULL);
  g_assert_true (seat_claim (&self->server, carol, self->bob, FALSE));
  seat_say (&self->server, carol, self->bob, "one");
  seat_assert_heard (&self->server, self->bob, "one");
  g_assert_cmpint (self->bob->changes->encryption & MX_ENCRYPTION_QUERY_DEVICES, !=, 0);
  g_assert_true (mx_store_is_user_tracked (self->bob->store, CAROL));

  /* It is asked for once, not with each message. */
  seat_say (&self->server, carol, self->bob, "two");
  seat_assert_heard (&self->server, self->bob, "two");
  g_assert_cmpint (self->bob->changes->encryption & MX_ENCRYPTION_QUERY_DEVICES, ==, 0);
}

static void
test_dehydrated (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxStoredDevice) device = mx_store_get_device (self->bob->store, ALICE, "ALICE");

  device->is_dehydrated = TRUE;
  seat_begin (self->bob);
  g_assert_true (mx_store_put_device (self->bob->store, device, NULL));
  seat_commit (self->bob);
  seat_say (&self->server, self->alice, self->bob, "one");
  seat_assert_heard (&self->server, self->bob, "");
}

/* Where devices that their owner did not sign are left out, they still give keys, say why they give
 * none, ask, and verify; else they could never be verified. */
static void
test_insecure_device (Fixture *self, gconstpointer unused)
{
  const MxEncryptionPolicy strict = { .share_with_all = FALSE };
  g_autoptr (MxMegolmOutbound) olm = mx_megolm_outbound_new ();
  g_autoptr (MxSecret) key = mx_megolm_outbound_dup_key (olm, NULL);
  g_autofree char *session_id = mx_megolm_outbound_dup_id (olm);
  g_autofree char *room_key = NULL;
  g_autofree char *code = NULL;
  g_autoptr (MxStoredMegolm) stored = NULL;

  mx_olm_machine_set_policy (self->bob->machine, &strict);
  room_key = g_strdup_printf ("{\"algorithm\":\"m.megolm.v1.aes-sha2\",\"room_id\":\"!r:x\","
                              "\"session_id\":\"%s\",\"session_key\":\"%s\"}",
                              session_id,
                              mx_secret_get_text (key));
  seat_send (self->alice, self->bob, "m.room_key", room_key);
  seat_send (self->alice,
             self->bob,
             "m.room_key.withheld",
             "{\"algorithm\":\"m.megolm.v1.aes-sha2\",\"room_id\":\"!r:x\","
             "\"session_id\":\"s\",\"code\":\"m.unverified\"}");
  seat_flush (&self->server, self->alice);
  seat_say (&self->server, self->alice, self->bob, "verify");
  seat_assert_heard (&self->server, self->bob, "verify");
  stored = mx_store_get_megolm (self->bob->store, "!r:x", session_id);
  g_assert_nonnull (stored);
  code = mx_store_get_withheld (self->bob->store, "!r:x", "s", ALICE);
  g_assert_cmpstr (code, ==, "m.unverified");
}

/* But nothing else is taken from them: not even what was asked for. */
static void
test_insecure_device_sends_secret (Fixture *self, gconstpointer unused)
{
  const MxEncryptionPolicy strict = { .share_with_all = FALSE };
  Seat *second = encryption_fixture_add (&self->server, BOB, "BOB2");
  g_autoptr (MxSecret) secret = NULL;

  encryption_fixture_introduce (&self->server, second, self->bob);
  mx_olm_machine_set_policy (self->bob->machine, &strict);
  seat_begin (self->bob);
  g_assert_true (mx_store_add_secret_request (
    self->bob->store, "request", "BOB2", "m.megolm_backup.v1", 1, NULL));
  seat_commit (self->bob);
  seat_send (second,
             self->bob,
             "m.secret.send",
             "{\"request_id\":\"request\","
             "\"secret\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"}");
  seat_flush (&self->server, second);
  seat_assert_heard (&self->server, self->bob, "");
  secret = mx_store_get_secret (self->bob->store, "m.megolm_backup.v1");
  g_assert_null (secret);
}

/* In the clear only what may come in the clear. */
static void
test_clear (Fixture *self, gconstpointer unused)
{
  MxVerificationNote *note = NULL;

  seat_put (self->bob, ALICE, SEAT_WORD, "{\"what\":\"clear\"}");
  seat_put (self->bob, ALICE, "m.room_key", "{}");
  seat_put (self->bob, "not an id", SEAT_WORD, "{}");
  seat_put (self->bob, ALICE, "m.dummy", "{}");
  seat_assert_heard (&self->server, self->bob, "clear");
  note = g_ptr_array_index (self->bob->changes->verification, 0);
  g_assert_false (note->encrypted);
}

/* -- Out */

/* Whatever ends after a commit: the same bytes under the same transaction id. */
static void
test_same_bytes (Fixture *self, gconstpointer unused)
{
  Seat *alice = self->alice;
  g_autoptr (MxToDeviceBatch) first = NULL;
  g_autoptr (MxToDeviceBatch) again = NULL;

  seat_send (alice, self->bob, SEAT_WORD, "{\"what\":\"one\"}");
  seat_restart (alice);
  seat_begin (alice);
  first = mx_store_next_to_device (alice->store, 250, NULL);
  seat_commit (alice);
  seat_send (alice, self->bob, SEAT_WORD, "{\"what\":\"two\"}");
  seat_restart (alice);
  seat_begin (alice);
  again = mx_store_next_to_device (alice->store, 250, NULL);
  seat_commit (alice);
  g_assert_cmpstr (first->txn_id, ==, again->txn_id);
  g_assert_cmpstr (first->body, ==, again->body);

  g_assert_cmpuint (seat_flush (&self->server, alice), ==, 2);
  seat_assert_heard (&self->server, self->bob, "one two");
}

/* What was not committed never left, and its ratchet step never was. */
static void
test_rolled_back (Fixture *self, gconstpointer unused)
{
  Seat *alice = self->alice;
  g_autoptr (MxStoredDevice) device = mx_store_get_device (alice->store, BOB, "BOB");
  g_autoptr (MxJsonDocument) content = mx_json_document_parse ("{\"what\":\"never\"}", -1, NULL);

  seat_begin (alice);
  g_assert_true (mx_olm_outbox_send (alice->machine,
                                     device,
                                     SEAT_WORD,
                                     mx_json_document_root (content),
                                     alice->changes,
                                     NULL,
                                     NULL));
  seat_roll_back (alice);
  seat_say (&self->server, alice, self->bob, "one");
  seat_assert_heard (&self->server, self->bob, "one");
}

static void
test_batches (Fixture *self, gconstpointer unused)
{
  Seat *alice = self->alice;

  seat_begin (alice);
  for (unsigned i = 0; i < 300; i++)
    {
      g_autofree char *device_id = g_strdup_printf ("D%u", i);

      g_assert_true (mx_olm_outbox_send_clear (
        alice->machine, SEAT_WORD, CAROL, device_id, "{}", alice->changes, NULL));
    }
  g_assert_true (mx_olm_outbox_send_clear (
    alice->machine, "m.room_key.withheld", CAROL, "D1", "{}", alice->changes, NULL));
  seat_commit (alice);
  /* 250 and 50 of one type, one of the other. */
  g_assert_cmpuint (seat_flush (&self->server, alice), ==, 3);
}

/* A device gets its messages in the order in which they were queued, in one request each. */
static void
test_one_per_device (Fixture *self, gconstpointer unused)
{
  for (unsigned i = 0; i < 3; i++)
    {
      g_autofree char *content = g_strdup_printf ("{\"what\":\"%u\"}", i);

      seat_send (self->alice, self->bob, SEAT_WORD, content);
    }
  g_assert_cmpuint (seat_flush (&self->server, self->alice), ==, 3);
  seat_assert_heard (&self->server, self->bob, "0 1 2");
}

static void
test_hostile (Fixture *self, gconstpointer unused)
{
  const char *const contents[] = {
    "{}",
    "{\"algorithm\":\"m.olm.v1.curve25519-aes-sha2\"}",
    "{\"algorithm\":\"m.olm.v1.curve25519-aes-sha2\",\"sender_key\":\"AA\",\"ciphertext\":{}}",
    "{\"algorithm\":7,\"sender_key\":[],\"ciphertext\":[]}",
    "{\"algorithm\":\"m.olm.v1.curve25519-aes-sha2\",\"ciphertext\":\"text\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++)
    seat_put (self->bob, ALICE, "m.room.encrypted", contents[i]);
  g_ptr_array_add (self->bob->inbox, g_strdup ("no json"));
  g_ptr_array_add (self->bob->inbox, g_strdup ("[]"));
  g_ptr_array_add (self->bob->inbox, g_strdup ("{\"type\":1,\"sender\":2,\"content\":3}"));
  {
    g_autofree char *big = g_strnfill (2 * 1024 * 1024, ' ');

    g_ptr_array_add (self->bob->inbox, g_steal_pointer (&big));
  }
  seat_assert_heard (&self->server, self->bob, "");
  g_assert_false (is_wedged (self->bob));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/olm/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("E2E-032-both-ways", test_both_ways);
  ADD ("E2E-046-in-order", test_in_order);
  ADD ("E2E-013-broken-mac", test_broken_mac);
  ADD ("E2E-045-repeated", test_repeated);
  ADD ("E2E-044-not-committed", test_not_committed);
  ADD ("E2E-041-unwedging", test_unwedging);
  ADD ("E2E-033-without-session", test_without_session);
  ADD ("E2E-047-gap-of-2001", test_gap_of_2001);
  ADD ("E2E-031-session-that-decrypted", test_session_that_decrypted);
  ADD ("E2E-031-sessions-are-bounded", test_sessions_are_bounded);
  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autofree char *path = g_strconcat ("/olm/", lies[i].name, NULL);

      g_test_add (path, Fixture, &lies[i], set_up, test_lie, tear_down);
    }
  ADD ("E2E-034-truth", test_truth);
  ADD ("E2E-034-other-key-than-pinned", test_other_key_than_pinned);
  ADD ("E2E-035-unstable-device-keys", test_unstable_device_keys);
  ADD ("E2E-036-unknown-device", test_unknown_device);
  ADD ("E2E-037-clear", test_clear);
  ADD ("E2E-039-insecure-device", test_insecure_device);
  ADD ("E2E-039-E2E-151-secret-of-insecure-device", test_insecure_device_sends_secret);
  ADD ("E2E-040-dehydrated", test_dehydrated);
  ADD ("E2E-043-same-bytes", test_same_bytes);
  ADD ("E2E-043-rolled-back", test_rolled_back);
  ADD ("E2E-048-batches", test_batches);
  ADD ("E2E-048-one-per-device", test_one_per_device);
  ADD ("E2E-168-hostile", test_hostile);

  return g_test_run ();
}
