/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-preferences.h. */
#include "config.h"

#include "mx-preferences.h"

#define CACHE_MB 256

struct _MxPreferences
{
  GObject parent_instance;

  gboolean send_read_receipts;
  gboolean send_presence;
  int max_cache_size; /* MB */
};

G_DEFINE_FINAL_TYPE (MxPreferences, mx_preferences, G_TYPE_OBJECT)

typedef enum
{
  PROP_SEND_READ_RECEIPTS = 1,
  PROP_SEND_PRESENCE,
  PROP_MAX_CACHE_SIZE,
} MxPreferencesProperty;

static GParamSpec *properties[PROP_MAX_CACHE_SIZE + 1];

static void
mx_preferences_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MxPreferences *self = MX_PREFERENCES (object);

  switch ((MxPreferencesProperty) prop_id)
    {
    case PROP_SEND_READ_RECEIPTS:
      g_value_set_boolean (value, self->send_read_receipts);
      break;
    case PROP_SEND_PRESENCE:
      g_value_set_boolean (value, self->send_presence);
      break;
    case PROP_MAX_CACHE_SIZE:
      g_value_set_int (value, self->max_cache_size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_flag (MxPreferences *self, gboolean *flag, gboolean value, GParamSpec *pspec)
{
  if (*flag == value)
    return;
  *flag = value;
  g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

static void
mx_preferences_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MxPreferences *self = MX_PREFERENCES (object);

  switch ((MxPreferencesProperty) prop_id)
    {
    case PROP_SEND_READ_RECEIPTS:
      set_flag (self, &self->send_read_receipts, g_value_get_boolean (value), pspec);
      break;
    case PROP_SEND_PRESENCE:
      set_flag (self, &self->send_presence, g_value_get_boolean (value), pspec);
      break;
    case PROP_MAX_CACHE_SIZE:
      set_flag (self, &self->max_cache_size, g_value_get_int (value), pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mx_preferences_class_init (MxPreferencesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mx_preferences_get_property;
  object_class->set_property = mx_preferences_set_property;

  properties[PROP_SEND_READ_RECEIPTS] =
    g_param_spec_boolean ("send-read-receipts", NULL, NULL, TRUE, flags);
  properties[PROP_SEND_PRESENCE] = g_param_spec_boolean ("send-presence", NULL, NULL, TRUE, flags);
  properties[PROP_MAX_CACHE_SIZE] =
    g_param_spec_int ("max-cache-size", NULL, NULL, 0, G_MAXINT, CACHE_MB, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mx_preferences_init (MxPreferences *self)
{
  self->send_read_receipts = TRUE;
  self->send_presence = TRUE;
  self->max_cache_size = CACHE_MB;
}

MxPreferences *
mx_preferences_new (void)
{
  return g_object_new (MX_TYPE_PREFERENCES, NULL);
}

gboolean
mx_preferences_get_send_read_receipts (MxPreferences *self)
{
  g_return_val_if_fail (MX_IS_PREFERENCES (self), TRUE);

  return self->send_read_receipts;
}

gboolean
mx_preferences_get_send_presence (MxPreferences *self)
{
  g_return_val_if_fail (MX_IS_PREFERENCES (self), TRUE);

  return self->send_presence;
}

gint64
mx_preferences_get_cache_bytes (MxPreferences *self)
{
  g_return_val_if_fail (MX_IS_PREFERENCES (self), 0);

  return (gint64) self->max_cache_size * 1000 * 1000;
}
