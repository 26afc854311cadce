/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-texture-loader.h"

#include "mx-image-loader.h"
#include "mx-media-cache.h"

/* Textures in memory; the oldest go first. Most are avatars of a few dozen kB. */
#define KEPT_TEXTURES 400

static GHashTable *textures;       /* key → GdkTexture */
static GQueue ages = G_QUEUE_INIT; /* keys, oldest first; borrowed from textures */

static char *
key_new (const char *mxc, int width, int height)
{
  return g_strdup_printf ("%s %dx%d", mxc, width, height);
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
  if (g_queue_get_length (&ages) > KEPT_TEXTURES)
    g_hash_table_remove (textures, g_queue_pop_head (&ages));
}

static char *
derived_name (int width, int height)
{
  return g_strdup_printf ("texture-%dx%d", width, height);
}

GdkTexture *
chappe_texture_peek (MxSession *session, const char *mxc, int width, int height)
{
  g_autofree char *key = key_new (mxc, width, height);
  g_autofree char *name = derived_name (width, height);
  GdkTexture *texture = textures != NULL ? g_hash_table_lookup (textures, key) : NULL;
  g_autoptr (GBytes) png = NULL;

  if (texture != NULL)
    return g_object_ref (texture);

  /* A PNG that this program wrote into its encrypted store, not one of a stranger's. */
  png = mx_media_cache_peek_derived (mx_session_get_media (session), mxc, name);
  texture = png != NULL ? gdk_texture_new_from_bytes (png, NULL) : NULL;
  if (texture != NULL)
    remember (key, texture);

  return texture;
}

typedef struct
{
  MxSession *session;
  char *mxc;
  int width;
  int height;
} Load;

static void
load_free (gpointer data)
{
  Load *load = data;

  g_object_unref (load->session);
  g_free (load->mxc);
  g_free (load);
}

static Load *
load_new (MxSession *session, const char *mxc, int width, int height)
{
  Load *load = g_new0 (Load, 1);

  load->session = g_object_ref (session);
  load->mxc = g_strdup (mxc);
  load->width = width;
  load->height = height;

  return load;
}

static DexFuture *
decoded_cb (DexFuture *future, gpointer data)
{
  Load *load = data;
  const MxImage *image = g_value_get_boxed (dex_future_get_value (future, NULL));
  g_autofree char *key = key_new (load->mxc, load->width, load->height);
  g_autofree char *name = derived_name (load->width, load->height);
  MxMediaCache *media = mx_session_get_media (load->session);
  g_autoptr (GdkTexture) texture = NULL;
  g_autoptr (GBytes) png = NULL;

  texture = gdk_memory_texture_new (image->width,
                                    image->height,
                                    GDK_MEMORY_R8G8B8A8_PREMULTIPLIED,
                                    image->pixels,
                                    image->stride);
  remember (key, texture);
  png = gdk_texture_save_to_png_bytes (texture);
  if (media != NULL)
    mx_media_cache_keep (media, load->mxc, name, png);

  return dex_future_new_take_object (g_steal_pointer (&texture));
}

static DexFuture *
fetched_cb (DexFuture *future, gpointer data)
{
  Load *load = data;
  GBytes *bytes = g_value_get_boxed (dex_future_get_value (future, NULL));

  return mx_image_load (bytes, load->width, load->height);
}

DexFuture *
chappe_texture_load (MxSession *session, const char *mxc, int width, int height, gboolean crop)
{
  MxMediaCache *media = mx_session_get_media (session);

  if (media == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CLOSED, "The session is closed");

  return dex_future_then (
    dex_future_then (mx_media_cache_thumbnail (media, mxc, width, height, crop),
                     fetched_cb,
                     load_new (session, mxc, width, height),
                     load_free),
    decoded_cb,
    load_new (session, mxc, width, height),
    load_free);
}
