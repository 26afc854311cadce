/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Making and freeing change sets; a new one says "nothing changed" in every field. */
#include "config.h"

#include "mx-sync-delta.h"

MxSyncDelta *
mx_sync_delta_new (MxSyncKind kind)
{
  MxSyncDelta *self = g_new0 (MxSyncDelta, 1);

  self->kind = kind;
  self->account_data = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_account_datum_free);
  self->to_device = g_ptr_array_new_with_free_func (g_free);
  self->rooms = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_room_delta_free);
  self->presence = g_ptr_array_new_with_free_func (g_free);
  self->total_rooms = -1;

  return self;
}

void
mx_sync_delta_free (MxSyncDelta *self)
{
  if (self == NULL)
    return;

  g_free (self->next_token);
  g_free (self->to_device_token);
  g_ptr_array_unref (self->account_data);
  g_ptr_array_unref (self->to_device);
  g_ptr_array_unref (self->rooms);
  g_clear_pointer (&self->listed, g_hash_table_unref);
  g_strfreev (self->device_changed);
  g_strfreev (self->device_left);
  g_clear_pointer (&self->one_time_key_counts, g_hash_table_unref);
  g_strfreev (self->unused_fallback_keys);
  g_ptr_array_unref (self->presence);
  g_free (self);
}

MxRoomDelta *
mx_room_delta_new (const char *room_id)
{
  MxRoomDelta *self = g_new0 (MxRoomDelta, 1);

  self->room_id = g_strdup (room_id);
  self->state = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_event_unref);
  self->timeline = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_event_unref);
  self->stripped = g_ptr_array_new_with_free_func (g_free);
  self->account_data = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_account_datum_free);
  self->receipts = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_receipt_free);
  self->joined_count = -1;
  self->invited_count = -1;
  self->notification_count = -1;
  self->highlight_count = -1;
  self->bump_stamp = -1;

  return self;
}

void
mx_room_delta_free (MxRoomDelta *self)
{
  if (self == NULL)
    return;

  g_free (self->room_id);
  g_free (self->prev_batch);
  g_ptr_array_unref (self->state);
  g_ptr_array_unref (self->timeline);
  g_ptr_array_unref (self->stripped);
  g_ptr_array_unref (self->account_data);
  g_ptr_array_unref (self->receipts);
  g_strfreev (self->typing);
  g_strfreev (self->heroes);
  g_strfreev (self->hero_names);
  g_strfreev (self->hero_avatars);
  g_free (self->name);
  g_free (self->avatar);
  g_free (self);
}

void
mx_receipt_free (MxReceipt *self)
{
  if (self == NULL)
    return;

  g_free (self->event_id);
  g_free (self->user_id);
  g_free (self->kind);
  g_free (self->thread_id);
  g_free (self);
}

void
mx_account_datum_free (MxAccountDatum *self)
{
  if (self == NULL)
    return;

  g_free (self->type);
  g_free (self->content);
  g_free (self);
}
