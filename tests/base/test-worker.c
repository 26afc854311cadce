/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-worker.h"

#include <gio/gio.h>

#include "mx-flow.h"

typedef struct
{
  MxWorker *worker; /* borrowed, nullable */
  GArray *log;      /* int, nullable */
  int number;
  int *freed;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  if (job->freed != NULL)
    g_atomic_int_inc (job->freed);
  g_free (job);
}

static Job *
job_new (MxWorker *worker, GArray *log, int number, int *freed)
{
  Job *job = g_new0 (Job, 1);

  *job = (Job) { worker, log, number, freed };

  return job;
}

static gboolean
number_work (gpointer data, GValue *result, GError **error)
{
  Job *job = data;

  if (job->worker != NULL)
    g_assert_true (mx_worker_is_here (job->worker));
  if (job->log != NULL)
    g_array_append_val (job->log, job->number);
  g_value_init (result, G_TYPE_INT);
  g_value_set_int (result, job->number);

  return TRUE;
}

static gboolean
plain_work (gpointer data, GValue *result, GError **error)
{
  return TRUE;
}

static gboolean
failing_work (gpointer data, GValue *result, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");

  return FALSE;
}

static gboolean
mute_failing_work (gpointer data, GValue *result, GError **error)
{
  return FALSE;
}

static void
wait_for (DexFuture *future)
{
  while (dex_future_is_pending (future))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_results (void)
{
  g_autoptr (MxWorker) worker = mx_worker_new ("test");
  int freed = 0;
  g_autoptr (DexFuture) number =
    mx_worker_run (worker, number_work, job_new (worker, NULL, 42, &freed), job_free);
  g_autoptr (DexFuture) plain = mx_worker_run (worker, plain_work, NULL, NULL);
  g_autoptr (DexFuture) failed = mx_worker_run (worker, failing_work, NULL, NULL);
  g_autoptr (DexFuture) mute = mx_worker_run (worker, mute_failing_work, NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) mute_error = NULL;

  mx_worker_stop (worker);
  g_assert_false (mx_worker_is_here (worker));
  g_assert_cmpint (g_value_get_int (dex_future_get_value (number, NULL)), ==, 42);
  g_assert_cmpint (freed, ==, 1);
  g_assert_true (g_value_get_boolean (dex_future_get_value (plain, NULL)));
  g_assert_null (dex_future_get_value (failed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_null (dex_future_get_value (mute, &mute_error));
  g_assert_error (mute_error, G_IO_ERROR, G_IO_ERROR_FAILED);
}

static void
test_order (void)
{
  g_autoptr (MxWorker) worker = mx_worker_new ("test");
  g_autoptr (GArray) log = g_array_new (FALSE, FALSE, sizeof (int));
  int freed = 0;

  for (int i = 0; i < 1000; i++)
    {
      g_autoptr (DexFuture) future =
        mx_worker_run (worker, number_work, job_new (worker, log, i, &freed), job_free);

      g_assert_nonnull (future);
    }
  mx_worker_stop (worker);

  g_assert_cmpuint (log->len, ==, 1000);
  g_assert_cmpint (freed, ==, 1000);
  for (int i = 0; i < 1000; i++)
    g_assert_cmpint (g_array_index (log, int, i), ==, i);
}

static void
test_stopped (void)
{
  g_autoptr (MxWorker) worker = mx_worker_new ("test");
  g_autoptr (DexFuture) late = NULL;
  g_autoptr (GError) error = NULL;
  int freed = 0;

  mx_worker_stop (worker);
  mx_worker_stop (worker);
  late = mx_worker_run (worker, number_work, job_new (worker, NULL, 1, &freed), job_free);
  g_assert_null (dex_future_get_value (late, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_cmpint (freed, ==, 1);
}

static DexFuture *
awaiting_fiber (gpointer data)
{
  MxWorker *worker = data;
  int sum = 0;

  for (int i = 0; i < 200; i++)
    {
      g_autoptr (GError) error = NULL;

      sum += dex_await_int (mx_worker_run (worker,
                                           number_work,
                                           job_new (worker, NULL, i, NULL),
                                           job_free),
                            &error);
      g_assert_no_error (error);
    }

  return dex_future_new_for_int (sum);
}

static void
test_await_in_flow (void)
{
  g_autoptr (MxWorker) worker = mx_worker_new ("test");
  g_autoptr (DexFuture) flow = mx_flow_run (awaiting_fiber, worker, NULL);

  wait_for (flow);
  g_assert_cmpint (g_value_get_int (dex_future_get_value (flow, NULL)), ==, 199 * 200 / 2);
}

static void
worker_gone_cb (gpointer data, GObject *where)
{
  g_atomic_int_set ((int *) data, 1);
}

/* The last reference dies on the worker's own thread, which must not wait for itself. */
static void
test_last_unref_inside (void)
{
  MxWorker *worker = mx_worker_new ("test");
  g_autoptr (DexFuture) future = NULL;
  int gone = 0;

  g_object_weak_ref (G_OBJECT (worker), worker_gone_cb, &gone);
  future = mx_worker_run (worker, plain_work, g_object_ref (worker), g_object_unref);
  g_object_unref (worker);
  while (!g_atomic_int_get (&gone))
    g_thread_yield ();
}

static gpointer
producer_thread (gpointer data)
{
  MxWorker *worker = data;

  for (int i = 0; i < 500; i++)
    dex_unref (mx_worker_run (worker, plain_work, g_object_ref (worker), g_object_unref));

  return NULL;
}

static void
test_many_producers (void)
{
  g_autoptr (MxWorker) worker = mx_worker_new ("test");
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("producer", producer_thread, worker);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  mx_worker_stop (worker);
  g_assert_finalize_object (g_steal_pointer (&worker));
}

int
main (int argc, char *argv[])
{
  dex_init ();
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/worker/results", test_results);
  g_test_add_func ("/base/worker/order", test_order);
  g_test_add_func ("/base/worker/stopped", test_stopped);
  g_test_add_func ("/base/worker/await-in-flow", test_await_in_flow);
  g_test_add_func ("/base/worker/last-unref-inside", test_last_unref_inside);
  g_test_add_func ("/base/worker/many-producers", test_many_producers);

  return g_test_run ();
}
