/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "encryption-fixture.h"

#include "mx-base64.h"
#include "mx-cross-signing.h"
#include "mx-error.h"
#include "mx-device-recovery.h"
#include "mx-key-upload.h"
#include "mx-store-identities.h"
#include "mx-store-olm.h"

#define HOUR_MS (G_GINT64_CONSTANT (3600) * 1000)
#define NOW     (G_GINT64_CONSTANT (1800000000) * 1000)

typedef struct
{
  EncryptionFixture server;
  Seat *alice;
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  encryption_fixture_init (&self->server);
  self->alice = encryption_fixture_add (&self->server, ALICE, "ALICE");
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  encryption_fixture_clear (&self->server);
}

/* Caller frees; NULL: nothing is due. */
static char *
prepare (Fixture *self, gint64 now_ms)
{
  g_autoptr (GError) error = NULL;
  char *body = NULL;
  gint64 wait_ms = 0;

  seat_begin (self->alice);
  mx_key_upload_prepare (self->alice->machine, now_ms, &body, &wait_ms, &error);
  g_assert_no_error (error);
  seat_commit (self->alice);

  return body;
}

static void
accept (Fixture *self, gint64 now_ms, unsigned count)
{
  g_autofree char *answer =
    g_strdup_printf ("{\"one_time_key_counts\":{\"signed_curve25519\":%u}}", count);
  g_autoptr (MxJsonDocument) reply = mx_json_document_parse (answer, -1, NULL);
  g_autoptr (GError) error = NULL;

  seat_begin (self->alice);
  mx_key_upload_accepted (self->alice->machine, now_ms, mx_json_document_root (reply), &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
}

/* -1: not said. */
static MxEncryptionFlags
count (Fixture *self, MxSyncKind kind, int keys, gboolean fallback)
{
  const char *unused[] = { "signed_curve25519", NULL };
  g_autoptr (MxSyncDelta) delta = mx_sync_delta_new (kind);
  g_autoptr (GError) error = NULL;

  if (keys >= 0)
    {
      delta->one_time_key_counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_hash_table_insert (delta->one_time_key_counts,
                           g_strdup ("signed_curve25519"),
                           GINT_TO_POINTER (keys));
    }
  delta->unused_fallback_keys = g_strdupv ((char **) (fallback ? unused : unused + 1));
  seat_begin (self->alice);
  mx_key_upload_take_counts (self->alice->machine, delta, self->alice->changes, &error);
  g_assert_no_error (error);
  seat_commit (self->alice);

  return self->alice->changes->encryption;
}

static unsigned
count_in (const char *body, const char *section)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (body, -1, NULL);

  return mx_json_size (mx_json_get (mx_json_document_root (document), section));
}

static char *
fingerprint (Fixture *self)
{
  MxOlmAccount *account = mx_olm_machine_get_account (self->alice->machine, NULL);

  return mx_base64_encode (mx_olm_account_get_ed25519_key (account), MX_ED25519_KEY_SIZE);
}

static void
test_same_account_after_restart (Fixture *self, gconstpointer unused)
{
  g_autofree char *before = fingerprint (self);
  g_autofree char *body = prepare (self, NOW);
  g_autofree char *after = NULL;
  g_autofree char *again = NULL;

  g_assert_nonnull (body);
  seat_restart (self->alice);
  after = fingerprint (self);
  g_assert_cmpstr (before, ==, after);

  /* And what may have reached the server is repeated to the byte. */
  again = prepare (self, NOW + HOUR_MS);
  g_assert_cmpstr (body, ==, again);
}

static void
test_not_another_device (Fixture *self, gconstpointer unused)
{
  Seat *alice = self->alice;
  g_autoptr (GError) error = NULL;
  MxOlmMachine *other = NULL;

  seat_begin (alice);
  g_assert_true (mx_store_set_value (alice->store, "device_id", alice->device_id, NULL));
  seat_commit (alice);
  other = mx_olm_machine_new (alice->store, ALICE, "OTHER", alice->key, NULL, &error);
  g_assert_error (error, MX_SESSION_ERROR, MX_SESSION_ERROR_DEVICE_BROKEN);
  g_assert_null (other);
}

static void
test_unreadable_account_is_kept (Fixture *self, gconstpointer unused)
{
  Seat *alice = self->alice;
  g_autoptr (MxSecret) wrong = mx_secret_new_random (32);
  g_autofree char *before = fingerprint (self);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&alice->machine, mx_olm_machine_free);
  g_assert_null (mx_olm_machine_new (alice->store, ALICE, "ALICE", wrong, NULL, &error));
  g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);
  seat_restart (alice);
  after = fingerprint (self);
  g_assert_cmpstr (before, ==, after);
}

/* By another implementation of the signature than libolm's. */
static void
test_objects_are_signed (Fixture *self, gconstpointer unused)
{
  g_autofree char *body = prepare (self, NOW);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (body, -1, NULL);
  MxJson root = mx_json_document_root (document);
  g_autoptr (GError) error = NULL;
  MxDeviceKeys keys;
  const char *id = NULL;
  MxJsonIter iter;
  MxJson object;
  guint8 key[MX_CURVE25519_KEY_SIZE];

  mx_device_keys_parse (mx_json_get (root, "device_keys"), ALICE, "ALICE", &keys, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (mx_json_size (mx_json_path (root, "device_keys", "algorithms", NULL)), ==, 2);

  g_assert_cmpuint (count_in (body, "one_time_keys"), ==, 50);
  mx_json_iter_init (&iter, mx_json_get (root, "one_time_keys"));
  while (mx_json_iter_next (&iter, &id, &object))
    {
      g_assert_true (g_str_has_prefix (id, "signed_curve25519:"));
      g_assert_false (mx_json_bool (mx_json_get (object, "fallback"), FALSE));
      g_assert_true (mx_device_keys_parse_one_time_key (object, ALICE, "ALICE", &keys, key, NULL));
    }

  g_assert_cmpuint (count_in (body, "fallback_keys"), ==, 1);
  mx_json_iter_init (&iter, mx_json_get (root, "fallback_keys"));
  g_assert_true (mx_json_iter_next (&iter, &id, &object));
  g_assert_true (mx_json_bool (mx_json_get (object, "fallback"), FALSE));
  g_assert_true (mx_device_keys_parse_one_time_key (object, ALICE, "ALICE", &keys, key, NULL));
}

static void
test_only_the_difference (Fixture *self, gconstpointer unused)
{
  g_autofree char *first = prepare (self, NOW);
  g_autofree char *second = NULL;
  g_autofree char *none = NULL;

  accept (self, NOW, 50);
  none = prepare (self, NOW + 1000);
  g_assert_null (none);

  g_assert_cmpint (count (self, MX_SYNC_CLASSIC, 40, TRUE) & MX_ENCRYPTION_UPLOAD_KEYS, !=, 0);
  second = prepare (self, NOW + 2000);
  g_assert_cmpuint (count_in (second, "one_time_keys"), ==, 10);
  g_assert_cmpuint (count_in (second, "device_keys"), ==, 0);
  g_assert_cmpuint (count_in (second, "fallback_keys"), ==, 0);

  /* While it is under way, an old count makes no more of them. */
  count (self, MX_SYNC_CLASSIC, 40, TRUE);
  g_clear_pointer (&none, g_free);
  none = prepare (self, NOW + 3000);
  g_assert_cmpstr (none, ==, second);
}

static void
test_conflict (Fixture *self, gconstpointer unused)
{
  Seat *alice = self->alice;
  g_autofree char *body = prepare (self, NOW);
  g_autofree char *after = NULL;
  g_autoptr (GError) error = NULL;

  seat_begin (alice);
  mx_device_recovery_take_conflict (alice->machine, NOW, alice->changes, &error);
  g_assert_no_error (error);
  seat_commit (alice);
  g_assert_cmpint (alice->changes->encryption & MX_ENCRYPTION_BROKEN, ==, 0);
  seat_upload (&self->server, alice);
  seat_begin (alice);
  mx_device_recovery_take_conflict (alice->machine, NOW + 1000, alice->changes, &error);
  g_assert_no_error (error);
  seat_commit (alice);
  g_assert_cmpint (alice->changes->encryption & MX_ENCRYPTION_BROKEN, !=, 0);

  /* Again at once: no silent loop, not even after the next start. */
  seat_restart (alice);
  after = prepare (self, NOW);
  g_assert_null (after);
}

static void
test_counts (Fixture *self, gconstpointer unused)
{
  g_autofree char *body = prepare (self, NOW);
  g_autoptr (MxStoredAccount) stored = NULL;

  accept (self, NOW, 50);

  /* Sliding sync says nothing where nothing changed. */
  g_assert_cmpint (count (self, MX_SYNC_SLIDING, -1, TRUE) & MX_ENCRYPTION_UPLOAD_KEYS, ==, 0);
  stored = mx_store_get_olm_account (self->alice->store);
  g_assert_cmpint (stored->server_keys, ==, 50);
  mx_stored_account_free (g_steal_pointer (&stored));

  /* To the other kind of sync it means zero. */
  g_assert_cmpint (count (self, MX_SYNC_CLASSIC, -1, TRUE) & MX_ENCRYPTION_UPLOAD_KEYS, !=, 0);
  stored = mx_store_get_olm_account (self->alice->store);
  g_assert_cmpint (stored->server_keys, ==, 0);
}

/* A sync that was asked for before the upload was answered knows less. */
static void
test_counts_of_the_past (Fixture *self, gconstpointer unused)
{
  g_autofree char *body = prepare (self, NOW);
  g_autoptr (MxSyncDelta) delta = mx_sync_delta_new (MX_SYNC_CLASSIC);
  g_autoptr (MxStoredAccount) stored = NULL;

  delta->asked_us = g_get_monotonic_time () - 1;
  accept (self, NOW, 50);
  seat_begin (self->alice);
  g_assert_true (
    mx_key_upload_take_counts (self->alice->machine, delta, self->alice->changes, NULL));
  seat_commit (self->alice);
  stored = mx_store_get_olm_account (self->alice->store);
  g_assert_cmpint (stored->server_keys, ==, 50);
}

static void
test_fallback (Fixture *self, gconstpointer unused)
{
  g_autofree char *first = prepare (self, NOW);
  g_autofree char *used = NULL;
  g_autofree char *none = NULL;
  g_autofree char *aged = NULL;

  accept (self, NOW, 50);
  g_assert_cmpint (count (self, MX_SYNC_SLIDING, 50, FALSE) & MX_ENCRYPTION_UPLOAD_KEYS, !=, 0);
  used = prepare (self, NOW + HOUR_MS);
  g_assert_cmpuint (count_in (used, "fallback_keys"), ==, 1);
  g_assert_cmpuint (count_in (used, "one_time_keys"), ==, 0);
  accept (self, NOW + HOUR_MS, 50);

  /* Whatever the server says: after a week. */
  none = prepare (self, NOW + HOUR_MS * 24 * 7);
  g_assert_null (none);
  aged = prepare (self, NOW + HOUR_MS * (24 * 7 + 1));
  g_assert_cmpuint (count_in (aged, "fallback_keys"), ==, 1);
}

/* A message that was made with the old fallback key is read for an hour. */
static void
test_old_fallback (Fixture *self, gconstpointer unused)
{
  Seat *alice = self->alice;
  Seat *bob = encryption_fixture_add (&self->server, BOB, "BOB");
  Seat *carol = encryption_fixture_add (&self->server, CAROL, "CAROL");
  g_autofree char *body = NULL;
  gint64 now = g_get_real_time () / 1000;

  seat_upload (&self->server, bob);
  seat_upload (&self->server, carol);
  seat_upload (&self->server, alice);
  seat_query (&self->server, bob, ALICE, NULL);
  seat_query (&self->server, carol, ALICE, NULL);
  g_queue_clear_full (&alice->one_time_order, g_free);
  g_hash_table_remove_all (alice->one_time);
  g_assert_true (seat_claim (&self->server, bob, alice, FALSE));
  g_assert_true (seat_claim (&self->server, carol, alice, FALSE));
  seat_send (bob, alice, "m.key.verification.cancel", "{}");
  seat_send (carol, alice, "m.key.verification.cancel", "{}");

  seat_sync (&self->server, alice, NULL);
  seat_upload (&self->server, alice);
  seat_flush (&self->server, bob);
  seat_sync (&self->server, alice, NULL);
  g_assert_cmpuint (alice->changes->verification->len, ==, 1);

  body = prepare (self, now + 2 * HOUR_MS);
  seat_flush (&self->server, carol);
  seat_sync (&self->server, alice, NULL);
  g_assert_cmpuint (alice->changes->verification->len, ==, 0);
  g_assert_cmpint (alice->changes->encryption & MX_ENCRYPTION_OPEN_SESSIONS, !=, 0);
}

/* The private key is here already, from a recovery before the first upload. */
static void
test_signed_by_identity (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxSecret) seed = mx_secret_new_random (MX_ED25519_KEY_SIZE);
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  guint8 public_key[MX_ED25519_KEY_SIZE];
  g_autofree char *body = NULL;
  MxDeviceKeys keys;
  MxJson device;

  g_assert_true (mx_signature_derive_public (seed, public_key, NULL));
  seat_begin (self->alice);
  g_assert_true (
    mx_store_set_secret (self->alice->store, "m.cross_signing.self_signing", seed, NULL));
  seat_commit (self->alice);
  body = prepare (self, NOW);
  document = mx_json_document_parse (body, -1, NULL);
  device = mx_json_get (mx_json_document_root (document), "device_keys");

  mx_cross_signing_verify (device, ALICE, public_key, &error);
  g_assert_no_error (error);
  mx_device_keys_parse (device, ALICE, "ALICE", &keys, &error);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/key-upload/E2E-001-E2E-008-same-after-restart", test_same_account_after_restart);
  ADD ("/key-upload/E2E-005-not-another-device", test_not_another_device);
  ADD ("/key-upload/E2E-005-unreadable-account-is-kept", test_unreadable_account_is_kept);
  ADD ("/key-upload/E2E-002-E2E-006-signed", test_objects_are_signed);
  ADD ("/key-upload/E2E-007-only-the-difference", test_only_the_difference);
  ADD ("/key-upload/E2E-009-conflict", test_conflict);
  ADD ("/key-upload/E2E-010-counts", test_counts);
  ADD ("/key-upload/E2E-010-counts-of-the-past", test_counts_of_the_past);
  ADD ("/key-upload/E2E-011-fallback", test_fallback);
  ADD ("/key-upload/E2E-012-old-fallback", test_old_fallback);
  ADD ("/key-upload/E2E-015-signed-by-identity", test_signed_by_identity);

  return g_test_run ();
}
