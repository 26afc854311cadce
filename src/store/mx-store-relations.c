/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-store-relations.h; rules of research/protocol §7.2. One seek in the index of relations
 * tells that an ordinary event has none. */
#include "config.h"

#include "mx-store-relations.h"

#include "mx-content.h"
#include "mx-store-events.h"

#include <string.h>

#define MAX_EDITS     20 /* tried until one is valid */
#define MAX_REACTIONS 2000
#define MAX_SENDERS   5

typedef struct
{
  gboolean edits, reactions;
  unsigned thread_replies;
} Relations;

static Relations
look (MxStore *store, gint64 room, const char *event_id)
{
  Relations found = { 0 };
  sqlite3_stmt *row =
    mx_sql_query (store,
                  "SELECT relation_type, count (*) FROM events INDEXED BY events_relations "
                  "WHERE room = ? AND relation_target = ? GROUP BY relation_type",
                  "ls",
                  room,
                  event_id);

  while (mx_sql_step (store, row))
    {
      const char *type = mx_sql_column_text (row, 0);

      if (g_strcmp0 (type, "m.replace") == 0)
        found.edits = TRUE;
      else if (g_strcmp0 (type, "m.annotation") == 0)
        found.reactions = TRUE;
      else if (g_strcmp0 (type, "m.thread") == 0)
        found.thread_replies = MIN (sqlite3_column_int64 (row, 1), G_MAXINT);
    }
  return found;
}

MxEvent *
mx_relations_load_edit (MxStore *store, gint64 room, MxEvent *event)
{
  g_autoptr (MxEvent) edit = NULL;
  sqlite3_stmt *row;

  if (mx_event_is_redacted (event) || mx_event_get_state_key (event) != NULL)
    return NULL;

  row = mx_sql_query (
    store,
    "SELECT raw, clear FROM events INDEXED BY events_relations "
    "WHERE room = ? AND relation_target = ? AND relation_type = 'm.replace' AND sender = ? "
    "ORDER BY ts DESC, event_id DESC LIMIT ?",
    "lssi",
    room,
    mx_event_get_id (event),
    mx_event_get_sender (event),
    MAX_EDITS);
  while (edit == NULL && mx_sql_step (store, row))
    {
      g_autoptr (MxEvent) candidate =
        mx_events_parse (mx_sql_column_text (row, 0), mx_sql_column_text (row, 1));
      g_autoptr (MxContent) content = candidate ? mx_content_new_edited (event, candidate) : NULL;

      if (content != NULL)
        edit = g_steal_pointer (&candidate);
    }
  mx_sql_done (row);
  return g_steal_pointer (&edit);
}

static int
compare_reactions (gconstpointer a, gconstpointer b)
{
  const MxReactionRow *first = *(MxReactionRow *const *) a;
  const MxReactionRow *second = *(MxReactionRow *const *) b;

  if (first->first_ts != second->first_ts)
    return first->first_ts < second->first_ts ? -1 : 1;
  return strcmp (first->key, second->key);
}

/* Once per sender and key; nothing from ignored people. */
static GPtrArray *
load_reactions (MxStore *store, gint64 room, const char *event_id)
{
  const char *own = mx_store_get_own_user_id (store);
  GPtrArray *reactions = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_reaction_row_free);
  g_autoptr (GHashTable) by_key = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sqlite3_stmt *row = mx_sql_query (
    store,
    "SELECT relation_key, sender, event_id, ts FROM events INDEXED BY events_relations "
    "WHERE room = ? AND relation_target = ? AND relation_type = 'm.annotation' AND type = 'm.reaction' "
    "AND relation_key <> '' ORDER BY ts, event_id LIMIT ?",
    "lsi",
    room,
    event_id,
    MAX_REACTIONS);

  while (mx_sql_step (store, row))
    {
      const char *key = mx_sql_column_text (row, 0);
      const char *sender = mx_sql_column_text (row, 1);
      MxReactionRow *reaction;

      if (mx_store_is_ignored (store, sender) ||
          !g_hash_table_add (seen, g_strconcat (sender, "\n", key, NULL)))
        continue;

      reaction = g_hash_table_lookup (by_key, key);
      if (reaction == NULL)
        {
          reaction = g_new0 (MxReactionRow, 1);
          reaction->key = g_strdup (key);
          reaction->first_ts = sqlite3_column_int64 (row, 3);
          reaction->senders = g_new0 (char *, MAX_SENDERS + 1);
          g_hash_table_insert (by_key, reaction->key, reaction);
          g_ptr_array_add (reactions, reaction);
        }
      if (reaction->count < MAX_SENDERS)
        reaction->senders[reaction->count] = g_strdup (sender);
      reaction->count++;
      if (g_strcmp0 (sender, own) == 0)
        reaction->own_event_id = mx_sql_column_dup (row, 2);
    }

  g_ptr_array_sort (reactions, compare_reactions);
  if (reactions->len == 0)
    g_clear_pointer (&reactions, g_ptr_array_unref);
  return reactions;
}

void
mx_relations_fill (MxStore *store, gint64 room, MxTimelineRow *row)
{
  const char *event_id = mx_event_get_id (row->event);
  Relations found = look (store, room, event_id);
  gint64 bundled = mx_json_int (
    mx_json_path (mx_event_get_unsigned (row->event), "m.relations", "m.thread", "count", NULL), 0);

  /* The server also counts the replies that lie in gaps. */
  row->thread_replies = MAX (found.thread_replies, CLAMP (bundled, 0, G_MAXINT));
  if (row->redacted_by != NULL)
    return;
  if (found.edits)
    row->edit = mx_relations_load_edit (store, room, row->event);
  if (found.reactions)
    row->reactions = load_reactions (store, room, event_id);
}
