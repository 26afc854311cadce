/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Reading rooms, members, state, receipts, drafts. Both connections. Pointers in results belong to
 * the result. */
#pragma once

#include "mx-room-row.h"
#include "mx-store.h"

G_BEGIN_DECLS

/* All rows that the list may show (joined, invited, knocked; left ones only when include_left),
 * most recent first. One query. */
GPtrArray *
mx_store_load_rooms (MxStore *self, gboolean include_left, GError **error); /* of MxRoomRow */
MxRoomRow *mx_store_load_room (MxStore *self,
                               const char *room_id,
                               GError **error); /* NULL without error: unknown */

typedef struct
{
  char *user_id;
  char *display_name; /* cleaned, NULL */
  char *avatar_url;   /* NULL */
  MxMembership membership;
  int power;          /* G_MAXINT: version 12 creator */
  gboolean ambiguous; /* another joined or invited member has the same name */
} MxMemberRow;
void mx_member_row_free (MxMemberRow *self);
MxMemberRow *mx_store_load_member (MxStore *self,
                                   const char *room_id,
                                   const char *user_id,
                                   GError **error); /* NULL: unknown */
/* filter: part of a name, NULL all. Joined and invited; ordered by power then name. */
GPtrArray *mx_store_load_members (MxStore *self,
                                  const char *room_id,
                                  const char *filter,
                                  unsigned offset,
                                  unsigned limit,
                                  GError **error);
gboolean
mx_store_members_complete (MxStore *self,
                           const char *room_id); /* the full list was loaded since the last gap */

char *mx_store_get_state (MxStore *self,
                          const char *room_id,
                          const char *type,
                          const char *state_key); /* content JSON text, NULL */
GStrv mx_store_get_typing (MxStore *self, const char *room_id);
/* Our own position: event id up to which this user has read (the further of both kinds), NULL; and
 * m.fully_read. */
char *mx_store_get_own_receipt (MxStore *self, const char *room_id);
char *mx_store_get_fully_read (MxStore *self, const char *room_id);
/* Who has read up to exactly this event, or to one after it that has no row of its own (others
 * only), newest first, once each. Of MxReceipt. */
GPtrArray *mx_store_load_receipts (MxStore *self, const char *room_id, const char *event_id);

char *mx_store_get_draft (MxStore *self, const char *room_id); /* JSON text of the draft, NULL */
gboolean mx_store_set_draft (MxStore *self, const char *room_id, const char *draft, GError **error);

G_END_DECLS
