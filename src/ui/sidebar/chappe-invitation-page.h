/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Who invites where, and the two answers. Main thread. */
#pragma once

#include "mx-room.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_INVITATION_PAGE (chappe_invitation_page_get_type ())
G_DECLARE_FINAL_TYPE (ChappeInvitationPage, chappe_invitation_page, CHAPPE, INVITATION_PAGE, AdwBin)

void chappe_invitation_page_set_room (ChappeInvitationPage *self, MxRoom *room); /* NULL: none */

G_END_DECLS
