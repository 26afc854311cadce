/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a room has to say of its members' identities. Main thread. */
#include "config.h"

#include "mx-room-private.h"

#include "mx-session-private.h"
#include "mx-store-room-sessions.h"

char *
mx_room_find_changed_member (MxRoom *self)
{
  MxSession *session = mx_room_get_session (self);
  MxStore *reader = session != NULL ? mx_session_get_reader (session) : NULL;

  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  if (reader == NULL || !mx_room_get_row (self)->is_encrypted)
    return NULL;

  return mx_store_find_violated_member (reader, mx_room_get_id (self));
}
