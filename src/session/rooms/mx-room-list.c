/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The rooms of an account, most recent first. A change set sorts the list anew and is told as one
 * items-changed over what lies between the first and the last row that moved; a selection survives
 * that, as the same objects are removed and added in one step. Main thread. */
#include "config.h"

#include "mx-room-list-private.h"

#include "mx-room-private.h"

struct _MxRoomList
{
  GObject parent_instance;

  MxSession *session;  /* not owned: owns us */
  GPtrArray *rooms;    /* MxRoom, in order */
  GHashTable *by_id;   /* room id → MxRoom, borrowed from rooms */
  GHashTable *waiting; /* room id → DexPromise: somebody waits for the room */
  gboolean loading;
  unsigned unread_rooms;
  unsigned unread;
  unsigned highlights;
  unsigned invites;
};

typedef enum
{
  PROP_UNREAD_ROOMS = 1,
  PROP_UNREAD,
  PROP_HIGHLIGHTS,
  PROP_INVITES,
  PROP_LOADING,
} MxRoomListProperty;

static GParamSpec *properties[PROP_LOADING + 1];

static GType
mx_room_list_get_item_type (GListModel *model)
{
  return MX_TYPE_ROOM;
}

static guint
mx_room_list_get_n_items (GListModel *model)
{
  return MX_ROOM_LIST (model)->rooms->len;
}

static gpointer
mx_room_list_get_item (GListModel *model, guint position)
{
  MxRoomList *self = MX_ROOM_LIST (model);

  return position < self->rooms->len ? g_object_ref (g_ptr_array_index (self->rooms, position))
                                     : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = mx_room_list_get_item_type;
  iface->get_n_items = mx_room_list_get_n_items;
  iface->get_item = mx_room_list_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MxRoomList,
                               mx_room_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
mx_room_list_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MxRoomList *self = MX_ROOM_LIST (object);

  switch ((MxRoomListProperty) prop_id)
    {
    case PROP_UNREAD_ROOMS:
      g_value_set_uint (value, self->unread_rooms);
      break;
    case PROP_UNREAD:
      g_value_set_uint (value, self->unread);
      break;
    case PROP_HIGHLIGHTS:
      g_value_set_uint (value, self->highlights);
      break;
    case PROP_INVITES:
      g_value_set_uint (value, self->invites);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mx_room_list_finalize (GObject *object)
{
  MxRoomList *self = MX_ROOM_LIST (object);

  g_clear_pointer (&self->waiting, g_hash_table_unref);
  g_clear_pointer (&self->by_id, g_hash_table_unref);
  g_clear_pointer (&self->rooms, g_ptr_array_unref);

  G_OBJECT_CLASS (mx_room_list_parent_class)->finalize (object);
}

static void
mx_room_list_class_init (MxRoomListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mx_room_list_get_property;
  object_class->finalize = mx_room_list_finalize;

  properties[PROP_UNREAD_ROOMS] =
    g_param_spec_uint ("unread-rooms", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_HIGHLIGHTS] =
    g_param_spec_uint ("highlights", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_INVITES] = g_param_spec_uint ("invites", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mx_room_list_init (MxRoomList *self)
{
  self->rooms = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->waiting = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, dex_unref);
}

MxRoomList *
mx_room_list_new (MxSession *session)
{
  MxRoomList *self = g_object_new (MX_TYPE_ROOM_LIST, NULL);

  self->session = session;

  return self;
}

static int
compare_rooms (gconstpointer a, gconstpointer b)
{
  const MxRoomRow *left = mx_room_get_row (*(MxRoom *const *) a);
  const MxRoomRow *right = mx_room_get_row (*(MxRoom *const *) b);

  if (left->sort_key != right->sort_key)
    return left->sort_key > right->sort_key ? -1 : 1;

  return strcmp (left->room_id, right->room_id);
}

static void
set_count (MxRoomList *self, unsigned *member, unsigned value, MxRoomListProperty property)
{
  if (*member == value)
    return;

  *member = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
update_counts (MxRoomList *self)
{
  unsigned unread_rooms = 0, unread = 0, highlights = 0, invites = 0;

  for (unsigned i = 0; i < self->rooms->len; i++)
    {
      MxRoom *room = g_ptr_array_index (self->rooms, i);
      const MxRoomRow *row = mx_room_get_row (room);

      switch (mx_room_get_section (room))
        {
        case MX_ROOM_SECTION_INVITES:
          invites++;
          break;
        case MX_ROOM_SECTION_HIDDEN:
          break;
        case MX_ROOM_SECTION_FAVOURITES:
        case MX_ROOM_SECTION_DIRECT:
        case MX_ROOM_SECTION_ROOMS:
        case MX_ROOM_SECTION_LOW_PRIORITY:
        case MX_ROOM_SECTION_ANNOUNCEMENTS:
          unread += row->unread;
          highlights += row->highlights;
          if (row->unread > 0 || row->highlights > 0 || row->marked_unread)
            unread_rooms++;
          break;
        default:
          g_assert_not_reached ();
        }
    }

  g_object_freeze_notify (G_OBJECT (self));
  set_count (self, &self->unread_rooms, unread_rooms, PROP_UNREAD_ROOMS);
  set_count (self, &self->unread, unread, PROP_UNREAD);
  set_count (self, &self->highlights, highlights, PROP_HIGHLIGHTS);
  set_count (self, &self->invites, invites, PROP_INVITES);
  g_object_thaw_notify (G_OBJECT (self));
}

static void
resolve_waiting (MxRoomList *self, MxRoom *room)
{
  const char *room_id = mx_room_get_id (room);
  DexPromise *promise = g_hash_table_lookup (self->waiting, room_id);

  if (promise != NULL && mx_room_get_row (room)->membership == MX_MEMBERSHIP_JOIN)
    {
      dex_promise_resolve_boolean (promise, TRUE);
      g_hash_table_remove (self->waiting, room_id);
    }
}

/* An upgraded room is hidden as soon as we are in its successor (spec "Room upgrades"). */
static void
update_replaced (MxRoomList *self, MxRoom *room)
{
  const MxRoomRow *row = mx_room_get_row (room);

  if (row->successor != NULL)
    {
      MxRoom *successor = mx_room_list_find (self, row->successor);

      mx_room_set_replaced (room,
                            successor != NULL &&
                              mx_room_get_row (successor)->membership == MX_MEMBERSHIP_JOIN);
    }

  if (row->predecessor != NULL)
    {
      MxRoom *predecessor = mx_room_list_find (self, row->predecessor);

      if (predecessor != NULL && predecessor != room &&
          g_strcmp0 (mx_room_get_row (predecessor)->successor, row->room_id) == 0)
        mx_room_set_replaced (predecessor, row->membership == MX_MEMBERSHIP_JOIN);
    }
}

void
mx_room_list_fill (MxRoomList *self, GPtrArray *rows)
{
  unsigned removed = self->rooms->len;
  GPtrArray *old = self->rooms;

  self->rooms = g_ptr_array_new_full (rows->len, g_object_unref);
  g_hash_table_remove_all (self->by_id);

  for (unsigned i = 0; i < rows->len; i++)
    {
      MxRoom *room = mx_room_new (self->session, g_ptr_array_index (rows, i));

      g_ptr_array_add (self->rooms, room);
      g_hash_table_insert (self->by_id, (char *) mx_room_get_id (room), room);
    }
  g_ptr_array_sort (self->rooms, compare_rooms);
  for (unsigned i = 0; i < self->rooms->len; i++)
    update_replaced (self, g_ptr_array_index (self->rooms, i));

  g_list_model_items_changed (G_LIST_MODEL (self), 0, removed, self->rooms->len);
  g_ptr_array_unref (old);
  update_counts (self);
}

/* Tells what differs between the old order and the present one, as one change. */
static void
tell_difference (MxRoomList *self, GPtrArray *old)
{
  unsigned start = 0;
  unsigned end = 0; /* rows that are the same at the end */

  while (start < old->len && start < self->rooms->len &&
         g_ptr_array_index (old, start) == g_ptr_array_index (self->rooms, start))
    start++;
  while (end < old->len - start && end < self->rooms->len - start &&
         g_ptr_array_index (old, old->len - 1 - end) ==
           g_ptr_array_index (self->rooms, self->rooms->len - 1 - end))
    end++;

  if (old->len - start - end > 0 || self->rooms->len - start - end > 0)
    g_list_model_items_changed (G_LIST_MODEL (self),
                                start,
                                old->len - start - end,
                                self->rooms->len - start - end);
}

/* Returns whether the order or the set of rooms may have changed. */
static gboolean
apply_room (MxRoomList *self, const MxRoomChange *change, GPtrArray *added, GPtrArray *gone)
{
  MxRoom *room = g_hash_table_lookup (self->by_id, change->room_id);
  gboolean moved = FALSE;

  if (change->flags & MX_ROOM_CHANGED_REMOVED)
    {
      if (room == NULL)
        return FALSE;
      g_hash_table_remove (self->by_id, change->room_id);
      g_ptr_array_add (gone, room);
      return TRUE;
    }

  if (room == NULL)
    {
      if (change->row == NULL || change->row->membership == MX_MEMBERSHIP_NONE)
        return FALSE;
      room = mx_room_new (self->session, change->row);
      g_ptr_array_add (added, room);
      g_hash_table_insert (self->by_id, (char *) mx_room_get_id (room), room);
      moved = TRUE;
    }
  else if (change->row != NULL)
    {
      moved = mx_room_get_row (room)->sort_key != change->row->sort_key;
      mx_room_set_row (room, change->row);
    }

  mx_room_changed (room, change->flags);

  return moved;
}

static gpointer
copy_room (gconstpointer room, gpointer data)
{
  return g_object_ref ((gpointer) room);
}

void
mx_room_list_apply (MxRoomList *self, MxStoreChanges *changes)
{
  g_autoptr (GPtrArray) old = g_ptr_array_copy (self->rooms, copy_room, NULL);
  g_autoptr (GPtrArray) added = g_ptr_array_new ();
  g_autoptr (GPtrArray) gone = g_ptr_array_new ();
  gboolean moved = FALSE;
  GHashTableIter iter;
  gpointer value = NULL;

  g_ptr_array_set_free_func (old, g_object_unref);

  g_hash_table_iter_init (&iter, changes->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    moved |= apply_room (self, value, added, gone);

  g_ptr_array_extend_and_steal (self->rooms, g_steal_pointer (&added));
  for (unsigned i = 0; i < gone->len; i++)
    g_ptr_array_remove (self->rooms, g_ptr_array_index (gone, i));

  g_hash_table_iter_init (&iter, changes->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const MxRoomChange *change = value;
      MxRoom *room = g_hash_table_lookup (self->by_id, change->room_id);

      if (room != NULL && change->row != NULL)
        update_replaced (self, room);
    }

  if (moved)
    {
      g_ptr_array_sort (self->rooms, compare_rooms);
      tell_difference (self, old);
    }
  update_counts (self);

  g_hash_table_iter_init (&iter, changes->rooms);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const MxRoomChange *change = value;
      MxRoom *room = g_hash_table_lookup (self->by_id, change->room_id);

      if (room != NULL)
        resolve_waiting (self, room);
    }
}

void
mx_room_list_set_loading (MxRoomList *self, gboolean loading)
{
  loading = !!loading;
  if (self->loading == loading)
    return;

  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static DexFuture *
ignore_lateness_cb (DexFuture *future, gpointer data)
{
  return dex_future_new_true ();
}

DexFuture *
mx_room_list_wait_joined (MxRoomList *self, const char *room_id, unsigned ms)
{
  MxRoom *room = mx_room_list_find (self, room_id);
  DexPromise *promise = NULL;

  if (room != NULL && mx_room_get_row (room)->membership == MX_MEMBERSHIP_JOIN)
    return dex_future_new_true ();

  promise = g_hash_table_lookup (self->waiting, room_id);
  if (promise == NULL)
    {
      promise = dex_promise_new ();
      g_hash_table_insert (self->waiting, g_strdup (room_id), promise);
    }

  return dex_future_catch (mx_timeout (dex_ref (DEX_FUTURE (promise)), ms),
                           ignore_lateness_cb,
                           NULL,
                           NULL);
}

MxRoom *
mx_room_list_find (MxRoomList *self, const char *room_id)
{
  g_return_val_if_fail (MX_IS_ROOM_LIST (self), NULL);

  return room_id != NULL ? g_hash_table_lookup (self->by_id, room_id) : NULL;
}

MxRoom *
mx_room_list_find_alias (MxRoomList *self, const char *alias)
{
  g_return_val_if_fail (MX_IS_ROOM_LIST (self), NULL);

  for (unsigned i = 0; i < self->rooms->len; i++)
    {
      MxRoom *room = g_ptr_array_index (self->rooms, i);

      if (alias != NULL && g_strcmp0 (mx_room_get_row (room)->canonical_alias, alias) == 0)
        return room;
    }

  return NULL;
}

MxRoom *
mx_room_list_find_direct (MxRoomList *self, const char *user_id)
{
  g_return_val_if_fail (MX_IS_ROOM_LIST (self), NULL);

  for (unsigned i = 0; i < self->rooms->len; i++)
    {
      MxRoom *room = g_ptr_array_index (self->rooms, i);
      const MxRoomRow *row = mx_room_get_row (room);

      if (row->is_direct && g_strcmp0 (row->direct_user, user_id) == 0 &&
          mx_room_get_section (room) != MX_ROOM_SECTION_HIDDEN)
        return room;
    }

  return NULL;
}

unsigned
mx_room_list_get_unread (MxRoomList *self)
{
  g_return_val_if_fail (MX_IS_ROOM_LIST (self), 0);

  return self->unread;
}

unsigned
mx_room_list_get_highlights (MxRoomList *self)
{
  g_return_val_if_fail (MX_IS_ROOM_LIST (self), 0);

  return self->highlights;
}

gboolean
mx_room_list_is_loading (MxRoomList *self)
{
  g_return_val_if_fail (MX_IS_ROOM_LIST (self), FALSE);

  return self->loading;
}
