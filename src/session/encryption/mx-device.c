/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A device of a user. */
#include "config.h"

#include "mx-device-private.h"

#include "mx-base64.h"
#include "mx-store-identities.h"
#include "mx-text-clean.h"

#define MAX_NAME 100

struct _MxDevice
{
  GObject parent_instance;

  char *user_id;
  char *device_id;
  char *display_name;
  char *fingerprint;
  MxDeviceTrust trust;
  gint64 last_seen;
  char *last_ip;
  gboolean is_this;
};

G_DEFINE_FINAL_TYPE (MxDevice, mx_device, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (MxDeviceTrust,
                    mx_device_trust,
                    G_DEFINE_ENUM_VALUE (MX_DEVICE_UNVERIFIED, "unverified"),
                    G_DEFINE_ENUM_VALUE (MX_DEVICE_CROSS_SIGNED, "cross-signed"),
                    G_DEFINE_ENUM_VALUE (MX_DEVICE_VERIFIED, "verified"),
                    G_DEFINE_ENUM_VALUE (MX_DEVICE_BLOCKED, "blocked"))

typedef enum
{
  PROP_DEVICE_ID = 1,
  PROP_DISPLAY_NAME,
  PROP_FINGERPRINT,
  PROP_TRUST,
  PROP_LAST_SEEN,
  PROP_LAST_IP,
  PROP_IS_THIS,
  PROP_HAS_KEYS,
} MxDeviceProperty;

static GParamSpec *properties[PROP_HAS_KEYS + 1];

static void
mx_device_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MxDevice *self = MX_DEVICE (object);

  switch ((MxDeviceProperty) prop_id)
    {
    case PROP_DEVICE_ID:
      g_value_set_string (value, self->device_id);
      break;
    case PROP_DISPLAY_NAME:
      g_value_set_string (value, self->display_name);
      break;
    case PROP_FINGERPRINT:
      g_value_set_string (value, self->fingerprint);
      break;
    case PROP_TRUST:
      g_value_set_enum (value, self->trust);
      break;
    case PROP_LAST_SEEN:
      g_value_set_int64 (value, self->last_seen);
      break;
    case PROP_LAST_IP:
      g_value_set_string (value, self->last_ip);
      break;
    case PROP_IS_THIS:
      g_value_set_boolean (value, self->is_this);
      break;
    case PROP_HAS_KEYS:
      g_value_set_boolean (value, self->fingerprint != NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mx_device_finalize (GObject *object)
{
  MxDevice *self = MX_DEVICE (object);

  g_free (self->user_id);
  g_free (self->device_id);
  g_free (self->display_name);
  g_free (self->fingerprint);
  g_free (self->last_ip);

  G_OBJECT_CLASS (mx_device_parent_class)->finalize (object);
}

static void
mx_device_class_init (MxDeviceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mx_device_get_property;
  object_class->finalize = mx_device_finalize;

  properties[PROP_DEVICE_ID] = g_param_spec_string ("device-id", NULL, NULL, NULL, flags);
  properties[PROP_DISPLAY_NAME] = g_param_spec_string ("display-name", NULL, NULL, NULL, flags);
  properties[PROP_FINGERPRINT] = g_param_spec_string ("fingerprint", NULL, NULL, NULL, flags);
  properties[PROP_TRUST] = g_param_spec_enum ("trust",
                                              NULL,
                                              NULL,
                                              mx_device_trust_get_type (),
                                              MX_DEVICE_UNVERIFIED,
                                              flags);
  properties[PROP_LAST_SEEN] =
    g_param_spec_int64 ("last-seen", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_LAST_IP] = g_param_spec_string ("last-ip", NULL, NULL, NULL, flags);
  properties[PROP_IS_THIS] = g_param_spec_boolean ("is-this", NULL, NULL, FALSE, flags);
  properties[PROP_HAS_KEYS] = g_param_spec_boolean ("has-keys", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mx_device_init (MxDevice *self)
{
}

static MxDevice *
new_device (MxSession *session, const char *user_id, const char *device_id)
{
  MxDevice *self = g_object_new (MX_TYPE_DEVICE, NULL);

  self->user_id = g_strdup (user_id);
  self->device_id = g_strdup (device_id);
  self->display_name = g_strdup ("");
  self->is_this = g_str_equal (user_id, mx_session_get_user_id (session)) &&
                  g_str_equal (device_id, mx_session_get_device_id (session));

  return self;
}

MxDevice *
mx_device_new (MxSession *session, const MxStoredDevice *stored)
{
  MxDevice *self = new_device (session, stored->user_id, stored->device_id);

  mx_device_update (self, session, stored);

  return self;
}

MxDevice *
mx_device_new_without_keys (MxSession *session, const char *device_id)
{
  return new_device (session, mx_session_get_user_id (session), device_id);
}

char *
mx_device_group_key (const char *key)
{
  GString *groups = g_string_new (NULL);

  for (gsize i = 0; key[i] != '\0'; i++)
    {
      if (i > 0 && i % 4 == 0)
        g_string_append_c (groups, ' ');
      g_string_append_c (groups, key[i]);
    }

  return g_string_free_and_steal (groups);
}

static MxDeviceTrust
get_trust (MxSession *session, const MxStoredDevice *stored)
{
  MxStore *reader = mx_session_get_reader (session);
  g_autoptr (MxStoredIdentity) identity =
    reader != NULL ? mx_store_get_identity (reader, stored->user_id) : NULL;

  if (stored->trust == MX_LOCAL_TRUST_BLOCKED)
    return MX_DEVICE_BLOCKED;
  if (stored->trust == MX_LOCAL_TRUST_VERIFIED ||
      (g_str_equal (stored->user_id, mx_session_get_user_id (session)) &&
       g_str_equal (stored->device_id, mx_session_get_device_id (session))))
    return MX_DEVICE_VERIFIED;
  if (!stored->is_cross_signed)
    return MX_DEVICE_UNVERIFIED;

  return identity != NULL && identity->is_verified ? MX_DEVICE_VERIFIED : MX_DEVICE_CROSS_SIGNED;
}

static void
set_text (MxDevice *self, char **member, const char *text, MxDeviceProperty property)
{
  if (g_set_str (member, text))
    g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
set_name (MxDevice *self, const char *name)
{
  g_autofree char *clean = mx_text_clean_name (name, MAX_NAME);

  set_text (self, &self->display_name, clean, PROP_DISPLAY_NAME);
}

void
mx_device_update (MxDevice *self, MxSession *session, const MxStoredDevice *stored)
{
  gboolean had_keys = self->fingerprint != NULL;
  g_autofree char *key =
    stored != NULL ? mx_base64_encode (stored->ed25519, MX_STORE_KEY_SIZE) : NULL;
  g_autofree char *fingerprint = key != NULL ? mx_device_group_key (key) : NULL;
  MxDeviceTrust trust = stored != NULL ? get_trust (session, stored) : MX_DEVICE_UNVERIFIED;

  g_object_freeze_notify (G_OBJECT (self));
  if (stored != NULL && stored->display_name != NULL)
    set_name (self, stored->display_name);
  set_text (self, &self->fingerprint, fingerprint, PROP_FINGERPRINT);
  if (had_keys != (fingerprint != NULL))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HAS_KEYS]);
  if (trust != self->trust)
    {
      self->trust = trust;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TRUST]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
mx_device_set_seen (MxDevice *self, const char *name, gint64 last_seen, const char *last_ip)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (name != NULL)
    set_name (self, name);
  set_text (self, &self->last_ip, last_ip, PROP_LAST_IP);
  if (last_seen != self->last_seen)
    {
      self->last_seen = last_seen;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LAST_SEEN]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

const char *
mx_device_get_user_id (MxDevice *self)
{
  g_return_val_if_fail (MX_IS_DEVICE (self), NULL);

  return self->user_id;
}

const char *
mx_device_get_device_id (MxDevice *self)
{
  g_return_val_if_fail (MX_IS_DEVICE (self), NULL);

  return self->device_id;
}

const char *
mx_device_get_display_name (MxDevice *self)
{
  g_return_val_if_fail (MX_IS_DEVICE (self), NULL);

  return self->display_name;
}

const char *
mx_device_get_fingerprint (MxDevice *self)
{
  g_return_val_if_fail (MX_IS_DEVICE (self), NULL);

  return self->fingerprint;
}

MxDeviceTrust
mx_device_get_trust (MxDevice *self)
{
  g_return_val_if_fail (MX_IS_DEVICE (self), MX_DEVICE_UNVERIFIED);

  return self->trust;
}

gint64
mx_device_get_last_seen (MxDevice *self)
{
  g_return_val_if_fail (MX_IS_DEVICE (self), 0);

  return self->last_seen;
}

const char *
mx_device_get_last_ip (MxDevice *self)
{
  g_return_val_if_fail (MX_IS_DEVICE (self), NULL);

  return self->last_ip;
}

gboolean
mx_device_is_this (MxDevice *self)
{
  g_return_val_if_fail (MX_IS_DEVICE (self), FALSE);

  return self->is_this;
}

gboolean
mx_device_has_keys (MxDevice *self)
{
  g_return_val_if_fail (MX_IS_DEVICE (self), FALSE);

  return self->fingerprint != NULL;
}
