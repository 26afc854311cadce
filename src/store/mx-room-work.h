/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One room while something is applied to it: what every step needs to know, and what is left to do
 * at the end (count again, derive the row). On the stack of the function that applies. Private to
 * store/. */
#pragma once

#include "mx-sql.h"
#include "mx-store-sync.h"

G_BEGIN_DECLS

typedef struct
{
  MxStore *store;
  MxStoreChanges *changes;
  gint64 room; /* rooms.id */
  char *room_id;
  const char *own; /* our user id, borrowed from the store */
  MxMembership membership;
  gboolean is_encrypted;
  gboolean is_new; /* made by this work */
  char *version;
  gboolean has_pending; /* redactions wait for their targets */
  gboolean knows_pending;
  GHashTable *own_reads; /* event ids that receipts of ours name; NULL: not loaded */
  gboolean has_outbox;   /* entries of this room may meet their echo */
  gboolean must_count;   /* unread counts are to be made again */
  MxPushContext push;    /* filled when first needed */
  char *own_name;
  MxJsonDocument *power_levels;
  gboolean has_push;
  GHashTable *decrypted; /* event id → MxDecryption, made ahead of their turn; NULL: none */
} MxRoomWork;

/* FALSE: the room is unknown and create is FALSE, or the store failed. */
gboolean mx_room_work_begin (MxRoomWork *self,
                             MxStore *store,
                             const char *room_id,
                             gboolean create,
                             MxStoreChanges *changes);
void mx_room_work_flag (MxRoomWork *self, MxRoomChangeFlags flags);
/* An event that is drawn differently from now on. */
void mx_room_work_touch (MxRoomWork *self, const char *event_id);
/* Counts when it must, derives the row, frees what self holds. */
void mx_room_work_finish (MxRoomWork *self);
/* Frees only. */
void mx_room_work_clear (MxRoomWork *self);
/* rooms.id, 0 unknown. */
gint64 mx_room_find (MxStore *store, const char *room_id);
const char *mx_room_work_get_version (MxRoomWork *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MxRoomWork, mx_room_work_clear)

G_END_DECLS
