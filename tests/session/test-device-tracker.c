/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "encryption-fixture.h"

#include "mx-base64.h"
#include "mx-device-tracker.h"
#include "mx-error.h"
#include "mx-matrix-id.h"
#include "mx-store-olm.h"

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
  seat_upload (&self->server, self->alice);
  seat_upload (&self->server, self->bob);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  encryption_fixture_clear (&self->server);
}

/* An answer about BOB, applied for the marks up to sequence. */
static void
apply (Fixture *self, const char *reply, gint64 sequence)
{
  const char *const users[] = { BOB, NULL };
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (reply, -1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (document);
  seat_begin (self->alice);
  mx_device_tracker_apply (self->alice->machine,
                           users,
                           sequence,
                           mx_json_document_root (document),
                           self->alice->changes,
                           &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
}

static gint64
load_sequence (Fixture *self)
{
  gint64 sequence = 0;
  g_auto (GStrv) users = mx_store_load_outdated (self->alice->store, 100, &sequence);

  return sequence;
}

static void
mark (Fixture *self)
{
  seat_begin (self->alice);
  g_assert_true (mx_store_mark_user_outdated (self->alice->store, BOB, NULL));
  seat_commit (self->alice);
}

static void
sync_lists (Fixture *self, const char *changed, const char *left)
{
  MxSyncDelta *delta = mx_sync_delta_new (MX_SYNC_CLASSIC);

  delta->device_changed = g_strsplit (changed, " ", -1);
  delta->device_left = g_strsplit (left, " ", -1);
  seat_sync (&self->server, self->alice, delta);
}

static void
add_state (MxRoomDelta *room, char *text)
{
  g_autofree char *owned = g_strdelimit (text, "'", '"');
  g_autoptr (GError) error = NULL;
  MxEvent *event = mx_event_new_from_text (owned, &error);

  g_assert_no_error (error);
  g_ptr_array_add (room->state, event);
}

static void
add_room (MxSyncDelta *delta, const char *visibility)
{
  MxRoomDelta *room = mx_room_delta_new ("!room:ministere.test");
  char *texts[] = {
    g_strdup ("{'type':'m.room.encryption','state_key':'','event_id':'$e','sender':'" ALICE
              "','content':{'algorithm':'m.megolm.v1.aes-sha2'}}"),
    g_strdup_printf ("{'type':'m.room.history_visibility','state_key':'','event_id':'$h',"
                     "'sender':'" ALICE "','content':{'history_visibility':'%s'}}",
                     visibility),
    g_strdup ("{'type':'m.room.member','state_key':'" BOB "','event_id':'$b','sender':'" BOB
              "','content':{'membership':'join'}}"),
    g_strdup ("{'type':'m.room.member','state_key':'" CAROL "','event_id':'$c','sender':'" ALICE
              "','content':{'membership':'invite'}}"),
  };

  room->membership = MX_MEMBERSHIP_JOIN;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    add_state (room, texts[i]);
  g_ptr_array_add (delta->rooms, room);
}

static void
test_members_are_followed (Fixture *self, gconstpointer unused)
{
  MxSyncDelta *delta = mx_sync_delta_new (MX_SYNC_CLASSIC);
  MxStore *store = self->alice->store;

  g_assert_true (mx_store_is_user_tracked (store, ALICE)); /* ourselves */
  add_room (delta, "shared");
  seat_sync (&self->server, self->alice, delta);
  g_assert_true (mx_store_is_user_tracked (store, BOB));
  g_assert_true (mx_store_is_user_tracked (store, CAROL));
  g_assert_true (mx_store_is_user_outdated (store, BOB));
  g_assert_cmpint (self->alice->changes->encryption & MX_ENCRYPTION_QUERY_DEVICES, !=, 0);

  /* Both flags survive. */
  seat_restart (self->alice);
  g_assert_true (mx_store_is_user_tracked (self->alice->store, BOB));
  g_assert_true (mx_store_is_user_outdated (self->alice->store, BOB));
}

static void
test_invited_who_will_not_read (Fixture *self, gconstpointer unused)
{
  MxSyncDelta *delta = mx_sync_delta_new (MX_SYNC_CLASSIC);

  add_room (delta, "joined");
  seat_sync (&self->server, self->alice, delta);
  g_assert_true (mx_store_is_user_tracked (self->alice->store, BOB));
  g_assert_false (mx_store_is_user_tracked (self->alice->store, CAROL));
}

/* Nobody tells us of the devices of somebody who is only invited. */
static void
test_invited_who_joins (Fixture *self, gconstpointer unused)
{
  MxStore *store = self->alice->store;
  const char *const names[] = { "Carole", "Caroline" };

  for (guint i = 0; i < 3; i++)
    {
      MxSyncDelta *delta = mx_sync_delta_new (MX_SYNC_CLASSIC);

      if (i == 0)
        add_room (delta, "shared");
      else
        {
          MxRoomDelta *room = mx_room_delta_new ("!room:ministere.test");

          room->membership = MX_MEMBERSHIP_JOIN;
          add_state (room,
                     g_strdup_printf ("{'type':'m.room.member','state_key':'" CAROL
                                      "','event_id':'$%s','sender':'" CAROL
                                      "','content':{'membership':'join','displayname':'%s'}}",
                                      names[i - 1],
                                      names[i - 1]));
          g_ptr_array_add (delta->rooms, room);
        }
      seat_sync (&self->server, self->alice, delta);
      g_assert_true (mx_store_is_user_outdated (store, CAROL) == (i < 2)); /* not for a new name */
      seat_query (&self->server, self->alice, CAROL, NULL);
      g_assert_false (mx_store_is_user_outdated (store, CAROL));
    }
}

static void
test_changed_and_left (Fixture *self, gconstpointer unused)
{
  MxStore *store = self->alice->store;

  seat_query (&self->server, self->alice, BOB, NULL);
  g_assert_false (mx_store_is_user_outdated (store, BOB));

  sync_lists (self, BOB " " CAROL, "");
  g_assert_true (mx_store_is_user_outdated (store, BOB));
  g_assert_false (mx_store_is_user_tracked (store, CAROL));

  sync_lists (self, "", BOB);
  g_assert_false (mx_store_is_user_tracked (store, BOB));
  {
    g_autoptr (MxStoredDevice) pinned = mx_store_get_device (store, BOB, "BOB");

    g_assert_nonnull (pinned);
  }
}

static void
test_mark_during_query (Fixture *self, gconstpointer unused)
{
  const char *const users[] = { BOB, NULL };
  g_autofree char *reply = encryption_fixture_answer_query (&self->server, users);
  gint64 sequence = 0;

  seat_query (&self->server, self->alice, BOB, NULL);
  mark (self);
  sequence = load_sequence (self);
  mark (self); /* while the question is under way */
  apply (self, reply, sequence);
  g_assert_true (mx_store_is_user_outdated (self->alice->store, BOB));
  apply (self, reply, load_sequence (self));
  g_assert_false (mx_store_is_user_outdated (self->alice->store, BOB));
}

static void
test_failed_server (Fixture *self, gconstpointer unused)
{
  MxStore *store = self->alice->store;

  seat_query (&self->server, self->alice, BOB, NULL);
  g_hash_table_add (self->server.dead_servers, g_strdup (mx_id_get_server (BOB)));
  seat_query (&self->server, self->alice, BOB, CAROL, NULL);
  g_assert_true (mx_store_is_user_outdated (store, BOB));
  g_assert_false (mx_store_is_user_outdated (store, CAROL)); /* no devices, no failure */
  {
    g_autoptr (MxStoredDevice) device = mx_store_get_device (store, BOB, "BOB");

    g_assert_false (device->is_gone);
  }
}

/* What is wrong with an answer, in one word. */
static void
test_refused (Fixture *self, gconstpointer data)
{
  const char *what = data;
  const char *const users[] = { BOB, NULL };
  g_autofree char *good = encryption_fixture_answer_query (&self->server, users);
  g_autoptr (GString) reply = g_string_new (good);
  g_autoptr (MxStoredDevice) device = NULL;

  if (g_str_equal (what, "other-user"))
    g_string_replace (reply, "\"user_id\":\"" BOB, "\"user_id\":\"" CAROL, 0);
  else if (g_str_equal (what, "other-device"))
    g_string_replace (reply, "\"device_id\":\"BOB", "\"device_id\":\"EVE", 0);
  else if (g_str_equal (what, "no-signature"))
    g_string_replace (reply, "\"signatures\"", "\"signature\"", 0);
  else if (g_str_equal (what, "short-key"))
    g_string_replace (reply, "\"curve25519:BOB\":\"", "\"curve25519:BOB\":\"AA", 0);
  else if (g_str_equal (what, "altered"))
    g_string_replace (reply, "m.megolm.v1.aes-sha2", "m.megolm.v2.aes-sha2", 0);
  g_assert_cmpstr (good, !=, reply->str);

  seat_begin (self->alice);
  g_assert_true (mx_store_track_user (self->alice->store, BOB, NULL));
  seat_commit (self->alice);
  apply (self, reply->str, load_sequence (self));
  device = mx_store_get_device (self->alice->store, BOB, "BOB");
  g_assert_null (device);
}

/* The server shows other keys, well signed, under an id that is known. */
static void
test_swapped_keys (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxOlmAccount) account = mx_olm_account_new ();
  g_autoptr (MxStoredDevice) before = NULL;
  g_autoptr (MxStoredDevice) after = NULL;

  seat_query (&self->server, self->alice, BOB, NULL);
  before = mx_store_get_device (self->alice->store, BOB, "BOB");
  g_free (self->bob->device_keys);
  self->bob->device_keys = mx_device_keys_new_signed (account, BOB, "BOB", NULL);
  seat_query (&self->server, self->alice, BOB, NULL);
  after = mx_store_get_device (self->alice->store, BOB, "BOB");
  g_assert_cmpmem (before->ed25519, MX_STORE_KEY_SIZE, after->ed25519, MX_STORE_KEY_SIZE);
  g_assert_cmpmem (before->curve25519, MX_STORE_KEY_SIZE, after->curve25519, MX_STORE_KEY_SIZE);

  /* Nor after it was away in between. */
  g_clear_pointer (&after, mx_stored_device_free);
  {
    g_autofree char *swapped = g_steal_pointer (&self->bob->device_keys);

    seat_query (&self->server, self->alice, BOB, NULL);
    self->bob->device_keys = g_steal_pointer (&swapped);
  }
  seat_query (&self->server, self->alice, BOB, NULL);
  after = mx_store_get_device (self->alice->store, BOB, "BOB");
  g_assert_true (after->is_gone);
  g_assert_cmpmem (before->ed25519, MX_STORE_KEY_SIZE, after->ed25519, MX_STORE_KEY_SIZE);
}

static void
test_gone_and_back (Fixture *self, gconstpointer unused)
{
  g_autofree char *keys = NULL;
  g_autoptr (MxStoredDevice) gone = NULL;
  g_autoptr (MxStoredDevice) back = NULL;
  g_autoptr (GPtrArray) devices = NULL;

  seat_query (&self->server, self->alice, BOB, NULL);
  g_assert_true (g_hash_table_contains (self->alice->changes->device_users, BOB));
  seat_query (&self->server, self->alice, BOB, NULL);
  g_assert_false (g_hash_table_contains (self->alice->changes->device_users, BOB));

  keys = g_steal_pointer (&self->bob->device_keys);
  seat_query (&self->server, self->alice, BOB, NULL);
  gone = mx_store_get_device (self->alice->store, BOB, "BOB");
  g_assert_true (gone->is_gone);
  g_assert_true (g_hash_table_contains (self->alice->changes->device_users, BOB));
  devices = mx_store_load_devices (self->alice->store, BOB, FALSE);
  g_assert_cmpuint (devices->len, ==, 0);

  self->bob->device_keys = g_steal_pointer (&keys);
  seat_query (&self->server, self->alice, BOB, NULL);
  back = mx_store_get_device (self->alice->store, BOB, "BOB");
  g_assert_false (back->is_gone);
}

/* Somebody publishes another one's Curve25519 key as his own. */
static void
test_copied_key (Fixture *self, gconstpointer unused)
{
  Seat *carol = encryption_fixture_add (&self->server, CAROL, "CAROL");
  g_autoptr (MxStoredDevice) bobs = NULL;
  g_autoptr (MxStoredDevice) carols = NULL;
  g_autofree char *session_id = NULL;

  seat_upload (&self->server, carol);
  encryption_fixture_introduce (&self->server, self->alice, self->bob);
  seat_query (&self->server, self->alice, CAROL, NULL);
  bobs = mx_store_get_device (self->alice->store, BOB, "BOB");
  carols = mx_store_get_device (self->alice->store, CAROL, "CAROL");
  memcpy (carols->curve25519, bobs->curve25519, MX_STORE_KEY_SIZE);
  seat_begin (self->alice);
  g_assert_true (mx_store_put_device (self->alice->store, carols, NULL));
  seat_commit (self->alice);

  {
    g_autoptr (MxStoredDevice) found =
      mx_store_find_device (self->alice->store, BOB, bobs->curve25519);

    g_assert_cmpstr (found->device_id, ==, "BOB");
  }
  session_id = mx_store_get_olm_session_id (self->alice->store, CAROL, bobs->curve25519);
  g_assert_null (session_id);
}

static void
test_own_keys_differ (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxOlmAccount) account = mx_olm_account_new ();
  g_autofree char *broken = NULL;

  seat_query (&self->server, self->alice, ALICE, NULL);
  broken = mx_store_get_value (self->alice->store, MX_VALUE_DEVICE_BROKEN);
  g_assert_null (broken);

  g_free (self->alice->device_keys);
  self->alice->device_keys = mx_device_keys_new_signed (account, ALICE, "ALICE", NULL);
  seat_query (&self->server, self->alice, ALICE, NULL);
  broken = mx_store_get_value (self->alice->store, MX_VALUE_DEVICE_BROKEN);
  g_assert_null (broken);

  /* Ours were published again; whoever does it once more uses this device as well. */
  seat_upload (&self->server, self->alice);
  g_free (self->alice->device_keys);
  self->alice->device_keys = mx_device_keys_new_signed (account, ALICE, "ALICE", NULL);
  seat_query (&self->server, self->alice, ALICE, NULL);
  g_assert_cmpint (self->alice->changes->encryption & MX_ENCRYPTION_BROKEN, !=, 0);
  broken = mx_store_get_value (self->alice->store, MX_VALUE_DEVICE_BROKEN);
  g_assert_nonnull (broken);
}

/* A server that lost our keys gets them again. */
static void
test_own_keys_missing (Fixture *self, gconstpointer unused)
{
  g_clear_pointer (&self->alice->device_keys, g_free);
  seat_query (&self->server, self->alice, ALICE, NULL);
  g_assert_cmpint (self->alice->changes->encryption & MX_ENCRYPTION_UPLOAD_KEYS, !=, 0);
  seat_upload (&self->server, self->alice);
  g_assert_nonnull (self->alice->device_keys);
}

static void
test_new_own_device (Fixture *self, gconstpointer unused)
{
  Seat *other = encryption_fixture_add (&self->server, ALICE, "OTHER");
  Seat *third = encryption_fixture_add (&self->server, ALICE, "THIRD");

  seat_upload (&self->server, other);
  seat_query (&self->server, self->alice, ALICE, NULL);
  g_assert_cmpuint (self->alice->changes->own_devices->len, ==, 0); /* it was there before us */
  seat_upload (&self->server, third);
  seat_query (&self->server, self->alice, ALICE, NULL);
  g_assert_cmpuint (self->alice->changes->own_devices->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (self->alice->changes->own_devices, 0), ==, "THIRD");
}

static void
test_all_outdated (Fixture *self, gconstpointer unused)
{
  seat_query (&self->server, self->alice, ALICE, BOB, NULL);
  seat_begin (self->alice);
  g_assert_true (mx_store_mark_all_outdated (self->alice->store, NULL));
  seat_commit (self->alice);
  g_assert_true (mx_store_is_user_outdated (self->alice->store, ALICE));
  g_assert_true (mx_store_is_user_outdated (self->alice->store, BOB));
}

static void
test_too_many_devices (Fixture *self, gconstpointer unused)
{
  g_autoptr (GString) reply = g_string_new ("{\"device_keys\":{\"" BOB "\":{");
  g_autoptr (MxOlmAccount) account = mx_olm_account_new ();
  g_autoptr (GPtrArray) devices = NULL;

  for (unsigned i = 0; i < 700; i++)
    {
      g_autofree char *id = g_strdup_printf ("D%u", i);
      g_autofree char *keys = mx_device_keys_new_signed (account, BOB, id, NULL);

      g_string_append_printf (reply, "%s\"%s\":%s", i > 0 ? "," : "", id, keys);
    }
  g_string_append (reply, "}}}");
  seat_begin (self->alice);
  g_assert_true (mx_store_track_user (self->alice->store, BOB, NULL));
  seat_commit (self->alice);
  apply (self, reply->str, load_sequence (self));
  devices = mx_store_load_devices (self->alice->store, BOB, TRUE);
  g_assert_cmpuint (devices->len, ==, 500);
}

int
main (int argc, char **argv)
{
  const char *const wrongs[] = {
    "other-user", "other-device", "no-signature", "short-key", "altered"
  };

  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/device-tracker/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("E2E-016-members-are-followed", test_members_are_followed);
  ADD ("E2E-016-invited-who-will-not-read", test_invited_who_will_not_read);
  ADD ("E2E-016-invited-who-joins", test_invited_who_joins);
  ADD ("E2E-017-changed-and-left", test_changed_and_left);
  ADD ("E2E-018-mark-during-query", test_mark_during_query);
  ADD ("E2E-020-failed-server", test_failed_server);
  for (gsize i = 0; i < G_N_ELEMENTS (wrongs); i++)
    {
      g_autofree char *path = g_strdup_printf ("/device-tracker/E2E-021-refused/%s", wrongs[i]);

      g_test_add (path, Fixture, wrongs[i], set_up, test_refused, tear_down);
    }
  ADD ("E2E-021-swapped-keys", test_swapped_keys);
  ADD ("E2E-021-gone-and-back", test_gone_and_back);
  ADD ("E2E-022-copied-key", test_copied_key);
  ADD ("E2E-004-own-keys-differ", test_own_keys_differ);
  ADD ("E2E-004-own-keys-missing", test_own_keys_missing);
  ADD ("E2E-027-new-own-device", test_new_own_device);
  ADD ("E2E-026-all-outdated", test_all_outdated);
  ADD ("E2E-168-too-many-devices", test_too_many_devices);

  return g_test_run ();
}
