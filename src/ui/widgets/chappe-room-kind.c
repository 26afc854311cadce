/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What kind of room it is. */
#include "config.h"

#include "chappe-room-kind.h"

#include <glib/gi18n.h>

const char *
chappe_room_kind_text (const MxRoomRow *row)
{
  gboolean externals = g_strcmp0 (row->access_rule, "unrestricted") == 0;

  if (row->is_server_notice)
    return _ ("Announcements");
  if (row->is_direct)
    return row->is_encrypted ? _ ("Secure direct message") : _ ("Direct message");
  if (row->is_public)
    return _ ("Public room");
  if (externals)
    return row->is_encrypted ? _ ("Private secure room with externals")
                             : _ ("Private room with externals");
  return row->is_encrypted ? _ ("Private secure room") : _ ("Private room");
}

const char *
chappe_room_kind_icon (const MxRoomRow *row)
{
  if (row->is_server_notice)
    return "dialog-information-symbolic";
  if (row->is_encrypted)
    return "channel-secure-symbolic";
  if (row->is_direct)
    return "avatar-default-symbolic";
  if (row->is_public)
    return "network-workgroup-symbolic";
  return "system-users-symbolic";
}
