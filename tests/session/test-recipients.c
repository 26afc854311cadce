/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Who gets the key of our session besides those who joined: the invited, and devices that came
 * later (research/protocol §4.B). Real machines on both sides. */
#include "config.h"

#include "megolm-fixture.h"

static void
test_invited (Conversation *self, gconstpointer unused)
{
  Seat *carol = encryption_fixture_add (&self->server, CAROL, "CAROL");
  g_autoptr (GError) error = NULL;
  g_autofree char *wire = NULL;

  seat_upload (&self->server, carol);
  g_free (conversation_write_message (self, "$1"));
  /* The server said yes; sync has not said it yet. */
  seat_begin (self->alice);
  mx_store_add_invited (self->alice->store, ROOM, CAROL, self->alice->changes, &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
  wire = seat_encrypt (&self->server, self->alice, ROOM, "bienvenue");
  seat_enter (&self->server, carol, ROOM, "", ALICE, BOB, CAROL, NULL);
  seat_hear (&self->server, carol, ROOM, "$2", ALICE, wire);
  seat_assert_reads (carol, "$2", "bienvenue");
}

/* The list of the seat's user was told ten minutes ago. */
static void
age_list (Conversation *self, const char *user_id)
{
  g_autoptr (GError) error = NULL;

  seat_begin (self->alice);
  mx_store_clear_outdated (self->alice->store,
                           user_id,
                           0,
                           g_get_real_time () / 1000 - 10 * 60 * 1000,
                           &error);
  g_assert_no_error (error);
  seat_commit (self->alice);
}

static void
assert_tablet_reads (Conversation *self, Seat *tablet, const char *event_id, const char *expected)
{
  g_autofree char *wire = seat_encrypt (&self->server, self->alice, ROOM, event_id);

  seat_hear (&self->server, tablet, ROOM, event_id, ALICE, wire);
  seat_assert_reads (tablet, event_id, expected);
}

/* No server says that somebody who is only invited has a new device. */
static void
test_invited_with_a_new_device (Conversation *self, gconstpointer unused)
{
  Seat *carol = encryption_fixture_add (&self->server, CAROL, "CAROL");
  Seat *tablet = NULL;
  Seat *phone = NULL;
  unsigned queries = 0;

  seat_upload (&self->server, carol);
  seat_member (&self->server, self->alice, ROOM, CAROL, "invite");
  g_free (conversation_write_message (self, "$1"));

  tablet = encryption_fixture_add (&self->server, CAROL, "TABLET");
  seat_upload (&self->server, tablet);
  seat_enter (&self->server, tablet, ROOM, "", ALICE, BOB, CAROL, NULL);
  queries = self->server.queries;
  assert_tablet_reads (self, tablet, "$2", "!no_key");
  g_assert_cmpuint (self->server.queries, ==, queries);
  age_list (self, CAROL);
  age_list (self, BOB);
  assert_tablet_reads (self, tablet, "$3", "$3");
  g_assert_cmpuint (self->server.queries, ==, queries + 1);

  /* Of somebody with whom we are elsewhere the server would have said it. */
  phone = encryption_fixture_add (&self->server, CAROL, "PHONE");
  seat_upload (&self->server, phone);
  seat_enter (&self->server, phone, ROOM, "", ALICE, BOB, CAROL, NULL);
  seat_enter (&self->server, self->alice, OTHER, "", ALICE, CAROL, NULL);
  age_list (self, CAROL);
  queries = self->server.queries;
  assert_tablet_reads (self, phone, "$4", "!no_key");
  g_assert_cmpuint (self->server.queries, ==, queries);
}

static void
test_invited_where_joined (Conversation *self, gconstpointer unused)
{
  Seat *carol = encryption_fixture_add (&self->server, CAROL, "CAROL");
  g_autofree char *wire = NULL;

  seat_upload (&self->server, carol);
  conversation_say_visibility (self, "$v", "joined");
  seat_member (&self->server, self->alice, ROOM, CAROL, "invite");
  wire = seat_encrypt (&self->server, self->alice, ROOM, "entre nous");
  seat_enter (&self->server, carol, ROOM, "", ALICE, BOB, CAROL, NULL);
  seat_hear (&self->server, carol, ROOM, "$1", ALICE, wire);
  seat_assert_reads (carol, "$1", "!no_key");
}

static void
test_other_own_device (Conversation *self, gconstpointer unused)
{
  Seat *tablet = conversation_add_device (self, ALICE, "TABLET");
  g_autofree char *wire = seat_encrypt (&self->server, self->alice, ROOM, "à moi aussi");

  seat_hear (&self->server, tablet, ROOM, "$1", ALICE, wire);
  seat_assert_reads (tablet, "$1", "à moi aussi");
}

#define ADD(path, func)                                                                            \
  g_test_add ("/session/recipients/" path,                                                         \
              Conversation,                                                                        \
              NULL,                                                                                \
              conversation_set_up,                                                                 \
              func,                                                                                \
              conversation_tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("E2E-025-invited", test_invited);
  ADD ("E2E-025-invited-with-a-new-device", test_invited_with_a_new_device);
  ADD ("E2E-016-invited-where-joined", test_invited_where_joined);
  ADD ("E2E-016-other-own-device", test_other_own_device);

  return g_test_run ();
}
