/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Sending: nothing is lost, nothing stays once its echo is there, what depends on another follows
 * it. */
#include "config.h"

#include "store-fixture.h"

#include "mx-error.h"

#include <string.h>

static void
add (Fixture *self, const char *txn_id, const char *content, const char *depends_on)
{
  MxOutboxRow row = { .room_id = (char *) ROOM,
                      .txn_id = (char *) txn_id,
                      .event_type = (char *) "m.room.message",
                      .content = (char *) content,
                      .depends_on = (char *) depends_on,
                      .created_ms = 5 };

  begin (self);
  g_assert_true (mx_store_outbox_add (self->store, &row, self->changes, NULL));
  commit (self);
  g_assert_cmpint (row.id, >, 0);
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_OUTBOX);
}

static void
set_state (Fixture *self,
           const char *txn_id,
           MxOutboxState state,
           const char *event_id,
           const GError *failure)
{
  begin (self);
  g_assert_true (
    mx_store_outbox_set_state (self->store, txn_id, state, event_id, failure, self->changes, NULL));
  commit (self);
}

static GPtrArray *
load (Fixture *self)
{
  GPtrArray *rows = mx_store_outbox_load (self->store, ROOM, NULL);

  g_assert_nonnull (rows);
  return rows;
}

static void
assert_length (Fixture *self, unsigned expected)
{
  g_autoptr (GPtrArray) rows = load (self);

  g_assert_cmpuint (rows->len, ==, expected);
}

static MxEvent *
make_echo (const char *event_id, const char *txn_id)
{
  return make_event (
    "{'event_id':'%s','sender':'" OWN "','type':'m.room.message','origin_server_ts':1700000001000,"
    "'content':{'msgtype':'m.text','body':'x'},'unsigned':{'transaction_id':'%s'}}",
    event_id,
    txn_id);
}

static void
test_survives (Fixture *self, gconstpointer unused)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) all = NULL;
  MxOutboxRow *row;

  add (self, "t1", "{\"body\":\"un\"}", NULL);
  add (self, "t2", "{\"body\":\"deux\"}", NULL);
  begin (self);
  g_assert_true (
    mx_store_outbox_set_wire (self->store, "t1", "m.room.encrypted", "{\"x\":1}", NULL));
  commit (self);
  fixture_reopen (self);
  rows = load (self);
  g_assert_cmpuint (rows->len, ==, 2);
  row = rows->pdata[0];
  g_assert_cmpstr (row->txn_id, ==, "t1");
  g_assert_cmpstr (row->wire_type, ==, "m.room.encrypted");
  g_assert_cmpint (row->state, ==, MX_OUTBOX_WAITING);
  g_assert_cmpint (row->created_ms, ==, 5);
  all = mx_store_outbox_load (self->store, NULL, NULL);
  g_assert_cmpuint (all->len, ==, 2);
}

static void
test_echo_by_transaction (Fixture *self, gconstpointer unused)
{
  add (self, "t1", "{}", NULL);
  set_state (self, "t1", MX_OUTBOX_SENDING, NULL, NULL);
  /* The answer was lost; the echo names the transaction. */
  sync_events (self, TRUE, "p", make_echo ("$1", "t1"), NULL);
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_OUTBOX);
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_APPENDED);
  assert_length (self, 0);
  /* A late answer is no error. */
  set_state (self, "t1", MX_OUTBOX_SENT, "$1", NULL);
  assert_length (self, 0);
}

static void
test_echo_by_event_id (Fixture *self, gconstpointer unused)
{
  add (self, "t1", "{}", NULL);
  set_state (self, "t1", MX_OUTBOX_SENT, "$1", NULL);
  assert_length (self, 1);
  sync_events (self, TRUE, "p", make_text ("$1", OWN, 1, "x"), NULL);
  assert_length (self, 0);
}

/* Echo without transaction id, faster than the answer. */
static void
test_echo_before_answer (Fixture *self, gconstpointer unused)
{
  add (self, "t1", "{}", NULL);
  sync_events (self, TRUE, "p", make_text ("$1", OWN, 1, "x"), NULL);
  assert_length (self, 1);
  set_state (self, "t1", MX_OUTBOX_SENT, "$1", NULL);
  assert_length (self, 0);
}

static void
test_echo_in_gap (Fixture *self, gconstpointer unused)
{
  add (self, "t1", "{}", NULL);
  sync_events (self, TRUE, "p9", make_text ("$9", PAUL, 9, "x"), NULL);
  fill (self, "p9", NULL, make_echo ("$1", "t1"), NULL);
  assert_length (self, 0);
}

/* Somebody else's event cannot empty our outbox, nor can another room. */
static void
test_foreign_echo (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, OTHER, &room);

  add (self, "t1", "{}", NULL);
  sync_events (self,
               TRUE,
               "p",
               make_event ("{'event_id':'$1','sender':'" PAUL
                           "','type':'m.room.message','origin_server_ts':1,'content':{},"
                           "'unsigned':{'transaction_id':'t1'}}"),
               NULL);
  delta_add (room, make_echo ("$2", "t1"));
  apply (self, delta);
  assert_length (self, 1);
}

static void
test_depends (Fixture *self, gconstpointer unused)
{
  g_autoptr (GPtrArray) rows = NULL;
  MxOutboxRow *row;

  add (self, "t1", "{}", NULL);
  add (self, "t2", "{\"m.relates_to\":{\"event_id\":\"t1\",\"rel_type\":\"m.replace\"}}", "t1");
  add (self, "t3", "{}", "t2");
  set_state (self, "t1", MX_OUTBOX_SENT, "$a\\\"b", NULL);
  rows = load (self);
  row = rows->pdata[1];
  g_assert_null (row->depends_on);
  {
    g_autoptr (MxJsonDocument) document = mx_json_document_parse (row->content, -1, NULL);

    g_assert_cmpstr (mx_json_string (mx_json_path (mx_json_document_root (document),
                                                   "m.relates_to",
                                                   "event_id",
                                                   NULL)),
                     ==,
                     "$a\\\"b");
  }
  g_assert_cmpstr (((MxOutboxRow *) rows->pdata[2])->depends_on, ==, "t2");
  /* What hangs on a removed one goes too. */
  begin (self);
  g_assert_true (mx_store_outbox_remove (self->store, "t2", self->changes, NULL));
  commit (self);
  assert_length (self, 1);
}

static void
test_depends_on_echo (Fixture *self, gconstpointer unused)
{
  g_autoptr (GPtrArray) rows = NULL;

  add (self, "t1", "{}", NULL);
  add (self, "t2", "{\"redacts\":\"t1\"}", "t1");
  sync_events (self, TRUE, "p", make_echo ("$1", "t1"), NULL);
  rows = load (self);
  g_assert_cmpuint (rows->len, ==, 1);
  g_assert_cmpstr (((MxOutboxRow *) rows->pdata[0])->content, ==, "{\"redacts\":\"$1\"}");
}

static void
test_failed (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) failure = g_error_new (MX_MATRIX_ERROR, MX_MATRIX_ERROR_FORBIDDEN, "no");
  g_autoptr (MxRoomRow) row = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  MxOutboxRow *entry;

  sync_events (self, TRUE, "p", make_text ("$1", PAUL, 1, "x"), NULL);
  add (self, "t1", "{}", NULL);
  set_state (self, "t1", MX_OUTBOX_SENDING, NULL, NULL);
  set_state (self, "t1", MX_OUTBOX_FAILED, NULL, failure);
  row = get_row (self, ROOM);
  g_assert_cmpuint (row->failed_sends, ==, 1);
  rows = load (self);
  entry = rows->pdata[0];
  g_assert_cmpuint (entry->attempts, ==, 1);
  g_assert_cmpint (entry->error_code, ==, MX_MATRIX_ERROR_FORBIDDEN);
  g_assert_true (g_quark_try_string (entry->error_domain) == MX_MATRIX_ERROR);

  begin (self);
  g_assert_true (
    mx_store_outbox_replace (self->store, "t1", "{\"body\":\"z\"}", self->changes, NULL));
  g_assert_true (mx_store_outbox_set_state (
    self->store, "t1", MX_OUTBOX_WAITING, NULL, NULL, self->changes, NULL));
  commit (self);
  g_clear_pointer (&row, mx_room_row_unref);
  row = get_row (self, ROOM);
  g_assert_cmpuint (row->failed_sends, ==, 0);
}

static void
test_same_transaction_twice (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  MxOutboxRow row = { .room_id = (char *) ROOM,
                      .txn_id = (char *) "t1",
                      .event_type = (char *) "x",
                      .content = (char *) "{}" };

  add (self, "t1", "{}", NULL);
  begin (self);
  g_assert_false (mx_store_outbox_add (self->store, &row, self->changes, &error));
  g_assert_error (error, MX_STORE_ERROR, MX_STORE_ERROR_FAILED);
  mx_store_rollback (self->store);
  assert_length (self, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/outbox/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("survives", test_survives);
  ADD ("echo-by-transaction", test_echo_by_transaction);
  ADD ("echo-by-event-id", test_echo_by_event_id);
  ADD ("echo-before-answer", test_echo_before_answer);
  ADD ("echo-in-gap", test_echo_in_gap);
  ADD ("foreign-echo", test_foreign_echo);
  ADD ("depends", test_depends);
  ADD ("depends-on-echo", test_depends_on_echo);
  ADD ("failed", test_failed);
  ADD ("same-transaction-twice", test_same_transaction_twice);
  return g_test_run ();
}
