/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The verifications of an account: a list, their clock, and those that the user asks for. */
#include "config.h"

#include "mx-verification-inbox.h"

#include <glib/gi18n-lib.h>

#include "mx-device-tracker.h"
#include "mx-error.h"
#include "mx-olm-outbox.h"
#include "mx-room-list.h"
#include "mx-send-queue.h"
#include "mx-store-devices.h"
#include "mx-store-verification.h"
#include "mx-verification-record.h"

#define MAX_ENDED  256
#define DEVICES_MS 15000
#define REQUEST_MS 60000 /* until the server has a request */

static void mx_verifications_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MxVerifications,
                               mx_verifications,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      mx_verifications_list_model_init))

static guint signal_request;

static GType
get_item_type (GListModel *model)
{
  return MX_TYPE_VERIFICATION;
}

static guint
get_n_items (GListModel *model)
{
  return MX_VERIFICATIONS (model)->items->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  MxVerifications *self = MX_VERIFICATIONS (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                     : NULL;
}

static void
mx_verifications_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

static void
mx_verifications_finalize (GObject *object)
{
  MxVerifications *self = MX_VERIFICATIONS (object);

  mx_verifications_close (self);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->by_key, g_hash_table_unref);
  g_queue_clear (&self->ended_order);
  g_clear_pointer (&self->ended, g_hash_table_unref);
  g_clear_pointer (&self->waiting, g_hash_table_unref);
  g_clear_pointer (&self->expected, g_hash_table_unref);
  g_clear_pointer (&self->sending, g_hash_table_unref);
  g_clear_pointer (&self->recorded, g_hash_table_unref);

  G_OBJECT_CLASS (mx_verifications_parent_class)->finalize (object);
}

static void
mx_verifications_class_init (MxVerificationsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_verifications_finalize;

  signal_request = g_signal_new ("request",
                                 G_TYPE_FROM_CLASS (klass),
                                 G_SIGNAL_RUN_LAST,
                                 0,
                                 NULL,
                                 NULL,
                                 NULL,
                                 G_TYPE_NONE,
                                 1,
                                 MX_TYPE_VERIFICATION);
}

static GHashTable *
notes_table (void)
{
  return g_hash_table_new_full (g_str_hash,
                                g_str_equal,
                                g_free,
                                (GDestroyNotify) g_ptr_array_unref);
}

static void
mx_verifications_init (MxVerifications *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->by_key = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ended = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_queue_init (&self->ended_order);
  self->waiting = notes_table ();
  self->expected = notes_table ();
  self->sending = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->recorded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

MxVerifications *
mx_verifications_new (MxSession *session)
{
  MxVerifications *self = g_object_new (MX_TYPE_VERIFICATIONS, NULL);

  self->session = session;

  return self;
}

void
mx_verifications_start (MxVerifications *self)
{
  MxStore *reader = self->session != NULL ? mx_session_get_reader (self->session) : NULL;
  MxSendQueue *queue = self->session != NULL ? mx_session_get_send_queue (self->session) : NULL;
  g_auto (GStrv) stale = NULL;

  if (reader == NULL || queue == NULL)
    return;

  stale = mx_store_load_stale_verification (reader);
  for (char **txn_id = stale; *txn_id != NULL; txn_id++)
    if (!g_hash_table_contains (self->sending, *txn_id))
      mx_send_queue_remove (queue, *txn_id);
  mx_verification_record_end_earlier (self);
}

/* -- The list and its clock */

char *
mx_verifications_make_key (const char *room_id, const char *transaction_id)
{
  return g_strconcat (room_id != NULL ? room_id : "", " ", transaction_id, NULL);
}

MxVerification *
mx_verifications_find (MxVerifications *self, const char *key)
{
  return g_hash_table_lookup (self->by_key, key);
}

MxVerificationSpec
mx_verifications_spec (MxVerifications *self,
                       const char *user_id,
                       const char *room_id,
                       const char *transaction_id,
                       gint64 created_ms)
{
  return (MxVerificationSpec) {
    .host = &mx_verification_host,
    .host_data = self,
    .own_user_id = mx_session_get_user_id (self->session),
    .own_device_id = mx_session_get_device_id (self->session),
    .user_id = user_id,
    .room_id = room_id,
    .transaction_id = transaction_id,
    .created_ms = created_ms,
  };
}

void
mx_verifications_note_end (MxVerifications *self, const char *key)
{
  char *owned = NULL;

  if (g_hash_table_contains (self->ended, key))
    return;

  owned = g_strdup (key);
  g_hash_table_add (self->ended, owned);
  g_queue_push_tail (&self->ended_order, owned);
  while (self->ended_order.length > MAX_ENDED)
    g_hash_table_remove (self->ended, g_queue_pop_head (&self->ended_order));
}

static void
remove_ended (MxVerifications *self)
{
  for (guint i = self->items->len; i > 0; i--)
    {
      g_autoptr (MxVerification) item = g_object_ref (g_ptr_array_index (self->items, i - 1));
      g_autofree char *key = mx_verifications_make_key (mx_verification_get_room_id (item),
                                                        mx_verification_get_transaction_id (item));

      if (!mx_verification_is_over (item))
        continue;
      mx_verifications_note_end (self, key);
      g_hash_table_remove (self->by_key, key);
      mx_verification_forget_host (item);
      g_ptr_array_remove_index (self->items, i - 1);
      g_list_model_items_changed (G_LIST_MODEL (self), i - 1, 1, 0);
    }
}

static gboolean
timer_cb (gpointer data)
{
  MxVerifications *self = data;
  g_autoptr (GPtrArray) items =
    g_ptr_array_copy (self->items, (GCopyFunc) (void (*) (void)) g_object_ref, NULL);
  gint64 next = G_MAXINT64;

  g_ptr_array_set_free_func (items, g_object_unref);
  self->timer = 0;
  for (guint i = 0; i < items->len; i++)
    next = MIN (next, mx_verification_check_time (g_ptr_array_index (items, i)));

  remove_ended (self);
  if (self->items->len > 0 && self->timer == 0)
    self->timer =
      g_timeout_add ((guint) CLAMP (next - mx_verifications_now (), 10, MX_VERIFICATION_LIFE_MS),
                     timer_cb,
                     self);

  return G_SOURCE_REMOVE;
}

/* Soon: it may have called from the middle of a step. */
static void
look_soon (MxVerifications *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_idle_add_full (G_PRIORITY_DEFAULT, timer_cb, self, NULL);
}

void
mx_verifications_changed (MxVerification *verification, gpointer data)
{
  /* who could not be told is told by the next run */
  if (mx_verification_is_over (verification) &&
      g_strcmp0 (mx_verification_get_cancel_code (verification), MX_VERIFICATION_NOT_SENT) != 0)
    mx_verification_record_drop (data, verification);
  look_soon (data);
}

void
mx_verifications_add (MxVerifications *self, MxVerification *verification)
{
  char *key = mx_verifications_make_key (mx_verification_get_room_id (verification),
                                         mx_verification_get_transaction_id (verification));

  mx_verification_set_list (verification, self);
  g_hash_table_replace (self->by_key, key, verification);
  g_ptr_array_add (self->items, verification);
  g_list_model_items_changed (G_LIST_MODEL (self), self->items->len - 1, 0, 1);
  look_soon (self);
}

void
mx_verifications_close (MxVerifications *self)
{
  guint n = self->items->len;

  self->session = NULL;
  g_clear_handle_id (&self->timer, g_source_remove);
  for (guint i = 0; i < n; i++)
    mx_verification_forget_host (g_ptr_array_index (self->items, i));
  g_hash_table_remove_all (self->by_key);
  g_ptr_array_set_size (self->items, 0);
  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
}

/* -- Our requests */

/* All others of ours that take part in encryption; when none is known, whoever there is. */
static GStrv
list_own_devices (MxVerifications *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GPtrArray) devices = mx_store_load_devices (mx_session_get_reader (self->session),
                                                         mx_session_get_user_id (self->session),
                                                         FALSE);
  guint n = 0;

  for (guint i = 0; i < devices->len; i++)
    {
      const MxStoredDevice *device = g_ptr_array_index (devices, i);

      if (device->is_dehydrated ||
          g_str_equal (device->device_id, mx_session_get_device_id (self->session)))
        continue;
      g_strv_builder_add (builder, device->device_id);
      n++;
    }
  if (n == 0)
    g_strv_builder_add (builder, "*");

  return g_strv_builder_end (builder);
}

MxVerification *
mx_verifications_request_own (MxVerifications *self, const char *device_id)
{
  g_autofree char *uuid = g_uuid_string_random ();
  g_auto (GStrv) devices = NULL;
  g_autofree char *content = NULL;
  gint64 now = mx_verifications_now ();
  MxVerification *verification = NULL;
  MxVerificationSpec spec;

  g_return_val_if_fail (MX_IS_VERIFICATIONS (self), NULL);

  if (self->session == NULL || mx_session_get_reader (self->session) == NULL)
    return NULL;

  if (device_id != NULL)
    devices = g_strdupv ((char *[]) { (char *) device_id, NULL });
  else
    devices = list_own_devices (self);
  content = mx_verification_write_request (uuid, mx_session_get_device_id (self->session), now);
  spec = mx_verifications_spec (self, mx_session_get_user_id (self->session), NULL, uuid, now);
  verification = mx_verification_new_outgoing (&spec, (const char *const *) devices);
  mx_verification_record_keep (self, verification, (const char *const *) devices);
  mx_verifications_send (self,
                         mx_session_get_user_id (self->session),
                         (const char *const *) devices,
                         MX_VERIFICATION_REQUEST,
                         content);
  mx_verifications_add (self, verification);

  return verification;
}

typedef struct
{
  MxVerifications *self;
  MxSession *session;
  MxScope *scope;
  char *user_id;
  char *room_id;
  char *txn_id; /* in the send queue */
} MxRequest;

static void
mx_request_free (gpointer data)
{
  MxRequest *request = data;

  g_clear_object (&request->self);
  g_clear_object (&request->session);
  g_clear_pointer (&request->scope, mx_scope_unref);
  g_free (request->user_id);
  g_free (request->room_id);
  g_free (request->txn_id);
  g_free (request);
}

/* On the main loop. */
static gboolean
send_request (MxSession *session, gpointer data, GError **error)
{
  MxRequest *request = data;
  MxRoom *room = mx_room_list_find (mx_session_get_rooms (session), request->room_id);
  g_autofree char *body = NULL;
  g_autofree char *content = NULL;

  if (room == NULL)
    {
      g_set_error_literal (error,
                           MX_SESSION_ERROR,
                           MX_SESSION_ERROR_NO_SUCH_ROOM,
                           "The room is gone");
      return FALSE;
    }
  if (g_hash_table_contains (request->self->expected, request->room_id))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "A request is on its way");
      return FALSE;
    }

  body =
    g_strdup_printf (_ ("%s asks you to compare emoji, but your application does not know how. "
                        "Please use another one."),
                     mx_room_get_member_name (room, mx_session_get_user_id (session)));
  content =
    mx_verification_write_room_request (mx_session_get_device_id (session), request->user_id, body);
  if (!mx_room_send_content (room, "m.room.message", content, &request->txn_id, error))
    return FALSE;

  g_hash_table_add (request->self->sending, g_strdup (request->txn_id));
  mx_verifications_expect (request->self, request->room_id);

  return TRUE;
}

/* On the main loop: the room's answers have something to belong to now. */
static gboolean
add_request (MxSession *session, gpointer data, GError **error)
{
  MxRequest *request = data;
  g_autofree char *event_id = g_steal_pointer (&request->txn_id);
  MxVerificationSpec spec = mx_verifications_spec (request->self,
                                                   request->user_id,
                                                   request->room_id,
                                                   event_id,
                                                   mx_verifications_now ());
  MxVerification *verification = mx_verification_new_outgoing (&spec, NULL);

  mx_verification_record_keep (request->self, verification, NULL);
  mx_verifications_add (request->self, verification);
  /* kept for the result */
  request->txn_id = mx_verifications_make_key (request->room_id, event_id);

  return TRUE;
}

/* On the main loop: it did not leave, and shall not leave later. */
static gboolean
withdraw_request (MxSession *session, gpointer data, GError **error)
{
  MxRequest *request = data;
  MxSendQueue *queue = mx_session_get_send_queue (session);

  if (queue != NULL)
    mx_send_queue_remove (queue, request->txn_id);

  return TRUE;
}

static DexFuture *
find_room (MxRequest *request)
{
  MxRoom *room =
    mx_room_list_find_direct (mx_session_get_rooms (request->session), request->user_id);
  const char *const invite[] = { request->user_id, NULL };
  const MxNewRoom spec = { .direct = TRUE, .encrypted = TRUE, .invite = invite };

  if (room != NULL)
    return dex_future_new_take_string (g_strdup (mx_room_get_id (room)));

  return mx_session_create_room (request->session, &spec);
}

static DexFuture *
request_fiber (gpointer data)
{
  MxRequest *request = data;
  const char *const users[] = { request->user_id, NULL };
  g_autofree char *event_id = NULL;
  g_autoptr (GError) late = NULL;
  g_autoptr (GError) ignored = NULL;
  GError *error = NULL;
  MxVerification *verification = NULL;

  if (!dex_await (mx_session_check_online (request->session), &error))
    return dex_future_new_for_error (error);
  if (!dex_await (mx_guard (request->scope,
                            mx_timeout (mx_device_tracker_ensure (request->session, users),
                                        DEVICES_MS)),
                  &late))
    g_debug ("The devices of somebody could not be asked for");

  request->room_id = dex_await_string (mx_guard (request->scope, find_room (request)), &error);
  if (request->room_id == NULL ||
      !dex_await (mx_session_call (request->session, send_request, request), &error))
    return dex_future_new_for_error (error);

  event_id = dex_await_string (mx_guard (request->scope,
                                         mx_timeout (mx_send_queue_wait (mx_session_get_send_queue (
                                                                           request->session),
                                                                         request->txn_id),
                                                     REQUEST_MS)),
                               &error);
  g_hash_table_remove (request->self->sending, request->txn_id);
  if (event_id == NULL)
    {
      if (!dex_await (mx_session_call (request->session, withdraw_request, request), &ignored))
        g_debug ("A request could not be withdrawn");
      mx_verifications_expect_no_more (request->self, request->room_id);
      return dex_future_new_for_error (error);
    }

  g_free (request->txn_id);
  request->txn_id = g_steal_pointer (&event_id);
  if (!dex_await (mx_session_call (request->session, add_request, request), &error))
    return dex_future_new_for_error (error);
  verification = mx_verifications_find (request->self, request->txn_id);
  mx_verifications_expect_no_more (request->self, request->room_id);

  return dex_future_new_take_object (g_object_ref (verification));
}

DexFuture *
mx_verifications_request_user (MxVerifications *self, const char *user_id)
{
  MxRequest *request = NULL;

  g_return_val_if_fail (MX_IS_VERIFICATIONS (self), NULL);
  g_return_val_if_fail (user_id != NULL, NULL);

  if (self->session == NULL)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_SIGNED_OUT,
                                  "The session is not open");

  request = g_new0 (MxRequest, 1);
  request->self = g_object_ref (self);
  request->session = g_object_ref (self->session);
  request->scope = mx_scope_ref (mx_session_get_scope (self->session));
  request->user_id = g_strdup (user_id);

  return mx_flow_run (request_fiber, request, mx_request_free);
}

DexFuture *
mx_verification_retry (MxVerification *self)
{
  g_autoptr (MxVerifications) list = NULL;
  MxVerification *again = NULL;

  g_return_val_if_fail (MX_IS_VERIFICATION (self), NULL);

  list = mx_verification_dup_list (self);
  if (list != NULL && !mx_verification_is_own (self))
    return mx_verifications_request_user (list, mx_verification_get_user_id (self));
  if (list != NULL)
    again = mx_verifications_request_own (list, mx_verification_get_device_id (self));
  if (again == NULL)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_SIGNED_OUT,
                                  "The session is not open");

  return dex_future_new_take_object (g_object_ref (again));
}

static gboolean
no_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return TRUE;
}

static DexFuture *
flush_fiber (gpointer data)
{
  MxSession *session = data;
  GError *error = NULL;

  /* what was said is queued by writes before this one */
  if (!dex_await (mx_session_write (session, no_work, NULL, NULL), &error))
    return dex_future_new_for_error (error);

  return mx_olm_outbox_flush (session);
}

DexFuture *
mx_verification_flush (MxVerification *self)
{
  g_autoptr (MxVerifications) list = NULL;

  g_return_val_if_fail (MX_IS_VERIFICATION (self), NULL);

  list = mx_verification_dup_list (self);
  if (list == NULL || list->session == NULL)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_SIGNED_OUT,
                                  "The session is not open");

  return mx_flow_run (flush_fiber, g_object_ref (list->session), g_object_unref);
}

char *
mx_verification_dup_user_name (MxVerification *self)
{
  g_autoptr (MxVerifications) list = NULL;
  const char *user_id = NULL;
  MxRoomList *rooms = NULL;
  MxRoom *room = NULL;

  g_return_val_if_fail (MX_IS_VERIFICATION (self), NULL);

  user_id = mx_verification_get_user_id (self);
  list = mx_verification_dup_list (self);
  rooms = list != NULL && list->session != NULL ? mx_session_get_rooms (list->session) : NULL;
  if (rooms != NULL && mx_verification_get_room_id (self) != NULL)
    room = mx_room_list_find (rooms, mx_verification_get_room_id (self));

  return g_strdup (room != NULL ? mx_room_get_member_name (room, user_id) : user_id);
}
