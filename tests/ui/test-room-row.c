/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A row of the room list says in one sentence what it shows, whatever state the room is in. */
#include "config.h"

#include "chappe-avatar.h"
#include "chappe-room-row.h"
#include "chappe-ui.h"
#include "room-fixture.h"

#include <adwaita.h>

static char *
accessible_text (MxRoomRow *row)
{
  g_autoptr (MxRoom) room = mx_room_new (NULL, row);
  GtkWidget *widget = g_object_ref_sink (chappe_room_row_new ());
  char *text = NULL;

  chappe_room_row_set_room (CHAPPE_ROOM_ROW (widget), room);
  g_object_get (widget, "accessible-text", &text, NULL);
  g_assert_finalize_object (widget);
  return text;
}

static void
test_plain (void)
{
  g_autoptr (MxRoomRow) row = room_fixture_row ("Budget");
  g_autofree char *text = NULL;

  row->last_summary = g_strdup ("Vu, merci");
  row->last_sender_name = g_strdup ("Anne LE GALL [DINUM]");
  text = accessible_text (row);
  g_assert_cmpstr (text, ==, "Budget, Anne: Vu, merci");
}

static void
test_news (void)
{
  g_autoptr (MxRoomRow) row = room_fixture_row ("Budget");
  g_autofree char *text = NULL;

  row->unread = 3;
  row->highlights = 1;
  row->failed_sends = 1;
  row->notifications = MX_ROOM_NOTIFICATIONS_MUTE;
  row->has_draft = TRUE;
  row->draft_text = g_strdup ("Bonjour à");
  text = accessible_text (row);
  g_assert_cmpstr (text,
                   ==,
                   "Budget, 3 unread messages, you are mentioned, a message was not sent, muted, "
                   "draft, Bonjour à");
}

static void
test_invitation (void)
{
  g_autoptr (MxRoomRow) row = room_fixture_row ("Budget");
  g_autofree char *text = NULL;

  row->membership = MX_MEMBERSHIP_INVITE;
  row->inviter_name = g_strdup ("Jean MOREAU");
  text = accessible_text (row);
  g_assert_cmpstr (text, ==, "Budget, Jean MOREAU invites you");
}

static void
test_unreadable (void)
{
  g_autoptr (MxRoomRow) row = room_fixture_row ("Budget");
  g_autofree char *text = NULL;

  row->preview = MX_ROOM_PREVIEW_UNREADABLE;
  text = accessible_text (row);
  g_assert_cmpstr (text, ==, "Budget, Locked message");
}

static void
test_changes (void)
{
  g_autoptr (MxRoom) room = room_fixture_new ("Budget", 0);
  g_autoptr (MxRoomRow) next = room_fixture_row ("Budget");
  GtkWidget *widget = g_object_ref_sink (chappe_room_row_new ());
  g_autofree char *text = NULL;

  chappe_room_row_set_room (CHAPPE_ROOM_ROW (widget), room);
  g_assert_false (gtk_widget_has_css_class (widget, "unread"));
  next->unread = 1;
  mx_room_set_row (room, next);
  room_fixture_settle ();
  g_assert_true (gtk_widget_has_css_class (widget, "unread"));
  g_object_get (widget, "accessible-text", &text, NULL);
  g_assert_cmpstr (text, ==, "Budget, 1 unread message");

  /* A recycled row keeps nothing of the former room. */
  chappe_room_row_set_room (CHAPPE_ROOM_ROW (widget), NULL);
  g_assert_null (chappe_room_row_get_room (CHAPPE_ROOM_ROW (widget)));
  g_assert_finalize_object (widget);
}

static void
test_initials (void)
{
  static const char *const names[][2] = {
    { "Camille DURAND [DINUM]", "Camille DURAND" },
    { "[DINUM]", "[DINUM]" },
    { "Salon", "Salon" },
    { NULL, "" },
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = chappe_avatar_dup_initials_text (names[i][0]);

      g_assert_cmpstr (text, ==, names[i][1]);
    }
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  chappe_ui_init ();

  g_test_add_func ("/room-row/plain", test_plain);
  g_test_add_func ("/room-row/news", test_news);
  g_test_add_func ("/room-row/invitation", test_invitation);
  g_test_add_func ("/room-row/unreadable", test_unreadable);
  g_test_add_func ("/room-row/changes", test_changes);
  g_test_add_func ("/room-row/initials", test_initials);

  return g_test_run ();
}
