/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The members of a room, with a filter; thousands are fine. Main thread.
 * Signal: "picked" (MxMember). */
#pragma once

#include "mx-room.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_MEMBER_LIST (chappe_member_list_get_type ())
G_DECLARE_FINAL_TYPE (ChappeMemberList, chappe_member_list, CHAPPE, MEMBER_LIST, AdwBin)

/* Asks for the members at once. NULL: none. */
void chappe_member_list_set_room (ChappeMemberList *self, MxRoom *room);

G_END_DECLS
