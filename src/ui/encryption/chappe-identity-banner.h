/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Above a conversation: the identity of somebody in it, whom the user had verified, is another one
 * now (E2E-097). Verify again, or withdraw the verification. Main thread. */
#pragma once

#include "mx-room.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_IDENTITY_BANNER (chappe_identity_banner_get_type ())
G_DECLARE_FINAL_TYPE (ChappeIdentityBanner, chappe_identity_banner, CHAPPE, IDENTITY_BANNER, AdwBin)

/* NULL: none. */
void chappe_identity_banner_set_room (ChappeIdentityBanner *self, MxRoom *room);

G_END_DECLS
