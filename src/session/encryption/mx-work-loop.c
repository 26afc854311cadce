/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-work-loop.h. */
#include "config.h"

#include "mx-work-loop.h"

#include "mx-error.h"
#include "mx-tokens.h"

#define FIRST_BACK_OFF 2000
#define LAST_BACK_OFF  300000

struct _MxWorkLoop
{
  GObject parent_instance;

  MxSession *session; /* not owned: owns us */
  const char *name;
  MxWorkPass pass;
  gpointer data;
  GDestroyNotify data_free;
  gboolean kicked;
  gboolean active;    /* the flow runs */
  unsigned failures;  /* in a row */
  GPtrArray *waiters; /* DexPromise */
  guint timer;
  gint64 timer_due; /* monotonic µs */
};

G_DEFINE_FINAL_TYPE (MxWorkLoop, mx_work_loop, G_TYPE_OBJECT)

static void
mx_work_loop_finalize (GObject *object)
{
  MxWorkLoop *self = MX_WORK_LOOP (object);

  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->waiters, g_ptr_array_unref);
  if (self->data_free != NULL)
    self->data_free (self->data);

  G_OBJECT_CLASS (mx_work_loop_parent_class)->finalize (object);
}

static void
mx_work_loop_class_init (MxWorkLoopClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_work_loop_finalize;
}

static void
mx_work_loop_init (MxWorkLoop *self)
{
  self->waiters = g_ptr_array_new_with_free_func (dex_unref);
}

MxWorkLoop *
mx_work_loop_new (MxSession *session,
                  const char *name,
                  MxWorkPass pass,
                  gpointer data,
                  GDestroyNotify data_free)
{
  MxWorkLoop *self = g_object_new (MX_TYPE_WORK_LOOP, NULL);

  self->session = session;
  self->name = name;
  self->pass = pass;
  self->data = data;
  self->data_free = data_free;

  return self;
}

gpointer
mx_work_loop_get_data (MxWorkLoop *self)
{
  return self->data;
}

static void
mx_work_run_free (gpointer data)
{
  MxWorkRun *run = data;

  g_clear_object (&run->loop);
  g_clear_object (&run->session);
  g_clear_pointer (&run->scope, mx_scope_unref);
  g_free (run);
}

/* Those who wait see only what happened before. */
static void
resolve_waiters (MxWorkLoop *self, const GError *error)
{
  g_autoptr (GPtrArray) waiters = g_steal_pointer (&self->waiters);

  self->waiters = g_ptr_array_new_with_free_func (dex_unref);
  for (guint i = 0; i < waiters->len; i++)
    if (error != NULL)
      dex_promise_reject (g_ptr_array_index (waiters, i), g_error_copy (error));
    else
      dex_promise_resolve_boolean (g_ptr_array_index (waiters, i), TRUE);
}

static gboolean
may_run (MxWorkLoop *self)
{
  return mx_session_get_http (self->session) != NULL &&
         (mx_session_is_running (self->session) || self->waiters->len > 0);
}

static DexFuture *
back_off (const MxWorkRun *run, const GError *failure)
{
  gint64 asked = mx_matrix_error_get_retry_after (failure);
  unsigned doublings = MIN (MAX (run->loop->failures, 1) - 1, 8);
  unsigned ms = MIN (FIRST_BACK_OFF << doublings, LAST_BACK_OFF);

  ms = g_random_int_range (ms * 3 / 4, ms * 5 / 4);

  /* A server that says how long to wait is not asked earlier, whoever nudges. */
  if (asked > 0)
    return mx_guard (run->scope, mx_sleep (MIN (asked, G_MAXINT)));

  return mx_guard (run->scope, mx_session_wait_nudge (run->session, ms));
}

/* FALSE: the flow is to end. */
static gboolean
make_pass (const MxWorkRun *run)
{
  MxWorkLoop *self = run->loop;
  MxTokens *tokens = mx_session_get_tokens (run->session);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) ended = NULL;
  gboolean more = FALSE;

  self->kicked = FALSE;
  if (dex_await (mx_guard (run->scope, mx_tokens_ensure (tokens)), &error) &&
      self->pass (run, &more, &error))
    {
      self->failures = 0;
      self->kicked |= more;
      return TRUE;
    }

  self->kicked = TRUE;
  if (mx_scope_is_cancelled (run->scope) || mx_error_is_cancelled (error))
    return FALSE;
  if (mx_session_is_end (error))
    {
      mx_session_end (run->session, error);
      return FALSE;
    }

  g_debug ("%s: %s %d", self->name, g_quark_to_string (error->domain), error->code);
  self->failures++;

  return dex_await (back_off (run, error), &ended);
}

static void activate (MxWorkLoop *self);

static DexFuture *
run_fiber (gpointer data)
{
  MxWorkRun *run = data;
  MxWorkLoop *self = run->loop;
  gboolean go_on = TRUE;

  while (go_on && self->kicked && may_run (self))
    go_on = make_pass (run) && !mx_scope_is_cancelled (run->scope);

  self->active = FALSE;
  if (mx_scope_is_cancelled (run->scope))
    {
      g_autoptr (GError) ended =
        g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session has ended");

      resolve_waiters (self, ended);
    }
  else if (!self->kicked)
    resolve_waiters (self, NULL);
  activate (self); /* kicked meanwhile, or stopped and started again */

  return dex_future_new_true ();
}

static void
activate (MxWorkLoop *self)
{
  MxWorkRun *run = NULL;

  if (self->active || !self->kicked || !may_run (self))
    return;

  self->active = TRUE;
  run = g_new0 (MxWorkRun, 1);
  run->loop = g_object_ref (self);
  run->session = g_object_ref (self->session);
  run->scope = mx_scope_ref (mx_session_get_scope (self->session));
  run->data = self->data;
  mx_flow_start (self->name, run_fiber, run, mx_work_run_free);
}

void
mx_work_loop_kick (MxWorkLoop *self)
{
  g_return_if_fail (MX_IS_WORK_LOOP (self));

  self->kicked = TRUE;
  activate (self);
}

static gboolean
timer_cb (gpointer data)
{
  MxWorkLoop *self = data;

  self->timer = 0;
  mx_work_loop_kick (self);

  return G_SOURCE_REMOVE;
}

void
mx_work_loop_kick_after (MxWorkLoop *self, guint ms)
{
  gint64 due = g_get_monotonic_time () + ms * G_GINT64_CONSTANT (1000);

  g_return_if_fail (MX_IS_WORK_LOOP (self));

  if (self->timer != 0 && self->timer_due <= due)
    return;

  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer_due = due;
  self->timer = g_timeout_add (ms, timer_cb, self);
}

gboolean
mx_work_loop_is_idle (MxWorkLoop *self)
{
  g_return_val_if_fail (MX_IS_WORK_LOOP (self), TRUE);

  return !self->kicked && !self->active;
}

DexFuture *
mx_work_loop_settle (MxWorkLoop *self)
{
  DexPromise *promise = NULL;

  g_return_val_if_fail (MX_IS_WORK_LOOP (self), NULL);

  if (mx_work_loop_is_idle (self))
    return dex_future_new_true ();
  if (mx_session_get_http (self->session) == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session is closed");

  promise = dex_promise_new ();
  g_ptr_array_add (self->waiters, promise);
  activate (self);

  return dex_ref (DEX_FUTURE (promise));
}
