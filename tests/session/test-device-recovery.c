/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A profile that was put back to an earlier time goes on with the same device, and with nothing of
 * its old ratchets. Real machines on both sides. */
#include "config.h"

#include "megolm-fixture.h"

#include "mx-device-recovery.h"
#include "mx-base64.h"
#include "mx-key-upload.h"
#include "mx-olm-session.h"
#include "mx-store-olm.h"

#include <string.h>

static gboolean
went_back (Conversation *self)
{
  return mx_device_recovery_get_time (self->alice->store, MX_VALUE_DEVICE_WENT_BACK) > 0;
}

/* Which session encrypts for Bob; caller frees. */
static char *
olm_session (Conversation *self)
{
  g_autoptr (MxStoredDevice) device = mx_store_get_device (self->alice->store, BOB, "BOB");

  return mx_store_get_olm_session_id (self->alice->store, BOB, device->curve25519);
}

/* Nothing of before is used to encrypt: neither the room's session nor the one with Bob's device.
 */
static void
assert_new_ratchets (Conversation *self, const char *megolm, const char *olm)
{
  g_autofree char *now = conversation_write_message (self, "$after");
  g_autofree char *with_bob = olm_session (self);

  g_assert_cmpstr (now, !=, megolm);
  g_assert_cmpstr (with_bob, !=, olm);
  seat_assert_reads (self->bob, "$after", "$after");
}

static void
take_keys (Conversation *self, unsigned n)
{
  g_autofree char *claim = mx_key_upload_write_claim (self->alice->machine);

  for (unsigned i = 0; i < n; i++)
    g_free (encryption_fixture_answer_claim (&self->server, claim));
}

static void
count_keys (Conversation *self)
{
  g_autoptr (MxSyncDelta) delta = mx_sync_delta_new (MX_SYNC_CLASSIC);
  g_autoptr (GError) error = NULL;

  delta->one_time_key_counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_hash_table_insert (delta->one_time_key_counts,
                       g_strdup ("signed_curve25519"),
                       GUINT_TO_POINTER (g_hash_table_size (self->alice->one_time)));
  seat_begin (self->alice);
  mx_key_upload_take_counts (self->alice->machine, delta, self->alice->changes, &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
}

static char *
identity (Conversation *self)
{
  return mx_olm_machine_dup_device_keys (self->alice->machine, NULL);
}

static void
assert_keys_open_sessions (Conversation *self)
{
  MxOlmAccount *alice = mx_olm_machine_get_account (self->alice->machine, NULL);
  MxOlmAccount *bob = mx_olm_machine_get_account (self->bob->machine, NULL);
  GHashTableIter iter;
  gpointer text = NULL;

  g_hash_table_iter_init (&iter, self->alice->one_time);
  while (g_hash_table_iter_next (&iter, NULL, &text))
    {
      g_autoptr (MxJsonDocument) document = mx_json_document_parse (text, -1, NULL);
      g_autoptr (MxOlmSession) out = NULL;
      g_autoptr (MxOlmSession) in = NULL;
      g_autoptr (GBytes) plaintext = NULL;
      g_autofree char *body = NULL;
      g_autoptr (GError) error = NULL;
      MxOlmMessageType type;
      guint8 key[MX_STORE_KEY_SIZE];

      g_assert_true (
        mx_base64_decode_exact (mx_json_get_string (mx_json_document_root (document), "key"),
                                key,
                                sizeof key,
                                NULL));
      out =
        mx_olm_session_new_outbound (bob, mx_olm_account_get_curve25519_key (alice), key, &error);
      g_assert_no_error (error);
      body = mx_olm_session_encrypt (out, "x", 1, &type, &error);
      g_assert_no_error (error);
      in = mx_olm_session_new_inbound (alice,
                                       mx_olm_account_get_curve25519_key (bob),
                                       body,
                                       &plaintext,
                                       &error);
      g_assert_no_error (error);
    }
}

/* All keys that the server has are of the account as it is now. */
static void
test_conflict (Conversation *self, gconstpointer unused)
{
  g_autofree char *megolm = conversation_write_message (self, "$1");
  g_autofree char *olm = olm_session (self);
  g_autofree char *before = identity (self);
  g_autoptr (GBytes) saved = seat_save (self->alice);
  g_autofree char *after = NULL;
  g_autofree char *reason = NULL;

  take_keys (self, 20);
  count_keys (self);
  seat_upload (&self->server, self->alice);
  seat_put_back (self->alice, saved);
  g_assert_false (went_back (self));
  take_keys (self, 15);
  count_keys (self);
  seat_upload (&self->server, self->alice);

  g_assert_true (went_back (self));
  reason = mx_store_get_value (self->alice->store, MX_VALUE_DEVICE_BROKEN);
  g_assert_null (reason);
  after = identity (self);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpuint (g_hash_table_size (self->alice->one_time), ==, 50);
  assert_new_ratchets (self, megolm, olm);

  assert_keys_open_sessions (self);
}

/* The room shows a message that this profile has not written yet, of the session that it would go
 * on with. */
static void
test_same_session (Conversation *self, gconstpointer unused)
{
  g_autofree char *megolm = conversation_write_message (self, "$1");
  g_autofree char *olm = olm_session (self);
  g_autoptr (GBytes) saved = seat_save (self->alice);
  g_autofree char *lost = seat_encrypt (&self->server, self->alice, ROOM, "perdu");

  seat_hear (&self->server, self->bob, ROOM, "$2", ALICE, lost);
  seat_put_back (self->alice, saved);
  seat_hear (&self->server, self->alice, ROOM, "$2", ALICE, lost);
  g_assert_true (went_back (self));
  seat_assert_reads (self->alice, "$2", "perdu");
  assert_new_ratchets (self, megolm, olm);
}

/* The same, of a session that was made in the time that is lost. */
static void
test_other_session (Conversation *self, gconstpointer unused)
{
  g_autofree char *megolm = conversation_write_message (self, "$1");
  g_autofree char *olm = olm_session (self);
  g_autoptr (GBytes) saved = seat_save (self->alice);
  g_autoptr (GError) error = NULL;
  g_autofree char *lost = NULL;
  g_autofree char *event = NULL;

  seat_begin (self->alice);
  mx_store_end_outbound (self->alice->store, ROOM, &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
  lost = seat_encrypt (&self->server, self->alice, ROOM, "perdu");
  seat_hear (&self->server, self->bob, ROOM, "$2", ALICE, lost);
  seat_put_back (self->alice, saved);

  /* Another device of ours may have written it, as long as the server does not say that we did. */
  seat_hear (&self->server, self->alice, ROOM, "$2", ALICE, lost);
  g_assert_false (went_back (self));
  event = g_strdup_printf ("{\"event_id\":\"$3\",\"sender\":\"" ALICE "\",\"type\":"
                           "\"m.room.encrypted\",\"origin_server_ts\":%" G_GINT64_FORMAT ","
                           "\"content\":%s,\"unsigned\":{\"transaction_id\":\"t\"}}",
                           g_get_real_time () / 1000,
                           lost);
  seat_see (&self->server, self->alice, ROOM, event, NULL);
  g_assert_true (went_back (self));
  assert_new_ratchets (self, megolm, olm);
}

/* What others still say with the sessions of before is read. */
static void
test_old_sessions_read (Conversation *self, gconstpointer unused)
{
  g_autofree char *megolm = conversation_write_message (self, "$1");
  g_autofree char *olm = NULL;
  g_autofree char *now = NULL;
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;

  seat_query (&self->server, self->bob, ALICE, NULL);
  olm = olm_session (self);
  seat_begin (self->alice);
  mx_device_recovery_go_back (self->alice->store, g_get_real_time () / 1000, &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
  seat_upload (&self->server, self->alice);
  now = olm_session (self);
  g_assert_null (now);

  key = seat_encrypt (&self->server, self->bob, ROOM, "par celle d’avant");
  seat_hear (&self->server, self->alice, ROOM, "$2", BOB, key);
  seat_assert_reads (self->alice, "$2", "par celle d’avant");
  now = olm_session (self);
  g_assert_null (now);
  assert_new_ratchets (self, megolm, olm);
}

static void
publish_others (Conversation *self, MxOlmAccount *account)
{
  g_free (self->alice->device_keys);
  self->alice->device_keys = mx_device_keys_new_signed (account, ALICE, "ALICE", NULL);
  seat_query (&self->server, self->alice, ALICE, NULL);
}

/* Nothing is encrypted until the server shows ours again. */
static void
test_other_keys (Conversation *self, gconstpointer unused)
{
  g_autofree char *megolm = conversation_write_message (self, "$1");
  g_autofree char *ours = g_strdup (self->alice->device_keys);
  g_autoptr (MxOlmAccount) account = mx_olm_account_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *wire = NULL;
  g_autofree char *now = NULL;

  publish_others (self, account);
  g_assert_cmpint (self->alice->changes->encryption & MX_ENCRYPTION_UPLOAD_KEYS, !=, 0);
  wire = seat_try_encrypt (&self->server, self->alice, ROOM, "{}", &error);
  g_assert_null (wire);
  g_assert_nonnull (error);

  seat_upload (&self->server, self->alice);
  g_assert_cmpstr (self->alice->device_keys, ==, ours);
  seat_query (&self->server, self->alice, ALICE, NULL);
  now = conversation_write_message (self, "$2");
  g_assert_cmpstr (now, ==, megolm);
  seat_assert_reads (self->bob, "$2", "$2");

  publish_others (self, account);
  g_assert_cmpint (self->alice->changes->encryption & MX_ENCRYPTION_BROKEN, !=, 0);
}

#define ADD(path, func)                                                                            \
  g_test_add ("/session/device-recovery/" path,                                                    \
              Conversation,                                                                        \
              NULL,                                                                                \
              conversation_set_up,                                                                 \
              func,                                                                                \
              conversation_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("E2E-009-conflict", test_conflict);
  ADD ("E2E-009-E2E-043-same-session", test_same_session);
  ADD ("E2E-009-E2E-043-other-session", test_other_session);
  ADD ("E2E-009-old-sessions-read", test_old_sessions_read);
  ADD ("E2E-004-other-keys", test_other_keys);

  return g_test_run ();
}
