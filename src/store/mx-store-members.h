/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The people of a room. Private to store/. */
#pragma once

#include "mx-room-work.h"

G_BEGIN_DECLS

/* An m.room.member event. only_if_unknown: it is an old one that came with history. TRUE when
 * something changed. */
gboolean mx_members_apply (MxRoomWork *work, MxEvent *event, gboolean only_if_unknown);
/* People may have come and gone unseen: the list must be asked for again. */
void mx_members_set_incomplete (MxRoomWork *work);
/* The complete list: everybody else has left. */
void mx_members_apply_all (MxRoomWork *work, GPtrArray *events);
/* A person whom a summary names with a profile (sliding sync gives no member events for heroes);
 * only while nothing better is known. */
void mx_members_apply_hero (MxRoomWork *work,
                            const char *user_id,
                            MxMembership membership,
                            const char *name,
                            const char *avatar);
/* Whom we have invited, until the event says so. */
void mx_members_add_invited (MxRoomWork *work, const char *user_id);
void mx_members_update_powers (MxRoomWork *work);
/* The columns beside the content, made again. */
void mx_members_repair (MxRoomWork *work);
/* By the summary where there is one. */
unsigned mx_members_count (MxStore *store, gint64 room, MxMembership membership);
/* Display name as shown, disambiguated; never NULL. Caller owns. */
char *mx_members_dup_name (MxStore *store, gint64 room, const char *user_id);

G_END_DECLS
