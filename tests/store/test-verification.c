/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What became of a request to verify is known from the room. */
#include "config.h"

#include "mx-store-outbox.h"
#include "mx-store-verification.h"
#include "store-fixture.h"

static MxEvent *
make_request (const char *event_id)
{
  return make_event ("{'event_id':'%s','type':'m.room.message','sender':'" PAUL
                     "','origin_server_ts':1000,'content':{'msgtype':'m.key.verification.request',"
                     "'body':'b','from_device':'D','to':'" OWN "','methods':['m.sas.v1']}}",
                     event_id);
}

static MxEvent *
make_step (const char *event_id,
           const char *sender,
           const char *step,
           const char *target,
           const char *more)
{
  return make_event ("{'event_id':'%s','type':'m.key.verification.%s','sender':'%s',"
                     "'origin_server_ts':2000,'content':{%s'm.relates_to':{'rel_type':"
                     "'m.reference','event_id':'%s'}}}",
                     event_id,
                     step,
                     sender,
                     more,
                     target);
}

static void
test_outcome (Fixture *self, gconstpointer unused)
{
  g_autofree char *code = NULL;
  g_autofree char *by = NULL;

  sync_events (self,
               FALSE,
               NULL,
               make_request ("$1"),
               make_step ("$1a", OWN, "ready", "$1", ""),
               make_request ("$2"),
               make_step ("$2a", OWN, "done", "$2", ""),
               make_request ("$3"),
               make_step ("$3a", PAUL, "cancel", "$3", "'code':'m.timeout','reason':'r',"),
               NULL);
  g_assert_cmpint (mx_store_get_verification_outcome (self->store, ROOM, "$1", NULL, NULL),
                   ==,
                   MX_VERIFICATION_OUTCOME_NONE);
  g_assert_cmpint (mx_store_get_verification_outcome (self->store, ROOM, "$2", &code, &by),
                   ==,
                   MX_VERIFICATION_OUTCOME_DONE);
  g_assert_null (code);
  g_assert_null (by);
  g_assert_cmpint (mx_store_get_verification_outcome (self->store, ROOM, "$3", &code, &by),
                   ==,
                   MX_VERIFICATION_OUTCOME_CANCELLED);
  g_assert_cmpstr (code, ==, "m.timeout");
  g_assert_cmpstr (by, ==, PAUL);
}

/* Somebody else in the room neither ends nor confirms it. */
static void
test_stranger (Fixture *self, gconstpointer unused)
{
  g_autofree char *code = NULL;
  g_autofree char *by = NULL;

  sync_events (self,
               FALSE,
               NULL,
               make_request ("$1"),
               make_step ("$1a", LEA, "done", "$1", ""),
               make_request ("$2"),
               make_step ("$2a", LEA, "cancel", "$2", "'code':'m.user',"),
               make_step ("$2b", OWN, "cancel", "$2", "'code':'m.timeout',"),
               NULL);
  g_assert_cmpint (mx_store_get_verification_outcome (self->store, ROOM, "$1", NULL, NULL),
                   ==,
                   MX_VERIFICATION_OUTCOME_NONE);
  g_assert_cmpint (mx_store_get_verification_outcome (self->store, ROOM, "$2", &code, &by),
                   ==,
                   MX_VERIFICATION_OUTCOME_CANCELLED);
  g_assert_cmpstr (code, ==, "m.timeout");
  g_assert_cmpstr (by, ==, OWN);
}

static void
add_unsent (Fixture *self, const char *txn_id, const char *type, const char *content)
{
  MxOutboxRow entry = { .room_id = (char *) ROOM,
                        .txn_id = (char *) txn_id,
                        .event_type = (char *) type,
                        .content = (char *) content };

  g_assert_true (mx_store_outbox_add (self->store, &entry, self->changes, NULL));
}

/* What asks or goes on is of no use to a later run, what ends is. */
static void
test_stale (Fixture *self, gconstpointer unused)
{
  g_auto (GStrv) stale = NULL;

  sync_events (self, FALSE, NULL, make_text ("$1", PAUL, 1, "x"), NULL);
  begin (self);
  add_unsent (self, "t1", "m.room.message", "{\"msgtype\":\"m.key.verification.request\"}");
  add_unsent (self, "t2", "m.key.verification.mac", "{}");
  add_unsent (self, "t3", "m.key.verification.cancel", "{}");
  add_unsent (self, "t4", "m.key.verification.done", "{}");
  add_unsent (self, "t5", "m.room.message", "{\"body\":\"m.key.verification.request\"}");
  commit (self);
  stale = mx_store_load_stale_verification (self->store);
  g_assert_cmpstrv (stale, ((const char *[]) { "t1", "t2", NULL }));
}

static void
add_kept (Fixture *self, const char *room_id, const char *transaction_id, const char *device_id)
{
  const MxStoredVerification row = { .room_id = (char *) room_id,
                                     .transaction_id = (char *) transaction_id,
                                     .user_id = (char *) PAUL,
                                     .device_id = (char *) device_id,
                                     .created_ms = 7 };

  g_assert_true (mx_store_add_verification (self->store, &row, NULL));
}

static void
test_kept (Fixture *self, gconstpointer unused)
{
  g_autoptr (GPtrArray) all = NULL;
  const MxStoredVerification *row = NULL;

  begin (self);
  add_kept (self, ROOM, "$1", NULL);
  add_kept (self, NULL, "t1", "A");
  add_kept (self, NULL, "t1", "B");
  add_kept (self, NULL, "t1", "B");
  add_kept (self, NULL, "t2", "A");
  g_assert_true (mx_store_remove_verification (self->store, NULL, "t1", NULL));
  g_assert_true (mx_store_remove_verification (self->store, NULL, "$1", NULL)); /* none such */
  commit (self);

  all = mx_store_load_verifications (self->store);
  g_assert_cmpuint (all->len, ==, 2);
  row = g_ptr_array_index (all, 0);
  g_assert_null (row->room_id);
  g_assert_cmpstr (row->transaction_id, ==, "t2");
  g_assert_cmpstr (row->device_id, ==, "A");
  g_assert_cmpstr (row->user_id, ==, PAUL);
  g_assert_cmpint (row->created_ms, ==, 7);
  row = g_ptr_array_index (all, 1);
  g_assert_cmpstr (row->room_id, ==, ROOM);
  g_assert_cmpstr (row->transaction_id, ==, "$1");
  g_assert_null (row->device_id);
}

#define ADD(path, func)                                                                            \
  g_test_add ("/store/verification/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("outcome", test_outcome);
  ADD ("E2E-105-stranger", test_stranger);
  ADD ("E2E-105-stale", test_stale);
  ADD ("E2E-105-kept", test_kept);

  return g_test_run ();
}
