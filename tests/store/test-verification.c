/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What became of a request to verify is known from the room. */
#include "config.h"

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
               make_step ("$3a", LEA, "cancel", "$3", "'code':'m.timeout','reason':'r',"),
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
  g_assert_cmpstr (by, ==, LEA);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/store/verification/outcome",
              Fixture,
              NULL,
              fixture_set_up,
              test_outcome,
              fixture_tear_down);

  return g_test_run ();
}
