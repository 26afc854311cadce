/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* GET /v3/sync (spec "Syncing", "Lazy-loading room members", MSC4222 for state_after). */
#include "config.h"

#include "mx-sync-classic.h"
#include "mx-http-reply.h"
#include "mx-sync-sections.h"

#include "mx-matrix-id.h"

#include <string.h>

#define MAX_PRESENCE 10000
#define MAX_STRIPPED 200

typedef struct
{
  MxSyncDelta *delta;
  gboolean live; /* an incremental reply */
  unsigned left_out;
} ClassicReader;

char *
mx_sync_classic_filter (void)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  mx_json_begin_object (writer, "room");
  mx_json_begin_object (writer, "state");
  mx_json_add_bool (writer, "lazy_load_members", TRUE);
  mx_json_end (writer);
  mx_json_begin_object (writer, "timeline");
  mx_json_add_int (writer, "limit", 30);
  mx_json_add_bool (writer, "lazy_load_members", TRUE);
  mx_json_add_bool (writer, "unread_thread_notifications", TRUE);
  mx_json_end (writer);
  mx_json_add_bool (writer, "include_leave", FALSE);
  mx_json_end (writer);
  mx_json_begin_object (writer, "presence");
  mx_json_add_int (writer, "limit", 0);
  mx_json_begin_array (writer, "not_types");
  mx_json_add_string (writer, NULL, "m.presence");
  mx_json_end (writer);
  mx_json_end (writer);
  mx_json_end (writer);
  return mx_json_writer_to_text (writer);
}

DexFuture *
mx_sync_classic_create_filter (MxHttp *http, const char *user_id, const char *filter)
{
  g_autofree char *path = NULL;

  if (!mx_user_id_is_valid (user_id))
    return mx_http_bad_id ();
  path = mx_http_path ("/_matrix/client/v3/user/%s/filter", user_id);
  return mx_http_reply_string (mx_http_request (http, "POST", path, filter, 0), "filter_id", NULL);
}

DexFuture *
mx_sync_classic_request (MxHttp *http,
                         const char *since,
                         const char *filter_id,
                         unsigned timeout_ms,
                         gboolean full_state,
                         gboolean hidden)
{
  g_autofree char *base = mx_http_path ("/_matrix/client/v3/sync?timeout=%u", timeout_ms);
  g_autoptr (GString) path = g_string_new (base);

  /* both names of MSC4222: a server ignores the one that it does not know */
  g_string_append (path, "&use_state_after=true&org.matrix.msc4222.use_state_after=true");
  if (full_state)
    g_string_append (path, "&full_state=true");
  if (hidden)
    g_string_append (path, "&set_presence=offline");
  if (filter_id != NULL)
    {
      g_string_append (path, "&filter=");
      g_string_append_uri_escaped (path, filter_id, NULL, FALSE);
    }
  if (since != NULL)
    {
      g_string_append (path, "&since=");
      g_string_append_uri_escaped (path, since, NULL, FALSE);
    }
  return mx_http_request (http, "GET", path->str, NULL, MX_HTTP_LONG_POLL);
}

/* ------------------------------------------------------------------ the reply */

/* How many events at the end of the timeline arrived since the last reply. In a room that was just
 * joined the older ones are history: each event says what our membership was at the time (MSC4115).
 */
static unsigned
count_live (GPtrArray *timeline)
{
  unsigned live = 0;

  while (live < timeline->len)
    {
      MxEvent *event = g_ptr_array_index (timeline, timeline->len - 1 - live);
      const char *membership = mx_json_get_string (mx_event_get_unsigned (event), "membership");

      if (membership != NULL && strcmp (membership, "join") != 0)
        break;
      live++;
    }
  return live;
}

static void
read_timeline (ClassicReader *self, MxJson timeline, MxRoomDelta *room)
{
  const char *prev_batch = mx_json_get_string (timeline, "prev_batch");

  self->left_out += mx_sync_read_events (mx_json_get (timeline, "events"), FALSE, room->timeline);
  room->limited = mx_json_bool (mx_json_get (timeline, "limited"), FALSE);
  if (mx_http_token_is_usable (prev_batch))
    room->prev_batch = g_strdup (prev_batch);
  if (self->live && room->membership == MX_MEMBERSHIP_JOIN)
    room->live = count_live (room->timeline);
}

static void
read_state (ClassicReader *self, MxJson json, MxRoomDelta *room)
{
  static const char *const after[] = { "state_after", "org.matrix.msc4222.state_after" };
  MxJson state = mx_json_get (json, "state");

  for (gsize i = 0; i < G_N_ELEMENTS (after) && !room->state_is_current; i++)
    if (mx_json_is_object (mx_json_get (json, after[i])))
      {
        state = mx_json_get (json, after[i]);
        room->state_is_current = TRUE;
      }
  self->left_out += mx_sync_read_events (mx_json_get (state, "events"), TRUE, room->state);
}

static void
read_summary (MxJson summary, MxRoomDelta *room)
{
  room->heroes = mx_sync_read_strings (mx_json_get (summary, "m.heroes"), mx_user_id_is_valid);
  room->has_heroes = room->heroes != NULL;
  room->joined_count = mx_sync_read_count (mx_json_get (summary, "m.joined_member_count"));
  room->invited_count = mx_sync_read_count (mx_json_get (summary, "m.invited_member_count"));
}

static void
add_counts (MxJson counts, MxRoomDelta *room)
{
  gint64 notifications = mx_sync_read_count (mx_json_get (counts, "notification_count"));
  gint64 highlights = mx_sync_read_count (mx_json_get (counts, "highlight_count"));

  if (notifications >= 0)
    room->notification_count = MAX (room->notification_count, 0) + notifications;
  if (highlights >= 0)
    room->highlight_count = MAX (room->highlight_count, 0) + highlights;
}

/* The filter asks for the counts of threads apart; a room's are the sum. */
static void
read_counts (MxJson json, MxRoomDelta *room)
{
  MxJson threads = mx_json_get (json, "unread_thread_notifications");
  MxJsonIter iter;
  MxJson counts;

  add_counts (mx_json_get (json, "unread_notifications"), room);
  if (!mx_json_is_object (threads))
    return;
  mx_json_iter_init (&iter, threads);
  while (mx_json_iter_next (&iter, NULL, &counts))
    add_counts (counts, room);
}

static void
read_room (ClassicReader *self, MxJson json, MxRoomDelta *room)
{
  MxJson ephemeral = mx_json_path (json, "ephemeral", "events", NULL);
  MxJsonIter iter;
  MxJson event;

  read_state (self, json, room);
  read_timeline (self, mx_json_get (json, "timeline"), room);
  read_summary (mx_json_get (json, "summary"), room);
  read_counts (json, room);
  mx_sync_read_account_data (mx_json_path (json, "account_data", "events", NULL),
                             room->account_data);

  if (mx_json_type (ephemeral) != MX_JSON_ARRAY)
    return;
  mx_json_iter_init (&iter, ephemeral);
  while (mx_json_iter_next (&iter, NULL, &event))
    mx_sync_read_ephemeral (event, room);
}

/* stripped: the member that holds stripped state, NULL: the section has whole rooms. */
static void
read_section (ClassicReader *self, MxJson section, MxMembership membership, const char *stripped)
{
  const char *room_id;
  MxJsonIter iter;
  MxJson json;

  if (!mx_json_is_object (section))
    return;

  mx_json_iter_init (&iter, section);
  while (mx_json_iter_next (&iter, &room_id, &json))
    {
      MxRoomDelta *room;

      if (!mx_room_id_is_valid (room_id) || !mx_json_is_object (json))
        {
          self->left_out++;
          continue;
        }
      room = mx_room_delta_new (room_id);
      room->membership = membership;
      if (stripped == NULL)
        read_room (self, json, room);
      else
        mx_sync_read_texts (mx_json_path (json, stripped, "events", NULL),
                            MAX_STRIPPED,
                            room->stripped);
      g_ptr_array_add (self->delta->rooms, room);
    }
}

MxSyncDelta *
mx_sync_classic_decode (GBytes *reply, const char *since, GError **error)
{
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (MxSyncDelta) delta = NULL;
  ClassicReader reader = { 0 };
  static const char *const sections[] = { "rooms",    "account_data", "to_device",
                                          "presence", "device_lists", NULL };
  static const char *const memberships[] = { "join", "invite", "knock", "leave", NULL };
  const char *next_batch;
  MxJson rooms;
  MxJson root;

  document = mx_sync_parse (reply, &root, error);
  if (document == NULL || !mx_sync_has_objects (root, sections, error) ||
      !mx_sync_has_objects (mx_json_get (root, "rooms"), memberships, error))
    return NULL;
  next_batch = mx_json_get_string (root, "next_batch");
  if (!mx_http_token_is_usable (next_batch))
    {
      mx_http_set_invalid (error, "The sync reply has no usable next_batch");
      return NULL;
    }

  delta = mx_sync_delta_new (MX_SYNC_CLASSIC);
  delta->next_token = g_strdup (next_batch);
  reader.delta = delta;
  reader.live = since != NULL;

  mx_sync_read_account_data (mx_json_path (root, "account_data", "events", NULL),
                             delta->account_data);
  mx_sync_read_texts (mx_json_path (root, "to_device", "events", NULL),
                      G_MAXUINT,
                      delta->to_device);
  mx_sync_read_texts (mx_json_path (root, "presence", "events", NULL),
                      MAX_PRESENCE,
                      delta->presence);
  mx_sync_read_device_lists (mx_json_get (root, "device_lists"), delta);
  mx_sync_read_key_counts (mx_json_get (root, "device_one_time_keys_count"),
                           mx_json_get (root, "device_unused_fallback_key_types"),
                           delta);

  rooms = mx_json_get (root, "rooms");
  /* Left and invited again since the last reply, a room is in both sections: what came last is read
   * last. */
  read_section (&reader, mx_json_get (rooms, "leave"), MX_MEMBERSHIP_LEAVE, NULL);
  read_section (&reader, mx_json_get (rooms, "knock"), MX_MEMBERSHIP_KNOCK, "knock_state");
  read_section (&reader, mx_json_get (rooms, "invite"), MX_MEMBERSHIP_INVITE, "invite_state");
  read_section (&reader, mx_json_get (rooms, "join"), MX_MEMBERSHIP_JOIN, NULL);

  if (reader.left_out > 0)
    g_debug ("A sync reply: %u unusable parts were left out", reader.left_out);
  return g_steal_pointer (&delta);
}
