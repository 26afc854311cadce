/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Work with the server that is due now and then: what encryption has to upload, ask and send. It is
 * kicked when something may be due; then a flow makes passes until nothing is, each an exchange
 * with the server, with a back-off of its own when one fails (E2E-014). It works while the session
 * runs, or while somebody waits for it. Main thread. */
#pragma once

#include "mx-session-private.h"

G_BEGIN_DECLS

#define MX_TYPE_WORK_LOOP (mx_work_loop_get_type ())
G_DECLARE_FINAL_TYPE (MxWorkLoop, mx_work_loop, MX, WORK_LOOP, GObject)

typedef struct
{
  MxWorkLoop *loop;
  MxSession *session;
  MxScope *scope; /* guard each wait with it */
  gpointer data;
} MxWorkRun;

/* On a fiber, the access token fresh. What is due is read in a step on the account thread that also
 * commits what is about to leave; the answer is committed by another one, not guarded. TRUE:
 * nothing failed, and *more says whether another pass is to follow. FALSE: the same again later;
 * what will never succeed is dealt with here. */
typedef gboolean (*MxWorkPass) (const MxWorkRun *run, gboolean *more, GError **error);

/* session is not owned: it owns the loop, through MxEncryption. */
MxWorkLoop *mx_work_loop_new (MxSession *session,
                              const char *name, /* literal */
                              MxWorkPass pass,
                              gpointer data,
                              GDestroyNotify data_free);
gpointer mx_work_loop_get_data (MxWorkLoop *self);
void mx_work_loop_kick (MxWorkLoop *self);
/* At the latest after ms. */
void mx_work_loop_kick_after (MxWorkLoop *self, guint ms);
gboolean mx_work_loop_is_idle (MxWorkLoop *self); /* nothing is due, as far as it was told */
/* Resolves TRUE when nothing is due any more; works also while the session does not run. Drop it to
 * wait no longer. Rejected with G_IO_ERROR_CANCELLED when the session ends first. */
DexFuture *mx_work_loop_settle (MxWorkLoop *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
