/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-room-sessions.h. */
#include "config.h"

#include "mx-store-room-sessions.h"

#include "mx-room-work.h"
#include "mx-store-members.h"

#include <string.h>

#define SHARE_COLUMNS                                                                              \
  "room_id, session_id, user_id, device_id, curve25519, message_index, withheld, olm_session, "    \
  "must_resend"

void
mx_stored_outbound_free (MxStoredOutbound *self)
{
  if (self == NULL)
    return;
  g_free (self->room_id);
  g_free (self->session_id);
  g_clear_pointer (&self->pickle, g_bytes_unref);
  g_free (self->visibility);
  g_free (self);
}

void
mx_stored_share_free (MxStoredShare *self)
{
  if (self == NULL)
    return;
  g_free (self->room_id);
  g_free (self->session_id);
  g_free (self->user_id);
  g_free (self->device_id);
  g_free (self->withheld);
  g_free (self->olm_session);
  g_free (self);
}

MxStoredOutbound *
mx_store_get_outbound (MxStore *self, const char *room_id)
{
  MxStoredOutbound *session = NULL;
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT session_id, pickle, created_ms, messages, visibility, is_over "
                      "FROM megolm_outbound WHERE room_id = ?",
                      "s",
                      room_id);
  if (mx_sql_step (self, row))
    {
      session = g_new0 (MxStoredOutbound, 1);
      session->room_id = g_strdup (room_id);
      session->session_id = mx_sql_column_dup (row, 0);
      session->pickle = g_bytes_new (sqlite3_column_blob (row, 1), sqlite3_column_bytes (row, 1));
      session->created_ms = sqlite3_column_int64 (row, 2);
      session->messages = sqlite3_column_int64 (row, 3);
      session->visibility = mx_sql_column_dup (row, 4);
      session->is_over = sqlite3_column_int (row, 5);
      mx_sql_done (row);
    }
  mx_sql_leave_logged (self);
  return session;
}

gboolean
mx_store_put_outbound (MxStore *self, const MxStoredOutbound *session, GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "INSERT OR REPLACE INTO megolm_outbound (room_id, session_id, pickle, created_ms, "
              "messages, visibility, is_over) VALUES (?, ?, ?, ?, ?, ?, ?)",
              "ssbllsi",
              session->room_id,
              session->session_id,
              session->pickle,
              session->created_ms,
              session->messages,
              session->visibility,
              session->is_over != FALSE);
  return mx_sql_leave (self, error);
}

gboolean
mx_store_end_outbound (MxStore *self, const char *room_id, GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "UPDATE megolm_outbound SET is_over = 1 WHERE ifnull (room_id = ?, 1)",
              "s",
              room_id);
  return mx_sql_leave (self, error);
}

static MxStoredShare *
read_share (sqlite3_stmt *row)
{
  MxStoredShare *share = g_new0 (MxStoredShare, 1);

  share->room_id = mx_sql_column_dup (row, 0);
  share->session_id = mx_sql_column_dup (row, 1);
  share->user_id = mx_sql_column_dup (row, 2);
  share->device_id = mx_sql_column_dup (row, 3);
  if (sqlite3_column_bytes (row, 4) == MX_STORE_KEY_SIZE)
    memcpy (share->curve25519, sqlite3_column_blob (row, 4), MX_STORE_KEY_SIZE);
  share->message_index =
    sqlite3_column_type (row, 5) == SQLITE_NULL ? -1 : sqlite3_column_int64 (row, 5);
  share->withheld = mx_sql_column_dup (row, 6);
  share->olm_session = mx_sql_column_dup (row, 7);
  share->must_resend = sqlite3_column_int (row, 8);
  return share;
}

GPtrArray *
mx_store_load_shares (MxStore *self, const char *session_id, GError **error)
{
  g_autoptr (GPtrArray) shares =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_share_free);
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT " SHARE_COLUMNS " FROM megolm_shares WHERE session_id = ?",
                      "s",
                      session_id);
  while (mx_sql_step (self, row))
    g_ptr_array_add (shares, read_share (row));
  return mx_sql_leave (self, error) ? g_steal_pointer (&shares) : NULL;
}

MxStoredShare *
mx_store_get_share (MxStore *self,
                    const char *session_id,
                    const char *user_id,
                    const char *device_id)
{
  MxStoredShare *share = NULL;
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT " SHARE_COLUMNS " FROM megolm_shares "
                      "WHERE session_id = ? AND user_id = ? AND device_id = ?",
                      "sss",
                      session_id,
                      user_id,
                      device_id);
  if (mx_sql_step (self, row))
    {
      share = read_share (row);
      mx_sql_done (row);
    }
  mx_sql_leave_logged (self);
  return share;
}

gboolean
mx_store_put_share (MxStore *self, const MxStoredShare *share, GError **error)
{
  g_autoptr (GBytes) curve = g_bytes_new_static (share->curve25519, MX_STORE_KEY_SIZE);

  mx_sql_enter_write (self);
  mx_sql_run (self,
              "INSERT OR REPLACE INTO megolm_shares (" SHARE_COLUMNS ") "
              "VALUES (?, ?, ?, ?, ?, nullif (?, -1), ?, ?, ?)",
              "ssssblssi",
              share->room_id,
              share->session_id,
              share->user_id,
              share->device_id,
              curve,
              share->message_index,
              share->withheld,
              share->olm_session,
              share->must_resend != FALSE);
  return mx_sql_leave (self, error);
}

GPtrArray *
mx_store_load_lost_shares (MxStore *self,
                           const char *user_id,
                           const guint8 curve25519[MX_STORE_KEY_SIZE],
                           const char *olm_session,
                           gint64 since_ms,
                           unsigned max,
                           GError **error)
{
  g_autoptr (GPtrArray) shares =
    g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_share_free);
  g_autoptr (GBytes) curve = g_bytes_new_static (curve25519, MX_STORE_KEY_SIZE);
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT s.room_id, s.session_id, s.user_id, s.device_id, s.curve25519, "
                      "s.message_index, s.withheld, s.olm_session, s.must_resend "
                      "FROM megolm_shares AS s INDEXED BY megolm_shares_by_device "
                      "JOIN megolm_starts AS b ON b.session_id = s.session_id "
                      "WHERE s.user_id = ? AND s.curve25519 = ? AND s.message_index IS NOT NULL "
                      "AND s.olm_session IS NOT ? AND b.created_ms >= ? "
                      "ORDER BY b.created_ms DESC LIMIT ?",
                      "sbsll",
                      user_id,
                      curve,
                      olm_session,
                      since_ms,
                      (gint64) max);
  while (mx_sql_step (self, row))
    g_ptr_array_add (shares, read_share (row));
  return mx_sql_leave (self, error) ? g_steal_pointer (&shares) : NULL;
}

gboolean
mx_store_put_megolm_start (MxStore *self, const MxStoredOutbound *session, GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "INSERT OR REPLACE INTO megolm_starts (session_id, room_id, pickle, created_ms) "
              "VALUES (?, ?, ?, ?)",
              "ssbl",
              session->session_id,
              session->room_id,
              session->pickle,
              session->created_ms);
  return mx_sql_leave (self, error);
}

/* Sessions of room ?1 that another one had followed before ?2. */
#define ENDED                                                                                      \
  "SELECT s.session_id FROM megolm_starts AS s WHERE s.room_id = ?1 AND EXISTS (SELECT 1 "         \
  "FROM megolm_starts AS n WHERE n.room_id = ?1 AND n.created_ms > s.created_ms "                  \
  "AND n.created_ms < ?2)"

gboolean
mx_store_prune_megolm_starts (MxStore *self, const char *room_id, gint64 before_ms, GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "DELETE FROM megolm_shares WHERE session_id IN (" ENDED ")",
              "sl",
              room_id,
              before_ms);
  mx_sql_run (self,
              "DELETE FROM megolm_starts WHERE session_id IN (" ENDED ")",
              "sl",
              room_id,
              before_ms);
  return mx_sql_leave (self, error);
}

GBytes *
mx_store_get_megolm_start (MxStore *self, const char *session_id)
{
  GBytes *pickle = NULL;
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row =
    mx_sql_query (self, "SELECT pickle FROM megolm_starts WHERE session_id = ?", "s", session_id);
  if (mx_sql_step (self, row))
    {
      pickle = g_bytes_new (sqlite3_column_blob (row, 0), sqlite3_column_bytes (row, 0));
      mx_sql_done (row);
    }
  mx_sql_leave_logged (self);
  return pickle;
}

/* -- Who is to have it ------------------------------------------------------------------------- */

/* Members m of room ?1, those invited only where ?2. */
#define RECIPIENT                                                                                  \
  "m.room = ?1 AND m.is_present = 1 AND (m.membership = 1 OR (?2 AND m.membership = 2))"
G_STATIC_ASSERT (MX_MEMBERSHIP_JOIN == 1 && MX_MEMBERSHIP_INVITE == 2);

guint64
mx_store_get_recipients_stamp (MxStore *self)
{
  return self->recipients;
}

GStrv
mx_store_load_outdated_members (MxStore *self, const char *room_id, gboolean with_invited)
{
  g_autoptr (GStrvBuilder) users = g_strv_builder_new ();
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT m.user_id FROM members AS m LEFT JOIN tracked_users AS t "
                      "ON t.user_id = m.user_id WHERE " RECIPIENT
                      " AND (t.user_id IS NULL OR t.is_tracked = 0 OR t.outdated > 0)",
                      "li",
                      mx_room_find (self, room_id),
                      with_invited != FALSE);
  while (mx_sql_step (self, row))
    g_strv_builder_add (users, mx_sql_column_text (row, 0));
  mx_sql_leave_logged (self);
  return g_strv_builder_end (users);
}

GStrv
mx_store_load_unheard_members (MxStore *self, const char *room_id, gint64 from_ms, gint64 to_ms)
{
  g_autoptr (GStrvBuilder) users = g_strv_builder_new ();
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT m.user_id FROM members AS m JOIN tracked_users AS t "
                      "ON t.user_id = m.user_id WHERE m.room = ? AND m.is_present = 1 "
                      "AND m.membership = 2 AND t.is_tracked = 1 AND t.outdated = 0 "
                      "AND t.answered_ms NOT BETWEEN ? AND ? AND NOT EXISTS ("
                      "SELECT 1 FROM rooms CROSS JOIN members AS s ON s.room = rooms.id "
                      "WHERE rooms.membership = 1 AND s.user_id = m.user_id AND s.membership = 1)",
                      "lll",
                      mx_room_find (self, room_id),
                      from_ms,
                      to_ms);
  while (mx_sql_step (self, row))
    g_strv_builder_add (users, mx_sql_column_text (row, 0));
  mx_sql_leave_logged (self);

  return g_strv_builder_end (users);
}

gboolean
mx_store_has_violated_member (MxStore *self, const char *room_id, gboolean with_invited)
{
  gboolean found;

  mx_sql_enter (self);
  found = mx_sql_int (self,
                      0,
                      "SELECT EXISTS (SELECT 1 FROM identities AS i CROSS JOIN members AS m "
                      "ON m.user_id = i.user_id WHERE i.was_verified = 1 AND i.is_verified = 0 "
                      "AND " RECIPIENT ")",
                      "li",
                      mx_room_find (self, room_id),
                      with_invited != FALSE);
  return mx_sql_leave_logged (self) && found;
}

char *
mx_store_find_violated_member (MxStore *self, const char *room_id)
{
  char *user_id = NULL;

  mx_sql_enter (self);
  user_id = mx_sql_text (self,
                         "SELECT i.user_id FROM identities AS i CROSS JOIN members AS m "
                         "ON m.user_id = i.user_id WHERE i.was_verified = 1 AND i.is_verified = 0 "
                         "AND m.room = ? AND m.is_present = 1 ORDER BY 1 LIMIT 1",
                         "l",
                         mx_room_find (self, room_id));
  mx_sql_leave_logged (self);

  return user_id;
}

gboolean
mx_store_has_lost_share (MxStore *self,
                         const char *room_id,
                         const char *session_id,
                         gboolean with_invited,
                         gboolean signed_only)
{
  gboolean found;

  mx_sql_enter (self);
  found =
    mx_sql_int (self,
                0,
                "SELECT EXISTS (SELECT 1 FROM megolm_shares AS s LEFT JOIN devices AS d "
                "ON d.user_id = s.user_id AND d.device_id = s.device_id "
                "LEFT JOIN members AS m ON m.user_id = s.user_id AND " RECIPIENT " "
                "WHERE s.session_id = ?3 AND s.message_index IS NOT NULL AND "
                "(d.user_id IS NULL OR d.is_gone OR d.curve25519 <> s.curve25519 OR d.trust = ?5 "
                "OR m.user_id IS NULL OR (?4 AND d.is_cross_signed = 0 AND d.trust <> ?6)))",
                "lisiii",
                mx_room_find (self, room_id),
                with_invited != FALSE,
                session_id,
                signed_only != FALSE,
                MX_LOCAL_TRUST_BLOCKED,
                MX_LOCAL_TRUST_VERIFIED);
  return mx_sql_leave_logged (self) && found;
}

static void
unshared_free (gpointer data)
{
  MxUnshared *unshared = data;

  g_clear_pointer (&unshared->device, mx_stored_device_free);
  g_clear_pointer (&unshared->share, mx_stored_share_free);
  g_free (unshared);
}

GPtrArray *
mx_store_load_unshared (MxStore *self,
                        const char *room_id,
                        const char *session_id,
                        gboolean with_invited,
                        const char *own_device_id,
                        GError **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (unshared_free);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (
    self,
    "SELECT d.user_id, d.device_id FROM members AS m JOIN devices AS d ON d.user_id = m.user_id "
    "LEFT JOIN megolm_shares AS s ON s.session_id = ?3 AND s.user_id = d.user_id "
    "AND s.device_id = d.device_id AND s.curve25519 = d.curve25519 "
    "WHERE " RECIPIENT " AND d.is_gone = 0 AND NOT (d.user_id = ?4 AND d.device_id = ?5) "
    "AND (s.session_id IS NULL OR s.must_resend OR s.message_index IS NULL)",
    "lisss",
    mx_room_find (self, room_id),
    with_invited != FALSE,
    session_id,
    mx_store_get_own_user_id (self),
    own_device_id);
  while (mx_sql_step (self, row))
    {
      g_ptr_array_add (names, mx_sql_column_dup (row, 0));
      g_ptr_array_add (names, mx_sql_column_dup (row, 1));
    }
  for (guint i = 0; i + 1 < names->len; i += 2)
    {
      MxUnshared *unshared = g_new0 (MxUnshared, 1);
      MxStoredShare *share;

      unshared->device = mx_store_get_device (self, names->pdata[i], names->pdata[i + 1]);
      if (unshared->device == NULL)
        {
          unshared_free (unshared);
          continue;
        }
      share = mx_store_get_share (self, session_id, names->pdata[i], names->pdata[i + 1]);
      if (share != NULL &&
          memcmp (share->curve25519, unshared->device->curve25519, MX_STORE_KEY_SIZE) != 0)
        g_clear_pointer (&share, mx_stored_share_free);
      unshared->share = share;
      g_ptr_array_add (found, unshared);
    }
  return mx_sql_leave (self, error) ? g_steal_pointer (&found) : NULL;
}

GStrv
mx_store_load_recipients (MxStore *self, const char *room_id, gboolean with_invited)
{
  g_autoptr (GStrvBuilder) users = g_strv_builder_new ();
  sqlite3_stmt *row;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT user_id FROM members WHERE room = ? AND is_present = 1 "
                      "AND (membership = ? OR (? AND membership = ?)) ORDER BY user_id",
                      "liii",
                      mx_room_find (self, room_id),
                      (int) MX_MEMBERSHIP_JOIN,
                      with_invited != FALSE,
                      (int) MX_MEMBERSHIP_INVITE);
  while (mx_sql_step (self, row))
    g_strv_builder_add (users, mx_sql_column_text (row, 0));
  mx_sql_leave_logged (self);
  return g_strv_builder_end (users);
}

gboolean
mx_store_add_invited (MxStore *self,
                      const char *room_id,
                      const char *user_id,
                      MxStoreChanges *changes,
                      GError **error)
{
  g_auto (MxRoomWork) work = { 0 };

  mx_sql_enter_write (self);
  if (mx_room_work_begin (&work, self, room_id, FALSE, changes))
    {
      mx_members_add_invited (&work, user_id);
      mx_room_work_finish (&work);
    }
  return mx_sql_leave (self, error);
}
