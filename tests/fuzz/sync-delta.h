/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What holds for whatever is made of a reply to a sync, for the fuzzers of both kinds. */
#pragma once

#include "mx-error.h"
#include "mx-matrix-id.h"
#include "mx-sync-delta.h"

static void
check_room (MxRoomDelta *room)
{
  g_assert_true (mx_room_id_is_valid (room->room_id));
  g_assert_cmpuint (room->live, <=, room->timeline->len);
  g_assert_cmpint (room->joined_count, >=, -1);
  g_assert_cmpint (room->notification_count, >=, -1);
  g_assert_cmpint (room->bump_stamp, >=, -1);
  g_assert_true (room->has_heroes == (room->heroes != NULL));
  if (room->hero_names != NULL)
    g_assert_cmpuint (g_strv_length (room->hero_names), ==, g_strv_length (room->heroes));
  for (guint i = 0; i < room->state->len; i++)
    g_assert_nonnull (mx_event_get_state_key (g_ptr_array_index (room->state, i)));
  for (guint i = 0; i < room->receipts->len; i++)
    {
      MxReceipt *receipt = g_ptr_array_index (room->receipts, i);

      g_assert_true (mx_event_id_is_valid (receipt->event_id));
      g_assert_true (mx_user_id_is_valid (receipt->user_id));
    }
}

static void
check_delta (MxSyncDelta *delta, GError *error)
{
  if (delta == NULL)
    {
      g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
      return;
    }

  g_assert_no_error (error);
  g_assert_nonnull (delta->next_token);
  g_ptr_array_foreach (delta->rooms, (GFunc) (void (*) (void)) check_room, NULL);
}
