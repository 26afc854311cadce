/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Making members: for rooms. */
#pragma once

#include "mx-member.h"
#include "mx-store-rooms.h"

G_BEGIN_DECLS

MxMember *mx_member_new (const MxMemberRow *row);

G_END_DECLS
