/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-devices.h. */
#include "config.h"

#include "mx-store-devices.h"

#include "mx-sql.h"
#include "mx-store-state.h"

#define COLUMNS                                                                                    \
  "user_id, device_id, curve25519, ed25519, display_name, keys, is_gone, is_dehydrated, "          \
  "is_cross_signed, trust, first_seen_ms, no_key_ms, no_olm_sent, unwedged_ms"

MxStoredDevice *
mx_stored_device_copy (const MxStoredDevice *self)
{
  MxStoredDevice *copy = g_memdup2 (self, sizeof *self);

  copy->user_id = g_strdup (self->user_id);
  copy->device_id = g_strdup (self->device_id);
  copy->display_name = g_strdup (self->display_name);
  copy->keys = g_strdup (self->keys);

  return copy;
}

void
mx_stored_device_free (MxStoredDevice *self)
{
  if (self == NULL)
    return;
  g_free (self->user_id);
  g_free (self->device_id);
  g_free (self->display_name);
  g_free (self->keys);
  g_free (self);
}

/* -- Whom we follow */

/* Never the same number twice, whatever was cleared meanwhile. */
static gint64
next_mark (MxStore *self)
{
  gint64 mark = mx_sql_int (self,
                            0,
                            "SELECT CAST (value AS INTEGER) FROM account_values "
                            "WHERE name = 'device_mark'",
                            "") +
                1;
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, mark);

  mx_store_write_value (self, "device_mark", text);

  return mark;
}

gboolean
mx_store_track_user (MxStore *self, const char *user_id, GError **error)
{
  mx_sql_enter_write (self);
  if (!mx_sql_int (self, 0, "SELECT is_tracked FROM tracked_users WHERE user_id = ?", "s", user_id))
    mx_sql_run (self,
                "INSERT INTO tracked_users (user_id, is_tracked, outdated) VALUES (?, 1, ?) "
                "ON CONFLICT (user_id) DO UPDATE SET is_tracked = 1, outdated = excluded.outdated",
                "sl",
                user_id,
                next_mark (self));

  return mx_sql_leave (self, error);
}

gboolean
mx_store_untrack_user (MxStore *self, const char *user_id, GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "UPDATE tracked_users SET is_tracked = 0, outdated = 0 WHERE user_id = ?",
              "s",
              user_id);

  return mx_sql_leave (self, error);
}

gboolean
mx_store_mark_user_outdated (MxStore *self, const char *user_id, GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "UPDATE tracked_users SET outdated = ? WHERE user_id = ? AND is_tracked = 1",
              "ls",
              next_mark (self),
              user_id);

  return mx_sql_leave (self, error);
}

gboolean
mx_store_mark_all_outdated (MxStore *self, GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "UPDATE tracked_users SET outdated = ? WHERE is_tracked = 1",
              "l",
              next_mark (self));

  return mx_sql_leave (self, error);
}

GStrv
mx_store_load_outdated (MxStore *self, unsigned max, gint64 *sequence)
{
  g_autoptr (GStrvBuilder) users = g_strv_builder_new ();
  sqlite3_stmt *row = NULL;

  *sequence = 0;
  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT user_id, outdated FROM tracked_users WHERE outdated > 0 "
                      "ORDER BY outdated, user_id LIMIT ?",
                      "l",
                      (gint64) max);
  while (mx_sql_step (self, row))
    {
      g_strv_builder_add (users, mx_sql_column_text (row, 0));
      *sequence = MAX (*sequence, sqlite3_column_int64 (row, 1));
    }
  mx_sql_leave_logged (self);

  return g_strv_builder_end (users);
}

gboolean
mx_store_clear_outdated (MxStore *self,
                         const char *user_id,
                         gint64 sequence,
                         gint64 now_ms,
                         GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (self,
              "UPDATE tracked_users SET outdated = iif (outdated <= ?, 0, outdated), is_known = 1, "
              "answered_ms = ? WHERE user_id = ?",
              "lls",
              sequence,
              now_ms,
              user_id);

  return mx_sql_leave (self, error);
}

gboolean
mx_store_is_user_outdated (MxStore *self, const char *user_id)
{
  gboolean is_fresh = FALSE;

  mx_sql_enter (self);
  is_fresh = mx_sql_int (self,
                         0,
                         "SELECT is_tracked AND outdated = 0 FROM tracked_users WHERE user_id = ?",
                         "s",
                         user_id);
  mx_sql_leave_logged (self);

  return !is_fresh;
}

gboolean
mx_store_is_user_tracked (MxStore *self, const char *user_id)
{
  gboolean is_tracked = FALSE;

  mx_sql_enter (self);
  is_tracked =
    mx_sql_int (self, 0, "SELECT is_tracked FROM tracked_users WHERE user_id = ?", "s", user_id);
  mx_sql_leave_logged (self);

  return is_tracked;
}

gboolean
mx_store_is_user_known (MxStore *self, const char *user_id)
{
  gboolean is_known = FALSE;

  mx_sql_enter (self);
  is_known =
    mx_sql_int (self, 0, "SELECT is_known FROM tracked_users WHERE user_id = ?", "s", user_id);
  mx_sql_leave_logged (self);

  return is_known;
}

gboolean
mx_store_track_room (MxStore *self, const char *room_id, gboolean *added, GError **error)
{
  g_autoptr (MxJsonDocument) document = NULL;
  const char *visibility = NULL;
  MxMembership invited = MX_MEMBERSHIP_INVITE;
  gint64 room = 0;

  *added = FALSE;
  mx_sql_enter_write (self);
  room =
    mx_sql_int (self,
                0,
                "SELECT id FROM rooms WHERE room_id = ? AND is_encrypted = 1 AND membership = ?",
                "si",
                room_id,
                (int) MX_MEMBERSHIP_JOIN);
  if (room != 0)
    {
      document = mx_state_load (self, room, "m.room.history_visibility", "");
      if (document != NULL)
        visibility = mx_json_get_string (mx_json_document_root (document), "history_visibility");
      if (g_strcmp0 (visibility, "joined") == 0)
        invited = MX_MEMBERSHIP_JOIN;
      if (mx_sql_int (
            self,
            0,
            "SELECT EXISTS (SELECT 1 FROM members WHERE room = ? AND membership IN (?, ?) "
            "AND NOT EXISTS (SELECT 1 FROM tracked_users AS t WHERE t.user_id = members.user_id "
            "AND t.is_tracked = 1))",
            "lii",
            room,
            (int) MX_MEMBERSHIP_JOIN,
            (int) invited))
        *added = mx_sql_change (
          self,
          "INSERT INTO tracked_users (user_id, is_tracked, outdated) "
          "SELECT user_id, 1, ?1 FROM members WHERE room = ?2 AND membership IN (?3, ?4) "
          "AND NOT EXISTS (SELECT 1 FROM tracked_users AS t WHERE t.user_id = members.user_id "
          "AND t.is_tracked = 1) "
          "ON CONFLICT (user_id) DO UPDATE SET is_tracked = 1, outdated = excluded.outdated",
          "llii",
          next_mark (self),
          room,
          (int) MX_MEMBERSHIP_JOIN,
          (int) invited);
    }

  return mx_sql_leave (self, error);
}

/* -- Devices */

/* NULL for a row that is no device's. */
static MxStoredDevice *
read_device (sqlite3_stmt *row)
{
  g_autoptr (MxStoredDevice) device = g_new0 (MxStoredDevice, 1);

  if (!mx_sql_column_bytes (row, 2, device->curve25519, MX_STORE_KEY_SIZE) ||
      !mx_sql_column_bytes (row, 3, device->ed25519, MX_STORE_KEY_SIZE))
    return NULL;
  device->user_id = mx_sql_column_dup (row, 0);
  device->device_id = mx_sql_column_dup (row, 1);
  device->display_name = mx_sql_column_dup (row, 4);
  device->keys = mx_sql_column_dup (row, 5);
  device->is_gone = sqlite3_column_int (row, 6);
  device->is_dehydrated = sqlite3_column_int (row, 7);
  device->is_cross_signed = sqlite3_column_int (row, 8);
  device->trust = sqlite3_column_int (row, 9);
  device->first_seen_ms = sqlite3_column_int64 (row, 10);
  device->no_key_ms = sqlite3_column_int64 (row, 11);
  device->no_olm_sent = sqlite3_column_int (row, 12);
  device->unwedged_ms = sqlite3_column_int64 (row, 13);

  return g_steal_pointer (&device);
}

gboolean
mx_store_put_device (MxStore *self, const MxStoredDevice *device, GError **error)
{
  g_autoptr (GBytes) curve25519 = g_bytes_new (device->curve25519, MX_STORE_KEY_SIZE);
  g_autoptr (GBytes) ed25519 = g_bytes_new (device->ed25519, MX_STORE_KEY_SIZE);

  mx_sql_enter_write (self);
  mx_sql_run (self,
              "INSERT OR REPLACE INTO devices (" COLUMNS
              ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
              "ssbbssiiiillil",
              device->user_id,
              device->device_id,
              curve25519,
              ed25519,
              device->display_name,
              device->keys,
              device->is_gone != FALSE,
              device->is_dehydrated != FALSE,
              device->is_cross_signed != FALSE,
              (int) device->trust,
              device->first_seen_ms,
              device->no_key_ms,
              device->no_olm_sent != FALSE,
              device->unwedged_ms);

  return mx_sql_leave (self, error);
}

MxStoredDevice *
mx_store_get_device (MxStore *self, const char *user_id, const char *device_id)
{
  MxStoredDevice *device = NULL;
  sqlite3_stmt *row = NULL;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT " COLUMNS " FROM devices WHERE user_id = ? AND device_id = ?",
                      "ss",
                      user_id,
                      device_id);
  if (mx_sql_step (self, row))
    {
      device = read_device (row);
      mx_sql_done (row);
    }
  mx_sql_leave_logged (self);

  return device;
}

MxStoredDevice *
mx_store_find_device (MxStore *self,
                      const char *user_id,
                      const guint8 curve25519[MX_STORE_KEY_SIZE])
{
  g_autoptr (GBytes) key = g_bytes_new (curve25519, MX_STORE_KEY_SIZE);
  MxStoredDevice *device = NULL;
  sqlite3_stmt *row = NULL;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT " COLUMNS " FROM devices WHERE curve25519 = ? AND user_id = ? "
                      "ORDER BY is_gone, first_seen_ms LIMIT 1",
                      "bs",
                      key,
                      user_id);
  if (mx_sql_step (self, row))
    {
      device = read_device (row);
      mx_sql_done (row);
    }
  mx_sql_leave_logged (self);

  return device;
}

GPtrArray *
mx_store_load_devices (MxStore *self, const char *user_id, gboolean with_gone)
{
  GPtrArray *devices = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_device_free);
  sqlite3_stmt *row = NULL;

  mx_sql_enter (self);
  row = mx_sql_query (self,
                      "SELECT " COLUMNS " FROM devices WHERE user_id = ? AND is_gone <= ? "
                      "ORDER BY device_id",
                      "si",
                      user_id,
                      with_gone != FALSE);
  while (mx_sql_step (self, row))
    {
      MxStoredDevice *device = read_device (row);

      if (device != NULL)
        g_ptr_array_add (devices, device);
    }
  mx_sql_leave_logged (self);

  return devices;
}
