/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a sync response does to the store: order, state, tokens, idempotence. */
#include "config.h"

#include "store-fixture.h"

#include "mx-sql.h"

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

static char *
get_topic (Fixture *self)
{
  return mx_store_get_state (self->store, ROOM, "m.room.topic", "");
}

static void
assert_topic (Fixture *self, const char *expected)
{
  g_autofree char *topic = get_topic (self);

  g_assert_cmpstr (topic, ==, expected);
}

static void
test_state_order (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);

  /* State is that of the start of the timeline; the timeline's goes on from there, the last one
   * wins. */
  delta_add_state (room, make_state ("$t1", PAUL, "m.room.topic", "", "{'topic':'1'}"));
  delta_add (room, make_state ("$t2", PAUL, "m.room.topic", "", "{'topic':'2'}"));
  delta_add (room, make_state ("$t3", PAUL, "m.room.topic", "", "{'topic':'3'}"));
  apply_twice (self, delta);
  assert_topic (self, "{\"topic\":\"3\"}");
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_STATE);

  /* Where the current state is given, the timeline is not it. */
  delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  room->state_is_current = TRUE;
  delta_add_state (room, make_state ("$t5", PAUL, "m.room.topic", "", "{'topic':'5'}"));
  delta_add (room, make_state ("$t4", PAUL, "m.room.topic", "", "{'topic':'4'}"));
  apply_twice (self, delta);
  assert_topic (self, "{\"topic\":\"5\"}");
}

static void
test_initial_replaces (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_SLIDING, ROOM, &room);
  g_autofree char *name = NULL;
  MxMemberRow *member;

  room->state_is_current = TRUE;
  delta_add_state (room, make_state ("$t1", PAUL, "m.room.topic", "", "{'topic':'1'}"));
  delta_add_state (room, make_state ("$n1", PAUL, "m.room.name", "", "{'name':'1'}"));
  delta_add_state (room, make_member ("$m", PAUL, "join", "Paul"));
  apply_twice (self, delta);
  /* A delta: absent is unchanged. */
  delta = make_delta (MX_SYNC_SLIDING, ROOM, &room);
  room->state_is_current = TRUE;
  delta_add_state (room, make_state ("$n2", PAUL, "m.room.name", "", "{'name':'2'}"));
  apply_twice (self, delta);
  assert_topic (self, "{\"topic\":\"1\"}");
  /* A first answer: absent is unset. */
  delta = make_delta (MX_SYNC_SLIDING, ROOM, &room);
  room->state_is_current = room->initial = TRUE;
  delta_add_state (room, make_state ("$n2", PAUL, "m.room.name", "", "{'name':'2'}"));
  apply_twice (self, delta);
  assert_topic (self, NULL);
  name = mx_store_get_state (self->store, ROOM, "m.room.name", "");
  g_assert_cmpstr (name, ==, "{\"name\":\"2\"}");
  member = mx_store_load_member (self->store, ROOM, PAUL, NULL);
  g_assert_nonnull (member);
  mx_member_row_free (member);
}

static void
test_rollback (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  g_autoptr (MxSyncDelta) delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);

  delta->next_token = g_strdup ("s1");
  delta_add (room, make_text ("$1", PAUL, 1, "x"));
  delta_add_account_data (&delta->account_data, "m.direct", "{'" PAUL "':['" ROOM "']}");
  begin (self);
  g_assert_true (mx_store_apply_sync (self->store, delta, OWN, self->changes, NULL));
  mx_store_rollback (self->store);
  g_assert_null (mx_store_get_value (self->store, "classic_token"));
  g_assert_null (mx_store_load_room (self->store, ROOM, NULL));
  apply_twice (self, g_steal_pointer (&delta));
  {
    g_autoptr (MxRoomRow) row = get_row (self, ROOM);

    g_assert_true (row->is_direct);
  }
}

static void
test_tokens (Fixture *self, gconstpointer unused)
{
  MxSyncDelta *delta = mx_sync_delta_new (MX_SYNC_SLIDING);
  g_autofree char *pos = NULL;
  g_autofree char *to_device = NULL;

  delta->next_token = g_strdup ("5/s1");
  delta->to_device_token = g_strdup ("d1");
  apply_twice (self, delta);
  delta = mx_sync_delta_new (MX_SYNC_SLIDING);
  delta->next_token = g_strdup ("6/s1");
  apply_twice (self, delta);
  pos = mx_store_get_value (self->store, "sliding_pos");
  g_assert_cmpstr (pos, ==, "6/s1");
  to_device = mx_store_get_value (self->store, "to_device_token");
  g_assert_cmpstr (to_device, ==, "d1");
  g_assert_null (mx_store_get_value (self->store, "classic_token"));
}

static void
test_account_data (Fixture *self, gconstpointer unused)
{
  MxSyncDelta *delta = mx_sync_delta_new (MX_SYNC_CLASSIC);
  g_autofree char *content = NULL;

  delta_add_account_data (&delta->account_data, "im.vector.setting", "{'a':1}");
  apply_twice (self, delta);
  g_assert_cmpuint (self->changes->account_data->len, ==, 1);
  content = mx_store_get_account_data (self->store, NULL, "im.vector.setting");
  g_assert_cmpstr (content, ==, "{\"a\":1}");
  g_assert_null (mx_store_get_account_data (self->store, ROOM, "im.vector.setting"));
}

/* Left rooms stay readable, forgotten ones leave nothing. */
static void
test_leave_and_forget (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta;
  static const char *const tables[] = { "rooms",
                                        "room_rows",
                                        "state",
                                        "members",
                                        "blocks",
                                        "events",
                                        "receipts",
                                        "own_reads",
                                        "outbox",
                                        "drafts",
                                        "pending_redactions",
                                        "account_data" };

  sync_events (self,
               TRUE,
               "p",
               make_text ("$1", PAUL, 1, "x"),
               make_redaction ("$2", PAUL, 2, "$9"),
               NULL);
  delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  room->membership = MX_MEMBERSHIP_LEAVE;
  delta_add (room, make_text ("$3", PAUL, 3, "y"));
  delta_add (room, make_state ("$4", PAUL, "m.room.member", OWN, "{'membership':'leave'}"));
  delta_add_receipt (room, LEA, "$1", 5);
  delta_add_receipt (room, OWN, "$1", 5);
  delta_add_account_data (&room->account_data, "m.tag", "{}");
  delta_add_state (room, make_state ("$n", PAUL, "m.room.name", "", "{'name':'N'}"));
  apply_twice (self, delta);
  assert_timeline (self, "[p] $1 $3 $4");
  begin (self);
  g_assert_true (mx_store_set_draft (self->store, ROOM, "{}", NULL));
  g_assert_true (mx_store_forget_room (self->store, ROOM, self->changes, NULL));
  commit (self);
  g_assert_cmpint (changed (self, ROOM), ==, MX_ROOM_CHANGED_REMOVED);
  mx_sql_enter (self->store);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *sql = g_strdup_printf ("SELECT 1 FROM %s", tables[i]);
      sqlite3_stmt *statement = NULL;

      g_assert_cmpint (sqlite3_prepare_v2 (self->store->db, sql, -1, &statement, NULL),
                       ==,
                       SQLITE_OK);
      g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
      sqlite3_finalize (statement);
    }
  mx_sql_leave (self->store, NULL);
  /* And it can come back. */
  sync_events (self, TRUE, "p", make_text ("$1", PAUL, 1, "x"), NULL);
  assert_timeline (self, "[p] $1");
}

/* Nothing but a limited flag: what follows cannot be joined to what is here. */
static void
test_limited_without_events (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta;

  sync_events (self, TRUE, "p1", make_text ("$1", PAUL, 1, "x"), NULL);
  delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  room->limited = TRUE;
  apply_twice (self, delta);
  sync_events (self, FALSE, "p5", make_text ("$5", PAUL, 5, "x"), NULL);
  assert_timeline (self, "[p1] $1 [p5] $5");
}

static void
test_other_membership (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxRoomRow) row = NULL;

  begin (self);
  g_assert_true (
    mx_store_set_membership (self->store, ROOM, MX_MEMBERSHIP_JOIN, self->changes, NULL));
  commit (self);
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_ROW);
  row = get_row (self, ROOM);
  g_assert_cmpint (row->membership, ==, MX_MEMBERSHIP_JOIN);
  g_assert_cmpint (*row->name, !=, '\0');
}

/* Old profiles that come with history do not replace what is known now. */
static void
test_lazy_members (Fixture *self, gconstpointer unused)
{
  g_autoptr (GPtrArray) events = make_list (make_text ("$1", LEA, 1, "x"), NULL);
  g_autoptr (GPtrArray) state = make_list (make_member ("$m1", PAUL, "join", "Old"),
                                           make_member ("$m2", LEA, "leave", "Léa"),
                                           NULL);
  MxMemberRow *member;
  gboolean backwards;
  gint64 gap;

  sync_events (self,
               TRUE,
               "p",
               make_member ("$m9", PAUL, "join", "New"),
               make_text ("$9", PAUL, 9, "x"),
               NULL);
  gap = find_gap (self, "p", &backwards);
  begin (self);
  g_assert_true (
    mx_store_apply_page (self->store, ROOM, gap, events, TRUE, NULL, state, self->changes, NULL));
  commit (self);
  member = mx_store_load_member (self->store, ROOM, PAUL, NULL);
  g_assert_cmpstr (member->display_name, ==, "New");
  mx_member_row_free (member);
  member = mx_store_load_member (self->store, ROOM, LEA, NULL);
  g_assert_cmpstr (member->display_name, ==, "Léa");
  mx_member_row_free (member);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/sync-apply/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("first", test_first);
  ADD ("state-order", test_state_order);
  ADD ("initial-replaces", test_initial_replaces);
  ADD ("rollback", test_rollback);
  ADD ("tokens", test_tokens);
  ADD ("account-data", test_account_data);
  ADD ("leave-and-forget", test_leave_and_forget);
  ADD ("limited-without-events", test_limited_without_events);
  ADD ("other-membership", test_other_membership);
  ADD ("lazy-members", test_lazy_members);
  return g_test_run ();
}
