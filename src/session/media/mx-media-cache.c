/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-media-cache-private.h"

#include "mx-attachment-file.h"
#include "mx-error.h"
#include "mx-media-requests.h"
#include "mx-session-private.h"
#include "mx-store-media.h"

/* Kept on disk, encrypted; the least recently used go first. */
#define DISK_BUDGET (256 * 1024 * 1024)
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
  MxWorker *worker; /* hashes and decrypts; NULL until there is something */
};

G_DEFINE_FINAL_TYPE (MxMediaCache, mx_media_cache, G_TYPE_OBJECT)

static void
mx_media_cache_finalize (GObject *object)
{
  MxMediaCache *self = MX_MEDIA_CACHE (object);

  if (self->worker != NULL)
    mx_worker_stop (self->worker);
  g_clear_object (&self->worker);
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

MxMediaCache *
mx_media_cache_new (MxSession *session)
{
  MxMediaCache *self = g_object_new (MX_TYPE_MEDIA_CACHE, NULL);

  self->session = session;

  return self;
}

MxSession *
mx_media_cache_get_session (MxMediaCache *self)
{
  return self->session;
}

MxWorker *
mx_media_cache_get_worker (MxMediaCache *self)
{
  if (self->worker == NULL)
    self->worker = mx_worker_new ("attachments");

  return self->worker;
}

typedef struct
{
  MxMediaCache *cache;
  MxSession *session;
  MxScope *scope;
  DexPromise *promise;
  char *encrypted_file; /* JSON text, NULL: clear */
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
  g_free (fetch->encrypted_file);
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

  return mx_store_media_put (store, keep->mxc, keep->variant, keep->data, DISK_BUDGET, error);
}

void
mx_media_cache_keep (MxMediaCache *self, const char *mxc, const char *name, GBytes *data)
{
  Keep *keep = g_new0 (Keep, 1);

  keep->mxc = g_strdup (mxc);
  keep->variant = g_strdup (name);
  keep->data = g_bytes_ref (data);
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

typedef struct
{
  GBytes *ciphertext;
  MxAttachmentKey *key;
} Decryption;

static void
decryption_free (gpointer data)
{
  Decryption *decryption = data;

  g_bytes_unref (decryption->ciphertext);
  mx_attachment_key_unref (decryption->key);
  g_free (decryption);
}

/* On the worker. */
static gboolean
decrypt_work (gpointer data, GValue *result, GError **error)
{
  Decryption *decryption = data;
  GBytes *clear = mx_attachment_bytes_decrypt (decryption->ciphertext, decryption->key, error);

  if (clear == NULL)
    return FALSE;
  g_value_init (result, G_TYPE_BYTES);
  g_value_take_boxed (result, clear);

  return TRUE;
}

/* Replaces bytes, if they are those that the event speaks of. */
static gboolean
decrypt (Fetch *fetch, GBytes **bytes, GError **error)
{
  g_autoptr (MxAttachmentKey) key = mx_media_parse_key (fetch->encrypted_file, error);
  Decryption *decryption = NULL;
  GBytes *clear = NULL;

  if (key == NULL)
    return FALSE;
  decryption = g_new0 (Decryption, 1);
  decryption->ciphertext = g_bytes_ref (*bytes);
  decryption->key = g_steal_pointer (&key);
  clear = dex_await_boxed (mx_guard (fetch->scope,
                                     mx_worker_run (mx_media_cache_get_worker (fetch->cache),
                                                    decrypt_work,
                                                    decryption,
                                                    decryption_free)),
                           error);
  if (clear == NULL)
    return FALSE;
  g_bytes_unref (*bytes);
  *bytes = clear;

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
      fetched = download (fetch, &bytes, &error) &&
                (fetch->encrypted_file == NULL || decrypt (fetch, &bytes, &error));
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
     const char *encrypted_file,
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
  fetch->encrypted_file = g_strdup (encrypted_file);
  g_hash_table_insert (self->running, g_strdup (key), dex_ref (fetch->promise));
  running = dex_ref (fetch->promise);
  mx_flow_start ("media", fetch_fiber, fetch, fetch_free);

  return DEX_FUTURE (running);
}

DexFuture *
mx_media_cache_thumbnail (MxMediaCache *self, const char *mxc, int width, int height, gboolean crop)
{
  return get (
    self, mxc, thumbnail_variant (width, height, crop), NULL, width, height, crop, THUMBNAIL_MAX);
}

DexFuture *
mx_media_cache_full (MxMediaCache *self, const char *mxc, gint64 max)
{
  return get (self, mxc, g_strdup ("full"), NULL, 0, 0, FALSE, max);
}

/* By the key as well: another event that names the same file has to prove that it means it. */
static char *
decrypted_variant (const char *encrypted_file)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, encrypted_file, -1);

  return g_strconcat ("decrypted-", hash, NULL);
}

DexFuture *
mx_media_cache_attachment (MxMediaCache *self,
                           const char *mxc,
                           const char *encrypted_file,
                           gint64 max)
{
  if (encrypted_file == NULL)
    return mx_media_cache_full (self, mxc, max);

  return get (self, mxc, decrypted_variant (encrypted_file), encrypted_file, 0, 0, FALSE, max);
}

GBytes *
mx_media_cache_peek_attachment (MxMediaCache *self, const char *mxc, const char *encrypted_file)
{
  g_autofree char *variant =
    encrypted_file != NULL ? decrypted_variant (encrypted_file) : g_strdup ("full");

  return stored (self, mxc, variant);
}
