/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Writing and reading of the table that the room list is painted from; mx-store-row-derive.c says
 * what is in it.
 *
 * The order of the list must stay the same when the account changes between the two kinds of sync,
 * whose own hints cannot be compared (a bump stamp is a position in one server's stream, /v3/sync
 * has none). So sort_key is made of what both give: the time of the newest message-like event (the
 * bump types of research/protocol §3.2 rule 8), no later than now. */
#include "config.h"

#include "mx-store-row.h"

#include "mx-store-row-derive.h"
#include "mx-store-rooms.h"

#include <string.h>

enum
{
  FLAG_DIRECT = 1 << 0,
  FLAG_SPACE = 1 << 1,
  FLAG_ENCRYPTED = 1 << 2,
  FLAG_PUBLIC = 1 << 3,
  FLAG_FAVOURITE = 1 << 4,
  FLAG_LOW_PRIORITY = 1 << 5,
  FLAG_SERVER_NOTICE = 1 << 6,
  FLAG_MARKED_UNREAD = 1 << 7,
  FLAG_DRAFT = 1 << 8,
};

#define COLUMNS                                                                                                           \
  "room_id, name, avatar_url, topic, canonical_alias, membership, flags, direct_user, tag_order, notifications, unread, " \
  "highlights, last_ts, sort_key, last_event_id, last_sender, last_sender_name, last_summary, preview, draft_text, "      \
  "failed_sends, inviter, inviter_name, invite_reason, joined_members, invited_members, successor, predecessor, "         \
  "room_version, access_rule"

static MxRoomRow *
read_row (sqlite3_stmt *row)
{
  MxRoomRow *self = mx_room_row_new (mx_sql_column_text (row, 0));
  int flags = sqlite3_column_int (row, 6);

  self->name = mx_sql_column_dup (row, 1);
  self->avatar_url = mx_sql_column_dup (row, 2);
  self->topic = mx_sql_column_dup (row, 3);
  self->canonical_alias = mx_sql_column_dup (row, 4);
  self->membership = sqlite3_column_int (row, 5);
  self->is_direct = (flags & FLAG_DIRECT) != 0;
  self->is_space = (flags & FLAG_SPACE) != 0;
  self->is_encrypted = (flags & FLAG_ENCRYPTED) != 0;
  self->is_public = (flags & FLAG_PUBLIC) != 0;
  self->is_favourite = (flags & FLAG_FAVOURITE) != 0;
  self->is_low_priority = (flags & FLAG_LOW_PRIORITY) != 0;
  self->is_server_notice = (flags & FLAG_SERVER_NOTICE) != 0;
  self->marked_unread = (flags & FLAG_MARKED_UNREAD) != 0;
  self->has_draft = (flags & FLAG_DRAFT) != 0;
  self->direct_user = mx_sql_column_dup (row, 7);
  self->tag_order = sqlite3_column_double (row, 8);
  self->notifications = sqlite3_column_int (row, 9);
  self->unread = sqlite3_column_int (row, 10);
  self->highlights = sqlite3_column_int (row, 11);
  self->last_ts = sqlite3_column_int64 (row, 12);
  self->sort_key = sqlite3_column_int64 (row, 13);
  self->last_event_id = mx_sql_column_dup (row, 14);
  self->last_sender = mx_sql_column_dup (row, 15);
  self->last_sender_name = mx_sql_column_dup (row, 16);
  self->last_summary = mx_sql_column_dup (row, 17);
  self->preview = sqlite3_column_int (row, 18);
  self->draft_text = mx_sql_column_dup (row, 19);
  self->failed_sends = sqlite3_column_int (row, 20);
  self->inviter = mx_sql_column_dup (row, 21);
  self->inviter_name = mx_sql_column_dup (row, 22);
  self->invite_reason = mx_sql_column_dup (row, 23);
  self->joined_members = sqlite3_column_int (row, 24);
  self->invited_members = sqlite3_column_int (row, 25);
  self->successor = mx_sql_column_dup (row, 26);
  self->predecessor = mx_sql_column_dup (row, 27);
  self->room_version = mx_sql_column_dup (row, 28);
  self->access_rule = mx_sql_column_dup (row, 29);
  return self;
}

static int
get_flags (const MxRoomRow *self)
{
  return (self->is_direct ? FLAG_DIRECT : 0) | (self->is_space ? FLAG_SPACE : 0) |
         (self->is_encrypted ? FLAG_ENCRYPTED : 0) | (self->is_public ? FLAG_PUBLIC : 0) |
         (self->is_favourite ? FLAG_FAVOURITE : 0) |
         (self->is_low_priority ? FLAG_LOW_PRIORITY : 0) |
         (self->is_server_notice ? FLAG_SERVER_NOTICE : 0) |
         (self->marked_unread ? FLAG_MARKED_UNREAD : 0) | (self->has_draft ? FLAG_DRAFT : 0);
}

static gboolean
equal (const MxRoomRow *a, const MxRoomRow *b)
{
  return get_flags (a) == get_flags (b) && a->membership == b->membership &&
         a->tag_order == b->tag_order && a->notifications == b->notifications &&
         a->unread == b->unread && a->highlights == b->highlights && a->last_ts == b->last_ts &&
         a->sort_key == b->sort_key && a->preview == b->preview &&
         a->failed_sends == b->failed_sends && a->joined_members == b->joined_members &&
         a->invited_members == b->invited_members && g_strcmp0 (a->name, b->name) == 0 &&
         g_strcmp0 (a->avatar_url, b->avatar_url) == 0 && g_strcmp0 (a->topic, b->topic) == 0 &&
         g_strcmp0 (a->canonical_alias, b->canonical_alias) == 0 &&
         g_strcmp0 (a->direct_user, b->direct_user) == 0 &&
         g_strcmp0 (a->last_event_id, b->last_event_id) == 0 &&
         g_strcmp0 (a->last_sender, b->last_sender) == 0 &&
         g_strcmp0 (a->last_sender_name, b->last_sender_name) == 0 &&
         g_strcmp0 (a->last_summary, b->last_summary) == 0 &&
         g_strcmp0 (a->draft_text, b->draft_text) == 0 && g_strcmp0 (a->inviter, b->inviter) == 0 &&
         g_strcmp0 (a->inviter_name, b->inviter_name) == 0 &&
         g_strcmp0 (a->invite_reason, b->invite_reason) == 0 &&
         g_strcmp0 (a->successor, b->successor) == 0 &&
         g_strcmp0 (a->predecessor, b->predecessor) == 0 &&
         g_strcmp0 (a->room_version, b->room_version) == 0 &&
         g_strcmp0 (a->access_rule, b->access_rule) == 0;
}

static void
write_row (MxRoomWork *work, const MxRoomRow *row)
{
  mx_sql_run (
    work->store,
    "INSERT OR REPLACE INTO room_rows (room, " COLUMNS ") VALUES "
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "lsssssiisdiiillssssisisssiissss",
    work->room,
    row->room_id,
    row->name,
    row->avatar_url,
    row->topic,
    row->canonical_alias,
    row->membership,
    get_flags (row),
    row->direct_user,
    row->tag_order,
    row->notifications,
    (int) row->unread,
    (int) row->highlights,
    row->last_ts,
    row->sort_key,
    row->last_event_id,
    row->last_sender,
    row->last_sender_name,
    row->last_summary,
    (int) row->preview,
    row->draft_text,
    (int) row->failed_sends,
    row->inviter,
    row->inviter_name,
    row->invite_reason,
    (int) row->joined_members,
    (int) row->invited_members,
    row->successor,
    row->predecessor,
    row->room_version,
    row->access_rule);
}

static MxRoomRow *
load_row (MxStore *store, gint64 room)
{
  sqlite3_stmt *row =
    mx_sql_query (store, "SELECT " COLUMNS " FROM room_rows WHERE room = ?", "l", room);
  MxRoomRow *self = NULL;

  if (mx_sql_step (store, row))
    {
      self = read_row (row);
      mx_sql_done (row);
    }
  return self;
}

void
mx_store_row_update (MxRoomWork *work)
{
  g_autoptr (MxRoomRow) row = mx_store_row_derive (work);
  g_autoptr (MxRoomRow) old = NULL;
  MxRoomChange *change;

  if (work->store->failure != NULL)
    return;
  old = load_row (work->store, work->room);
  /* A time in the future counts as when it arrived, and stays that. */
  if (old != NULL && old->last_ts == row->last_ts)
    row->sort_key = old->sort_key;
  if (old != NULL && equal (old, row))
    return;

  write_row (work, row);
  if (work->changes == NULL)
    return;
  change = mx_store_changes_room (work->changes, work->room_id, MX_ROOM_CHANGED_ROW);
  g_clear_pointer (&change->row, mx_room_row_unref);
  change->row = g_steal_pointer (&row);
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const MxRoomRow *first = a, *second = b;

  if (first->sort_key != second->sort_key)
    return first->sort_key > second->sort_key ? -1 : 1;
  return strcmp (first->room_id, second->room_id);
}

GPtrArray *
mx_store_load_rooms (MxStore *self, gboolean include_left, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_room_row_unref);
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT " COLUMNS " FROM room_rows WHERE membership IN (?, ?, ?) OR ?",
                      "iiii",
                      MX_MEMBERSHIP_JOIN,
                      MX_MEMBERSHIP_INVITE,
                      MX_MEMBERSHIP_KNOCK,
                      include_left != 0);
  while (mx_sql_step (self, row))
    g_ptr_array_add (rows, read_row (row));
  /* Here rather than in SQL, which would carry all columns along: the start waits for this. */
  g_ptr_array_sort_values (rows, compare_rows);
  return mx_sql_leave (self, error) ? g_steal_pointer (&rows) : NULL;
}

MxRoomRow *
mx_store_load_room (MxStore *self, const char *room_id, GError **error)
{
  g_autoptr (MxRoomRow) row = NULL;

  mx_sql_enter (self);
  row = load_row (self, mx_room_find (self, room_id));
  return mx_sql_leave (self, error) ? g_steal_pointer (&row) : NULL;
}
