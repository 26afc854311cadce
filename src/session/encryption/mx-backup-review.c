/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-backup-review.h. */
#include "config.h"

#include "mx-backup-review.h"

#include "mx-backup-pages.h"
#include "mx-backup-requests.h"
#include "mx-identities-private.h"
#include "mx-key-backup.h"
#include "mx-session-steps.h"

#define VALUE_ETAG  "backup_reviewed_etag"
#define VALUE_TIME  "backup_reviewed_ms"
#define DAY_MS      (G_GINT64_CONSTANT (24 * 60 * 60) * 1000)
#define MAX_ENTRIES 5000 /* about four megabytes */
#define PAGE        100

typedef struct
{
  MxSession *session;
  char *version;
  gboolean is_due;
  gboolean is_first; /* nothing is known of before */
  char *etag;        /* of the last look, then of this one */
  MxSecret *private_key;
  GBytes *reply;
  MxBackupPages *pages;
  gint64 last_id; /* of our sessions that were compared */
  gboolean is_compared;
} MxReview;

static void
mx_review_clear (gpointer data)
{
  MxReview *self = data;

  g_clear_object (&self->session);
  g_clear_pointer (&self->private_key, mx_secret_unref);
  g_clear_pointer (&self->reply, g_bytes_unref);
  g_clear_pointer (&self->pages, mx_backup_pages_free);
  g_free (self->version);
  g_free (self->etag);
}

MX_SESSION_DEFINE_STEPS (MxReview, mx_review)

/* A clock that was set back makes it due, too (E2E-167). */
static gboolean
look_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxReview *self = data;
  g_autofree char *text = mx_store_get_value (store, VALUE_TIME);
  gint64 last = text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
  gint64 now = g_get_real_time () / 1000;

  self->is_due = now < last || now - last >= DAY_MS;
  self->is_first = text == NULL;
  self->etag = mx_store_get_value (store, VALUE_ETAG);
  self->private_key = mx_store_get_secret (store, MX_SECRET_BACKUP);

  return TRUE;
}

static gboolean
page_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxReview *self = data;

  if (self->pages == NULL)
    self->pages = mx_backup_pages_new (self->reply, error);

  return self->pages != NULL && mx_backup_pages_import (self->pages,
                                                        mx_session_get_machine (self->session),
                                                        self->private_key,
                                                        self->version,
                                                        changes,
                                                        error);
}

/* Those that were uploaded and are not there. */
static gboolean
compare_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  MxReview *self = data;
  g_autoptr (GPtrArray) sessions = mx_store_load_megolm (store, self->last_id, PAGE, NULL, error);

  if (sessions == NULL)
    return FALSE;

  for (guint i = 0; i < sessions->len; i++)
    {
      const MxStoredMegolm *session = g_ptr_array_index (sessions, i);

      self->last_id = session->id;
      if (!mx_backup_pages_contain (self->pages, session->room_id, session->session_id) &&
          !mx_backup_due_again (store, session, self->version, changes, error))
        return FALSE;
    }
  self->is_compared = sessions->len < PAGE;

  return TRUE;
}

static gboolean
done_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxReview *self = data;
  g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_real_time () / 1000);

  return mx_store_set_value (store, VALUE_ETAG, self->etag, error) &&
         mx_store_set_value (store, VALUE_TIME, now, error);
}

static GBytes *
get (const MxWorkRun *run, DexFuture *future, GError **error)
{
  return dex_await_boxed (mx_guard (run->scope, future), error);
}

/* FALSE without error: it is as it was, too large, or not there any more. */
static gboolean
has_changed (const MxWorkRun *run, MxReview *self, GError **error)
{
  g_autoptr (GBytes) reply =
    get (run, mx_backup_get_version (mx_session_get_http (run->session), self->version), error);
  g_autoptr (MxJsonDocument) document =
    reply != NULL ? mx_json_document_parse_bytes (reply, error) : NULL;
  MxJson root = { NULL };
  gboolean changed = FALSE;

  if (document == NULL)
    return FALSE;
  root = mx_json_document_root (document);
  changed = g_strcmp0 (mx_json_get_string (root, "etag"), self->etag) != 0;
  g_set_str (&self->etag, mx_json_get_string (root, "etag"));

  return changed && !self->is_first && mx_json_int (mx_json_get (root, "count"), 0) <= MAX_ENTRIES;
}

static gboolean
read_all (const MxWorkRun *run, MxReview *self, GError **error)
{
  self->reply =
    get (run,
         mx_backup_get_keys (mx_session_get_http (run->session), self->version, NULL, NULL),
         error);
  if (self->reply == NULL)
    return FALSE;

  do
    if (!mx_review_step (self, page_work, error))
      return FALSE;
  while (mx_backup_pages_get_done (self->pages) < mx_backup_pages_get_total (self->pages));
  while (!self->is_compared)
    if (!mx_review_step (self, compare_work, error))
      return FALSE;

  return TRUE;
}

gboolean
mx_backup_review (const MxWorkRun *run, const char *version, GError **error)
{
  g_autoptr (MxReview) self = g_atomic_rc_box_new0 (MxReview);
  g_autoptr (GError) failure = NULL;
  gboolean changed = FALSE;

  self->session = g_object_ref (run->session);
  self->version = g_strdup (version);
  if (!mx_review_step (self, look_work, error))
    return FALSE;
  if (!self->is_due || self->private_key == NULL)
    return TRUE;

  changed = has_changed (run, self, &failure);
  if (failure == NULL && changed)
    read_all (run, self, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  return mx_review_step (self, done_work, error);
}
