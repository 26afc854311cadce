/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a session's parts tell it and what others ask it: state, connection, change sets, small
 * questions. Main thread. */
#include "config.h"

#include "mx-session-parts.h"

#include "mx-error.h"
#include "mx-json.h"
#include "mx-room-list-private.h"
#include "mx-room-private.h"
#include "mx-send-queue.h"
#include "mx-store-timeline.h"
#include "mx-sync-loop.h"

/* For sync to catch up. */
#define PATIENCE_MS 30000

static GHashTable *
read_ignored (MxStore *reader)
{
  GHashTable *ignored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *content = mx_store_get_account_data (reader, NULL, "m.ignored_user_list");
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  MxJsonIter iter;
  const char *user_id = NULL;
  MxJson value;

  if (content == NULL)
    return ignored;

  document = mx_json_document_parse (content, -1, &error);
  if (document == NULL)
    {
      g_debug ("The list of ignored users is not JSON");
      return ignored;
    }

  mx_json_iter_init (&iter, mx_json_get (mx_json_document_root (document), "ignored_users"));
  while (mx_json_iter_next (&iter, &user_id, &value))
    if (user_id != NULL)
      g_hash_table_add (ignored, g_strdup (user_id));

  return ignored;
}

static GHashTable *
get_ignored (MxSession *self)
{
  if (self->ignored == NULL)
    self->ignored = read_ignored (self->reader);

  return self->ignored;
}

/* People who are ignored do not notify. */
static gboolean
is_from_ignored (MxSession *self, const MxNotificationCandidate *candidate)
{
  g_autoptr (GError) error = NULL;
  MxTimelineRow *row = NULL;
  gboolean ignored = FALSE;

  if (self->reader == NULL || g_hash_table_size (get_ignored (self)) == 0)
    return FALSE;

  row = mx_store_load_event (self->reader, candidate->room_id, candidate->event_id, &error);
  if (row != NULL && row->event != NULL)
    ignored = mx_session_is_ignored (self, mx_event_get_sender (row->event));
  g_clear_pointer (&row, mx_timeline_row_free);

  return ignored;
}

void
mx_session_apply_changes (MxSession *self, MxStoreChanges *changes)
{
  if (self->encryption != NULL)
    mx_encryption_take_changes (self->encryption, changes);
  if (self->send_queue != NULL && (g_hash_table_size (changes->device_users) > 0 ||
                                   (changes->encryption & MX_ENCRYPTION_IDENTITY) != 0))
    mx_send_queue_trust_changed (self->send_queue);

  if (g_hash_table_size (changes->rooms) == 0 && changes->notifications->len == 0 &&
      changes->account_data->len == 0 && g_hash_table_size (changes->device_users) == 0)
    return;

  if (changes->account_data->len > 0)
    g_clear_pointer (&self->ignored, g_hash_table_unref);

  mx_room_list_apply (self->rooms, changes);
  mx_session_emit_changes (self, changes);

  for (unsigned i = 0; i + 1 < changes->decrypted->len; i += 2)
    mx_session_event_decrypted (self,
                                g_ptr_array_index (changes->decrypted, i),
                                g_ptr_array_index (changes->decrypted, i + 1));
  for (unsigned i = 0; i < changes->notifications->len; i++)
    {
      MxNotificationCandidate *candidate = g_ptr_array_index (changes->notifications, i);

      if (!is_from_ignored (self, candidate))
        mx_session_emit_notification (self, candidate);
    }
}

void
mx_session_put_account_data (MxSession *self,
                             const char *room_id,
                             const char *type,
                             const char *content)
{
  if (self->account_data != NULL)
    mx_account_data_queue_put (self->account_data, room_id, type, content);
}

void
mx_session_set_state (MxSession *self, MxSessionState state, const GError *error)
{
  g_object_freeze_notify (G_OBJECT (self));
  mx_session_set_error (self, error);
  if (self->state != state)
    {
      self->state = state;
      mx_session_notify (self, "state");
    }
  g_object_thaw_notify (G_OBJECT (self));
}

void
mx_session_set_error (MxSession *self, const GError *error)
{
  if (self->error == NULL && error == NULL)
    return;

  g_clear_error (&self->error);
  self->error = error != NULL ? g_error_copy (error) : NULL;
  mx_session_notify (self, "error");
}

void
mx_session_set_connection (MxSession *self, MxConnection connection, const GError *error)
{
  gboolean back = connection != MX_CONNECTION_OFFLINE && self->connection == MX_CONNECTION_OFFLINE;

  g_object_freeze_notify (G_OBJECT (self));
  if (self->connection_error != NULL || error != NULL)
    {
      g_clear_error (&self->connection_error);
      self->connection_error = error != NULL ? g_error_copy (error) : NULL;
      mx_session_notify (self, "connection-error");
    }
  if (self->connection != connection)
    {
      self->connection = connection;
      mx_session_notify (self, "connection");
    }
  g_object_thaw_notify (G_OBJECT (self));

  if (back)
    mx_session_nudge (self);
}

static void
connection_cb (DexPromise *promise, GParamSpec *pspec, MxSession *self)
{
  if (self->connection == MX_CONNECTION_LIVE && dex_future_is_pending (DEX_FUTURE (promise)))
    dex_promise_resolve_boolean (promise, TRUE);
}

gboolean
mx_session_wait_live (MxSession *self, MxScope *scope, GError **error)
{
  g_autoptr (DexPromise) promise = dex_promise_new ();
  g_autoptr (GError) local = NULL;
  gulong handler;

  if (!self->running || self->connection == MX_CONNECTION_LIVE)
    return TRUE;

  handler =
    g_signal_connect_swapped (self, "notify::connection", G_CALLBACK (connection_cb), promise);
  dex_await (mx_guard (scope, mx_timeout (dex_ref (DEX_FUTURE (promise)), PATIENCE_MS)), &local);
  g_signal_handler_disconnect (self, handler);
  if (!mx_scope_is_cancelled (scope))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

void
mx_session_set_waiting (MxSession *self, unsigned waiting)
{
  if (self->waiting == waiting)
    return;

  self->waiting = waiting;
  mx_session_notify (self, "outbox-waiting");
}

void
mx_session_set_profile (MxSession *self, const char *display_name, const char *avatar_url)
{
  if (g_set_str (&self->display_name, display_name))
    mx_session_notify (self, "display-name");
  if (g_set_str (&self->avatar_url, avatar_url))
    mx_session_notify (self, "avatar-url");
}

void
mx_session_set_legacy_media (MxSession *self, gboolean legacy)
{
  self->legacy_media = legacy;
}

gboolean
mx_session_has_legacy_media (MxSession *self)
{
  return self->legacy_media;
}

gboolean
mx_session_is_end (const GError *error)
{
  if (mx_error_is_transient (error))
    return FALSE; /* a 5xx of something in between, whatever it says */

  return g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_UNKNOWN_TOKEN) ||
         g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_SOFT_LOGOUT) ||
         g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_USER_DEACTIVATED);
}

void
mx_session_end (MxSession *self, const GError *error)
{
  gboolean soft = g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_SOFT_LOGOUT);

  if (self->state != MX_SESSION_OPEN)
    return;

  mx_session_set_value (self, "ended", soft ? "soft" : "hard");
  mx_session_stop (self);
  mx_send_queue_session_ended (self->send_queue);
  mx_session_set_state (self, soft ? MX_SESSION_SOFT_SIGNED_OUT : MX_SESSION_SIGNED_OUT, error);
}

gboolean
mx_session_is_ignored (MxSession *self, const char *user_id)
{
  if (self->reader == NULL || user_id == NULL)
    return FALSE;

  return g_hash_table_contains (get_ignored (self), user_id);
}

void
mx_session_subscribe_room (MxSession *self, const char *room_id, gboolean subscribe)
{
  MxRoom *room = mx_room_list_find (self->rooms, room_id);

  if (self->sync_loop != NULL)
    mx_sync_loop_subscribe (self->sync_loop, room_id, subscribe);
  if (subscribe && room != NULL && self->running)
    mx_room_complete_members (room);
}

DexFuture *
mx_session_check_online (MxSession *self)
{
  if (self->http == NULL || self->state != MX_SESSION_OPEN)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_SIGNED_OUT,
                                  "The session is not open");
  if (self->connection == MX_CONNECTION_OFFLINE)
    return dex_future_new_reject (MX_SESSION_ERROR, MX_SESSION_ERROR_OFFLINE, "No connection");

  return dex_future_new_true ();
}

MxSessionState
mx_session_get_state (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), MX_SESSION_CLOSED);

  return self->state;
}

MxConnection
mx_session_get_connection (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), MX_CONNECTION_OFFLINE);

  return self->connection;
}

const GError *
mx_session_get_error (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  return self->error;
}

const GError *
mx_session_get_connection_error (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  return self->connection_error;
}

const char *
mx_session_get_user_id (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  return self->entry->user_id;
}

const char *
mx_session_get_device_id (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  return self->entry->device_id;
}

const char *
mx_session_get_base_url (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  return self->entry->base_url;
}

const char *
mx_session_get_display_name (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  return self->display_name;
}

const char *
mx_session_get_avatar_url (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  return self->avatar_url;
}

MxRoomList *
mx_session_get_rooms (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  return self->rooms;
}

MxMediaCache *
mx_session_get_media (MxSession *session)
{
  g_return_val_if_fail (MX_IS_SESSION (session), NULL);

  return session->media;
}

MxPreferences *
mx_session_get_preferences (MxSession *session)
{
  g_return_val_if_fail (MX_IS_SESSION (session), NULL);

  return session->preferences;
}

const MxAccountEntry *
mx_session_get_entry (MxSession *self)
{
  return self->entry;
}

gboolean
mx_session_set_network (MxSession *self, const MxNetworkSettings *network, GError **error)
{
  if (self->http != NULL)
    {
      if (!mx_http_set_network (self->http, network, error))
        return FALSE;
    }
  else
    {
      g_autoptr (MxHttp) http = mx_http_new (self->entry->base_url, network, error);

      if (http == NULL)
        return FALSE;
    }
  g_set_str (&self->entry->network.proxy_uri, network->proxy_uri);
  g_set_str (&self->entry->network.ca_file, network->ca_file);
  if (self->sync_loop != NULL)
    mx_sync_loop_disturb (self->sync_loop);

  return TRUE;
}

const char *
mx_session_get_folder (MxSession *self)
{
  return self->folder;
}

MxHttp *
mx_session_get_http (MxSession *self)
{
  return self->http;
}

MxWorker *
mx_session_get_worker (MxSession *self)
{
  return self->worker;
}

MxStore *
mx_session_get_reader (MxSession *self)
{
  return self->reader;
}

MxStore *
mx_session_get_writer (MxSession *self)
{
  return self->writer;
}

MxOlmMachine *
mx_session_get_machine (MxSession *self)
{
  return self->machine;
}

MxEncryption *
mx_session_get_encryption (MxSession *session)
{
  g_return_val_if_fail (MX_IS_SESSION (session), NULL);

  return session->encryption;
}

MxScope *
mx_session_get_scope (MxSession *self)
{
  return self->scope;
}

MxTokens *
mx_session_get_tokens (MxSession *self)
{
  return self->tokens;
}

MxSyncLoop *
mx_session_get_sync_loop (MxSession *self)
{
  return self->sync_loop;
}

MxSendQueue *
mx_session_get_send_queue (MxSession *self)
{
  return self->send_queue;
}

MxReadMarkers *
mx_session_get_read_markers (MxSession *self)
{
  return self->read_markers;
}
