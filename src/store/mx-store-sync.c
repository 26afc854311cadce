/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A sync response becomes rows: account data first, then each room (state, timeline, receipts, room
 * account data, counts, row), then the token; all in the caller's transaction (research/protocol
 * §3.1 rules 2 and 3). */
#include "config.h"

#include "mx-store-sync.h"

#include "mx-room-work.h"
#include "mx-store-counts.h"
#include "mx-store-members.h"
#include "mx-store-merge.h"
#include "mx-store-receipts.h"
#include "mx-store-room-sessions.h"
#include "mx-store-state.h"

typedef struct
{
  MxStore *store;
  MxSyncDelta *delta;
  MxStoreChanges *changes;
  GHashTable *rows_due; /* room ids whose row account data touched */
  gboolean rules_changed, ignored_changed;
} Apply;

/* Rooms whose other person is another than before. */
static void
compare_direct (Apply *self, GHashTable *before, GHashTable *after)
{
  GHashTableIter iter;
  gpointer room_id, user_id;

  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &room_id, &user_id))
    if (g_strcmp0 (user_id, g_hash_table_lookup (after, room_id)) != 0)
      g_hash_table_add (self->rows_due, g_strdup (room_id));
  g_hash_table_iter_init (&iter, after);
  while (g_hash_table_iter_next (&iter, &room_id, &user_id))
    if (!g_hash_table_contains (before, room_id))
      g_hash_table_add (self->rows_due, g_strdup (room_id));
}

static void
apply_account_data (Apply *self)
{
  for (guint i = 0; i < self->delta->account_data->len; i++)
    {
      MxAccountDatum *datum = g_ptr_array_index (self->delta->account_data, i);
      gboolean is_direct = g_str_equal (datum->type, "m.direct");
      g_autoptr (GHashTable) before =
        is_direct ? g_hash_table_ref (mx_store_get_direct_map (self->store)) : NULL;

      if (!mx_store_write_account_data (self->store, NULL, datum->type, datum->content))
        continue;
      if (self->changes != NULL)
        g_ptr_array_add (self->changes->account_data, g_strdup (datum->type));
      if (is_direct)
        compare_direct (self, before, mx_store_get_direct_map (self->store));
      else if (g_str_equal (datum->type, "m.push_rules"))
        self->rules_changed = TRUE;
      else if (g_str_equal (datum->type, "m.ignored_user_list"))
        self->ignored_changed = TRUE;
    }
}

static void
set_text (MxRoomWork *work, const char *sql, const char *value)
{
  mx_sql_run (work->store, sql, "sl", value, work->room);
}

static void
apply_heroes (MxRoomWork *work, MxRoomDelta *delta)
{
  g_autofree char *heroes = delta->heroes ? g_strjoinv ("\n", delta->heroes) : NULL;
  unsigned names = delta->hero_names ? g_strv_length (delta->hero_names) : 0;
  unsigned avatars = delta->hero_avatars ? g_strv_length (delta->hero_avatars) : 0;
  MxMembership membership = MX_MEMBERSHIP_JOIN;

  set_text (work, "UPDATE rooms SET heroes = ? WHERE id = ?", heroes);
  /* Where nobody else is left, the heroes are those who were there. */
  if (delta->joined_count >= 0 && delta->joined_count <= 1)
    membership = delta->invited_count > 0 ? MX_MEMBERSHIP_INVITE : MX_MEMBERSHIP_LEAVE;
  for (unsigned i = 0; delta->heroes != NULL && delta->heroes[i] != NULL && names > 0; i++)
    mx_members_apply_hero (work,
                           delta->heroes[i],
                           membership,
                           i < names ? delta->hero_names[i] : NULL,
                           i < avatars ? delta->hero_avatars[i] : NULL);
}

static void
apply_summary (MxRoomWork *work, MxRoomDelta *delta, MxSyncKind kind)
{
  if (delta->has_heroes || delta->initial)
    apply_heroes (work, delta);
  if (delta->joined_count >= 0)
    mx_sql_run (work->store,
                "UPDATE rooms SET joined_count = ? WHERE id = ?",
                "ll",
                delta->joined_count,
                work->room);
  if (delta->invited_count >= 0)
    mx_sql_run (work->store,
                "UPDATE rooms SET invited_count = ? WHERE id = ?",
                "ll",
                delta->invited_count,
                work->room);
  if (delta->name != NULL || delta->initial)
    set_text (work, "UPDATE rooms SET server_name = ? WHERE id = ?", delta->name);
  if (delta->avatar != NULL || delta->initial)
    set_text (work, "UPDATE rooms SET server_avatar = ? WHERE id = ?", delta->avatar);
  if (delta->has_is_dm)
    mx_sql_run (work->store,
                "UPDATE rooms SET is_dm = ? WHERE id = ?",
                "il",
                delta->is_dm != 0,
                work->room);
  /* In a gap of sliding sync people may have come and gone unseen (§3.2 rule 5). */
  if (kind == MX_SYNC_SLIDING && delta->limited && !work->is_new)
    mx_members_set_incomplete (work);
}

/* A room that is known, described from the start: the server leaves out the tags of a room that has
 * none, and who went meanwhile. */
static void
apply_start (MxRoomWork *work, MxRoomDelta *delta)
{
  gboolean has_tags = FALSE;

  mx_members_set_incomplete (work);
  for (guint i = 0; delta->account_data != NULL && i < delta->account_data->len && !has_tags; i++)
    {
      MxAccountDatum *datum = g_ptr_array_index (delta->account_data, i);

      has_tags = g_str_equal (datum->type, "m.tag");
    }
  if (!has_tags)
    mx_sql_run (work->store,
                "DELETE FROM account_data WHERE room_id = ? AND type = 'm.tag'",
                "s",
                work->room_id);
}

static void
apply_membership (MxRoomWork *work, MxRoomDelta *delta)
{
  MxMembership membership = delta->membership;

  if (membership == MX_MEMBERSHIP_NONE)
    membership = work->is_new ? MX_MEMBERSHIP_JOIN : work->membership;
  if (membership != work->membership)
    {
      gint64 now = g_get_real_time () / 1000;

      mx_sql_run (work->store,
                  "UPDATE rooms SET membership = ? WHERE id = ?",
                  "il",
                  (int) membership,
                  work->room);
      if (membership == MX_MEMBERSHIP_INVITE)
        mx_sql_run (work->store,
                    "UPDATE rooms SET seen_ts = ? WHERE id = ?",
                    "ll",
                    now,
                    work->room);
      if (membership == MX_MEMBERSHIP_JOIN)
        mx_sql_run (work->store,
                    "DELETE FROM state WHERE room = ? AND is_stripped = 1",
                    "l",
                    work->room);
      /* While we were out, others came and went. */
      if (membership != MX_MEMBERSHIP_JOIN)
        mx_store_end_outbound (work->store, work->room_id, NULL);
      work->membership = membership;
      work->must_count = TRUE;
    }
  if (delta->stripped != NULL && delta->stripped->len > 0 &&
      (membership == MX_MEMBERSHIP_INVITE || membership == MX_MEMBERSHIP_KNOCK))
    mx_state_apply_stripped (work, delta->stripped);
}

static void
apply_room_account_data (MxRoomWork *work, MxRoomDelta *delta)
{
  for (guint i = 0; delta->account_data != NULL && i < delta->account_data->len; i++)
    {
      MxAccountDatum *datum = g_ptr_array_index (delta->account_data, i);

      if (mx_store_write_account_data (work->store, work->room_id, datum->type, datum->content) &&
          g_str_equal (datum->type, "m.fully_read"))
        mx_room_work_flag (work, MX_ROOM_CHANGED_RECEIPTS);
    }
}

static void
apply_typing (MxRoomWork *work, MxRoomDelta *delta)
{
  g_autofree char *typing = NULL;

  if (delta->typing == NULL)
    return;
  typing = delta->typing[0] ? g_strjoinv ("\n", delta->typing) : NULL;
  if (mx_sql_change (work->store,
                     "UPDATE rooms SET typing = ?1 WHERE id = ?2 AND typing IS NOT ?1",
                     "sl",
                     typing,
                     work->room))
    mx_room_work_flag (work, MX_ROOM_CHANGED_TYPING);
}

static void
apply_room (Apply *self, MxRoomDelta *delta)
{
  g_auto (MxRoomWork) work = { 0 };
  MxSyncKind kind = self->delta->kind;

  if (!mx_room_work_begin (&work, self->store, delta->room_id, TRUE, self->changes))
    return;

  apply_membership (&work, delta);
  mx_state_apply (&work, delta);
  apply_summary (&work, delta, kind);
  if (self->delta->is_start && !work.is_new && (kind == MX_SYNC_CLASSIC || delta->initial))
    apply_start (&work, delta);
  mx_receipts_prepare (&work, delta->receipts);
  mx_merge_live (&work, delta);
  mx_receipts_apply (&work, delta->receipts, !delta->initial && !work.is_new);
  apply_room_account_data (&work, delta);
  apply_typing (&work, delta);
  if (kind == MX_SYNC_CLASSIC && delta->notification_count >= 0)
    mx_counts_set_server (&work, delta->notification_count, delta->highlight_count);
  else if (kind == MX_SYNC_SLIDING)
    mx_counts_forget_server (&work);
  mx_room_work_finish (&work);
}

/* Rooms that were left, and invitations that were withdrawn, while there was no position: nobody
 * says so any more. */
static void
leave_unlisted (Apply *self)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  MxRoomDelta left = { .membership = MX_MEMBERSHIP_LEAVE };
  sqlite3_stmt *row = mx_sql_query (self->store,
                                    "SELECT room_id FROM rooms WHERE membership IN (?, ?, ?)",
                                    "iii",
                                    (int) MX_MEMBERSHIP_JOIN,
                                    (int) MX_MEMBERSHIP_INVITE,
                                    (int) MX_MEMBERSHIP_KNOCK);

  while (mx_sql_step (self->store, row))
    if (!g_hash_table_contains (self->delta->listed, mx_sql_column_text (row, 0)))
      g_ptr_array_add (gone, mx_sql_column_dup (row, 0));

  for (guint i = 0; i < gone->len; i++)
    {
      g_auto (MxRoomWork) work = { 0 };

      if (!mx_room_work_begin (&work,
                               self->store,
                               g_ptr_array_index (gone, i),
                               FALSE,
                               self->changes))
        continue;
      apply_membership (&work, &left);
      mx_room_work_finish (&work);
    }
}

/* Rooms that the response does not contain, but its account data concerns. */
static void
apply_to_others (Apply *self)
{
  gboolean all = self->rules_changed || self->ignored_changed;
  g_autoptr (GPtrArray) due = g_ptr_array_new_with_free_func (g_free);

  if (all)
    {
      sqlite3_stmt *row = mx_sql_query (self->store, "SELECT room_id FROM rooms", "");

      while (mx_sql_step (self->store, row))
        g_ptr_array_add (due, mx_sql_column_dup (row, 0));
    }
  else
    {
      GHashTableIter iter;
      gpointer room_id;

      g_hash_table_iter_init (&iter, self->rows_due);
      while (g_hash_table_iter_next (&iter, &room_id, NULL))
        g_ptr_array_add (due, g_strdup (room_id));
    }

  for (guint i = 0; i < due->len; i++)
    {
      g_auto (MxRoomWork) work = { 0 };

      if (!mx_room_work_begin (&work,
                               self->store,
                               g_ptr_array_index (due, i),
                               FALSE,
                               self->changes))
        continue;
      if (all)
        mx_counts_evaluate_again (&work);
      mx_room_work_finish (&work);
    }
}

gboolean
mx_store_apply_sync (MxStore *self,
                     MxSyncDelta *delta,
                     const char *own_user_id,
                     MxStoreChanges *changes,
                     GError **error)
{
  g_autoptr (GHashTable) rows_due = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Apply apply = { .store = self, .delta = delta, .changes = changes, .rows_due = rows_due };

  mx_sql_enter_write (self);
  if (g_strcmp0 (mx_store_get_own_user_id (self), own_user_id) != 0)
    mx_store_write_value (self, "user_id", own_user_id);

  if (delta->is_start)
    mx_sql_run (self, "UPDATE rooms SET typing = NULL WHERE typing IS NOT NULL", "");
  if (delta->account_data != NULL)
    apply_account_data (&apply);
  /* Before the rooms of the response: those are new or come with what the new rules say. */
  apply_to_others (&apply);
  for (guint i = 0; delta->rooms != NULL && i < delta->rooms->len && self->failure == NULL; i++)
    apply_room (&apply, g_ptr_array_index (delta->rooms, i));
  if (delta->listed != NULL)
    leave_unlisted (&apply);

  if (delta->next_token != NULL)
    mx_store_write_value (self,
                          delta->kind == MX_SYNC_CLASSIC ? "classic_token" : "sliding_pos",
                          delta->next_token);
  if (delta->to_device_token != NULL)
    mx_store_write_value (self, "to_device_token", delta->to_device_token);
  return mx_sql_leave (self, error);
}
