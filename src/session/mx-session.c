/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One signed-in account: holds its parts, wires them, starts and stops them. Each part's work is
 * in its own file: opening and closing in mx-session-open.c, what the parts tell in
 * mx-session-model.c. Main thread. */
#include "config.h"

#include "mx-session-parts.h"

#include "mx-error.h"
#include "mx-read-markers.h"
#include "mx-room-list-private.h"
#include "mx-send-queue.h"
#include "mx-sync-loop.h"

G_DEFINE_FINAL_TYPE (MxSession, mx_session, G_TYPE_OBJECT)

G_DEFINE_ENUM_TYPE (MxSessionState,
                    mx_session_state,
                    G_DEFINE_ENUM_VALUE (MX_SESSION_CLOSED, "closed"),
                    G_DEFINE_ENUM_VALUE (MX_SESSION_OPENING, "opening"),
                    G_DEFINE_ENUM_VALUE (MX_SESSION_LOCKED, "locked"),
                    G_DEFINE_ENUM_VALUE (MX_SESSION_REPAIRING, "repairing"),
                    G_DEFINE_ENUM_VALUE (MX_SESSION_OPEN, "open"),
                    G_DEFINE_ENUM_VALUE (MX_SESSION_SIGNED_OUT, "signed-out"),
                    G_DEFINE_ENUM_VALUE (MX_SESSION_SOFT_SIGNED_OUT, "soft-signed-out"))

G_DEFINE_ENUM_TYPE (MxConnection,
                    mx_connection,
                    G_DEFINE_ENUM_VALUE (MX_CONNECTION_OFFLINE, "offline"),
                    G_DEFINE_ENUM_VALUE (MX_CONNECTION_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (MX_CONNECTION_SYNCING, "syncing"),
                    G_DEFINE_ENUM_VALUE (MX_CONNECTION_LIVE, "live"))

typedef enum
{
  PROP_STATE = 1,
  PROP_CONNECTION,
  PROP_USER_ID,
  PROP_DEVICE_ID,
  PROP_DISPLAY_NAME,
  PROP_AVATAR_URL,
  PROP_ROOMS,
  PROP_OUTBOX_WAITING,
  PROP_ERROR,
  PROP_CONNECTION_ERROR,
  PROP_REPAIR_PROGRESS,
  PROP_REPAIRED,
} MxSessionProperty;

static GParamSpec *properties[PROP_REPAIRED + 1];

enum
{
  SIGNAL_CHANGES,
  SIGNAL_NOTIFY_EVENT,
  SIGNAL_EVENT_ARRIVED,
  SIGNAL_EVENT_DECRYPTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

static void
mx_session_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MxSession *self = MX_SESSION (object);

  switch ((MxSessionProperty) prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_CONNECTION:
      g_value_set_enum (value, self->connection);
      break;
    case PROP_USER_ID:
      g_value_set_string (value, self->entry->user_id);
      break;
    case PROP_DEVICE_ID:
      g_value_set_string (value, self->entry->device_id);
      break;
    case PROP_DISPLAY_NAME:
      g_value_set_string (value, self->display_name);
      break;
    case PROP_AVATAR_URL:
      g_value_set_string (value, self->avatar_url);
      break;
    case PROP_ROOMS:
      g_value_set_object (value, self->rooms);
      break;
    case PROP_OUTBOX_WAITING:
      g_value_set_uint (value, self->waiting);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_CONNECTION_ERROR:
      g_value_set_boxed (value, self->connection_error);
      break;
    case PROP_REPAIR_PROGRESS:
      g_value_set_double (value, self->repair_progress);
      break;
    case PROP_REPAIRED:
      g_value_set_boolean (value, self->repair != NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mx_session_dispose (GObject *object)
{
  MxSession *self = MX_SESSION (object);

  mx_clear_scope (&self->scope);
  mx_session_release (self);
  g_clear_object (&self->media);
  g_clear_object (&self->preferences);
  g_clear_object (&self->rooms);
  g_clear_object (&self->keyring);
  g_clear_object (&self->deployment);

  G_OBJECT_CLASS (mx_session_parent_class)->dispose (object);
}

static void
mx_session_finalize (GObject *object)
{
  MxSession *self = MX_SESSION (object);

  g_clear_pointer (&self->entry, mx_account_entry_free);
  g_clear_pointer (&self->folder, g_free);
  g_clear_pointer (&self->display_name, g_free);
  g_clear_pointer (&self->avatar_url, g_free);
  g_clear_pointer (&self->ignored, g_hash_table_unref);
  g_clear_pointer (&self->repair, mx_session_repair_free);
  g_clear_error (&self->error);
  g_clear_error (&self->connection_error);
  dex_clear (&self->nudge);
  dex_clear (&self->opening);

  G_OBJECT_CLASS (mx_session_parent_class)->finalize (object);
}

static GParamSpec *
string_property (const char *name)
{
  return g_param_spec_string (name,
                              NULL,
                              NULL,
                              NULL,
                              G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
}

static void
mx_session_class_init (MxSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = mx_session_get_property;
  object_class->dispose = mx_session_dispose;
  object_class->finalize = mx_session_finalize;

  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, mx_session_state_get_type (), MX_SESSION_CLOSED, flags);
  properties[PROP_CONNECTION] = g_param_spec_enum ("connection",
                                                   NULL,
                                                   NULL,
                                                   mx_connection_get_type (),
                                                   MX_CONNECTION_CONNECTING,
                                                   flags);
  properties[PROP_USER_ID] = string_property ("user-id");
  properties[PROP_DEVICE_ID] = string_property ("device-id");
  properties[PROP_DISPLAY_NAME] = string_property ("display-name");
  properties[PROP_AVATAR_URL] = string_property ("avatar-url");
  properties[PROP_ROOMS] = g_param_spec_object ("rooms", NULL, NULL, MX_TYPE_ROOM_LIST, flags);
  properties[PROP_OUTBOX_WAITING] =
    g_param_spec_uint ("outbox-waiting", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_CONNECTION_ERROR] =
    g_param_spec_boxed ("connection-error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_REPAIR_PROGRESS] =
    g_param_spec_double ("repair-progress", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_REPAIRED] = g_param_spec_boolean ("repaired", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SIGNAL_CHANGES] = g_signal_new ("changes",
                                          G_TYPE_FROM_CLASS (klass),
                                          G_SIGNAL_RUN_LAST,
                                          0,
                                          NULL,
                                          NULL,
                                          NULL,
                                          G_TYPE_NONE,
                                          1,
                                          MX_TYPE_STORE_CHANGES);
  signals[SIGNAL_NOTIFY_EVENT] = g_signal_new ("notify-event",
                                               G_TYPE_FROM_CLASS (klass),
                                               G_SIGNAL_RUN_LAST,
                                               0,
                                               NULL,
                                               NULL,
                                               NULL,
                                               G_TYPE_NONE,
                                               4,
                                               MX_TYPE_ROOM,
                                               G_TYPE_STRING,
                                               G_TYPE_BOOLEAN,
                                               G_TYPE_BOOLEAN);
  signals[SIGNAL_EVENT_DECRYPTED] = g_signal_new ("event-decrypted",
                                                  G_TYPE_FROM_CLASS (klass),
                                                  G_SIGNAL_RUN_LAST,
                                                  0,
                                                  NULL,
                                                  NULL,
                                                  NULL,
                                                  G_TYPE_NONE,
                                                  2,
                                                  G_TYPE_STRING,
                                                  G_TYPE_STRING);
  signals[SIGNAL_EVENT_ARRIVED] = g_signal_new ("event-arrived",
                                                G_TYPE_FROM_CLASS (klass),
                                                G_SIGNAL_RUN_LAST,
                                                0,
                                                NULL,
                                                NULL,
                                                NULL,
                                                G_TYPE_NONE,
                                                2,
                                                G_TYPE_STRING,
                                                G_TYPE_STRING);
}

static void
mx_session_init (MxSession *self)
{
  self->connection = MX_CONNECTION_CONNECTING;
  self->scope = mx_scope_new ();
  self->nudge = dex_promise_new ();
  self->rooms = mx_room_list_new (self);
  self->preferences = mx_preferences_new ();
  self->media = mx_media_cache_new (self);
}

MxSession *
mx_session_new (const MxAccountEntry *entry, const char *folder, MxKeyring *keyring)
{
  MxSession *self = g_object_new (MX_TYPE_SESSION, NULL);

  self->entry = mx_account_entry_copy (entry);
  self->folder = g_strdup (folder);
  self->keyring = g_object_ref (keyring);

  return self;
}

void
mx_session_set_deployment (MxSession *self, MxDeployment *deployment)
{
  g_set_object (&self->deployment, deployment);
}

void
mx_session_start (MxSession *self)
{
  g_return_if_fail (MX_IS_SESSION (self));

  if (self->state != MX_SESSION_OPEN || self->running)
    return;

  self->running = TRUE;
  mx_sync_loop_start (self->sync_loop);
  mx_send_queue_start (self->send_queue);
  mx_read_markers_start (self->read_markers);
  mx_account_data_queue_start (self->account_data);
  mx_encryption_start (self->encryption);
}

void
mx_session_stop (MxSession *self)
{
  g_return_if_fail (MX_IS_SESSION (self));

  mx_scope_cancel (self->scope);
  mx_scope_unref (self->scope);
  self->scope = mx_scope_new ();
  self->running = FALSE;
  mx_session_nudge (self);
}

gboolean
mx_session_is_running (MxSession *self)
{
  return self->running;
}

void
mx_session_nudge (MxSession *self)
{
  g_autoptr (DexPromise) nudge = NULL;

  g_return_if_fail (MX_IS_SESSION (self));

  nudge = g_steal_pointer (&self->nudge);
  self->nudge = dex_promise_new ();
  dex_promise_resolve_boolean (nudge, TRUE);
}

DexFuture *
mx_session_wait_nudge (MxSession *self, unsigned ms)
{
  return dex_future_first (dex_ref (DEX_FUTURE (self->nudge)), mx_sleep (ms), NULL);
}

DexFuture *
mx_session_sync_once (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  if (self->state != MX_SESSION_OPEN)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_SIGNED_OUT,
                                  "The session is not open");

  /* Also what an earlier run of the program left undone. */
  if (!self->running)
    mx_encryption_start (self->encryption);

  return mx_sync_loop_once (self->sync_loop);
}

DexFuture *
mx_session_send_waiting (MxSession *self)
{
  g_return_val_if_fail (MX_IS_SESSION (self), NULL);

  if (self->state != MX_SESSION_OPEN || (!self->running && self->connection != MX_CONNECTION_LIVE))
    return dex_future_new_true ();

  return mx_send_queue_settle (self->send_queue);
}

void
mx_session_notify (MxSession *self, const char *property)
{
  g_object_notify (G_OBJECT (self), property);
}

void
mx_session_emit_changes (MxSession *self, MxStoreChanges *changes)
{
  g_signal_emit (self, signals[SIGNAL_CHANGES], 0, changes);
}

void
mx_session_emit_notification (MxSession *self, MxNotificationCandidate *candidate)
{
  MxRoom *room = mx_room_list_find (self->rooms, candidate->room_id);

  if (room != NULL)
    g_signal_emit (self,
                   signals[SIGNAL_NOTIFY_EVENT],
                   0,
                   room,
                   candidate->event_id,
                   candidate->highlight,
                   candidate->sound);
}

void
mx_session_event_arrived (MxSession *self, const char *room_id, const char *event_id)
{
  g_signal_emit (self, signals[SIGNAL_EVENT_ARRIVED], 0, room_id, event_id);
}

void
mx_session_event_decrypted (MxSession *self, const char *room_id, const char *event_id)
{
  g_signal_emit (self, signals[SIGNAL_EVENT_DECRYPTED], 0, room_id, event_id);
}
