/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-recent-rooms.h. */
#include "config.h"

#include "chappe-recent-rooms.h"

#include "mx-room.h"

#define KEPT 50

struct _ChappeRecentRooms
{
  GPtrArray *ids; /* newest first */
  unsigned at;    /* where the steps are */
  gboolean stepping;
};

ChappeRecentRooms *
chappe_recent_rooms_new (void)
{
  ChappeRecentRooms *self = g_new0 (ChappeRecentRooms, 1);

  self->ids = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
chappe_recent_rooms_free (ChappeRecentRooms *self)
{
  g_ptr_array_unref (self->ids);
  g_free (self);
}

static void
move_to_front (ChappeRecentRooms *self, const char *id)
{
  g_autofree char *first = g_strdup (id);
  guint index = 0;

  if (g_ptr_array_find_with_equal_func (self->ids, id, g_str_equal, &index))
    g_ptr_array_remove_index (self->ids, index);
  g_ptr_array_insert (self->ids, 0, g_steal_pointer (&first));
  if (self->ids->len > KEPT)
    g_ptr_array_set_size (self->ids, KEPT);
}

void
chappe_recent_rooms_use (ChappeRecentRooms *self, MxRoom *room)
{
  if (room != NULL && !self->stepping)
    move_to_front (self, mx_room_get_id (room));
}

MxRoom *
chappe_recent_rooms_step (ChappeRecentRooms *self, MxRoomList *rooms, int direction)
{
  unsigned n = self->ids->len;

  if (!self->stepping)
    self->at = 0;
  self->stepping = TRUE;
  for (unsigned i = 1; i < n; i++)
    {
      MxRoom *room = NULL;

      self->at = (self->at + (direction > 0 ? 1 : n - 1)) % n;
      room = mx_room_list_find (rooms, g_ptr_array_index (self->ids, self->at));
      if (room != NULL && mx_room_get_section (room) != MX_ROOM_SECTION_HIDDEN)
        return room;
    }
  self->stepping = FALSE;
  return NULL;
}

void
chappe_recent_rooms_settle (ChappeRecentRooms *self)
{
  if (!self->stepping)
    return;
  self->stepping = FALSE;
  if (self->at < self->ids->len)
    move_to_front (self, g_ptr_array_index (self->ids, self->at));
}

void
chappe_recent_rooms_clear (ChappeRecentRooms *self)
{
  g_ptr_array_set_size (self->ids, 0);
  self->stepping = FALSE;
}
