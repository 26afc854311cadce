/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The room list as it is drawn. The wanted order is computed anew (a few thousand pointers) and
 * compared with the present one: what is equal at both ends stays, a single room that moved is told
 * as a removal and an insertion, so that the view keeps its place and its selection. */
#include "config.h"

#include "chappe-room-model.h"

#include "chappe-room-section.h"

#include <gio/gio.h>

#define N_SECTIONS MX_ROOM_SECTION_HIDDEN

struct _ChappeRoomModel
{
  GObject parent_instance;

  GListModel *rooms;
  ChappeRoomSection *sections[N_SECTIONS];
  GPtrArray *items;    /* what the view was told */
  GHashTable *watched; /* MxRoom, owned */
  MxRoom *shown;
  char *filter;
  gboolean unread_only;
  gboolean still;
  unsigned matches;
  unsigned idle;
};

static GType
chappe_room_model_get_item_type (GListModel *list)
{
  return G_TYPE_OBJECT;
}

static unsigned
chappe_room_model_get_n_items (GListModel *list)
{
  return CHAPPE_ROOM_MODEL (list)->items->len;
}

static gpointer
chappe_room_model_get_item (GListModel *list, unsigned position)
{
  ChappeRoomModel *self = CHAPPE_ROOM_MODEL (list);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = chappe_room_model_get_item_type;
  iface->get_n_items = chappe_room_model_get_n_items;
  iface->get_item = chappe_room_model_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (ChappeRoomModel,
                               chappe_room_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

gboolean
chappe_room_is_unread (MxRoom *room)
{
  const MxRoomRow *row = mx_room_get_row (room);

  return mx_room_get_unread (room) > 0 || mx_room_get_highlights (room) > 0 || row->marked_unread ||
         mx_room_get_section (room) == MX_ROOM_SECTION_INVITES;
}

static gboolean
matches (ChappeRoomModel *self, MxRoom *room)
{
  if (self->unread_only && room != self->shown && !chappe_room_is_unread (room))
    return FALSE;
  return self->filter == NULL || g_str_match_string (self->filter, mx_room_get_name (room), TRUE);
}

/* Replaces removed items at position by those of fresh from the same position on. */
static void
splice (ChappeRoomModel *self,
        unsigned position,
        unsigned removed,
        GPtrArray *fresh,
        unsigned added)
{
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();

  if (removed > 0)
    g_ptr_array_remove_range (self->items, position, removed);
  while (self->items->len > position)
    g_ptr_array_add (rest, g_ptr_array_steal_index (self->items, self->items->len - 1));
  for (unsigned i = 0; i < added; i++)
    g_ptr_array_add (self->items, g_object_ref (fresh->pdata[position + i]));
  for (unsigned i = rest->len; i > 0; i--)
    g_ptr_array_add (self->items, rest->pdata[i - 1]);
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static gboolean
same_run (GPtrArray *a, unsigned a_from, GPtrArray *b, unsigned b_from, unsigned n)
{
  return n == 0 || memcmp (&a->pdata[a_from], &b->pdata[b_from], n * sizeof (gpointer)) == 0;
}

static void
move_to (ChappeRoomModel *self, GPtrArray *fresh)
{
  GPtrArray *items = self->items;
  unsigned head = 0;
  unsigned tail = 0;
  unsigned removed = 0;
  unsigned added = 0;

  while (head < items->len && head < fresh->len && items->pdata[head] == fresh->pdata[head])
    head++;
  while (tail < items->len - head && tail < fresh->len - head &&
         items->pdata[items->len - 1 - tail] == fresh->pdata[fresh->len - 1 - tail])
    tail++;
  removed = items->len - head - tail;
  added = fresh->len - head - tail;
  if (removed == 0 && added == 0)
    return;

  if (removed == added && removed > 2)
    {
      unsigned last = head + removed - 1;

      if (items->pdata[last] == fresh->pdata[head] &&
          same_run (items, head, fresh, head + 1, removed - 1))
        {
          splice (self, last, 1, fresh, 0);
          splice (self, head, 0, fresh, 1);
          return;
        }
      if (items->pdata[head] == fresh->pdata[last] &&
          same_run (items, head + 1, fresh, head, removed - 1))
        {
          splice (self, head, 1, fresh, 0);
          splice (self, last, 0, fresh, 1);
          return;
        }
    }
  splice (self, head, removed, fresh, added);
}

static void queue_update (ChappeRoomModel *self);

static void
room_notify_cb (ChappeRoomModel *self, GParamSpec *pspec, MxRoom *room)
{
  static const char *const relevant[] = { "section", "unread",    "highlights",   "marked-unread",
                                          "name",    "favourite", "low-priority", NULL };

  if (g_strv_contains (relevant, pspec->name))
    queue_update (self);
}

static void
watch_room (ChappeRoomModel *self, MxRoom *room)
{
  if (!g_hash_table_add (self->watched, g_object_ref (room)))
    return;
  g_signal_connect_object (room, "notify", G_CALLBACK (room_notify_cb), self, G_CONNECT_SWAPPED);
}

static void
fill_buckets (ChappeRoomModel *self, GPtrArray **buckets, unsigned *unread)
{
  unsigned n = self->rooms != NULL ? g_list_model_get_n_items (self->rooms) : 0;

  self->matches = 0;
  for (unsigned i = 0; i < n; i++)
    {
      g_autoptr (MxRoom) room = g_list_model_get_item (self->rooms, i);
      MxRoomSection section = mx_room_get_section (room);

      if (!g_hash_table_contains (self->watched, room))
        watch_room (self, room);
      if (section >= N_SECTIONS || !matches (self, room))
        continue;
      self->matches++;
      unread[section] += chappe_room_is_unread (room);
      g_ptr_array_add (buckets[section], room);
    }
}

/* The items as they should be; borrowed pointers. */
static GPtrArray *
wanted (ChappeRoomModel *self)
{
  GPtrArray *fresh = g_ptr_array_new ();
  GPtrArray *buckets[N_SECTIONS];
  unsigned unread[N_SECTIONS] = { 0 };

  for (unsigned i = 0; i < N_SECTIONS; i++)
    buckets[i] = g_ptr_array_new ();
  fill_buckets (self, buckets, unread);

  for (unsigned i = 0; i < N_SECTIONS; i++)
    {
      chappe_room_section_set_counts (self->sections[i], buckets[i]->len, unread[i]);
      if (buckets[i]->len > 0)
        {
          g_ptr_array_add (fresh, self->sections[i]);
          if (self->filter != NULL || chappe_room_section_is_expanded (self->sections[i]))
            g_ptr_array_extend (fresh, buckets[i], NULL, NULL);
        }
      g_ptr_array_unref (buckets[i]);
    }
  return fresh;
}

/* The same rooms in another order only. */
static gboolean
only_reorders (ChappeRoomModel *self, GPtrArray *fresh)
{
  g_autoptr (GHashTable) present = NULL;

  if (fresh->len != self->items->len)
    return FALSE;
  present = g_hash_table_new (NULL, NULL);
  for (unsigned i = 0; i < self->items->len; i++)
    g_hash_table_add (present, self->items->pdata[i]);
  for (unsigned i = 0; i < fresh->len; i++)
    if (!g_hash_table_contains (present, fresh->pdata[i]))
      return FALSE;
  return TRUE;
}

static void
update (ChappeRoomModel *self)
{
  g_autoptr (GPtrArray) fresh = NULL;

  g_clear_handle_id (&self->idle, g_source_remove);
  fresh = wanted (self);
  if (self->still && only_reorders (self, fresh))
    return;
  move_to (self, fresh);
}

static gboolean
update_cb (gpointer user_data)
{
  ChappeRoomModel *self = user_data;

  self->idle = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
queue_update (ChappeRoomModel *self)
{
  /* Before the next frame is drawn, after the changes of this turn. */
  if (self->idle == 0)
    self->idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE + 15, update_cb, self, NULL);
}

static void
rooms_changed_cb (ChappeRoomModel *self)
{
  queue_update (self);
}

static void
chappe_room_model_dispose (GObject *object)
{
  ChappeRoomModel *self = CHAPPE_ROOM_MODEL (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_object (&self->rooms);
  g_clear_object (&self->shown);
  for (unsigned i = 0; i < N_SECTIONS; i++)
    g_clear_object (&self->sections[i]);
  g_clear_pointer (&self->watched, g_hash_table_unref);

  G_OBJECT_CLASS (chappe_room_model_parent_class)->dispose (object);
}

static void
chappe_room_model_finalize (GObject *object)
{
  ChappeRoomModel *self = CHAPPE_ROOM_MODEL (object);

  g_ptr_array_unref (self->items);
  g_free (self->filter);

  G_OBJECT_CLASS (chappe_room_model_parent_class)->finalize (object);
}

static void
chappe_room_model_class_init (ChappeRoomModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = chappe_room_model_dispose;
  object_class->finalize = chappe_room_model_finalize;
}

static void
chappe_room_model_init (ChappeRoomModel *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->watched = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  for (unsigned i = 0; i < N_SECTIONS; i++)
    self->sections[i] = chappe_room_section_new (i);
}

ChappeRoomModel *
chappe_room_model_new (void)
{
  return g_object_new (CHAPPE_TYPE_ROOM_MODEL, NULL);
}

void
chappe_room_model_set_rooms (ChappeRoomModel *self, GListModel *rooms)
{
  GHashTableIter iter;
  gpointer room = NULL;

  if (self->rooms == rooms)
    {
      if (self->idle != 0)
        update (self);
      return;
    }
  if (self->rooms != NULL)
    g_signal_handlers_disconnect_by_func (self->rooms, rooms_changed_cb, self);
  g_hash_table_iter_init (&iter, self->watched);
  while (g_hash_table_iter_next (&iter, &room, NULL))
    g_signal_handlers_disconnect_by_func (room, room_notify_cb, self);
  g_hash_table_remove_all (self->watched);

  g_set_object (&self->rooms, rooms);
  if (rooms != NULL)
    g_signal_connect_object (rooms,
                             "items-changed",
                             G_CALLBACK (rooms_changed_cb),
                             self,
                             G_CONNECT_SWAPPED);
  update (self);
}

void
chappe_room_model_set_filter (ChappeRoomModel *self, const char *text)
{
  if (g_set_str (&self->filter, text != NULL && *text != '\0' ? text : NULL))
    update (self);
}

void
chappe_room_model_set_unread_only (ChappeRoomModel *self, gboolean unread_only)
{
  if (self->unread_only == unread_only)
    return;
  self->unread_only = unread_only;
  update (self);
}

MxRoom *
chappe_room_model_get_shown (ChappeRoomModel *self)
{
  return self->shown;
}

void
chappe_room_model_set_shown (ChappeRoomModel *self, MxRoom *room)
{
  if (g_set_object (&self->shown, room) && self->unread_only)
    queue_update (self);
}

void
chappe_room_model_set_still (ChappeRoomModel *self, gboolean still)
{
  if (self->still == still)
    return;
  self->still = still;
  if (!still)
    queue_update (self);
}

void
chappe_room_model_set_collapsed (ChappeRoomModel *self, const char *const *nicks)
{
  for (unsigned i = 0; i < N_SECTIONS; i++)
    chappe_room_section_set_expanded (self->sections[i],
                                      nicks == NULL ||
                                        !g_strv_contains (nicks,
                                                          chappe_room_section_get_nick (
                                                            self->sections[i])));
  update (self);
}

GStrv
chappe_room_model_dup_collapsed (ChappeRoomModel *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (unsigned i = 0; i < N_SECTIONS; i++)
    if (!chappe_room_section_is_expanded (self->sections[i]))
      g_strv_builder_add (builder, chappe_room_section_get_nick (self->sections[i]));
  return g_strv_builder_end (builder);
}

void
chappe_room_model_toggle (ChappeRoomModel *self, MxRoomSection section)
{
  g_return_if_fail (section < N_SECTIONS);

  chappe_room_section_set_expanded (self->sections[section],
                                    !chappe_room_section_is_expanded (self->sections[section]));
  update (self);
}

unsigned
chappe_room_model_get_n_rooms (ChappeRoomModel *self)
{
  return self->matches;
}

unsigned
chappe_room_model_find (ChappeRoomModel *self, MxRoom *room)
{
  unsigned position = 0;

  return room != NULL && g_ptr_array_find (self->items, room, &position) ? position : G_MAXUINT;
}

MxRoom *
chappe_room_model_next (ChappeRoomModel *self, MxRoom *room, int step, gboolean unread)
{
  unsigned n = self->items->len;
  unsigned start = chappe_room_model_find (self, room);
  unsigned direction = step < 0 ? n - 1 : 1;

  if (n == 0)
    return NULL;
  if (start == G_MAXUINT)
    start = step < 0 ? 0 : n - 1;
  for (unsigned i = 1; i <= n; i++)
    {
      gpointer item = self->items->pdata[(start + (gsize) i * direction) % n];

      if (MX_IS_ROOM (item) && item != room && (!unread || chappe_room_is_unread (item)))
        return item;
    }
  return NULL;
}

MxRoom *
chappe_room_model_nth (ChappeRoomModel *self, unsigned number)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      gpointer item = g_ptr_array_index (self->items, i);

      if (MX_IS_ROOM (item) && number-- == 0)
        return item;
    }
  return NULL;
}

unsigned
chappe_room_model_find_shown (ChappeRoomModel *self)
{
  unsigned position = G_MAXUINT;
  MxRoom *shown = chappe_room_model_get_shown (self);

  if (shown != NULL)
    position = chappe_room_model_find (self, shown);
  for (guint i = 0; i < self->items->len && position == G_MAXUINT; i++)
    if (MX_IS_ROOM (g_ptr_array_index (self->items, i)))
      position = i;
  return position;
}
