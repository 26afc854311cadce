/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A member of a room, for lists. Immutable. Main thread. Properties: "user-id", "name",
 * "avatar-url", "power" (int), "membership" (int). */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define MX_TYPE_MEMBER (mx_member_get_type ())
G_DECLARE_FINAL_TYPE (MxMember, mx_member, MX, MEMBER, GObject)

const char *mx_member_get_user_id (MxMember *self);
const char *mx_member_get_name (MxMember *self);
const char *mx_member_get_avatar_url (MxMember *self);
int mx_member_get_power (MxMember *self);

G_END_DECLS
