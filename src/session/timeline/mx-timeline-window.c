/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-timeline-window.h"

#include "mx-session-private.h"
#include "mx-store-rooms.h"
#include "mx-timeline-server.h"
#include "mx-timeline.h"

/* Of the rows that are opened, above the place that is asked for. */
#define CONTEXT_ROWS 8
/* Receipts are drawn on recent rows only. */
#define RECEIPT_ROWS 60

void
mx_timeline_window_init (MxTimelineWindow *self)
{
  self->scope = mx_scope_new ();
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  self->local = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_event = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->quoted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->pending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

void
mx_timeline_window_clear (MxTimelineWindow *self)
{
  mx_clear_scope (&self->scope);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->local, g_ptr_array_unref);
  g_clear_pointer (&self->by_event, g_hash_table_unref);
  g_clear_pointer (&self->quoted, g_hash_table_unref);
  g_clear_pointer (&self->pending, g_hash_table_unref);
  g_clear_object (&self->room);
}

MxStore *
mx_timeline_window_get_reader (MxTimelineWindow *self)
{
  MxSession *session = mx_room_get_session (self->room);

  return session != NULL ? mx_session_get_reader (session) : NULL;
}

static void
find_reply (MxTimelineWindow *self, MxTimelineItem *item)
{
  const char *target = mx_timeline_item_get_reply_id (item);
  g_autoptr (MxTimelineRow) row = NULL;
  MxTimelineItem *quoted;

  if (target == NULL || mx_timeline_item_get_reply (item) != NULL)
    return;

  quoted = g_hash_table_lookup (self->by_event, target);
  if (quoted == NULL)
    quoted = g_hash_table_lookup (self->quoted, target);
  if (quoted != NULL)
    {
      if (mx_timeline_item_get_event (quoted) != NULL)
        mx_timeline_item_set_reply (item, quoted);
      return;
    }

  quoted = mx_timeline_item_new (MX_ITEM_MESSAGE, self->room);
  g_hash_table_insert (self->quoted, g_strdup (target), quoted);
  row = mx_store_load_event (mx_timeline_window_get_reader (self),
                             mx_room_get_id (self->room),
                             target,
                             NULL);
  if (row != NULL && row->event != NULL)
    {
      mx_timeline_item_take_row (quoted, row);
      mx_timeline_item_set_reply (item, quoted);
    }
  else
    {
      /* Announced as a changed event when it is there; a failure leaves the quote out. */
      dex_unref (mx_timeline_server_fetch (self->room, target, self->scope));
    }
}

static MxTimelineItem *
take_local (MxTimelineWindow *self, MxEvent *event)
{
  const char *txn_id = mx_event_get_transaction_id (event);

  for (guint i = 0; i < self->local->len; i++)
    {
      MxTimelineItem *item = g_ptr_array_index (self->local, i);

      if (txn_id != NULL && g_strcmp0 (mx_timeline_item_get_txn_id (item), txn_id) == 0)
        {
          g_object_ref (item);
          g_ptr_array_remove_index (self->local, i);
          return item;
        }
    }

  return NULL;
}

/* A gap may have a row at each of its sides. */
static gboolean
is_gap (MxTimelineItem *item, const MxTimelineRow *row)
{
  return mx_timeline_item_get_kind (item) == MX_ITEM_GAP &&
         mx_timeline_item_get_gap_id (item) == row->gap_id &&
         !mx_timeline_item_gap_is_backwards (item) == !row->gap_backwards;
}

static MxTimelineItem *
find_gap (GPtrArray *items, const MxTimelineRow *row)
{
  for (guint i = 0; i < items->len; i++)
    if (is_gap (g_ptr_array_index (items, i), row))
      return g_object_ref (g_ptr_array_index (items, i));

  return NULL;
}

/* The item of a row: the one that is shown already, the local message whose echo it is, or a new
 * one. */
static MxTimelineItem *
item_for_row (MxTimelineWindow *self, GPtrArray *known, const MxTimelineRow *row)
{
  MxTimelineItem *item = NULL;

  if (row->kind == MX_TIMELINE_ROW_GAP)
    {
      item = find_gap (known, row);
      if (item == NULL)
        item = mx_timeline_item_new (MX_ITEM_GAP, self->room);
      mx_timeline_item_take_row (item, row);
      return item;
    }

  item = g_hash_table_lookup (self->by_event, mx_event_get_id (row->event));
  if (item != NULL)
    g_object_ref (item);
  else if ((item = take_local (self, row->event)) == NULL)
    item = mx_timeline_item_new (MX_ITEM_MESSAGE, self->room);

  mx_timeline_item_take_row (item, row);
  g_hash_table_insert (self->by_event, g_strdup (mx_event_get_id (row->event)), item);

  return item;
}

/* Inserts what the store returned at the given place of the window; rows that are there already are
 * skipped. */
static guint
insert_rows (MxTimelineWindow *self, GPtrArray *rows, guint position)
{
  guint inserted = 0;

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const MxTimelineRow *row = g_ptr_array_index (rows, i);
      gboolean known = row->kind == MX_TIMELINE_ROW_EVENT &&
                       g_hash_table_contains (self->by_event, mx_event_get_id (row->event));
      g_autoptr (MxTimelineItem) item = item_for_row (self, self->rows, row);

      if (known || g_ptr_array_find (self->rows, item, NULL))
        continue;

      g_ptr_array_insert (self->rows, position + inserted++, g_object_ref (item));
    }

  for (guint i = 0; i < inserted; i++)
    find_reply (self, g_ptr_array_index (self->rows, position + i));

  return inserted;
}

MxTimelineItem *
mx_timeline_window_edge_event (MxTimelineWindow *self, gboolean last)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      MxTimelineItem *item = g_ptr_array_index (self->rows, last ? self->rows->len - 1 - i : i);

      if (mx_timeline_item_get_event_id (item) != NULL)
        return item;
    }

  return NULL;
}

/* The key of an item as it is now: keys change when blocks join. */
static gboolean
current_key (MxTimelineWindow *self, MxTimelineItem *item, MxTimelineKey *key)
{
  *key = *mx_timeline_item_get_key (item);

  return mx_store_find_key (mx_timeline_window_get_reader (self),
                            mx_room_get_id (self->room),
                            mx_timeline_item_get_event_id (item),
                            key);
}

gboolean
mx_timeline_window_load_before (MxTimelineWindow *self, unsigned limit)
{
  MxTimelineItem *first = mx_timeline_window_edge_event (self, FALSE);
  g_autoptr (GPtrArray) rows = NULL;
  MxTimelineKey key;
  gboolean at_start = FALSE;

  if (mx_timeline_window_get_reader (self) == NULL ||
      (first != NULL && !current_key (self, first, &key)))
    return FALSE;

  rows = mx_store_load_before (mx_timeline_window_get_reader (self),
                               mx_room_get_id (self->room),
                               first != NULL ? &key : NULL,
                               limit,
                               &at_start,
                               NULL);
  if (rows == NULL)
    return FALSE;

  /* A gap row at the top belongs below what it led to. */
  while (self->rows->len > 0 &&
         mx_timeline_item_get_kind (g_ptr_array_index (self->rows, 0)) == MX_ITEM_GAP)
    g_ptr_array_remove_index (self->rows, 0);
  self->at_start = !!at_start;

  return insert_rows (self, rows, 0) > 0;
}

guint
mx_timeline_window_load_after (MxTimelineWindow *self, unsigned limit)
{
  MxTimelineItem *last = mx_timeline_window_edge_event (self, TRUE);
  g_autoptr (GPtrArray) rows = NULL;
  MxTimelineKey key;
  gboolean at_end = FALSE;

  if (mx_timeline_window_get_reader (self) == NULL)
    return 0;
  if (last == NULL)
    return mx_timeline_window_load_before (self, limit) ? self->rows->len : 0;
  if (!current_key (self, last, &key))
    return 0;

  rows = mx_store_load_after (mx_timeline_window_get_reader (self),
                              mx_room_get_id (self->room),
                              &key,
                              limit,
                              &at_end,
                              NULL);
  if (rows == NULL)
    return 0;
  self->at_live_end = !!at_end;

  return insert_rows (self, rows, self->rows->len);
}

static MxTimelineItem *
local_for_entry (MxTimelineWindow *self, const MxOutboxRow *entry)
{
  for (guint i = 0; i < self->local->len; i++)
    {
      MxTimelineItem *item = g_ptr_array_index (self->local, i);

      if (g_strcmp0 (mx_timeline_item_get_txn_id (item), entry->txn_id) == 0)
        return g_object_ref (item);
    }

  return mx_timeline_item_new (MX_ITEM_MESSAGE, self->room);
}

/* TRUE when the entry changes a message that is there instead of being one. */
static gboolean
apply_pending_edit (MxTimelineWindow *self, const MxOutboxRow *entry)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (entry->content, -1, NULL);
  MxJson relation;
  MxTimelineItem *item;

  if (document == NULL)
    return TRUE;

  relation = mx_json_get (mx_json_document_root (document), "m.relates_to");
  if (g_strcmp0 (mx_json_get_string (relation, "rel_type"), "m.replace") != 0)
    return FALSE;

  item = g_hash_table_lookup (self->by_event,
                              mx_json_string_or (mx_json_get (relation, "event_id"), ""));
  if (item != NULL)
    {
      mx_timeline_item_set_pending_edit (item, entry);
      g_hash_table_insert (self->pending, g_strdup (entry->txn_id), g_object_ref (item));
    }

  return TRUE;
}

static void
forget_pending_edits (MxTimelineWindow *self, GHashTable *still)
{
  GHashTableIter iter;
  gpointer txn_id, item;

  g_hash_table_iter_init (&iter, self->pending);
  while (g_hash_table_iter_next (&iter, &txn_id, &item))
    if (!g_hash_table_contains (still, txn_id))
      {
        mx_timeline_item_set_pending_edit (item, NULL);
        g_hash_table_iter_remove (&iter);
      }
}

void
mx_timeline_window_load_outbox (MxTimelineWindow *self)
{
  g_autoptr (GPtrArray) local = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) txn_ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) entries = NULL;

  if (mx_timeline_window_get_reader (self) == NULL ||
      !(entries = mx_store_outbox_load (mx_timeline_window_get_reader (self),
                                        mx_room_get_id (self->room),
                                        NULL)))
    return;

  for (guint i = 0; i < entries->len; i++)
    {
      const MxOutboxRow *entry = g_ptr_array_index (entries, i);
      MxTimelineItem *item;

      g_hash_table_add (txn_ids, entry->txn_id);
      if (!g_str_equal (entry->event_type, "m.room.message") || apply_pending_edit (self, entry))
        continue;
      /* Answered, and its event is here under the id that the server gave. */
      if (entry->event_id != NULL && g_hash_table_contains (self->by_event, entry->event_id))
        continue;

      item = local_for_entry (self, entry);
      mx_timeline_item_take_outbox (item, entry);
      g_ptr_array_add (local, item);
    }

  forget_pending_edits (self, txn_ids);
  g_ptr_array_unref (self->local);
  self->local = g_ptr_array_ref (local);
  if (!self->at_live_end)
    g_ptr_array_set_size (self->local, 0);
}

void
mx_timeline_window_load_receipts (MxTimelineWindow *self)
{
  guint from = self->rows->len > RECEIPT_ROWS ? self->rows->len - RECEIPT_ROWS : 0;

  for (guint i = 0; i < from; i++)
    mx_timeline_item_set_receipts (g_ptr_array_index (self->rows, i), NULL);

  for (guint i = from; mx_timeline_window_get_reader (self) != NULL && i < self->rows->len; i++)
    {
      MxTimelineItem *item = g_ptr_array_index (self->rows, i);
      const char *event_id = mx_timeline_item_get_event_id (item);
      g_autoptr (GPtrArray) receipts = NULL;

      if (event_id == NULL)
        continue;
      receipts = mx_store_load_receipts (mx_timeline_window_get_reader (self),
                                         mx_room_get_id (self->room),
                                         event_id);
      mx_timeline_item_set_receipts (item, receipts);
    }
}

/* Items that are in no row any more must not be found by their event. */
static void
index_rows (MxTimelineWindow *self)
{
  g_hash_table_remove_all (self->by_event);
  for (guint i = 0; i < self->rows->len; i++)
    {
      MxTimelineItem *item = g_ptr_array_index (self->rows, i);
      const char *event_id = mx_timeline_item_get_event_id (item);

      if (event_id != NULL)
        g_hash_table_insert (self->by_event, g_strdup (event_id), item);
    }
}

/* Adds the rows after key up to the event last_id, or to the live end when last_id is NULL. */
static void
read_until (MxTimelineWindow *self, GPtrArray *known, MxTimelineKey key, const char *last_id)
{
  gboolean at_end = FALSE;

  while (!at_end)
    {
      g_autoptr (GPtrArray) rows = mx_store_load_after (mx_timeline_window_get_reader (self),
                                                        mx_room_get_id (self->room),
                                                        &key,
                                                        MX_TIMELINE_PAGE_ROWS,
                                                        &at_end,
                                                        NULL);

      if (rows == NULL || rows->len == 0)
        return;
      for (guint i = 0; i < rows->len; i++)
        {
          const MxTimelineRow *row = g_ptr_array_index (rows, i);
          MxTimelineItem *item = item_for_row (self, known, row);

          key = row->key;
          g_ptr_array_add (self->rows, item);
          if (last_id != NULL && g_strcmp0 (mx_timeline_item_get_event_id (item), last_id) == 0)
            return;
        }
    }
}

/* Whether something may come between the events of the window. */
static gboolean
has_inner_gap (MxTimelineWindow *self, MxTimelineItem *first, MxTimelineItem *last)
{
  gboolean inside = FALSE;

  for (guint i = 0; i < self->rows->len; i++)
    {
      MxTimelineItem *item = g_ptr_array_index (self->rows, i);

      if (item == last)
        return FALSE;
      inside = inside || item == first;
      if (inside && mx_timeline_item_get_kind (item) == MX_ITEM_GAP)
        return TRUE;
    }

  return FALSE;
}

/* Pages came at the ends only: what lies between need not be read again. Behind a window that ends
 * at no gap the store has more than is shown already: that is loaded when it is wanted. */
static void
reload_ends (MxTimelineWindow *self)
{
  gboolean gap = FALSE;

  if (!self->at_start)
    mx_timeline_window_load_before (self, MX_TIMELINE_PAGE_ROWS);
  if (self->at_live_end)
    return;

  while (mx_timeline_item_get_kind (g_ptr_array_index (self->rows, self->rows->len - 1)) ==
         MX_ITEM_GAP)
    {
      g_ptr_array_remove_index (self->rows, self->rows->len - 1);
      gap = TRUE;
    }
  if (gap)
    mx_timeline_window_load_after (self, MX_TIMELINE_PAGE_ROWS);
}

void
mx_timeline_window_reload (MxTimelineWindow *self)
{
  MxTimelineItem *first = mx_timeline_window_edge_event (self, FALSE);
  MxTimelineItem *last = mx_timeline_window_edge_event (self, TRUE);
  g_autoptr (GPtrArray) old = g_ptr_array_ref (self->rows);
  const char *last_id;
  MxTimelineKey key;

  if (first == NULL)
    {
      mx_timeline_window_load_before (self, MX_TIMELINE_OPEN_ROWS);
      return;
    }
  if (!has_inner_gap (self, first, last))
    {
      reload_ends (self);
      return;
    }
  if (!current_key (self, first, &key))
    return;

  last_id = self->at_live_end ? NULL : mx_timeline_item_get_event_id (last);
  g_ptr_array_unref (self->rows);
  self->rows = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->rows, g_object_ref (first));
  if (first != last || last_id == NULL)
    read_until (self, old, key, last_id);
  index_rows (self);
  for (guint i = 0; i < self->rows->len; i++)
    find_reply (self, g_ptr_array_index (self->rows, i));

  /* What is older may have grown, or its gap may have closed. */
  if (g_ptr_array_index (old, 0) != first || !self->at_start)
    mx_timeline_window_load_before (self, MX_TIMELINE_PAGE_ROWS);
}

void
mx_timeline_window_update_event (MxTimelineWindow *self, const char *event_id)
{
  MxTimelineItem *item = g_hash_table_lookup (self->by_event, event_id);
  MxTimelineItem *quoted = g_hash_table_lookup (self->quoted, event_id);
  g_autoptr (MxTimelineRow) row = NULL;

  if (item == NULL && quoted == NULL)
    return;

  row = mx_store_load_event (mx_timeline_window_get_reader (self),
                             mx_room_get_id (self->room),
                             event_id,
                             NULL);
  if (row == NULL || row->event == NULL)
    return;

  if (item != NULL)
    mx_timeline_item_take_row (item, row);
  if (quoted == NULL)
    return;

  mx_timeline_item_take_row (quoted, row);
  for (guint i = 0; i < self->rows->len; i++)
    find_reply (self, g_ptr_array_index (self->rows, i));
}

void
mx_timeline_window_open_at (MxTimelineWindow *self, const MxTimelineKey *key)
{
  const char *room_id = mx_room_get_id (self->room);
  MxTimelineKey before = *key;
  g_autoptr (GPtrArray) above = NULL;
  g_autoptr (GPtrArray) below = NULL;
  gboolean at_start = FALSE;
  gboolean at_end = FALSE;

  above = mx_store_load_before (mx_timeline_window_get_reader (self),
                                room_id,
                                key,
                                CONTEXT_ROWS,
                                &at_start,
                                NULL);
  insert_rows (self, above, 0);
  self->at_start = !!at_start;
  before.position--;
  below = mx_store_load_after (mx_timeline_window_get_reader (self),
                               room_id,
                               &before,
                               MX_TIMELINE_OPEN_ROWS - CONTEXT_ROWS,
                               &at_end,
                               NULL);
  insert_rows (self, below, self->rows->len);
  self->at_live_end = !!at_end;
}

void
mx_timeline_window_forget_row (MxTimelineWindow *self, guint index)
{
  const char *event_id = mx_timeline_item_get_event_id (g_ptr_array_index (self->rows, index));

  if (event_id != NULL)
    g_hash_table_remove (self->by_event, event_id);
  g_ptr_array_remove_index (self->rows, index);
}

MxTimelineItem *
mx_timeline_load_item (MxRoom *room, const char *event_id)
{
  MxSession *session = mx_room_get_session (room);
  MxStore *reader = session != NULL ? mx_session_get_reader (session) : NULL;
  g_autoptr (MxTimelineRow) row = NULL;
  MxTimelineItem *item;

  if (reader == NULL)
    return NULL;
  row = mx_store_load_event (reader, mx_room_get_id (room), event_id, NULL);
  if (row == NULL || row->event == NULL)
    return NULL;

  item = mx_timeline_item_new (MX_ITEM_MESSAGE, room);
  mx_timeline_item_take_row (item, row);

  return item;
}

void
mx_timeline_window_forget_quotes (MxTimelineWindow *self)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer event_id;

  for (guint i = 0; i < self->rows->len; i++)
    {
      const char *target = mx_timeline_item_get_reply_id (g_ptr_array_index (self->rows, i));

      if (target != NULL)
        g_hash_table_add (wanted, (gpointer) target);
    }
  g_hash_table_iter_init (&iter, self->quoted);
  while (g_hash_table_iter_next (&iter, &event_id, NULL))
    if (!g_hash_table_contains (wanted, event_id))
      g_hash_table_iter_remove (&iter);
}
