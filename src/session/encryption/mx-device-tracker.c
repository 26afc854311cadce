/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-device-tracker.h. The account thread's half is in mx-device-lists.c. Main thread. */
#include "config.h"

#include "mx-device-tracker.h"

#include "mx-encryption-private.h"
#include "mx-error.h"
#include "mx-key-requests.h"
#include "mx-server-pauses.h"

#define BATCH        250   /* users in one question (E2E-019) */
#define MAX_OUTDATED 20000 /* looked at in one pass */

/* Somebody who needs the lists of these users. */
typedef struct
{
  GHashTable *users; /* set of user ids that are still awaited */
  DexPromise *promise;
} MxListWaiter;

typedef struct
{
  MxServerPauses *pauses;
  GPtrArray *waiters; /* MxListWaiter */
} MxTracker;

static void
mx_list_waiter_free (gpointer data)
{
  MxListWaiter *waiter = data;

  g_clear_pointer (&waiter->users, g_hash_table_unref);
  dex_clear (&waiter->promise);
  g_free (waiter);
}

static void
mx_tracker_free (gpointer data)
{
  MxTracker *tracker = data;

  g_clear_pointer (&tracker->pauses, mx_server_pauses_free);
  g_clear_pointer (&tracker->waiters, g_ptr_array_unref);
  g_free (tracker);
}

/* -- Those who wait */

static void
settle_user (MxTracker *tracker, const char *user_id)
{
  for (guint i = tracker->waiters->len; i > 0; i--)
    {
      MxListWaiter *waiter = g_ptr_array_index (tracker->waiters, i - 1);

      if (!g_hash_table_remove (waiter->users, user_id) || g_hash_table_size (waiter->users) > 0)
        continue;
      dex_promise_resolve_boolean (waiter->promise, TRUE);
      g_ptr_array_remove_index (tracker->waiters, i - 1);
    }
}

/* Whoever became fresh before somebody began to wait. */
static void
settle_fresh (MxTracker *tracker, char **outdated)
{
  g_autoptr (GHashTable) stale = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) fresh = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; outdated[i] != NULL; i++)
    g_hash_table_add (stale, outdated[i]);
  for (guint i = 0; i < tracker->waiters->len; i++)
    {
      MxListWaiter *waiter = g_ptr_array_index (tracker->waiters, i);
      GHashTableIter iter;
      gpointer user_id = NULL;

      g_hash_table_iter_init (&iter, waiter->users);
      while (g_hash_table_iter_next (&iter, &user_id, NULL))
        if (!g_hash_table_contains (stale, user_id))
          g_ptr_array_add (fresh, g_strdup (user_id));
    }

  for (guint i = 0; i < fresh->len; i++)
    settle_user (tracker, g_ptr_array_index (fresh, i));
}

static gboolean
is_awaited (MxTracker *tracker, const char *user_id)
{
  for (guint i = 0; i < tracker->waiters->len; i++)
    {
      MxListWaiter *waiter = g_ptr_array_index (tracker->waiters, i);

      if (g_hash_table_contains (waiter->users, user_id))
        return TRUE;
    }

  return FALSE;
}

/* -- One question */

typedef struct
{
  MxSession *session;
  MxWorkLoop *loop;   /* main thread */
  MxTracker *tracker; /* its data */
  GStrv user_ids;     /* those asked */
  gint64 sequence;
  GBytes *reply;
  GPtrArray *failed; /* servers */
  GPtrArray *fresh;  /* user ids */
} MxQuery;

static void
mx_query_free (gpointer data)
{
  MxQuery *query = data;

  g_clear_object (&query->session);
  g_clear_object (&query->loop);
  g_clear_pointer (&query->user_ids, g_strfreev);
  g_clear_pointer (&query->reply, g_bytes_unref);
  g_clear_pointer (&query->failed, g_ptr_array_unref);
  g_clear_pointer (&query->fresh, g_ptr_array_unref);
  g_free (query);
}

/* On the main loop. Those whom somebody waits for come first; those of a paused server are as fresh
 * as they can be. */
static gboolean
choose_call (MxSession *session, gpointer data, GError **error)
{
  MxQuery *query = data;
  MxTracker *tracker = query->tracker;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) outdated = NULL;
  unsigned chosen = 0;

  if (mx_session_get_reader (session) == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");
      return FALSE;
    }

  outdated =
    mx_store_load_outdated (mx_session_get_reader (session), MAX_OUTDATED, &query->sequence);
  settle_fresh (tracker, outdated);
  for (unsigned round = 0; round < 2; round++)
    for (gsize i = 0; outdated[i] != NULL; i++)
      {
        if (mx_server_pauses_contain (tracker->pauses, outdated[i]))
          settle_user (tracker, outdated[i]);
        else if (is_awaited (tracker, outdated[i]) != (round == 0))
          continue;
        else if (chosen++ < BATCH)
          g_strv_builder_add (builder, outdated[i]);
      }
  query->user_ids = g_strv_builder_end (builder);

  return TRUE;
}

static gboolean
apply_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxQuery *query = data;
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (query->reply, error);
  const char *server = NULL;
  MxJsonIter iter;
  MxJson value;

  if (document == NULL || !mx_device_tracker_apply (mx_session_get_machine (query->session),
                                                    (const char *const *) query->user_ids,
                                                    query->sequence,
                                                    mx_json_document_root (document),
                                                    changes,
                                                    error))
    return FALSE;

  query->failed = g_ptr_array_new_with_free_func (g_free);
  query->fresh = g_ptr_array_new ();
  mx_json_iter_init (&iter, mx_json_get (mx_json_document_root (document), "failures"));
  while (mx_json_iter_next (&iter, &server, &value))
    if (server != NULL)
      g_ptr_array_add (query->failed, g_strdup (server));
  for (gsize i = 0; query->user_ids[i] != NULL; i++)
    if (!mx_store_is_user_outdated (store, query->user_ids[i]))
      g_ptr_array_add (query->fresh, query->user_ids[i]);

  return TRUE;
}

/* On the main thread, committed. */
static void
applied_cb (MxSession *session, gpointer data)
{
  MxQuery *query = data;
  MxTracker *tracker = query->tracker;

  for (guint i = 0; i < query->failed->len; i++)
    mx_server_pauses_failed (tracker->pauses, g_ptr_array_index (query->failed, i));
  for (guint i = 0; i < query->fresh->len; i++)
    {
      const char *user_id = g_ptr_array_index (query->fresh, i);

      mx_server_pauses_answered (tracker->pauses, user_id);
      settle_user (tracker, user_id);
    }
  for (gsize i = 0; query->user_ids[i] != NULL; i++)
    if (mx_server_pauses_contain (tracker->pauses, query->user_ids[i]))
      settle_user (tracker, query->user_ids[i]);
}

static gboolean
query_pass (const MxWorkRun *run, gboolean *more, GError **error)
{
  MxTracker *tracker = run->data;
  MxQuery *query = g_new0 (MxQuery, 1);
  guint wait_ms = 0;

  query->session = g_object_ref (run->session);
  query->loop = g_object_ref (run->loop);
  query->tracker = tracker;
  if (!dex_await (mx_session_call (run->session, choose_call, query), error))
    {
      mx_query_free (query);
      return FALSE;
    }
  wait_ms = mx_server_pauses_get_next_ms (tracker->pauses);
  if (wait_ms > 0)
    mx_work_loop_kick_after (run->loop, wait_ms);
  if (query->user_ids[0] == NULL)
    {
      mx_query_free (query);
      return TRUE;
    }

  query->reply = dex_await_boxed (mx_guard (run->scope,
                                            mx_keys_query (mx_session_get_http (run->session),
                                                           (const char *const *) query->user_ids)),
                                  error);
  if (query->reply == NULL)
    {
      mx_query_free (query);
      return FALSE;
    }

  *more = TRUE; /* until a look finds nobody: marks may have come meanwhile */

  return dex_await (
    mx_session_write_full (run->session, NULL, apply_work, applied_cb, query, mx_query_free),
    error);
}

MxWorkLoop *
mx_device_tracker_new (MxSession *session)
{
  MxTracker *tracker = g_new0 (MxTracker, 1);

  tracker->pauses = mx_server_pauses_new ();
  tracker->waiters = g_ptr_array_new_with_free_func (mx_list_waiter_free);

  return mx_work_loop_new (session, "device query", query_pass, tracker, mx_tracker_free);
}

/* -- Fresh lists for somebody */

typedef struct
{
  MxSession *session;
  MxWorkLoop *loop;
  GStrv user_ids;
  GPtrArray *outdated; /* of user_ids, borrowed */
} MxEnsure;

static void
mx_ensure_free (gpointer data)
{
  MxEnsure *ensure = data;

  g_clear_object (&ensure->session);
  g_clear_object (&ensure->loop);
  g_clear_pointer (&ensure->user_ids, g_strfreev);
  g_clear_pointer (&ensure->outdated, g_ptr_array_unref);
  g_free (ensure);
}

static gboolean
track_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxEnsure *ensure = data;

  ensure->outdated = g_ptr_array_new ();
  for (gsize i = 0; ensure->user_ids[i] != NULL; i++)
    {
      if (!mx_store_is_user_outdated (store, ensure->user_ids[i]))
        continue;
      if (!mx_store_track_user (store, ensure->user_ids[i], error))
        return FALSE;
      g_ptr_array_add (ensure->outdated, ensure->user_ids[i]);
    }

  return TRUE;
}

static DexFuture *
ensure_fiber (gpointer data)
{
  MxEnsure *ensure = data;
  MxTracker *tracker = mx_work_loop_get_data (ensure->loop);
  g_autoptr (MxScope) scope = mx_scope_ref (mx_session_get_scope (ensure->session));
  g_autoptr (DexFuture) settled = NULL;
  g_autoptr (DexPromise) promise = NULL;
  MxListWaiter *waiter = NULL;
  GError *error = NULL;

  /* Not guarded: the step writes what the flow's own data holds. */
  if (!dex_await (mx_session_write (ensure->session, track_work, ensure, NULL), &error))
    return dex_future_new_for_error (error);
  if (ensure->outdated->len == 0)
    return dex_future_new_true ();

  waiter = g_new0 (MxListWaiter, 1);
  waiter->users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  waiter->promise = dex_promise_new ();
  for (guint i = 0; i < ensure->outdated->len; i++)
    g_hash_table_add (waiter->users, g_strdup (g_ptr_array_index (ensure->outdated, i)));
  promise = dex_ref (waiter->promise);
  g_ptr_array_add (tracker->waiters, waiter);

  mx_work_loop_kick (ensure->loop);
  settled = mx_work_loop_settle (ensure->loop); /* asks although the session may not run */
  if (!dex_await (mx_guard (scope, dex_ref (DEX_FUTURE (promise))), &error))
    return dex_future_new_for_error (error);

  return dex_future_new_true ();
}

DexFuture *
mx_device_tracker_ensure (MxSession *session, const char *const *user_ids)
{
  MxEncryption *encryption = mx_session_get_encryption (session);
  MxEnsure *ensure = NULL;

  if (encryption == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session is closed");

  ensure = g_new0 (MxEnsure, 1);
  ensure->session = g_object_ref (session);
  ensure->loop = g_object_ref (mx_encryption_get_loop (encryption, MX_ENCRYPTION_QUERY_DEVICES));
  ensure->user_ids = g_strdupv ((char **) user_ids);

  return mx_flow_run (ensure_fiber, ensure, mx_ensure_free);
}
