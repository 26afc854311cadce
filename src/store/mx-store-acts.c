/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Our own acts, written before the server confirms them, and rooms as a whole. */
#include "config.h"

#include "mx-store-sync.h"

#include "mx-room-work.h"
#include "mx-store-counts.h"
#include "mx-store-events.h"
#include "mx-store-receipts.h"
#include "mx-store-rooms.h"

#include <string.h>

gboolean
mx_store_set_own_receipt (MxStore *self,
                          const char *room_id,
                          const char *event_id,
                          gboolean fully_read,
                          MxStoreChanges *changes,
                          GError **error)
{
  g_auto (MxRoomWork) work = { 0 };

  mx_sql_enter_write (self);
  if (mx_room_work_begin (&work, self, room_id, FALSE, changes))
    {
      g_auto (MxReadPosition) before = { 0 };
      g_auto (MxReadPosition) after = { 0 };

      mx_receipts_get_own (self, work.room, &before);
      mx_receipts_add_own (&work, event_id, g_get_real_time () / 1000, FALSE, FALSE);
      mx_receipts_get_own (self, work.room, &after);
      if (g_strcmp0 (before.event_id, after.event_id) != 0)
        {
          mx_counts_forget_server (&work);
          mx_room_work_flag (&work, MX_ROOM_CHANGED_RECEIPTS);
        }
      if (fully_read)
        {
          g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
          g_autofree char *content = NULL;

          mx_json_begin_object (writer, NULL);
          mx_json_add_string (writer, "event_id", event_id);
          mx_json_end (writer);
          content = mx_json_writer_to_text (writer);
          if (mx_store_write_account_data (self, room_id, "m.fully_read", content))
            mx_room_work_flag (&work, MX_ROOM_CHANGED_RECEIPTS);
        }
      mx_room_work_finish (&work);
    }
  return mx_sql_leave (self, error);
}

gboolean
mx_store_set_membership (MxStore *self,
                         const char *room_id,
                         MxMembership membership,
                         MxStoreChanges *changes,
                         GError **error)
{
  g_auto (MxRoomWork) work = { 0 };

  mx_sql_enter_write (self);
  if (mx_room_work_begin (&work, self, room_id, TRUE, changes))
    {
      if (work.membership != membership)
        {
          mx_sql_run (self,
                      "UPDATE rooms SET membership = ? WHERE id = ?",
                      "il",
                      (int) membership,
                      work.room);
          work.membership = membership;
          work.must_count = TRUE;
        }
      mx_room_work_finish (&work);
    }
  return mx_sql_leave (self, error);
}

gboolean
mx_store_forget_room (MxStore *self, const char *room_id, MxStoreChanges *changes, GError **error)
{
  mx_sql_enter_write (self);
  if (mx_sql_change (self, "DELETE FROM rooms WHERE room_id = ?", "s", room_id) && changes != NULL)
    mx_store_changes_room (changes, room_id, MX_ROOM_CHANGED_REMOVED);
  mx_sql_run (self, "DELETE FROM account_data WHERE room_id = ?", "s", room_id);
  mx_sql_run (self, "DELETE FROM outbox WHERE room_id = ?", "s", room_id);
  mx_sql_run (self, "DELETE FROM drafts WHERE room_id = ?", "s", room_id);
  return mx_sql_leave (self, error);
}

gboolean
mx_store_mark_all_gappy (MxStore *self, GError **error)
{
  mx_sql_enter_write (self);
  mx_sql_run (
    self,
    "UPDATE blocks SET is_stale = 1 WHERE is_detached = 0 AND NOT EXISTS (SELECT 1 FROM blocks AS o "
    "WHERE o.room = blocks.room AND o.is_detached = 0 AND o.rank > blocks.rank)",
    "");
  return mx_sql_leave (self, error);
}

gboolean
mx_store_refresh_row (MxStore *self, const char *room_id, MxStoreChanges *changes, GError **error)
{
  g_auto (MxRoomWork) work = { 0 };

  mx_sql_enter_write (self);
  if (mx_room_work_begin (&work, self, room_id, FALSE, changes))
    mx_room_work_finish (&work);
  return mx_sql_leave (self, error);
}

GStrv
mx_store_get_typing (MxStore *self, const char *room_id)
{
  g_autofree char *typing = NULL;

  mx_sql_enter (self);
  typing = mx_sql_text (self, "SELECT typing FROM rooms WHERE room_id = ?", "s", room_id);
  mx_sql_leave_logged (self);
  return g_strsplit (typing ? typing : "", "\n", -1);
}

char *
mx_store_get_draft (MxStore *self, const char *room_id)
{
  char *draft;

  mx_sql_enter (self);
  draft = mx_sql_text (self, "SELECT draft FROM drafts WHERE room_id = ?", "s", room_id);
  mx_sql_leave_logged (self);
  return draft;
}

gboolean
mx_store_set_draft (MxStore *self, const char *room_id, const char *draft, GError **error)
{
  mx_sql_enter_write (self);
  if (draft != NULL)
    mx_sql_run (self,
                "INSERT OR REPLACE INTO drafts (room_id, draft) VALUES (?, ?)",
                "ss",
                room_id,
                draft);
  else
    mx_sql_run (self, "DELETE FROM drafts WHERE room_id = ?", "s", room_id);
  return mx_sql_leave (self, error);
}
