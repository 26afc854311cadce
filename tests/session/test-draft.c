/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is being typed is on disk, to the last letter. */
#include "config.h"

#include "mx-room-list.h"
#include "session-fixture.h"

static void
set_up (SessionFixture *self, gconstpointer data)
{
  session_fixture_init (self);
}

static void
tear_down (SessionFixture *self, gconstpointer data)
{
  session_fixture_clear (self);
}

static MxRoom *
reopen (SessionFixture *self)
{
  g_autoptr (DexFuture) closed = session_fixture_wait (mx_session_close (self->session));
  g_autoptr (DexFuture) opened = session_fixture_wait (mx_session_open (self->session));

  return mx_room_list_find (mx_session_get_rooms (self->session), FIXTURE_ROOM);
}

static void
type (MxRoom *room, const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      g_autofree char *part = g_strndup (text, g_utf8_next_char (c) - text);

      mx_room_set_draft (room, part);
      g_main_context_iteration (NULL, FALSE);
    }
}

static void
test_kept (SessionFixture *self, gconstpointer data)
{
  MxRoom *room = session_fixture_make_room (self);
  g_autofree char *kept = NULL;
  g_autofree char *gone = NULL;
  g_autofree char *shown = NULL;

  g_assert_null (mx_room_dup_draft (room));
  type (room, "Rendez-vous à « 16 h »\nsalle \"Pompidou\"");

  room = reopen (self);
  kept = mx_room_dup_draft (room);
  g_assert_cmpstr (kept, ==, "Rendez-vous à « 16 h »\nsalle \"Pompidou\"");
  g_object_get (room, "draft", &shown, NULL);
  g_assert_cmpstr (shown, ==, "Rendez-vous à « 16 h »");

  mx_room_set_draft (room, NULL);
  room = reopen (self);
  gone = mx_room_dup_draft (room);
  g_assert_null (gone);
  g_assert_false (mx_room_get_row (room)->has_draft);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  g_test_add ("/draft/kept", SessionFixture, NULL, set_up, test_kept, tear_down);

  return g_test_run ();
}
