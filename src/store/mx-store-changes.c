/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-changes.h. */
#include "config.h"

#include "mx-store-changes.h"

G_DEFINE_BOXED_TYPE (MxStoreChanges, mx_store_changes, mx_store_changes_ref, mx_store_changes_unref)

static void
room_change_free (gpointer data)
{
  MxRoomChange *change = data;

  g_free (change->room_id);
  g_clear_pointer (&change->row, mx_room_row_unref);
  g_clear_pointer (&change->changed_events, g_ptr_array_unref);
  g_free (change);
}

static void
candidate_free (gpointer data)
{
  MxNotificationCandidate *candidate = data;

  g_free (candidate->room_id);
  g_free (candidate->event_id);
  g_free (candidate);
}

MxVerificationNote *
mx_verification_note_copy (const MxVerificationNote *self)
{
  MxVerificationNote *copy = g_new0 (MxVerificationNote, 1);

  copy->sender = g_strdup (self->sender);
  copy->type = g_strdup (self->type);
  copy->content = g_strdup (self->content);
  copy->encrypted = self->encrypted;
  copy->room_id = g_strdup (self->room_id);
  copy->event_id = g_strdup (self->event_id);
  copy->timestamp_ms = self->timestamp_ms;
  return copy;
}

void
mx_verification_note_free (MxVerificationNote *self)
{
  g_free (self->sender);
  g_free (self->type);
  g_free (self->content);
  g_free (self->room_id);
  g_free (self->event_id);
  g_free (self);
}

MxStoreChanges *
mx_store_changes_new (void)
{
  MxStoreChanges *self = g_new0 (MxStoreChanges, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->rooms = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, room_change_free);
  self->notifications = g_ptr_array_new_with_free_func (candidate_free);
  self->account_data = g_ptr_array_new_with_free_func (g_free);
  self->device_users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->own_devices = g_ptr_array_new_with_free_func (g_free);
  self->verification = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_verification_note_free);
  self->decrypted = g_ptr_array_new_with_free_func (g_free);
  return self;
}

MxStoreChanges *
mx_store_changes_ref (MxStoreChanges *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mx_store_changes_unref (MxStoreChanges *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->rooms);
  g_ptr_array_unref (self->notifications);
  g_ptr_array_unref (self->account_data);
  g_hash_table_unref (self->device_users);
  g_ptr_array_unref (self->own_devices);
  g_ptr_array_unref (self->verification);
  g_ptr_array_unref (self->decrypted);
  g_free (self);
}

MxRoomChange *
mx_store_changes_room (MxStoreChanges *self, const char *room_id, MxRoomChangeFlags add)
{
  MxRoomChange *change = g_hash_table_lookup (self->rooms, room_id);

  if (change == NULL)
    {
      change = g_new0 (MxRoomChange, 1);
      change->room_id = g_strdup (room_id);
      g_hash_table_insert (self->rooms, change->room_id, change);
    }
  change->flags |= add;
  return change;
}
