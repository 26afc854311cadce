/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The loop: request, answer applied and committed, next request; and what is done about each
 * failure (research/protocol §3.1 rule 11, §3.2 rule 4, §3.3). Main thread. */
#include "config.h"

#include "mx-sync-loop.h"

#include "mx-error.h"
#include "mx-link-watch.h"
#include "mx-own-profile.h"
#include "mx-room-list-private.h"
#include "mx-server-versions.h"
#include "mx-sync-position.h"
#include "mx-sync-top-up.h"
#include "mx-tokens.h"

#define LONG_POLL_MS     30000
#define FIRST_BACK_OFF   2000
#define LAST_BACK_OFF    60000
#define OFFLINE_FAILURES 2

/* So many server errors in so short a time mean that sliding sync does not work here. */
#define SERVER_FAILURES   5
#define SERVER_FAILURE_US (10 * 60 * G_USEC_PER_SEC)

typedef struct
{
  guint64 serial; /* of the last request that was sent before the call */
  DexPromise *promise;
} MxSyncWaiter;

struct _MxSyncLoop
{
  GObject parent_instance;

  MxSession *session; /* not owned: owns us */
  MxLinkWatch *watch;
  MxSyncPosition position;
  MxSyncTopUp top_up;
  gboolean active;        /* the flow runs */
  gboolean caught_up;     /* in this run */
  gboolean asked_server;  /* in this run: versions and profile */
  guint64 serial;         /* of the last request sent */
  guint64 answered;       /* of the last request that was answered */
  DexPromise *interrupt;  /* rejected when the request under way is to be sent anew */
  GPtrArray *waiters;     /* MxSyncWaiter */
  GHashTable *open_rooms; /* room id → how often it is shown */
  unsigned failures;      /* in a row */
  unsigned refusals;      /* of our position or filter, in a row */
  gint64 server_failures[SERVER_FAILURES]; /* monotonic time, newest first */
};

G_DEFINE_FINAL_TYPE (MxSyncLoop, mx_sync_loop, G_TYPE_OBJECT)

/* What the flow holds while it runs. */
typedef struct
{
  MxSyncLoop *loop;
  MxSession *session;
  MxScope *scope;
} MxSyncRun;

static void
mx_sync_waiter_free (gpointer data)
{
  MxSyncWaiter *waiter = data;

  dex_clear (&waiter->promise);
  g_free (waiter);
}

static void
mx_sync_loop_finalize (GObject *object)
{
  MxSyncLoop *self = MX_SYNC_LOOP (object);

  g_clear_object (&self->watch);
  mx_sync_position_clear (&self->position);
  mx_sync_top_up_clear (&self->top_up);
  dex_clear (&self->interrupt);
  g_clear_pointer (&self->waiters, g_ptr_array_unref);
  g_clear_pointer (&self->open_rooms, g_hash_table_unref);

  G_OBJECT_CLASS (mx_sync_loop_parent_class)->finalize (object);
}

static void
mx_sync_loop_class_init (MxSyncLoopClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_sync_loop_finalize;
}

static void
mx_sync_loop_init (MxSyncLoop *self)
{
  self->interrupt = dex_promise_new ();
  self->waiters = g_ptr_array_new_with_free_func (mx_sync_waiter_free);
  self->open_rooms = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* The request under way is aborted and sent again, from the same position, with what is wanted now.
 */
static void
interrupt (MxSyncLoop *self)
{
  g_autoptr (DexPromise) old = g_steal_pointer (&self->interrupt);

  self->interrupt = dex_promise_new ();
  dex_promise_reject (old,
                      g_error_new_literal (G_IO_ERROR,
                                           G_IO_ERROR_WOULD_BLOCK,
                                           "The request changed"));
}

void
mx_sync_loop_disturb (MxSyncLoop *self)
{
  g_return_if_fail (MX_IS_SYNC_LOOP (self));

  if (mx_session_get_http (self->session) == NULL)
    return;

  mx_http_reset_connections (mx_session_get_http (self->session));
  interrupt (self);
  mx_session_nudge (self->session);
}

MxSyncLoop *
mx_sync_loop_new (MxSession *session)
{
  MxSyncLoop *self = g_object_new (MX_TYPE_SYNC_LOOP, NULL);

  self->session = session;
  self->watch = mx_link_watch_new ();
  g_signal_connect_object (self->watch,
                           "disturbed",
                           G_CALLBACK (mx_sync_loop_disturb),
                           self,
                           G_CONNECT_SWAPPED);

  return self;
}

/* -- Those who wait for a round */

static void
resolve_waiters (MxSyncLoop *self, guint64 serial)
{
  for (unsigned i = self->waiters->len; i > 0; i--)
    {
      MxSyncWaiter *waiter = g_ptr_array_index (self->waiters, i - 1);

      if (serial > waiter->serial)
        {
          dex_promise_resolve_boolean (waiter->promise, TRUE);
          g_ptr_array_remove_index (self->waiters, i - 1);
        }
    }
}

static void
reject_waiters (MxSyncLoop *self, const GError *error)
{
  while (self->waiters->len > 0)
    {
      MxSyncWaiter *waiter = g_ptr_array_steal_index (self->waiters, self->waiters->len - 1);

      dex_promise_reject (waiter->promise, g_error_copy (error));
      mx_sync_waiter_free (waiter);
    }
}

/* -- Failures */

static DexFuture *
back_off (MxSyncRun *run, const GError *failure)
{
  MxSyncLoop *self = run->loop;
  gint64 asked = mx_matrix_error_get_retry_after (failure);
  unsigned doublings = MIN (self->failures > 0 ? self->failures - 1 : 0, 5);
  unsigned ms = MIN (FIRST_BACK_OFF << doublings, LAST_BACK_OFF);

  ms = g_random_int_range (ms * 3 / 4, ms * 5 / 4);

  /* A server that says how long to wait is not asked earlier, whoever nudges. */
  if (asked > 0)
    return mx_guard (run->scope, mx_sleep (MIN (asked, G_MAXINT)));

  return mx_guard (run->scope, mx_session_wait_nudge (run->session, ms));
}

/* Whether the server fails so often that the other kind of sync should be tried. */
static gboolean
count_server_failure (MxSyncLoop *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 oldest = 0;

  memmove (self->server_failures + 1,
           self->server_failures,
           sizeof self->server_failures - sizeof self->server_failures[0]);
  self->server_failures[0] = now;
  oldest = self->server_failures[SERVER_FAILURES - 1];

  return oldest > 0 && now - oldest < SERVER_FAILURE_US;
}

static void
start_over (MxSyncRun *run, MxSyncKind kind)
{
  MxSyncLoop *self = run->loop;

  mx_sync_position_reset (&self->position, kind);
  mx_sync_position_forget (&self->position, run->session);
  self->caught_up = FALSE;
  /* What changed meanwhile is not known before the first answer: nobody may encrypt until then. */
  mx_session_set_connection (run->session, MX_CONNECTION_CONNECTING, NULL);
}

static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_UNKNOWN_POS) ||
         (error->domain == MX_MATRIX_ERROR &&
          (mx_matrix_error_get_status (error) == 400 || mx_matrix_error_get_status (error) == 414));
}

/* An outage fails for every address; then the kind of sync is not to blame. On a fiber. */
static gboolean
is_server_well (MxSyncRun *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxServerVersions) versions =
    dex_await_boxed (mx_guard (run->scope, mx_server_versions_ask (run->session)), &error);

  return versions != NULL;
}

static gboolean
lacks_sliding_sync (MxSyncRun *run, const GError *error)
{
  MxSyncLoop *self = run->loop;

  if (self->position.kind != MX_SYNC_SLIDING ||
      g_strcmp0 (g_getenv ("CHAPPE_SYNC"), "sliding") == 0)
    return FALSE;
  if (g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_UNRECOGNIZED) ||
      g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_NOT_FOUND))
    return mx_matrix_error_get_errcode (error) != NULL || is_server_well (run);

  return mx_matrix_error_get_status (error) >= 500 && count_server_failure (self) &&
         is_server_well (run);
}

/* Repairs what can be repaired at once. FALSE: it is a matter of waiting. */
static gboolean
repair (MxSyncRun *run, const GError *error)
{
  MxSyncLoop *self = run->loop;
  MxSyncPosition *position = &self->position;

  if (lacks_sliding_sync (run, error))
    {
      g_message ("Sliding sync does not work here (%d): using the other kind", error->code);
      mx_session_set_value (run->session, "sliding_refused", "1");
      start_over (run, MX_SYNC_CLASSIC);
      return TRUE;
    }

  if (!is_refusal (error) || self->refusals > 2)
    return FALSE;

  self->refusals++;
  if (position->kind == MX_SYNC_CLASSIC && position->filter_id != NULL)
    {
      g_clear_pointer (&position->filter_id, g_free);
      return TRUE;
    }
  if (position->token == NULL)
    return FALSE;

  g_message ("The server forgot our position: starting over");
  start_over (run, position->kind);

  return TRUE;
}

/* After a failed step: TRUE to go on, FALSE to end. */
static gboolean
recover (MxSyncRun *run, const GError *failure)
{
  MxSyncLoop *self = run->loop;
  g_autoptr (GError) error = NULL;

  if (mx_scope_is_cancelled (run->scope) || mx_error_is_cancelled (failure))
    return FALSE;
  if (g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return TRUE;
  if (mx_session_is_end (failure))
    {
      reject_waiters (self, failure);
      mx_session_end (run->session, failure);
      return FALSE;
    }
  if (repair (run, failure))
    return TRUE;

  g_debug ("Sync failed: %s %d", g_quark_to_string (failure->domain), failure->code);
  self->failures++;
  if (failure->domain == MX_STORE_ERROR)
    mx_session_set_error (run->session, failure);
  if (self->failures >= OFFLINE_FAILURES || !mx_error_is_transient (failure))
    {
      mx_session_set_connection (run->session, MX_CONNECTION_OFFLINE, failure);
      reject_waiters (self, failure);
      if (!mx_session_is_running (run->session))
        return FALSE;
    }

  return dex_await (back_off (run, failure), &error);
}

/* -- Steps */

/* Which kind of sync, when nothing is remembered. */
static gboolean
decide (MxSyncRun *run, GError **error)
{
  DexFuture *asked = dex_future_first (mx_server_versions_ask (run->session),
                                       dex_ref (DEX_FUTURE (run->loop->interrupt)),
                                       NULL);
  g_autoptr (MxServerVersions) versions = dex_await_boxed (mx_guard (run->scope, asked), error);

  if (versions == NULL)
    return FALSE;

  mx_sync_position_reset (&run->loop->position,
                          versions->sliding_sync ? MX_SYNC_SLIDING : MX_SYNC_CLASSIC);

  return TRUE;
}

/* Once per run, when there is time: what may have changed at the server since. */
static DexFuture *
ask_server_fiber (gpointer data)
{
  MxSyncRun *run = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (MxServerVersions) versions = NULL;

  if (!dex_await (mx_guard (run->scope, mx_own_profile_refresh (run->session)), &error))
    {
      g_debug ("Our profile did not come: %d", error->code);
      g_clear_error (&error);
    }

  versions = dex_await_boxed (mx_guard (run->scope, mx_server_versions_ask (run->session)), &error);
  if (versions == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  mx_session_set_legacy_media (run->session, !versions->authenticated_media);
  mx_session_set_value (run->session, "legacy_media", versions->authenticated_media ? NULL : "1");

  /* A server that learned sliding sync: the next start uses it. */
  mx_session_set_value (run->session,
                        "sync_try",
                        run->loop->position.kind == MX_SYNC_CLASSIC && versions->sliding_sync
                          ? "sliding"
                          : NULL);

  return dex_future_new_true ();
}

static void
mx_sync_run_free (gpointer data)
{
  MxSyncRun *run = data;

  g_clear_object (&run->loop);
  g_clear_object (&run->session);
  g_clear_pointer (&run->scope, mx_scope_unref);
  g_free (run);
}

static MxSyncRun *
mx_sync_run_new (MxSyncLoop *self)
{
  MxSyncRun *run = g_new0 (MxSyncRun, 1);

  run->loop = g_object_ref (self);
  run->session = g_object_ref (self->session);
  run->scope = mx_scope_ref (mx_session_get_scope (self->session));

  return run;
}

/* whole: the request asked for all that there is; the last one of a growing window did not. serial:
 * of the request whose answer whoever waits since before it has got. */
static void
step_done (MxSyncRun *run, guint64 serial, gboolean whole)
{
  MxSyncLoop *self = run->loop;

  self->failures = 0;
  self->refusals = 0;
  if (!whole)
    {
      mx_session_set_connection (run->session, MX_CONNECTION_SYNCING, NULL);
      return;
    }

  self->caught_up = TRUE;
  mx_room_list_set_loading (mx_session_get_rooms (run->session), FALSE);
  mx_session_set_connection (run->session, MX_CONNECTION_LIVE, NULL);
  if (self->position.kind == MX_SYNC_SLIDING)
    {
      mx_sync_top_up_done (&self->top_up);
      if (mx_sync_top_up_look (&self->top_up, mx_session_get_rooms (run->session)))
        return;
    }
  resolve_waiters (self, serial);

  if (!self->asked_server && mx_session_is_running (run->session))
    {
      self->asked_server = TRUE;
      mx_flow_start ("what the server can do",
                     ask_server_fiber,
                     mx_sync_run_new (self),
                     mx_sync_run_free);
    }
}

/* What is wanted now; rejected when that changes. */
static DexFuture *
request (MxSyncRun *run, gboolean quick)
{
  MxSyncLoop *self = run->loop;
  unsigned limit = MX_SYNC_RECENT_LIMIT;
  g_autoptr (GHashTable) rooms = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree const char **ids = NULL;
  GHashTableIter iter;
  gpointer room_id = NULL;

  if (self->position.token == NULL)
    mx_sync_top_up_restart (&self->top_up, TRUE);
  if (mx_sync_top_up_is_busy (&self->top_up))
    limit = self->top_up.limit;

  g_hash_table_iter_init (&iter, self->open_rooms);
  while (g_hash_table_iter_next (&iter, &room_id, NULL))
    g_hash_table_add (rooms, room_id);
  mx_sync_top_up_add (&self->top_up, rooms);
  ids = (const char **) g_hash_table_get_keys_as_array (rooms, NULL);

  return dex_future_first (
    mx_sync_position_request (&self->position, run->session, quick ? 0 : LONG_POLL_MS, ids, limit),
    dex_ref (DEX_FUTURE (self->interrupt)),
    NULL);
}

/* One exchange with the server, committed. */
static gboolean
step (MxSyncRun *run, GError **error)
{
  MxSyncLoop *self = run->loop;
  MxTokens *tokens = mx_session_get_tokens (run->session);
  g_autoptr (GBytes) reply = NULL;
  g_autofree char *before = NULL;
  gboolean quick = FALSE;
  gboolean whole = FALSE;
  guint64 serial = 0;
  guint64 previous = self->answered;

  if (!dex_await (mx_guard (run->scope, mx_tokens_ensure (tokens)), error))
    return FALSE;
  if (!self->position.decided && !decide (run, error))
    return FALSE;

  serial = ++self->serial;
  whole = !self->position.growing;
  before = g_strdup (self->position.token);
  quick = !self->caught_up || self->position.growing || self->position.to_device_full ||
          self->failures > 0 || self->waiters->len > 0 || mx_sync_top_up_is_busy (&self->top_up);
  reply = dex_await_boxed (mx_guard (run->scope, request (run, quick)), error);
  if (reply == NULL)
    return FALSE;

  /* Not guarded: what was received is committed, whatever ends. */
  if (!dex_await (mx_sync_position_apply (&self->position, run->session, reply), error))
    return FALSE;
  if (mx_scope_is_cancelled (run->scope))
    return TRUE;

  /* Asked twice from one place, a server may give the answer that it gave the first time (Synapse
   * keeps it for two minutes): after one that brought something there may be more. */
  self->answered = serial;
  if (self->position.kind == MX_SYNC_CLASSIC && g_strcmp0 (before, self->position.token) != 0)
    serial = previous;
  step_done (run, serial, whole && !self->position.to_device_full);

  return TRUE;
}

static gboolean
load_call (MxSession *session, gpointer data, GError **error)
{
  MxSyncLoop *self = data;

  if (mx_session_get_reader (session) == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");
      return FALSE;
    }
  mx_sync_position_load (&self->position, mx_session_get_reader (session));

  return TRUE;
}

static void activate (MxSyncLoop *self);

static DexFuture *
loop_fiber (gpointer data)
{
  MxSyncRun *run = data;
  MxSyncLoop *self = run->loop;
  MxRoomList *rooms = mx_session_get_rooms (run->session);
  g_autoptr (GError) error = NULL;
  gboolean go_on = TRUE;

  self->caught_up = FALSE;
  self->failures = 0;
  mx_sync_top_up_restart (&self->top_up, FALSE);
  mx_session_set_connection (run->session, MX_CONNECTION_CONNECTING, NULL);

  if (!dex_await (mx_session_call (run->session, load_call, self), &error))
    go_on = FALSE;
  if (go_on && self->position.token == NULL)
    mx_room_list_set_loading (rooms, g_list_model_get_n_items (G_LIST_MODEL (rooms)) == 0);

  while (go_on)
    {
      g_autoptr (GError) failure = NULL;

      if (!step (run, &failure))
        go_on = recover (run, failure);
      if (mx_scope_is_cancelled (run->scope))
        go_on = FALSE;
      else if (!mx_session_is_running (run->session) && self->waiters->len == 0)
        go_on = FALSE;
    }

  self->active = FALSE;
  mx_room_list_set_loading (rooms, FALSE);
  if (mx_session_is_running (run->session))
    activate (self); /* stopped and started again meanwhile */
  else if (self->waiters->len > 0)
    {
      const GError *why = mx_session_get_error (run->session);
      g_autoptr (GError) ended =
        g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The sync loop has ended");

      /* Another request may have learned first that the server ended the session. */
      reject_waiters (self, why != NULL && mx_session_is_end (why) ? why : ended);
    }

  return dex_future_new_true ();
}

static void
activate (MxSyncLoop *self)
{
  if (self->active)
    return;

  self->active = TRUE;
  mx_flow_start ("sync loop", loop_fiber, mx_sync_run_new (self), mx_sync_run_free);
}

void
mx_sync_loop_start (MxSyncLoop *self)
{
  g_return_if_fail (MX_IS_SYNC_LOOP (self));

  activate (self);
}

DexFuture *
mx_sync_loop_once (MxSyncLoop *self)
{
  MxSyncWaiter *waiter = NULL;

  g_return_val_if_fail (MX_IS_SYNC_LOOP (self), NULL);

  waiter = g_new0 (MxSyncWaiter, 1);
  waiter->serial = self->serial;
  waiter->promise = dex_promise_new ();
  g_ptr_array_add (self->waiters, waiter);

  if (self->active)
    interrupt (self);
  else
    activate (self);

  return dex_ref (DEX_FUTURE (waiter->promise));
}

void
mx_sync_loop_subscribe (MxSyncLoop *self, const char *room_id, gboolean subscribe)
{
  guint count = 0;
  gboolean changed = FALSE;

  g_return_if_fail (MX_IS_SYNC_LOOP (self));
  g_return_if_fail (room_id != NULL);

  count = GPOINTER_TO_UINT (g_hash_table_lookup (self->open_rooms, room_id));
  if (subscribe)
    {
      changed = count == 0;
      g_hash_table_insert (self->open_rooms, g_strdup (room_id), GUINT_TO_POINTER (count + 1));
    }
  else if (count > 1)
    g_hash_table_insert (self->open_rooms, g_strdup (room_id), GUINT_TO_POINTER (count - 1));
  else
    g_hash_table_remove (self->open_rooms, room_id);

  /* A room that is closed stays subscribed until the next request: nothing is missed by that. */
  if (changed && self->active && self->position.kind == MX_SYNC_SLIDING && self->caught_up)
    interrupt (self);
}

const char *
mx_sync_loop_get_kind_name (MxSyncLoop *self)
{
  g_return_val_if_fail (MX_IS_SYNC_LOOP (self), NULL);

  if (!self->position.decided)
    return NULL;

  return self->position.kind == MX_SYNC_SLIDING ? "sliding" : "classic";
}
