/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "mx-room-row.h"

G_DEFINE_BOXED_TYPE (MxRoomRow, mx_room_row, mx_room_row_ref, mx_room_row_unref)

MxRoomRow *
mx_room_row_new (const char *room_id)
{
  MxRoomRow *self = g_new0 (MxRoomRow, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->room_id = g_strdup (room_id);
  self->tag_order = 2;

  return self;
}

MxRoomRow *
mx_room_row_ref (MxRoomRow *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
mx_room_row_unref (MxRoomRow *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->room_id);
  g_free (self->name);
  g_free (self->avatar_url);
  g_free (self->topic);
  g_free (self->canonical_alias);
  g_free (self->direct_user);
  g_free (self->last_event_id);
  g_free (self->last_sender);
  g_free (self->last_sender_name);
  g_free (self->last_summary);
  g_free (self->draft_text);
  g_free (self->inviter);
  g_free (self->inviter_name);
  g_free (self->invite_reason);
  g_free (self->successor);
  g_free (self->predecessor);
  g_free (self->room_version);
  g_free (self->access_rule);
  g_free (self);
}
