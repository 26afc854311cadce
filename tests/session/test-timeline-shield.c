/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The mark beside a message, by everything that it depends on: it follows what becomes known. */
#include "config.h"

#include "session-fixture.h"

#include "mx-megolm-inbound.h"
#include "mx-megolm-outbound.h"
#include "mx-olm-machine.h"
#include "mx-room-private.h"
#include "mx-session-private.h"
#include "mx-store-identities.h"
#include "mx-store-megolm.h"
#include "mx-store-timeline.h"
#include "mx-timeline-shield.h"

#include <string.h>

/* What the store knows of the sender, and what is to be seen. */
typedef struct
{
  const char *name;
  MxKeyOrigin origin;
  gboolean other_sender; /* the key came from somebody else */
  gboolean no_device;
  gboolean asked; /* the owner's list is fresh */
  gboolean other_ed25519;
  gboolean cross_signed;
  MxLocalTrust trust;
  gboolean violated;
  MxShield shield;
  MxShieldReason reason;
} Case;

static const Case cases[] = {
  { .name = "unsigned",
    .origin = MX_KEY_ORIGIN_OLM,
    .shield = MX_SHIELD_RED,
    .reason = MX_SHIELD_REASON_UNSIGNED_DEVICE },
  { .name = "cross-signed, nobody verified",
    .origin = MX_KEY_ORIGIN_OLM,
    .cross_signed = TRUE,
    .shield = MX_SHIELD_NONE },
  { .name = "verified by us",
    .origin = MX_KEY_ORIGIN_OLM,
    .trust = MX_LOCAL_TRUST_VERIFIED,
    .shield = MX_SHIELD_NONE },
  { .name = "identity replaced",
    .origin = MX_KEY_ORIGIN_OLM,
    .cross_signed = TRUE,
    .violated = TRUE,
    .shield = MX_SHIELD_RED,
    .reason = MX_SHIELD_REASON_IDENTITY_CHANGED },
  { .name = "unknown device",
    .origin = MX_KEY_ORIGIN_OLM,
    .no_device = TRUE,
    .asked = TRUE,
    .shield = MX_SHIELD_RED,
    .reason = MX_SHIELD_REASON_UNKNOWN_DEVICE },
  { .name = "device not asked for yet",
    .origin = MX_KEY_ORIGIN_OLM,
    .no_device = TRUE,
    .shield = MX_SHIELD_GREY,
    .reason = MX_SHIELD_REASON_NOT_AUTHENTIC },
  { .name = "device with another key",
    .origin = MX_KEY_ORIGIN_OLM,
    .cross_signed = TRUE,
    .other_ed25519 = TRUE,
    .shield = MX_SHIELD_RED,
    .reason = MX_SHIELD_REASON_UNKNOWN_DEVICE },
  { .name = "somebody else's key",
    .origin = MX_KEY_ORIGIN_OLM,
    .cross_signed = TRUE,
    .other_sender = TRUE,
    .shield = MX_SHIELD_RED,
    .reason = MX_SHIELD_REASON_MISMATCHED_SENDER },
  { .name = "from the backup",
    .origin = MX_KEY_ORIGIN_BACKUP,
    .cross_signed = TRUE,
    .shield = MX_SHIELD_GREY,
    .reason = MX_SHIELD_REASON_NOT_AUTHENTIC },
  { .name = "from a file",
    .origin = MX_KEY_ORIGIN_FILE,
    .cross_signed = TRUE,
    .shield = MX_SHIELD_GREY,
    .reason = MX_SHIELD_REASON_NOT_AUTHENTIC },
};

typedef struct
{
  SessionFixture session;
  MxRoom *room;
  MxMegolmOutbound *olm;
  char *session_id;
  const Case *now;
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  session_fixture_init (&self->session);
  self->room = session_fixture_make_room (&self->session);
  self->olm = mx_megolm_outbound_new ();
  self->session_id = mx_megolm_outbound_dup_id (self->olm);
  session_fixture_append (&self->session,
                          "{\"event_id\":\"$encryption\",\"type\":\"m.room.encryption\","
                          "\"state_key\":\"\",\"sender\":\"" FIXTURE_OTHER
                          "\",\"origin_server_ts\":1700000000004,"
                          "\"content\":{\"algorithm\":\"m.megolm.v1.aes-sha2\"}}",
                          NULL);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  mx_megolm_outbound_free (self->olm);
  g_free (self->session_id);
  session_fixture_clear (&self->session);
}

/* -- What is known, on the account thread */

static gboolean
put_device (Fixture *self, MxStore *store, GError **error)
{
  g_autoptr (MxStoredDevice) device = g_new0 (MxStoredDevice, 1);

  device->user_id = g_strdup (FIXTURE_OTHER);
  device->device_id = g_strdup ("BUREAU");
  memset (device->curve25519, 7, sizeof device->curve25519);
  memset (device->ed25519, self->now->other_ed25519 ? 9 : 8, sizeof device->ed25519);
  device->keys = g_strdup ("{}");
  device->is_cross_signed = self->now->cross_signed;
  device->trust = self->now->trust;
  if (self->now->no_device)
    memset (device->curve25519, 1, sizeof device->curve25519);

  return mx_store_put_device (store, device, error);
}

static gboolean
put_identity (Fixture *self, MxStore *store, GError **error)
{
  g_autoptr (MxStoredIdentity) identity = g_new0 (MxStoredIdentity, 1);

  identity->user_id = g_strdup (FIXTURE_OTHER);
  identity->master = g_strdup ("{}");
  identity->was_verified = self->now->violated;

  return mx_store_put_identity (store, identity, error);
}

static gboolean
put_key (Fixture *self, MxStore *store, GError **error)
{
  g_autoptr (MxSecret) key = mx_megolm_outbound_dup_key (self->olm, error);
  g_autoptr (MxMegolmInbound) olm =
    mx_megolm_inbound_new (mx_secret_get_text (key), self->session_id, error);
  g_autoptr (MxStoredMegolm) stored = g_new0 (MxStoredMegolm, 1);
  MxOlmMachine *machine = mx_session_get_machine (self->session.session);

  g_assert_nonnull (olm);
  stored->room_id = g_strdup (FIXTURE_ROOM);
  stored->session_id = g_strdup (self->session_id);
  memset (stored->curve25519, 7, sizeof stored->curve25519);
  memset (stored->ed25519, 8, sizeof stored->ed25519);
  stored->has_ed25519 = TRUE;
  stored->sender = g_strdup (self->now->other_sender ? FIXTURE_USER : FIXTURE_OTHER);
  stored->origin = self->now->origin;
  stored->pickle = mx_megolm_inbound_pickle (olm, mx_olm_machine_get_pickle_key (machine), error);

  return stored->pickle != NULL && mx_store_put_megolm (store, stored, error);
}

static gboolean
know_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  Fixture *self = data;
  gint64 sequence = 0;
  g_auto (GStrv) outdated = NULL;

  if (!mx_store_track_user (store, FIXTURE_OTHER, error) ||
      !mx_store_mark_user_outdated (store, FIXTURE_OTHER, error))
    return FALSE;
  outdated = mx_store_load_outdated (store, 100, &sequence);

  return put_device (self, store, error) && put_identity (self, store, error) &&
         put_key (self, store, error) &&
         (!self->now->asked || mx_store_clear_outdated (store, FIXTURE_OTHER, sequence, 1, error));
}

static void
know (Fixture *self, const Case *now)
{
  g_autoptr (DexFuture) written = NULL;

  self->now = now;
  written = session_fixture_wait (mx_session_write (self->session.session, know_work, self, NULL));
}

/* -- What is seen */

static void
say (Fixture *self, const char *event_id)
{
  const char *plain = "{\"type\":\"m.room.message\",\"room_id\":\"" FIXTURE_ROOM
                      "\",\"content\":{\"msgtype\":\"m.text\",\"body\":\"bonjour\"}}";
  g_autofree char *ciphertext = NULL;
  g_autofree char *event = NULL;

  ciphertext = mx_megolm_outbound_encrypt (self->olm, plain, strlen (plain), NULL);
  event = g_strdup_printf (
    "{\"event_id\":\"%s\",\"type\":\"m.room.encrypted\",\"sender\":\"" FIXTURE_OTHER
    "\",\"origin_server_ts\":1700000000005,\"content\":{\"algorithm\":\"m.megolm.v1.aes-sha2\","
    "\"session_id\":\"%s\",\"ciphertext\":\"%s\"}}",
    event_id,
    self->session_id,
    ciphertext);
  session_fixture_append (&self->session, event, NULL);
}

static MxShield
look (Fixture *self, const char *event_id, MxShieldReason *reason)
{
  MxStore *reader = mx_session_get_reader (self->session.session);
  g_autoptr (GError) error = NULL;
  g_autoptr (MxTimelineRow) row = mx_store_load_event (reader, FIXTURE_ROOM, event_id, &error);

  g_assert_no_error (error);
  g_assert_nonnull (row);
  g_assert_cmpint (row->failure, ==, MX_DECRYPTION_OK);

  return mx_timeline_shield_find (self->room, row->event, row->failure, row->session_id, reason);
}

static void
assert_shield (Fixture *self, const char *event_id, MxShield shield, MxShieldReason why)
{
  MxShieldReason reason = MX_SHIELD_REASON_NONE;

  g_assert_cmpint (look (self, event_id, &reason), ==, shield);
  g_assert_cmpint (reason, ==, why);
}

/* One message, and everything that may become known of its sender: the mark is never kept. */
static void
test_table (Fixture *self, gconstpointer unused)
{
  const Case first = { .origin = MX_KEY_ORIGIN_OLM };

  know (self, &first);
  say (self, "$message");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].name);
      know (self, &cases[i]);
      assert_shield (self, "$message", cases[i].shield, cases[i].reason);
    }
}

/* The device is asked for after its message came, and signed later still. */
static void
test_provenance_follows (Fixture *self, gconstpointer unused)
{
  know (self, &cases[5]);
  say (self, "$message");
  assert_shield (self, "$message", MX_SHIELD_GREY, MX_SHIELD_REASON_NOT_AUTHENTIC);
  know (self, &cases[0]);
  assert_shield (self, "$message", MX_SHIELD_RED, MX_SHIELD_REASON_UNSIGNED_DEVICE);
  know (self, &cases[1]);
  assert_shield (self, "$message", MX_SHIELD_NONE, MX_SHIELD_REASON_NONE);
}

static void
test_clear_text (Fixture *self, gconstpointer unused)
{
  g_autofree char *event =
    session_fixture_message ("$clear", FIXTURE_OTHER, 1700000000006, "injecté", NULL);

  session_fixture_append (&self->session, event, NULL);
  assert_shield (self, "$clear", MX_SHIELD_RED, MX_SHIELD_REASON_NOT_ENCRYPTED);
}

/* A reaction is never encrypted: nothing is wrong with it. */
static void
test_clear_reaction (Fixture *self, gconstpointer unused)
{
  const char *event =
    "{\"event_id\":\"$reaction\",\"type\":\"m.reaction\",\"sender\":\"" FIXTURE_OTHER
    "\",\"origin_server_ts\":1700000000007,\"content\":{\"m.relates_to\":{"
    "\"rel_type\":\"m.annotation\",\"event_id\":\"$name\",\"key\":\"👍\"}}}";

  session_fixture_append (&self->session, event, NULL);
  assert_shield (self, "$reaction", MX_SHIELD_NONE, MX_SHIELD_REASON_NONE);
}

/* What was said before the room was encrypted is no breach. */
static void
test_before_encryption (Fixture *self, gconstpointer unused)
{
  assert_shield (self, "$name", MX_SHIELD_NONE, MX_SHIELD_REASON_NONE);
}

#define ADD(path, func)                                                                            \
  g_test_add ("/timeline-shield/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  ADD ("E2E-156-E2E-157-E2E-075-E2E-089-table", test_table);
  ADD ("E2E-088-E2E-157-provenance-follows", test_provenance_follows);
  ADD ("E2E-086-clear-text", test_clear_text);
  ADD ("E2E-070-clear-reaction", test_clear_reaction);
  ADD ("before-encryption", test_before_encryption);

  return g_test_run ();
}
