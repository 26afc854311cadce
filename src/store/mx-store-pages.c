/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* History: pages for gaps, islands around a place, single events, complete member lists. */
#include "config.h"

#include "mx-store-sync.h"

#include "mx-room-work.h"
#include "mx-store-blocks.h"
#include "mx-store-events.h"
#include "mx-store-members.h"
#include "mx-store-merge.h"
#include "mx-store-reading.h"
#include "mx-store-receipts.h"

/* People who wrote what the page holds; what is known of them now wins. */
static void
apply_old_members (MxRoomWork *work, GPtrArray *state)
{
  for (guint i = 0; state != NULL && i < state->len; i++)
    {
      MxEvent *event = g_ptr_array_index (state, i);

      if (g_str_equal (mx_event_get_event_type (event), "m.room.member") &&
          mx_members_apply (work, event, TRUE))
        mx_room_work_flag (work, MX_ROOM_CHANGED_MEMBERS);
    }
}

gboolean
mx_store_apply_page (MxStore *self,
                     const char *room_id,
                     gint64 gap_id,
                     GPtrArray *events,
                     gboolean backwards,
                     const char *end,
                     GPtrArray *state,
                     MxStoreChanges *changes,
                     GError **error)
{
  g_auto (MxRoomWork) work = { 0 };
  MxBlock block;

  mx_sql_enter_write (self);
  if (mx_room_work_begin (&work, self, room_id, FALSE, changes) &&
      mx_block_load (self, gap_id / 2, &block) && (gap_id % 2 == 1) == (backwards != 0) &&
      (backwards ? block.gap_before : block.gap_after) &&
      mx_sql_int (self, 0, "SELECT room FROM blocks WHERE id = ?", "l", block.id) == work.room)
    {
      g_autofree char *token =
        backwards
          ? mx_sql_text (self, "SELECT token_before FROM blocks WHERE id = ?", "l", block.id)
          : mx_sql_text (self, "SELECT token_after FROM blocks WHERE id = ?", "l", block.id);

      /* An empty page that leads nowhere would be asked for again and again. */
      if ((events == NULL || events->len == 0) && g_strcmp0 (token, end) == 0)
        end = NULL;
      apply_old_members (&work, state);
      mx_merge_page (&work, block.id, backwards, events, end);
      mx_room_work_finish (&work);
    }
  return mx_sql_leave (self, error);
}

gboolean
mx_store_apply_context (MxStore *self,
                        const char *room_id,
                        GPtrArray *events,
                        const char *before,
                        const char *after,
                        GPtrArray *state,
                        MxStoreChanges *changes,
                        GError **error)
{
  g_auto (MxRoomWork) work = { 0 };

  mx_sql_enter_write (self);
  if (mx_room_work_begin (&work, self, room_id, FALSE, changes))
    {
      apply_old_members (&work, state);
      mx_merge_context (&work, events, before, after);
      mx_room_work_finish (&work);
    }
  return mx_sql_leave (self, error);
}

gboolean
mx_store_apply_single (MxStore *self,
                       const char *room_id,
                       MxEvent *event,
                       MxStoreChanges *changes,
                       GError **error)
{
  g_auto (MxRoomWork) work = { 0 };
  MxStoredEvent stored;

  mx_sql_enter_write (self);
  if (mx_room_work_begin (&work, self, room_id, FALSE, changes))
    {
      if (mx_events_find (self, work.room, mx_event_get_id (event), &stored))
        mx_events_merge (&work, &stored, event);
      else
        {
          g_auto (MxDecryption) read = { 0 };

          mx_reading_run (&work, event, NULL, &read);
          mx_events_insert (&work, &read, 0, 0, 0);
          mx_room_work_touch (&work, mx_event_get_id (event));
        }
      mx_room_work_finish (&work);
    }
  return mx_sql_leave (self, error);
}

gboolean
mx_store_apply_members (MxStore *self,
                        const char *room_id,
                        GPtrArray *events,
                        MxStoreChanges *changes,
                        GError **error)
{
  g_auto (MxRoomWork) work = { 0 };

  mx_sql_enter_write (self);
  if (mx_room_work_begin (&work, self, room_id, FALSE, changes))
    {
      mx_members_apply_all (&work, events);
      mx_room_work_finish (&work);
    }
  return mx_sql_leave (self, error);
}
