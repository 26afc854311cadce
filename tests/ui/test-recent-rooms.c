/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Back and forth between the rooms used last, further back while the key is held. */
#include "config.h"

#include "chappe-recent-rooms.h"

#include "session-fixture.h"

#include <gtk/gtk.h>

typedef struct
{
  SessionFixture session;
  MxRoomList *rooms;
  ChappeRecentRooms *recent;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  static const char *const ids[] = { "!a:x", "!b:x", "!c:x" };

  session_fixture_init (&self->session);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    session_fixture_join (&self->session, ids[i]);
  self->rooms = mx_session_get_rooms (self->session.session);
  self->recent = chappe_recent_rooms_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    chappe_recent_rooms_use (self->recent, mx_room_list_find (self->rooms, ids[i]));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  chappe_recent_rooms_free (self->recent);
  session_fixture_clear (&self->session);
}

static void
assert_step (Fixture *self, int direction, const char *expected)
{
  MxRoom *room = chappe_recent_rooms_step (self->recent, self->rooms, direction);

  g_assert_nonnull (room);
  g_assert_cmpstr (mx_room_get_id (room), ==, expected);
  /* What is passed through is shown, and is no use of it. */
  chappe_recent_rooms_use (self->recent, room);
}

static void
test_toggle (Fixture *self, gconstpointer data)
{
  assert_step (self, 1, "!b:x");
  chappe_recent_rooms_settle (self->recent);
  assert_step (self, 1, "!c:x");
  chappe_recent_rooms_settle (self->recent);
  assert_step (self, 1, "!b:x");
}

static void
test_further (Fixture *self, gconstpointer data)
{
  assert_step (self, 1, "!b:x");
  assert_step (self, 1, "!a:x");
  assert_step (self, 1, "!c:x");
  assert_step (self, -1, "!a:x");
  chappe_recent_rooms_settle (self->recent);
  assert_step (self, 1, "!c:x");
  assert_step (self, 1, "!b:x");
}

static void
test_gone (Fixture *self, gconstpointer data)
{
  session_fixture_leave (&self->session, "!b:x");
  assert_step (self, 1, "!a:x");
  chappe_recent_rooms_settle (self->recent);
  chappe_recent_rooms_clear (self->recent);
  g_assert_null (chappe_recent_rooms_step (self->recent, self->rooms, 1));
}

#define TEST(name, func) g_test_add ("/recent-rooms/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  dex_init ();

  TEST ("toggle", test_toggle);
  TEST ("further", test_further);
  TEST ("gone", test_gone);

  return g_test_run ();
}
