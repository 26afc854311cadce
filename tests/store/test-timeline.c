/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Blocks and gaps, case by case; test-timeline-model.c tries them at random. */
#include "config.h"

#include "store-fixture.h"

#include <stdlib.h>
#include <string.h>

#define T(id) make_text (id, PAUL, atoi (id + 1), id)

static void
test_append (Fixture *self, gconstpointer unused)
{
  sync_events (self, FALSE, "p0", T ("$5"), T ("$6"), NULL);
  assert_timeline (self, "[p0] $5 $6");
  sync_events (self, FALSE, "p1", T ("$7"), NULL);
  assert_timeline (self, "[p0] $5 $6 $7");
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_APPENDED);
  /* Overlap: nothing twice. */
  sync_events (self, FALSE, "p2", T ("$6"), T ("$7"), T ("$8"), NULL);
  assert_timeline (self, "[p0] $5 $6 $7 $8");
}

static void
test_beginning (Fixture *self, gconstpointer unused)
{
  g_autoptr (GPtrArray) rows = NULL;
  gboolean at_start = FALSE;

  sync_events (self,
               FALSE,
               "p0",
               make_state ("$1", PAUL, "m.room.create", "", "{}"),
               T ("$2"),
               NULL);
  assert_timeline (self, "$1 $2");
  rows = mx_store_load_before (self->store, ROOM, NULL, 10, &at_start, NULL);
  g_assert_true (at_start);
}

static void
test_gap (Fixture *self, gconstpointer unused)
{
  sync_events (self, TRUE, "p10", T ("$10"), T ("$11"), NULL);
  sync_events (self, TRUE, "p20", T ("$20"), T ("$21"), NULL);
  assert_timeline (self, "[p10] $10 $11 [p20] $20 $21");

  fill (self, "p20", "p18", T ("$19"), T ("$18"), NULL);
  assert_timeline (self, "[p10] $10 $11 [p18] $18 $19 $20 $21");
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_GAPS);
  /* An empty page is not the end. */
  fill (self, "p18", "p17", NULL, NULL);
  assert_timeline (self, "[p10] $10 $11 [p17] $18 $19 $20 $21");
  /* The known event closes it, also in the middle of a page. */
  fill (self, "p17", "p9", T ("$17"), T ("$12"), T ("$11"), T ("$10"), T ("$9"), NULL);
  assert_timeline (self, "[p9] $9 $10 $11 $12 $17 $18 $19 $20 $21");
  fill (self, "p9", NULL, T ("$8"), NULL);
  assert_timeline (self, "$8 $9 $10 $11 $12 $17 $18 $19 $20 $21");
}

/* The last event that we had ends the page exactly. */
static void
test_gap_closes_at_tail (Fixture *self, gconstpointer unused)
{
  sync_events (self, TRUE, "p10", T ("$10"), T ("$11"), NULL);
  sync_events (self, TRUE, "p20", T ("$20"), NULL);
  fill (self, "p20", "p11", T ("$12"), T ("$11"), NULL);
  /* One known event alone is not enough. */
  assert_timeline (self, "[p10] $10 $11 [p11] $12 $20");
  fill (self, "p11", "p10", T ("$10"), NULL);
  assert_timeline (self, "[p10] $10 $11 $12 $20");
}

/* One event arrived by sync out of order: the gap may not close over what is between. */
static void
test_gap_stays_for_early_event (Fixture *self, gconstpointer unused)
{
  sync_events (self, TRUE, "p10", T ("$10"), T ("$17"), NULL);
  sync_events (self, TRUE, "p20", T ("$20"), NULL);
  fill (self, "p20", "p15", T ("$18"), T ("$17"), T ("$16"), T ("$15"), NULL);
  assert_timeline (self, "[p10] $10 $15 $16 $17 [p15] $18 $20");
  fill (self, "p15", "p10", T ("$14"), T ("$10"), NULL);
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_GAPS);
  {
    g_autofree char *text = describe (self, ROOM);
    gboolean backwards;

    g_assert_null (strstr (text, "p15"));
    g_assert_nonnull (strstr (text, "$14"));
    find_gap (self, "p10", &backwards);
  }
}

static void
test_page_over_several_blocks (Fixture *self, gconstpointer unused)
{
  sync_events (self, TRUE, "p10", T ("$10"), NULL);
  sync_events (self, TRUE, "p12", T ("$12"), NULL);
  sync_events (self, TRUE, "p14", T ("$14"), NULL);
  fill (self, "p14", "p9", T ("$13"), T ("$12"), T ("$11"), T ("$10"), T ("$9"), NULL);
  assert_timeline (self, "[p9] $9 $10 $11 $12 $13 $14");
}

static void
test_stale (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;

  sync_events (self, TRUE, "p10", T ("$10"), NULL);
  begin (self);
  g_assert_true (mx_store_mark_all_gappy (self->store, &error));
  commit (self);
  assert_timeline (self, "[p10] $10");
  sync_events (self, FALSE, "p20", T ("$20"), NULL);
  assert_timeline (self, "[p10] $10 [p20] $20");

  begin (self);
  g_assert_true (mx_store_mark_all_gappy (self->store, &error));
  commit (self);
  sync_events (self, FALSE, "p20", T ("$20"), T ("$21"), NULL);
  assert_timeline (self, "[p10] $10 [p20] $20 $21");
  sync_events (self, FALSE, "p22", T ("$22"), NULL);
  assert_timeline (self, "[p10] $10 [p20] $20 $21 $22");
}

/* The server gives no token: the gap says so, and is no less a gap. */
static void
test_no_token (Fixture *self, gconstpointer unused)
{
  gboolean backwards;

  sync_events (self, TRUE, NULL, T ("$10"), NULL);
  sync_events (self, TRUE, NULL, T ("$9"), T ("$10"), T ("$11"), NULL);
  assert_timeline (self, "[] $9 $10 $11");
  g_assert_cmpint (find_gap (self, NULL, &backwards), >, 0);
}

/* Sliding sync: one event first, then more of the past before it. */
static void
test_expanded (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta;

  sync_events (self, TRUE, "p10", T ("$10"), NULL);
  delta = make_delta (MX_SYNC_SLIDING, ROOM, &room);
  room->limited = room->expanded = TRUE;
  room->prev_batch = g_strdup ("p7");
  delta_add (room, T ("$7"));
  delta_add (room, T ("$8"));
  delta_add (room, T ("$10"));
  delta_add (room, T ("$11"));
  room->live = 1;
  apply_twice (self, delta);
  assert_timeline (self, "[p7] $7 $8 $10 $11");
  g_assert_cmpuint (self->changes->notifications->len, ==, 1);
}

static void
context (Fixture *self, const char *before, const char *after, MxEvent *first, ...)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_event_unref);
  g_autoptr (GError) error = NULL;
  va_list arguments;

  va_start (arguments, first);
  for (MxEvent *event = first; event != NULL; event = va_arg (arguments, MxEvent *))
    g_ptr_array_add (events, event);
  va_end (arguments);
  begin (self);
  mx_store_apply_context (self->store, ROOM, events, before, after, NULL, self->changes, &error);
  g_assert_no_error (error);
  commit (self);
}

static void
test_island (Fixture *self, gconstpointer unused)
{
  sync_events (self, TRUE, "p10", T ("$10"), NULL);
  sync_events (self, TRUE, "p30", T ("$30"), T ("$31"), NULL);
  context (self, "b20", "a21", T ("$20"), T ("$21"), NULL);
  assert_timeline (self, "[p10] $10 [b20] $20 $21 {a21} [p30] $30 $31");
  context (self, "b5", "a6", T ("$5"), NULL);
  assert_timeline (self, "[b5] $5 {a6} [p10] $10 [b20] $20 $21 {a21} [p30] $30 $31");
  /* Forwards until it meets the next block. */
  fill (self, "a21", "a23", T ("$22"), NULL);
  assert_timeline (self, "[b5] $5 {a6} [p10] $10 [b20] $20 $21 $22 {a23} [p30] $30 $31");
  fill (self, "a23", "a31", T ("$29"), T ("$30"), T ("$31"), NULL);
  assert_timeline (self, "[b5] $5 {a6} [p10] $10 [b20] $20 $21 $22 $29 $30 $31");
  /* Beyond the live end nothing is put: sync brings it. */
  sync_events (self, FALSE, "p32", T ("$32"), NULL);
  assert_timeline (self, "[b5] $5 {a6} [p10] $10 [b20] $20 $21 $22 $29 $30 $31 $32");
  /* Around what is known: joined at once. */
  context (self, "b8", "a11", T ("$8"), T ("$9"), T ("$10"), T ("$11"), NULL);
  assert_timeline (self, "[b5] $5 {a6} [b8] $8 $9 $10 $11 [b20] $20 $21 $22 $29 $30 $31 $32");
}

/* The clock said otherwise: an island moves to where it belongs. */
static void
test_island_at_wrong_place (Fixture *self, gconstpointer unused)
{
  sync_events (self, TRUE, "p10", T ("$10"), NULL);
  sync_events (self, TRUE, "p30", T ("$30"), NULL);
  context (self, "b20", "a21", make_text ("$20", PAUL, 1, "x"), NULL);
  assert_timeline (self, "[b20] $20 {a21} [p10] $10 [p30] $30");
  fill (self, "p30", "p20", T ("$29"), T ("$20"), NULL);
  assert_timeline (self, "[p10] $10 [p20] $20 $29 $30");

  context (self, "b5", "a6", make_text ("$5", PAUL, 25, "x"), NULL);
  assert_timeline (self, "[p10] $10 [b5] $5 {a6} [p20] $20 $29 $30");
  fill (self, "p20", "q10", T ("$11"), T ("$10"), NULL);
  assert_timeline (self, "[b5] $5 {a6} [q10] $10 $11 $20 $29 $30");
}

/* A jump to something so new that sync has not brought it yet. */
static void
test_island_before_sync (Fixture *self, gconstpointer unused)
{
  sync_events (self,
               FALSE,
               "p10",
               make_state ("$1", PAUL, "m.room.create", "", "{}"),
               T ("$10"),
               NULL);
  context (self, "b12", NULL, T ("$12"), T ("$13"), NULL);
  sync_events (self, FALSE, "p11", T ("$11"), T ("$12"), T ("$13"), T ("$14"), NULL);
  assert_timeline (self, "$1 $10 $11 $12 $13 $14");
}

static void
test_single (Fixture *self, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxEvent) event = T ("$5");
  MxTimelineRow *row;
  MxTimelineKey key;

  sync_events (self, TRUE, "p10", T ("$10"), NULL);
  begin (self);
  g_assert_true (mx_store_apply_single (self->store, ROOM, event, self->changes, &error));
  commit (self);
  assert_timeline (self, "[p10] $10");
  row = mx_store_load_event (self->store, ROOM, "$5", &error);
  g_assert_nonnull (row);
  g_assert_cmpint (row->key.block, ==, -1);
  mx_timeline_row_free (row);
  g_assert_false (mx_store_find_key (self->store, ROOM, "$5", &key));

  fill (self, "p10", "p5", T ("$9"), T ("$5"), NULL);
  assert_timeline (self, "[p5] $5 $9 $10");
}

static void
test_hidden (Fixture *self, gconstpointer unused)
{
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *last = NULL;
  gboolean at_start;

  sync_events (self,
               TRUE,
               "p10",
               T ("$10"),
               make_reaction ("$11", LEA, 11, "$10", "+"),
               make_edit ("$12", PAUL, 12, "$10", "y"),
               make_redaction ("$13", PAUL, 13, "$11"),
               T ("$14"),
               NULL);
  assert_timeline (self, "[p10] $10 $14");
  rows = mx_store_load_before (self->store, ROOM, NULL, 2, &at_start, NULL);
  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_false (at_start);
  sync_events (self, FALSE, "p15", make_reaction ("$15", LEA, 15, "$10", "+"), NULL);
  last = mx_store_last_event_id (self->store, ROOM);
  g_assert_cmpstr (last, ==, "$15");
}

static void
test_find (Fixture *self, gconstpointer unused)
{
  g_autofree char *own = NULL;
  MxTimelineKey key, other;
  gint64 day = G_GINT64_CONSTANT (1700000000);

  sync_events (self, TRUE, "p10", T ("$10"), make_text ("$11", OWN, 11, "a"), T ("$12"), NULL);
  sync_events (self,
               TRUE,
               "p20",
               T ("$20"),
               T ("$21"),
               make_text ("$22", OWN, 22, "b"),
               make_redaction ("$23", OWN, 23, "$22"),
               NULL);
  g_assert_true (mx_store_find_date (self->store, ROOM, (day + 11) * 1000, &key));
  g_assert_true (mx_store_find_key (self->store, ROOM, "$11", &other));
  g_assert_cmpint (mx_timeline_key_compare (&key, &other), ==, 0);
  g_assert_true (mx_store_find_date (self->store, ROOM, (day + 15) * 1000, &key));
  g_assert_true (mx_store_find_key (self->store, ROOM, "$12", &other));
  g_assert_cmpint (mx_timeline_key_compare (&key, &other), ==, 0);
  g_assert_true (mx_store_find_date (self->store, ROOM, (day + 99) * 1000, &key));
  g_assert_true (mx_store_find_key (self->store, ROOM, "$22", &other));
  g_assert_cmpint (mx_timeline_key_compare (&key, &other), ==, 0);
  g_assert_false (mx_store_find_date (self->store, ROOM, (day + 5) * 1000, &key));
  own = mx_store_find_own_last (self->store, ROOM, OWN);
  g_assert_cmpstr (own, ==, "$11");
  g_assert_false (mx_store_find_key (self->store, ROOM, "$none", &key));
  g_assert_false (mx_store_find_key (self->store, OTHER, "$11", &key));
}

/* Hostile: the same event everywhere, in two rooms, twice in one response, in a page that loops. */
static void
test_hostile (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, OTHER, &room);
  g_autofree char *other = NULL;

  sync_events (self, TRUE, "p10", T ("$10"), T ("$10"), T ("$11"), T ("$10"), NULL);
  assert_timeline (self, "[p10] $10 $11");
  delta_add (room, T ("$10"));
  apply (self, delta);
  other = describe (self, OTHER);
  g_assert_cmpstr (other, ==, "[] $10");
  fill (self, "p10", "p10", T ("$11"), T ("$10"), NULL);
  assert_timeline (self, "[p10] $10 $11");
  fill (self, "p10", "p10", NULL, NULL);
  assert_timeline (self, "$10 $11");
}

static void
test_big (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  g_autoptr (GPtrArray) rows = NULL;
  gboolean at_end = FALSE;
  MxTimelineKey key;

  for (guint i = 0; i < 5000; i++)
    {
      g_autofree char *id = g_strdup_printf ("$%u", i);

      delta_add (room, i % 3 ? make_text (id, PAUL, i, id) : make_reaction (id, LEA, i, "$1", "+"));
    }
  apply (self, delta);
  rows = mx_store_load_before (self->store, ROOM, NULL, 30, NULL, NULL);
  g_assert_cmpuint (rows->len, ==, 30);
  g_assert_true (mx_store_find_key (self->store, ROOM, "$100", &key));
  g_clear_pointer (&rows, g_ptr_array_unref);
  rows = mx_store_load_after (self->store, ROOM, &key, 5, &at_end, NULL);
  g_assert_cmpuint (rows->len, ==, 5);
  g_assert_false (at_end);
  g_assert_cmpstr (mx_event_get_id (((MxTimelineRow *) rows->pdata[0])->event), ==, "$101");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/timeline/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("append", test_append);
  ADD ("beginning", test_beginning);
  ADD ("gap", test_gap);
  ADD ("gap-closes-at-tail", test_gap_closes_at_tail);
  ADD ("gap-stays-for-early-event", test_gap_stays_for_early_event);
  ADD ("page-over-several-blocks", test_page_over_several_blocks);
  ADD ("stale", test_stale);
  ADD ("no-token", test_no_token);
  ADD ("expanded", test_expanded);
  ADD ("island", test_island);
  ADD ("island-at-wrong-place", test_island_at_wrong_place);
  ADD ("island-before-sync", test_island_before_sync);
  ADD ("single", test_single);
  ADD ("hidden", test_hidden);
  ADD ("find", test_find);
  ADD ("hostile", test_hostile);
  ADD ("big", test_big);
  return g_test_run ();
}
