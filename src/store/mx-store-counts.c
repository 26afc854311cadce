/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-counts.h. */
#include "config.h"

#include "mx-store-counts.h"

#include "mx-store-blocks.h"
#include "mx-store-events.h"
#include "mx-store-members.h"
#include "mx-store-receipts.h"
#include "mx-store-state.h"

/* Beyond this many unread events nobody reads the number, so older ones keep what was said of them
 * before. */
#define MAX_EVALUATED 1000

static void
load_context (MxRoomWork *work)
{
  MxJson levels;

  if (work->has_push)
    return;
  work->has_push = TRUE;
  work->own_name = mx_sql_text (work->store,
                                "SELECT display_name FROM members WHERE room = ? AND user_id = ?",
                                "ls",
                                work->room,
                                work->own);
  levels = mx_power_levels (work);
  work->push = (MxPushContext) {
    .user_id = work->own,
    .display_name = work->own_name,
    .joined_members = mx_members_count (work->store, work->room, MX_MEMBERSHIP_JOIN),
    .room_notification_power =
      CLAMP (mx_json_int (mx_json_path (levels, "notifications", "room", NULL), 50),
             G_MININT,
             G_MAXINT),
    .room_id = work->room_id,
  };
}

MxPushActions
mx_counts_evaluate (MxRoomWork *work, MxEvent *event)
{
  const char *sender = mx_event_get_sender (event);

  if (work->membership != MX_MEMBERSHIP_JOIN || g_strcmp0 (sender, work->own) == 0 ||
      mx_event_is_redacted (event) || mx_store_is_ignored (work->store, sender))
    return (MxPushActions) { 0 };

  load_context (work);
  work->push.sender_power = mx_power_of (work, sender);
  return mx_push_rules_evaluate (mx_store_get_push_rules (work->store), event, &work->push);
}

int
mx_counts_level (MxPushActions actions)
{
  return !actions.notify ? 0 : actions.highlight ? 2 : 1;
}

void
mx_counts_add_candidate (MxRoomWork *work, MxEvent *event, MxPushActions actions)
{
  MxNotificationCandidate *candidate;

  if (work->changes == NULL)
    return;
  candidate = g_new0 (MxNotificationCandidate, 1);
  candidate->room_id = g_strdup (work->room_id);
  candidate->event_id = g_strdup (mx_event_get_id (event));
  candidate->highlight = actions.highlight;
  candidate->sound = actions.sound;
  g_ptr_array_add (work->changes->notifications, candidate);
}

/* What lies in a gap only the server can count. */
static gboolean
has_gap_after (MxRoomWork *work, const MxReadPosition *position)
{
  return mx_sql_int (work->store,
                     0,
                     "SELECT EXISTS (SELECT 1 FROM blocks WHERE room = ? AND is_detached = 0 "
                     "AND rank > ? AND gap_before = 1)",
                     "ll",
                     work->room,
                     position->rank);
}

void
mx_counts_set_server (MxRoomWork *work, gint64 notifications, gint64 highlights)
{
  g_auto (MxReadPosition) position = { 0 };

  mx_receipts_get_own (work->store, work->room, &position);
  if (work->is_encrypted ||
      (position.event_id != NULL && !position.is_confirmed && !has_gap_after (work, &position)))
    {
      mx_counts_forget_server (work);
      return;
    }
  if (mx_sql_change (work->store,
                     "UPDATE rooms SET server_unread = ?1, server_highlights = ?2 WHERE id = ?3 "
                     "AND (server_unread <> ?1 OR server_highlights <> ?2)",
                     "lll",
                     MAX (notifications, highlights),
                     MAX (highlights, 0),
                     work->room))
    work->must_count = TRUE;
}

void
mx_counts_forget_server (MxRoomWork *work)
{
  if (
    mx_sql_change (
      work->store,
      "UPDATE rooms SET server_unread = -1, server_highlights = -1 WHERE id = ? AND server_unread >= 0",
      "l",
      work->room))
    work->must_count = TRUE;
}

static void
count_stored (MxRoomWork *work, gint64 *unread, gint64 *highlights)
{
  g_auto (MxReadPosition) position = { 0 };
  sqlite3_stmt *row;

  mx_receipts_get_own (work->store, work->room, &position);
  row = mx_sql_query (
    work->store,
    "SELECT count (*), coalesce (sum (e.push > 1), 0) FROM blocks AS b "
    "CROSS JOIN events AS e INDEXED BY events_notifying "
    "ON e.block = b.id AND e.push > 0 AND e.position > iif (b.rank = ?2, ?3, -9223372036854775807) "
    "WHERE b.room = ?1 AND b.rank >= ?2 AND b.is_detached = 0 AND e.ts > ?4",
    "llll",
    work->room,
    position.event_id ? position.rank : (gint64) 0,
    position.position,
    position.ahead_ts);
  if (mx_sql_step (work->store, row))
    {
      *unread = sqlite3_column_int64 (row, 0);
      *highlights = sqlite3_column_int64 (row, 1);
      mx_sql_done (row);
    }
}

void
mx_counts_update (MxRoomWork *work)
{
  gint64 unread = 0, highlights = 0, server = -1;

  mx_receipts_prune (work);
  if (work->membership == MX_MEMBERSHIP_JOIN)
    {
      server = mx_sql_int (work->store,
                           -1,
                           "SELECT server_unread FROM rooms WHERE id = ?",
                           "l",
                           work->room);
      if (server >= 0 && !work->is_encrypted)
        {
          unread = server;
          highlights = mx_sql_int (work->store,
                                   0,
                                   "SELECT server_highlights FROM rooms WHERE id = ?",
                                   "l",
                                   work->room);
        }
      else
        count_stored (work, &unread, &highlights);
    }
  mx_sql_run (work->store,
              "UPDATE rooms SET unread = ?, highlights = ? WHERE id = ?",
              "lll",
              unread,
              highlights,
              work->room);
  work->must_count = FALSE;
}

void
mx_counts_evaluate_again (MxRoomWork *work)
{
  g_auto (MxReadPosition) position = { 0 };
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) levels = g_array_new (FALSE, FALSE, sizeof (int));
  sqlite3_stmt *row;

  if (work->membership != MX_MEMBERSHIP_JOIN)
    return;

  mx_receipts_get_own (work->store, work->room, &position);
  row = mx_sql_query (
    work->store,
    "SELECT e.id, e.raw, e.clear, e.push FROM blocks AS b CROSS JOIN events AS e ON e.block = b.id "
    "AND e.position > iif (b.rank = ?2, ?3, -9223372036854775807) "
    "WHERE b.room = ?1 AND b.rank >= ?2 AND b.is_detached = 0 "
    "ORDER BY b.rank DESC, e.position DESC LIMIT ?4",
    "llli",
    work->room,
    position.event_id ? position.rank : (gint64) 0,
    position.position,
    MAX_EVALUATED);
  while (mx_sql_step (work->store, row))
    {
      g_autoptr (MxEvent) event =
        mx_events_parse (mx_sql_column_text (row, 1), mx_sql_column_text (row, 2));
      gint64 id = sqlite3_column_int64 (row, 0);
      int level = event ? mx_counts_level (mx_counts_evaluate (work, event)) : 0;

      if (level == sqlite3_column_int (row, 3))
        continue;
      g_array_append_val (ids, id);
      g_array_append_val (levels, level);
    }

  for (guint i = 0; i < ids->len; i++)
    mx_sql_run (work->store,
                "UPDATE events SET push = ? WHERE id = ?",
                "il",
                g_array_index (levels, int, i),
                g_array_index (ids, gint64, i));
  if (ids->len > 0)
    work->must_count = TRUE;
}
