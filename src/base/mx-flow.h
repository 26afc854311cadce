/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Flows: the only file pair that spawns libdex fibers or disowns futures. A flow is represented by
 * a promise, so nobody can discard a fiber (libdex 0.10.0 loses its scheduler when that happens:
 * research/aesthetics §5.4). All of it belongs to the main thread, unless a function says
 * otherwise. */
#pragma once

#include <libdex.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/* A scope ends the flows that work for an object: dispose cancels it. Ref-counted. */
typedef struct _MxScope MxScope;
MxScope *mx_scope_new (void);
MxScope *mx_scope_ref (MxScope *self);
void mx_scope_unref (MxScope *self);
void mx_scope_cancel (MxScope *self);
gboolean mx_scope_is_cancelled (MxScope *self);
GCancellable *mx_scope_get_cancellable (MxScope *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxScope, mx_scope_unref)
/* Cancels, releases, sets to NULL: for dispose. */
void mx_clear_scope (MxScope **self);

/* Starts func as a fiber (1 MiB stack). The returned future resolves as the fiber's does; dropping
 * it discards nothing. */
DexFuture *mx_flow_run (DexFiberFunc func, gpointer data, GDestroyNotify data_free)
  G_GNUC_WARN_UNUSED_RESULT;
/* Like mx_flow_run, for a flow that nobody waits for; an error that is not "cancelled" is logged by
 * its domain and code. */
void mx_flow_start (const char *name, DexFiberFunc func, gpointer data, GDestroyNotify data_free);
/* Inside a flow, every wait: whichever comes first, the operation or the end of the scope
 * (G_IO_ERROR_CANCELLED). Takes the operation. The operation is discarded then, which aborts a
 * cancellable one. */
DexFuture *mx_guard (MxScope *scope, DexFuture *operation) G_GNUC_WARN_UNUSED_RESULT;
/* Quiet sleep: resolves TRUE after ms. */
DexFuture *mx_sleep (guint ms) G_GNUC_WARN_UNUSED_RESULT;
/* operation, or G_IO_ERROR_TIMED_OUT after ms. */
DexFuture *mx_timeout (DexFuture *operation, guint ms) G_GNUC_WARN_UNUSED_RESULT;
/* Lets the main loop draw between slices of long work. */
DexFuture *mx_yield (void) G_GNUC_WARN_UNUSED_RESULT;

/* For code outside flows (ui, cli): calls back from the main loop, never on a fiber; not at all
 * once owner is disposed. Takes future. value is NULL when error is set. */
typedef void (*MxWatchFunc) (GObject *owner,
                             const GValue *value,
                             const GError *error,
                             gpointer user_data);
void mx_watch (gpointer owner, DexFuture *future, MxWatchFunc callback, gpointer user_data);

/* A plain promise made from a pointer result: convenience for layers that return boxed things. */
DexFuture *mx_future_new_pointer (GType boxed_type, gpointer value)
  G_GNUC_WARN_UNUSED_RESULT; /* takes value */

G_END_DECLS
