/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* For friends inside session/: what the parts of a session share. */
#pragma once

#include "mx-http.h"
#include "mx-session.h"
#include "mx-store-sync.h"
#include "mx-worker.h"
#include "mx-flow.h"
#include "mx-deployment.h"

G_BEGIN_DECLS

MxHttp       *mx_session_get_http     (MxSession *self);
MxWorker     *mx_session_get_worker   (MxSession *self);      /* the account thread */
MxStore      *mx_session_get_reader   (MxSession *self);      /* the main thread's reading connection; NULL unless OPEN */
MxScope      *mx_session_get_scope    (MxSession *self);      /* ends with mx_session_stop/close */
gboolean      mx_session_has_legacy_media (MxSession *self);

/* Runs on the account thread, inside one transaction that is committed when func returns TRUE, else rolled back. What func adds to changes is applied to
 * the model on the main thread (mx_session_apply_changes) before the returned future resolves to *result (or TRUE). */
typedef gboolean (*MxStoreFunc) (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error);
DexFuture    *mx_session_write        (MxSession *self, MxStoreFunc func, gpointer data, GDestroyNotify data_free) G_GNUC_WARN_UNUSED_RESULT;
/* The same without anybody waiting: a failure is reported as "error" of the session. */
void          mx_session_write_later  (MxSession *self, MxStoreFunc func, gpointer data, GDestroyNotify data_free);

/* Emitted on the session for friends: "changes" (MxStoreChanges), after the room list took them. Timelines listen to it. */

G_END_DECLS
