/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* An act on encryption under way. */
#include "config.h"

#include "chappe-encryption-task.h"

#include "chappe-auth-dialog.h"

#include "mx-flow.h"

struct _ChappeEncryptionTask
{
  GObject parent_instance;

  GtkWidget *owner; /* weak */
  ChappeTaskProgress progress;
  ChappeTaskEnd end;
  unsigned done;
  unsigned total;
  unsigned progress_id;
};

G_DEFINE_FINAL_TYPE (ChappeEncryptionTask, chappe_encryption_task, G_TYPE_OBJECT)

static void
chappe_encryption_task_dispose (GObject *object)
{
  ChappeEncryptionTask *self = CHAPPE_ENCRYPTION_TASK (object);

  g_clear_handle_id (&self->progress_id, g_source_remove);
  g_clear_weak_pointer (&self->owner);

  G_OBJECT_CLASS (chappe_encryption_task_parent_class)->dispose (object);
}

static void
chappe_encryption_task_class_init (ChappeEncryptionTaskClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chappe_encryption_task_dispose;
}

static void
chappe_encryption_task_init (ChappeEncryptionTask *self)
{
}

ChappeEncryptionTask *
chappe_encryption_task_new (GtkWidget *owner, ChappeTaskProgress progress, ChappeTaskEnd end)
{
  ChappeEncryptionTask *self = g_object_new (CHAPPE_TYPE_ENCRYPTION_TASK, NULL);

  g_set_weak_pointer (&self->owner, owner);
  self->progress = progress;
  self->end = end;

  return self;
}

static void
ended_cb (GObject *object, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeEncryptionTask *self = CHAPPE_ENCRYPTION_TASK (object);

  g_clear_handle_id (&self->progress_id, g_source_remove);
  if (self->owner != NULL)
    self->end (self->owner, value, error);
  g_object_unref (self);
}

void
chappe_encryption_task_run (ChappeEncryptionTask *self, DexFuture *future)
{
  /* Held until the end: the act has us as its data. */
  mx_watch (g_object_ref (self), future, ended_cb, NULL);
}

void
chappe_encryption_task_forget (ChappeEncryptionTask *self)
{
  g_clear_handle_id (&self->progress_id, g_source_remove);
  g_clear_weak_pointer (&self->owner);
}

static gboolean
progress_cb (gpointer user_data)
{
  ChappeEncryptionTask *self = user_data;

  self->progress_id = 0;
  if (self->owner != NULL)
    self->progress (self->owner, self->done, self->total);

  return G_SOURCE_REMOVE;
}

void
chappe_encryption_task_progress (unsigned done, unsigned total, gpointer task)
{
  ChappeEncryptionTask *self = task;

  self->done = done;
  self->total = total;
  if (self->progress != NULL && self->owner != NULL && self->progress_id == 0)
    self->progress_id = g_idle_add (progress_cb, self);
}

/* -- a question to the user */

typedef struct
{
  ChappeEncryptionTask *task;
  DexPromise *promise;
  gboolean password;
  gboolean was_wrong;
  char *uri;
} Question;

static void
question_free (gpointer data)
{
  Question *question = data;

  g_object_unref (question->task);
  dex_unref (question->promise);
  g_free (question->uri);
  g_free (question);
}

static gboolean
ask_cb (gpointer user_data)
{
  Question *question = user_data;

  if (question->task->owner != NULL)
    chappe_auth_dialog_present (question->task->owner,
                                question->password,
                                question->was_wrong,
                                question->uri,
                                question->promise);
  else
    dex_promise_reject (question->promise,
                        g_error_new_literal (G_IO_ERROR,
                                             G_IO_ERROR_CANCELLED,
                                             "Nobody is there to be asked"));

  return G_SOURCE_REMOVE;
}

/* Called on a fiber, where no widget may be touched. */
DexFuture *
chappe_encryption_task_auth (MxSession *session, const MxAuthRequest *request, gpointer task)
{
  Question *question = g_new0 (Question, 1);

  question->task = g_object_ref (task);
  question->promise = dex_promise_new ();
  question->password = request->password;
  question->was_wrong = request->was_wrong;
  question->uri = g_strdup (request->uri);
  dex_ref (question->promise);
  g_idle_add_full (G_PRIORITY_DEFAULT, ask_cb, question, question_free);

  return DEX_FUTURE (question->promise);
}
