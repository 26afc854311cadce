/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What the server learns of a reader: the position, forwards only and until it has it; tags;
 * typing. */
#include "config.h"

#include "local-server.h"
#include "mx-preferences.h"
#include "mx-room-list.h"
#include "session-fixture.h"

typedef struct
{
  SessionFixture session;
  LocalServer *server;
  MxRoom *room;
  GPtrArray *requests; /* "METHOD PATH BODY", but for the sync loop's */
  unsigned status;     /* of the answers */
} Fixture;

static void
server_cb (Request *request, gpointer data)
{
  Fixture *self = data;

  if (strstr (request->path, "/rooms/") == NULL)
    {
      hold (request);
      return;
    }

  g_ptr_array_add (self->requests,
                   g_strdup_printf ("%s %s %s",
                                    soup_server_message_get_method (request->message),
                                    request->path,
                                    request->body));
  respond_json (request, self->status, "{}");
}

static const char *
get_request (Fixture *self, unsigned i)
{
  while (self->requests->len <= i)
    g_main_context_iteration (NULL, TRUE);

  return g_ptr_array_index (self->requests, i);
}

static void
append (Fixture *self, const char *event_id, const char *sender, gint64 ts)
{
  g_autofree char *event = session_fixture_message (event_id, sender, ts, "Bonjour", NULL);

  session_fixture_append (&self->session, event, NULL);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->requests = g_ptr_array_new_with_free_func (g_free);
  self->status = 200;
  self->server = local_server_new (server_cb, self);
  session_fixture_init_at (&self->session, self->server->base);
  self->room = session_fixture_make_room (&self->session);
  append (self, "$one", FIXTURE_OTHER, 1700000001000);
  append (self, "$two", FIXTURE_OTHER, 1700000002000);
  append (self, "$three", FIXTURE_OTHER, 1700000003000);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  session_fixture_clear (&self->session);
  local_server_free (self->server);
  g_ptr_array_unref (self->requests);
}

/* Turns the main loop until what was written to the store is in the model. */
static void
settle (Fixture *self, unsigned unread)
{
  while (mx_room_get_unread (self->room) != unread)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_position (Fixture *self, gconstpointer data)
{
  g_assert_cmpuint (mx_room_get_unread (self->room), ==, 3);
  mx_session_start (self->session.session);

  /* Several at a time are one request, for the last of them. */
  mx_room_mark_read (self->room, "$one");
  mx_room_mark_read (self->room, "$two");
  settle (self, 1);
  g_assert_nonnull (strstr (get_request (self, 0), "/read_markers "));
  g_assert_nonnull (strstr (get_request (self, 0), "\"m.fully_read\":\"$two\""));
  g_assert_nonnull (strstr (get_request (self, 0), "\"m.read\":\"$two\""));

  /* Never backwards, nothing for what is not there or one's own. */
  append (self, "$own", FIXTURE_USER, 1700000004000);
  mx_room_mark_read (self->room, "$one");
  mx_room_mark_read (self->room, "$unknown");
  mx_room_mark_read (self->room, "$own");
  append (self, "$four", FIXTURE_OTHER, 1700000005000);
  mx_room_mark_read (self->room, "$four");
  g_assert_nonnull (strstr (get_request (self, 1), "\"$four\""));
  g_assert_cmpuint (self->requests->len, ==, 2);
}

/* What the server did not take is sent by the next run. */
static void
test_next_run (Fixture *self, gconstpointer data)
{
  g_autoptr (DexFuture) closed = NULL;
  g_autoptr (DexFuture) opened = NULL;

  self->status = 502;
  mx_session_start (self->session.session);
  mx_room_mark_read (self->room, "$two");
  get_request (self, 0);
  closed = session_fixture_wait (mx_session_close (self->session.session));

  self->status = 200;
  opened = session_fixture_wait (mx_session_open (self->session.session));
  self->room = mx_room_list_find (mx_session_get_rooms (self->session.session), FIXTURE_ROOM);
  g_assert_cmpuint (mx_room_get_unread (self->room), ==, 1);
  mx_session_start (self->session.session);
  g_assert_nonnull (strstr (get_request (self, 1), "\"$two\""));
}

static void
test_tags (Fixture *self, gconstpointer data)
{
  gboolean favourite = FALSE;

  mx_session_start (self->session.session);
  mx_room_set_favourite (self->room, TRUE);
  g_assert_true (g_str_has_prefix (get_request (self, 0), "PUT "));
  g_assert_nonnull (strstr (get_request (self, 0), "/tags/m.favourite "));
  while (!favourite)
    {
      g_main_context_iteration (NULL, FALSE);
      g_object_get (self->room, "favourite", &favourite, NULL);
    }
  g_assert_cmpint (mx_room_get_section (self->room), ==, MX_ROOM_SECTION_FAVOURITES);
}

static void
test_typing (Fixture *self, gconstpointer data)
{
  mx_session_start (self->session.session);
  mx_room_set_typing (self->room, FALSE);
  mx_room_set_typing (self->room, TRUE);
  mx_room_set_typing (self->room, TRUE);
  g_assert_nonnull (strstr (get_request (self, 0), "\"typing\":true"));
  mx_room_set_typing (self->room, FALSE);
  g_assert_nonnull (strstr (get_request (self, 1), "\"typing\":false"));
  g_assert_cmpuint (self->requests->len, ==, 2);
}

/* To the server alone, when others are not to know. */
static void
test_private (Fixture *self, gconstpointer data)
{
  g_object_set (mx_session_get_preferences (self->session.session),
                "send-read-receipts",
                FALSE,
                NULL);
  mx_session_start (self->session.session);
  mx_room_mark_read (self->room, "$two");
  g_assert_nonnull (strstr (get_request (self, 0), "\"m.read.private\":\"$two\""));
  g_assert_null (strstr (get_request (self, 0), "\"m.read\":"));
}

static void
reopen (Fixture *self)
{
  g_autoptr (DexFuture) closed = session_fixture_wait (mx_session_close (self->session.session));
  g_autoptr (DexFuture) opened = session_fixture_wait (mx_session_open (self->session.session));

  self->room = mx_room_list_find (mx_session_get_rooms (self->session.session), FIXTURE_ROOM);
}

/* Tags and marks that the server did not take are sent by the next run, and then no more; the
 * newest wins. */
static void
test_tags_next_run (Fixture *self, gconstpointer data)
{
  gboolean favourite = FALSE;

  self->status = 502;
  mx_session_start (self->session.session);
  mx_room_set_favourite (self->room, TRUE);
  get_request (self, 0);
  mx_room_set_marked_unread (self->room, TRUE);
  mx_room_set_marked_unread (self->room, FALSE);
  reopen (self);
  g_object_get (self->room, "favourite", &favourite, NULL);
  g_assert_true (favourite);

  self->status = 200;
  g_ptr_array_set_size (self->requests, 0);
  mx_session_start (self->session.session);
  get_request (self, 2);
  for (unsigned i = 0; i < 3; i++)
    {
      const char *request = get_request (self, i);

      if (strstr (request, "marked_unread") != NULL)
        g_assert_nonnull (strstr (request, "\"unread\":false"));
      else
        g_assert_nonnull (strstr (request, "/tags/m."));
    }

  reopen (self);
  mx_session_start (self->session.session);
  mx_room_set_low_priority (self->room, TRUE);
  g_assert_nonnull (strstr (get_request (self, 4), "/tags/m.lowpriority"));
  g_assert_cmpuint (self->requests->len, ==, 5);
}

static void
ended_cb (Request *request, gpointer data)
{
  if (strstr (request->path, "/typing/") != NULL)
    respond_json (request, 401, "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"\"}");
  else
    hold (request);
}

/* A sign-out elsewhere is known by the first request that is refused, whatever it is for: not only
 * when the poll ends. */
static void
test_ended (Fixture *self, gconstpointer data)
{
  self->server->handler = ended_cb;
  mx_session_start (self->session.session);
  mx_room_set_typing (self->room, TRUE);
  while (mx_session_get_state (self->session.session) != MX_SESSION_SIGNED_OUT)
    g_main_context_iteration (NULL, TRUE);
}

#define TEST(name, func) g_test_add ("/reading/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  TEST ("position", test_position);
  TEST ("next-run", test_next_run);
  TEST ("private", test_private);
  TEST ("tags", test_tags);
  TEST ("tags-next-run", test_tags_next_run);
  TEST ("typing", test_typing);
  TEST ("ended", test_ended);

  return g_test_run ();
}
