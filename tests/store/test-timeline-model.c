/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Random histories: a list is the truth that a server holds; syncs, gaps, pages, islands,
 * repetitions and redactions bring parts of it into the store in any order. After each step what is
 * shown must be a true picture of the list (order, no event twice, nothing missing where no gap is
 * shown), and filling the gaps must give the whole list. */
#include "config.h"

#include "store-fixture.h"

#include <stdlib.h>
#include <string.h>

#define TOKEN(index) g_strdup_printf ("t%u", (guint) (index))

typedef struct
{
  Fixture *fixture;
  GRand *random;
  guint count;          /* events that the server has: "$0" … */
  guint synced;         /* of these, how many sync has brought the client up to */
  GHashTable *redacts;  /* index of a redaction → index of its target */
  GHashTable *redacted; /* target → redaction */
  int *clocks;          /* ts of each */
  gboolean wild_clocks;
  guint since_start; /* first event of the last block that sync began */
} Model;

#define MAX_EVENTS 4000

static gboolean
is_redaction (Model *self, guint index)
{
  return g_hash_table_contains (self->redacts, GUINT_TO_POINTER (index + 1));
}

static MxEvent *
make_nth (Model *self, guint index)
{
  g_autofree char *id = g_strdup_printf ("$%u", index);
  gpointer target = g_hash_table_lookup (self->redacts, GUINT_TO_POINTER (index + 1));

  if (index == 0)
    return make_state (id, PAUL, "m.room.create", "", "{}");
  if (target != NULL)
    {
      g_autofree char *target_id = g_strdup_printf ("$%u", GPOINTER_TO_UINT (target) - 1);

      return make_redaction (id, PAUL, self->clocks[index], target_id);
    }
  return make_text (id, index % 7 == 0 ? OWN : PAUL, self->clocks[index], id);
}

static void
grow (Model *self, guint count)
{
  for (guint i = 0; i < count && self->count < MAX_EVENTS; i++, self->count++)
    {
      self->clocks[self->count] =
        self->wild_clocks ? g_rand_int_range (self->random, 0, 100000) : (int) self->count;
      if (self->count > 3 && g_rand_int_range (self->random, 0, 6) == 0)
        {
          guint target = g_rand_int_range (self->random, 1, self->count);

          if (!is_redaction (self, target) &&
              !g_hash_table_contains (self->redacted, GUINT_TO_POINTER (target + 1)))
            {
              g_hash_table_insert (self->redacts,
                                   GUINT_TO_POINTER (self->count + 1),
                                   GUINT_TO_POINTER (target + 1));
              g_hash_table_insert (self->redacted,
                                   GUINT_TO_POINTER (target + 1),
                                   GUINT_TO_POINTER (self->count + 1));
            }
        }
    }
}

static void
do_sync (Model *self)
{
  MxRoomDelta *room;
  gboolean sliding = g_rand_boolean (self->random);
  MxSyncDelta *delta = make_delta (sliding ? MX_SYNC_SLIDING : MX_SYNC_CLASSIC, ROOM, &room);
  guint limit = g_rand_int_range (self->random, 1, 12);
  guint from = self->synced;

  if (self->count - from > limit)
    {
      from = self->count - limit;
      room->limited = TRUE;
    }
  else if (g_rand_int_range (self->random, 0, 3) == 0)
    {
      /* Some of what was there before comes again; perhaps more of it than was ever sent. */
      guint again = g_rand_int_range (self->random, 0, 15);

      from -= MIN (from, again);
      room->expanded = from < self->synced;
      room->limited = room->expanded;
    }
  room->prev_batch = TOKEN (from);
  for (guint i = from; i < self->count; i++)
    delta_add (room, make_nth (self, i));
  room->live = self->count - MIN (self->count, self->synced);
  self->synced = self->count;
  if (self->count > from)
    apply_twice (self->fixture, delta);
  else
    mx_sync_delta_free (delta);
}

static void
do_page (Model *self, MxTimelineRow *gap, guint size)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_event_unref);
  g_autoptr (GError) error = NULL;
  g_autofree char *end = NULL;
  guint at = atoi (gap->gap_token + 1);

  if (gap->gap_backwards)
    {
      guint n = MIN (size, at);

      for (guint i = 0; i < n; i++)
        g_ptr_array_add (events, make_nth (self, at - 1 - i));
      end = at - n > 0 ? TOKEN (at - n) : NULL;
    }
  else
    {
      guint n = MIN (size, self->count - at);

      for (guint i = 0; i < n; i++)
        g_ptr_array_add (events, make_nth (self, at + i));
      end = at + n < self->count ? TOKEN (at + n) : NULL;
    }
  begin (self->fixture);
  mx_store_apply_page (self->fixture->store,
                       ROOM,
                       gap->gap_id,
                       events,
                       gap->gap_backwards,
                       end,
                       NULL,
                       self->fixture->changes,
                       &error);
  g_assert_no_error (error);
  commit (self->fixture);
}

static void
do_context (Model *self)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_event_unref);
  g_autoptr (GError) error = NULL;
  guint middle = g_rand_int_range (self->random, 0, self->count);
  guint back = g_rand_int_range (self->random, 0, 5);
  guint forth = g_rand_int_range (self->random, 1, 6);
  guint from = middle - MIN (middle, back);
  guint to = MIN (self->count, middle + forth);
  g_autofree char *before = from > 0 ? TOKEN (from) : NULL;
  g_autofree char *after = TOKEN (to);

  for (guint i = from; i < to; i++)
    g_ptr_array_add (events, make_nth (self, i));
  begin (self->fixture);
  mx_store_apply_context (
    self->fixture->store, ROOM, events, before, after, NULL, self->fixture->changes, &error);
  g_assert_no_error (error);
  commit (self->fixture);
}

static void
do_single (Model *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxEvent) event = make_nth (self, g_rand_int_range (self->random, 0, self->count));

  begin (self->fixture);
  mx_store_apply_single (self->fixture->store, ROOM, event, self->fixture->changes, &error);
  g_assert_no_error (error);
  commit (self->fixture);
}

static GPtrArray *
load_all (Model *self)
{
  g_autoptr (GError) error = NULL;
  gboolean at_end;
  GPtrArray *rows = mx_store_load_after (self->fixture->store, ROOM, NULL, 100000, &at_end, &error);

  g_assert_no_error (error);
  g_assert_true (at_end);
  return rows;
}

/* The picture is true. */
static void
check (Model *self)
{
  g_autoptr (GPtrArray) rows = load_all (self);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  int last = -1;
  gboolean gap = TRUE;

  g_free (describe (self->fixture, ROOM));
  for (guint i = 0; i < rows->len; i++)
    {
      MxTimelineRow *row = g_ptr_array_index (rows, i);
      int index;

      if (row->kind == MX_TIMELINE_ROW_GAP)
        {
          gap = TRUE;
          continue;
        }
      index = atoi (mx_event_get_id (row->event) + 1);
      g_assert_true (g_hash_table_add (seen, GINT_TO_POINTER (index + 1)));
      g_assert_false (is_redaction (self, index));
      /* Islands are put by the clock, and stand wrong for a while when that lies. */
      if (!self->wild_clocks || !gap)
        g_assert_cmpint (index, >, last);
      if (!gap)
        for (int between = last + 1; between < index; between++)
          g_assert_true (is_redaction (self, between));
      last = index;
      gap = FALSE;
    }
}

static void
check_redactions (Model *self)
{
  g_autoptr (GPtrArray) rows = load_all (self);

  for (guint i = 0; i < rows->len; i++)
    {
      MxTimelineRow *row = g_ptr_array_index (rows, i);
      gboolean expected;

      if (row->kind == MX_TIMELINE_ROW_GAP)
        continue;
      expected =
        g_hash_table_contains (self->redacted,
                               GUINT_TO_POINTER (atoi (mx_event_get_id (row->event) + 1) + 1));
      g_assert_cmpint (row->redacted_by != NULL, ==, expected);
      g_assert_cmpint (mx_event_is_redacted (row->event), ==, expected);
    }
}

static MxTimelineRow *
pick_gap (Model *self, GPtrArray *rows, gboolean only_backwards)
{
  g_autoptr (GPtrArray) gaps = g_ptr_array_new ();

  for (guint i = 0; i < rows->len; i++)
    {
      MxTimelineRow *row = g_ptr_array_index (rows, i);

      if (row->kind == MX_TIMELINE_ROW_GAP && (row->gap_backwards || !only_backwards))
        g_ptr_array_add (gaps, row);
    }
  return gaps->len ? g_ptr_array_index (gaps, g_rand_int_range (self->random, 0, gaps->len)) : NULL;
}

/* CHAPPE_MODEL_TRACE=1 shows what led to a failure; --seed repeats it. */
static void
trace (Model *self, const char *what)
{
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  if (g_getenv ("CHAPPE_MODEL_TRACE") == NULL)
    return;
  rows = load_all (self);
  g_printerr ("%s (server %u, synced %u):", what, self->count, self->synced);
  for (guint i = 0; i < rows->len; i++)
    {
      MxTimelineRow *row = g_ptr_array_index (rows, i);

      if (row->kind == MX_TIMELINE_ROW_EVENT)
        g_printerr (" %s", mx_event_get_id (row->event));
      else
        g_printerr (row->gap_backwards ? " [%s]" : " {%s}", row->gap_token);
    }
  g_printerr ("\n");
}

static void
step (Model *self)
{
  g_autoptr (GPtrArray) rows = NULL;
  MxTimelineRow *gap;

  switch (g_rand_int_range (self->random, 0, 10))
    {
    case 0:
    case 1:
    case 2:
      grow (self, g_rand_int_range (self->random, 1, g_rand_boolean (self->random) ? 4 : 30));
      do_sync (self);
      trace (self, "sync");
      break;
    case 3:
      do_sync (self);
      trace (self, "sync");
      break;
    case 4:
      begin (self->fixture);
      g_assert_true (mx_store_mark_all_gappy (self->fixture->store, NULL));
      commit (self->fixture);
      break;
    case 5:
      do_context (self);
      trace (self, "context");
      break;
    case 6:
      do_single (self);
      trace (self, "single");
      break;
    default:
      rows = load_all (self);
      gap = pick_gap (self, rows, FALSE);
      if (gap != NULL)
        {
          g_autofree char *what =
            g_strdup_printf ("page %s %s", gap->gap_backwards ? "back" : "forth", gap->gap_token);

          do_page (self, gap, g_rand_int_range (self->random, 1, 25));
          trace (self, what);
        }
      break;
    }
}

static void
finish (Model *self)
{
  for (guint i = 0;; i++)
    {
      g_autoptr (GPtrArray) rows = NULL;
      MxTimelineRow *gap;

      if (i == 0)
        do_sync (self);
      rows = load_all (self);
      gap = pick_gap (self, rows, FALSE);
      if (gap == NULL)
        break;
      g_assert_cmpuint (i, <, 20000);
      do_page (self, gap, 20);
    }

  {
    g_autoptr (GPtrArray) rows = load_all (self);
    guint at = 0;

    for (guint i = 0; i < self->count; i++)
      {
        MxTimelineRow *row;

        if (is_redaction (self, i))
          continue;
        g_assert_cmpuint (at, <, rows->len);
        row = g_ptr_array_index (rows, at++);
        g_assert_cmpint (atoi (mx_event_get_id (row->event) + 1), ==, i);
      }
    g_assert_cmpuint (at, ==, rows->len);
  }
  check_redactions (self);
}

static void
run (Fixture *fixture, gboolean wild_clocks)
{
  const char *rounds = g_getenv ("CHAPPE_MODEL_ROUNDS");

  for (int round = 0; round < (rounds ? atoi (rounds) : 5); round++)
    {
      Model self = { .fixture = fixture, .wild_clocks = wild_clocks };
      guint32 seed = g_test_rand_int ();

      g_test_message ("seed %u", seed);
      self.random = g_rand_new_with_seed (seed);
      self.redacts = g_hash_table_new (NULL, NULL);
      self.redacted = g_hash_table_new (NULL, NULL);
      self.clocks = g_new0 (int, MAX_EVENTS);
      grow (&self, g_rand_int_range (self.random, 1, 60));
      do_sync (&self);
      for (int i = 0; i < 60; i++)
        {
          step (&self);
          check (&self);
        }
      finish (&self);

      begin (fixture);
      g_assert_true (mx_store_forget_room (fixture->store, ROOM, fixture->changes, NULL));
      commit (fixture);
      g_rand_free (self.random);
      g_hash_table_unref (self.redacts);
      g_hash_table_unref (self.redacted);
      g_free (self.clocks);
    }
}

static void
test_true_clocks (Fixture *fixture, gconstpointer unused)
{
  run (fixture, FALSE);
}

static void
test_wild_clocks (Fixture *fixture, gconstpointer unused)
{
  run (fixture, TRUE);
}

/* A server that lies: any events in any order, any tokens. What is shown stays consistent, and
 * nothing is shown twice. */
static GPtrArray *
make_nonsense (Model *self)
{
  GPtrArray *events = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_event_unref);

  for (int i = g_rand_int_range (self->random, 0, 12); i > 0; i--)
    g_ptr_array_add (events, make_nth (self, g_rand_int_range (self->random, 0, self->count)));
  return events;
}

static char *
make_nonsense_token (Model *self)
{
  return g_rand_int_range (self->random, 0, 4) ? TOKEN (g_rand_int_range (self->random, 0, 30))
                                               : NULL;
}

static void
check_consistent (Model *self)
{
  g_autoptr (GPtrArray) rows = load_all (self);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  g_free (describe (self->fixture, ROOM));
  for (guint i = 0; i < rows->len; i++)
    {
      MxTimelineRow *row = g_ptr_array_index (rows, i);
      MxTimelineKey key;

      if (row->kind == MX_TIMELINE_ROW_GAP)
        continue;
      g_assert_true (g_hash_table_add (seen, (gpointer) mx_event_get_id (row->event)));
      g_assert_true (
        mx_store_find_key (self->fixture->store, ROOM, mx_event_get_id (row->event), &key));
      g_assert_cmpint (mx_timeline_key_compare (&key, &row->key), ==, 0);
    }
}

static void
lie (Model *self)
{
  g_autoptr (GPtrArray) events = make_nonsense (self);
  g_autoptr (GPtrArray) rows = load_all (self);
  g_autofree char *before = make_nonsense_token (self);
  g_autofree char *after = make_nonsense_token (self);
  MxTimelineRow *gap = pick_gap (self, rows, FALSE);
  MxRoomDelta *room;
  MxSyncDelta *delta;

  switch (g_rand_int_range (self->random, 0, 3))
    {
    case 0:
      delta = make_delta (MX_SYNC_SLIDING, ROOM, &room);
      for (guint i = 0; i < events->len; i++)
        delta_add (room, mx_event_ref (g_ptr_array_index (events, i)));
      room->limited = g_rand_boolean (self->random);
      room->expanded = g_rand_boolean (self->random);
      room->prev_batch = g_steal_pointer (&before);
      apply (self->fixture, delta);
      break;
    case 1:
      begin (self->fixture);
      g_assert_true (mx_store_apply_context (
        self->fixture->store, ROOM, events, before, after, NULL, self->fixture->changes, NULL));
      commit (self->fixture);
      break;
    default:
      if (gap == NULL)
        break;
      begin (self->fixture);
      g_assert_true (mx_store_apply_page (self->fixture->store,
                                          ROOM,
                                          gap->gap_id,
                                          events,
                                          gap->gap_backwards,
                                          before,
                                          NULL,
                                          self->fixture->changes,
                                          NULL));
      commit (self->fixture);
      break;
    }
}

static void
test_lies (Fixture *fixture, gconstpointer unused)
{
  for (int round = 0; round < 5; round++)
    {
      Model self = { .fixture = fixture, .wild_clocks = TRUE };
      guint32 seed = g_test_rand_int ();

      g_test_message ("seed %u", seed);
      self.random = g_rand_new_with_seed (seed);
      self.redacts = g_hash_table_new (NULL, NULL);
      self.redacted = g_hash_table_new (NULL, NULL);
      self.clocks = g_new0 (int, MAX_EVENTS);
      grow (&self, 80);
      do_sync (&self);
      for (int i = 0; i < 80; i++)
        {
          lie (&self);
          check_consistent (&self);
        }
      begin (fixture);
      g_assert_true (mx_store_forget_room (fixture->store, ROOM, fixture->changes, NULL));
      commit (fixture);
      g_rand_free (self.random);
      g_hash_table_unref (self.redacts);
      g_hash_table_unref (self.redacted);
      g_free (self.clocks);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/timeline-model/true-clocks",
              Fixture,
              NULL,
              fixture_set_up,
              test_true_clocks,
              fixture_tear_down);
  g_test_add ("/timeline-model/wild-clocks",
              Fixture,
              NULL,
              fixture_set_up,
              test_wild_clocks,
              fixture_tear_down);
  g_test_add ("/timeline-model/lies", Fixture, NULL, fixture_set_up, test_lies, fixture_tear_down);
  return g_test_run ();
}
