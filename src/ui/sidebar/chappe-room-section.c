/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A heading of the room list. */
#include "config.h"

#include "chappe-room-section.h"

#include <glib/gi18n.h>

struct _ChappeRoomSection
{
  GObject parent_instance;

  MxRoomSection section;
  gboolean expanded;
  unsigned rooms;
  unsigned unread;
};

G_DEFINE_FINAL_TYPE (ChappeRoomSection, chappe_room_section, G_TYPE_OBJECT)

typedef enum
{
  PROP_EXPANDED = 1,
  PROP_ROOMS,
  PROP_UNREAD,
} ChappeRoomSectionProperty;

static GParamSpec *properties[PROP_UNREAD + 1];

static const struct
{
  const char *nick;
  const char *title;
} sections[] = {
  [MX_ROOM_SECTION_INVITES] = { "invitations", N_ ("Invitations") },
  [MX_ROOM_SECTION_FAVOURITES] = { "favourites", N_ ("Favourites") },
  [MX_ROOM_SECTION_DIRECT] = { "direct", N_ ("Direct Messages") },
  [MX_ROOM_SECTION_ROOMS] = { "rooms", N_ ("Rooms") },
  [MX_ROOM_SECTION_LOW_PRIORITY] = { "low-priority", N_ ("Low Priority") },
  [MX_ROOM_SECTION_ANNOUNCEMENTS] = { "announcements", N_ ("Announcements") },
};

static void
chappe_room_section_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ChappeRoomSection *self = CHAPPE_ROOM_SECTION (object);

  switch ((ChappeRoomSectionProperty) prop_id)
    {
    case PROP_EXPANDED:
      g_value_set_boolean (value, self->expanded);
      break;
    case PROP_ROOMS:
      g_value_set_uint (value, self->rooms);
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, self->unread);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_room_section_class_init (ChappeRoomSectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = chappe_room_section_get_property;

  properties[PROP_EXPANDED] = g_param_spec_boolean ("expanded", NULL, NULL, TRUE, flags);
  properties[PROP_ROOMS] = g_param_spec_uint ("rooms", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
chappe_room_section_init (ChappeRoomSection *self)
{
  self->expanded = TRUE;
}

ChappeRoomSection *
chappe_room_section_new (MxRoomSection section)
{
  ChappeRoomSection *self = g_object_new (CHAPPE_TYPE_ROOM_SECTION, NULL);

  self->section = section;
  return self;
}

MxRoomSection
chappe_room_section_get_section (ChappeRoomSection *self)
{
  return self->section;
}

const char *
chappe_room_section_get_title (ChappeRoomSection *self)
{
  return _ (sections[self->section].title);
}

const char *
chappe_room_section_get_nick (ChappeRoomSection *self)
{
  return sections[self->section].nick;
}

gboolean
chappe_room_section_is_expanded (ChappeRoomSection *self)
{
  return self->expanded;
}

void
chappe_room_section_set_expanded (ChappeRoomSection *self, gboolean expanded)
{
  if (self->expanded == expanded)
    return;
  self->expanded = expanded;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXPANDED]);
}

void
chappe_room_section_set_counts (ChappeRoomSection *self, unsigned rooms, unsigned unread)
{
  if (self->rooms != rooms)
    {
      self->rooms = rooms;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOMS]);
    }
  if (self->unread != unread)
    {
      self->unread = unread;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNREAD]);
    }
}

unsigned
chappe_room_section_get_rooms (ChappeRoomSection *self)
{
  return self->rooms;
}

unsigned
chappe_room_section_get_unread (ChappeRoomSection *self)
{
  return self->unread;
}
