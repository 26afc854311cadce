/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The decoder of simplified sliding sync, and the shape of its request. */
#include "config.h"

#include "local-server.h"
#include "mx-error.h"
#include "mx-sync-sliding.h"

#include <string.h>

#define ME "@bob:ministere.test"

static MxSyncDelta *
decode_text (const char *text)
{
  g_autoptr (GBytes) reply = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  MxSyncDelta *delta = mx_sync_sliding_decode (reply, ME, &error);

  g_assert_no_error (error);
  return delta;
}

static MxSyncDelta *
decode_file (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "sync", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return decode_text (text);
}

static MxRoomDelta *
only_room (MxSyncDelta *delta)
{
  g_assert_cmpuint (delta->rooms->len, ==, 1);
  return g_ptr_array_index (delta->rooms, 0);
}

#define ROOM(body) "{\"pos\":\"1\",\"rooms\":{\"!r:b\":{" body "}}}"
#define MEMBER(id, who, membership)                                                                \
  "{\"event_id\":\"$" id "\",\"sender\":\"@a:b\",\"type\":\"m.room.member\",\"state_key\":\"" who  \
  "\",\"origin_server_ts\":1,\"content\":{\"membership\":\"" membership "\"}}"

static void
test_initial (void)
{
  g_autoptr (MxSyncDelta) delta = decode_file ("sliding-initial.json");
  gboolean invited = FALSE, unnamed = FALSE;

  g_assert_cmpint (delta->kind, ==, MX_SYNC_SLIDING);
  g_assert_cmpint (delta->total_rooms, ==, delta->rooms->len);
  g_assert_cmpuint (delta->account_data->len, >, 0);
  for (unsigned i = 0; i < delta->rooms->len; i++)
    {
      MxRoomDelta *room = g_ptr_array_index (delta->rooms, i);

      g_assert_true (room->state_is_current);
      g_assert_cmpint (room->notification_count, ==, -1);
      g_assert_cmpint (room->bump_stamp, >, 0);
      if (room->membership == MX_MEMBERSHIP_INVITE)
        invited |= room->stripped->len > 0;
      if (room->membership == MX_MEMBERSHIP_JOIN && room->name == NULL)
        {
          unnamed = TRUE;
          g_assert_true (room->has_heroes);
          g_assert_cmpstr (room->heroes[0], ==, "@alice:ministere.test");
          g_assert_cmpstr (room->hero_avatars[0], ==, "");
        }
    }
  g_assert_true (invited);
  g_assert_true (unnamed);
}

static void
test_joined (void)
{
  g_autoptr (MxSyncDelta) delta = decode_file ("sliding-joined.json");
  MxRoomDelta *room = only_room (delta);

  g_assert_cmpint (room->membership, ==, MX_MEMBERSHIP_JOIN);
  g_assert_true (room->initial);
  g_assert_cmpstr (room->name, ==, "Sliding");
  g_assert_cmpuint (room->live, ==, 2);
  g_assert_cmpuint (room->timeline->len, ==, 10);
  g_assert_cmpint (room->joined_count, ==, 2);
}

/* A first subscription brings history and news at once. */
static void
test_expanded (void)
{
  g_autoptr (MxSyncDelta) delta = decode_file ("sliding-live.json");
  MxRoomDelta *room = only_room (delta);

  g_assert_cmpint (room->membership, ==, MX_MEMBERSHIP_NONE);
  g_assert_false (room->initial);
  g_assert_true (room->expanded);
  g_assert_cmpuint (room->live, ==, 1);
  g_assert_cmpuint (room->timeline->len, ==, 11);
  g_assert_cmpuint (g_strv_length (room->typing), ==, 1);
  g_assert_cmpuint (room->receipts->len, ==, 1);
}

static void
test_kicked (void)
{
  g_autoptr (MxSyncDelta) delta = decode_file ("sliding-kicked.json");

  g_assert_cmpint (only_room (delta)->membership, ==, MX_MEMBERSHIP_LEAVE);
}

static void
test_encryption (void)
{
  g_autoptr (MxSyncDelta) delta = decode_file ("sliding-encryption.json");

  g_assert_cmpuint (delta->rooms->len, ==, 0);
  g_assert_cmpuint (delta->to_device->len, ==, 1);
  g_assert_nonnull (delta->to_device_token);
  g_assert_nonnull (delta->one_time_key_counts);
  g_assert_null (delta->device_changed);
  g_assert_cmpint (delta->total_rooms, ==, -1);
}

static void
test_membership (void)
{
  static const struct
  {
    const char *room;
    MxMembership membership;
  } table[] = {
    { ROOM ("\"initial\":true"), MX_MEMBERSHIP_JOIN },
    { ROOM (""), MX_MEMBERSHIP_NONE },
    { ROOM ("\"required_state\":[" MEMBER ("1", ME, "ban") "]"), MX_MEMBERSHIP_BAN },
    { ROOM ("\"required_state\":[" MEMBER ("1", "@x:y", "leave") "]"), MX_MEMBERSHIP_NONE },
    { ROOM ("\"required_state\":[" MEMBER ("1", ME, "join") "],\"timeline\":[" MEMBER (
        "2", ME, "leave") "]"),
      MX_MEMBERSHIP_JOIN },
    { ROOM ("\"timeline\":[" MEMBER ("1", ME, "join") "," MEMBER ("2", ME, "leave") "]"),
      MX_MEMBERSHIP_LEAVE },
    { ROOM ("\"unstable_expanded_timeline\":true,\"timeline\":[" MEMBER ("1", ME, "leave") "]"),
      MX_MEMBERSHIP_NONE },
    { ROOM ("\"invite_state\":[{\"type\":\"m.room.member\",\"state_key\":\"" ME
            "\",\"content\":{\"membership\":\"invite\"}}]"),
      MX_MEMBERSHIP_INVITE },
    { ROOM ("\"invite_state\":[{\"type\":\"m.room.member\",\"state_key\":\"" ME
            "\",\"content\":{\"membership\":\"knock\"}}]"),
      MX_MEMBERSHIP_KNOCK },
    { ROOM ("\"required_state\":[" MEMBER ("1", ME, "nonsense") "]"), MX_MEMBERSHIP_NONE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (MxSyncDelta) delta = decode_text (table[i].room);

      g_assert_cmpint (only_room (delta)->membership, ==, table[i].membership);
    }
}

/* What only the extensions mention has a delta of its own, once. */
static void
test_extensions (void)
{
  g_autoptr (MxSyncDelta) delta = NULL;
  MxRoomDelta *room;

  delta = decode_text (
    "{\"pos\":\"1\",\"lists\":{\"all\":{\"count\":7}},\"extensions\":{"
    "\"account_data\":{\"global\":[{\"type\":\"m.direct\",\"content\":{}}],\"rooms\":{\"!q:b\":[{\"type\":\"m.tag\",\"content\":{}}],\"junk\":[]}},"
    "\"typing\":{\"rooms\":{\"!q:b\":{\"type\":\"m.typing\",\"content\":{\"user_ids\":[\"@a:b\"]}}}},"
    "\"receipts\":{\"rooms\":{\"!q:b\":{\"type\":\"m.receipt\",\"content\":{\"$e\":{\"m.read\":{\"@a:b\":{\"ts\":1}}}}}}},"
    "\"to_device\":{\"next_batch\":\"9\",\"events\":[]},"
    "\"e2ee\":{\"device_lists\":{\"changed\":[\"@a:b\"]},\"device_one_time_keys_count\":{},\"device_unused_fallback_key_types\":[]}}}");
  room = only_room (delta);
  g_assert_cmpint (delta->total_rooms, ==, 7);
  g_assert_cmpint (room->membership, ==, MX_MEMBERSHIP_NONE);
  g_assert_cmpuint (room->account_data->len, ==, 1);
  g_assert_cmpuint (room->receipts->len, ==, 1);
  g_assert_cmpuint (g_strv_length (room->typing), ==, 1);
  g_assert_cmpstr (delta->to_device_token, ==, "9");
  g_assert_cmpuint (g_strv_length (delta->device_changed), ==, 1);
  g_assert_null (delta->device_left);
  g_assert_cmpuint (g_strv_length (delta->unused_fallback_keys), ==, 0);
}

static void
test_hostile_parts (void)
{
  g_autoptr (MxSyncDelta) delta = NULL;
  MxRoomDelta *room;

  delta = decode_text (
    "{\"pos\":\"1\",\"lists\":[],\"extensions\":null,\"rooms\":{\"nothing\":{},\"!x:b\":[],\"!r:b\":{\"name\":7,\"num_live\":99999999999,"
    "\"timeline\":[1,{}," MEMBER (
      "1",
      "@a:b",
      "join") "],\"required_state\":{\"a\":1},\"heroes\":[{},{\"user_id\":\"@h:b\",\"displayname\":9}],"
              "\"joined_count\":-1,\"bump_stamp\":-9,\"is_dm\":\"yes\",\"initial\":1}}}");
  room = only_room (delta);
  g_assert_null (room->name);
  g_assert_cmpuint (room->live, ==, 1);
  g_assert_cmpuint (room->state->len, ==, 0);
  g_assert_cmpuint (g_strv_length (room->heroes), ==, 1);
  g_assert_cmpstr (room->hero_names[0], ==, "");
  g_assert_cmpint (room->joined_count, ==, -1);
  g_assert_cmpint (room->bump_stamp, ==, -1);
  g_assert_false (room->has_is_dm);
  g_assert_false (room->initial);
}

static void
test_refused (void)
{
  static const char *const texts[] = { "",
                                       "{",
                                       "[]",
                                       "{}",
                                       "{\"pos\":7}",
                                       "{\"pos\":\"\"}",
                                       "{\"pos\":\"1\",\"rooms\":[1,\"x\"]}",
                                       "{\"pos\":\"1\",\"extensions\":7}",
                                       "{\"pos\":\"1\",\"extensions\":{\"to_device\":\"x\"}}" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GBytes) reply = g_bytes_new_static (texts[i], strlen (texts[i]));
      g_autoptr (GError) error = NULL;

      g_assert_null (mx_sync_sliding_decode (reply, ME, &error));
      g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
    }
}

/* ------------------------------------------------------------------ the request */

typedef struct
{
  char *path;
  char *body;
} Seen;

static void
see_cb (Request *request, gpointer data)
{
  Seen *seen = data;

  g_set_str (&seen->path, request->path);
  g_set_str (&seen->body, request->body);
  respond_json (request, 200, "{\"pos\":\"1\"}");
}

static void
test_request (void)
{
  Seen seen = { NULL, NULL };
  g_autoptr (LocalServer) server = local_server_new (see_cb, &seen);
  g_autoptr (MxHttp) http = mx_http_new (server->base, NULL, NULL);
  const char *subscriptions[] = { "!open:b", NULL };
  MxSlidingRequest list = { "room-list", "1/2", 30000, 19, 1, subscriptions, 20, NULL, FALSE };
  MxSlidingRequest keys = { "encryption", NULL, 0, 0, 0, NULL, 0, "17", TRUE };
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  MxJson all;

  g_assert_true (await_true (mx_sync_sliding_request (http, &list), &error));
  g_assert_cmpstr (
    seen.path,
    ==,
    "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync?timeout=30000&pos=1%2F2");
  document = mx_json_document_parse (seen.body, -1, NULL);
  all = mx_json_path (mx_json_document_root (document), "lists", "all", NULL);
  g_assert_cmpint (mx_json_int (mx_json_at (mx_json_at (mx_json_get (all, "ranges"), 0), 1), -1),
                   ==,
                   19);
  g_assert_cmpint (mx_json_int (mx_json_get (all, "timeline_limit"), -1), ==, 1);
  g_assert_cmpuint (mx_json_size (mx_json_get (all, "required_state")), >, 10);
  g_assert_true (mx_json_is_object (
    mx_json_path (mx_json_document_root (document), "room_subscriptions", "!open:b", NULL)));
  g_assert_false (mx_json_is_object (
    mx_json_path (mx_json_document_root (document), "extensions", "to_device", NULL)));

  g_assert_true (await_true (mx_sync_sliding_request (http, &keys), &error));
  g_assert_cmpstr (seen.path,
                   ==,
                   "/_matrix/client/unstable/org.matrix.simplified_msc3575/sync?timeout=0");
  g_assert_cmpstr (
    seen.body,
    ==,
    "{\"conn_id\":\"encryption\",\"extensions\":{\"to_device\":{\"enabled\":true,\"limit\":100,\"since\":\"17\"},\"e2ee\":{\"enabled\":true}}}");
  g_free (seen.path);
  g_free (seen.body);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sync-sliding/initial", test_initial);
  g_test_add_func ("/sync-sliding/joined", test_joined);
  g_test_add_func ("/sync-sliding/expanded", test_expanded);
  g_test_add_func ("/sync-sliding/kicked", test_kicked);
  g_test_add_func ("/sync-sliding/encryption", test_encryption);
  g_test_add_func ("/sync-sliding/membership", test_membership);
  g_test_add_func ("/sync-sliding/extensions", test_extensions);
  g_test_add_func ("/sync-sliding/hostile-parts", test_hostile_parts);
  g_test_add_func ("/sync-sliding/refused", test_refused);
  g_test_add_func ("/sync-sliding/request", test_request);

  return g_test_run ();
}
