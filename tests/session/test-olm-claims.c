/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "encryption-fixture.h"

#include "mx-store-olm.h"
#include "mx-store-to-device.h"

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

static unsigned
count_sessions (Seat *seat, Seat *with)
{
  g_autoptr (MxStoredDevice) device =
    mx_store_get_device (seat->store, with->user_id, with->device_id);
  g_autoptr (GPtrArray) sessions =
    mx_store_load_olm_sessions (seat->store, with->user_id, device->curve25519);

  return sessions->len;
}

static unsigned
count_queued (Seat *seat)
{
  unsigned requests = 0;

  for (;;)
    {
      g_autoptr (MxToDeviceBatch) batch = NULL;

      seat_begin (seat);
      batch = mx_store_next_to_device (seat->store, 250, NULL);
      if (batch != NULL)
        g_assert_true (mx_store_to_device_sent (seat->store, batch->txn_id, NULL));
      seat_commit (seat);
      if (batch == NULL)
        return requests;
      requests++;
    }
}

/* A key that another device signed, or nobody. */
static void
test_claim_by_another (Fixture *self, gconstpointer unused)
{
  Seat *carol = encryption_fixture_add (&self->server, CAROL, "CAROL");
  Seat *eve = encryption_fixture_add (&self->server, CAROL, "EVE");

  seat_upload (&self->server, carol);
  seat_upload (&self->server, eve);
  seat_query (&self->server, self->alice, CAROL, NULL);

  /* The server hands out eve's keys as carol's. */
  g_hash_table_remove_all (carol->one_time);
  g_queue_clear_full (&carol->one_time_order, g_free);
  g_free (carol->fallback);
  carol->fallback = g_strdup (eve->fallback);
  g_assert_true (seat_claim (&self->server, self->alice, carol, FALSE));
  g_assert_cmpuint (count_sessions (self->alice, carol), ==, 0);
}

static void
test_no_key (Fixture *self, gconstpointer unused)
{
  Seat *carol = encryption_fixture_add (&self->server, CAROL, "CAROL");
  g_autoptr (MxStoredDevice) device = NULL;

  seat_upload (&self->server, carol);
  seat_query (&self->server, self->alice, CAROL, NULL);
  g_hash_table_remove_all (carol->one_time);
  g_queue_clear_full (&carol->one_time_order, g_free);
  g_clear_pointer (&carol->fallback, g_free);

  /* Asked once, told once. */
  g_assert_true (seat_claim (&self->server, self->alice, carol, FALSE));
  g_assert_cmpuint (count_queued (self->alice), ==, 1);
  g_assert_false (seat_claim (&self->server, self->alice, carol, FALSE));

  /* After a while asked again, and not told again. */
  device = mx_store_get_device (self->alice->store, CAROL, "CAROL");
  device->no_key_ms = 1;
  seat_begin (self->alice);
  g_assert_true (mx_store_put_device (self->alice->store, device, NULL));
  seat_commit (self->alice);
  g_assert_true (seat_claim (&self->server, self->alice, carol, FALSE));
  g_assert_cmpuint (count_queued (self->alice), ==, 0);

  /* Until a session has existed. */
  seat_query (&self->server, carol, ALICE, NULL);
  g_assert_true (seat_claim (&self->server, carol, self->alice, FALSE));
  seat_say (&self->server, carol, self->alice, "one");
  seat_assert_heard (&self->server, self->alice, "one");
  g_clear_pointer (&device, mx_stored_device_free);
  device = mx_store_get_device (self->alice->store, CAROL, "CAROL");
  g_assert_false (device->no_olm_sent);
}

static void
test_claim_from_failed_server (Fixture *self, gconstpointer unused)
{
  Seat *other = encryption_fixture_add (&self->server, BOB, "OTHER");

  seat_upload (&self->server, other);
  seat_query (&self->server, self->alice, BOB, NULL);
  g_hash_table_add (self->server.dead_servers, g_strdup ("prefecture.test"));
  g_assert_true (seat_claim (&self->server, self->alice, other, FALSE));
  g_assert_cmpuint (count_queued (self->alice), ==, 0);

  /* It is not the device's fault. */
  g_hash_table_remove_all (self->server.dead_servers);
  g_assert_true (seat_claim (&self->server, self->alice, other, FALSE));
  g_assert_cmpuint (count_sessions (self->alice, other), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/olm-claims/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("E2E-028-claim-by-another", test_claim_by_another);
  ADD ("E2E-029-E2E-030-no-key", test_no_key);
  ADD ("E2E-029-failed-server", test_claim_from_failed_server);

  return g_test_run ();
}
