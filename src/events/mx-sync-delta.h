/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What one sync response changes: the one internal type that both decoders produce and that the
 * store applies in one transaction (DESIGN §5). Plain data, owned by whoever holds it; made and
 * used on the account thread. */
#pragma once

#include "mx-event.h"

G_BEGIN_DECLS

typedef enum
{
  MX_MEMBERSHIP_NONE,
  MX_MEMBERSHIP_JOIN,
  MX_MEMBERSHIP_INVITE,
  MX_MEMBERSHIP_KNOCK,
  MX_MEMBERSHIP_LEAVE,
  MX_MEMBERSHIP_BAN
} MxMembership;

/* account data: type + content JSON text */
typedef struct
{
  char *type;
  char *content;
} MxAccountDatum;

typedef struct
{
  char *event_id;
  char *user_id;
  char *kind;      /* m.read, m.read.private */
  char *thread_id; /* NULL, "main" or a root */
  gint64 timestamp;
} MxReceipt;

typedef struct
{
  char *room_id;
  MxMembership membership; /* NONE: unchanged (sliding sync delta) */
  gboolean initial; /* sliding sync initial:true: named fields and state replace what is known */
  gboolean limited; /* a gap lies before timeline */
  /* unstable_expanded_timeline: older history re-sent before what is new: merge by id */
  gboolean expanded;
  char *prev_batch; /* token before the timeline block, NULL */
  /* MxEvent: current state (state_after, required_state: never apply state from the timeline
   * then), or state at the start of the timeline */
  GPtrArray *state;
  gboolean state_is_current;
  GPtrArray *timeline; /* MxEvent, oldest first */
  /* How many at the end of timeline are new (may notify); all for /v3/sync incremental. */
  unsigned live;
  GPtrArray *stripped;     /* invite/knock state: JSON text of each stripped event */
  GPtrArray *account_data; /* MxAccountDatum */
  GPtrArray *receipts;     /* MxReceipt */
  GStrv typing;            /* user ids; NULL: unchanged */
  /* summaries; has_* say whether present */
  gboolean has_heroes;
  GStrv heroes;       /* user ids */
  GStrv hero_names;   /* sliding sync: display names, one per hero, "" without; NULL: not said */
  GStrv hero_avatars; /* likewise, mxc */
  gint64 joined_count, invited_count;         /* -1 unchanged */
  gint64 notification_count, highlight_count; /* -1: not given (sliding sync): counted by us */
  char *name;                                 /* sliding sync's computed name, NULL unchanged */
  char *avatar;                               /* sliding sync */
  gint64 bump_stamp;                          /* -1 */
  gboolean is_dm, has_is_dm;
} MxRoomDelta;

typedef enum
{
  MX_SYNC_SLIDING,
  MX_SYNC_CLASSIC
} MxSyncKind;

typedef struct
{
  MxSyncKind kind;
  char *next_token;                  /* next_batch, or pos */
  char *to_device_token;             /* sliding sync's to_device next_batch, NULL unchanged */
  GPtrArray *account_data;           /* MxAccountDatum, global */
  GPtrArray *to_device;              /* JSON text of each event, in order */
  GPtrArray *rooms;                  /* MxRoomDelta, in response order */
  GStrv device_changed, device_left; /* NULL: none said */
  GHashTable *one_time_key_counts;   /* algorithm → GINT; NULL: absent */
  GStrv unused_fallback_keys;        /* NULL: absent */
  GPtrArray *presence;               /* JSON text */
  gint64 total_rooms;                /* sliding sync list count, -1 */
  gint64 asked_us;                   /* when it was asked for, monotonic; 0 unknown */
  /* Of a start without a position: what it does not say of a room that it describes is not so. */
  gboolean is_start;
  GHashTable *listed; /* ids of all rooms there are, at the end of a start; NULL: not said */
} MxSyncDelta;

MxSyncDelta *mx_sync_delta_new (MxSyncKind kind);
void mx_sync_delta_free (MxSyncDelta *self);
MxRoomDelta *mx_room_delta_new (const char *room_id);
void mx_room_delta_free (MxRoomDelta *self);
void mx_receipt_free (MxReceipt *self);
void mx_account_datum_free (MxAccountDatum *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxSyncDelta, mx_sync_delta_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxRoomDelta, mx_room_delta_free)

G_END_DECLS
