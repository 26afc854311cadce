/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The room list as it is drawn: sections, folding, filters, the next unread, and changes told as
 * small as they are. */
#include "config.h"

#include "chappe-room-model.h"
#include "chappe-room-section.h"
#include "room-fixture.h"

typedef struct
{
  GListStore *rooms;
  ChappeRoomModel *model;
  GString *changes;
} Fixture;

static void
changed_cb (GListModel *model,
            unsigned position,
            unsigned removed,
            unsigned added,
            Fixture *fixture)
{
  g_string_append_printf (fixture->changes, "(%u,-%u,+%u)", position, removed, added);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->rooms = g_list_store_new (MX_TYPE_ROOM);
  fixture->model = chappe_room_model_new ();
  fixture->changes = g_string_new (NULL);
  for (unsigned i = 0; i < 5; i++)
    {
      static const char *const names[] = { "Agenda", "Budget", "Crèche", "Élections", "Forêts" };
      g_autoptr (MxRoom) room = room_fixture_new (names[i], i == 3 ? 2 : 0);

      g_list_store_append (fixture->rooms, room);
    }
  chappe_room_model_set_rooms (fixture->model, G_LIST_MODEL (fixture->rooms));
  g_signal_connect (fixture->model, "items-changed", G_CALLBACK (changed_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->model);
  g_assert_finalize_object (fixture->rooms);
  g_string_free (fixture->changes, TRUE);
}

/* "Rooms: Agenda Budget" */
static void
assert_items (Fixture *fixture, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);
  unsigned n = g_list_model_get_n_items (G_LIST_MODEL (fixture->model));

  for (unsigned i = 0; i < n; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (fixture->model), i);

      if (CHAPPE_IS_ROOM_SECTION (item))
        g_string_append_printf (text,
                                "%s:",
                                chappe_room_section_get_title (CHAPPE_ROOM_SECTION (item)));
      else
        g_string_append (text, mx_room_get_name (MX_ROOM (item)));
      if (i + 1 < n)
        g_string_append_c (text, ' ');
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
change (Fixture *fixture, unsigned position, void (*edit) (MxRoomRow *row))
{
  g_autoptr (MxRoom) room = g_list_model_get_item (G_LIST_MODEL (fixture->rooms), position);
  g_autoptr (MxRoomRow) row = room_fixture_row (mx_room_get_name (room));

  edit (row);
  mx_room_set_row (room, row);
  room_fixture_settle ();
}

static void
make_favourite (MxRoomRow *row)
{
  row->is_favourite = TRUE;
}

static void
make_invite (MxRoomRow *row)
{
  row->membership = MX_MEMBERSHIP_INVITE;
}

static void
make_left (MxRoomRow *row)
{
  row->membership = MX_MEMBERSHIP_LEAVE;
}

static void
test_sections (Fixture *fixture, gconstpointer data)
{
  assert_items (fixture, "Rooms: Agenda Budget Crèche Élections Forêts");
  change (fixture, 2, make_favourite);
  assert_items (fixture, "Favourites: Crèche Rooms: Agenda Budget Élections Forêts");
  change (fixture, 4, make_invite);
  assert_items (fixture, "Invitations: Forêts Favourites: Crèche Rooms: Agenda Budget Élections");
  change (fixture, 4, make_left);
  change (fixture, 2, make_left);
  assert_items (fixture, "Rooms: Agenda Budget Élections");
}

static void
test_one_move_is_small (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxRoom) room = g_list_model_get_item (G_LIST_MODEL (fixture->rooms), 3);

  g_list_store_remove (fixture->rooms, 3);
  g_list_store_insert (fixture->rooms, 0, room);
  room_fixture_settle ();
  assert_items (fixture, "Rooms: Élections Agenda Budget Crèche Forêts");
  g_assert_cmpstr (fixture->changes->str, ==, "(4,-1,+0)(1,-0,+1)");
}

static void
test_still_under_pointer (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxRoom) room = g_list_model_get_item (G_LIST_MODEL (fixture->rooms), 4);
  g_autoptr (MxRoom) fresh = room_fixture_new ("Gares", 0);

  chappe_room_model_set_still (fixture->model, TRUE);
  g_list_store_remove (fixture->rooms, 4);
  g_list_store_insert (fixture->rooms, 0, room);
  room_fixture_settle ();
  assert_items (fixture, "Rooms: Agenda Budget Crèche Élections Forêts");
  /* What is new is not kept back. */
  g_list_store_append (fixture->rooms, fresh);
  room_fixture_settle ();
  assert_items (fixture, "Rooms: Forêts Agenda Budget Crèche Élections Gares");
  chappe_room_model_set_still (fixture->model, FALSE);
  room_fixture_settle ();
  assert_items (fixture, "Rooms: Forêts Agenda Budget Crèche Élections Gares");
}

static void
test_fold (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) folded = NULL;

  chappe_room_model_toggle (fixture->model, MX_ROOM_SECTION_ROOMS);
  assert_items (fixture, "Rooms:");
  folded = chappe_room_model_dup_collapsed (fixture->model);
  g_assert_cmpuint (g_strv_length (folded), ==, 1);
  g_assert_cmpstr (folded[0], ==, "rooms");
  /* Who searches finds what is folded away. */
  chappe_room_model_set_filter (fixture->model, "bud");
  assert_items (fixture, "Rooms: Budget");
  chappe_room_model_set_filter (fixture->model, NULL);
  assert_items (fixture, "Rooms:");
  chappe_room_model_set_collapsed (fixture->model, NULL);
  assert_items (fixture, "Rooms: Agenda Budget Crèche Élections Forêts");
}

static void
test_filter (Fixture *fixture, gconstpointer data)
{
  chappe_room_model_set_filter (fixture->model, "elec");
  assert_items (fixture, "Rooms: Élections");
  g_assert_cmpuint (chappe_room_model_get_n_rooms (fixture->model), ==, 1);
  chappe_room_model_set_filter (fixture->model, "nothing of the kind");
  assert_items (fixture, "");
}

static void
test_unread (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxRoom) agenda = g_list_model_get_item (G_LIST_MODEL (fixture->rooms), 0);
  g_autoptr (MxRoom) elections = g_list_model_get_item (G_LIST_MODEL (fixture->rooms), 3);

  g_assert_true (chappe_room_model_next (fixture->model, agenda, 1, TRUE) == elections);
  g_assert_true (chappe_room_model_next (fixture->model, agenda, -1, TRUE) == elections);
  g_assert_null (chappe_room_model_next (fixture->model, elections, 1, TRUE));
  chappe_room_model_set_unread_only (fixture->model, TRUE);
  assert_items (fixture, "Rooms: Élections");
  /* The room that is being read does not vanish under the reader. */
  chappe_room_model_set_shown (fixture->model, agenda);
  room_fixture_settle ();
  assert_items (fixture, "Rooms: Agenda Élections");
}

static void
test_next_wraps (Fixture *fixture, gconstpointer data)
{
  g_autoptr (MxRoom) first = g_list_model_get_item (G_LIST_MODEL (fixture->rooms), 0);
  g_autoptr (MxRoom) last = g_list_model_get_item (G_LIST_MODEL (fixture->rooms), 4);

  g_assert_true (chappe_room_model_next (fixture->model, last, 1, FALSE) == first);
  g_assert_true (chappe_room_model_next (fixture->model, first, -1, FALSE) == last);
  g_assert_true (chappe_room_model_next (fixture->model, NULL, 1, FALSE) == first);
  g_assert_true (chappe_room_model_next (fixture->model, NULL, -1, FALSE) == last);
}

#define ADD(name, func) g_test_add ("/room-model/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("sections", test_sections);
  ADD ("one-move-is-small", test_one_move_is_small);
  ADD ("still-under-pointer", test_still_under_pointer);
  ADD ("fold", test_fold);
  ADD ("filter", test_filter);
  ADD ("unread", test_unread);
  ADD ("next-wraps", test_next_wraps);

  return g_test_run ();
}
