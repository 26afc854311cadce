/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One thread with a queue: work in, promise out. The account thread is one of these. Work runs in
 * the order in which it was queued. */
#pragma once

#include <libdex.h>

G_BEGIN_DECLS

#define MX_TYPE_WORKER (mx_worker_get_type ())
G_DECLARE_FINAL_TYPE (MxWorker, mx_worker, MX, WORKER, GObject)

/* Runs on the worker's thread. Returns TRUE with *result set (a GValue initialised by the function,
 * or left unset: the future resolves to TRUE), or FALSE with error set. */
typedef gboolean (*MxWorkFunc) (gpointer data, GValue *result, GError **error);

MxWorker *mx_worker_new (const char *name);
/* Any thread. data is freed on the worker's thread after the run (or when the worker ends first).
 * Cancelling the future does not stop work that began. */
DexFuture *mx_worker_run (MxWorker *self, MxWorkFunc func, gpointer data, GDestroyNotify data_free)
  G_GNUC_WARN_UNUSED_RESULT;
/* Runs what is queued, then ends the thread; blocks until it ended. Later work fails with
 * G_IO_ERROR_CLOSED. */
void mx_worker_stop (MxWorker *self);
gboolean mx_worker_is_here (MxWorker *self); /* TRUE on the worker's own thread: for assertions */

G_END_DECLS
