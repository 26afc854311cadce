/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a room looks like in the list: names, pictures, preview, tags, invitations, order. */
#include "config.h"

#include "store-fixture.h"

static void
test_preview (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxRoomRow) row = NULL;

  sync_events (self,
               TRUE,
               "p",
               make_member ("$m", PAUL, "join", "Paul"),
               make_text ("$1", PAUL, 1, "un"),
               make_text ("$2", PAUL, 2, "deux"),
               NULL);
  sync_events (self, FALSE, "p", make_member ("$m2", LEA, "join", "Léa"), NULL);
  row = get_row (self, ROOM);
  g_assert_cmpstr (row->last_event_id, ==, "$2");
  g_assert_cmpint (row->preview, ==, MX_ROOM_PREVIEW_TEXT);
  g_assert_cmpint (row->last_ts, ==, G_GINT64_CONSTANT (1700000002000));
  g_clear_pointer (&row, mx_room_row_unref);

  sync_events (self, FALSE, "p", make_edit ("$3", PAUL, 3, "$2", "zwei"), NULL);
  row = get_row (self, ROOM);
  g_assert_cmpstr (row->last_summary, ==, "zwei");
  g_clear_pointer (&row, mx_room_row_unref);

  sync_events (self, FALSE, "p", make_redaction ("$4", PAUL, 4, "$2"), NULL);
  row = get_row (self, ROOM);
  g_assert_cmpstr (row->last_summary, ==, "un");
  /* The list does not jump because something was taken back. */
  g_assert_cmpint (row->last_ts, ==, G_GINT64_CONSTANT (1700000002000));
}

static void
test_encrypted (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxRoomRow) row = NULL;

  sync_events (
    self,
    TRUE,
    "p",
    make_state ("$e", PAUL, "m.room.encryption", "", "{'algorithm':'m.megolm.v1.aes-sha2'}"),
    make_event ("{'event_id':'$1','sender':'" PAUL
                "','type':'m.room.encrypted','origin_server_ts':1700000001000,"
                "'content':{'algorithm':'m.megolm.v1.aes-sha2','ciphertext':'x'}}"),
    NULL);
  row = get_row (self, ROOM);
  g_assert_true (row->is_encrypted);
  g_assert_cmpint (row->preview, ==, MX_ROOM_PREVIEW_UNREADABLE);
  g_assert_null (row->last_summary);
  g_clear_pointer (&row, mx_room_row_unref);
  /* Nothing takes it back. */
  sync_events (self, FALSE, "p", make_state ("$f", PAUL, "m.room.encryption", "", "{}"), NULL);
  row = get_row (self, ROOM);
  g_assert_true (row->is_encrypted);
}

static void
test_direct (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  g_autoptr (MxRoomRow) row = NULL;

  room->has_heroes = TRUE;
  room->heroes = g_strsplit (PAUL, ",", -1);
  room->joined_count = 2;
  delta_add_state (room, make_state ("$n", PAUL, "m.room.name", "", "{'name':'Le grand chef'}"));
  delta_add_state (
    room,
    make_state ("$m",
                PAUL,
                "m.room.member",
                PAUL,
                "{'membership':'join','displayname':'Paul','avatar_url':'mxc://example.org/p'}"));
  delta_add_state (room, make_member ("$o", OWN, "join", "Anne"));
  apply_twice (self, delta);
  row = get_row (self, ROOM);
  g_assert_cmpstr (row->name, ==, "Le grand chef");
  g_assert_false (row->is_direct);
  g_clear_pointer (&row, mx_room_row_unref);

  delta = make_delta (MX_SYNC_CLASSIC, NULL, NULL);
  delta_add_account_data (&delta->account_data, "m.direct", "{'" PAUL "':['" ROOM "']}");
  apply_twice (self, delta);
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_ROW);
  row = get_row (self, ROOM);
  g_assert_true (row->is_direct);
  g_assert_cmpstr (row->direct_user, ==, PAUL);
  g_assert_cmpstr (row->name, ==, "Paul");
  g_assert_cmpstr (row->avatar_url, ==, "mxc://example.org/p");
  g_clear_pointer (&row, mx_room_row_unref);

  delta = make_delta (MX_SYNC_CLASSIC, NULL, NULL);
  delta_add_account_data (&delta->account_data, "m.direct", "{}");
  apply_twice (self, delta);
  row = get_row (self, ROOM);
  g_assert_false (row->is_direct);
  g_assert_cmpstr (row->name, ==, "Le grand chef");
}

/* Invited by e-mail: the list of direct rooms has an address instead of a user id. */
static void
test_direct_by_email (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  g_autoptr (MxRoomRow) row = NULL;

  delta_add_account_data (&delta->account_data,
                          "m.direct",
                          "{'lea@example.org':['" ROOM "'],'x@example.org':['" ROOM "']}");
  delta_add_state (room, make_member ("$m", LEA, "join", "Léa"));
  delta_add_state (room, make_member ("$o", OWN, "join", "Anne"));
  apply_twice (self, delta);
  row = get_row (self, ROOM);
  g_assert_true (row->is_direct);
  g_assert_cmpstr (row->direct_user, ==, LEA);
  g_assert_cmpstr (row->name, ==, "Léa");
}

/* Sliding sync: heroes with profiles, no member events. */
static void
test_heroes (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_SLIDING, ROOM, &room);
  g_autoptr (MxRoomRow) row = NULL;
  MxMemberRow *member;

  room->initial = room->has_heroes = room->has_is_dm = room->is_dm = TRUE;
  room->heroes = g_strsplit (LEA, ",", -1);
  room->hero_names = g_strsplit ("Léa MARTIN", ",", -1);
  room->hero_avatars = g_strsplit ("mxc://example.org/lea", ",", -1);
  room->joined_count = 2;
  delta_add (room, make_text ("$1", OWN, 1, "x"));
  apply_twice (self, delta);
  row = get_row (self, ROOM);
  g_assert_cmpstr (row->name, ==, "Léa MARTIN");
  g_assert_cmpstr (row->avatar_url, ==, "mxc://example.org/lea");
  g_assert_cmpstr (row->direct_user, ==, LEA);
  g_clear_pointer (&row, mx_room_row_unref);

  sync_events (self, FALSE, NULL, make_member ("$m", LEA, "join", "Léa M."), NULL);
  member = mx_store_load_member (self->store, ROOM, LEA, NULL);
  g_assert_cmpstr (member->display_name, ==, "Léa M.");
  mx_member_row_free (member);
}

static void
test_tags (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  g_autoptr (MxRoomRow) row = NULL;

  delta_add (room, make_text ("$1", PAUL, 1, "x"));
  delta_add_account_data (&room->account_data, "m.tag", "{'tags':{'m.favourite':{'order':0.25}}}");
  delta_add_account_data (&room->account_data, "m.marked_unread", "{'unread':true}");
  apply_twice (self, delta);
  row = get_row (self, ROOM);
  g_assert_true (row->is_favourite);
  g_assert_cmpfloat (row->tag_order, ==, 0.25);
  g_assert_true (row->marked_unread);
  g_clear_pointer (&row, mx_room_row_unref);

  begin (self);
  g_assert_true (mx_store_set_account_data (self->store,
                                            ROOM,
                                            "m.tag",
                                            "{\"tags\":{\"m.lowpriority\":{}}}",
                                            NULL));
  g_assert_true (mx_store_set_draft (self->store, ROOM, "{\"text\":\"Bonjour,\\nje\"}", NULL));
  g_assert_true (mx_store_refresh_row (self->store, ROOM, self->changes, NULL));
  commit (self);
  g_assert_true (changed (self, ROOM) & MX_ROOM_CHANGED_ROW);
  row = get_row (self, ROOM);
  g_assert_false (row->is_favourite);
  g_assert_true (row->is_low_priority);
  g_assert_true (row->has_draft);
  g_assert_cmpstr (row->draft_text, ==, "Bonjour,");
}

static MxSyncDelta *
make_invite (void)
{
  MxRoomDelta *room;
  MxSyncDelta *delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  static const char *const events[] = {
    "{\"type\":\"m.room.name\",\"state_key\":\"\",\"sender\":\"" PAUL
    "\",\"content\":{\"name\":\"Réunion\"}}",
    "{\"type\":\"m.room.member\",\"state_key\":\"" OWN "\",\"sender\":\"" PAUL
    "\",\"content\":{\"membership\":\"invite\",\"is_direct\":true,\"reason\":\"viens\"}}",
    "{\"type\":\"m.room.member\",\"state_key\":\"" PAUL "\",\"sender\":\"" PAUL
    "\",\"content\":{\"membership\":\"join\",\"displayname\":\"Paul\"}}",
    "{\"type\":3}",
    "nonsense",
  };

  room->membership = MX_MEMBERSHIP_INVITE;
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    g_ptr_array_add (room->stripped, g_strdup (events[i]));
  return delta;
}

static void
test_invite (Fixture *self, gconstpointer unused)
{
  MxRoomDelta *room;
  MxSyncDelta *delta;
  g_autoptr (MxRoomRow) row = NULL;
  g_autoptr (GPtrArray) rows = NULL;

  apply_twice (self, make_invite ());
  row = get_row (self, ROOM);
  g_assert_cmpint (row->membership, ==, MX_MEMBERSHIP_INVITE);
  g_assert_cmpstr (row->inviter, ==, PAUL);
  g_assert_cmpstr (row->inviter_name, ==, "Paul");
  g_assert_cmpstr (row->invite_reason, ==, "viens");
  g_assert_true (row->is_direct);
  g_assert_cmpint (row->sort_key, >, 0);
  g_clear_pointer (&row, mx_room_row_unref);

  /* Declined without ever joining. */
  delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  room->membership = MX_MEMBERSHIP_LEAVE;
  apply_twice (self, delta);
  rows = mx_store_load_rooms (self->store, FALSE, NULL);
  g_assert_cmpuint (rows->len, ==, 0);
  g_clear_pointer (&rows, g_ptr_array_unref);
  rows = mx_store_load_rooms (self->store, TRUE, NULL);
  g_assert_cmpuint (rows->len, ==, 1);

  apply_twice (self, make_invite ());
  delta = make_delta (MX_SYNC_CLASSIC, ROOM, &room);
  delta_add (room, make_member ("$own", OWN, "join", "Anne"));
  apply_twice (self, delta);
  row = get_row (self, ROOM);
  g_assert_cmpint (row->membership, ==, MX_MEMBERSHIP_JOIN);
  g_assert_null (row->inviter);
}

static void
test_order (Fixture *self, gconstpointer unused)
{
  MxSyncDelta *delta = mx_sync_delta_new (MX_SYNC_SLIDING);
  g_autoptr (GPtrArray) rows = NULL;
  static const struct
  {
    const char *id;
    int ts;
  } rooms[] = {
    { "!a:x", 5 }, { "!b:x", 9 }, { "!c:x", 7 }, { "!d:x", 200000000 /* a wrong clock */ }
  };

  for (guint i = 0; i < G_N_ELEMENTS (rooms); i++)
    {
      MxRoomDelta *room = mx_room_delta_new (rooms[i].id);

      delta_add (room, make_text ("$1", PAUL, rooms[i].ts, "x"));
      delta_add (room, make_reaction ("$2", PAUL, 1000, "$1", "+"));
      room->membership = MX_MEMBERSHIP_JOIN;
      g_ptr_array_add (delta->rooms, room);
    }
  apply_twice (self, delta);
  rows = mx_store_load_rooms (self->store, FALSE, NULL);
  g_assert_cmpuint (rows->len, ==, 4);
  g_assert_cmpstr (((MxRoomRow *) rows->pdata[0])->room_id, ==, "!d:x");
  g_assert_cmpint (((MxRoomRow *) rows->pdata[0])->sort_key, <=, g_get_real_time () / 1000);
  g_assert_cmpstr (((MxRoomRow *) rows->pdata[1])->room_id, ==, "!b:x");
  g_assert_cmpstr (((MxRoomRow *) rows->pdata[2])->room_id, ==, "!c:x");
  g_assert_cmpstr (((MxRoomRow *) rows->pdata[3])->room_id, ==, "!a:x");
}

static void
test_members (Fixture *self, gconstpointer unused)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) members = NULL;
  MxMemberRow *member;

  sync_events (
    self,
    TRUE,
    "p",
    make_state ("$c", PAUL, "m.room.create", "", "{'room_version':'11'}"),
    make_state ("$p", PAUL, "m.room.power_levels", "", "{'users':{'" LEA "':50,'" PAUL "':100}}"),
    make_member ("$1", PAUL, "join", "Paul"),
    make_member ("$2", LEA, "join", "Léa"),
    make_member ("$3", "@paul2:example.org", "join", "pAUL "),
    make_member ("$4", OWN, "join", "Anne"),
    make_member ("$5", "@gone:example.org", "leave", "Paul"),
    NULL);
  members = mx_store_load_members (self->store, ROOM, NULL, 0, 10, NULL);
  g_assert_cmpuint (members->len, ==, 4);
  member = members->pdata[0];
  g_assert_cmpstr (member->user_id, ==, PAUL);
  g_assert_cmpint (member->power, ==, 100);
  g_assert_true (member->ambiguous);
  member = members->pdata[1];
  g_assert_cmpstr (member->user_id, ==, LEA);
  g_assert_false (member->ambiguous);
  member = members->pdata[2];
  g_assert_cmpstr (member->user_id, ==, OWN);
  g_clear_pointer (&members, g_ptr_array_unref);
  members = mx_store_load_members (self->store, ROOM, "PAU", 0, 10, NULL);
  g_assert_cmpuint (members->len, ==, 2);
  g_assert_false (mx_store_members_complete (self->store, ROOM));

  all = make_list (make_member ("$1", PAUL, "join", "Paul"),
                   make_member ("$4", OWN, "join", "Anne"),
                   NULL);
  begin (self);
  g_assert_true (mx_store_apply_members (self->store, ROOM, all, self->changes, NULL));
  commit (self);
  g_assert_true (mx_store_members_complete (self->store, ROOM));
  member = mx_store_load_member (self->store, ROOM, PAUL, NULL);
  g_assert_false (member->ambiguous);
  mx_member_row_free (member);
  member = mx_store_load_member (self->store, ROOM, LEA, NULL);
  g_assert_cmpint (member->membership, ==, MX_MEMBERSHIP_LEAVE);
  mx_member_row_free (member);
  g_assert_null (mx_store_load_member (self->store, ROOM, "@who:example.org", NULL));
}

static void
test_upgrade (Fixture *self, gconstpointer unused)
{
  g_autoptr (MxRoomRow) row = NULL;

  sync_events (
    self,
    TRUE,
    "p",
    make_state ("$c",
                PAUL,
                "m.room.create",
                "",
                "{'room_version':'12','type':'m.space','predecessor':{'room_id':'!old:x'}}"),
    make_state ("$t", PAUL, "m.room.tombstone", "", "{'replacement_room':'!new:x'}"),
    make_state ("$a", PAUL, "im.vector.room.access_rules", "", "{'rule':'restricted'}"),
    make_state ("$j", PAUL, "m.room.join_rules", "", "{'join_rule':'public'}"),
    make_member ("$m", PAUL, "join", "Paul"),
    NULL);
  row = get_row (self, ROOM);
  g_assert_cmpstr (row->predecessor, ==, "!old:x");
  g_assert_cmpstr (row->successor, ==, "!new:x");
  g_assert_cmpstr (row->access_rule, ==, "restricted");
  g_assert_true (row->is_public);
  g_assert_true (row->is_space);
  {
    MxMemberRow *creator = mx_store_load_member (self->store, ROOM, PAUL, NULL);

    g_assert_cmpint (creator->power, ==, G_MAXINT);
    mx_member_row_free (creator);
  }
}

static void
test_hostile (Fixture *self, gconstpointer unused)
{
  g_autofree char *long_name = g_strnfill (30000, 'x');
  g_autofree char *content = g_strdup_printf ("{'name':'%s'}", long_name);
  g_autoptr (MxRoomRow) row = NULL;

  sync_events (
    self,
    TRUE,
    "p",
    make_state ("$n", PAUL, "m.room.name", "", content),
    make_state ("$t", PAUL, "m.room.topic", "", "{'topic':['a']}"),
    make_state ("$c", PAUL, "m.room.create", "", "{'room_version':12,'predecessor':'x'}"),
    make_state ("$j", PAUL, "m.room.join_rules", "", "{'join_rule':{}}"),
    make_state ("$a", PAUL, "m.room.avatar", "", "{'url':'http://example.org/track'}"),
    make_state ("$p", PAUL, "m.room.power_levels", "", "{'users':[],'users_default':'9'}"),
    make_member ("$m", PAUL, "join", "a\\u202Eb\\u0000"),
    NULL);
  row = get_row (self, ROOM);
  g_assert_cmpuint (g_utf8_strlen (row->name, -1), <, 1000);
  g_assert_null (row->topic);
  g_assert_null (row->avatar_url);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/room-row/" name, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
  ADD ("preview", test_preview);
  ADD ("encrypted", test_encrypted);
  ADD ("direct", test_direct);
  ADD ("direct-by-email", test_direct_by_email);
  ADD ("heroes", test_heroes);
  ADD ("tags", test_tags);
  ADD ("invite", test_invite);
  ADD ("order", test_order);
  ADD ("members", test_members);
  ADD ("upgrade", test_upgrade);
  ADD ("hostile", test_hostile);
  return g_test_run ();
}
