/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* From the encrypted cache, or from the server through the decoder, to textures. */
#include "config.h"

#include "chappe-texture-loader.h"

#include "mx-image-loader.h"
#include "mx-media-cache.h"

/* Bytes of textures in memory beside those that are shown; the oldest go first. An avatar has 36
 * kB. */
#define MEMORY_BUDGET (24 * 1024 * 1024)
/* Larger ones are decoded again at the next start rather than crowd the thumbnails out of the
 * encrypted cache. */
#define STORED_MAX (128 * 1024)
/* An encrypted picture has no smaller one at the server. */
#define ENCRYPTED_MAX (20 * 1024 * 1024)

static GHashTable *textures; /* key → GdkTexture */
static gsize kept_bytes;
static GQueue ages = G_QUEUE_INIT; /* keys, oldest first; borrowed from textures */

/* A picture that is being fetched and decoded, once for all that wait for it: they share the
 * promise, which nobody can cancel. The same person speaks many times on a page. */
typedef struct
{
  MxSession *session;
  char *key;
  char *mxc;
  int width;
  int height;
  DexPromise *promise;
  DexFuture *work;
} Load;

static GHashTable *loading; /* key → Load */

static char *
key_new (const char *mxc, int width, int height)
{
  return g_strdup_printf ("%s %dx%d", mxc, width, height);
}

static char *
derived_name (int width, int height)
{
  return g_strdup_printf ("pixels-%dx%d", width, height);
}

static gsize
texture_bytes (GdkTexture *texture)
{
  return (gsize) gdk_texture_get_width (texture) * (gsize) gdk_texture_get_height (texture) * 4;
}

static void
remember (const char *key, GdkTexture *texture)
{
  char *owned;

  if (textures == NULL)
    textures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  if (g_hash_table_contains (textures, key))
    return;

  owned = g_strdup (key);
  g_hash_table_insert (textures, owned, g_object_ref (texture));
  g_queue_push_tail (&ages, owned);
  kept_bytes += texture_bytes (texture);
  while (kept_bytes > MEMORY_BUDGET)
    {
      const char *oldest = g_queue_pop_head (&ages);

      kept_bytes -= texture_bytes (g_hash_table_lookup (textures, oldest));
      g_hash_table_remove (textures, oldest);
    }
}

GdkTexture *
chappe_texture_new (const MxImage *image)
{
  return gdk_memory_texture_new (image->width,
                                 image->height,
                                 GDK_MEMORY_R8G8B8A8_PREMULTIPLIED,
                                 image->pixels,
                                 image->stride);
}

GdkTexture *
chappe_texture_peek (MxSession *session, const char *mxc, int width, int height)
{
  g_autofree char *key = key_new (mxc, width, height);
  g_autofree char *name = derived_name (width, height);
  GdkTexture *texture = textures != NULL ? g_hash_table_lookup (textures, key) : NULL;
  MxMediaCache *media = mx_session_get_media (session);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (MxImage) image = NULL;

  if (texture != NULL)
    return g_object_ref (texture);

  bytes = media != NULL ? mx_media_cache_peek_derived (media, mxc, name) : NULL;
  image = bytes != NULL ? mx_image_deserialize (bytes) : NULL;
  if (image == NULL)
    return NULL;
  texture = chappe_texture_new (image);
  remember (key, texture);
  return texture;
}

static void
load_free (gpointer data)
{
  Load *load = data;

  g_object_unref (load->session);
  g_free (load->key);
  g_free (load->mxc);
  dex_clear (&load->promise);
  dex_clear (&load->work);
  g_free (load);
}

static DexFuture *
fetched_cb (DexFuture *future, gpointer data)
{
  Load *load = data;

  return mx_image_load (g_value_get_boxed (dex_future_get_value (future, NULL)),
                        load->width,
                        load->height);
}

static void
keep_image (Load *load, const MxImage *image)
{
  MxMediaCache *media = mx_session_get_media (load->session);
  g_autofree char *name = derived_name (load->width, load->height);
  g_autoptr (GBytes) bytes = NULL;

  if (media == NULL || g_bytes_get_size (image->pixels) > STORED_MAX)
    return;
  bytes = mx_image_serialize (image);
  mx_media_cache_keep (media, load->mxc, name, bytes);
}

static DexFuture *
ended_cb (DexFuture *future, gpointer data)
{
  Load *load = data;
  g_autoptr (GError) error = NULL;
  const GValue *value = dex_future_get_value (future, &error);

  g_hash_table_steal (loading, load->key);
  if (value != NULL)
    {
      const MxImage *image = g_value_get_boxed (value);
      g_autoptr (GdkTexture) texture = chappe_texture_new (image);

      remember (load->key, texture);
      keep_image (load, image);
      dex_promise_resolve_object (load->promise, g_steal_pointer (&texture));
    }
  else
    {
      dex_promise_reject (load->promise, g_steal_pointer (&error));
    }

  /* not here: this is called by what it would free */
  g_idle_add_once (load_free, load);
  return dex_future_new_true ();
}

/* encrypted_file NULL: a clear picture. */
static DexFuture *
load (MxSession *session,
      const char *mxc,
      const char *encrypted_file,
      int width,
      int height,
      gboolean crop)
{
  MxMediaCache *media = mx_session_get_media (session);
  g_autofree char *key = key_new (mxc, width, height);
  DexFuture *fetch;
  DexFuture *future;
  Load *work;

  if (media == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CLOSED, "The session is closed");

  if (loading == NULL)
    loading = g_hash_table_new (g_str_hash, g_str_equal);
  work = g_hash_table_lookup (loading, key);
  if (work != NULL)
    return dex_ref (DEX_FUTURE (work->promise));

  work = g_new0 (Load, 1);
  work->session = g_object_ref (session);
  work->key = g_steal_pointer (&key);
  work->mxc = g_strdup (mxc);
  work->width = width;
  work->height = height;
  work->promise = dex_promise_new ();
  future = dex_ref (DEX_FUTURE (work->promise));
  g_hash_table_insert (loading, work->key, work);
  fetch = encrypted_file != NULL
            ? mx_media_cache_attachment (media, mxc, encrypted_file, ENCRYPTED_MAX)
            : mx_media_cache_thumbnail (media, mxc, width, height, crop);
  work->work =
    dex_future_finally (dex_future_then (fetch, fetched_cb, work, NULL), ended_cb, work, NULL);
  return future;
}

DexFuture *
chappe_texture_load (MxSession *session, const char *mxc, int width, int height, gboolean crop)
{
  return load (session, mxc, NULL, width, height, crop);
}

DexFuture *
chappe_texture_load_encrypted (MxSession *session,
                               const char *mxc,
                               const char *encrypted_file,
                               int width,
                               int height)
{
  return load (session, mxc, encrypted_file, width, height, FALSE);
}
