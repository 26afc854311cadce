/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a sync response does to the store: order, state, tokens, idempotence. */
#include "config.h"

#include "store-fixture.h"

static void
test_first (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  g_autofree char *token = NULL;
  g_autofree char *topic = NULL;
  g_autoptr (MxRoomRow) row = NULL;

  delta->next_token = g_strdup ("s1");
  room->prev_batch = g_strdup ("p1");
  room->limited = TRUE;
  delta_add_state (room, make_state ("$c", PAUL, "m.room.create", "", "{'room_version':'11'}"));
  delta_add_state (room, make_state ("$n", PAUL, "m.room.name", "", "{'name':'Projet'}"));
  delta_add_state (room, make_member ("$m1", PAUL, "join", "Paul"));
  delta_add (room, make_state ("$t", PAUL, "m.room.topic", "", "{'topic':'Lundi'}"));
  delta_add (room, make_text ("$1", PAUL, 1, "Bonjour"));
  apply_twice (self, delta);

  token = mx_store_get_value (self->store, "classic_token");
  g_assert_cmpstr (token, ==, "s1");
  topic = mx_store_get_state (self->store, ROOM, "m.room.topic", "");
  g_assert_cmpstr (topic, ==, "{\"topic\":\"Lundi\"}");
  assert_timeline (self, "[p1] $t $1");
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_ROW);
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_APPENDED);

  row = get_row (self, ROOM);
  g_assert_cmpstr (row->name, ==, "Projet");
  g_assert_cmpstr (row->topic, ==, "Lundi");
  g_assert_cmpstr (row->last_summary, ==, "Bonjour");
  g_assert_cmpstr (row->last_sender_name, ==, "Paul");
  g_assert_cmpstr (row->room_version, ==, "11");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/sync-apply/first", Fixture, NULL, fixture_set_up, test_first, fixture_tear_down);
  return g_test_run ();
}
