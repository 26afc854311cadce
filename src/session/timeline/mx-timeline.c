/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-timeline.h"

#include "mx-session-private.h"
#include "mx-store-rooms.h"
#include "mx-timeline-layout.h"
#include "mx-timeline-server.h"
#include "mx-timeline-window.h"

/* More than this arriving at once is left for the reader to scroll to. */
#define APPEND_ROWS 500

struct _MxTimeline
{
  GObject parent_instance;

  MxTimelineWindow window;
  GPtrArray *items; /* MxTimelineItem: what is drawn */
  GHashTable *days;
  MxTimelineItem *start;
  MxTimelineItem *marker;
  MxTimelineItem *footer;
  char *marker_before;
  char *read_at_open; /* own receipt when the timeline was opened with something unread */
  MxTimelineItem *filling_older; /* gap being filled */
  MxTimelineItem *filling_newer;
  guint first_unread;
  guint new_below;

  guint said_at_start : 1; /* as last notified */
  guint said_at_live_end : 1;
  guint loading_older : 1;
  guint loading_newer : 1;
  guint watched : 1;
};

static void mx_timeline_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MxTimeline,
                               mx_timeline,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      mx_timeline_list_model_init))

typedef enum
{
  PROP_ROOM = 1,
  PROP_AT_START,
  PROP_AT_LIVE_END,
  PROP_LOADING_OLDER,
  PROP_LOADING_NEWER,
  PROP_NEW_BELOW,
  PROP_FIRST_UNREAD,
} MxTimelineProperty;

static GParamSpec *properties[PROP_FIRST_UNREAD + 1];

static void
notify (MxTimeline *self, MxTimelineProperty property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static GType
mx_timeline_get_item_type (GListModel *model)
{
  return MX_TYPE_TIMELINE_ITEM;
}

static guint
mx_timeline_get_n_items (GListModel *model)
{
  return MX_TIMELINE (model)->items->len;
}

static gpointer
mx_timeline_get_item (GListModel *model, guint position)
{
  MxTimeline *self = MX_TIMELINE (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                     : NULL;
}

static void
mx_timeline_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = mx_timeline_get_item_type;
  iface->get_n_items = mx_timeline_get_n_items;
  iface->get_item = mx_timeline_get_item;
}

/* Replaces removed rows at position by the next added ones of target, and says so. */
static void
splice (MxTimeline *self, guint position, guint removed, GPtrArray *target, guint added)
{
  if (removed > 0)
    g_ptr_array_remove_range (self->items, position, removed);
  for (guint i = 0; i < added; i++)
    g_ptr_array_insert (self->items,
                        position + i,
                        g_object_ref (g_ptr_array_index (target, position + i)));

  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

/* Turns self->items into target by true positions: rows that stay are never touched, or the view
 * would lose its anchor. */
static void
become (MxTimeline *self, GPtrArray *target)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) shown = g_hash_table_new (NULL, NULL);
  guint position = 0;

  for (guint i = 0; i < target->len; i++)
    g_hash_table_add (wanted, g_ptr_array_index (target, i));
  for (guint i = 0; i < self->items->len; i++)
    g_hash_table_add (shown, g_ptr_array_index (self->items, i));

  while (position < self->items->len || position < target->len)
    {
      guint removed = 0;
      guint added = 0;

      if (position < self->items->len && position < target->len &&
          g_ptr_array_index (self->items, position) == g_ptr_array_index (target, position))
        {
          position++;
          continue;
        }

      while (position + removed < self->items->len &&
             !g_hash_table_contains (wanted, g_ptr_array_index (self->items, position + removed)))
        g_hash_table_remove (shown, g_ptr_array_index (self->items, position + removed++));
      while (position + added < target->len &&
             !g_hash_table_contains (shown, g_ptr_array_index (target, position + added)))
        added++;

      /* Both sides know both rows: one of them moved. It goes, and comes back where it belongs. */
      if (removed == 0 && added == 0)
        {
          g_hash_table_remove (shown, g_ptr_array_index (self->items, position));
          removed = 1;
        }

      splice (self, position, removed, target, added);
      position += added;
    }
}

/* Tells what the window's ends have become. */
static void
notify_ends (MxTimeline *self)
{
  if (self->said_at_start != (guint) !!self->window.at_start)
    {
      self->said_at_start = !!self->window.at_start;
      notify (self, PROP_AT_START);
    }
  if (self->said_at_live_end != (guint) !!self->window.at_live_end)
    {
      self->said_at_live_end = !!self->window.at_live_end;
      notify (self, PROP_AT_LIVE_END);
    }
}

/* The read marker stands after what had been read at opening. With a fresh list the events around
 * it may come later. */
static void
place_marker (MxTimeline *self)
{
  gboolean passed = FALSE;

  if (self->read_at_open == NULL || self->marker_before != NULL ||
      !g_hash_table_contains (self->window.by_event, self->read_at_open))
    return;

  for (guint i = 0; i < self->window.rows->len && self->marker_before == NULL; i++)
    {
      MxTimelineItem *item = g_ptr_array_index (self->window.rows, i);
      const char *event_id = mx_timeline_item_get_event_id (item);

      if (passed && event_id != NULL && !mx_timeline_item_is_own (item))
        self->marker_before = g_strdup (event_id);
      passed = passed || g_strcmp0 (event_id, self->read_at_open) == 0;
    }
  g_clear_pointer (&self->read_at_open, g_free);
}

static void
draw (MxTimeline *self)
{
  MxTimelineLayout layout = {
    self->window.room, self->window.rows,   self->window.local,
    self->days,        self->start,         self->marker,
    self->footer,      self->marker_before, self->window.at_start,
  };
  g_autoptr (GPtrArray) target = mx_timeline_layout_build (&layout);

  become (self, target);
  notify_ends (self);
}

static void
lay_out (MxTimeline *self)
{
  place_marker (self);
  draw (self);
}

static void
set_new_below (MxTimeline *self, guint n)
{
  if (self->new_below == n)
    return;
  self->new_below = n;
  notify (self, PROP_NEW_BELOW);
}

static void
mark_read (MxTimeline *self)
{
  MxTimelineItem *last = mx_timeline_window_edge_event (&self->window, TRUE);

  if (self->watched && self->window.at_live_end && last != NULL)
    mx_room_mark_read (self->window.room, mx_timeline_item_get_event_id (last));
}

/* What arrived while nobody looked is new; who answers has read. */
static void
mark_new (MxTimeline *self, guint from)
{
  guint others = 0;

  for (guint i = from; i < self->window.rows->len; i++)
    {
      MxTimelineItem *item = g_ptr_array_index (self->window.rows, i);

      if (mx_timeline_item_is_own (item))
        {
          g_clear_pointer (&self->marker_before, g_free);
          others = 0;
        }
      else if (!self->watched && mx_timeline_item_get_event_id (item) != NULL)
        {
          if (self->marker_before == NULL)
            self->marker_before = g_strdup (mx_timeline_item_get_event_id (item));
          others++;
        }
    }

  if (!self->watched)
    set_new_below (self, self->new_below + others);
}

/* last: the newest event before this change, NULL: none. */
static void
appended (MxTimeline *self, MxTimelineItem *last)
{
  guint before = self->window.rows->len;
  guint position;
  guint added;

  if (!self->window.at_live_end)
    {
      set_new_below (self, self->new_below + 1);
      return;
    }

  do
    added = mx_timeline_window_load_after (&self->window, MX_TIMELINE_PAGE_ROWS);
  while (added > 0 && !self->window.at_live_end && self->window.rows->len - before < APPEND_ROWS);

  if (last != NULL && g_ptr_array_find (self->window.rows, last, &position))
    mark_new (self, position + 1);
  else
    mark_new (self, before);
}

static gboolean
ignored_users_changed (MxStoreChanges *changes)
{
  return g_ptr_array_find_with_equal_func (changes->account_data,
                                           "m.ignored_user_list",
                                           g_str_equal,
                                           NULL);
}

static void
trust_changed (MxTimeline *self, GHashTable *users)
{
  for (guint i = 0; i < self->window.rows->len; i++)
    {
      MxTimelineItem *item = g_ptr_array_index (self->window.rows, i);
      const char *sender = mx_timeline_item_get_sender (item);

      if (sender != NULL && g_hash_table_contains (users, sender))
        mx_timeline_item_trust_changed (item);
    }
}

static void
changes_cb (MxTimeline *self, MxStoreChanges *changes, MxSession *session)
{
  const MxRoomChange *change =
    g_hash_table_lookup (changes->rooms, mx_room_get_id (self->window.room));
  g_autoptr (MxTimelineItem) last = NULL;

  if (mx_timeline_window_get_reader (&self->window) == NULL)
    return;
  if (ignored_users_changed (changes))
    lay_out (self);
  if (g_hash_table_size (changes->device_users) > 0)
    trust_changed (self, changes->device_users);
  if (change == NULL)
    return;

  g_set_object (&last, mx_timeline_window_edge_event (&self->window, TRUE));
  if (change->flags & MX_ROOM_CHANGED_GAPS)
    mx_timeline_window_reload (&self->window);
  if (change->flags & MX_ROOM_CHANGED_APPENDED)
    appended (self, last);
  for (guint i = 0; change->changed_events != NULL && i < change->changed_events->len; i++)
    mx_timeline_window_update_event (&self->window, g_ptr_array_index (change->changed_events, i));
  if (change->flags & (MX_ROOM_CHANGED_OUTBOX | MX_ROOM_CHANGED_APPENDED))
    mx_timeline_window_load_outbox (&self->window);
  if (change->flags & (MX_ROOM_CHANGED_RECEIPTS | MX_ROOM_CHANGED_APPENDED))
    mx_timeline_window_load_receipts (&self->window);
  if (change->flags & MX_ROOM_CHANGED_MEMBERS)
    for (guint i = 0; i < self->items->len; i++)
      mx_timeline_item_names_changed (g_ptr_array_index (self->items, i));

  if (change->flags & (MX_ROOM_CHANGED_GAPS | MX_ROOM_CHANGED_APPENDED | MX_ROOM_CHANGED_EVENTS |
                       MX_ROOM_CHANGED_OUTBOX))
    lay_out (self);
  if (change->flags & MX_ROOM_CHANGED_APPENDED)
    mark_read (self);
}

static void
mx_timeline_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MxTimeline *self = MX_TIMELINE (object);

  switch ((MxTimelineProperty) prop_id)
    {
    case PROP_ROOM:
      g_value_set_object (value, self->window.room);
      break;
    case PROP_AT_START:
      g_value_set_boolean (value, self->window.at_start);
      break;
    case PROP_AT_LIVE_END:
      g_value_set_boolean (value, self->window.at_live_end);
      break;
    case PROP_LOADING_OLDER:
      g_value_set_boolean (value, self->loading_older);
      break;
    case PROP_LOADING_NEWER:
      g_value_set_boolean (value, self->loading_newer);
      break;
    case PROP_NEW_BELOW:
      g_value_set_uint (value, self->new_below);
      break;
    case PROP_FIRST_UNREAD:
      g_value_set_uint (value, self->first_unread);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mx_timeline_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  MxTimeline *self = MX_TIMELINE (object);

  if (prop_id == PROP_ROOM)
    self->window.room = g_value_dup_object (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
mx_timeline_constructed (GObject *object)
{
  MxTimeline *self = MX_TIMELINE (object);
  MxSession *session = mx_room_get_session (self->window.room);

  G_OBJECT_CLASS (mx_timeline_parent_class)->constructed (object);

  self->start = mx_timeline_item_new (MX_ITEM_START, self->window.room);
  self->marker = mx_timeline_item_new (MX_ITEM_READ_MARKER, self->window.room);
  self->footer = mx_timeline_item_new (MX_ITEM_FOOTER, self->window.room);
  if (session != NULL)
    {
      g_signal_connect_object (session,
                               "changes",
                               G_CALLBACK (changes_cb),
                               self,
                               G_CONNECT_SWAPPED);
      mx_session_subscribe_room (session, mx_room_get_id (self->window.room), TRUE);
    }
}

static void
mx_timeline_dispose (GObject *object)
{
  MxTimeline *self = MX_TIMELINE (object);
  MxSession *session = self->window.room != NULL ? mx_room_get_session (self->window.room) : NULL;

  if (self->window.scope != NULL && session != NULL)
    mx_session_subscribe_room (session, mx_room_get_id (self->window.room), FALSE);
  mx_clear_scope (&self->window.scope);

  G_OBJECT_CLASS (mx_timeline_parent_class)->dispose (object);
}

static void
mx_timeline_finalize (GObject *object)
{
  MxTimeline *self = MX_TIMELINE (object);

  g_ptr_array_unref (self->items);
  g_hash_table_unref (self->days);
  g_clear_object (&self->start);
  g_clear_object (&self->marker);
  g_clear_object (&self->footer);
  g_clear_object (&self->filling_older);
  g_clear_object (&self->filling_newer);
  g_free (self->marker_before);
  g_free (self->read_at_open);
  mx_timeline_window_clear (&self->window);
  G_OBJECT_CLASS (mx_timeline_parent_class)->finalize (object);
}

static void
mx_timeline_class_init (MxTimelineClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mx_timeline_get_property;
  object_class->set_property = mx_timeline_set_property;
  object_class->constructed = mx_timeline_constructed;
  object_class->dispose = mx_timeline_dispose;
  object_class->finalize = mx_timeline_finalize;

  properties[PROP_ROOM] = g_param_spec_object ("room",
                                               NULL,
                                               NULL,
                                               MX_TYPE_ROOM,
                                               flags | G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY);
  properties[PROP_AT_START] = g_param_spec_boolean ("at-start", NULL, NULL, FALSE, flags);
  properties[PROP_AT_LIVE_END] = g_param_spec_boolean ("at-live-end", NULL, NULL, FALSE, flags);
  properties[PROP_LOADING_OLDER] = g_param_spec_boolean ("loading-older", NULL, NULL, FALSE, flags);
  properties[PROP_LOADING_NEWER] = g_param_spec_boolean ("loading-newer", NULL, NULL, FALSE, flags);
  properties[PROP_NEW_BELOW] = g_param_spec_uint ("new-below", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_FIRST_UNREAD] =
    g_param_spec_uint ("first-unread", NULL, NULL, 0, G_MAXUINT, G_MAXUINT, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mx_timeline_init (MxTimeline *self)
{
  mx_timeline_window_init (&self->window);
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->days = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_object_unref);
  self->first_unread = G_MAXUINT;
}

static void
finish_opening (MxTimeline *self)
{
  mx_timeline_window_load_outbox (&self->window);
  mx_timeline_window_load_receipts (&self->window);
  lay_out (self);
}

static void
open_live (MxTimeline *self)
{
  mx_timeline_window_load_before (&self->window, MX_TIMELINE_OPEN_ROWS);
  self->window.at_live_end = TRUE;
}

MxTimeline *
mx_timeline_new_live (MxRoom *room)
{
  MxTimeline *self = g_object_new (MX_TYPE_TIMELINE, "room", room, NULL);

  open_live (self);
  finish_opening (self);

  return self;
}

MxTimeline *
mx_timeline_new (MxRoom *room)
{
  MxTimeline *self = g_object_new (MX_TYPE_TIMELINE, "room", room, NULL);
  MxStore *reader = mx_timeline_window_get_reader (&self->window);
  MxTimelineKey key;

  if (reader != NULL && mx_store_find_first_unread (reader, mx_room_get_id (room), &key))
    {
      mx_timeline_window_open_at (&self->window, &key);
      for (guint i = 0; i < self->window.rows->len && self->marker_before == NULL; i++)
        {
          MxTimelineItem *item = g_ptr_array_index (self->window.rows, i);

          if (mx_timeline_item_get_event_id (item) != NULL &&
              mx_timeline_key_compare (mx_timeline_item_get_key (item), &key) == 0)
            self->marker_before = g_strdup (mx_timeline_item_get_event_id (item));
        }
    }
  else
    {
      if (reader != NULL && mx_room_get_unread (room) > 0)
        self->read_at_open = mx_store_get_own_receipt (reader, mx_room_get_id (room));
      open_live (self);
    }

  finish_opening (self);
  g_ptr_array_find (self->items, self->marker, &self->first_unread);
  if (self->marker_before == NULL)
    self->first_unread = G_MAXUINT;

  return self;
}

MxTimeline *
mx_timeline_new_at (MxRoom *room, const char *event_id)
{
  MxTimeline *self = g_object_new (MX_TYPE_TIMELINE, "room", room, NULL);
  MxTimelineKey key;

  if (mx_timeline_window_get_reader (&self->window) != NULL &&
      mx_store_find_key (mx_timeline_window_get_reader (&self->window),
                         mx_room_get_id (room),
                         event_id,
                         &key))
    mx_timeline_window_open_at (&self->window, &key);
  else
    open_live (self);
  finish_opening (self);

  return self;
}

MxRoom *
mx_timeline_get_room (MxTimeline *self)
{
  return self->window.room;
}

unsigned
mx_timeline_get_first_unread (MxTimeline *self)
{
  return self->first_unread;
}

gboolean
mx_timeline_is_at_live_end (MxTimeline *self)
{
  return self->window.at_live_end;
}

gboolean
mx_timeline_is_at_start (MxTimeline *self)
{
  return self->window.at_start;
}

void
mx_timeline_load_older (MxTimeline *self)
{
  MxTimelineItem *first =
    self->window.rows->len > 0 ? g_ptr_array_index (self->window.rows, 0) : NULL;

  if (self->window.at_start || self->loading_older)
    return;
  if (first != NULL && mx_timeline_item_get_kind (first) == MX_ITEM_GAP)
    {
      mx_timeline_fill_gap (self, first);
      return;
    }

  if (mx_timeline_window_load_before (&self->window, MX_TIMELINE_PAGE_ROWS))
    lay_out (self);
}

void
mx_timeline_load_newer (MxTimeline *self)
{
  MxTimelineItem *last = self->window.rows->len > 0
                           ? g_ptr_array_index (self->window.rows, self->window.rows->len - 1)
                           : NULL;

  if (self->window.at_live_end || self->loading_newer)
    return;
  if (last != NULL && mx_timeline_item_get_kind (last) == MX_ITEM_GAP)
    mx_timeline_fill_gap (self, last);

  mx_timeline_window_load_after (&self->window, MX_TIMELINE_PAGE_ROWS);
  if (self->window.at_live_end)
    {
      set_new_below (self, 0);
      mx_timeline_window_load_outbox (&self->window);
    }
  lay_out (self);
}

static void
set_loading (MxTimeline *self, gboolean older, gboolean loading)
{
  if (older)
    self->loading_older = !!loading;
  else
    self->loading_newer = !!loading;
  notify (self, older ? PROP_LOADING_OLDER : PROP_LOADING_NEWER);
}

/* The gap as it is shown now, when the answer did not move it; borrowed. */
static MxTimelineItem *
find_stuck (MxTimeline *self, MxTimelineItem *gap)
{
  for (guint i = 0; i < self->window.rows->len; i++)
    {
      MxTimelineItem *item = g_ptr_array_index (self->window.rows, i);

      if (mx_timeline_item_get_kind (item) == MX_ITEM_GAP &&
          mx_timeline_item_get_gap_id (item) == mx_timeline_item_get_gap_id (gap) &&
          g_strcmp0 (mx_timeline_item_get_gap_token (item), mx_timeline_item_get_gap_token (gap)) ==
            0)
        return item;
    }

  return NULL;
}

static void
gap_filled (MxTimeline *self, MxTimelineItem **filling, gboolean older, const GError *error)
{
  g_autoptr (MxTimelineItem) gap = g_steal_pointer (filling);
  MxTimelineItem *stuck = NULL;

  set_loading (self, older, FALSE);
  if (gap == NULL)
    return;

  /* A new token has made it idle already; the same one again would be asked for without end. */
  if (error == NULL && mx_timeline_item_get_gap_state (gap) == MX_GAP_LOADING)
    stuck = find_stuck (self, gap);
  if (stuck != NULL)
    mx_timeline_item_set_gap_state (stuck, MX_GAP_FAILED, NULL);
  if (stuck != gap)
    mx_timeline_item_set_gap_state (gap, error != NULL ? MX_GAP_FAILED : MX_GAP_IDLE, error);
}

static void
older_filled_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  MxTimeline *self = MX_TIMELINE (owner);

  gap_filled (self, &self->filling_older, TRUE, error);
}

static void
newer_filled_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  MxTimeline *self = MX_TIMELINE (owner);

  gap_filled (self, &self->filling_newer, FALSE, error);
}

void
mx_timeline_fill_gap (MxTimeline *self, MxTimelineItem *gap)
{
  gboolean older = mx_timeline_item_gap_is_backwards (gap);
  MxTimelineItem **filling = older ? &self->filling_older : &self->filling_newer;

  g_return_if_fail (mx_timeline_item_get_kind (gap) == MX_ITEM_GAP);

  /* One at a time in each direction: the next one asks again when it comes into view. */
  if (*filling != NULL)
    return;

  *filling = g_object_ref (gap);
  mx_timeline_item_set_gap_state (gap, MX_GAP_LOADING, NULL);
  set_loading (self, older, TRUE);
  mx_watch (self,
            mx_timeline_server_fill_gap (self->window.room,
                                         mx_timeline_item_get_gap_id (gap),
                                         mx_timeline_item_get_gap_token (gap),
                                         older,
                                         self->window.scope),
            older ? older_filled_cb : newer_filled_cb,
            NULL);
}

void
mx_timeline_trim (MxTimeline *self, unsigned keep_from, unsigned keep_to)
{
  g_autoptr (GHashTable) kept = g_hash_table_new (NULL, NULL);
  const guint drawn = self->items->len;
  gboolean head = FALSE;
  gboolean tail = FALSE;

  for (guint i = keep_from; i <= keep_to && i < self->items->len; i++)
    {
      MxTimelineItem *item = g_ptr_array_index (self->items, i);
      GListModel *children = mx_timeline_item_get_events (item);

      g_hash_table_add (kept, item);
      for (guint j = 0; children != NULL && j < g_list_model_get_n_items (children); j++)
        {
          g_autoptr (MxTimelineItem) child = g_list_model_get_item (children, j);

          g_hash_table_add (kept, child);
        }
    }

  while (keep_from > 0 && self->window.rows->len > 1 &&
         !g_hash_table_contains (kept, g_ptr_array_index (self->window.rows, 0)))
    {
      mx_timeline_window_forget_row (&self->window, 0);
      head = TRUE;
    }
  while ((guint64) keep_to + 1 < drawn && self->window.rows->len > 1 &&
         !g_hash_table_contains (kept,
                                 g_ptr_array_index (self->window.rows, self->window.rows->len - 1)))
    {
      mx_timeline_window_forget_row (&self->window, self->window.rows->len - 1);
      tail = TRUE;
    }

  if (head)
    self->window.at_start = FALSE;
  if (tail)
    {
      self->window.at_live_end = FALSE;
      g_ptr_array_set_size (self->window.local, 0);
    }
  if (head || tail)
    {
      mx_timeline_window_forget_quotes (&self->window);
      lay_out (self);
    }
}

unsigned
mx_timeline_find (MxTimeline *self, const char *event_id)
{
  MxTimelineItem *item = g_hash_table_lookup (self->window.by_event, event_id);
  guint position;

  if (item == NULL)
    return G_MAXUINT;
  if (g_ptr_array_find (self->items, item, &position))
    return position;
  if (mx_timeline_item_get_fold (item) != NULL &&
      g_ptr_array_find (self->items, mx_timeline_item_get_fold (item), &position))
    return position;

  return G_MAXUINT;
}

void
mx_timeline_set_watched (MxTimeline *self, gboolean watched)
{
  self->watched = !!watched;
  if (!watched)
    return;

  if (self->window.at_live_end)
    set_new_below (self, 0);
  mark_read (self);
}
