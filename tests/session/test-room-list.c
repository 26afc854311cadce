/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The order of the list, one change per change set, rooms that keep their object, sections and
 * counts. A shadow list follows items-changed as a view does. */
#include "config.h"

#include "mx-room-list-private.h"
#include "session-fixture.h"

typedef struct
{
  SessionFixture session;
  MxRoomList *list;
  GPtrArray *shadow; /* what a view shows */
  unsigned changes;
} Fixture;

static void
items_changed_cb (Fixture *self, guint position, guint removed, guint added)
{
  g_ptr_array_remove_range (self->shadow, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (self->shadow,
                        position + i,
                        g_list_model_get_item (G_LIST_MODEL (self->list), position + i));
  self->changes++;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  session_fixture_init (&self->session);
  self->list = mx_room_list_new (self->session.session);
  self->shadow = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect_swapped (self->list, "items-changed", G_CALLBACK (items_changed_cb), self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_ptr_array_unref (self->shadow);
  g_assert_finalize_object (self->list);
  session_fixture_clear (&self->session);
}

static MxRoomRow *
make_row (const char *room_id, gint64 sort_key)
{
  MxRoomRow *row = mx_room_row_new (room_id);

  row->name = g_strdup (room_id);
  row->membership = MX_MEMBERSHIP_JOIN;
  row->sort_key = sort_key;

  return row;
}

/* Takes row. */
static void
add_change (MxStoreChanges *changes, MxRoomRow *row)
{
  MxRoomChange *change = mx_store_changes_room (changes, row->room_id, MX_ROOM_CHANGED_ROW);

  g_clear_pointer (&change->row, mx_room_row_unref);
  change->row = row;
}

/* Takes row. */
static void
apply_row (Fixture *self, MxRoomRow *row)
{
  g_autoptr (MxStoreChanges) changes = mx_store_changes_new ();

  add_change (changes, row);
  mx_room_list_apply (self->list, changes);
}

static void
assert_order (Fixture *self, const char *expected)
{
  g_autoptr (GString) order = g_string_new (NULL);

  g_assert_cmpuint (self->shadow->len, ==, g_list_model_get_n_items (G_LIST_MODEL (self->list)));
  for (guint i = 0; i < self->shadow->len; i++)
    {
      g_autoptr (MxRoom) room = g_list_model_get_item (G_LIST_MODEL (self->list), i);

      g_assert_true (room == g_ptr_array_index (self->shadow, i));
      g_string_append_printf (order, "%s ", mx_room_get_id (room));
    }
  g_assert_cmpstr (g_strchomp (order->str), ==, expected);
}

static void
fill (Fixture *self)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_room_row_unref);

  g_ptr_array_add (rows, make_row ("!b", 20));
  g_ptr_array_add (rows, make_row ("!d", 5));
  g_ptr_array_add (rows, make_row ("!a", 30));
  g_ptr_array_add (rows, make_row ("!c", 20));
  mx_room_list_fill (self->list, rows);
}

static void
test_order (Fixture *self, gconstpointer data)
{
  MxRoom *room = NULL;

  fill (self);
  g_assert_cmpuint (self->changes, ==, 1);
  assert_order (self, "!a !b !c !d");

  /* To the top: one change, the same object. */
  room = mx_room_list_find (self->list, "!d");
  apply_row (self, make_row ("!d", 40));
  g_assert_cmpuint (self->changes, ==, 2);
  assert_order (self, "!d !a !b !c");
  g_assert_true (mx_room_list_find (self->list, "!d") == room);

  /* No move, no change of the list. */
  apply_row (self, make_row ("!a", 30));
  apply_row (self, make_row ("!a", 31));
  g_assert_cmpuint (self->changes, ==, 2);
  assert_order (self, "!d !a !b !c");
}

static void
test_change_set (Fixture *self, gconstpointer data)
{
  g_autoptr (MxStoreChanges) changes = mx_store_changes_new ();

  fill (self);
  add_change (changes, make_row ("!e", 25));
  add_change (changes, make_row ("!c", 50));
  mx_store_changes_room (changes, "!b", MX_ROOM_CHANGED_REMOVED);
  mx_store_changes_room (changes, "!unknown", MX_ROOM_CHANGED_REMOVED | MX_ROOM_CHANGED_TYPING);
  mx_room_list_apply (self->list, changes);
  g_assert_cmpuint (self->changes, ==, 2);
  assert_order (self, "!c !a !e !d");
  g_assert_null (mx_room_list_find (self->list, "!b"));
}

static void
test_sections (Fixture *self, gconstpointer data)
{
  MxRoomRow *invite = make_row ("!invite", 60);
  MxRoomRow *favourite = make_row ("!a", 30);
  MxRoomRow *low = make_row ("!b", 20);
  MxRoomRow *direct = make_row ("!c", 20);
  MxRoomRow *space = make_row ("!d", 5);
  guint unread = 0, unread_rooms = 0, invites = 0;

  fill (self);
  invite->membership = MX_MEMBERSHIP_INVITE;
  favourite->is_favourite = favourite->is_direct = TRUE;
  favourite->unread = 3;
  low->is_low_priority = TRUE;
  low->marked_unread = TRUE;
  direct->is_direct = TRUE;
  direct->direct_user = g_strdup ("@anne:example.org");
  space->is_space = TRUE;
  space->unread = 9;
  apply_row (self, invite);
  apply_row (self, favourite);
  apply_row (self, low);
  apply_row (self, direct);
  apply_row (self, space);

  g_assert_cmpint (mx_room_get_section (mx_room_list_find (self->list, "!invite")),
                   ==,
                   MX_ROOM_SECTION_INVITES);
  g_assert_cmpint (mx_room_get_section (mx_room_list_find (self->list, "!a")),
                   ==,
                   MX_ROOM_SECTION_FAVOURITES);
  g_assert_cmpint (mx_room_get_section (mx_room_list_find (self->list, "!b")),
                   ==,
                   MX_ROOM_SECTION_LOW_PRIORITY);
  g_assert_cmpint (mx_room_get_section (mx_room_list_find (self->list, "!c")),
                   ==,
                   MX_ROOM_SECTION_DIRECT);
  g_assert_cmpint (mx_room_get_section (mx_room_list_find (self->list, "!d")),
                   ==,
                   MX_ROOM_SECTION_HIDDEN);
  g_assert_true (mx_room_list_find_direct (self->list, "@anne:example.org") ==
                 mx_room_list_find (self->list, "!c"));

  g_object_get (
    self->list, "unread", &unread, "unread-rooms", &unread_rooms, "invites", &invites, NULL);
  g_assert_cmpuint (unread, ==, 3);
  g_assert_cmpuint (unread_rooms, ==, 2);
  g_assert_cmpuint (invites, ==, 1);
}

/* An upgraded room hides once we are in its successor, and not before. */
static void
test_replaced (Fixture *self, gconstpointer data)
{
  MxRoomRow *old = make_row ("!a", 30);
  MxRoomRow *invited = make_row ("!new", 70);
  MxRoomRow *joined = make_row ("!new", 70);

  fill (self);
  old->successor = g_strdup ("!new");
  invited->predecessor = g_strdup ("!a");
  invited->membership = MX_MEMBERSHIP_INVITE;
  joined->predecessor = g_strdup ("!a");

  apply_row (self, old);
  apply_row (self, invited);
  g_assert_cmpint (mx_room_get_section (mx_room_list_find (self->list, "!a")),
                   ==,
                   MX_ROOM_SECTION_ROOMS);
  apply_row (self, joined);
  g_assert_cmpint (mx_room_get_section (mx_room_list_find (self->list, "!a")),
                   ==,
                   MX_ROOM_SECTION_HIDDEN);
}

static void
count_cb (unsigned *count)
{
  (*count)++;
}

/* Only what differs is told. */
static void
test_notify (Fixture *self, gconstpointer data)
{
  MxRoom *room = NULL;
  MxRoomRow *row = make_row ("!a", 30);
  unsigned names = 0, unread = 0;

  fill (self);
  room = mx_room_list_find (self->list, "!a");
  g_signal_connect_swapped (room, "notify::name", G_CALLBACK (count_cb), &names);
  g_signal_connect_swapped (room, "notify::unread", G_CALLBACK (count_cb), &unread);
  row->unread = 2;
  apply_row (self, row);
  g_assert_cmpuint (names, ==, 0);
  g_assert_cmpuint (unread, ==, 1);
}

#define TEST(name, func) g_test_add ("/room-list/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  TEST ("order", test_order);
  TEST ("change-set", test_change_set);
  TEST ("sections", test_sections);
  TEST ("replaced", test_replaced);
  TEST ("notify", test_notify);

  return g_test_run ();
}
