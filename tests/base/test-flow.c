/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-flow.h"

static void
wait_for (DexFuture *future)
{
  while (dex_future_is_pending (future))
    g_main_context_iteration (NULL, TRUE);
}

static DexFuture *
seven_fiber (gpointer data)
{
  if (data != NULL)
    ++*(int *) data;

  return dex_future_new_for_int (7);
}

static DexFuture *
failing_fiber (gpointer data)
{
  return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
}

static DexFuture *
nothing_fiber (gpointer data)
{
  return NULL;
}

static void
count_cb (gpointer data)
{
  ++*(int *) data;
}

static void
test_run (void)
{
  int freed = 0;
  g_autoptr (DexFuture) seven = mx_flow_run (seven_fiber, &freed, count_cb);
  g_autoptr (DexFuture) failing = mx_flow_run (failing_fiber, NULL, NULL);
  g_autoptr (DexFuture) nothing = mx_flow_run (nothing_fiber, NULL, NULL);
  g_autoptr (GError) error = NULL;

  wait_for (seven);
  wait_for (failing);
  wait_for (nothing);
  while (freed < 2)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpint (g_value_get_int (dex_future_get_value (seven, NULL)), ==, 7);
  g_assert_null (dex_future_get_value (failing, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_true (g_value_get_boolean (dex_future_get_value (nothing, NULL)));
}

static void
test_start (void)
{
  int ran = 0;

  mx_flow_start ("flow of a test", seven_fiber, &ran, count_cb);
  while (ran < 2)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_start_logs (void)
{
  int ended = 0;

  g_test_expect_message ("mx-base",
                         G_LOG_LEVEL_MESSAGE,
                         "flow of a test ended with g-io-error-quark *");
  mx_flow_start ("flow of a test", failing_fiber, &ended, count_cb);
  while (ended < 1)
    g_main_context_iteration (NULL, TRUE);
  g_test_assert_expected_messages ();
}

static DexFuture *
deep_fiber (gpointer data)
{
  volatile char big[700 * 1024];

  big[0] = 1;
  big[sizeof big - 1] = 2;

  return dex_future_new_for_int (big[0] + big[sizeof big - 1]);
}

static void
test_stack (void)
{
  g_autoptr (DexFuture) deep = mx_flow_run (deep_fiber, NULL, NULL);

  wait_for (deep);
  g_assert_cmpint (g_value_get_int (dex_future_get_value (deep, NULL)), ==, 3);
}

static void
test_scope (void)
{
  g_autoptr (MxScope) held = NULL;
  MxScope *scope = mx_scope_new ();

  held = mx_scope_ref (scope);
  g_assert_false (mx_scope_is_cancelled (scope));
  mx_clear_scope (&scope);
  g_assert_null (scope);
  mx_clear_scope (&scope);
  g_assert_true (mx_scope_is_cancelled (held));
  g_assert_true (g_cancellable_is_cancelled (mx_scope_get_cancellable (held)));
  mx_scope_cancel (held);
}

static void
test_guard (void)
{
  g_autoptr (MxScope) scope = mx_scope_new ();
  g_autoptr (DexPromise) done = dex_promise_new ();
  g_autoptr (DexPromise) aborted = dex_promise_new_cancellable ();
  g_autoptr (DexFuture) first = mx_guard (scope, dex_ref (DEX_FUTURE (done)));
  g_autoptr (DexFuture) second = mx_guard (scope, dex_ref (DEX_FUTURE (aborted)));
  g_autoptr (DexFuture) late = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) late_error = NULL;

  dex_promise_resolve_int (done, 1);
  mx_scope_cancel (scope);
  late = mx_guard (scope, DEX_FUTURE (dex_promise_new ()));
  wait_for (first);
  wait_for (second);
  wait_for (late);

  g_assert_cmpint (g_value_get_int (dex_future_get_value (first, NULL)), ==, 1);
  g_assert_null (dex_future_get_value (second, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (g_cancellable_is_cancelled (dex_promise_get_cancellable (aborted)));
  g_assert_null (dex_future_get_value (late, &late_error));
  g_assert_error (late_error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_sleep (void)
{
  gint64 start = g_get_monotonic_time ();
  g_autoptr (DexFuture) nap = mx_sleep (20);

  wait_for (nap);
  g_assert_true (g_value_get_boolean (dex_future_get_value (nap, NULL)));
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 19000);

  /* dropped before its time: nothing is said, nothing remains */
  dex_unref (mx_sleep (100000));
  g_autoptr (MxScope) scope = mx_scope_new ();
  g_autoptr (DexFuture) guarded = mx_guard (scope, mx_sleep (100000));

  mx_scope_cancel (scope);
  wait_for (guarded);
}

static void
test_timeout (void)
{
  g_autoptr (DexPromise) never = dex_promise_new_cancellable ();
  g_autoptr (DexFuture) late = mx_timeout (dex_ref (DEX_FUTURE (never)), 5);
  g_autoptr (DexFuture) quick = mx_timeout (dex_future_new_for_int (3), 100000);
  g_autoptr (GError) error = NULL;

  wait_for (late);
  wait_for (quick);
  g_assert_null (dex_future_get_value (late, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_true (g_cancellable_is_cancelled (dex_promise_get_cancellable (never)));
  g_assert_cmpint (g_value_get_int (dex_future_get_value (quick, NULL)), ==, 3);
}

static gboolean
redraw_cb (gpointer data)
{
  ++*(int *) data;

  return G_SOURCE_REMOVE;
}

static DexFuture *
yielding_fiber (gpointer data)
{
  int *drawn = data;

  for (int i = 1; i <= 10; i++)
    {
      g_autoptr (GError) error = NULL;

      g_idle_add_full (G_PRIORITY_HIGH_IDLE + 20, redraw_cb, drawn, NULL);
      g_assert_true (dex_await (mx_yield (), &error));
      g_assert_cmpint (*drawn, ==, i);
    }

  return NULL;
}

static void
test_yield (void)
{
  int drawn = 0;
  g_autoptr (DexFuture) flow = mx_flow_run (yielding_fiber, &drawn, NULL);

  wait_for (flow);
  g_assert_cmpint (drawn, ==, 10);
}

static void
test_pointer (void)
{
  g_autoptr (DexFuture) bytes = mx_future_new_pointer (G_TYPE_BYTES, g_bytes_new_static ("abc", 3));
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  DexFuture *future = mx_future_new_pointer (G_TYPE_OBJECT, g_object_ref (object));

  g_assert_cmpuint (g_bytes_get_size (g_value_get_boxed (dex_future_get_value (bytes, NULL))),
                    ==,
                    3);
  g_assert_true (g_value_get_object (dex_future_get_value (future, NULL)) == object);
  dex_unref (future);
  g_assert_finalize_object (object);
}

/* -- mx_watch */

typedef struct
{
  int calls;
  int value;
  GQuark domain;
  int code;
} Seen;

static void
seen_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  Seen *seen = user_data;

  g_assert_true (G_IS_OBJECT (owner));
  g_assert_true ((value == NULL) == (error != NULL));
  seen->calls++;
  if (value != NULL && G_VALUE_HOLDS_INT (value))
    seen->value = g_value_get_int (value);
  if (error != NULL)
    {
      seen->domain = error->domain;
      seen->code = error->code;
    }
}

static void
test_watch (void)
{
  GObject *owner = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (DexPromise) promise = dex_promise_new ();
  Seen value = { 0 };
  Seen error = { 0 };
  Seen ready = { 0 };

  mx_watch (owner, dex_ref (DEX_FUTURE (promise)), seen_cb, &value);
  mx_watch (owner, mx_flow_run (failing_fiber, NULL, NULL), seen_cb, &error);
  mx_watch (owner, dex_future_new_for_int (5), seen_cb, &ready);
  dex_promise_resolve_int (promise, 9);
  /* never from inside the call that completes the future */
  g_assert_cmpint (value.calls + ready.calls, ==, 0);

  while (value.calls + error.calls + ready.calls < 3)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (value.value, ==, 9);
  g_assert_cmpint (ready.value, ==, 5);
  g_assert_true (error.domain == G_IO_ERROR && error.code == G_IO_ERROR_NO_SPACE);
  g_assert_finalize_object (owner);
}

static void
test_watch_disposed (void)
{
  GObject *owner = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (DexPromise) aborted = dex_promise_new_cancellable ();
  g_autoptr (DexPromise) finished = dex_promise_new ();
  Seen seen = { 0 };

  mx_watch (owner, dex_ref (DEX_FUTURE (aborted)), seen_cb, &seen);
  mx_watch (owner, dex_ref (DEX_FUTURE (finished)), seen_cb, &seen);
  dex_promise_resolve_int (finished, 1);
  g_assert_finalize_object (owner);
  g_assert_true (g_cancellable_is_cancelled (dex_promise_get_cancellable (aborted)));
  dex_promise_resolve_int (aborted, 1);

  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (seen.calls, ==, 0);
}

static void
unref_owner_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  GObject **held = user_data;

  g_clear_object (held);
}

static void
test_watch_owner_dies_in_callback (void)
{
  GObject *owner = g_object_new (G_TYPE_OBJECT, NULL);

  mx_watch (owner, dex_future_new_for_int (1), unref_owner_cb, &owner);
  while (owner != NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* -- The stress test: with libdex 0.10.0 a discarded fiber takes its scheduler along. Flows that
 * await flows, in one turn of the main loop cancelled, completed and dropped in each order; whoever
 * writes this with fibers in dex_future_first() sees "corrupted double-linked list" and a thread on
 * which no fiber runs again. */

typedef struct
{
  MxScope *scope;
  DexPromise *promise;
  DexFuture *seen;
} Nest;

static int ended;
static int cleaned;

static DexFuture *
child_fiber (gpointer data)
{
  Nest *nest = data;
  g_autoptr (MxScope) scope = mx_scope_ref (nest->scope);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) sleep_error = NULL;

  if (!dex_await (mx_guard (scope, dex_ref (DEX_FUTURE (nest->promise))), &error))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_assert_true (dex_await (mx_sleep (1), &sleep_error));
  g_assert_no_error (sleep_error);
  cleaned++;

  if (error != NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  return dex_future_new_true ();
}

static DexFuture *
parent_fiber (gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!dex_await (mx_flow_run (child_fiber, data, NULL), &error))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  ended++;

  return dex_future_new_true ();
}

typedef struct
{
  Nest *nests;
  unsigned count;
  unsigned order;
} Storm;

static void
act (Nest *nest, unsigned action)
{
  if (action == 0)
    mx_scope_cancel (nest->scope);
  else if (action == 1)
    dex_promise_resolve_boolean (nest->promise, TRUE);
  else
    dex_clear (&nest->seen);
}

static gboolean
storm_cb (gpointer data)
{
  static const guint8 orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
                                       { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
  Storm *storm = data;

  for (unsigned i = 0; i < storm->count; i++)
    for (unsigned step = 0; step < 3; step++)
      act (&storm->nests[i], orders[storm->order][step]);

  return G_SOURCE_REMOVE;
}

static void
test_stress (void)
{
  const unsigned count = g_test_slow () ? 4000 : 400;

  for (unsigned order = 0; order < 6; order++)
    {
      g_autofree Nest *nests = g_new0 (Nest, count);
      Storm storm = { nests, count, order };

      ended = cleaned = 0;
      for (unsigned i = 0; i < count; i++)
        {
          nests[i].scope = mx_scope_new ();
          nests[i].promise = dex_promise_new_cancellable ();
          nests[i].seen = mx_flow_run (parent_fiber, &nests[i], NULL);
        }

      /* let them reach their waits */
      for (int turn = 0; turn < 5; turn++)
        g_main_context_iteration (NULL, FALSE);
      g_idle_add_full (G_PRIORITY_HIGH, storm_cb, &storm, NULL);

      while (ended < (int) count)
        g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (cleaned, ==, (int) count);

      g_autoptr (DexFuture) alive = mx_flow_run (seven_fiber, NULL, NULL);

      wait_for (alive);
      g_assert_cmpint (g_value_get_int (dex_future_get_value (alive, NULL)), ==, 7);

      for (unsigned i = 0; i < count; i++)
        {
          g_assert_null (nests[i].seen);
          mx_scope_unref (nests[i].scope);
          dex_clear (&nests[i].promise);
        }
    }
}

/* A long-lived scope guards every wait of a session: what ended must not stay attached to it. */
static DexFuture *
many_waits_fiber (gpointer data)
{
  MxScope *scope = data;

  for (int i = 0; i < 100000; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (dex_await (mx_guard (scope, dex_future_new_true ()), &error));
    }

  return NULL;
}

static void
test_long_scope (void)
{
  g_autoptr (MxScope) scope = mx_scope_new ();
  g_autoptr (DexFuture) flow = mx_flow_run (many_waits_fiber, scope, NULL);

  wait_for (flow);
  mx_scope_cancel (scope);
}

int
main (int argc, char *argv[])
{
  dex_init ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/flow/run", test_run);
  g_test_add_func ("/base/flow/start", test_start);
  g_test_add_func ("/base/flow/start-logs", test_start_logs);
  g_test_add_func ("/base/flow/stack", test_stack);
  g_test_add_func ("/base/flow/scope", test_scope);
  g_test_add_func ("/base/flow/guard", test_guard);
  g_test_add_func ("/base/flow/sleep", test_sleep);
  g_test_add_func ("/base/flow/timeout", test_timeout);
  g_test_add_func ("/base/flow/yield", test_yield);
  g_test_add_func ("/base/flow/pointer", test_pointer);
  g_test_add_func ("/base/flow/watch", test_watch);
  g_test_add_func ("/base/flow/watch-disposed", test_watch_disposed);
  g_test_add_func ("/base/flow/watch-owner-dies-in-callback", test_watch_owner_dies_in_callback);
  g_test_add_func ("/base/flow/stress", test_stress);
  g_test_add_func ("/base/flow/long-scope", test_long_scope);

  return g_test_run ();
}
