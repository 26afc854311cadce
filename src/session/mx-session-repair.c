/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-session-repair.h; how it is done is in store/mx-store-salvage.c. */
#include "config.h"

#include "mx-session-repair.h"

#include "mx-error.h"
#include "mx-session-parts.h"
#include "mx-store-salvage.h"

/* -- Repairing */

typedef struct
{
  MxSession *session;
  MxSecret *key;
  double told;
} MxRepairWork;

static void
mx_repair_work_free (gpointer data)
{
  MxRepairWork *work = data;

  g_clear_object (&work->session);
  g_clear_pointer (&work->key, mx_secret_unref);
  g_free (work);
}

typedef struct
{
  MxSession *session;
  double done;
} MxRepairStep;

static void
mx_repair_step_free (gpointer data)
{
  MxRepairStep *step = data;

  g_clear_object (&step->session);
  g_free (step);
}

static gboolean
step_cb (gpointer data)
{
  MxRepairStep *step = data;

  step->session->repair_progress = step->done;
  mx_session_notify (step->session, "repair-progress");
  return G_SOURCE_REMOVE;
}

/* On the account thread. */
static void
progress_cb (double done, gpointer data)
{
  MxRepairWork *work = data;
  MxRepairStep *step = NULL;

  if (done - work->told < 0.01)
    return;
  work->told = done;
  step = g_new0 (MxRepairStep, 1);
  step->session = g_object_ref (work->session);
  step->done = done;
  g_idle_add_full (G_PRIORITY_DEFAULT, step_cb, step, mx_repair_step_free);
}

static gboolean
salvage_work (gpointer data, GValue *result, GError **error)
{
  MxRepairWork *work = data;
  g_autofree char *path = mx_session_store_path (work->session);
  g_autoptr (MxSalvage) report = NULL;

  if (mx_store_is_there (path))
    report = mx_store_salvage (path, work->key, progress_cb, work, error);
  else
    g_set_error_literal (error,
                         MX_STORE_ERROR,
                         MX_STORE_ERROR_DAMAGED,
                         "The store is gone or empty");

  return report != NULL;
}

DexFuture *
mx_session_salvage (MxSession *self, MxSecret *key)
{
  MxRepairWork *work = g_new0 (MxRepairWork, 1);

  work->session = g_object_ref (self);
  work->key = mx_secret_ref (key);
  self->repair_progress = 0;
  mx_session_notify (self, "repair-progress");

  return mx_worker_run (self->worker, salvage_work, work, mx_repair_work_free);
}

/* -- Damage that shows while the store is in use */

static gboolean
damaged_cb (gpointer data)
{
  MxSession *self = data;

  mx_session_reopen_damaged (self);
  return G_SOURCE_REMOVE;
}

/* On the thread of the connection that met it, within a call to the store. */
static void
damage_met_cb (gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, damaged_cb, g_object_ref (data), g_object_unref);
}

void
mx_session_watch_damage (MxSession *self, MxStore *store)
{
  mx_store_set_damage_func (store, damage_met_cb, self);
}

/* -- Telling */

void
mx_session_repair_free (MxSessionRepair *self)
{
  g_free (self->kept_file);
  g_free (self);
}

static MxSessionRepair *
repair_new (const MxSalvage *report)
{
  MxSessionRepair *repair = g_new0 (MxSessionRepair, 1);

  repair->when_ms = report->when_ms;
  repair->kept_file = g_strdup (report->kept_file);
  repair->kept = report->kept;
  repair->lost = report->lost;
  repair->lost_own_words = report->lost_own_words;
  repair->lost_account = report->lost_account;
  repair->lost_history = report->lost_history;
  repair->lost_keys = report->lost_keys;
  repair->is_older = report->lost_changes > 0;

  return repair;
}

/* Takes repair. */
static void
set_repair (MxSession *self, MxSessionRepair *repair)
{
  gboolean changed = (self->repair != NULL) != (repair != NULL);

  g_clear_pointer (&self->repair, mx_session_repair_free);
  self->repair = repair;
  if (changed)
    mx_session_notify (self, "repaired");
}

void
mx_session_load_repair (MxSession *self)
{
  g_autoptr (MxSalvage) report = mx_store_get_salvage (self->reader);

  set_repair (self, report != NULL ? repair_new (report) : NULL);
}
const MxSessionRepair *
mx_session_get_repair (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  return self->repair;
}

double
mx_session_get_repair_progress (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), 0);

  return self->repair_progress;
}

static gboolean
acknowledge_work (MxStore *store,
                  MxStoreChanges *changes,
                  gpointer data,
                  GValue *result,
                  GError **error)
{
  return mx_store_acknowledge_salvage (store, error);
}

void
mx_session_acknowledge_repair (MxSession *self)
{
  g_return_if_fail (MX_IS_SESSION (self));

  if (self->repair == NULL)
    return;
  set_repair (self, NULL);
  mx_session_write_later (self, acknowledge_work, NULL, NULL);
}
