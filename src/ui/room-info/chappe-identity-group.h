/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Whether somebody is who they say: what is known of their identity, and what to do about it:
 * verify this person, verify again, withdraw the verification. Main thread. Actions of the window
 * that it uses: win.verify-user (user id), win.identity. */
#pragma once

#include "mx-device.h"
#include "mx-room.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CHAPPE_TYPE_IDENTITY_GROUP (chappe_identity_group_get_type ())
G_DECLARE_FINAL_TYPE (ChappeIdentityGroup,
                      chappe_identity_group,
                      CHAPPE,
                      IDENTITY_GROUP,
                      AdwPreferencesGroup)

/* What it says; can_verify: this device is verified itself. */
void
chappe_identity_group_show (ChappeIdentityGroup *self, MxIdentityTrust trust, gboolean can_verify);
/* Hidden without a person, and for ourselves. Both nullable. */
void
chappe_identity_group_set_person (ChappeIdentityGroup *self, MxRoom *room, const char *user_id);

G_END_DECLS
