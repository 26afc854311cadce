/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One thread with a queue. The thread holds the queue, not the worker, so that the worker may die
 * anywhere, even in its own work. */
#include "config.h"

#include "mx-worker.h"

#include <gio/gio.h>

typedef struct
{
  MxWorkFunc func; /* NULL: the end */
  gpointer data;
  GDestroyNotify data_free;
  DexPromise *promise;
} MxWork;

struct _MxWorker
{
  GObject parent_instance;

  GMutex lock; /* guards stopped: nothing is queued behind the end */
  gboolean stopped;
  GAsyncQueue *queue;
  GThread *thread;
};

G_DEFINE_FINAL_TYPE (MxWorker, mx_worker, G_TYPE_OBJECT)

static MxWork *
mx_work_new (MxWorkFunc func, gpointer data, GDestroyNotify data_free)
{
  MxWork *work = g_new0 (MxWork, 1);

  work->func = func;
  work->data = data;
  work->data_free = data_free;
  work->promise = dex_promise_new ();

  return work;
}

static void
mx_work_free_data (MxWork *work)
{
  GDestroyNotify data_free = g_steal_pointer (&work->data_free);

  if (data_free != NULL)
    data_free (work->data);
}

static void
mx_work_free (MxWork *work)
{
  mx_work_free_data (work);
  dex_clear (&work->promise);
  g_free (work);
}

/* What the work held is released before anybody learns that it is done. */
static void
mx_work_run (MxWork *work)
{
  g_auto (GValue) result = G_VALUE_INIT;
  GError *error = NULL;
  gboolean done = work->func (work->data, &result, &error);

  mx_work_free_data (work);

  if (!done)
    {
      if (error == NULL)
        error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "Work failed without an error");
      dex_promise_reject (work->promise, error);
      return;
    }

  if (G_IS_VALUE (&result))
    dex_promise_resolve (work->promise, &result);
  else
    dex_promise_resolve_boolean (work->promise, TRUE);
}

static gpointer
worker_thread (gpointer data)
{
  g_autoptr (GAsyncQueue) queue = data;
  gboolean ended = FALSE;

  while (!ended)
    {
      MxWork *work = g_async_queue_pop (queue);

      ended = work->func == NULL;
      if (!ended)
        mx_work_run (work);
      mx_work_free (work);
    }

  return NULL;
}

static void
mx_worker_finalize (GObject *object)
{
  MxWorker *self = MX_WORKER (object);

  mx_worker_stop (self);
  g_clear_pointer (&self->queue, g_async_queue_unref);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (mx_worker_parent_class)->finalize (object);
}

static void
mx_worker_class_init (MxWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_worker_finalize;
}

static void
mx_worker_init (MxWorker *self)
{
  g_mutex_init (&self->lock);
  self->queue = g_async_queue_new ();
}

MxWorker *
mx_worker_new (const char *name)
{
  MxWorker *self = g_object_new (MX_TYPE_WORKER, NULL);

  self->thread = g_thread_new (name, worker_thread, g_async_queue_ref (self->queue));

  return self;
}

DexFuture *
mx_worker_run (MxWorker *self, MxWorkFunc func, gpointer data, GDestroyNotify data_free)
{
  MxWork *work = NULL;
  DexFuture *future = NULL;
  g_autoptr (GMutexLocker) locker = NULL;

  g_return_val_if_fail (MX_IS_WORKER (self), NULL);
  g_return_val_if_fail (func != NULL, NULL);

  work = mx_work_new (func, data, data_free);
  future = dex_ref (DEX_FUTURE (work->promise));

  locker = g_mutex_locker_new (&self->lock);
  if (!self->stopped)
    {
      g_async_queue_push (self->queue, work);
      return future;
    }
  g_clear_pointer (&locker, g_mutex_locker_free);

  dex_promise_reject (work->promise,
                      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "The worker has ended"));
  mx_work_free (work);

  return future;
}

void
mx_worker_stop (MxWorker *self)
{
  gboolean stopped = FALSE;

  g_return_if_fail (MX_IS_WORKER (self));

  g_mutex_lock (&self->lock);
  stopped = self->stopped;
  self->stopped = TRUE;
  if (!stopped)
    g_async_queue_push (self->queue, mx_work_new (NULL, NULL, NULL));
  g_mutex_unlock (&self->lock);

  if (stopped)
    return;

  /* The last reference may be dropped by the worker's own work: a thread cannot wait for itself. */
  if (mx_worker_is_here (self))
    g_thread_unref (self->thread);
  else
    g_thread_join (self->thread);
  g_atomic_pointer_set (&self->thread, NULL);
}

gboolean
mx_worker_is_here (MxWorker *self)
{
  g_return_val_if_fail (MX_IS_WORKER (self), FALSE);

  return g_atomic_pointer_get (&self->thread) == g_thread_self ();
}
