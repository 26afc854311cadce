/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Edits, reactions, threads and redactions, in every order of arrival (research/protocol §7.2). */
#include "config.h"

#include "store-fixture.h"

#include <string.h>

static MxTimelineRow *
load (Fixture *self, const char *event_id)
{
  g_autoptr (GError) error = NULL;
  MxTimelineRow *row = mx_store_load_event (self->store, ROOM, event_id, &error);

  g_assert_no_error (error);
  g_assert_nonnull (row);
  return row;
}

static gboolean
is_named (Fixture *self, const char *event_id)
{
  MxRoomChange *change = g_hash_table_lookup (self->changes->rooms, ROOM);

  return change != NULL && (change->flags & MX_ROOM_CHANGED_EVENTS) != 0 &&
         g_ptr_array_find_with_equal_func (change->changed_events, event_id, g_str_equal, NULL);
}

static void
assert_edit (Fixture *self, const char *event_id, const char *edit_id)
{
  MxTimelineRow *row = load (self, event_id);

  g_assert_cmpstr (row->edit ? mx_event_get_id (row->edit) : NULL, ==, edit_id);
  mx_timeline_row_free (row);
}

static void
test_edits (Fixture *self, gconstpointer unused)
{
  sync_events (self,
               TRUE,
               "p",
               make_text ("$1", PAUL, 1, "a"),
               make_text ("$2", PAUL, 2, "b"),
               NULL);
  sync_events (self, FALSE, "p", make_edit ("$3", PAUL, 3, "$1", "aa"), NULL);
  g_assert_true (is_named (self, "$1"));
  assert_edit (self, "$1", "$3");
  /* Newer by time wins, not by arrival; ties by the larger id; strangers' and edits of edits are
   * none. */
  sync_events (self,
               FALSE,
               "p",
               make_edit ("$9", PAUL, 9, "$1", "9"),
               make_edit ("$5", PAUL, 5, "$1", "5"),
               NULL);
  assert_edit (self, "$1", "$9");
  sync_events (self,
               FALSE,
               "p",
               make_edit ("$9b", PAUL, 9, "$1", "9b"),
               make_edit ("$x", LEA, 20, "$1", "x"),
               NULL);
  assert_edit (self, "$1", "$9b");
  sync_events (self, FALSE, "p", make_edit ("$y", PAUL, 30, "$9b", "y"), NULL);
  assert_edit (self, "$1", "$9b");
  /* Taking an edit back shows the one before; taking the message back all of it. */
  sync_events (self, FALSE, "p", make_redaction ("$r", PAUL, 31, "$9b"), NULL);
  g_assert_true (is_named (self, "$1"));
  assert_edit (self, "$1", "$9");
  sync_events (self, FALSE, "p", make_redaction ("$s", PAUL, 32, "$1"), NULL);
  assert_edit (self, "$1", NULL);
}

static void
test_edit_before_original (Fixture *self, gconstpointer unused)
{
  sync_events (self,
               TRUE,
               "p10",
               make_edit ("$11", PAUL, 11, "$1", "x"),
               make_text ("$12", PAUL, 12, "y"),
               NULL);
  assert_timeline (self, "[p10] $12");
  fill (self, "p10", "p0", make_text ("$1", PAUL, 1, "a"), NULL);
  assert_edit (self, "$1", "$11");
}

/* The server puts the newest edit into the original: the edit itself may lie in a gap. */
static void
test_bundled (Fixture *self, gconstpointer unused)
{
  sync_events (
    self,
    TRUE,
    "p",
    make_event (
      "{'event_id':'$1','sender':'" PAUL
      "','type':'m.room.message','origin_server_ts':1700000001000,"
      "'content':{'msgtype':'m.text','body':'a'},'unsigned':{'m.relations':{'m.thread':{'count':12},'m.replace':"
      "{'event_id':'$5','sender':'" PAUL
      "','type':'m.room.message','origin_server_ts':1700000005000,"
      "'content':{'msgtype':'m.text','body':'* b','m.new_content':{'msgtype':'m.text','body':'b'},"
      "'m.relates_to':{'rel_type':'m.replace','event_id':'$1'}}}}}}"),
    NULL);
  assert_edit (self, "$1", "$5");
  assert_timeline (self, "[p] $1");
  {
    MxTimelineRow *row = load (self, "$1");

    g_assert_cmpuint (row->thread_replies, ==, 12);
    mx_timeline_row_free (row);
  }
  sync_events (self, FALSE, "p", make_edit ("$5", PAUL, 5, "$1", "b"), NULL);
  assert_edit (self, "$1", "$5");
}

static void
test_reactions (Fixture *self, gconstpointer unused)
{
  MxTimelineRow *row;
  MxReactionRow *reaction;

  sync_events (self,
               TRUE,
               "p",
               make_text ("$1", PAUL, 1, "a"),
               make_reaction ("$2", LEA, 2, "$1", "+"),
               make_reaction ("$3", OWN, 3, "$1", "+"),
               make_reaction ("$4", LEA, 4, "$1", "+"),
               make_reaction ("$5", LEA, 5, "$1", "!"),
               make_reaction ("$6", LEA, 6, "$2", "?"),
               NULL);
  row = load (self, "$1");
  g_assert_cmpuint (row->reactions->len, ==, 2);
  reaction = row->reactions->pdata[0];
  g_assert_cmpstr (reaction->key, ==, "+");
  g_assert_cmpuint (reaction->count, ==, 2);
  g_assert_cmpstr (reaction->own_event_id, ==, "$3");
  g_assert_cmpstr (reaction->senders[0], ==, LEA);
  g_assert_cmpstr (reaction->senders[1], ==, OWN);
  g_assert_null (reaction->senders[2]);
  reaction = row->reactions->pdata[1];
  g_assert_cmpstr (reaction->key, ==, "!");
  g_assert_null (reaction->own_event_id);
  mx_timeline_row_free (row);

  sync_events (self, FALSE, "p", make_redaction ("$7", OWN, 7, "$3"), NULL);
  g_assert_true (is_named (self, "$1"));
  row = load (self, "$1");
  g_assert_cmpuint (((MxReactionRow *) row->reactions->pdata[0])->count, ==, 1);
  g_assert_null (((MxReactionRow *) row->reactions->pdata[0])->own_event_id);
  mx_timeline_row_free (row);
  {
    MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, NULL, NULL);

    delta_add_account_data (&delta->account_data,
                            "m.ignored_user_list",
                            "{'ignored_users':{'" LEA "':{}}}");
    apply (self, delta);
  }
  row = load (self, "$1");
  g_assert_null (row->reactions);
  mx_timeline_row_free (row);
}

static void
test_threads (Fixture *self, gconstpointer unused)
{
  MxTimelineRow *row;

  sync_events (
    self,
    TRUE,
    "p",
    make_text ("$1", PAUL, 1, "a"),
    make_event (
      "{'event_id':'$2','sender':'" LEA
      "','type':'m.room.message','origin_server_ts':1700000002000,"
      "'content':{'msgtype':'m.text','body':'b','m.relates_to':{'rel_type':'m.thread','event_id':'$1'}}}"),
    NULL);
  row = load (self, "$1");
  g_assert_cmpuint (row->thread_replies, ==, 1);
  mx_timeline_row_free (row);
  assert_timeline (self, "[p] $1 $2");
  sync_events (self, FALSE, "p", make_redaction ("$3", LEA, 3, "$2"), NULL);
  g_assert_true (is_named (self, "$1"));
  row = load (self, "$1");
  g_assert_cmpuint (row->thread_replies, ==, 0);
  mx_timeline_row_free (row);
}

static void
assert_redacted (Fixture *self, const char *event_id, const char *by)
{
  MxTimelineRow *row = load (self, event_id);
  g_autofree char *raw = g_strdup (mx_event_get_raw (row->event));

  g_assert_cmpstr (row->redacted_by, ==, by);
  g_assert_true (mx_event_is_redacted (row->event));
  g_assert_null (strstr (raw, "confidence"));
  mx_timeline_row_free (row);
}

static void
test_redaction (Fixture *self, gconstpointer unused)
{
  sync_events (self,
               TRUE,
               "p",
               make_state ("$c", PAUL, "m.room.create", "", "{'room_version':'11'}"),
               make_text ("$1", PAUL, 1, "confidence"),
               NULL);
  begin (self);
  {
    g_autoptr (GBytes) picture = g_bytes_new_static ("x", 1);

    g_assert_true (
      mx_store_media_put (self->store, "mxc://example.org/secret", "full", picture, 1000, NULL));
    g_assert_true (
      mx_store_media_put (self->store, "mxc://example.org/other", "full", picture, 1000, NULL));
  }
  commit (self);
  sync_events (self, FALSE, "p", make_redaction ("$2", LEA, 2, "$1"), NULL);
  assert_redacted (self, "$1", LEA);
  g_assert_true (is_named (self, "$1"));

  /* The redaction first, in the same page and long before. */
  sync_events (self, TRUE, "q", make_redaction ("$9", PAUL, 9, "$3"), NULL);
  fill (self,
        "q",
        "r",
        make_redaction ("$8", PAUL, 8, "$7"),
        make_text ("$7", PAUL, 7, "confidence"),
        NULL);
  fill (self, "r", "s", make_text ("$3", PAUL, 3, "confidence"), NULL);
  assert_redacted (self, "$7", PAUL);
  assert_redacted (self, "$3", PAUL);

  /* The server did it, and sends the rest of the event again. */
  sync_events (self, FALSE, "t", make_text ("$10", PAUL, 10, "confidence"), NULL);
  sync_events (self,
               FALSE,
               "t",
               make_event (
                 "{'event_id':'$10','sender':'" PAUL
                 "','type':'m.room.message','origin_server_ts':1700000010000,'content':{},"
                 "'unsigned':{'redacted_because':{'event_id':'$11','sender':'" LEA
                 "','type':'m.room.redaction','content':{}}}}"),
               NULL);
  assert_redacted (self, "$10", LEA);

  /* A picture goes out of the cache with its message. */
  sync_events (
    self,
    FALSE,
    "t",
    make_event ("{'event_id':'$12','sender':'" PAUL
                "','type':'m.room.message','origin_server_ts':1700000012000,"
                "'content':{'msgtype':'m.image','body':'x.png','url':'mxc://example.org/secret'}}"),
    make_redaction ("$13", PAUL, 13, "$12"),
    NULL);
  g_assert_null (mx_store_media_get (self->store, "mxc://example.org/secret", "full"));
  {
    g_autoptr (GBytes) other = mx_store_media_get (self->store, "mxc://example.org/other", "full");

    g_assert_nonnull (other);
  }
}

static void
test_redacted_state (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxRoomRow) row = NULL;
  MxMemberRow *member;

  sync_events (self,
               TRUE,
               "p",
               make_state ("$c", PAUL, "m.room.create", "", "{'room_version':'11'}"),
               make_state ("$t", PAUL, "m.room.topic", "", "{'topic':'confidence'}"),
               make_member ("$m", LEA, "join", "confidence"),
               NULL);
  sync_events (self,
               FALSE,
               "p",
               make_redaction ("$1", PAUL, 1, "$t"),
               make_redaction ("$2", PAUL, 2, "$m"),
               NULL);
  row = get_row (self, ROOM);
  g_assert_null (row->topic);
  member = mx_store_load_member (self->store, ROOM, LEA, NULL);
  g_assert_null (member->display_name);
  g_assert_cmpint (member->membership, ==, MX_MEMBERSHIP_JOIN);
  mx_member_row_free (member);
}

/* Redactions of themselves, of redactions, of what never existed. */
static void
test_hostile (Fixture *self, gconstpointer unused)
{
  sync_events (self,
               TRUE,
               "p",
               make_redaction ("$1", PAUL, 1, "$1"),
               make_redaction ("$2", PAUL, 2, "$1"),
               make_redaction ("$3", PAUL, 3, "$never"),
               make_edit ("$4", PAUL, 4, "$4", "self"),
               make_reaction ("$5", PAUL, 5, "$5", "+"),
               make_text ("$6", PAUL, 6, "x"),
               NULL);
  assert_timeline (self, "[p] $6");
  g_assert_true (mx_store_repair (self->store, NULL));
  assert_timeline (self, "[p] $6");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/relations/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("edits", test_edits);
  ADD ("edit-before-original", test_edit_before_original);
  ADD ("bundled", test_bundled);
  ADD ("reactions", test_reactions);
  ADD ("threads", test_threads);
  ADD ("redaction", test_redaction);
  ADD ("redacted-state", test_redacted_state);
  ADD ("hostile", test_hostile);
  return g_test_run ();
}
