/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One act on encryption while it goes on: how far it is, the proof of identity that the server
 * wants on the way, and its end. It lives until the act is over, also when the widget that wanted
 * it is gone; that widget is told on the main loop, never on a fiber. Main thread. */
#pragma once

#include "mx-recovery.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_ENCRYPTION_TASK (chappe_encryption_task_get_type ())
G_DECLARE_FINAL_TYPE (ChappeEncryptionTask,
                      chappe_encryption_task,
                      CHAPPE,
                      ENCRYPTION_TASK,
                      GObject)

/* total 0 while unknown. */
typedef void (*ChappeTaskProgress) (GtkWidget *owner, unsigned done, unsigned total);
/* value is NULL when error is set. */
typedef void (*ChappeTaskEnd) (GtkWidget *owner, const GValue *value, const GError *error);

/* owner: who is told and over whom questions are asked; not owned. progress: nullable. The caller
 * owns the result. */
ChappeEncryptionTask *
chappe_encryption_task_new (GtkWidget *owner, ChappeTaskProgress progress, ChappeTaskEnd end);
/* The act itself; takes future. Once for each task. */
void chappe_encryption_task_run (ChappeEncryptionTask *self, DexFuture *future);
/* The owner is not told any more; what is under way goes on, what is asked is refused. */
void chappe_encryption_task_forget (ChappeEncryptionTask *self);

/* To hand to the act, with the task as data: MxRecoveryProgress, MxAuthFunc. */
void chappe_encryption_task_progress (unsigned done, unsigned total, gpointer task);
DexFuture *
chappe_encryption_task_auth (MxSession *session, const MxAuthRequest *request, gpointer task);

G_END_DECLS
