/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Two passes: a screenful for all that need it, then more for those whose screenful is all unread.
 */
#include "config.h"

#include "mx-sync-top-up.h"

#include "mx-sync-position.h"

#define BATCH      40
#define LAST_LIMIT 100
#define PASSES     2

void
mx_sync_top_up_clear (MxSyncTopUp *self)
{
  g_clear_pointer (&self->rooms, g_ptr_array_unref);
}

void
mx_sync_top_up_restart (MxSyncTopUp *self, gboolean fresh)
{
  mx_sync_top_up_clear (self);
  self->pass = 0;
  self->fresh = fresh;
}

static gboolean
needs_more (MxSyncTopUp *self, const MxRoomRow *row)
{
  if (row->membership != MX_MEMBERSHIP_JOIN || row->is_space)
    return FALSE;
  if (self->pass == 1)
    return row->last_event_id == NULL || (self->fresh && row->unread > 0);

  return self->fresh && row->unread + 1 >= MX_SYNC_RECENT_LIMIT && row->unread < LAST_LIMIT;
}

gboolean
mx_sync_top_up_look (MxSyncTopUp *self, MxRoomList *rooms)
{
  guint n_rooms = g_list_model_get_n_items (G_LIST_MODEL (rooms));

  while (!mx_sync_top_up_is_busy (self) && self->pass < PASSES)
    {
      self->pass++;
      self->limit = self->pass == 1 ? MX_SYNC_RECENT_LIMIT : LAST_LIMIT;
      mx_sync_top_up_clear (self);
      self->rooms = g_ptr_array_new_with_free_func (g_free);

      for (guint i = 0; i < n_rooms; i++)
        {
          g_autoptr (MxRoom) room = g_list_model_get_item (G_LIST_MODEL (rooms), i);

          if (needs_more (self, mx_room_get_row (room)))
            g_ptr_array_add (self->rooms, g_strdup (mx_room_get_id (room)));
        }
    }

  return mx_sync_top_up_is_busy (self);
}

void
mx_sync_top_up_add (MxSyncTopUp *self, GHashTable *rooms)
{
  for (unsigned i = 0; self->rooms != NULL && i < MIN (self->rooms->len, BATCH); i++)
    g_hash_table_add (rooms, g_ptr_array_index (self->rooms, i));
}

void
mx_sync_top_up_done (MxSyncTopUp *self)
{
  if (mx_sync_top_up_is_busy (self))
    g_ptr_array_remove_range (self->rooms, 0, MIN (self->rooms->len, BATCH));
}

gboolean
mx_sync_top_up_is_busy (MxSyncTopUp *self)
{
  return self->rooms != NULL && self->rooms->len > 0;
}
