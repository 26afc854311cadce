/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#define G_SETTINGS_ENABLE_BACKEND
#include "config.h"

#include "locked-settings.h"

#include <gio/gsettingsbackend.h>

#define NAME "chappe-test"

typedef struct
{
  GSettingsBackend parent_instance;
} LockedSettings;

typedef struct
{
  GSettingsBackendClass parent_class;
} LockedSettingsClass;

static GHashTable *values; /* path → GVariant */
static GHashTable *locks;  /* path */

static GType locked_settings_get_type (void);
G_DEFINE_TYPE (LockedSettings, locked_settings, G_TYPE_SETTINGS_BACKEND)

static GVariant *
read_value (GSettingsBackend *backend,
            const char *key,
            const GVariantType *expected,
            gboolean default_value)
{
  GVariant *value =
    default_value && !g_hash_table_contains (locks, key) ? NULL : g_hash_table_lookup (values, key);

  return value != NULL ? g_variant_ref (value) : NULL;
}

static gboolean
get_writable (GSettingsBackend *backend, const char *key)
{
  return !g_hash_table_contains (locks, key);
}

static gboolean
write_value (GSettingsBackend *backend, const char *key, GVariant *value, gpointer origin)
{
  if (!get_writable (backend, key))
    return FALSE;
  if (value != NULL)
    g_hash_table_insert (values, g_strdup (key), g_variant_ref_sink (value));
  else
    g_hash_table_remove (values, key);
  g_settings_backend_changed (backend, key, origin);
  return TRUE;
}

static gboolean
write_one_cb (gpointer key, gpointer value, gpointer backend)
{
  write_value (backend, key, value, NULL);
  return FALSE;
}

static gboolean
write_tree (GSettingsBackend *backend, GTree *tree, gpointer origin)
{
  g_tree_foreach (tree, write_one_cb, backend);
  return TRUE;
}

static void
reset (GSettingsBackend *backend, const char *key, gpointer origin)
{
  write_value (backend, key, NULL, origin);
}

static void
locked_settings_class_init (LockedSettingsClass *klass)
{
  GSettingsBackendClass *backend_class = G_SETTINGS_BACKEND_CLASS (klass);

  backend_class->read = read_value;
  backend_class->get_writable = get_writable;
  backend_class->write = write_value;
  backend_class->write_tree = write_tree;
  backend_class->reset = reset;
}

static void
locked_settings_init (LockedSettings *self)
{
}

void
locked_settings_use (void)
{
  values =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_variant_unref);
  locks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_io_extension_point_register (G_SETTINGS_BACKEND_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_SETTINGS_BACKEND_EXTENSION_POINT_NAME,
                                  locked_settings_get_type (),
                                  NAME,
                                  0);
  g_setenv ("GSETTINGS_BACKEND", NAME, TRUE);
}

void
locked_settings_lock (const char *path, GVariant *value)
{
  g_hash_table_insert (values, g_strdup (path), g_variant_ref_sink (value));
  g_hash_table_add (locks, g_strdup (path));
}

void
locked_settings_unlock (const char *path)
{
  g_hash_table_remove (locks, path);
  g_hash_table_remove (values, path);
}

void
locked_settings_reset (void)
{
  GHashTableIter iter;
  gpointer path = NULL;

  g_hash_table_iter_init (&iter, values);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    if (!g_hash_table_contains (locks, path))
      g_hash_table_iter_remove (&iter);
}
