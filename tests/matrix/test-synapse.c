/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Every endpoint of the layer, and both syncs, against a real Synapse. With CHAPPE_RECORD=FOLDER
 * the sync replies are written there, to become fixtures. */
#include "config.h"

#include "local-server.h"
#include "mx-discovery.h"
#include "mx-error.h"
#include "mx-http-reply.h"
#include "mx-login.h"
#include "mx-matrix-id.h"
#include "mx-media-requests.h"
#include "mx-push-rules.h"
#include "mx-room-requests.h"
#include "mx-sync-classic.h"
#include "mx-sync-sliding.h"
#include "mx-user-requests.h"

#include <string.h>

typedef struct
{
  MxHttp *http;
  char *user_id;
} Person;

static char *base_url;
static Person alice, bob;

/* ------------------------------------------------------------------ the server and its people */

static GSubprocess *
start_server (void)
{
  g_autofree char *script =
    g_test_build_filename (G_TEST_DIST, "homeserver", "homeserver.py", NULL);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GDataInputStream) output = NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                              &error,
                              "python3",
                              script,
                              "run",
                              "--setting",
                              "enable_registration=true",
                              "--setting",
                              "enable_registration_without_verification=true",
                              NULL);
  g_assert_no_error (error);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  if (line == NULL)
    return NULL;

  document = mx_json_document_parse (line, -1, &error);
  g_assert_no_error (error);
  base_url = g_strdup (mx_json_get_string (mx_json_document_root (document), "base"));
  g_assert_nonnull (base_url);
  return g_steal_pointer (&process);
}

static char *
text_of (DexFuture *future)
{
  g_autoptr (GError) error = NULL;
  char *text = await_text (future, &error);

  g_assert_no_error (error);
  return text;
}

static void
done (DexFuture *future)
{
  g_autoptr (GError) error = NULL;

  await_true (future, &error);
  g_assert_no_error (error);
}

static GBytes *
bytes_of (DexFuture *future)
{
  char *text = text_of (future);

  return g_bytes_new_take (text, strlen (text));
}

static MxLoginReply *
login (MxHttp *http, const char *user, const char *password, GError **error)
{
  g_autoptr (MxSecret) secret = mx_secret_new_text (password);
  g_autoptr (DexFuture) future = NULL;

  if (!await (mx_login_password (http, user, secret, NULL, "Chappe, test"), &future, error))
    return NULL;
  return g_value_dup_boxed (dex_future_get_value (future, NULL));
}

static void
make_person (Person *person, const char *name)
{
  g_autofree char *body = NULL;
  g_autoptr (MxLoginReply) reply = NULL;
  g_autoptr (GError) error = NULL;

  person->http = mx_http_new (base_url, NULL, &error);
  g_assert_no_error (error);
  body = g_strdup_printf (
    "{\"auth\":{\"type\":\"m.login.dummy\"},\"username\":\"%s\",\"password\":\"mot de passe\",\"inhibit_login\":true}",
    name);
  done (
    mx_http_request (person->http, "POST", "/_matrix/client/v3/register", body, MX_HTTP_NO_AUTH));

  reply = login (person->http, name, "mot de passe", &error);
  g_assert_no_error (error);
  person->user_id = g_strdup (reply->user_id);
  mx_http_set_access_token (person->http, reply->access_token);
}

static void
clear_person (Person *person)
{
  g_clear_object (&person->http);
  g_clear_pointer (&person->user_id, g_free);
}

static void
record (const char *name, GBytes *reply)
{
  const char *folder = g_getenv ("CHAPPE_RECORD");
  g_autofree char *path = NULL;

  if (folder == NULL)
    return;
  path = g_build_filename (folder, name, NULL);
  g_assert_true (
    g_file_set_contents (path, g_bytes_get_data (reply, NULL), g_bytes_get_size (reply), NULL));
}

static char *
make_room (const char *name, gboolean invite)
{
  g_autofree char *body = NULL;

  if (invite)
    body = g_strdup_printf ("{\"name\":\"%s\",\"preset\":\"private_chat\",\"invite\":[\"%s\"]}",
                            name,
                            bob.user_id);
  else
    body = g_strdup_printf ("{\"name\":\"%s\"}", name);
  return text_of (mx_rooms_create (alice.http, body));
}

static char *
say (Person *person, const char *room_id, const char *text)
{
  static unsigned number;
  g_autofree char *content = g_strdup_printf ("{\"msgtype\":\"m.text\",\"body\":\"%s\"}", text);
  g_autofree char *txn = g_strdup_printf ("txn%u", ++number);

  return text_of (mx_rooms_send (person->http, room_id, "m.room.message", txn, content));
}

/* ------------------------------------------------------------------ signing in */

static void
test_discovery (void)
{
  g_autoptr (DexFuture) future = NULL;
  g_autoptr (GError) error = NULL;
  const MxServerInfo *info;

  await (mx_discover_server (base_url, NULL), &future, &error);
  g_assert_no_error (error);
  info = g_value_get_boxed (dex_future_get_value (future, NULL));
  g_assert_cmpstr (info->base_url, ==, base_url);
  g_assert_true (info->password_login);
  g_assert_true (info->sliding_sync);
  g_assert_true (info->authenticated_media);
  g_assert_false (info->oauth);
}

static void
test_login (void)
{
  g_autoptr (MxHttp) http = mx_http_new (base_url, NULL, NULL);
  g_autoptr (MxLoginReply) reply = NULL;
  g_autoptr (MxLoginReply) refreshed = NULL;
  g_autoptr (MxLoginReply) again = NULL;
  g_autoptr (DexFuture) future = NULL;
  g_autoptr (MxSecret) password = mx_secret_new_text ("mot de passe");
  g_autoptr (GError) error = NULL;
  g_autofree char *me = NULL;

  g_assert_null (login (http, "alice", "wrong", &error));
  g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_FORBIDDEN);
  g_clear_error (&error);

  reply = login (http, "alice", "mot de passe", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (reply->user_id, ==, alice.user_id);
  g_assert_nonnull (reply->refresh_token);
  g_assert_cmpint (reply->expires_in_ms, >, 0);

  await (mx_login_refresh (http, reply->refresh_token), &future, &error);
  g_assert_no_error (error);
  refreshed = g_value_dup_boxed (dex_future_get_value (future, NULL));
  g_assert_false (mx_secret_equal (refreshed->access_token, reply->access_token));
  mx_http_set_access_token (http, refreshed->access_token);
  me = text_of (mx_login_whoami (http));
  g_assert_cmpstr (me, ==, alice.user_id);

  /* the same device again, as after a soft logout */
  dex_clear (&future);
  await (mx_login_password (http, alice.user_id, password, reply->device_id, NULL),
         &future,
         &error);
  g_assert_no_error (error);
  again = g_value_dup_boxed (dex_future_get_value (future, NULL));
  g_assert_cmpstr (again->device_id, ==, reply->device_id);

  mx_http_set_access_token (http, again->access_token);
  done (mx_login_logout (http));
  await_error (mx_login_whoami (http), MX_MATRIX_ERROR, MX_MATRIX_ERROR_UNKNOWN_TOKEN);
}

/* ------------------------------------------------------------------ rooms */

static void
test_room_requests (void)
{
  g_autofree char *room_id = make_room ("Requests", TRUE);
  g_autofree char *joined = text_of (mx_rooms_join (bob.http, room_id, NULL));
  g_autofree char *first = say (&alice, room_id, "one");
  g_autofree char *second = say (&bob, room_id, "two");
  g_autofree char *third = say (&alice, room_id, "three");
  g_autofree char *same = NULL;
  g_autofree char *redaction = NULL;
  g_autofree char *state = NULL;
  g_autofree char *at = NULL;
  g_autoptr (GBytes) members = bytes_of (mx_rooms_members (alice.http, room_id));
  g_autoptr (GBytes) whole_state = bytes_of (mx_rooms_state (alice.http, room_id));
  g_autoptr (GBytes) event = bytes_of (mx_rooms_event (alice.http, room_id, second));

  g_assert_cmpstr (joined, ==, room_id);
  g_assert_nonnull (
    g_strstr_len (g_bytes_get_data (members, NULL), g_bytes_get_size (members), bob.user_id));
  g_assert_cmpint (*(const char *) g_bytes_get_data (whole_state, NULL), ==, '[');
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (event, NULL), g_bytes_get_size (event), "two"));

  same = text_of (mx_rooms_send (alice.http,
                                 room_id,
                                 "m.room.message",
                                 "once",
                                 "{\"msgtype\":\"m.text\",\"body\":\"x\"}"));
  redaction = text_of (mx_rooms_send (alice.http,
                                      room_id,
                                      "m.room.message",
                                      "once",
                                      "{\"msgtype\":\"m.text\",\"body\":\"x\"}"));
  g_assert_cmpstr (same, ==, redaction);
  g_clear_pointer (&redaction, g_free);
  redaction = text_of (mx_rooms_redact (alice.http, room_id, same, "redact-once", "a mistake"));
  state =
    text_of (mx_rooms_put_state (alice.http, room_id, "m.room.topic", NULL, "{\"topic\":\"new\"}"));
  at = text_of (mx_rooms_timestamp_to_event (alice.http, room_id, g_get_real_time () / 1000, TRUE));
  g_assert_true (mx_event_id_is_valid (at));

  done (mx_rooms_typing (alice.http, room_id, alice.user_id, TRUE, 5000));
  done (mx_rooms_typing (alice.http, room_id, alice.user_id, FALSE, 0));
  done (mx_rooms_receipt (alice.http, room_id, second, FALSE, "main"));
  done (mx_rooms_receipt (alice.http, room_id, third, TRUE, NULL));
  done (mx_rooms_read_markers (alice.http, room_id, third, third, FALSE));
  done (mx_rooms_set_tag (alice.http, alice.user_id, room_id, "m.favourite", TRUE));
  done (mx_rooms_set_tag (alice.http, alice.user_id, room_id, "m.favourite", FALSE));
  done (mx_rooms_set_account_data (alice.http, alice.user_id, NULL, "im.chappe.test", "{\"a\":1}"));
  done (
    mx_rooms_set_account_data (alice.http, alice.user_id, room_id, "im.chappe.test", "{\"a\":1}"));
  done (mx_rooms_leave (bob.http, room_id));
  await_error (mx_rooms_send (bob.http, room_id, "m.room.message", "t", "{}"),
               MX_MATRIX_ERROR,
               MX_MATRIX_ERROR_FORBIDDEN);
  done (mx_rooms_forget (bob.http, room_id));
  done (mx_rooms_invite (alice.http, room_id, bob.user_id));
  await_error (mx_rooms_messages (bob.http, "!gone:example.org", NULL, NULL, TRUE, 10),
               MX_MATRIX_ERROR,
               MX_MATRIX_ERROR_FORBIDDEN);
  await_error (mx_rooms_leave (bob.http, "no room"), G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
}

static void
test_history (void)
{
  g_autofree char *room_id = make_room ("History", FALSE);
  g_autofree char *middle = NULL;
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (GBytes) older_reply = NULL;
  g_autoptr (GBytes) context_reply = NULL;
  g_autoptr (MxMessagePage) page = NULL;
  g_autoptr (MxMessagePage) older = NULL;
  g_autoptr (GBytes) oldest_reply = NULL;
  g_autoptr (MxMessagePage) oldest = NULL;
  g_autoptr (MxMessagePage) context = NULL;
  g_autoptr (GError) error = NULL;

  for (unsigned i = 0; i < 12; i++)
    {
      g_autofree char *text = g_strdup_printf ("message %u", i);
      g_autofree char *event_id = say (&alice, room_id, text);

      if (i == 6)
        middle = g_steal_pointer (&event_id);
    }

  reply = bytes_of (mx_rooms_messages (alice.http, room_id, NULL, NULL, TRUE, 5));
  page = mx_message_page_decode (reply, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->events->len, ==, 5);
  g_assert_nonnull (page->end);
  g_assert_cmpuint (page->state->len, ==, 1);
  g_assert_cmpstr (mx_json_get_string (mx_event_get_content (page->events->pdata[0]), "body"),
                   ==,
                   "message 11");

  older_reply = bytes_of (mx_rooms_messages (alice.http, room_id, page->end, NULL, TRUE, 100));
  older = mx_message_page_decode (older_reply, &error);
  g_assert_no_error (error);
  /* Synapse knows only one page later that nothing is older than the creation of the room */
  oldest_reply = bytes_of (mx_rooms_messages (alice.http, room_id, older->end, NULL, TRUE, 100));
  oldest = mx_message_page_decode (oldest_reply, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (oldest->events->len, ==, 0);
  g_assert_null (oldest->end);
  g_assert_cmpstr (mx_json_get_string (mx_event_get_content (older->events->pdata[0]), "body"),
                   ==,
                   "message 6");

  context_reply = bytes_of (mx_rooms_context (alice.http, room_id, middle, 4));
  context = mx_message_context_decode (context_reply, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (context->events->len, ==, 5);
  g_assert_cmpstr (mx_json_get_string (mx_event_get_content (context->events->pdata[0]), "body"),
                   ==,
                   "message 4");
  g_assert_cmpstr (mx_event_get_id (context->events->pdata[2]), ==, middle);
  g_assert_nonnull (context->before);
  g_assert_nonnull (context->after);
  record ("context.json", context_reply);
  record ("messages.json", reply);
}

static void
test_user_requests (void)
{
  g_autofree char *room_id = make_room ("Notifications", FALSE);
  g_autoptr (GBytes) profile = NULL;
  g_autoptr (GBytes) rules = NULL;
  g_autoptr (MxJsonDocument) document = NULL;

  done (mx_user_set_profile (alice.http, alice.user_id, "displayname", "Alice MARTIN [Justice]"));
  profile = bytes_of (mx_user_profile (bob.http, alice.user_id));
  document = mx_json_document_parse_bytes (profile, NULL);
  g_assert_cmpstr (mx_json_get_string (mx_json_document_root (document), "displayname"),
                   ==,
                   "Alice MARTIN [Justice]");
  done (mx_user_search (alice.http, "bob", 10));
  done (mx_public_rooms (alice.http, NULL, "ministère", NULL, 10));

  for (int setting = MX_ROOM_NOTIFICATIONS_DEFAULT; setting <= MX_ROOM_NOTIFICATIONS_MUTE;
       setting++)
    {
      g_autoptr (MxPushRules) parsed = NULL;

      done (mx_push_set_room (alice.http, room_id, setting));
      g_clear_pointer (&rules, g_bytes_unref);
      rules =
        bytes_of (mx_http_request (alice.http, "GET", "/_matrix/client/v3/pushrules/", NULL, 0));
      g_clear_pointer (&document, mx_json_document_unref);
      document = mx_json_document_parse_bytes (rules, NULL);
      parsed = mx_push_rules_new (mx_json_document_root (document));
      g_assert_cmpint (mx_push_rules_get_room_setting (parsed, room_id), ==, setting);
    }
}

static void
test_media (void)
{
  g_autofree char *data = g_strnfill (100000, 'm');
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_data (data, 100000, NULL);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) small = g_memory_output_stream_new_resizable ();
  g_autoptr (DexFuture) config = NULL;
  g_autofree char *mxc = NULL;
  g_autofree char *type = NULL;

  mxc = text_of (
    mx_media_upload (alice.http, input, 100000, "text/plain", "un résumé.txt", NULL, NULL));
  type = text_of (mx_media_download (bob.http, mxc, FALSE, output, 100000, NULL, NULL));
  g_assert_cmpstr (type, ==, "text/plain");
  g_assert_cmpmem (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (output)),
                   g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (output)),
                   data,
                   100000);
  await_error (mx_media_download (bob.http, mxc, FALSE, small, 99999, NULL, NULL),
               MX_MATRIX_ERROR,
               MX_MATRIX_ERROR_TOO_LARGE);
  await_error (mx_media_download (bob.http, "mxc://a/b/c", FALSE, small, 10, NULL, NULL),
               G_IO_ERROR,
               G_IO_ERROR_INVALID_ARGUMENT);

  g_assert_true (await (mx_media_config (alice.http, FALSE), &config, NULL));
  g_assert_cmpint (g_value_get_int64 (dex_future_get_value (config, NULL)), >, 0);
}

/* ------------------------------------------------------------------ both syncs */

static MxRoomDelta *
find_room (MxSyncDelta *delta, const char *room_id)
{
  for (unsigned i = 0; i < delta->rooms->len; i++)
    {
      MxRoomDelta *room = g_ptr_array_index (delta->rooms, i);

      if (g_str_equal (room->room_id, room_id))
        return room;
    }
  return NULL;
}

static const char *
last_body (MxRoomDelta *room)
{
  MxEvent *event = g_ptr_array_index (room->timeline, room->timeline->len - 1);

  return mx_json_get_string (mx_event_get_content (event), "body");
}

static MxSyncDelta *
classic (Person *person, const char *since, const char *filter_id, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply =
    bytes_of (mx_sync_classic_request (person->http, since, filter_id, 0, FALSE, FALSE));
  MxSyncDelta *delta = mx_sync_classic_decode (reply, since, &error);

  g_assert_no_error (error);
  record (name, reply);
  return delta;
}

static void
test_classic (void)
{
  g_autofree char *room_id = make_room ("Classic", TRUE);
  g_autofree char *kept_id = make_room ("Invitation", TRUE);
  g_autofree char *filter = mx_sync_classic_filter ();
  g_autofree char *filter_id =
    text_of (mx_sync_classic_create_filter (bob.http, bob.user_id, filter));
  g_autoptr (MxSyncDelta) initial = NULL;
  g_autoptr (MxSyncDelta) joined = NULL;
  g_autoptr (MxSyncDelta) limited = NULL;
  g_autoptr (MxSyncDelta) left = NULL;
  g_autofree char *event_id = NULL;
  MxRoomDelta *room;

  initial = classic (&bob, NULL, filter_id, "classic-initial.json");
  room = find_room (initial, room_id);
  g_assert_cmpint (room->membership, ==, MX_MEMBERSHIP_INVITE);
  g_assert_cmpuint (room->stripped->len, >, 2);

  g_free (text_of (mx_rooms_join (bob.http, room_id, NULL)));
  event_id = say (&alice, room_id, "welcome");
  done (mx_rooms_typing (alice.http, room_id, alice.user_id, TRUE, 20000));
  done (mx_rooms_receipt (alice.http, room_id, event_id, FALSE, NULL));
  joined = classic (&bob, initial->next_token, filter_id, "classic-joined.json");
  room = find_room (joined, room_id);
  g_assert_cmpint (room->membership, ==, MX_MEMBERSHIP_JOIN);
  g_assert_true (room->state_is_current);
  g_assert_cmpstr (last_body (room), ==, "welcome");
  g_assert_cmpuint (room->live, >, 0);
  g_assert_cmpuint (room->live, <, room->timeline->len);
  g_assert_cmpint (room->joined_count, ==, 2);
  g_assert_cmpint (room->notification_count, >=, 1);
  g_assert_nonnull (room->typing);
  g_assert_cmpstr (room->typing[0], ==, alice.user_id);
  g_assert_cmpuint (room->receipts->len, ==, 1);

  for (unsigned i = 0; i < 35; i++)
    g_free (say (&alice, room_id, "more"));
  limited = classic (&bob, joined->next_token, filter_id, "classic-limited.json");
  room = find_room (limited, room_id);
  g_assert_true (room->limited);
  g_assert_nonnull (room->prev_batch);
  g_assert_cmpuint (room->live, ==, room->timeline->len);

  done (mx_rooms_leave (bob.http, room_id));
  left = classic (&bob, limited->next_token, filter_id, "classic-left.json");
  g_assert_cmpint (find_room (left, room_id)->membership, ==, MX_MEMBERSHIP_LEAVE);
}

static MxSyncDelta *
sliding (Person *person, MxSlidingRequest *request, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply = bytes_of (mx_sync_sliding_request (person->http, request));
  MxSyncDelta *delta = mx_sync_sliding_decode (reply, person->user_id, &error);

  g_assert_no_error (error);
  record (name, reply);
  return delta;
}

static void
test_sliding (void)
{
  g_autofree char *room_id = make_room ("Sliding", TRUE);
  g_autofree char *direct_id = NULL;
  g_autofree char *direct =
    g_strdup_printf ("{\"is_direct\":true,\"preset\":\"trusted_private_chat\",\"invite\":[\"%s\"]}",
                     bob.user_id);
  MxSlidingRequest request = { "room-list", NULL, 0, 99, 1, NULL, 0, NULL, FALSE };
  const char *subscriptions[] = { room_id, NULL };
  g_autoptr (MxSyncDelta) initial = NULL;
  g_autoptr (MxSyncDelta) joined = NULL;
  g_autoptr (MxSyncDelta) live = NULL;
  g_autoptr (MxSyncDelta) kicked = NULL;
  g_autofree char *event_id = NULL;
  g_autofree char *kick = g_strdup_printf ("{\"user_id\":\"%s\"}", bob.user_id);
  g_autofree char *kick_path = NULL;
  MxRoomDelta *room;

  direct_id = text_of (mx_rooms_create (alice.http, direct));
  g_free (text_of (mx_rooms_join (bob.http, direct_id, NULL)));

  initial = sliding (&bob, &request, "sliding-initial.json");
  g_assert_cmpint (initial->total_rooms, >=, 2);
  room = find_room (initial, room_id);
  g_assert_cmpint (room->membership, ==, MX_MEMBERSHIP_INVITE);
  g_assert_cmpuint (room->stripped->len, >, 2);
  room = find_room (initial, direct_id);
  g_assert_cmpint (room->membership, ==, MX_MEMBERSHIP_JOIN);
  g_assert_true (room->initial);
  g_assert_true (room->has_heroes);
  g_assert_cmpstr (room->heroes[0], ==, alice.user_id);
  g_assert_cmpuint (g_strv_length (room->hero_names), ==, g_strv_length (room->heroes));
  g_assert_nonnull (initial->account_data);
  g_assert_cmpuint (initial->account_data->len, >, 0);

  g_free (text_of (mx_rooms_join (bob.http, room_id, NULL)));
  event_id = say (&alice, room_id, "welcome");
  request.pos = initial->next_token;
  request.subscriptions = subscriptions;
  request.subscription_limit = 20;
  joined = sliding (&bob, &request, "sliding-joined.json");
  room = find_room (joined, room_id);
  g_assert_cmpint (room->membership, ==, MX_MEMBERSHIP_JOIN);
  g_assert_true (room->state_is_current);
  g_assert_cmpstr (last_body (room), ==, "welcome");

  g_free (say (&alice, room_id, "live"));
  done (mx_rooms_typing (alice.http, room_id, alice.user_id, TRUE, 20000));
  done (mx_rooms_receipt (alice.http, room_id, event_id, FALSE, NULL));
  request.pos = joined->next_token;
  live = sliding (&bob, &request, "sliding-live.json");
  room = find_room (live, room_id);
  g_assert_cmpuint (room->live, ==, 1);
  g_assert_cmpint (room->membership, ==, MX_MEMBERSHIP_NONE);
  g_assert_nonnull (room->typing);
  g_assert_cmpuint (room->receipts->len, >=, 1);

  kick_path = mx_http_path ("/_matrix/client/v3/rooms/%s/kick", room_id);
  done (mx_http_request (alice.http, "POST", kick_path, kick, 0));
  request.pos = live->next_token;
  request.subscriptions = NULL;
  kicked = sliding (&bob, &request, "sliding-kicked.json");
  g_assert_cmpint (find_room (kicked, room_id)->membership, ==, MX_MEMBERSHIP_LEAVE);

  /* a position of another connection */
  request.conn_id = "another";
  await_error (mx_sync_sliding_request (bob.http, &request),
               MX_MATRIX_ERROR,
               MX_MATRIX_ERROR_UNKNOWN_POS);
}

static void
test_sliding_encryption (void)
{
  MxSlidingRequest request = { "encryption", NULL, 0, 0, 0, NULL, 0, NULL, TRUE };
  g_autofree char *body =
    g_strdup_printf ("{\"messages\":{\"%s\":{\"*\":{\"x\":1}}}}", bob.user_id);
  g_autoptr (MxSyncDelta) first = NULL;
  g_autoptr (MxSyncDelta) again = NULL;
  g_autoptr (MxSyncDelta) after = NULL;

  done (mx_http_request (alice.http,
                         "PUT",
                         "/_matrix/client/v3/sendToDevice/im.chappe.test/1",
                         body,
                         0));
  first = sliding (&bob, &request, "sliding-encryption.json");
  g_assert_cmpuint (first->rooms->len, ==, 0);
  g_assert_cmpuint (first->to_device->len, ==, 1);
  g_assert_nonnull (first->to_device_token);
  g_assert_nonnull (first->one_time_key_counts);

  /* advancing pos acknowledges nothing, sending the token does */
  request.pos = first->next_token;
  again = sliding (&bob, &request, "sliding-encryption-again.json");
  g_assert_cmpuint (again->to_device->len, ==, 1);
  request.pos = again->next_token;
  request.to_device_since = again->to_device_token;
  after = sliding (&bob, &request, "sliding-encryption-after.json");
  g_assert_cmpuint (after->to_device->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GSubprocess) server = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  server = start_server ();
  if (server == NULL)
    {
      g_print ("1..0 # SKIP no homeserver\n");
      return 0;
    }
  make_person (&alice, "alice");
  make_person (&bob, "bob");

  g_test_add_func ("/synapse/discovery", test_discovery);
  g_test_add_func ("/synapse/login", test_login);
  g_test_add_func ("/synapse/rooms", test_room_requests);
  g_test_add_func ("/synapse/history", test_history);
  g_test_add_func ("/synapse/users", test_user_requests);
  g_test_add_func ("/synapse/media", test_media);
  g_test_add_func ("/synapse/classic", test_classic);
  g_test_add_func ("/synapse/sliding", test_sliding);
  g_test_add_func ("/synapse/sliding-encryption", test_sliding_encryption);
  status = g_test_run ();

  clear_person (&alice);
  clear_person (&bob);
  g_free (base_url);
  g_output_stream_close (g_subprocess_get_stdin_pipe (server), NULL, NULL);
  g_subprocess_wait (server, NULL, NULL);
  return status;
}
