/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Writing to the store: work goes to the account thread, what changed comes back to the main loop
 * in the order of the writes, and only then does the caller's promise resolve (DESIGN §3). */
#include "config.h"

#include "mx-session-private.h"

#include "mx-error.h"

typedef struct
{
  MxSession *session;
  MxPrepareFunc prepare;
  MxStoreFunc func;
  MxAppliedFunc applied;
  gpointer data;
  GDestroyNotify data_free;
  gboolean transaction;
  gboolean silent; /* nobody waits: a failure becomes the session's error */
  DexPromise *promise;
  MxStoreChanges *changes;
  GValue result;
  GError *error;
  gboolean ran;
} MxWrite;

static void
mx_write_free (gpointer data)
{
  MxWrite *write = data;

  if (write->data_free != NULL)
    write->data_free (write->data);
  g_clear_pointer (&write->changes, mx_store_changes_unref);
  if (G_IS_VALUE (&write->result))
    g_value_unset (&write->result);
  g_clear_error (&write->error);
  dex_clear (&write->promise);
  g_clear_object (&write->session);
  g_free (write);
}

/* On the main loop. */
static gboolean
write_done_cb (gpointer data)
{
  MxWrite *write = data;

  if (write->error != NULL)
    {
      if (write->silent && !g_error_matches (write->error, G_IO_ERROR, G_IO_ERROR_CLOSED))
        mx_session_set_error (write->session, write->error);
      dex_promise_reject (write->promise, g_steal_pointer (&write->error));
      return G_SOURCE_REMOVE;
    }

  mx_session_apply_changes (write->session, write->changes);
  if (write->applied != NULL)
    write->applied (write->session, write->data);

  if (G_IS_VALUE (&write->result))
    dex_promise_resolve (write->promise, &write->result);
  else
    dex_promise_resolve_boolean (write->promise, TRUE);

  return G_SOURCE_REMOVE;
}

static gboolean
write_transaction (MxWrite *write, MxStore *store, GError **error)
{
  if (!mx_store_begin (store, error))
    return FALSE;

  if (!write->func (store, write->changes, write->data, &write->result, error))
    {
      mx_store_rollback (store);
      return FALSE;
    }

  if (!mx_store_commit (store, error))
    {
      mx_store_rollback (store);
      return FALSE;
    }

  return TRUE;
}

/* On the account thread. Always succeeds as work: the outcome travels through the main loop. */
static gboolean
write_work (gpointer data, GValue *result, GError **error)
{
  MxWrite *write = data;
  MxStore *store = mx_session_get_writer (write->session);

  write->ran = TRUE;
  if (store == NULL)
    g_set_error_literal (&write->error,
                         G_IO_ERROR,
                         G_IO_ERROR_CLOSED,
                         "The store of this account is closed");
  else if (write->prepare == NULL || write->prepare (write->data, &write->error))
    {
      if (write->transaction)
        write_transaction (write, store, &write->error);
      else
        write->func (store, write->changes, write->data, &write->result, &write->error);
    }

  return TRUE;
}

/* Called once the work ran, or when it never will. On either thread. */
static void
write_hand_over (gpointer data)
{
  MxWrite *write = data;

  if (!write->ran)
    g_set_error_literal (&write->error,
                         G_IO_ERROR,
                         G_IO_ERROR_CLOSED,
                         "The store of this account is closed");
  g_idle_add_full (G_PRIORITY_DEFAULT, write_done_cb, write, mx_write_free);
}

static DexFuture *
write_start (MxSession *self, MxWrite *write)
{
  DexFuture *future = NULL;
  MxWorker *worker = mx_session_get_worker (self);

  write->session = g_object_ref (self);
  write->changes = mx_store_changes_new ();
  write->promise = dex_promise_new ();
  future = dex_ref (DEX_FUTURE (write->promise));

  if (worker != NULL)
    dex_unref (mx_worker_run (worker, write_work, write, write_hand_over));
  else
    write_hand_over (write);

  return future;
}

DexFuture *
mx_session_write_full (MxSession *self,
                       MxPrepareFunc prepare,
                       MxStoreFunc func,
                       MxAppliedFunc applied,
                       gpointer data,
                       GDestroyNotify data_free)
{
  MxWrite *write = g_new0 (MxWrite, 1);

  write->prepare = prepare;
  write->func = func;
  write->applied = applied;
  write->data = data;
  write->data_free = data_free;
  write->transaction = TRUE;

  return write_start (self, write);
}

DexFuture *
mx_session_write (MxSession *self, MxStoreFunc func, gpointer data, GDestroyNotify data_free)
{
  return mx_session_write_full (self, NULL, func, NULL, data, data_free);
}

void
mx_session_write_later (MxSession *self, MxStoreFunc func, gpointer data, GDestroyNotify data_free)
{
  MxWrite *write = g_new0 (MxWrite, 1);

  write->func = func;
  write->data = data;
  write->data_free = data_free;
  write->transaction = TRUE;
  write->silent = TRUE;

  dex_unref (write_start (self, write));
}

DexFuture *
mx_session_work (MxSession *self, MxStoreFunc func, gpointer data, GDestroyNotify data_free)
{
  MxWrite *write = g_new0 (MxWrite, 1);

  write->func = func;
  write->data = data;
  write->data_free = data_free;

  return write_start (self, write);
}

typedef struct
{
  char *name;
  char *value;
} MxValue;

static void
mx_value_free (gpointer data)
{
  MxValue *value = data;

  g_free (value->name);
  mx_wipe_free (value->value);
  g_free (value);
}

static gboolean
set_value_work (MxStore *store,
                MxStoreChanges *changes,
                gpointer data,
                GValue *result,
                GError **error)
{
  MxValue *value = data;

  return mx_store_set_value (store, value->name, value->value, error);
}

void
mx_session_set_value (MxSession *self, const char *name, const char *value)
{
  MxValue *data = g_new0 (MxValue, 1);

  data->name = g_strdup (name);
  data->value = g_strdup (value);
  mx_session_write_later (self, set_value_work, data, mx_value_free);
}
