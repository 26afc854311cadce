/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The decoder of /v3/sync: replies recorded from Synapse, handmade corners of the specification,
 * and hostile ones. */
#include "config.h"

#include "mx-error.h"
#include "mx-sync-classic.h"

#include <string.h>

static MxSyncDelta *
decode_text (const char *text, const char *since)
{
  g_autoptr (GBytes) reply = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  MxSyncDelta *delta = mx_sync_classic_decode (reply, since, &error);

  g_assert_no_error (error);
  return delta;
}

static MxSyncDelta *
decode_file (const char *name, const char *since)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "sync", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return decode_text (text, since);
}

static MxRoomDelta *
only_room (MxSyncDelta *delta)
{
  g_assert_cmpuint (delta->rooms->len, ==, 1);
  return g_ptr_array_index (delta->rooms, 0);
}

#define EVENT(id, type, extra)                                                                     \
  "{\"event_id\":\"$" id "\",\"sender\":\"@a:b\",\"type\":\"" type                                 \
  "\",\"origin_server_ts\":1,\"content\":{\"body\":\"" id "\"}" extra "}"
#define JOIN(body) "{\"next_batch\":\"n\",\"rooms\":{\"join\":{\"!r:b\":{" body "}}}}"

static void
test_initial (void)
{
  g_autoptr (MxSyncDelta) delta = decode_file ("classic-initial.json", NULL);
  unsigned invitations = 0;

  g_assert_cmpint (delta->kind, ==, MX_SYNC_CLASSIC);
  g_assert_nonnull (delta->next_token);
  g_assert_cmpuint (delta->account_data->len, >, 0);
  g_assert_nonnull (delta->one_time_key_counts);
  for (unsigned i = 0; i < delta->rooms->len; i++)
    {
      MxRoomDelta *room = g_ptr_array_index (delta->rooms, i);

      g_assert_cmpuint (room->live, ==, 0);
      if (room->membership == MX_MEMBERSHIP_INVITE)
        {
          invitations++;
          g_assert_cmpuint (room->stripped->len, >, 0);
          g_assert_cmpuint (room->timeline->len, ==, 0);
        }
    }
  g_assert_cmpuint (invitations, >, 0);
}

/* What happened before one's own arrival is no news. */
static void
test_joined (void)
{
  g_autoptr (MxSyncDelta) delta = decode_file ("classic-joined.json", "s1");
  MxRoomDelta *room = only_room (delta);

  g_assert_cmpint (room->membership, ==, MX_MEMBERSHIP_JOIN);
  g_assert_true (room->state_is_current);
  g_assert_cmpuint (room->state->len, >, 0);
  g_assert_cmpuint (room->timeline->len, ==, 10);
  g_assert_cmpuint (room->live, ==, 2);
  g_assert_cmpint (room->joined_count, ==, 2);
  g_assert_cmpint (room->invited_count, ==, 0);
  g_assert_cmpint (room->notification_count, ==, 1);
  g_assert_cmpint (room->highlight_count, ==, 0);
  g_assert_cmpuint (g_strv_length (room->typing), ==, 1);
  g_assert_cmpuint (room->receipts->len, ==, 1);
}

static void
test_limited (void)
{
  g_autoptr (MxSyncDelta) delta = decode_file ("classic-limited.json", "s1");
  MxRoomDelta *room = only_room (delta);

  g_assert_true (room->limited);
  g_assert_nonnull (room->prev_batch);
  g_assert_cmpuint (room->live, ==, room->timeline->len);
}

static void
test_left (void)
{
  g_autoptr (MxSyncDelta) delta = decode_file ("classic-left.json", "s1");
  MxRoomDelta *room = only_room (delta);

  g_assert_cmpint (room->membership, ==, MX_MEMBERSHIP_LEAVE);
  g_assert_cmpuint (room->timeline->len, >, 0);
  g_assert_cmpuint (room->live, ==, 0);
}

/* Rule 5: state before the timeline, or state after it. */
static void
test_state (void)
{
  g_autoptr (MxSyncDelta) before = NULL;
  g_autoptr (MxSyncDelta) after = NULL;
  g_autoptr (MxSyncDelta) empty = NULL;
  g_autoptr (MxSyncDelta) neither = NULL;

  before = decode_text (JOIN ("\"state\":{\"events\":[" EVENT (
                          "s", "m.room.topic", ",\"state_key\":\"\"") "," EVENT ("n",
                                                                                 "m.room.topic",
                                                                                 "") "]}"),
                        "x");
  g_assert_false (only_room (before)->state_is_current);
  g_assert_cmpuint (only_room (before)->state->len, ==, 1);

  after = decode_text (JOIN ("\"state\":{\"events\":[" EVENT (
                         "s",
                         "m.room.topic",
                         ",\"state_key\":\"\"") "]},"
                                                "\"state_after\":{\"events\":[" EVENT (
                                                  "t", "m.room.topic", ",\"state_key\":\"\"") "]}"),
                       "x");
  g_assert_true (only_room (after)->state_is_current);
  g_assert_cmpstr (mx_event_get_id (only_room (after)->state->pdata[0]), ==, "$t");

  empty = decode_text (JOIN ("\"state\":{\"events\":[" EVENT (
                         "s", "m.room.topic", ",\"state_key\":\"\"") "]},\"state_after\":{}"),
                       "x");
  g_assert_true (only_room (empty)->state_is_current);
  g_assert_cmpuint (only_room (empty)->state->len, ==, 0);

  neither = decode_text (JOIN (""), "x");
  g_assert_false (only_room (neither)->state_is_current);
}

/* Rule 9: absent is unchanged, and so is what is malformed. */
static void
test_absent (void)
{
  g_autoptr (MxSyncDelta) delta =
    decode_text (JOIN (
                   "\"summary\":{\"m.joined_member_count\":\"3\"},\"ephemeral\":{\"events\":[{}]}"),
                 "x");
  MxRoomDelta *room = only_room (delta);

  g_assert_false (room->has_heroes);
  g_assert_null (room->typing);
  g_assert_cmpint (room->joined_count, ==, -1);
  g_assert_cmpint (room->notification_count, ==, -1);
  g_assert_null (room->prev_batch);
  g_assert_null (delta->one_time_key_counts);
  g_assert_null (delta->device_changed);
  g_assert_null (delta->unused_fallback_keys);
}

static void
test_counts (void)
{
  g_autoptr (MxSyncDelta) delta = NULL;
  MxRoomDelta *room;

  delta = decode_text (
    JOIN (
      "\"unread_notifications\":{\"notification_count\":2,\"highlight_count\":1},"
      "\"unread_thread_notifications\":{\"$t\":{\"notification_count\":5,\"highlight_count\":0},\"$u\":{\"highlight_count\":3}},"
      "\"summary\":{\"m.heroes\":[\"@x:y\",7,\"nobody\"],\"m.joined_member_count\":99999999999,\"m.invited_member_count\":-4}"),
    "x");
  room = only_room (delta);
  g_assert_cmpint (room->notification_count, ==, 7);
  g_assert_cmpint (room->highlight_count, ==, 4);
  g_assert_cmpuint (g_strv_length (room->heroes), ==, 1);
  g_assert_cmpint (room->joined_count, ==, G_MAXINT32);
  g_assert_cmpint (room->invited_count, ==, -1);
}

static void
test_receipts (void)
{
  g_autoptr (MxSyncDelta) delta = NULL;
  GPtrArray *receipts;
  MxReceipt *receipt;

  delta = decode_text (
    JOIN (
      "\"ephemeral\":{\"events\":[{\"type\":\"m.receipt\",\"content\":{"
      "\"$e\":{\"m.read\":{\"@a:b\":{\"ts\":5,\"thread_id\":\"main\"},\"@c:d\":{},\"bad\":{\"ts\":1},\"@e:f\":7},"
      "\"m.read.private\":{\"@a:b\":{\"ts\":-5,\"thread_id\":\"$root\"},\"@g:h\":{\"thread_id\":\"nonsense\"}},\"other\":{\"@a:b\":{}}},"
      "\"not an event\":{\"m.read\":{\"@a:b\":{}}}}},"
      "{\"type\":\"m.typing\",\"content\":{\"user_ids\":[]}}]}"),
    "x");
  receipts = only_room (delta)->receipts;
  g_assert_cmpuint (receipts->len, ==, 3);
  receipt = g_ptr_array_index (receipts, 0);
  g_assert_cmpstr (receipt->event_id, ==, "$e");
  g_assert_cmpstr (receipt->kind, ==, "m.read");
  g_assert_cmpstr (receipt->thread_id, ==, "main");
  g_assert_cmpint (receipt->timestamp, ==, 5);
  receipt = g_ptr_array_index (receipts, 2);
  g_assert_cmpstr (receipt->kind, ==, "m.read.private");
  g_assert_cmpstr (receipt->thread_id, ==, "$root");
  g_assert_cmpint (receipt->timestamp, ==, 0);
  g_assert_nonnull (only_room (delta)->typing);
  g_assert_null (only_room (delta)->typing[0]);
}

static void
test_account (void)
{
  g_autoptr (MxSyncDelta) delta = NULL;
  MxAccountDatum *datum;

  delta = decode_text (
    "{\"next_batch\":\"n\",\"account_data\":{\"events\":[{\"type\":\"m.direct\",\"content\":{\"@a:b\":[\"!r:b\"]}},{\"type\":7,\"content\":{}},{\"type\":\"x\"}]},"
    "\"to_device\":{\"events\":[{\"type\":\"a\",\"n\":1},{\"type\":\"b\",\"n\":2},3]},"
    "\"device_lists\":{\"changed\":[\"@a:b\",\"junk\"],\"left\":[]},"
    "\"device_one_time_keys_count\":{\"signed_curve25519\":50,\"x\":\"y\"},\"device_unused_fallback_key_types\":[\"signed_curve25519\"],"
    "\"rooms\":{\"knock\":{\"!k:b\":{\"knock_state\":{\"events\":[{\"type\":\"m.room.name\",\"state_key\":\"\",\"content\":{}}]}}}}}",
    NULL);
  g_assert_cmpuint (delta->account_data->len, ==, 1);
  datum = g_ptr_array_index (delta->account_data, 0);
  g_assert_cmpstr (datum->type, ==, "m.direct");
  g_assert_cmpstr (datum->content, ==, "{\"@a:b\":[\"!r:b\"]}");
  g_assert_cmpuint (delta->to_device->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (delta->to_device, 0), ==, "{\"type\":\"a\",\"n\":1}");
  g_assert_cmpuint (g_strv_length (delta->device_changed), ==, 1);
  g_assert_cmpuint (g_strv_length (delta->device_left), ==, 0);
  g_assert_cmpuint (g_hash_table_size (delta->one_time_key_counts), ==, 1);
  g_assert_cmpint (GPOINTER_TO_INT (
                     g_hash_table_lookup (delta->one_time_key_counts, "signed_curve25519")),
                   ==,
                   50);
  g_assert_cmpstr (delta->unused_fallback_keys[0], ==, "signed_curve25519");
  g_assert_cmpint (only_room (delta)->membership, ==, MX_MEMBERSHIP_KNOCK);
}

/* One bad event costs itself and nothing else. */
static void
test_hostile_parts (void)
{
  g_autoptr (MxSyncDelta) delta = NULL;
  MxRoomDelta *room;

  delta = decode_text (
    "{\"next_batch\":\"n\",\"rooms\":{\"join\":{\"no room\":{},\"!x:b\":7,\"!r:b\":{\"timeline\":{\"events\":["
    "null,7,{},{\"event_id\":\"$a\"}," EVENT (
      "good",
      "m.room.message",
      "") ",{\"event_id\":9,\"sender\":[],\"type\":{}},[]],"
          "\"limited\":\"yes\",\"prev_batch\":7}}},\"invite\":[],\"leave\":null,\"unknown\":{}}}",
    "x");
  room = only_room (delta);
  g_assert_cmpuint (room->timeline->len, ==, 1);
  g_assert_false (room->limited);
  g_assert_cmpuint (room->live, ==, 1);
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "",
    "{",
    "[]",
    "7",
    "null",
    "{}",
    "{\"next_batch\":7}",
    "{\"next_batch\":\"\"}",
    "{\"next_batch\":\"n\"} trailing",
    "{\"next_batch\":\"n\",\"rooms\":[1]}",
    "{\"next_batch\":\"n\",\"rooms\":{\"join\":7}}",
    "{\"next_batch\":\"\xff\"}",
  };
  g_autofree char *deep = g_strnfill (100000, '[');

  for (gsize i = 0; i <= G_N_ELEMENTS (texts); i++)
    {
      const char *text = i < G_N_ELEMENTS (texts) ? texts[i] : deep;
      g_autoptr (GBytes) reply = g_bytes_new (text, strlen (text));
      g_autoptr (GError) error = NULL;

      g_assert_null (mx_sync_classic_decode (reply, NULL, &error));
      g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
    }
}

static void
test_filter (void)
{
  g_autofree char *filter = mx_sync_classic_filter ();
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (filter, -1, NULL);

  g_assert_nonnull (document);
  g_assert_true (mx_json_bool (
    mx_json_path (mx_json_document_root (document), "room", "state", "lazy_load_members", NULL),
    FALSE));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sync-classic/initial", test_initial);
  g_test_add_func ("/sync-classic/joined", test_joined);
  g_test_add_func ("/sync-classic/limited", test_limited);
  g_test_add_func ("/sync-classic/left", test_left);
  g_test_add_func ("/sync-classic/state", test_state);
  g_test_add_func ("/sync-classic/absent", test_absent);
  g_test_add_func ("/sync-classic/counts", test_counts);
  g_test_add_func ("/sync-classic/receipts", test_receipts);
  g_test_add_func ("/sync-classic/account", test_account);
  g_test_add_func ("/sync-classic/hostile-parts", test_hostile_parts);
  g_test_add_func ("/sync-classic/refused", test_refused);
  g_test_add_func ("/sync-classic/filter", test_filter);

  return g_test_run ();
}
