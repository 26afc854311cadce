/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One member of a room: who they are, and whether that is certain. Main thread. */
#pragma once

#include "mx-member.h"
#include "mx-room.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_MEMBER_PAGE (chappe_member_page_get_type ())
G_DECLARE_FINAL_TYPE (ChappeMemberPage, chappe_member_page, CHAPPE, MEMBER_PAGE, AdwBin)

/* Both nullable. */
void chappe_member_page_set_member (ChappeMemberPage *self, MxRoom *room, MxMember *member);

/* Power levels as people call them (spec: 100 administrator, 50 moderator). NULL: nothing special.
 */
const char *chappe_member_role (MxMember *member);

G_END_DECLS
