/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Verification messages that come to an account: which of them the user sees, and what is said to
 * those that belong to nothing. */
#include "config.h"

#include "session-fixture.h"

#include "mx-base64.h"
#include "mx-session-private.h"
#include "mx-store-devices.h"
#include "mx-store-identities.h"
#include "mx-store-to-device.h"
#include "mx-verifications-private.h"

#define OTHER_DEVICE "AUTRE"
#define KEY          "YI/7vbGVLpGdYtuceQR8MSsKB/QjgfMXM1xqnn+0NWU"

typedef struct
{
  SessionFixture session;
  MxVerifications *list;
  MxVerification *asked; /* by the last request that the user is to see, NULL */
  unsigned requests;
} Fixture;

static void
request_cb (Fixture *self, MxVerification *verification)
{
  g_set_object (&self->asked, verification);
  self->requests++;
}

/* -- The store */

static gboolean
put_device (MxStore *store, const char *user_id, const char *device_id, GError **error)
{
  MxStoredDevice device = {
    .user_id = (char *) user_id,
    .device_id = (char *) device_id,
    .keys = (char *) "{}",
    .first_seen_ms = 1,
  };
  g_auto (GStrv) outdated = NULL;
  gint64 sequence = 0;

  g_assert_true (mx_base64_decode_exact (KEY, device.ed25519, sizeof device.ed25519, NULL));
  device.curve25519[0] = (guint8) strlen (user_id);
  device.curve25519[1] = (guint8) device_id[0];
  if (!mx_store_track_user (store, user_id, error) || !mx_store_put_device (store, &device, error))
    return FALSE;
  outdated = mx_store_load_outdated (store, 10, &sequence);

  return mx_store_clear_outdated (store, user_id, sequence, 1, error);
}

static gboolean
devices_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  return put_device (store, FIXTURE_USER, OTHER_DEVICE, error) &&
         put_device (store, FIXTURE_OTHER, "PAUL", error);
}

/* A device that has the name of the master key. */
static gboolean
ambiguous_work (MxStore *store,
                MxStoreChanges *changes,
                gpointer data,
                GValue *result,
                GError **error)
{
  MxStoredIdentity identity = {
    .user_id = (char *) FIXTURE_USER,
    .master = (char *) "{\"user_id\":\"" FIXTURE_USER "\",\"usage\":[\"master\"],"
                       "\"keys\":{\"ed25519:" KEY "\":\"" KEY "\"}}",
  };

  g_assert_true (mx_base64_decode_exact (KEY, identity.master_key, MX_STORE_KEY_SIZE, NULL));
  memcpy (identity.pinned_key, identity.master_key, MX_STORE_KEY_SIZE);

  return mx_store_put_identity (store, &identity, error) &&
         put_device (store, FIXTURE_USER, KEY, error);
}

static gboolean
own_key_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  return mx_store_set_value (store, "device_ed25519", KEY, error);
}

/* Takes what waits to leave: a line for each request, "type body". */
static gboolean
queue_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  GString *said = data;

  for (;;)
    {
      g_autoptr (MxToDeviceBatch) batch = mx_store_next_to_device (store, 100, error);

      if (batch == NULL)
        return *error == NULL;
      g_string_append_printf (said, "%s %s\n", batch->type, batch->body);
      if (!mx_store_to_device_sent (store, batch->txn_id, error))
        return FALSE;
    }
}

static gboolean
no_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return TRUE;
}

static void
work (Fixture *self, MxStoreFunc func, gpointer data)
{
  g_autoptr (DexFuture) done =
    session_fixture_wait (mx_session_write (self->session.session, func, data, NULL));
}

static char *
take_said (Fixture *self)
{
  GString *said = g_string_new (NULL);

  work (self, queue_work, said);

  return g_string_free (said, FALSE);
}

static void
assert_silence (Fixture *self)
{
  g_autofree char *said = take_said (self);

  g_assert_cmpstr (said, ==, "");
}

/* One message of this kind, to a device, in which text stands. */
static void
assert_said (Fixture *self, const char *message, const char *device, const char *text)
{
  g_autofree char *said = take_said (self);
  g_autofree char *type = g_strconcat ("m.key.verification.", message, " ", NULL);
  g_autofree char *to = g_strdup_printf ("\"%s\":{", device);

  g_assert_true (g_str_has_prefix (said, type));
  g_assert_nonnull (strstr (said, to));
  g_assert_nonnull (strstr (said, text));
  g_assert_true (strchr (said, '\n') == said + strlen (said) - 1);
}

/* -- What comes */

static void
hear (Fixture *self, const char *sender, const char *message, const char *content)
{
  g_autofree char *type = g_strconcat ("m.key.verification.", message, NULL);
  const MxVerificationNote note = {
    .sender = (char *) sender,
    .type = type,
    .content = (char *) content,
  };

  mx_verifications_take_note (self->list, &note);
}

static void
hear_in_room (Fixture *self,
              const char *sender,
              const char *type,
              const char *event_id,
              const char *content)
{
  const MxVerificationNote note = {
    .sender = (char *) sender,
    .type = (char *) type,
    .content = (char *) content,
    .room_id = (char *) FIXTURE_ROOM,
    .event_id = (char *) event_id,
    .timestamp_ms = mx_verifications_now (),
  };

  mx_verifications_take_note (self->list, &note);
}

static char *
write_request (const char *device_id, const char *methods, const char *txn, gint64 age_ms)
{
  return g_strdup_printf ("{\"from_device\":\"%s\",\"methods\":[%s],\"transaction_id\":\"%s\","
                          "\"timestamp\":%" G_GINT64_FORMAT "}",
                          device_id,
                          methods,
                          txn,
                          mx_verifications_now () - age_ms);
}

static void
hear_request (Fixture *self, const char *sender, const char *device_id, const char *txn)
{
  g_autofree char *content = write_request (device_id, "\"m.sas.v1\"", txn, 0);

  hear (self, sender, "request", content);
}

static void
hear_room_request (Fixture *self, const char *sender, const char *event_id, const char *to)
{
  g_autofree char *content =
    g_strdup_printf ("{\"msgtype\":\"m.key.verification.request\",\"from_device\":\"PAUL\","
                     "\"methods\":[\"m.sas.v1\"],\"body\":\"\",\"to\":\"%s\"}",
                     to);

  hear_in_room (self, sender, "m.room.message", event_id, content);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  session_fixture_init (&self->session);
  self->list = mx_encryption_get_verifications (mx_session_get_encryption (self->session.session));
  g_signal_connect_swapped (self->list, "request", G_CALLBACK (request_cb), self);
  session_fixture_make_room (&self->session);
  work (self, devices_work, NULL);
  work (self, own_key_work, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (self->list, self);
  g_clear_object (&self->asked);
  session_fixture_clear (&self->session);
}

/* -- By to-device */

static void
test_request (Fixture *self, gconstpointer data)
{
  hear_request (self, FIXTURE_USER, OTHER_DEVICE, "t1");
  g_assert_cmpuint (self->requests, ==, 1);
  g_assert_true (mx_verification_is_incoming (self->asked));
  g_assert_true (mx_verification_is_own (self->asked));
  g_assert_true (mx_verification_is_prompting (self->asked));
  g_assert_cmpstr (mx_verification_get_device_id (self->asked), ==, OTHER_DEVICE);
  assert_silence (self);

  /* the same again is no second one */
  hear_request (self, FIXTURE_USER, OTHER_DEVICE, "t1");
  g_assert_cmpuint (self->requests, ==, 1);

  mx_verification_accept (self->asked);
  assert_said (self, "ready", OTHER_DEVICE, "\"t1\"");
}

static void
test_request_of_another_time (Fixture *self, gconstpointer data)
{
  g_autofree char *old =
    write_request (OTHER_DEVICE, "\"m.sas.v1\"", "old", MX_VERIFICATION_LIFE_MS + 60000);
  g_autofree char *future =
    write_request (OTHER_DEVICE, "\"m.sas.v1\"", "future", -MX_VERIFICATION_FUTURE_MS - 60000);

  hear (self, FIXTURE_USER, "request", old);
  hear (self, FIXTURE_USER, "request", future);
  hear (self,
        FIXTURE_USER,
        "request",
        "{\"from_device\":\"" OTHER_DEVICE
        "\",\"methods\":[\"m.sas.v1\"],\"transaction_id\":\"t\"}");
  g_assert_cmpuint (self->requests, ==, 0);
  assert_silence (self);
}

static void
test_request_not_for_us (Fixture *self, gconstpointer data)
{
  g_autofree char *methods = write_request (OTHER_DEVICE, "\"m.qr_code.show.v1\",7", "methods", 0);

  hear (self, FIXTURE_USER, "request", methods);
  hear_request (self, FIXTURE_USER, mx_session_get_device_id (self->session.session), "echo");
  hear_request (self, FIXTURE_OTHER, "PAUL", "stranger"); /* people ask in rooms */
  g_assert_cmpuint (self->requests, ==, 0);
  assert_silence (self);
}

static void
test_request_flood (Fixture *self, gconstpointer data)
{
  for (int i = 0; i < 50; i++)
    {
      g_autofree char *txn = g_strdup_printf ("t%d", i);

      hear_request (self, FIXTURE_USER, OTHER_DEVICE, txn);
    }
  g_assert_cmpuint (self->requests, ==, 4);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->list)), ==, 4);
  assert_silence (self);
}

static void
test_unknown_transaction (Fixture *self, gconstpointer data)
{
  static const char *const unanswered[] = { "start", "cancel", "done", "request", "nonsense" };

  for (gsize i = 0; i < G_N_ELEMENTS (unanswered); i++)
    hear (self, FIXTURE_USER, unanswered[i], "{\"transaction_id\":\"none\",\"code\":\"m.user\"}");
  assert_silence (self);

  hear (self, FIXTURE_USER, "key", "{\"transaction_id\":\"none\",\"key\":\"" KEY "\"}");
  assert_said (self, "cancel", "*", "m.unknown_transaction");
  /* said once */
  hear (self, FIXTURE_USER, "mac", "{\"transaction_id\":\"none\"}");
  assert_silence (self);

  hear (self,
        FIXTURE_USER,
        "ready",
        "{\"transaction_id\":\"late\",\"from_device\":\"" OTHER_DEVICE "\"}");
  assert_said (self, "cancel", OTHER_DEVICE, "m.unknown_transaction");
}

static void
test_stranger (Fixture *self, gconstpointer data)
{
  hear_request (self, FIXTURE_USER, OTHER_DEVICE, "t1");
  hear (self, FIXTURE_OTHER, "key", "{\"transaction_id\":\"t1\",\"key\":\"" KEY "\"}");
  assert_said (self, "cancel", "*", "m.user_mismatch");
  hear (self, FIXTURE_OTHER, "cancel", "{\"transaction_id\":\"t1\",\"code\":\"m.user\"}");
  assert_silence (self);
  /* and ours goes on */
  g_assert_cmpint (mx_verification_get_phase (self->asked), ==, MX_VERIFICATION_REQUESTED);
}

static void
test_nonsense (Fixture *self, gconstpointer data)
{
  static const char *const contents[] = {
    "",
    "[]",
    "7",
    "{}",
    "{\"transaction_id\":7}",
    "{\"transaction_id\":[]}",
    "{\"m.relates_to\":{\"rel_type\":\"m.reference\",\"event_id\":\"$e\"}}",
  };
  static const char *const messages[] = { "request", "ready", "start", "accept",
                                          "key",     "mac",   "done",  "cancel" };

  for (gsize i = 0; i < G_N_ELEMENTS (contents); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (messages); j++)
      {
        hear (self, FIXTURE_USER, messages[j], contents[i]);
        hear (self, FIXTURE_OTHER, messages[j], contents[i]);
      }
  g_assert_cmpuint (self->requests, ==, 0);
  assert_silence (self);
}

static void
test_ambiguous (Fixture *self, gconstpointer data)
{
  work (self, ambiguous_work, NULL);
  hear_request (self, FIXTURE_USER, OTHER_DEVICE, "t1");
  mx_verification_accept (self->asked);
  assert_said (self, "ready", OTHER_DEVICE, "\"t1\"");
  hear (self,
        FIXTURE_USER,
        "start",
        "{\"transaction_id\":\"t1\",\"from_device\":\"" OTHER_DEVICE "\",\"method\":\"m.sas.v1\","
        "\"key_agreement_protocols\":[\"curve25519-hkdf-sha256\"],\"hashes\":[\"sha256\"],"
        "\"message_authentication_codes\":[\"hkdf-hmac-sha256.v2\"],"
        "\"short_authentication_string\":[\"decimal\",\"emoji\"]}");
  assert_said (self, "cancel", OTHER_DEVICE, "m.key_mismatch");
  g_assert_cmpstr (mx_verification_get_cancel_code (self->asked), ==, "m.key_mismatch");
}

/* -- In rooms */

static void
test_room_request (Fixture *self, gconstpointer data)
{
  hear_room_request (self, FIXTURE_OTHER, "$for-another", "@somebody:ministere.test");
  hear_room_request (self, FIXTURE_USER, "$ours", FIXTURE_USER);
  g_assert_cmpuint (self->requests, ==, 0);

  hear_room_request (self, FIXTURE_OTHER, "$request", FIXTURE_USER);
  g_assert_cmpuint (self->requests, ==, 1);
  g_assert_false (mx_verification_is_own (self->asked));
  g_assert_cmpstr (mx_verification_get_room_id (self->asked), ==, FIXTURE_ROOM);
  g_assert_cmpstr (mx_verification_get_transaction_id (self->asked), ==, "$request");
  assert_silence (self);
}

static void
test_room_request_of_an_ignored_one (Fixture *self, gconstpointer data)
{
  session_fixture_account_data (&self->session,
                                "{\"type\":\"m.ignored_user_list\",\"content\":"
                                "{\"ignored_users\":{\"" FIXTURE_OTHER "\":{}}}}");
  hear_room_request (self, FIXTURE_OTHER, "$request", FIXTURE_USER);
  g_assert_cmpuint (self->requests, ==, 0);
}

static void
test_room_answered_elsewhere (Fixture *self, gconstpointer data)
{
  hear_room_request (self, FIXTURE_OTHER, "$request", FIXTURE_USER);
  hear_in_room (self,
                FIXTURE_USER,
                "m.key.verification.ready",
                "$ready",
                "{\"from_device\":\"" OTHER_DEVICE "\",\"methods\":[\"m.sas.v1\"],\"m.relates_to\":"
                "{\"rel_type\":\"m.reference\",\"event_id\":\"$request\"}}");
  g_assert_cmpstr (mx_verification_get_cancel_code (self->asked), ==, "m.accepted");
  assert_silence (self);
}

/* Another member cannot end it, nor is anybody told in the room what is none of ours. */
static void
test_room_stranger (Fixture *self, gconstpointer data)
{
  static const char cancel[] = "{\"code\":\"m.user\",\"m.relates_to\":"
                               "{\"rel_type\":\"m.reference\",\"event_id\":\"$request\"}}";

  hear_room_request (self, FIXTURE_OTHER, "$request", FIXTURE_USER);
  hear_in_room (self, "@eve:ministere.test", "m.key.verification.cancel", "$c", cancel);
  g_assert_cmpint (mx_verification_get_phase (self->asked), ==, MX_VERIFICATION_REQUESTED);
  hear_in_room (self, FIXTURE_OTHER, "m.key.verification.cancel", "$c2", cancel);
  g_assert_cmpint (mx_verification_get_phase (self->asked), ==, MX_VERIFICATION_CANCELLED);
  g_assert_cmpstr (mx_verification_get_cancel_code (self->asked), ==, "m.user");
  assert_silence (self);
}

/* What must be said cannot be said: it ends here, with the reason. */
static void
test_room_gone (Fixture *self, gconstpointer data)
{
  hear_room_request (self, FIXTURE_OTHER, "$request", FIXTURE_USER);
  session_fixture_leave (&self->session, FIXTURE_ROOM);
  mx_verification_accept (self->asked);
  while (mx_verification_get_phase (self->asked) != MX_VERIFICATION_CANCELLED)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (mx_verification_get_cancel_code (self->asked), ==, MX_VERIFICATION_NOT_SENT);
}

/* -- After a crash */

/* The program comes to life again on the same store. */
static void
restart (Fixture *self)
{
  g_autoptr (MxVerifications) next = mx_verifications_new (self->session.session);

  mx_verifications_start (next);
  work (self, no_work, NULL); /* what it wrote is in the store */
  mx_verifications_close (next);
}

static void
test_killed (Fixture *self, gconstpointer data)
{
  hear_request (self, FIXTURE_USER, OTHER_DEVICE, "t1");
  hear_request (self, FIXTURE_USER, OTHER_DEVICE, "t2");
  mx_verification_accept (self->asked);
  assert_said (self, "ready", OTHER_DEVICE, "\"t2\"");

  /* of t1 nobody knows that this device has seen it */
  restart (self);
  assert_said (self, "cancel", OTHER_DEVICE, "\"t2\"");
  /* once */
  restart (self);
  assert_silence (self);
}

static void
test_killed_asking (Fixture *self, gconstpointer data)
{
  MxVerification *asked = mx_verifications_request_own (self->list, NULL);
  const char *txn = mx_verification_get_transaction_id (asked);

  assert_said (self, "request", OTHER_DEVICE, txn);
  restart (self);
  assert_said (self, "cancel", OTHER_DEVICE, txn);
}

static void
test_killed_after_the_end (Fixture *self, gconstpointer data)
{
  MxVerification *asked = mx_verifications_request_own (self->list, OTHER_DEVICE);

  assert_said (self, "request", OTHER_DEVICE, mx_verification_get_transaction_id (asked));
  mx_verification_cancel (asked);
  assert_said (self, "cancel", OTHER_DEVICE, "m.user");
  restart (self);
  assert_silence (self);
}

/* Whatever comes for it is not answered, and is nothing new. */
static void
test_killed_and_answered (Fixture *self, gconstpointer data)
{
  g_autoptr (MxVerifications) next = NULL;
  g_autofree char *txn = NULL;
  g_autofree char *content = NULL;
  MxVerificationNote ready = {
    .sender = (char *) FIXTURE_USER,
    .type = (char *) "m.key.verification.ready",
  };

  txn = g_strdup (
    mx_verification_get_transaction_id (mx_verifications_request_own (self->list, OTHER_DEVICE)));
  g_free (take_said (self));
  next = mx_verifications_new (self->session.session);
  mx_verifications_start (next);
  g_free (take_said (self));
  content = g_strdup_printf ("{\"transaction_id\":\"%s\",\"from_device\":\"" OTHER_DEVICE
                             "\",\"methods\":[\"m.sas.v1\"]}",
                             txn);
  ready.content = content;
  mx_verifications_take_note (next, &ready);
  assert_silence (self);
  mx_verifications_close (next);
}

static void
test_closed (Fixture *self, gconstpointer data)
{
  hear_request (self, FIXTURE_USER, OTHER_DEVICE, "t1");
  mx_verifications_close (self->list);
  g_assert_cmpint (mx_verification_get_phase (self->asked), ==, MX_VERIFICATION_CANCELLED);
  hear_request (self, FIXTURE_USER, OTHER_DEVICE, "t2");
  g_assert_cmpuint (self->requests, ==, 1);
}

#define ADD(path, func)                                                                            \
  g_test_add ("/session/verification-inbox/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  ADD ("E2E-101-request", test_request);
  ADD ("E2E-101-of-another-time", test_request_of_another_time);
  ADD ("E2E-101-not-for-us", test_request_not_for_us);
  ADD ("E2E-101-flood", test_request_flood);
  ADD ("E2E-101-room", test_room_request);
  ADD ("E2E-101-room-ignored", test_room_request_of_an_ignored_one);
  ADD ("E2E-102-room-answered-elsewhere", test_room_answered_elsewhere);
  ADD ("E2E-105-unknown-transaction", test_unknown_transaction);
  ADD ("E2E-105-stranger", test_stranger);
  ADD ("E2E-105-room-stranger", test_room_stranger);
  ADD ("E2E-105-nonsense", test_nonsense);
  ADD ("E2E-105-killed", test_killed);
  ADD ("E2E-105-killed-asking", test_killed_asking);
  ADD ("E2E-105-killed-after-the-end", test_killed_after_the_end);
  ADD ("E2E-105-killed-and-answered", test_killed_and_answered);
  ADD ("E2E-023-ambiguous", test_ambiguous);
  ADD ("room-gone", test_room_gone);
  ADD ("closed", test_closed);

  return g_test_run ();
}
