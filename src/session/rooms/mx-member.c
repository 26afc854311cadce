/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One member of a room, made from a row of the store; never changed. Main thread. */
#include "config.h"

#include "mx-member-private.h"

#include "mx-room-name.h"

struct _MxMember
{
  GObject parent_instance;

  char *user_id;
  char *name;
  char *avatar_url;
  int power;
  MxMembership membership;
};

G_DEFINE_FINAL_TYPE (MxMember, mx_member, G_TYPE_OBJECT)

typedef enum
{
  PROP_USER_ID = 1,
  PROP_NAME,
  PROP_AVATAR_URL,
  PROP_POWER,
  PROP_MEMBERSHIP,
} MxMemberProperty;

static GParamSpec *properties[PROP_MEMBERSHIP + 1];

static void
mx_member_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MxMember *self = MX_MEMBER (object);

  switch ((MxMemberProperty) prop_id)
    {
    case PROP_USER_ID:
      g_value_set_string (value, self->user_id);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_AVATAR_URL:
      g_value_set_string (value, self->avatar_url);
      break;
    case PROP_POWER:
      g_value_set_int (value, self->power);
      break;
    case PROP_MEMBERSHIP:
      g_value_set_int (value, self->membership);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mx_member_finalize (GObject *object)
{
  MxMember *self = MX_MEMBER (object);

  g_clear_pointer (&self->user_id, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->avatar_url, g_free);

  G_OBJECT_CLASS (mx_member_parent_class)->finalize (object);
}

static void
mx_member_class_init (MxMemberClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mx_member_get_property;
  object_class->finalize = mx_member_finalize;

  properties[PROP_USER_ID] = g_param_spec_string ("user-id", NULL, NULL, NULL, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_AVATAR_URL] = g_param_spec_string ("avatar-url", NULL, NULL, NULL, flags);
  properties[PROP_POWER] = g_param_spec_int ("power", NULL, NULL, G_MININT, G_MAXINT, 0, flags);
  properties[PROP_MEMBERSHIP] = g_param_spec_int (
    "membership", NULL, NULL, MX_MEMBERSHIP_NONE, MX_MEMBERSHIP_BAN, MX_MEMBERSHIP_NONE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mx_member_init (MxMember *self)
{
}

MxMember *
mx_member_new (const MxMemberRow *row)
{
  MxMember *self = g_object_new (MX_TYPE_MEMBER, NULL);

  self->user_id = g_strdup (row->user_id);
  self->name = mx_user_name_compute (row->display_name, row->user_id, row->ambiguous);
  self->avatar_url = g_strdup (row->avatar_url);
  self->power = row->power;
  self->membership = row->membership;

  return self;
}

const char *
mx_member_get_user_id (MxMember *self)
{
  g_return_val_if_fail (MX_IS_MEMBER (self), NULL);

  return self->user_id;
}

const char *
mx_member_get_name (MxMember *self)
{
  g_return_val_if_fail (MX_IS_MEMBER (self), NULL);

  return self->name;
}

const char *
mx_member_get_avatar_url (MxMember *self)
{
  g_return_val_if_fail (MX_IS_MEMBER (self), NULL);

  return self->avatar_url;
}

int
mx_member_get_power (MxMember *self)
{
  g_return_val_if_fail (MX_IS_MEMBER (self), 0);

  return self->power;
}
