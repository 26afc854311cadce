/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The devices of a user as a list that follows what is known. Main thread. */
#include "config.h"

#include "mx-device-private.h"

#include "mx-encryption-private.h"

#define MX_TYPE_DEVICE_LIST (mx_device_list_get_type ())
G_DECLARE_FINAL_TYPE (MxDeviceList, mx_device_list, MX, DEVICE_LIST, GObject)

struct _MxDeviceList
{
  GObject parent_instance;

  MxEncryption *encryption;
  char *user_id;
  gboolean is_own;
  GPtrArray *devices; /* MxDevice, in order */
};

static void mx_device_list_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MxDeviceList,
                               mx_device_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, mx_device_list_iface_init))

static void
mx_device_list_dispose (GObject *object)
{
  MxDeviceList *self = MX_DEVICE_LIST (object);

  g_clear_object (&self->encryption);
  g_clear_pointer (&self->devices, g_ptr_array_unref);
  g_clear_pointer (&self->user_id, g_free);

  G_OBJECT_CLASS (mx_device_list_parent_class)->dispose (object);
}

static void
mx_device_list_class_init (MxDeviceListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = mx_device_list_dispose;
}

static void
mx_device_list_init (MxDeviceList *self)
{
  self->devices = g_ptr_array_new_with_free_func (g_object_unref);
}

static GType
get_item_type (GListModel *model)
{
  return MX_TYPE_DEVICE;
}

static guint
get_n_items (GListModel *model)
{
  return MX_DEVICE_LIST (model)->devices->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  MxDeviceList *self = MX_DEVICE_LIST (model);

  return position < self->devices->len ? g_object_ref (g_ptr_array_index (self->devices, position))
                                       : NULL;
}

static void
mx_device_list_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* -- Reading */

static MxDevice *
find (GPtrArray *devices, const char *device_id)
{
  for (guint i = 0; i < devices->len; i++)
    {
      MxDevice *device = g_ptr_array_index (devices, i);

      if (g_str_equal (mx_device_get_device_id (device), device_id))
        return device;
    }

  return NULL;
}

/* This one first, then by last activity, then by name. */
static int
compare (gconstpointer a, gconstpointer b)
{
  MxDevice *one = *(MxDevice **) a;
  MxDevice *other = *(MxDevice **) b;
  gint64 difference = mx_device_get_last_seen (other) - mx_device_get_last_seen (one);

  if (mx_device_is_this (one) != mx_device_is_this (other))
    return mx_device_is_this (one) ? -1 : 1;
  if (difference != 0)
    return difference > 0 ? 1 : -1;

  return g_strcmp0 (mx_device_get_device_id (one), mx_device_get_device_id (other));
}

static void
take_seen (MxDeviceList *self, MxSession *session, GPtrArray *devices)
{
  GHashTable *seen = mx_encryption_get_seen_devices (self->encryption);
  GHashTableIter iter;
  gpointer device_id = NULL;
  gpointer value = NULL;

  if (!self->is_own || seen == NULL)
    return;

  g_hash_table_iter_init (&iter, seen);
  while (g_hash_table_iter_next (&iter, &device_id, &value))
    {
      const MxSeenDevice *entry = value;
      MxDevice *device = find (devices, device_id);

      if (device == NULL)
        {
          MxDevice *known = find (self->devices, device_id);

          device =
            known != NULL ? g_object_ref (known) : mx_device_new_without_keys (session, device_id);
          mx_device_update (device, session, NULL);
          g_ptr_array_add (devices, device);
        }
      mx_device_set_seen (device, entry->display_name, entry->last_seen, entry->last_ip);
    }
}

static gboolean
is_same (GPtrArray *a, GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;
  for (guint i = 0; i < a->len; i++)
    if (g_ptr_array_index (a, i) != g_ptr_array_index (b, i))
      return FALSE;

  return TRUE;
}

/* The same objects for the same devices, so that a row keeps its place and its focus. */
static void
mx_device_list_read (MxDeviceList *self)
{
  MxSession *session = mx_encryption_get_session (self->encryption);
  MxStore *reader = session != NULL ? mx_session_get_reader (session) : NULL;
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) stored = NULL;
  guint before = self->devices->len;

  if (reader == NULL)
    return;

  stored = mx_store_load_devices (reader, self->user_id, FALSE);
  for (guint i = 0; i < stored->len; i++)
    {
      const MxStoredDevice *row = g_ptr_array_index (stored, i);
      MxDevice *known = find (self->devices, row->device_id);

      if (known != NULL)
        mx_device_update (known, session, row);
      g_ptr_array_add (devices,
                       known != NULL ? g_object_ref (known) : mx_device_new (session, row));
    }
  take_seen (self, session, devices);
  g_ptr_array_sort (devices, compare);
  if (is_same (devices, self->devices))
    return;

  g_ptr_array_unref (self->devices);
  self->devices = g_steal_pointer (&devices);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, before, self->devices->len);
}

static void
changes_cb (MxSession *session, MxStoreChanges *changes, MxDeviceList *self)
{
  if (g_hash_table_contains (changes->device_users, self->user_id))
    mx_device_list_read (self);
}

GListModel *
mx_encryption_list_devices (MxEncryption *encryption, const char *user_id)
{
  MxSession *session = NULL;
  MxDeviceList *self = NULL;

  g_return_val_if_fail (MX_IS_ENCRYPTION (encryption), NULL);

  session = mx_encryption_get_session (encryption);
  self = g_object_new (MX_TYPE_DEVICE_LIST, NULL);
  self->encryption = g_object_ref (encryption);
  if (session == NULL)
    return G_LIST_MODEL (self);

  self->is_own = user_id == NULL || g_str_equal (user_id, mx_session_get_user_id (session));
  self->user_id = g_strdup (self->is_own ? mx_session_get_user_id (session) : user_id);
  g_signal_connect_object (session, "changes", G_CALLBACK (changes_cb), self, 0);
  g_signal_connect_object (encryption,
                           "devices-listed",
                           G_CALLBACK (mx_device_list_read),
                           self,
                           G_CONNECT_SWAPPED);
  mx_device_list_read (self);
  if (self->is_own)
    dex_unref (mx_encryption_refresh_devices (encryption, NULL));

  return G_LIST_MODEL (self);
}
