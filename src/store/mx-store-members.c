/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-members.h. Names are cleaned when they come in; two of one room are ambiguous when
 * their keys are equal, which also catches look-alikes by case, width and accents' composition. */
#include "config.h"

#include "mx-store-members.h"

#include "mx-matrix-id.h"
#include "mx-room-name.h"
#include "mx-store-devices.h"
#include "mx-store-rooms.h"
#include "mx-store-state.h"
#include "mx-text-clean.h"

#define MAX_NAME 128

static MxMembership
parse_membership (const char *text)
{
  static const struct
  {
    const char *text;
    MxMembership membership;
  } names[] = {
    { "join", MX_MEMBERSHIP_JOIN },   { "invite", MX_MEMBERSHIP_INVITE },
    { "knock", MX_MEMBERSHIP_KNOCK }, { "leave", MX_MEMBERSHIP_LEAVE },
    { "ban", MX_MEMBERSHIP_BAN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (text, names[i].text) == 0)
      return names[i].membership;
  return MX_MEMBERSHIP_NONE;
}

static char *
make_name_key (const char *name)
{
  g_autofree char *normal = g_utf8_normalize (name, -1, G_NORMALIZE_ALL_COMPOSE);
  g_autofree char *folded = normal ? g_utf8_casefold (normal, -1) : NULL;
  GString *key = g_string_new (NULL);

  for (const char *c = folded ? folded : ""; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (!g_unichar_isspace (character) && g_unichar_isprint (character))
        g_string_append_unichar (key, character);
    }
  return g_string_free (key, FALSE);
}

static const char *
get_avatar (MxJson content)
{
  const char *avatar = mx_json_get_string (content, "avatar_url");

  return avatar != NULL && mx_mxc_parse (avatar, NULL, NULL) ? avatar : NULL;
}

/* Somebody who has our key, or may have had it in a gap, is gone: the next message has another one
 * (E2E-054, E2E-055). */
static void
end_session (MxRoomWork *work)
{
  mx_sql_run (work->store,
              "UPDATE megolm_outbound SET is_over = 1 WHERE room_id = ? AND is_over = 0",
              "s",
              work->room_id);
}

/* The server says nothing of the devices of somebody who is only invited, nor when that user joins:
 * they are asked for again then (E2E-016). */
static void
refresh_devices (MxRoomWork *work, const char *user_id)
{
  MxStore *store = work->store;

  if (!mx_sql_int (
        store,
        0,
        "SELECT EXISTS (SELECT 1 FROM tracked_users AS t JOIN members AS m USING (user_id) "
        "WHERE t.user_id = ? AND t.is_tracked = 1 AND m.room = ? AND m.membership <> ?)",
        "sli",
        user_id,
        work->room,
        (int) MX_MEMBERSHIP_JOIN))
    return;

  mx_store_mark_user_outdated (store, user_id, NULL); /* a failure stays with the store */
  if (work->changes != NULL)
    work->changes->encryption |= MX_ENCRYPTION_QUERY_DEVICES;
}

gboolean
mx_members_apply (MxRoomWork *work, MxEvent *event, gboolean only_if_unknown)
{
  MxJson content = mx_event_get_content (event);
  const char *user_id = mx_event_get_state_key (event);
  MxMembership membership = parse_membership (mx_json_get_string (content, "membership"));
  const char *name = mx_json_get_string (content, "displayname");
  g_autofree char *clean = name ? mx_text_clean_name (name, MAX_NAME) : NULL;
  g_autofree char *key = NULL;
  g_autofree char *text = NULL;
  gboolean is_present = membership == MX_MEMBERSHIP_JOIN || membership == MX_MEMBERSHIP_INVITE;

  if (user_id == NULL || *user_id != '@' || membership == MX_MEMBERSHIP_NONE)
    return FALSE;
  if (only_if_unknown &&
      mx_sql_int (work->store,
                  0,
                  "SELECT EXISTS (SELECT 1 FROM members WHERE room = ? AND user_id = ?)",
                  "ls",
                  work->room,
                  user_id))
    return FALSE;

  if (membership == MX_MEMBERSHIP_JOIN)
    refresh_devices (work, user_id);
  if (clean != NULL && *clean == '\0')
    g_clear_pointer (&clean, g_free);
  key = make_name_key (clean ? clean : user_id);
  text = mx_json_to_text (content);
  if (
    !mx_sql_change (
      work->store,
      "INSERT INTO members (room, user_id, membership, is_present, display_name, name_key, avatar_url, power, event_id, "
      "content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (room, user_id) DO UPDATE SET "
      "membership = excluded.membership, is_present = excluded.is_present, display_name = excluded.display_name, "
      "name_key = excluded.name_key, avatar_url = excluded.avatar_url, event_id = excluded.event_id, "
      "content = excluded.content WHERE event_id IS NOT excluded.event_id OR membership <> excluded.membership",
      "lsiisssiss",
      work->room,
      user_id,
      membership,
      is_present,
      clean,
      key,
      get_avatar (content),
      mx_power_of (work, user_id),
      mx_event_get_id (event),
      text))
    return FALSE;
  if (!is_present && !only_if_unknown)
    end_session (work);
  return TRUE;
}

void
mx_members_apply_hero (MxRoomWork *work,
                       const char *user_id,
                       MxMembership membership,
                       const char *name,
                       const char *avatar)
{
  g_autofree char *clean = name ? mx_text_clean_name (name, MAX_NAME) : NULL;
  g_autofree char *key = NULL;

  if (clean != NULL && *clean == '\0')
    g_clear_pointer (&clean, g_free);
  if (avatar != NULL && !mx_mxc_parse (avatar, NULL, NULL))
    avatar = NULL;
  if (membership == MX_MEMBERSHIP_JOIN)
    refresh_devices (work, user_id);
  key = make_name_key (clean ? clean : user_id);
  if (
    mx_sql_change (
      work->store,
      "INSERT INTO members (room, user_id, membership, is_present, display_name, name_key, avatar_url, "
      "power, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '{}') ON CONFLICT (room, user_id) DO UPDATE SET "
      "membership = excluded.membership, is_present = excluded.is_present, "
      "display_name = excluded.display_name, name_key = excluded.name_key, "
      "avatar_url = excluded.avatar_url WHERE event_id IS NULL AND "
      "(display_name IS NOT excluded.display_name OR avatar_url IS NOT excluded.avatar_url "
      "OR membership <> excluded.membership)",
      "lsiisssi",
      work->room,
      user_id,
      (int) membership,
      membership == MX_MEMBERSHIP_JOIN || membership == MX_MEMBERSHIP_INVITE,
      clean,
      key,
      avatar,
      mx_power_of (work, user_id)))
    mx_room_work_flag (work, MX_ROOM_CHANGED_MEMBERS);
}

void
mx_members_add_invited (MxRoomWork *work, const char *user_id)
{
  g_autofree char *key = make_name_key (user_id);

  if (mx_sql_change (
        work->store,
        "INSERT INTO members (room, user_id, membership, is_present, name_key, power, "
        "content) VALUES (?, ?, ?, 1, ?, ?, '{}') ON CONFLICT (room, user_id) DO UPDATE "
        "SET membership = excluded.membership, is_present = 1 WHERE is_present = 0",
        "lsisi",
        work->room,
        user_id,
        (int) MX_MEMBERSHIP_INVITE,
        key,
        mx_power_of (work, user_id)))
    mx_room_work_flag (work, MX_ROOM_CHANGED_MEMBERS);
}

void
mx_members_apply_all (MxRoomWork *work, GPtrArray *events)
{
  g_autoptr (GHashTable) listed = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *row;

  for (guint i = 0; i < events->len; i++)
    {
      MxEvent *event = g_ptr_array_index (events, i);

      if (!g_str_equal (mx_event_get_event_type (event), "m.room.member") ||
          mx_event_get_state_key (event) == NULL)
        continue;
      if (mx_members_apply (work, event, FALSE))
        mx_room_work_flag (work, MX_ROOM_CHANGED_MEMBERS);
      g_hash_table_add (listed, (gpointer) mx_event_get_state_key (event));
    }

  row = mx_sql_query (work->store,
                      "SELECT user_id FROM members WHERE room = ? AND is_present = 1",
                      "l",
                      work->room);
  while (mx_sql_step (work->store, row))
    if (!g_hash_table_contains (listed, mx_sql_column_text (row, 0)))
      g_ptr_array_add (gone, mx_sql_column_dup (row, 0));
  for (guint i = 0; i < gone->len; i++)
    {
      mx_sql_run (
        work->store,
        "UPDATE members SET membership = ?, is_present = 0 WHERE room = ? AND user_id = ?",
        "ils",
        MX_MEMBERSHIP_LEAVE,
        work->room,
        g_ptr_array_index (gone, i));
      mx_room_work_flag (work, MX_ROOM_CHANGED_MEMBERS);
      end_session (work);
    }
  if (mx_sql_change (work->store,
                     "UPDATE rooms SET members_complete = 1 WHERE id = ? AND members_complete = 0",
                     "l",
                     work->room))
    mx_room_work_flag (work, MX_ROOM_CHANGED_MEMBERS);
}

void
mx_members_set_incomplete (MxRoomWork *work)
{
  mx_sql_run (work->store,
              "UPDATE rooms SET members_complete = 0 WHERE id = ? AND members_complete = 1",
              "l",
              work->room);
}

void
mx_members_update_powers (MxRoomWork *work)
{
  g_autoptr (GPtrArray) users = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) powers = g_array_new (FALSE, FALSE, sizeof (int));
  sqlite3_stmt *row = mx_sql_query (work->store,
                                    "SELECT user_id, power FROM members WHERE room = ?",
                                    "l",
                                    work->room);

  while (mx_sql_step (work->store, row))
    {
      int power = sqlite3_column_int (row, 1);

      g_ptr_array_add (users, mx_sql_column_dup (row, 0));
      g_array_append_val (powers, power);
    }
  for (guint i = 0; i < users->len; i++)
    {
      int power = mx_power_of (work, g_ptr_array_index (users, i));

      if (power == g_array_index (powers, int, i))
        continue;
      mx_sql_run (work->store,
                  "UPDATE members SET power = ? WHERE room = ? AND user_id = ?",
                  "ils",
                  power,
                  work->room,
                  g_ptr_array_index (users, i));
      mx_room_work_flag (work, MX_ROOM_CHANGED_MEMBERS);
    }
}

void
mx_members_repair (MxRoomWork *work)
{
  g_autofree char *user_id = g_strdup ("");

  while (user_id != NULL)
    {
      g_autofree char *last = g_steal_pointer (&user_id);
      g_autofree char *text = NULL;
      g_autofree char *clean = NULL;
      g_autofree char *key = NULL;
      g_autoptr (MxJsonDocument) document = NULL;
      const char *name;

      user_id = mx_sql_text (work->store,
                             "SELECT min (user_id) FROM members WHERE room = ? AND user_id > ?",
                             "ls",
                             work->room,
                             last);
      if (user_id == NULL)
        break;
      text = mx_sql_text (
        work->store,
        "SELECT content FROM members WHERE room = ? AND user_id = ? AND event_id IS NOT NULL",
        "ls",
        work->room,
        user_id);
      document = text ? mx_json_document_parse (text, -1, NULL) : NULL;
      if (document == NULL)
        continue;
      name = mx_json_get_string (mx_json_document_root (document), "displayname");
      clean = name ? mx_text_clean_name (name, MAX_NAME) : NULL;
      if (clean != NULL && *clean == '\0')
        g_clear_pointer (&clean, g_free);
      key = make_name_key (clean ? clean : user_id);
      mx_sql_run (
        work->store,
        "UPDATE members SET display_name = ?, name_key = ?, power = ? WHERE room = ? AND user_id = ?",
        "ssils",
        clean,
        key,
        mx_power_of (work, user_id),
        work->room,
        user_id);
    }
}

unsigned
mx_members_count (MxStore *store, gint64 room, MxMembership membership)
{
  gint64 count = -1;
  gboolean complete =
    mx_sql_int (store, 0, "SELECT members_complete FROM rooms WHERE id = ?", "l", room);

  if (!complete)
    count = membership == MX_MEMBERSHIP_JOIN
              ? mx_sql_int (store, -1, "SELECT joined_count FROM rooms WHERE id = ?", "l", room)
              : mx_sql_int (store, -1, "SELECT invited_count FROM rooms WHERE id = ?", "l", room);
  if (count < 0)
    count = mx_sql_int (
      store,
      0,
      "SELECT count (*) FROM members WHERE room = ? AND is_present = 1 AND membership = ?",
      "li",
      room,
      membership);
  return CLAMP (count, 0, G_MAXINT);
}

/* TRUE when the member is known. */
static gboolean
read_name (MxStore *store, gint64 room, const char *user_id, char **name, gboolean *ambiguous)
{
  sqlite3_stmt *row =
    mx_sql_query (store,
                  "SELECT m.display_name, EXISTS (SELECT 1 FROM members AS o WHERE o.room = m.room "
                  "AND o.name_key = m.name_key AND o.user_id <> m.user_id AND o.is_present = 1) "
                  "FROM members AS m WHERE m.room = ? AND m.user_id = ?",
                  "ls",
                  room,
                  user_id);

  *name = NULL;
  *ambiguous = FALSE;
  if (!mx_sql_step (store, row))
    return FALSE;
  *name = mx_sql_column_dup (row, 0);
  *ambiguous = sqlite3_column_int (row, 1);
  mx_sql_done (row);
  return TRUE;
}

char *
mx_members_dup_name (MxStore *store, gint64 room, const char *user_id)
{
  g_autofree char *name = NULL;
  gboolean ambiguous;

  if (!read_name (store, room, user_id, &name, &ambiguous))
    {
      /* An invitation shows who invites. */
      g_autoptr (MxJsonDocument) shown = mx_state_load (store, room, "m.room.member", user_id);
      const char *text =
        shown ? mx_json_get_string (mx_json_document_root (shown), "displayname") : NULL;

      if (text != NULL)
        name = mx_text_clean_name (text, MAX_NAME);
      if (name != NULL && *name == '\0')
        g_clear_pointer (&name, g_free);
    }
  return mx_user_name_compute (name, user_id, ambiguous);
}

/* -- Reading ----------------------------------------------------------------------------------- */

#define MEMBER_COLUMNS                                                                                         \
  "SELECT m.user_id, m.display_name, m.avatar_url, m.membership, m.power, EXISTS (SELECT 1 FROM members AS o " \
  "WHERE o.room = m.room AND o.name_key = m.name_key AND o.user_id <> m.user_id AND o.is_present = 1) FROM members AS m "

static MxMemberRow *
read_member (sqlite3_stmt *row)
{
  MxMemberRow *member = g_new0 (MxMemberRow, 1);

  member->user_id = mx_sql_column_dup (row, 0);
  member->display_name = mx_sql_column_dup (row, 1);
  member->avatar_url = mx_sql_column_dup (row, 2);
  member->membership = sqlite3_column_int (row, 3);
  member->power = sqlite3_column_int (row, 4);
  member->ambiguous = sqlite3_column_int (row, 5);
  return member;
}

void
mx_member_row_free (MxMemberRow *self)
{
  if (self == NULL)
    return;
  g_free (self->user_id);
  g_free (self->display_name);
  g_free (self->avatar_url);
  g_free (self);
}

MxMemberRow *
mx_store_load_member (MxStore *self, const char *room_id, const char *user_id, GError **error)
{
  MxMemberRow *member = NULL;
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      MEMBER_COLUMNS "WHERE m.room = ? AND m.user_id = ?",
                      "ls",
                      mx_room_find (self, room_id),
                      user_id);
  if (mx_sql_step (self, row))
    {
      member = read_member (row);
      mx_sql_done (row);
    }
  if (!mx_sql_leave (self, error))
    g_clear_pointer (&member, mx_member_row_free);
  return member;
}

GPtrArray *
mx_store_load_members (MxStore *self,
                       const char *room_id,
                       const char *filter,
                       unsigned offset,
                       unsigned limit,
                       GError **error)
{
  g_autoptr (GPtrArray) members =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mx_member_row_free);
  g_autofree char *key = filter && *filter ? make_name_key (filter) : NULL;
  sqlite3_stmt *row;
  gint64 room;

  mx_sql_enter (self);
  room = mx_room_find (self, room_id);
  if (key == NULL || *key == '\0')
    row = mx_sql_query (self,
                        MEMBER_COLUMNS
                        "INDEXED BY members_in_order WHERE m.room = ? AND m.is_present = 1 "
                        "ORDER BY m.power DESC, m.name_key, m.user_id LIMIT ? OFFSET ?",
                        "lll",
                        room,
                        (gint64) limit,
                        (gint64) offset);
  else
    row = mx_sql_query (self,
                        MEMBER_COLUMNS
                        "INDEXED BY members_in_order WHERE m.room = ?1 AND m.is_present = 1 "
                        "AND (instr (m.name_key, ?2) > 0 OR instr (lower (m.user_id), ?2) > 0) "
                        "ORDER BY m.power DESC, m.name_key, m.user_id LIMIT ?3 OFFSET ?4",
                        "lsll",
                        room,
                        key,
                        (gint64) limit,
                        (gint64) offset);
  while (mx_sql_step (self, row))
    g_ptr_array_add (members, read_member (row));
  return mx_sql_leave (self, error) ? g_steal_pointer (&members) : NULL;
}

gboolean
mx_store_members_complete (MxStore *self, const char *room_id)
{
  gboolean complete;

  mx_sql_enter (self);
  complete =
    mx_sql_int (self, 0, "SELECT members_complete FROM rooms WHERE room_id = ?", "s", room_id);
  mx_sql_leave_logged (self);
  return complete;
}
