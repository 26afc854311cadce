/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Unread counts, receipts and what may notify (research/protocol §3.4 and §8). */
#include "config.h"

#include "store-fixture.h"

#include <stdlib.h>

#define T(id) make_text (id, PAUL, atoi (id + 1), id)

static void
assert_counts (Fixture *self, unsigned unread, unsigned highlights)
{
  g_autoptr (MxRoomRow) row = get_row (self, ROOM);

  g_assert_cmpuint (row->unread, ==, unread);
  g_assert_cmpuint (row->highlights, ==, highlights);
}

static void
assert_own_receipt (Fixture *self, const char *expected)
{
  g_autofree char *event_id = mx_store_get_own_receipt (self->store, ROOM);

  g_assert_cmpstr (event_id, ==, expected);
}

static void
receipt (Fixture *self, MxSyncKind kind, const char *user_id, const char *event_id, int ts)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (kind, ROOM, &room);

  delta_add_receipt (room, user_id, event_id, ts);
  apply_twice (self, delta);
}

static void
own_receipt (Fixture *self, const char *event_id)
{
  begin (self);
  g_assert_true (
    mx_store_set_own_receipt (self->store, ROOM, event_id, FALSE, self->changes, NULL));
  commit (self);
}

static MxEvent *
make_mention (const char *event_id, int ts)
{
  return make_event ("{'event_id':'%s','sender':'" PAUL
                     "','type':'m.room.message','origin_server_ts':%" G_GINT64_FORMAT ","
                     "'content':{'msgtype':'m.text','body':'Anne','m.mentions':{'user_ids':['" OWN
                     "']}}}",
                     event_id,
                     (G_GINT64_CONSTANT (1700000000) + ts) * 1000);
}

static void
test_live (Fixture *self, gconstpointer unused)
{
  MxTimelineKey key, expected;

  sync_events (self, TRUE, "p", T ("$1"), NULL);
  receipt (self, MX_SYNC_SLIDING, OWN, "$1", 2);
  assert_counts (self, 0, 0);
  g_assert_false (mx_store_find_first_unread (self->store, ROOM, &key));
  sync_events (self, FALSE, "p", make_member ("$2", LEA, "join", "Léa"), NULL);
  g_assert_false (mx_store_find_first_unread (self->store, ROOM, &key));
  sync_events (self,
               FALSE,
               "p",
               T ("$3"),
               make_mention ("$4", 4),
               make_reaction ("$5", PAUL, 5, "$1", "+"),
               NULL);
  assert_counts (self, 2, 1);
  g_assert_cmpuint (self->changes->notifications->len, ==, 2);
  g_assert_true (((MxNotificationCandidate *) self->changes->notifications->pdata[1])->highlight);
  g_assert_true (mx_store_find_first_unread (self->store, ROOM, &key));
  g_assert_true (mx_store_find_key (self->store, ROOM, "$2", &expected));
  g_assert_cmpint (mx_timeline_key_compare (&key, &expected), ==, 0);

  own_receipt (self, "$3");
  assert_counts (self, 1, 1);
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_RECEIPTS);
  /* Never backwards. */
  own_receipt (self, "$1");
  assert_counts (self, 1, 1);
  assert_own_receipt (self, "$3");
  /* Redacted: nothing left to read. */
  sync_events (self, FALSE, "p", make_redaction ("$6", PAUL, 6, "$4"), NULL);
  assert_counts (self, 0, 0);
}

static void
test_own_message_reads (Fixture *self, gconstpointer unused)
{
  sync_events (
    self, TRUE, "p", T ("$1"), T ("$2"), make_text ("$3", OWN, 3, "moi"), T ("$4"), NULL);
  assert_counts (self, 1, 0);
  assert_own_receipt (self, "$3");
  /* A new name of ours in each room reads nothing. */
  sync_events (
    self,
    FALSE,
    "p",
    make_state ("$5", OWN, "m.room.member", OWN, "{'membership':'join','displayname':'A'}"),
    NULL);
  sync_events (self, FALSE, "p", T ("$6"), NULL);
  {
    MxRoomDelta *room;
    MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);

    delta_add (
      room,
      make_event (
        "{'event_id':'$7','sender':'" OWN "','type':'m.room.member','state_key':'" OWN
        "','origin_server_ts':1700000007000,"
        "'content':{'membership':'join','displayname':'B'},'unsigned':{'prev_content':{'membership':'join'}}}"));
    apply_twice (self, delta);
  }
  assert_counts (self, 1, 0);
}

static void
test_join_reads (Fixture *self, gconstpointer unused)
{
  sync_events (
    self, TRUE, "p", T ("$1"), T ("$2"), make_member ("$3", OWN, "join", "Anne"), T ("$4"), NULL);
  assert_counts (self, 1, 0);
}

/* One event of the room is known: what can be known, and more once history is here. */
static void
test_history (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_SLIDING, ROOM, &room);

  room->initial = room->limited = TRUE;
  room->prev_batch = g_strdup ("p10");
  delta_add (room, T ("$10"));
  room->live = 0;
  delta_add_receipt (room, OWN, "$6", 7);
  apply_twice (self, delta);
  assert_counts (self, 1, 0);
  g_assert_cmpuint (self->changes->notifications->len, ==, 0);
  assert_own_receipt (self, "$6");

  fill (self, "p10", "p8", T ("$9"), T ("$8"), NULL);
  assert_counts (self, 3, 0);
  fill (self, "p8", "p5", T ("$7"), T ("$6"), T ("$5"), NULL);
  assert_counts (self, 4, 0);
  g_assert_cmpuint (self->changes->notifications->len, ==, 0);
  fill (self, "p5", NULL, T ("$4"), T ("$3"), NULL);
  assert_counts (self, 4, 0);
  own_receipt (self, "$10");
  assert_counts (self, 0, 0);
}

/* Another device read something that this one has not got yet. */
static void
test_ahead (Fixture *self, gconstpointer unused)
{
  sync_events (self, TRUE, "p", T ("$1"), T ("$2"), NULL);
  assert_counts (self, 2, 0);
  receipt (self, MX_SYNC_SLIDING, OWN, "$4", 9);
  assert_counts (self, 0, 0);
  sync_events (self, FALSE, "p", T ("$3"), T ("$4"), T ("$5"), NULL);
  assert_counts (self, 1, 0);
  g_assert_cmpuint (self->changes->notifications->len, ==, 1);
  assert_own_receipt (self, "$4");
}

static MxSyncDelta *
make_counted (MxRoomDelta **room, int unread, int highlights)
{
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, room);

  (*room)->notification_count = unread;
  (*room)->highlight_count = highlights;
  return delta;
}

static void
test_server (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_counted (&room, 7, 2);

  delta_add (room, T ("$1"));
  delta_add (room, T ("$2"));
  delta_add_receipt (room, OWN, "$1", 1);
  apply_twice (self, delta);
  assert_counts (self, 7, 2);

  /* We read; the server does not know yet and must not contradict. */
  own_receipt (self, "$2");
  assert_counts (self, 0, 0);
  delta = make_counted (&room, 8, 2);
  delta_add (room, T ("$3"));
  apply_twice (self, delta);
  assert_counts (self, 1, 0);
  /* It knows now. */
  delta = make_counted (&room, 3, 1);
  delta_add_receipt (room, OWN, "$2", 5);
  apply_twice (self, delta);
  assert_counts (self, 3, 1);
  /* An older receipt comes late. */
  delta = make_counted (&room, 3, 1);
  delta_add_receipt (room, OWN, "$1", 6);
  apply (self, delta);
  assert_own_receipt (self, "$2");

  /* What the server cannot see it cannot count. */
  delta = make_counted (&room, 5, 5);
  delta_add_state (room, make_state ("$e", PAUL, "m.room.encryption", "", "{'algorithm':'x'}"));
  apply_twice (self, delta);
  assert_counts (self, 1, 0);
}

static void
test_rules (Fixture *self, gconstpointer unused)
{
  MxSyncDelta *delta;
  g_autoptr (MxRoomRow) row = NULL;

  sync_events (
    self, TRUE, "p", make_text ("$0", OWN, 0, "x"), T ("$1"), make_mention ("$2", 2), NULL);
  assert_counts (self, 2, 1);

  /* Mentions only, then nothing, then as before. */
  delta = make_delta (MX_SYNC_CLASSIC, NULL, NULL);
  delta_add_account_data (&delta->account_data,
                          "m.push_rules",
                          "{'global':{'override':[{'rule_id':'" ROOM
                          "','default':false,'enabled':true,'actions':[],"
                          "'conditions':[{'kind':'event_match','key':'room_id','pattern':'" ROOM
                          "'}]}]}}");
  apply_twice (self, delta);
  assert_counts (self, 0, 0);
  row = get_row (self, ROOM);
  g_assert_cmpint (row->notifications, ==, MX_ROOM_NOTIFICATIONS_MUTE);
  sync_events (self, FALSE, "p", make_mention ("$3", 3), NULL);
  assert_counts (self, 0, 0);
  g_assert_cmpuint (self->changes->notifications->len, ==, 0);
}

static void
test_ignored (Fixture *self, gconstpointer unused)
{
  MxSyncDelta *delta;
  g_autoptr (MxRoomRow) row = NULL;

  sync_events (self,
               TRUE,
               "p",
               make_text ("$0", OWN, 0, "x"),
               make_text ("$1", LEA, 1, "Léa"),
               make_text ("$2", PAUL, 2, "Paul"),
               NULL);
  assert_counts (self, 2, 0);
  delta = make_delta (MX_SYNC_CLASSIC, NULL, NULL);
  delta_add_account_data (&delta->account_data,
                          "m.ignored_user_list",
                          "{'ignored_users':{'" PAUL "':{}}}");
  apply_twice (self, delta);
  assert_counts (self, 1, 0);
  row = get_row (self, ROOM);
  g_assert_cmpstr (row->last_summary, ==, "Léa");
  sync_events (self, FALSE, "p", make_mention ("$3", 3), NULL);
  assert_counts (self, 1, 0);
  g_assert_cmpuint (self->changes->notifications->len, ==, 0);
}

static void
test_no_notifications (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);

  /* Not live, then live but already read elsewhere, then from a room that was left. */
  delta_add (room, make_mention ("$1", 1));
  room->live = 0;
  apply_twice (self, delta);
  g_assert_cmpuint (self->changes->notifications->len, ==, 0);
  delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  delta_add (room, make_mention ("$2", 2));
  delta_add (room, make_mention ("$3", 3));
  delta_add_receipt (room, OWN, "$2", 3);
  apply_twice (self, delta);
  g_assert_cmpuint (self->changes->notifications->len, ==, 1);
  delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  room->membership = MX_MEMBERSHIP_LEAVE;
  delta_add (room, make_mention ("$4", 4));
  apply_twice (self, delta);
  g_assert_cmpuint (self->changes->notifications->len, ==, 0);
  assert_counts (self, 0, 0);
}

static void
test_receipts (Fixture *self, gconstpointer unused)
{
  g_autoptr (GPtrArray) receipts = NULL;
  g_autofree char *marker = NULL;

  sync_events (self, TRUE, "p", T ("$1"), T ("$2"), NULL);
  receipt (self, MX_SYNC_CLASSIC, LEA, "$1", 5);
  receipt (self, MX_SYNC_CLASSIC, PAUL, "$1", 6);
  receipt (self, MX_SYNC_CLASSIC, OWN, "$1", 7);
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_RECEIPTS);
  receipts = mx_store_load_receipts (self->store, ROOM, "$1");
  g_assert_cmpuint (receipts->len, ==, 2);
  g_assert_cmpstr (((MxReceipt *) receipts->pdata[0])->user_id, ==, PAUL);
  g_clear_pointer (&receipts, g_ptr_array_unref);
  receipt (self, MX_SYNC_CLASSIC, PAUL, "$9", 8);
  receipts = mx_store_load_receipts (self->store, ROOM, "$1");
  g_assert_cmpuint (receipts->len, ==, 1);
  g_clear_pointer (&receipts, g_ptr_array_unref);
  sync_events (self, FALSE, "p", T ("$9"), NULL);
  receipts = mx_store_load_receipts (self->store, ROOM, "$9");
  g_assert_cmpuint (receipts->len, ==, 1);

  g_clear_pointer (&receipts, g_ptr_array_unref);

  /* A reaction has no row; who has read it has read the message above. */
  sync_events (self,
               FALSE,
               "p",
               make_reaction ("$10", LEA, 10, "$1", "+"),
               make_reaction ("$11", LEA, 11, "$1", "-"),
               NULL);
  receipt (self, MX_SYNC_CLASSIC, LEA, "$11", 12);
  receipts = mx_store_load_receipts (self->store, ROOM, "$9");
  g_assert_cmpuint (receipts->len, ==, 2);
  g_assert_cmpstr (((MxReceipt *) receipts->pdata[0])->user_id, ==, LEA);

  begin (self);
  g_assert_true (mx_store_set_own_receipt (self->store, ROOM, "$2", TRUE, self->changes, NULL));
  commit (self);
  marker = mx_store_get_fully_read (self->store, ROOM);
  g_assert_cmpstr (marker, ==, "$2");
}

static void
test_typing (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  g_auto (GStrv) typing = NULL;

  room->typing = g_strsplit (PAUL "," LEA, ",", -1);
  apply_twice (self, delta);
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_TYPING);
  typing = mx_store_get_typing (self->store, ROOM);
  g_assert_cmpuint (g_strv_length (typing), ==, 2);
  g_strfreev (g_steal_pointer (&typing));
  fixture_reopen (self);
  typing = mx_store_get_typing (self->store, ROOM);
  g_assert_cmpuint (g_strv_length (typing), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/counts/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("live", test_live);
  ADD ("own-message-reads", test_own_message_reads);
  ADD ("join-reads", test_join_reads);
  ADD ("history", test_history);
  ADD ("ahead", test_ahead);
  ADD ("server", test_server);
  ADD ("rules", test_rules);
  ADD ("ignored", test_ignored);
  ADD ("no-notifications", test_no_notifications);
  ADD ("receipts", test_receipts);
  ADD ("typing", test_typing);
  return g_test_run ();
}
