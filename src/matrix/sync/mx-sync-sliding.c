/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Simplified sliding sync (MSC4186) in the shape that Synapse serves under the unstable prefix. */
#include "config.h"

#include "mx-sync-sliding.h"
#include "mx-http-reply.h"
#include "mx-sync-sections.h"

#include "mx-matrix-id.h"

#include <string.h>

#define ENDPOINT        "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync"
#define MAX_STRIPPED    200
#define TO_DEVICE_LIMIT 100

/* The state that a room row, a header and the send queue need. Members come as they speak. */
static const char *const required_state[][2] = {
  { "m.room.create", "" },          { "m.room.name", "" },
  { "m.room.avatar", "" },          { "m.room.topic", "" },
  { "m.room.canonical_alias", "" }, { "m.room.encryption", "" },
  { "m.room.join_rules", "" },      { "m.room.history_visibility", "" },
  { "m.room.power_levels", "" },    { "m.room.tombstone", "" },
  { "m.room.pinned_events", "" },   { "im.vector.room.access_rules", "" },
  { "m.room.member", "$ME" },       { "m.room.member", "$LAZY" },
  { "m.space.parent", "*" },        { "m.space.child", "*" },
};

static void
add_room_parameters (MxJsonWriter *writer, unsigned timeline_limit)
{
  mx_json_add_int (writer, "timeline_limit", timeline_limit);
  mx_json_begin_array (writer, "required_state");
  for (gsize i = 0; i < G_N_ELEMENTS (required_state); i++)
    {
      mx_json_begin_array (writer, NULL);
      mx_json_add_string (writer, NULL, required_state[i][0]);
      mx_json_add_string (writer, NULL, required_state[i][1]);
      mx_json_end (writer);
    }
  mx_json_end (writer);
}

static void
add_list (MxJsonWriter *writer, const char *name, unsigned range_end, unsigned timeline_limit)
{
  mx_json_begin_object (writer, name);
  mx_json_begin_array (writer, "ranges");
  mx_json_begin_array (writer, NULL);
  mx_json_add_int (writer, NULL, 0);
  mx_json_add_int (writer, NULL, range_end);
  mx_json_end (writer);
  mx_json_end (writer);
  add_room_parameters (writer, timeline_limit);
  mx_json_end (writer);
}

static void
add_lists (MxJsonWriter *writer, const MxSlidingRequest *request)
{
  mx_json_begin_object (writer, "lists");
  add_list (writer, "all", request->range_end, request->timeline_limit);
  if (request->recent_end > 0)
    add_list (writer, "recent", request->recent_end, request->recent_limit);
  mx_json_end (writer);
}

static void
add_subscriptions (MxJsonWriter *writer, const MxSlidingRequest *request)
{
  mx_json_begin_object (writer, "room_subscriptions");
  for (gsize i = 0; request->subscriptions[i] != NULL; i++)
    {
      mx_json_begin_object (writer, request->subscriptions[i]);
      add_room_parameters (writer, request->subscription_limit);
      mx_json_end (writer);
    }
  mx_json_end (writer);
}

static void
add_room_extension (MxJsonWriter *writer, const char *name)
{
  mx_json_begin_object (writer, name);
  mx_json_add_bool (writer, "enabled", TRUE);
  for (gsize i = 0; i < 2; i++)
    {
      mx_json_begin_array (writer, i == 0 ? "lists" : "rooms");
      mx_json_add_string (writer, NULL, "*");
      mx_json_end (writer);
    }
  mx_json_end (writer);
}

static void
add_extensions (MxJsonWriter *writer, const MxSlidingRequest *request, gboolean rooms)
{
  mx_json_begin_object (writer, "extensions");
  if (rooms)
    {
      add_room_extension (writer, "account_data");
      add_room_extension (writer, "receipts");
      add_room_extension (writer, "typing");
    }
  if (request->to_device)
    {
      mx_json_begin_object (writer, "to_device");
      mx_json_add_bool (writer, "enabled", TRUE);
      mx_json_add_int (writer, "limit", TO_DEVICE_LIMIT);
      mx_json_add_string (writer, "since", request->to_device_since);
      mx_json_end (writer);
      mx_json_begin_object (writer, "e2ee");
      mx_json_add_bool (writer, "enabled", TRUE);
      mx_json_end (writer);
    }
  mx_json_end (writer);
}

DexFuture *
mx_sync_sliding_request (MxHttp *http, const MxSlidingRequest *request)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *path = NULL;
  g_autofree char *body = NULL;
  gboolean subscribed = request->subscriptions != NULL && request->subscriptions[0] != NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "conn_id", request->conn_id);
  if (request->range_end > 0)
    add_lists (writer, request);
  if (subscribed)
    add_subscriptions (writer, request);
  add_extensions (writer, request, subscribed || request->range_end > 0);
  mx_json_end (writer);
  body = mx_json_writer_to_text (writer);

  if (request->pos != NULL)
    path = mx_http_path (ENDPOINT "?timeout=%u&pos=%s", request->timeout_ms, request->pos);
  else
    path = mx_http_path (ENDPOINT "?timeout=%u", request->timeout_ms);
  return mx_http_request (http, "POST", path, body, MX_HTTP_LONG_POLL);
}

/* ------------------------------------------------------------------ the reply */

typedef struct
{
  MxSyncDelta *delta;
  GHashTable *rooms; /* room id → MxRoomDelta of delta */
  const char *own_user_id;
  unsigned left_out;
} SlidingReader;

/* NULL for what is no room id. */
static MxRoomDelta *
reader_room (SlidingReader *self, const char *room_id)
{
  MxRoomDelta *room;

  if (!mx_room_id_is_valid (room_id))
    {
      self->left_out++;
      return NULL;
    }
  room = g_hash_table_lookup (self->rooms, room_id);
  if (room == NULL)
    {
      room = mx_room_delta_new (room_id);
      room->state_is_current = TRUE;
      g_ptr_array_add (self->delta->rooms, room);
      g_hash_table_insert (self->rooms, room->room_id, room);
    }
  return room;
}

static MxMembership
own_membership_among (GPtrArray *events, const char *own_user_id)
{
  for (gsize i = events->len; i > 0; i--)
    {
      MxEvent *event = g_ptr_array_index (events, i - 1);

      if (g_strcmp0 (mx_event_get_wire_type (event), "m.room.member") == 0 &&
          g_strcmp0 (mx_event_get_state_key (event), own_user_id) == 0)
        return mx_sync_read_membership (
          mx_json_get_string (mx_event_get_content (event), "membership"));
    }
  return MX_MEMBERSHIP_NONE;
}

/* An invitation unless our own stripped member event says that we knocked. */
static MxMembership
stripped_membership (MxJson invite_state, const char *own_user_id)
{
  MxJsonIter iter;
  MxJson event;

  mx_json_iter_init (&iter, invite_state);
  while (mx_json_iter_next (&iter, NULL, &event))
    if (g_strcmp0 (mx_json_get_string (event, "type"), "m.room.member") == 0 &&
        g_strcmp0 (mx_json_get_string (event, "state_key"), own_user_id) == 0 &&
        g_strcmp0 (mx_json_string (mx_json_path (event, "content", "membership", NULL)), "knock") ==
          0)
      return MX_MEMBERSHIP_KNOCK;
  return MX_MEMBERSHIP_INVITE;
}

static MxMembership
read_membership (SlidingReader *self, MxJson json, MxRoomDelta *room)
{
  MxJson invite_state = mx_json_get (json, "invite_state");
  MxMembership membership;

  if (mx_json_type (invite_state) == MX_JSON_ARRAY)
    {
      mx_sync_read_texts (invite_state, MAX_STRIPPED, room->stripped);
      return stripped_membership (invite_state, self->own_user_id);
    }

  membership = own_membership_among (room->state, self->own_user_id);
  /* Having left, we may be shown the event that says so, but no state. */
  if (membership == MX_MEMBERSHIP_NONE && !room->expanded)
    membership = own_membership_among (room->timeline, self->own_user_id);
  if (membership == MX_MEMBERSHIP_NONE && room->initial)
    membership = MX_MEMBERSHIP_JOIN;
  return membership;
}

static void
read_heroes (MxJson heroes, MxRoomDelta *room)
{
  g_autoptr (GStrvBuilder) ids = NULL;
  g_autoptr (GStrvBuilder) names = NULL;
  g_autoptr (GStrvBuilder) avatars = NULL;
  MxJsonIter iter;
  MxJson hero;

  if (mx_json_type (heroes) != MX_JSON_ARRAY)
    return;

  ids = g_strv_builder_new ();
  names = g_strv_builder_new ();
  avatars = g_strv_builder_new ();
  mx_json_iter_init (&iter, heroes);
  while (mx_json_iter_next (&iter, NULL, &hero))
    {
      const char *user_id = mx_json_get_string (hero, "user_id");

      if (user_id == NULL || !mx_user_id_is_valid (user_id))
        continue;
      g_strv_builder_add (ids, user_id);
      g_strv_builder_add (names, mx_json_string_or (mx_json_get (hero, "displayname"), ""));
      g_strv_builder_add (avatars, mx_json_string_or (mx_json_get (hero, "avatar_url"), ""));
    }
  room->has_heroes = TRUE;
  room->heroes = g_strv_builder_end (ids);
  room->hero_names = g_strv_builder_end (names);
  room->hero_avatars = g_strv_builder_end (avatars);
}

static void
read_room (SlidingReader *self, MxJson json, MxRoomDelta *room)
{
  const char *prev_batch = mx_json_get_string (json, "prev_batch");
  MxJson is_dm = mx_json_get (json, "is_dm");
  gint64 live = mx_sync_read_count (mx_json_get (json, "num_live"));

  room->initial = mx_json_bool (mx_json_get (json, "initial"), FALSE);
  room->limited = mx_json_bool (mx_json_get (json, "limited"), FALSE);
  room->expanded = mx_json_bool (mx_json_get (json, "unstable_expanded_timeline"), FALSE) ||
                   mx_json_bool (mx_json_get (json, "expanded_timeline"), FALSE);
  if (mx_http_token_is_usable (prev_batch))
    room->prev_batch = g_strdup (prev_batch);

  self->left_out += mx_sync_read_events (mx_json_get (json, "required_state"), TRUE, room->state);
  self->left_out += mx_sync_read_events (mx_json_get (json, "timeline"), FALSE, room->timeline);
  /* in an expanded timeline, too: what is new comes with the history */
  room->live = (unsigned) CLAMP (live, 0, (gint64) room->timeline->len);
  room->membership = read_membership (self, json, room);

  room->name = g_strdup (mx_json_get_string (json, "name"));
  room->avatar = g_strdup (mx_json_get_string (json, "avatar"));
  read_heroes (mx_json_get (json, "heroes"), room);
  room->joined_count = mx_sync_read_count (mx_json_get (json, "joined_count"));
  room->invited_count = mx_sync_read_count (mx_json_get (json, "invited_count"));
  /* notification_count and highlight_count are always 0 here: they stay "not given" */
  room->bump_stamp = MAX (mx_json_int (mx_json_get (json, "bump_stamp"), -1), -1);
  room->has_is_dm = room->initial || mx_json_type (is_dm) == MX_JSON_BOOLEAN;
  room->is_dm = mx_json_bool (is_dm, FALSE);
}

static void
read_rooms (SlidingReader *self, MxJson rooms)
{
  const char *room_id;
  MxJsonIter iter;
  MxJson json;

  if (!mx_json_is_object (rooms))
    return;
  mx_json_iter_init (&iter, rooms);
  while (mx_json_iter_next (&iter, &room_id, &json))
    {
      MxRoomDelta *room = mx_json_is_object (json) ? reader_room (self, room_id) : NULL;

      if (room != NULL)
        read_room (self, json, room);
    }
}

static void
read_room_account_data (SlidingReader *self, MxJson rooms)
{
  const char *room_id;
  MxJsonIter iter;
  MxJson json;

  if (!mx_json_is_object (rooms))
    return;
  mx_json_iter_init (&iter, rooms);
  while (mx_json_iter_next (&iter, &room_id, &json))
    {
      MxRoomDelta *room = reader_room (self, room_id);

      if (room != NULL)
        mx_sync_read_account_data (json, room->account_data);
    }
}

static void
read_room_ephemeral (SlidingReader *self, MxJson rooms)
{
  const char *room_id;
  MxJsonIter iter;
  MxJson json;

  if (!mx_json_is_object (rooms))
    return;
  mx_json_iter_init (&iter, rooms);
  while (mx_json_iter_next (&iter, &room_id, &json))
    {
      MxRoomDelta *room = reader_room (self, room_id);

      if (room != NULL)
        mx_sync_read_ephemeral (json, room);
    }
}

static void
read_extensions (SlidingReader *self, MxJson extensions)
{
  MxJson to_device = mx_json_get (extensions, "to_device");
  MxJson e2ee = mx_json_get (extensions, "e2ee");

  mx_sync_read_account_data (mx_json_path (extensions, "account_data", "global", NULL),
                             self->delta->account_data);
  read_room_account_data (self, mx_json_path (extensions, "account_data", "rooms", NULL));
  read_room_ephemeral (self, mx_json_path (extensions, "receipts", "rooms", NULL));
  read_room_ephemeral (self, mx_json_path (extensions, "typing", "rooms", NULL));

  mx_sync_read_texts (mx_json_get (to_device, "events"), G_MAXUINT, self->delta->to_device);
  self->delta->to_device_token = g_strdup (mx_json_get_string (to_device, "next_batch"));

  mx_sync_read_device_lists (mx_json_get (e2ee, "device_lists"), self->delta);
  mx_sync_read_key_counts (mx_json_get (e2ee, "device_one_time_keys_count"),
                           mx_json_get (e2ee, "device_unused_fallback_key_types"),
                           self->delta);
}

MxSyncDelta *
mx_sync_sliding_decode (GBytes *reply, const char *own_user_id, GError **error)
{
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (MxSyncDelta) delta = NULL;
  g_autoptr (GHashTable) rooms = NULL;
  SlidingReader reader = { 0 };
  static const char *const sections[] = { "lists", "rooms", "extensions", NULL };
  static const char *const extensions[] = { "account_data", "receipts", "typing",
                                            "to_device",    "e2ee",     NULL };
  const char *pos;
  MxJson root;

  document = mx_sync_parse (reply, &root, error);
  if (document == NULL || !mx_sync_has_objects (root, sections, error) ||
      !mx_sync_has_objects (mx_json_get (root, "extensions"), extensions, error))
    return NULL;
  pos = mx_json_get_string (root, "pos");
  if (!mx_http_token_is_usable (pos))
    {
      mx_http_set_invalid (error, "The sync reply has no usable pos");
      return NULL;
    }

  delta = mx_sync_delta_new (MX_SYNC_SLIDING);
  rooms = g_hash_table_new (g_str_hash, g_str_equal);
  delta->next_token = g_strdup (pos);
  delta->total_rooms = mx_sync_read_count (mx_json_path (root, "lists", "all", "count", NULL));
  reader.delta = delta;
  reader.rooms = rooms;
  reader.own_user_id = own_user_id;

  read_rooms (&reader, mx_json_get (root, "rooms"));
  read_extensions (&reader, mx_json_get (root, "extensions"));

  if (reader.left_out > 0)
    g_debug ("A sync reply: %u unusable parts were left out", reader.left_out);
  return g_steal_pointer (&delta);
}
