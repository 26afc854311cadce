/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "store-fixture.h"

#include "mx-store-to-device.h"

static void
queue (Fixture *self, const char *type, const char *user_id, const char *device_id, const char *n)
{
  g_autofree char *content = g_strdup_printf ("{\"n\":%s}", n);
  g_autoptr (GError) error = NULL;

  begin (self);
  mx_store_queue_to_device (self->store, type, user_id, device_id, content, &error);
  g_assert_no_error (error);
  commit (self);
}

static MxToDeviceBatch *
next (Fixture *self, unsigned max)
{
  g_autoptr (GError) error = NULL;
  MxToDeviceBatch *batch = NULL;

  begin (self);
  batch = mx_store_next_to_device (self->store, max, &error);
  g_assert_no_error (error);
  commit (self);

  return batch;
}

/* The next batch is this one, and is answered. */
static void
assert_sent (Fixture *self, unsigned max, const char *type, const char *body)
{
  g_autoptr (MxToDeviceBatch) batch = next (self, max);

  g_assert_nonnull (batch);
  g_assert_cmpstr (batch->type, ==, type);
  g_assert_cmpstr (batch->body, ==, body);
  begin (self);
  g_assert_true (mx_store_to_device_sent (self->store, batch->txn_id, NULL));
  commit (self);
}

static void
assert_empty (Fixture *self)
{
  g_autoptr (MxToDeviceBatch) batch = next (self, 100);

  g_assert_null (batch);
}

static void
test_by_type (Fixture *self, gconstpointer unused)
{
  assert_empty (self);
  queue (self, "m.a", PAUL, "P1", "1");
  queue (self, "m.b", PAUL, "P1", "2");
  queue (self, "m.a", LEA, "L1", "3");
  queue (self, "m.a", PAUL, "P2", "4");
  assert_sent (self,
               100,
               "m.a",
               "{\"messages\":{\"" LEA "\":{\"L1\":{\"n\":3}},\"" PAUL
               "\":{\"P1\":{\"n\":1},\"P2\":{\"n\":4}}}}");
  assert_sent (self, 100, "m.b", "{\"messages\":{\"" PAUL "\":{\"P1\":{\"n\":2}}}}");
  assert_empty (self);
}

static void
test_one_per_device (Fixture *self, gconstpointer unused)
{
  queue (self, "m.a", PAUL, "P1", "1");
  queue (self, "m.a", PAUL, "P1", "2");
  queue (self, "m.a", PAUL, "*", "3");
  queue (self, "m.a", PAUL, "P2", "4");
  assert_sent (self, 100, "m.a", "{\"messages\":{\"" PAUL "\":{\"P1\":{\"n\":1}}}}");
  assert_sent (self, 100, "m.a", "{\"messages\":{\"" PAUL "\":{\"P1\":{\"n\":2}}}}");
  assert_sent (self, 100, "m.a", "{\"messages\":{\"" PAUL "\":{\"*\":{\"n\":3}}}}");
  assert_sent (self, 100, "m.a", "{\"messages\":{\"" PAUL "\":{\"P2\":{\"n\":4}}}}");
  assert_empty (self);
}

/* What left once leaves as it was, before anything else, also after a restart. */
static void
test_again (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxToDeviceBatch) first = NULL;
  g_autoptr (MxToDeviceBatch) again = NULL;

  queue (self, "m.b", PAUL, "P1", "1");
  queue (self, "m.b", LEA, "L1", "2");
  first = next (self, 1);
  queue (self, "m.b", PAUL, "P2", "3");
  fixture_reopen (self);
  again = next (self, 100);
  g_assert_cmpstr (first->txn_id, ==, again->txn_id);
  g_assert_cmpstr (first->type, ==, again->type);
  g_assert_cmpstr (first->body, ==, again->body);
}

static void
test_rolled_back (Fixture *self, gconstpointer unused)
{
  begin (self);
  g_assert_true (mx_store_queue_to_device (self->store, "m.a", PAUL, "P1", "{}", NULL));
  mx_store_rollback (self->store);
  assert_empty (self);
}

static void
test_ids (Fixture *self, gconstpointer unused)
{
  gint64 id = 0;

  g_assert_cmpint (mx_store_last_to_device (self->store), ==, 0);
  queue (self, "m.a", PAUL, "P1", "1");
  id = mx_store_last_to_device (self->store);
  g_assert_true (mx_store_has_to_device (self->store, id));
  queue (self, "m.a", PAUL, "P1", "2");
  assert_sent (self, 100, "m.a", "{\"messages\":{\"" PAUL "\":{\"P1\":{\"n\":1}}}}");
  g_assert_false (mx_store_has_to_device (self->store, id));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func)                                                                            \
  g_test_add ("/to-device/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("E2E-048-by-type", test_by_type);
  ADD ("E2E-048-one-per-device", test_one_per_device);
  ADD ("E2E-049-again", test_again);
  ADD ("E2E-043-rolled-back", test_rolled_back);
  ADD ("ids", test_ids);

  return g_test_run ();
}
