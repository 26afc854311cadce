/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A room as the user interface binds to it: the row of the store as properties. What a room does is
 * in mx-room-send.c (messages), mx-room-membership.c (joining, leaving, members) and
 * mx-room-reading.c (typing, drafts, how far one has read). Main thread. */
#include "config.h"

#include "mx-room-private.h"

#include <glib/gi18n-lib.h>

#include "mx-session-private.h"

G_DEFINE_FINAL_TYPE (MxRoom, mx_room, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (MxRoomSection,
                    mx_room_section,
                    G_DEFINE_ENUM_VALUE (MX_ROOM_SECTION_INVITES, "invites"),
                    G_DEFINE_ENUM_VALUE (MX_ROOM_SECTION_FAVOURITES, "favourites"),
                    G_DEFINE_ENUM_VALUE (MX_ROOM_SECTION_DIRECT, "direct"),
                    G_DEFINE_ENUM_VALUE (MX_ROOM_SECTION_ROOMS, "rooms"),
                    G_DEFINE_ENUM_VALUE (MX_ROOM_SECTION_LOW_PRIORITY, "low-priority"),
                    G_DEFINE_ENUM_VALUE (MX_ROOM_SECTION_ANNOUNCEMENTS, "announcements"),
                    G_DEFINE_ENUM_VALUE (MX_ROOM_SECTION_HIDDEN, "hidden"))

typedef enum
{
  PROP_ROOM_ID = 1,
  PROP_NAME,
  PROP_AVATAR_URL,
  PROP_TOPIC,
  PROP_SECTION,
  PROP_MEMBERSHIP,
  PROP_DIRECT,
  PROP_ENCRYPTED,
  PROP_PUBLIC,
  PROP_FAVOURITE,
  PROP_LOW_PRIORITY,
  PROP_MARKED_UNREAD,
  PROP_UNREAD,
  PROP_HIGHLIGHTS,
  PROP_LAST_TS,
  PROP_PREVIEW,
  PROP_UNREADABLE_PREVIEW,
  PROP_DRAFT,
  PROP_FAILED_SENDS,
  PROP_TYPING,
  PROP_JOINED_MEMBERS,
  PROP_INVITER_NAME,
  PROP_SUCCESSOR,
} MxRoomProperty;

static GParamSpec *properties[PROP_SUCCESSOR + 1];
static unsigned signal_upload_progress;

/* The value of a property that comes from the row or from what was made of it. */
static void
get_row_property (MxRoom *self, MxRoomProperty property, GValue *value)
{
  const MxRoomRow *row = self->row;

  switch (property)
    {
    case PROP_ROOM_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_NAME:
      g_value_set_string (value, row->name);
      break;
    case PROP_AVATAR_URL:
      g_value_set_string (value, row->avatar_url);
      break;
    case PROP_TOPIC:
      g_value_set_string (value, row->topic);
      break;
    case PROP_SECTION:
      g_value_set_enum (value, mx_room_get_section (self));
      break;
    case PROP_MEMBERSHIP:
      g_value_set_int (value, row->membership);
      break;
    case PROP_DIRECT:
      g_value_set_boolean (value, row->is_direct);
      break;
    case PROP_ENCRYPTED:
      g_value_set_boolean (value, row->is_encrypted);
      break;
    case PROP_PUBLIC:
      g_value_set_boolean (value, row->is_public);
      break;
    case PROP_FAVOURITE:
      g_value_set_boolean (value, row->is_favourite);
      break;
    case PROP_LOW_PRIORITY:
      g_value_set_boolean (value, row->is_low_priority);
      break;
    case PROP_MARKED_UNREAD:
      g_value_set_boolean (value, row->marked_unread);
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, row->unread);
      break;
    case PROP_HIGHLIGHTS:
      g_value_set_uint (value, row->highlights);
      break;
    case PROP_LAST_TS:
      g_value_set_int64 (value, row->last_ts);
      break;
    case PROP_PREVIEW:
      g_value_set_string (value, self->preview);
      break;
    case PROP_UNREADABLE_PREVIEW:
      g_value_set_boolean (value, row->preview == MX_ROOM_PREVIEW_UNREADABLE);
      break;
    case PROP_DRAFT:
      g_value_set_string (value, row->draft_text);
      break;
    case PROP_FAILED_SENDS:
      g_value_set_uint (value, row->failed_sends);
      break;
    case PROP_TYPING:
      g_value_set_boxed (value, self->typing);
      break;
    case PROP_JOINED_MEMBERS:
      g_value_set_uint (value, row->joined_members);
      break;
    case PROP_INVITER_NAME:
      g_value_set_string (value, row->inviter_name != NULL ? row->inviter_name : row->inviter);
      break;
    case PROP_SUCCESSOR:
      g_value_set_string (value, row->successor);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
mx_room_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id >= PROP_ROOM_ID && prop_id <= PROP_SUCCESSOR)
    get_row_property (MX_ROOM (object), prop_id, value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
mx_room_finalize (GObject *object)
{
  MxRoom *self = MX_ROOM (object);

  g_clear_weak_pointer (&self->session);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->row, mx_room_row_unref);
  g_clear_pointer (&self->preview, g_free);
  g_clear_pointer (&self->members, g_hash_table_unref);
  g_clear_pointer (&self->typing, g_strfreev);
  g_clear_pointer (&self->draft, g_free);

  G_OBJECT_CLASS (mx_room_parent_class)->finalize (object);
}

static void
mx_room_class_init (MxRoomClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  static const struct
  {
    MxRoomProperty id;
    const char *name;
  } strings[] = {
    { PROP_ROOM_ID, "room-id" },
    { PROP_NAME, "name" },
    { PROP_AVATAR_URL, "avatar-url" },
    { PROP_TOPIC, "topic" },
    { PROP_PREVIEW, "preview" },
    { PROP_DRAFT, "draft" },
    { PROP_INVITER_NAME, "inviter-name" },
    { PROP_SUCCESSOR, "successor" },
  }, booleans[] = {
    { PROP_DIRECT, "direct" },
    { PROP_ENCRYPTED, "encrypted" },
    { PROP_PUBLIC, "public" },
    { PROP_FAVOURITE, "favourite" },
    { PROP_LOW_PRIORITY, "low-priority" },
    { PROP_MARKED_UNREAD, "marked-unread" },
    { PROP_UNREADABLE_PREVIEW, "unreadable-preview" },
  }, counts[] = {
    { PROP_UNREAD, "unread" },
    { PROP_HIGHLIGHTS, "highlights" },
    { PROP_FAILED_SENDS, "failed-sends" },
    { PROP_JOINED_MEMBERS, "joined-members" },
  };

  object_class->get_property = mx_room_get_property;
  object_class->finalize = mx_room_finalize;

  for (gsize i = 0; i < G_N_ELEMENTS (strings); i++)
    properties[strings[i].id] = g_param_spec_string (strings[i].name, NULL, NULL, NULL, flags);
  for (gsize i = 0; i < G_N_ELEMENTS (booleans); i++)
    properties[booleans[i].id] = g_param_spec_boolean (booleans[i].name, NULL, NULL, FALSE, flags);
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    properties[counts[i].id] =
      g_param_spec_uint (counts[i].name, NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_SECTION] = g_param_spec_enum ("section",
                                                NULL,
                                                NULL,
                                                mx_room_section_get_type (),
                                                MX_ROOM_SECTION_ROOMS,
                                                flags);
  properties[PROP_MEMBERSHIP] = g_param_spec_int (
    "membership", NULL, NULL, MX_MEMBERSHIP_NONE, MX_MEMBERSHIP_BAN, MX_MEMBERSHIP_NONE, flags);
  properties[PROP_LAST_TS] =
    g_param_spec_int64 ("last-ts", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_TYPING] = g_param_spec_boxed ("typing", NULL, NULL, G_TYPE_STRV, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signal_upload_progress = g_signal_new ("upload-progress",
                                         G_TYPE_FROM_CLASS (klass),
                                         G_SIGNAL_RUN_LAST,
                                         0,
                                         NULL,
                                         NULL,
                                         NULL,
                                         G_TYPE_NONE,
                                         2,
                                         G_TYPE_STRING,
                                         G_TYPE_DOUBLE);
}

void
mx_room_uploaded (MxRoom *self, const char *txn_id, double progress)
{
  g_signal_emit (self, signal_upload_progress, 0, txn_id, progress);
}

static void
mx_room_init (MxRoom *self)
{
  self->typing = g_new0 (char *, 1);
}

/* "Prénom NOM [Organisme]" → "Prénom" */
static char *
first_name (const char *name)
{
  const char *space = strchr (name, ' ');

  return space != NULL && space > name ? g_strndup (name, space - name) : g_strdup (name);
}

static char *
make_preview (MxRoom *self)
{
  const MxRoomRow *row = self->row;
  g_autofree char *name = NULL;

  if (row->last_summary == NULL)
    return NULL;

  if (self->session != NULL && row->last_sender != NULL &&
      g_strcmp0 (row->last_sender, mx_session_get_user_id (self->session)) == 0)
    /* Translators: the last message of a conversation, written by the user */
    return g_strdup_printf (_ ("You: %s"), row->last_summary);
  if (row->is_direct || row->last_sender_name == NULL)
    return g_strdup (row->last_summary);

  name = first_name (row->last_sender_name);
  /* Translators: the last message of a conversation: first name of its author, message */
  return g_strdup_printf (_ ("%s: %s"), name, row->last_summary);
}

MxRoom *
mx_room_new (MxSession *session, MxRoomRow *row)
{
  MxRoom *self = g_object_new (MX_TYPE_ROOM, NULL);

  g_set_weak_pointer (&self->session, session);
  self->id = g_strdup (row->room_id);
  self->row = mx_room_row_ref (row);
  self->preview = make_preview (self);

  return self;
}

static gboolean
property_differs (const GValue *a, const GValue *b)
{
  if (G_VALUE_HOLDS_STRING (a))
    return g_strcmp0 (g_value_get_string (a), g_value_get_string (b)) != 0;
  if (G_VALUE_HOLDS_BOOLEAN (a))
    return g_value_get_boolean (a) != g_value_get_boolean (b);
  if (G_VALUE_HOLDS_UINT (a))
    return g_value_get_uint (a) != g_value_get_uint (b);
  if (G_VALUE_HOLDS_INT (a))
    return g_value_get_int (a) != g_value_get_int (b);
  if (G_VALUE_HOLDS_INT64 (a))
    return g_value_get_int64 (a) != g_value_get_int64 (b);
  if (G_VALUE_HOLDS_ENUM (a))
    return g_value_get_enum (a) != g_value_get_enum (b);

  return g_value_get_boxed (a) != g_value_get_boxed (b);
}

/* The properties before and after a change, to notify only what differs. */
typedef struct
{
  GValue values[PROP_SUCCESSOR + 1];
} MxRoomSnapshot;

static void
snapshot_take (MxRoomSnapshot *snapshot, MxRoom *self)
{
  for (guint i = PROP_ROOM_ID; i <= PROP_SUCCESSOR; i++)
    {
      g_value_init (&snapshot->values[i], G_PARAM_SPEC_VALUE_TYPE (properties[i]));
      get_row_property (self, i, &snapshot->values[i]);
    }
}

static void
snapshot_notify (MxRoomSnapshot *snapshot, MxRoom *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = PROP_ROOM_ID; i <= PROP_SUCCESSOR; i++)
    {
      g_auto (GValue) now = G_VALUE_INIT;

      g_value_init (&now, G_PARAM_SPEC_VALUE_TYPE (properties[i]));
      get_row_property (self, i, &now);
      if (i != PROP_TYPING && property_differs (&snapshot->values[i], &now))
        g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
      g_value_unset (&snapshot->values[i]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
mx_room_set_row (MxRoom *self, MxRoomRow *row)
{
  MxRoomSnapshot snapshot = { 0 };

  if (self->row == row)
    return;

  snapshot_take (&snapshot, self);
  mx_room_row_unref (self->row);
  self->row = mx_room_row_ref (row);
  g_free (self->preview);
  self->preview = make_preview (self);
  snapshot_notify (&snapshot, self);
}

void
mx_room_set_replaced (MxRoom *self, gboolean replaced)
{
  MxRoomSection section = mx_room_get_section (self);

  self->replaced = replaced;
  if (mx_room_get_section (self) != section)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SECTION]);
}

static void
read_typing (MxRoom *self)
{
  MxStore *reader = self->session != NULL ? mx_session_get_reader (self->session) : NULL;
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_auto (GStrv) users = reader != NULL ? mx_store_get_typing (reader, self->id) : NULL;
  g_auto (GStrv) typing = NULL;

  for (gsize i = 0; users != NULL && users[i] != NULL; i++)
    if (g_strcmp0 (users[i], mx_session_get_user_id (self->session)) != 0 &&
        !mx_session_is_ignored (self->session, users[i]))
      g_strv_builder_add (names, mx_room_get_member_name (self, users[i]));

  typing = g_strv_builder_end (names);
  if (g_strv_equal ((const char *const *) typing, (const char *const *) self->typing))
    return;

  g_strfreev (self->typing);
  self->typing = g_steal_pointer (&typing);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TYPING]);
}

void
mx_room_changed (MxRoom *self, MxRoomChangeFlags flags)
{
  if (flags & (MX_ROOM_CHANGED_MEMBERS | MX_ROOM_CHANGED_STATE))
    g_clear_pointer (&self->members, g_hash_table_unref);
  if (flags & MX_ROOM_CHANGED_TYPING)
    read_typing (self);
}

const char *
mx_room_get_id (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  return self->id;
}

const char *
mx_room_get_name (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  return self->row->name;
}

const char *
mx_room_get_avatar_url (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  return self->row->avatar_url;
}

const char *
mx_room_get_topic (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  return self->row->topic;
}

MxRoomSection
mx_room_get_section (MxRoom *self)
{
  const MxRoomRow *row = NULL;

  g_return_val_if_fail (MX_IS_ROOM (self), MX_ROOM_SECTION_HIDDEN);

  row = self->row;
  if (row->membership == MX_MEMBERSHIP_INVITE)
    return MX_ROOM_SECTION_INVITES;
  if (row->membership != MX_MEMBERSHIP_JOIN || row->is_space || self->replaced)
    return MX_ROOM_SECTION_HIDDEN;
  if (row->is_server_notice)
    return MX_ROOM_SECTION_ANNOUNCEMENTS;
  if (row->is_favourite)
    return MX_ROOM_SECTION_FAVOURITES;
  if (row->is_low_priority)
    return MX_ROOM_SECTION_LOW_PRIORITY;

  return row->is_direct ? MX_ROOM_SECTION_DIRECT : MX_ROOM_SECTION_ROOMS;
}

const MxRoomRow *
mx_room_get_row (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  return self->row;
}

MxSession *
mx_room_get_session (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  return self->session;
}

unsigned
mx_room_get_unread (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), 0);

  return self->row->unread;
}

unsigned
mx_room_get_highlights (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), 0);

  return self->row->highlights;
}

const char *const *
mx_room_get_typing (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  return (const char *const *) self->typing;
}
