/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Rooms without a session, for the widgets of the room list. */
#pragma once

#include "mx-room-private.h"

/* A joined room; the caller owns it. */
static inline MxRoomRow *
room_fixture_row (const char *name)
{
  g_autofree char *id = g_strdup_printf ("!%s:ministere.test", name);
  MxRoomRow *row = mx_room_row_new (id);

  row->name = g_strdup (name);
  row->membership = MX_MEMBERSHIP_JOIN;
  row->joined_members = 3;
  return row;
}

static inline MxRoom *
room_fixture_new (const char *name, unsigned unread)
{
  g_autoptr (MxRoomRow) row = room_fixture_row (name);

  row->unread = unread;
  return mx_room_new (NULL, row);
}

/* Lets everything happen that is due. */
static inline void
room_fixture_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
