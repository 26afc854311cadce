/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A room's members, for the files mx-room*.c, and what the room list does with it. Main thread. */
#pragma once

#include "mx-room.h"
#include "mx-session-private.h"
#include "mx-store-rooms.h"

G_BEGIN_DECLS

struct _MxRoom
{
  GObject parent_instance;

  MxSession *session; /* weak: the session owns the list that owns us */
  char *id;
  MxRoomRow *row;
  char *preview;
  gboolean replaced; /* its successor is ours too */

  GHashTable *members; /* user id → MxRoomMember: what was asked lately */
  gboolean completing; /* the full list is being asked for */
  GStrv typing;

  char *draft;           /* newest text, "" none; NULL: what the store says */
  gboolean draft_saving; /* a write is under way */
  gboolean draft_changed;

  gint64 typing_sent_us; /* monotonic; 0: the server thinks that we do not type */
  gint64 prepared_us;    /* monotonic; when its key was shared early, 0 never */
};

MxRoom *mx_room_new (MxSession *session, MxRoomRow *row);
void mx_room_set_row (MxRoom *self, MxRoomRow *row);
/* Takes what else changed: members, typing, state. */
void mx_room_changed (MxRoom *self, MxRoomChangeFlags flags);
/* Whether the room that replaces this one is ours too: then this one is hidden. */
void mx_room_set_replaced (MxRoom *self, gboolean replaced);

/* The room is looked at: asks for its members, once, if the store lacks some. */
void mx_room_complete_members (MxRoom *self);
/* Whether we may write here at all. */
gboolean mx_room_check_sending (MxRoom *self, GError **error);
/* A file of ours is so far (0…1) on its way. */
void mx_room_uploaded (MxRoom *self, const char *txn_id, double progress);
/* Resolves TRUE once the store has them all. */
DexFuture *mx_room_ensure_members (MxRoom *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
