/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Flows on libdex fibers. The fiber's own future never leaves this file: the world holds a promise,
 * so that a fiber can not be discarded, and every wait inside a flow ends with its scope. Main
 * thread. */
#include "config.h"

#include "mx-flow.h"

/* libdex's 128 KiB are too few for what a JSON reader and a TLS library do together. */
#define FLOW_STACK_SIZE (1024 * 1024)

struct _MxScope
{
  GCancellable *cancellable;
  DexCancellable *end; /* the same moment, as a future */
};

typedef struct
{
  const char *name; /* of a flow that nobody waits for */
  DexFiberFunc func;
  gpointer data;
  GDestroyNotify data_free;
  DexPromise *promise; /* what the world sees of the flow */
} MxFlow;

typedef struct
{
  GObject *owner; /* weak; NULL once it is disposed or was called back */
  MxWatchFunc callback;
  gpointer user_data;
  DexFuture *pending; /* dropping it discards the operation */
  DexFuture *result;
} MxWatch;

MxScope *
mx_scope_new (void)
{
  MxScope *self = g_rc_box_new0 (MxScope);

  self->cancellable = g_cancellable_new ();
  self->end = dex_cancellable_new ();

  return self;
}

MxScope *
mx_scope_ref (MxScope *self)
{
  return g_rc_box_acquire (self);
}

static void
mx_scope_clear (gpointer data)
{
  MxScope *self = data;

  g_clear_object (&self->cancellable);
  dex_clear (&self->end);
}

void
mx_scope_unref (MxScope *self)
{
  g_rc_box_release_full (self, mx_scope_clear);
}

void
mx_scope_cancel (MxScope *self)
{
  g_autoptr (MxScope) held = mx_scope_ref (self);

  if (g_cancellable_is_cancelled (held->cancellable))
    return;

  g_cancellable_cancel (held->cancellable);
  dex_cancellable_cancel (held->end);
}

gboolean
mx_scope_is_cancelled (MxScope *self)
{
  return g_cancellable_is_cancelled (self->cancellable);
}

GCancellable *
mx_scope_get_cancellable (MxScope *self)
{
  return self->cancellable;
}

void
mx_clear_scope (MxScope **self)
{
  g_autoptr (MxScope) scope = g_steal_pointer (self);

  if (scope != NULL)
    mx_scope_cancel (scope);
}

static void
mx_flow_free (gpointer data)
{
  MxFlow *flow = data;

  if (flow->data_free != NULL)
    flow->data_free (flow->data);
  dex_clear (&flow->promise);
  g_free (flow);
}

static DexFuture *
flow_fiber (gpointer user_data)
{
  MxFlow *flow = user_data;
  g_autoptr (DexFuture) result = flow->func (flow->data);
  g_autoptr (GError) error = NULL;

  if (result == NULL)
    dex_promise_resolve_boolean (flow->promise, TRUE);
  else if (dex_await (dex_ref (result), &error))
    dex_promise_resolve (flow->promise, dex_future_get_value (result, NULL));
  else
    {
      if (flow->name != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_message ("%s ended with %s %d",
                   flow->name,
                   g_quark_to_string (error->domain),
                   error->code);
      dex_promise_reject (flow->promise, g_steal_pointer (&error));
    }

  return dex_future_new_true ();
}

static DexFuture *
flow_spawn (const char *name, DexFiberFunc func, gpointer data, GDestroyNotify data_free)
{
  MxFlow *flow = g_new0 (MxFlow, 1);
  DexFuture *seen = NULL;

  flow->name = g_intern_string (name);
  flow->func = func;
  flow->data = data;
  flow->data_free = data_free;
  flow->promise = dex_promise_new ();
  seen = dex_ref (DEX_FUTURE (flow->promise));

  dex_future_disown (dex_scheduler_spawn (NULL, FLOW_STACK_SIZE, flow_fiber, flow, mx_flow_free));

  return seen;
}

DexFuture *
mx_flow_run (DexFiberFunc func, gpointer data, GDestroyNotify data_free)
{
  g_return_val_if_fail (func != NULL, NULL);

  return flow_spawn (NULL, func, data, data_free);
}

void
mx_flow_start (const char *name, DexFiberFunc func, gpointer data, GDestroyNotify data_free)
{
  g_return_if_fail (name != NULL);
  g_return_if_fail (func != NULL);

  dex_unref (flow_spawn (name, func, data, data_free));
}

DexFuture *
mx_guard (MxScope *scope, DexFuture *operation)
{
  g_return_val_if_fail (scope != NULL, operation);

  return dex_future_first (operation, dex_ref (DEX_FUTURE (scope->end)), NULL);
}

/* -- Time. libdex's own timer complains when it is dropped unawaited, and always rejects. */

typedef struct
{
  DexPromise *promise;
  GError *error; /* what to reject with; NULL resolves TRUE */
} MxTimer;

static void
mx_timer_free (gpointer data)
{
  MxTimer *timer = data;

  dex_clear (&timer->promise);
  g_clear_error (&timer->error);
  g_free (timer);
}

static gboolean
timer_cb (gpointer data)
{
  MxTimer *timer = data;

  if (timer->error != NULL)
    dex_promise_reject (timer->promise, g_steal_pointer (&timer->error));
  else
    dex_promise_resolve_boolean (timer->promise, TRUE);

  return G_SOURCE_REMOVE;
}

static gboolean
timer_dropped_cb (GCancellable *cancellable, gpointer data)
{
  return G_SOURCE_REMOVE;
}

/* Takes source and error. A promise that is discarded removes its source. */
static DexFuture *
timer_new (GSource *source, int priority, GError *error)
{
  MxTimer *timer = g_new0 (MxTimer, 1);
  DexFuture *seen = NULL;
  g_autoptr (GSource) dropped = NULL;

  timer->promise = dex_promise_new_cancellable ();
  timer->error = error;
  seen = dex_ref (DEX_FUTURE (timer->promise));

  dropped = g_cancellable_source_new (dex_promise_get_cancellable (timer->promise));
  g_source_set_callback (dropped, G_SOURCE_FUNC (timer_dropped_cb), NULL, NULL);
  g_source_add_child_source (source, dropped);
  g_source_set_priority (source, priority);
  g_source_set_callback (source, timer_cb, timer, mx_timer_free);
  g_source_attach (source, NULL);
  g_source_unref (source);

  return seen;
}

DexFuture *
mx_sleep (guint ms)
{
  return timer_new (g_timeout_source_new (ms), G_PRIORITY_DEFAULT, NULL);
}

DexFuture *
mx_timeout (DexFuture *operation, guint ms)
{
  GError *late = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "No answer in time");

  return dex_future_first (operation,
                           timer_new (g_timeout_source_new (ms), G_PRIORITY_DEFAULT, late),
                           NULL);
}

/* Below GTK's redraw, which comes at G_PRIORITY_HIGH_IDLE + 20. */
DexFuture *
mx_yield (void)
{
  return timer_new (g_idle_source_new (), G_PRIORITY_DEFAULT_IDLE, NULL);
}

/* -- Watching from outside of flows */

static void
mx_watch_clear (gpointer data)
{
  MxWatch *watch = data;

  dex_clear (&watch->pending);
  dex_clear (&watch->result);
}

static void
mx_watch_unref (gpointer data)
{
  g_rc_box_release_full (data, mx_watch_clear);
}

static void
watch_owner_gone_cb (gpointer data, GObject *owner)
{
  MxWatch *watch = data;

  watch->owner = NULL;
  dex_clear (&watch->pending);
  mx_watch_unref (watch);
}

static gboolean
watch_deliver_cb (gpointer data)
{
  MxWatch *watch = data;
  g_autoptr (GObject) owner = NULL;
  g_autoptr (GError) error = NULL;
  const GValue *value = NULL;

  if (watch->owner == NULL)
    return G_SOURCE_REMOVE;

  owner = g_object_ref (watch->owner);
  g_object_weak_unref (watch->owner, watch_owner_gone_cb, watch);
  watch->owner = NULL;
  dex_clear (&watch->pending);

  value = dex_future_get_value (watch->result, &error);
  watch->callback (owner, value, error, watch->user_data);
  mx_watch_unref (watch); /* the owner's */

  return G_SOURCE_REMOVE;
}

/* libdex 0.10.0 runs this on the stack of the fiber that completed the future: go back to the main
 * loop first. */
static DexFuture *
watch_done_cb (DexFuture *completed, gpointer data)
{
  MxWatch *watch = data;

  if (watch->owner != NULL)
    {
      watch->result = dex_ref (completed);
      g_idle_add_full (G_PRIORITY_DEFAULT,
                       watch_deliver_cb,
                       g_rc_box_acquire (watch),
                       mx_watch_unref);
    }

  return NULL;
}

void
mx_watch (gpointer owner, DexFuture *future, MxWatchFunc callback, gpointer user_data)
{
  MxWatch *watch = NULL;

  g_return_if_fail (G_IS_OBJECT (owner));
  g_return_if_fail (callback != NULL);

  watch = g_rc_box_new0 (MxWatch);
  watch->owner = owner;
  watch->callback = callback;
  watch->user_data = user_data;
  g_object_weak_ref (owner, watch_owner_gone_cb, watch);
  watch->pending =
    dex_future_finally (future, watch_done_cb, g_rc_box_acquire (watch), mx_watch_unref);
}

DexFuture *
mx_future_new_pointer (GType boxed_type, gpointer value)
{
  g_auto (GValue) result = G_VALUE_INIT;

  g_value_init (&result, boxed_type);
  if (G_TYPE_FUNDAMENTAL (boxed_type) == G_TYPE_OBJECT)
    g_value_take_object (&result, value);
  else
    g_value_take_boxed (&result, value);

  return dex_future_new_for_value (&result);
}
