/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A room as the room list draws it: one row of the table that the start paints from. Immutable,
 * ref-counted; derived from state, events, receipts and account data whenever they change, so
 * reading it needs no other table. */
#pragma once

#include "mx-sync-delta.h"

G_BEGIN_DECLS

typedef enum
{
  MX_ROOM_PREVIEW_NONE,
  MX_ROOM_PREVIEW_TEXT,
  MX_ROOM_PREVIEW_UNREADABLE
} MxRoomPreview;

#define MX_TYPE_ROOM_ROW (mx_room_row_get_type ())
typedef struct
{
  gatomicrefcount ref_count;
  char *room_id;
  char *name;            /* computed, cleaned, never empty */
  char *avatar_url;      /* mxc or NULL; the other person's in a direct message */
  char *topic;           /* cleaned, NULL */
  char *canonical_alias; /* NULL */
  MxMembership membership;
  gboolean is_direct;
  char *direct_user; /* NULL */
  gboolean is_space;
  gboolean is_encrypted; /* latched: never goes back (E2E-065) */
  gboolean is_public;    /* join rule public */
  gboolean is_favourite, is_low_priority, is_server_notice;
  double tag_order; /* within favourites, 0…1, 2 when unset */
  gboolean marked_unread;
  int notifications; /* MxRoomNotifications */
  unsigned unread;   /* notifying messages after our receipt */
  unsigned highlights;
  gint64 last_ts;         /* ms, of the last event that moves the room in the list; 0 none */
  gint64 sort_key;        /* descending order of the list (bump stamp or arrival) */
  char *last_event_id;    /* the event shown as preview, NULL */
  char *last_sender;      /* user id, NULL */
  char *last_sender_name; /* display name, NULL */
  char *last_summary;     /* one line, NULL */
  MxRoomPreview preview;
  gboolean has_draft;
  char *draft_text;      /* first line of the draft, NULL */
  unsigned failed_sends; /* outbox entries that need the user */
  char *inviter;         /* invite: user id */
  char *inviter_name;
  char *invite_reason;
  unsigned joined_members, invited_members;
  char *successor; /* tombstone: room id, NULL */
  char *predecessor;
  char *room_version;
  char *access_rule; /* Tchap im.vector.room.access_rules: restricted, unrestricted, direct; NULL */
} MxRoomRow;

GType mx_room_row_get_type (void);
/* Zeroed, for the store to fill before it hands the row out. */
MxRoomRow *mx_room_row_new (const char *room_id);
MxRoomRow *mx_room_row_ref (MxRoomRow *self);
void mx_room_row_unref (MxRoomRow *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxRoomRow, mx_room_row_unref)

G_END_DECLS
