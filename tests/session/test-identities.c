/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Cross-signing identities between real machines: every link of the chain, what is pinned, what
 * becomes of a change, and secrets between devices. */
#include "config.h"

#include "encryption-fixture.h"

#include "mx-base64.h"
#include "mx-cross-signing.h"
#include "mx-error.h"
#include "mx-identities-private.h"
#include "mx-olm-outbox.h"
#include "mx-signing.h"

#include <string.h>

typedef struct
{
  MxSecret *master, *self_signing, *user_signing;
  guint8 master_key[MX_STORE_KEY_SIZE];
} Identity;

typedef struct
{
  EncryptionFixture server;
  Seat *alice, *bob;
  Identity of_alice, of_bob;
} Fixture;

static void
identity_clear (Identity *self)
{
  g_clear_pointer (&self->master, mx_secret_unref);
  g_clear_pointer (&self->self_signing, mx_secret_unref);
  g_clear_pointer (&self->user_signing, mx_secret_unref);
}

static void
put_key (EncryptionFixture *server, const char *kind, const char *user_id, char *text)
{
  g_assert_nonnull (text);
  g_hash_table_insert (server->cross_signing, g_strdup_printf ("%s %s", kind, user_id), text);
}

/* A new identity of the user's at the server. */
static void
publish (EncryptionFixture *server, Identity *self, const char *user_id)
{
  identity_clear (self);
  self->master = mx_secret_new_random (MX_STORE_KEY_SIZE);
  self->self_signing = mx_secret_new_random (MX_STORE_KEY_SIZE);
  self->user_signing = mx_secret_new_random (MX_STORE_KEY_SIZE);
  g_assert_true (mx_signature_derive_public (self->master, self->master_key, NULL));
  put_key (server,
           "master",
           user_id,
           mx_cross_signing_new_key (self->master, MX_CROSS_SIGNING_MASTER, user_id, NULL, NULL));
  put_key (server,
           "self_signing",
           user_id,
           mx_cross_signing_new_key (self->self_signing,
                                     MX_CROSS_SIGNING_SELF_SIGNING,
                                     user_id,
                                     self->master,
                                     NULL));
  put_key (server,
           "user_signing",
           user_id,
           mx_cross_signing_new_key (self->user_signing,
                                     MX_CROSS_SIGNING_USER_SIGNING,
                                     user_id,
                                     self->master,
                                     NULL));
}

/* The server's copy of the device, signed by its owner's identity. */
static void
sign_device (const Identity *identity, Seat *seat)
{
  g_autoptr (MxJsonDocument) plain = mx_json_document_parse (seat->device_keys, -1, NULL);
  g_autofree char *text = mx_cross_signing_sign (mx_json_document_root (plain),
                                                 seat->user_id,
                                                 identity->self_signing,
                                                 NULL);
  g_autoptr (MxJsonDocument) other = mx_json_document_parse (text, -1, NULL);

  g_free (seat->device_keys);
  seat->device_keys =
    mx_signature_merge (mx_json_document_root (plain), mx_json_document_root (other));
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  *self = (Fixture) { 0 };
  encryption_fixture_init (&self->server);
  self->alice = encryption_fixture_add (&self->server, ALICE, "ALICE");
  self->bob = encryption_fixture_add (&self->server, BOB, "BOB");
  encryption_fixture_introduce (&self->server, self->alice, self->bob);
  publish (&self->server, &self->of_alice, ALICE);
  publish (&self->server, &self->of_bob, BOB);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  identity_clear (&self->of_alice);
  identity_clear (&self->of_bob);
  encryption_fixture_clear (&self->server);
}

static void
ask (Fixture *self, Seat *seat, const char *user_id)
{
  seat_query (&self->server, seat, user_id, NULL);
}

static MxIdentityState
state_of (Seat *seat, const char *user_id)
{
  g_autoptr (MxStoredIdentity) identity = mx_store_get_identity (seat->store, user_id);

  return mx_stored_identity_get_state (identity);
}

static gboolean
is_cross_signed (Seat *seat, Seat *other)
{
  g_autoptr (MxStoredDevice) device =
    mx_store_get_device (seat->store, other->user_id, other->device_id);

  return device->is_cross_signed;
}

static gboolean
has_secret (Seat *seat, const char *name)
{
  g_autoptr (MxSecret) secret = mx_store_get_secret (seat->store, name);

  return secret != NULL;
}

static gboolean
take (Seat *seat, const char *name, MxSecret *secret)
{
  g_autoptr (GError) error = NULL;
  gboolean taken;

  seat_begin (seat);
  taken = mx_identities_take_secret (seat->machine, name, secret, seat->changes, &error);
  seat_commit (seat);
  if (!taken)
    g_assert_error (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_KEY);

  return taken;
}

static void
take_all (Fixture *self, Seat *seat)
{
  g_assert_true (take (seat, MX_SECRET_MASTER, self->of_alice.master));
  g_assert_true (take (seat, MX_SECRET_SELF_SIGNING, self->of_alice.self_signing));
  g_assert_true (take (seat, MX_SECRET_USER_SIGNING, self->of_alice.user_signing));
}

static gboolean
trust (Seat *seat,
       const char *user_id,
       const char *device_id,
       const guint8 *device,
       const guint8 *master)
{
  g_autoptr (GError) error = NULL;
  gboolean done;

  seat_begin (seat);
  done =
    mx_signing_apply (seat->machine, user_id, device_id, device, master, seat->changes, &error);
  if (done)
    seat_commit (seat);
  else
    {
      seat_roll_back (seat);
      g_assert_error (error, MX_SESSION_ERROR, MX_SESSION_ERROR_IDENTITY_CHANGED);
    }

  return done;
}

/* -- Links */

static void
test_links (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxSecret) stranger = mx_secret_new_random (MX_STORE_KEY_SIZE);

  ask (self, self->alice, BOB);
  g_assert_cmpint (state_of (self->alice, BOB), ==, MX_IDENTITY_STATE_PINNED);
  g_assert_false (is_cross_signed (self->alice, self->bob));
  sign_device (&self->of_bob, self->bob);
  ask (self, self->alice, BOB);
  g_assert_true (is_cross_signed (self->alice, self->bob));

  /* a self-signing key that the master key did not sign is no key, nor is one for another use */
  put_key (&self->server,
           "self_signing",
           BOB,
           mx_cross_signing_new_key (stranger, MX_CROSS_SIGNING_SELF_SIGNING, BOB, stranger, NULL));
  ask (self, self->alice, BOB);
  g_assert_true (is_cross_signed (self->alice, self->bob));
  put_key (&self->server,
           "self_signing",
           BOB,
           mx_cross_signing_new_key (stranger,
                                     MX_CROSS_SIGNING_USER_SIGNING,
                                     BOB,
                                     self->of_bob.master,
                                     NULL));
  ask (self, self->alice, BOB);
  g_assert_true (is_cross_signed (self->alice, self->bob));
  g_assert_cmpint (state_of (self->alice, BOB), ==, MX_IDENTITY_STATE_PINNED);
}

static void
test_foreign_master (Fixture *self, gconstpointer unused)
{
  put_key (
    &self->server,
    "master",
    BOB,
    mx_cross_signing_new_key (self->of_bob.master, MX_CROSS_SIGNING_MASTER, CAROL, NULL, NULL));
  ask (self, self->alice, BOB);
  g_assert_cmpint (state_of (self->alice, BOB), ==, MX_IDENTITY_STATE_NONE);
}

static void
test_small_order (Fixture *self, gconstpointer unused)
{
  const char *key = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

  put_key (&self->server,
           "master",
           BOB,
           g_strdup_printf ("{\"user_id\":\"" BOB "\",\"usage\":[\"master\"],"
                            "\"keys\":{\"ed25519:%s\":\"%s\"}}",
                            key,
                            key));
  ask (self, self->alice, BOB);
  g_assert_cmpint (state_of (self->alice, BOB), ==, MX_IDENTITY_STATE_NONE);
}

/* -- Our own */

static void
test_own_untrusted (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxSecret) stranger = mx_secret_new_random (MX_STORE_KEY_SIZE);

  ask (self, self->alice, ALICE);
  g_assert_cmpint (state_of (self->alice, ALICE), ==, MX_IDENTITY_STATE_PINNED);
  g_assert_false (take (self->alice, MX_SECRET_MASTER, stranger));
  g_assert_cmpint (state_of (self->alice, ALICE), ==, MX_IDENTITY_STATE_PINNED);
  g_assert_false (has_secret (self->alice, MX_SECRET_MASTER));

  g_assert_true (take (self->alice, MX_SECRET_MASTER, self->of_alice.master));
  g_assert_cmpint (state_of (self->alice, ALICE), ==, MX_IDENTITY_STATE_VERIFIED);
  g_assert_true (self->alice->changes->encryption & MX_ENCRYPTION_SIGN);
  seat_restart (self->alice);
  g_assert_cmpint (state_of (self->alice, ALICE), ==, MX_IDENTITY_STATE_VERIFIED);
}

static void
test_own_changed (Fixture *self, gconstpointer unused)
{
  ask (self, self->alice, ALICE);
  take_all (self, self->alice);
  publish (&self->server, &self->of_alice, ALICE);
  ask (self, self->alice, ALICE);
  g_assert_cmpint (state_of (self->alice, ALICE), ==, MX_IDENTITY_STATE_VIOLATED);
  g_assert_false (has_secret (self->alice, MX_SECRET_MASTER));
  g_assert_false (has_secret (self->alice, MX_SECRET_SELF_SIGNING));
  g_assert_false (has_secret (self->alice, MX_SECRET_USER_SIGNING));
  g_assert_true (self->alice->changes->encryption & MX_ENCRYPTION_IDENTITY);
}

/* An upload whose answer was lost: the keys that were stored before it are found again. */
static void
test_resumed (Fixture *self, gconstpointer unused)
{
  seat_begin (self->alice);
  mx_store_set_secret (self->alice->store,
                       "new.m.cross_signing.master",
                       self->of_alice.master,
                       NULL);
  mx_store_set_secret (self->alice->store,
                       "new.m.cross_signing.self_signing",
                       self->of_alice.self_signing,
                       NULL);
  mx_store_set_secret (self->alice->store,
                       "new.m.cross_signing.user_signing",
                       self->of_alice.user_signing,
                       NULL);
  seat_commit (self->alice);
  seat_restart (self->alice);

  ask (self, self->alice, ALICE);
  g_assert_cmpint (state_of (self->alice, ALICE), ==, MX_IDENTITY_STATE_VERIFIED);
  g_assert_true (has_secret (self->alice, MX_SECRET_SELF_SIGNING));
  g_assert_false (has_secret (self->alice, "new.m.cross_signing.master"));
}

/* -- Others */

static void
test_pinned (Fixture *self, gconstpointer unused)
{
  ask (self, self->alice, BOB);
  publish (&self->server, &self->of_bob, BOB);
  ask (self, self->alice, BOB);
  g_assert_cmpint (state_of (self->alice, BOB), ==, MX_IDENTITY_STATE_CHANGED);
  seat_restart (self->alice);
  g_assert_cmpint (state_of (self->alice, BOB), ==, MX_IDENTITY_STATE_CHANGED);

  seat_begin (self->alice);
  g_assert_true (mx_identities_accept (self->alice->machine, BOB, self->alice->changes, NULL));
  seat_commit (self->alice);
  g_assert_cmpint (state_of (self->alice, BOB), ==, MX_IDENTITY_STATE_PINNED);
}

static void
test_violated (Fixture *self, gconstpointer unused)
{
  sign_device (&self->of_bob, self->bob);
  ask (self, self->alice, ALICE);
  take_all (self, self->alice);
  ask (self, self->alice, BOB);
  g_assert_true (trust (self->alice, BOB, NULL, NULL, self->of_bob.master_key));
  g_assert_cmpint (state_of (self->alice, BOB), ==, MX_IDENTITY_STATE_VERIFIED);

  /* the server does not have our signature yet: it is on its way, nothing is violated */
  ask (self, self->alice, BOB);
  g_assert_cmpint (state_of (self->alice, BOB), ==, MX_IDENTITY_STATE_VERIFIED);

  publish (&self->server, &self->of_bob, BOB);
  sign_device (&self->of_bob, self->bob);
  ask (self, self->alice, BOB);
  seat_restart (self->alice);
  g_assert_cmpint (state_of (self->alice, BOB), ==, MX_IDENTITY_STATE_VIOLATED);
  g_assert_false (is_cross_signed (self->alice, self->bob));

  seat_begin (self->alice);
  g_assert_true (mx_identities_accept (self->alice->machine, BOB, self->alice->changes, NULL));
  seat_commit (self->alice);
  g_assert_cmpint (state_of (self->alice, BOB), ==, MX_IDENTITY_STATE_PINNED);
  g_assert_true (is_cross_signed (self->alice, self->bob));
}

static void
test_signs_master (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxSecret) stranger = mx_secret_new_random (MX_STORE_KEY_SIZE);
  g_autofree char *target = mx_base64_encode (self->of_bob.master_key, MX_STORE_KEY_SIZE);
  g_autoptr (MxJsonDocument) document = NULL;
  guint8 wrong[MX_STORE_KEY_SIZE], user_signing[MX_STORE_KEY_SIZE];
  g_autofree char *body = NULL;
  MxJson signatures;

  ask (self, self->alice, ALICE);
  take_all (self, self->alice);
  ask (self, self->alice, BOB);
  g_assert_true (mx_signature_derive_public (stranger, wrong, NULL));
  g_assert_false (trust (self->alice, BOB, NULL, NULL, wrong));
  g_assert_true (trust (self->alice, BOB, NULL, NULL, self->of_bob.master_key));

  body = mx_store_dup_signatures (self->alice->store);
  document = mx_json_document_parse (body, -1, NULL);
  signatures = mx_json_get (mx_json_document_root (document), BOB);
  g_assert_cmpuint (mx_json_size (signatures), ==, 1);
  g_assert_true (mx_signature_derive_public (self->of_alice.user_signing, user_signing, NULL));
  g_assert_true (
    mx_cross_signing_verify (mx_json_get (signatures, target), ALICE, user_signing, NULL));
}

static void
test_device_named_like_key (Fixture *self, gconstpointer unused)
{
  g_autofree char *name = mx_base64_encode (self->of_bob.master_key, MX_STORE_KEY_SIZE);
  Seat *liar = encryption_fixture_add (&self->server, BOB, name);

  seat_upload (&self->server, liar);
  ask (self, self->alice, ALICE);
  take_all (self, self->alice);
  ask (self, self->alice, BOB);
  g_assert_false (trust (self->alice, BOB, NULL, NULL, self->of_bob.master_key));
}

/* -- Secrets between our devices */

static void
request_secret (Seat *from, Seat *to, const char *id, const char *name)
{
  g_autofree char *content =
    g_strdup_printf ("{\"action\":\"request\",\"requesting_device_id\":\"%s\","
                     "\"request_id\":\"%s\",\"name\":\"%s\"}",
                     from->device_id,
                     id,
                     name);

  seat_put (to, from->user_id, "m.secret.request", content);
}

static guint
count_wishes (Seat *seat)
{
  g_autoptr (GPtrArray) wishes = NULL;

  seat_begin (seat);
  wishes = mx_store_load_secret_wishes (seat->store, 0);
  seat_commit (seat);

  return wishes->len;
}

static void
test_wishes (Fixture *self, gconstpointer unused)
{
  Seat *second = encryption_fixture_add (&self->server, ALICE, "SECOND");
  g_autoptr (MxStoredDevice) device = NULL;

  seat_upload (&self->server, second);
  ask (self, self->alice, ALICE);
  take_all (self, self->alice);
  request_secret (self->bob, self->alice, "1", MX_SECRET_MASTER);
  request_secret (second, self->alice, "2", "m.unheard.of");
  seat_sync (&self->server, self->alice, NULL);
  g_assert_cmpuint (count_wishes (self->alice), ==, 0);

  request_secret (second, self->alice, "3", MX_SECRET_MASTER);
  request_secret (second, self->alice, "4", MX_SECRET_MASTER);
  seat_sync (&self->server, self->alice, NULL);
  g_assert_cmpuint (count_wishes (self->alice), ==, 1);
  device = mx_store_get_device (self->alice->store, ALICE, "SECOND");
  g_assert_false (mx_identities_is_own_verified (self->alice->machine, device));

  sign_device (&self->of_alice, second);
  ask (self, self->alice, ALICE);
  mx_stored_device_free (g_steal_pointer (&device));
  device = mx_store_get_device (self->alice->store, ALICE, "SECOND");
  g_assert_true (mx_identities_is_own_verified (self->alice->machine, device));
  g_assert_true (self->alice->changes->encryption & MX_ENCRYPTION_IDENTITY);
}

static void
send_secret (Fixture *self, Seat *from, const char *id, MxSecret *secret)
{
  g_autoptr (MxSecret) text = mx_base64_encode_secret (secret);
  g_autofree char *content =
    g_strdup_printf ("{\"request_id\":\"%s\",\"secret\":\"%s\"}", id, mx_secret_get_text (text));

  seat_send (from, self->alice, "m.secret.send", content);
  seat_flush (&self->server, from);
  seat_sync (&self->server, self->alice, NULL);
}

static void
test_received (Fixture *self, gconstpointer unused)
{
  Seat *second = encryption_fixture_add (&self->server, ALICE, "SECOND");
  g_autoptr (MxSecret) stranger = mx_secret_new_random (MX_STORE_KEY_SIZE);

  encryption_fixture_introduce (&self->server, second, self->alice);
  sign_device (&self->of_alice, second);
  ask (self, self->alice, ALICE);

  /* pushed, not asked for (E2E-153) */
  g_assert_true (take (self->alice, MX_SECRET_MASTER, self->of_alice.master));
  send_secret (self, second, "none", self->of_alice.self_signing);
  g_assert_false (has_secret (self->alice, MX_SECRET_SELF_SIGNING));

  seat_begin (self->alice);
  g_assert_true (mx_store_add_secret_request (
    self->alice->store, "ours", "SECOND", MX_SECRET_SELF_SIGNING, 1, NULL));
  g_assert_true (mx_store_add_secret_request (
    self->alice->store, "theirs", "THIRD", MX_SECRET_SELF_SIGNING, 1, NULL));
  seat_commit (self->alice);
  send_secret (self, second, "theirs", self->of_alice.self_signing);
  g_assert_false (has_secret (self->alice, MX_SECRET_SELF_SIGNING));
  send_secret (self, second, "ours", stranger);
  g_assert_false (has_secret (self->alice, MX_SECRET_SELF_SIGNING));
  send_secret (self, second, "ours", self->of_alice.self_signing);
  g_assert_true (has_secret (self->alice, MX_SECRET_SELF_SIGNING));
  g_assert_true (self->alice->changes->encryption & MX_ENCRYPTION_SIGN);
  g_assert_cmpint (mx_store_last_secret_request (self->alice->store,
                                                 MX_SECRET_SELF_SIGNING,
                                                 "THIRD"),
                   ==,
                   0);
}

static void
test_received_unverified (Fixture *self, gconstpointer unused)
{
  Seat *second = encryption_fixture_add (&self->server, ALICE, "SECOND");

  encryption_fixture_introduce (&self->server, second, self->alice);
  ask (self, self->alice, ALICE);
  g_assert_true (take (self->alice, MX_SECRET_MASTER, self->of_alice.master));
  seat_begin (self->alice);
  g_assert_true (mx_store_add_secret_request (
    self->alice->store, "ours", "SECOND", MX_SECRET_SELF_SIGNING, 1, NULL));
  seat_commit (self->alice);
  send_secret (self, second, "ours", self->of_alice.self_signing);
  g_assert_false (has_secret (self->alice, MX_SECRET_SELF_SIGNING));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                            \
  g_test_add ("/session/identities/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("E2E-093-links", test_links);
  ADD ("E2E-093-foreign-master", test_foreign_master);
  ADD ("E2E-100-small-order", test_small_order);
  ADD ("E2E-094-E2E-095-own-untrusted", test_own_untrusted);
  ADD ("E2E-098-own-changed", test_own_changed);
  ADD ("E2E-092-resumed", test_resumed);
  ADD ("E2E-097-pinned", test_pinned);
  ADD ("E2E-097-violated", test_violated);
  ADD ("E2E-099-signs-master", test_signs_master);
  ADD ("E2E-023-device-named-like-key", test_device_named_like_key);
  ADD ("E2E-150-wishes", test_wishes);
  ADD ("E2E-151-E2E-153-received", test_received);
  ADD ("E2E-151-received-unverified", test_received_unverified);

  return g_test_run ();
}
