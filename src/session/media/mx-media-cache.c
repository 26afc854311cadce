/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-media-cache.h"

#include "mx-error.h"
#include "mx-media-requests.h"
#include "mx-preferences.h"
#include "mx-session-private.h"
#include "mx-store-media.h"

/* A thumbnail beyond this is not one. */
#define THUMBNAIL_MAX   (8 * 1024 * 1024)
#define CACHED_FULL_MAX (4 * 1024 * 1024)
#define PARALLEL        4

struct _MxMediaCache
{
  GObject parent_instance;

  MxSession *session;  /* borrowed: it owns us */
  GHashTable *running; /* key → DexPromise: one request per key */
  GPtrArray *waiting;  /* DexPromise of requests without a slot; the newest is served first */
  guint busy;
};

G_DEFINE_FINAL_TYPE (MxMediaCache, mx_media_cache, G_TYPE_OBJECT)

static void
mx_media_cache_finalize (GObject *object)
{
  MxMediaCache *self = MX_MEDIA_CACHE (object);

  g_hash_table_unref (self->running);
  g_ptr_array_unref (self->waiting);
  G_OBJECT_CLASS (mx_media_cache_parent_class)->finalize (object);
}

static void
mx_media_cache_class_init (MxMediaCacheClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_media_cache_finalize;
}

static void
mx_media_cache_init (MxMediaCache *self)
{
  self->running = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, dex_unref);
  self->waiting = g_ptr_array_new_with_free_func (dex_unref);
}

static gboolean
trim_media (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  const gint64 *budget = data;

  return mx_store_media_trim (store, *budget, error);
}

static gint64
get_budget (MxMediaCache *self)
{
  return mx_preferences_get_cache_bytes (mx_session_get_preferences (self->session));
}

static void
budget_cb (MxMediaCache *self)
{
  gint64 budget = get_budget (self);

  if (mx_session_get_worker (self->session) != NULL)
    mx_session_write_later (self->session, trim_media, g_memdup2 (&budget, sizeof budget), g_free);
}

MxMediaCache *
mx_media_cache_new (MxSession *session)
{
  MxMediaCache *self = g_object_new (MX_TYPE_MEDIA_CACHE, NULL);

  self->session = session;
  g_signal_connect_object (mx_session_get_preferences (session),
                           "notify::max-cache-size",
                           G_CALLBACK (budget_cb),
                           self,
                           G_CONNECT_SWAPPED);

  return self;
}

typedef struct
{
  MxMediaCache *cache;
  MxSession *session;
  MxScope *scope;
  DexPromise *promise;
  char *mxc;
  char *variant;
  char *key;
  int width;
  int height;
  gboolean crop;
  gint64 max;
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_object_unref (fetch->cache);
  g_object_unref (fetch->session);
  g_clear_pointer (&fetch->scope, mx_scope_unref);
  dex_unref (fetch->promise);
  g_free (fetch->mxc);
  g_free (fetch->variant);
  g_free (fetch->key);
  g_free (fetch);
}

static char *
thumbnail_variant (int width, int height, gboolean crop)
{
  return g_strdup_printf ("%dx%d%s", width, height, crop ? "-crop" : "");
}

static GBytes *
stored (MxMediaCache *self, const char *mxc, const char *variant)
{
  MxStore *reader = mx_session_get_reader (self->session);

  return reader != NULL ? mx_store_media_get (reader, mxc, variant) : NULL;
}

GBytes *
mx_media_cache_peek (MxMediaCache *self, const char *mxc, int width, int height, gboolean crop)
{
  g_autofree char *variant = thumbnail_variant (width, height, crop);

  return stored (self, mxc, variant);
}

typedef struct
{
  char *mxc;
  char *variant;
  GBytes *data;
  gint64 budget; /* bytes on disk; the least recently used go first */
} Keep;

static void
keep_free (gpointer data)
{
  Keep *keep = data;

  g_free (keep->mxc);
  g_free (keep->variant);
  g_bytes_unref (keep->data);
  g_free (keep);
}

static gboolean
keep_media (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  Keep *keep = data;

  return mx_store_media_put (store, keep->mxc, keep->variant, keep->data, keep->budget, error);
}

void
mx_media_cache_keep (MxMediaCache *self, const char *mxc, const char *name, GBytes *data)
{
  Keep *keep = g_new0 (Keep, 1);

  keep->mxc = g_strdup (mxc);
  keep->variant = g_strdup (name);
  keep->data = g_bytes_ref (data);
  keep->budget = get_budget (self);
  mx_session_write_later (self->session, keep_media, keep, keep_free);
}

GBytes *
mx_media_cache_peek_derived (MxMediaCache *self, const char *mxc, const char *name)
{
  return stored (self, mxc, name);
}

static void
release_slot (MxMediaCache *self)
{
  if (self->waiting->len > 0)
    {
      g_autoptr (DexPromise) turn = g_ptr_array_steal_index (self->waiting, self->waiting->len - 1);

      dex_promise_resolve_boolean (turn, TRUE);
    }
  else
    {
      self->busy--;
    }
}

/* Waits for one of the few slots; the newest request is what the user looks at. */
static gboolean
take_slot (Fetch *fetch, GError **error)
{
  MxMediaCache *self = fetch->cache;
  g_autoptr (DexPromise) turn = NULL;

  if (self->busy < PARALLEL)
    {
      self->busy++;
      return TRUE;
    }

  turn = dex_promise_new ();
  g_ptr_array_add (self->waiting, dex_ref (turn));

  if (dex_await (mx_guard (fetch->scope, dex_ref (DEX_FUTURE (turn))), error))
    return TRUE;

  /* Cancelled: out of the queue, or the slot that came too late goes to the next one. */
  if (!g_ptr_array_remove (self->waiting, turn))
    release_slot (self);

  return FALSE;
}

static gboolean
download (Fetch *fetch, GBytes **bytes, GError **error)
{
  MxHttp *http = mx_session_get_http (fetch->session);
  gboolean legacy = mx_session_has_legacy_media (fetch->session);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autofree char *type = NULL;
  DexFuture *request;

  if (http == NULL)
    {
      g_set_error_literal (error, MX_SESSION_ERROR, MX_SESSION_ERROR_OFFLINE, "Not connected");
      return FALSE;
    }

  if (fetch->width > 0)
    request = mx_media_thumbnail (
      http, fetch->mxc, legacy, fetch->width, fetch->height, fetch->crop, output, fetch->max);
  else
    request = mx_media_download (http, fetch->mxc, legacy, output, fetch->max, NULL, NULL);

  type = dex_await_string (mx_guard (fetch->scope, request), error);
  if (type == NULL ||
      (!g_output_stream_is_closed (output) && !g_output_stream_close (output, NULL, error)))
    return FALSE;

  *bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (output));

  return TRUE;
}

static DexFuture *
fetch_fiber (gpointer data)
{
  Fetch *fetch = data;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  gboolean fetched = FALSE;

  if (take_slot (fetch, &error))
    {
      fetched = download (fetch, &bytes, &error);
      release_slot (fetch->cache);
    }

  g_hash_table_remove (fetch->cache->running, fetch->key);
  if (!fetched)
    {
      dex_promise_reject (fetch->promise, g_steal_pointer (&error));
      return dex_future_new_true ();
    }

  if (g_bytes_get_size (bytes) <= CACHED_FULL_MAX)
    mx_media_cache_keep (fetch->cache, fetch->mxc, fetch->variant, bytes);
  dex_promise_resolve_boxed (fetch->promise, G_TYPE_BYTES, g_steal_pointer (&bytes));

  return dex_future_new_true ();
}

static DexFuture *
get (MxMediaCache *self,
     const char *mxc,
     char *variant, /* transfer full */
     int width,
     int height,
     gboolean crop,
     gint64 max)
{
  g_autofree char *key = g_strconcat (mxc, " ", variant, NULL);
  GBytes *known = stored (self, mxc, variant);
  DexPromise *running;
  Fetch *fetch;

  if (known != NULL)
    {
      g_free (variant);
      return mx_future_new_pointer (G_TYPE_BYTES, known);
    }

  running = g_hash_table_lookup (self->running, key);
  if (running != NULL)
    {
      g_free (variant);
      return dex_ref (DEX_FUTURE (running));
    }

  fetch = g_new0 (Fetch, 1);
  fetch->cache = g_object_ref (self);
  fetch->session = g_object_ref (self->session);
  fetch->scope = mx_scope_ref (mx_session_get_scope (self->session));
  fetch->promise = dex_promise_new ();
  fetch->mxc = g_strdup (mxc);
  fetch->variant = variant;
  fetch->key = g_strdup (key);
  fetch->width = width;
  fetch->height = height;
  fetch->crop = crop;
  fetch->max = max;
  g_hash_table_insert (self->running, g_strdup (key), dex_ref (fetch->promise));
  running = dex_ref (fetch->promise);
  mx_flow_start ("media", fetch_fiber, fetch, fetch_free);

  return DEX_FUTURE (running);
}

DexFuture *
mx_media_cache_thumbnail (MxMediaCache *self, const char *mxc, int width, int height, gboolean crop)
{
  return get (
    self, mxc, thumbnail_variant (width, height, crop), width, height, crop, THUMBNAIL_MAX);
}

DexFuture *
mx_media_cache_full (MxMediaCache *self, const char *mxc, gint64 max)
{
  return get (self, mxc, g_strdup ("full"), 0, 0, FALSE, max);
}

typedef struct
{
  MxSession *session;
  MxScope *scope;
  GFile *target;
  char *mxc;
  void (*progress) (double fraction, gpointer data);
  gpointer data;
  gboolean existed; /* the target, before */
} Save;

static void
save_free (gpointer data)
{
  Save *save = data;

  g_object_unref (save->session);
  g_clear_pointer (&save->scope, mx_scope_unref);
  g_object_unref (save->target);
  g_free (save->mxc);
  g_free (save);
}

static void
save_progress_cb (gint64 done, gint64 total, gpointer data)
{
  Save *save = data;

  if (save->progress != NULL && total > 0)
    save->progress (CLAMP ((double) done / (double) total, 0.0, 1.0), save->data);
}

static DexFuture *
save_fiber (gpointer data)
{
  Save *save = data;
  MxHttp *http = mx_session_get_http (save->session);
  g_autoptr (GFileOutputStream) output = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *type = NULL;

  if (http == NULL)
    return dex_future_new_reject (MX_SESSION_ERROR, MX_SESSION_ERROR_OFFLINE, "Not connected");

  output = dex_await_object (mx_guard (save->scope,
                                       dex_file_replace (save->target,
                                                         NULL,
                                                         FALSE,
                                                         G_FILE_CREATE_REPLACE_DESTINATION |
                                                           G_FILE_CREATE_PRIVATE,
                                                         G_PRIORITY_DEFAULT)),
                             &error);
  if (output == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  type = dex_await_string (mx_guard (save->scope,
                                     mx_media_download (http,
                                                        save->mxc,
                                                        mx_session_has_legacy_media (save->session),
                                                        G_OUTPUT_STREAM (output),
                                                        -1,
                                                        save_progress_cb,
                                                        save)),
                           &error);
  if (type != NULL)
    return g_output_stream_is_closed (G_OUTPUT_STREAM (output))
             ? dex_future_new_true ()
             : dex_output_stream_close (G_OUTPUT_STREAM (output), G_PRIORITY_DEFAULT);

  /* Half a file is worse than none: a cancelled close drops what g_file_replace() wrote beside the
   * old file. */
  {
    g_autoptr (GCancellable) cancelled = g_cancellable_new ();

    g_cancellable_cancel (cancelled);
    g_output_stream_close (G_OUTPUT_STREAM (output), cancelled, NULL);
  }
  if (!save->existed)
    {
      g_autoptr (GError) delete_error = NULL;

      if (!dex_await (dex_file_delete (save->target, G_PRIORITY_DEFAULT), &delete_error))
        g_debug ("unfinished file: %s %d",
                 g_quark_to_string (delete_error->domain),
                 delete_error->code);
    }

  return dex_future_new_for_error (g_steal_pointer (&error));
}

DexFuture *
mx_media_cache_save (MxMediaCache *self,
                     const char *mxc,
                     GFile *target,
                     void (*progress) (double fraction, gpointer data),
                     gpointer data)
{
  Save *save = g_new0 (Save, 1);

  save->session = g_object_ref (self->session);
  save->scope = mx_scope_ref (mx_session_get_scope (self->session));
  save->target = g_object_ref (target);
  save->existed = g_file_query_exists (target, NULL);
  save->mxc = g_strdup (mxc);
  save->progress = progress;
  save->data = data;

  return mx_flow_run (save_fiber, save, save_free);
}
