/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Accepting, leaving, forgetting, inviting, and how much a room may disturb: asked of the server at
 * once, and known to the store as soon as it agreed. Main thread. */
#include "config.h"

#include "mx-room-private.h"

#include "mx-direct-rooms.h"
#include "mx-error.h"
#include "mx-matrix-id.h"
#include "mx-room-requests.h"
#include "mx-store-room-sessions.h"
#include "mx-user-requests.h"

/* An act that somebody waits for does not wait longer. */
#define PATIENCE_MS 60000

typedef enum
{
  ACT_ACCEPT,
  ACT_LEAVE,
  ACT_FORGET,
  ACT_INVITE,
  ACT_NOTIFICATIONS,
} MxRoomAct;

typedef struct
{
  MxRoomAct act;
  MxSession *session;
  char *room_id;
  char *user_id; /* INVITE */
  char *server;  /* ACCEPT: of the inviter, who knows the room */
  char *direct;  /* ACCEPT: the inviter, of a direct message */
  MxRoomNotifications notifications;
} MxRoomActRun;

static void
mx_room_act_run_free (gpointer data)
{
  MxRoomActRun *run = data;

  g_clear_object (&run->session);
  g_free (run->room_id);
  g_free (run->user_id);
  g_free (run->server);
  g_free (run->direct);
  g_free (run);
}

static gboolean
joined_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return mx_store_set_membership (store, data, MX_MEMBERSHIP_JOIN, changes, error);
}

static gboolean
left_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return mx_store_set_membership (store, data, MX_MEMBERSHIP_LEAVE, changes, error);
}

static gboolean
forgotten_work (MxStore *store,
                MxStoreChanges *changes,
                gpointer data,
                GValue *result,
                GError **error)
{
  return mx_store_forget_room (store, data, changes, error);
}

/* From now on keys go to them, too, whenever sync brings the event (E2E-025). The flow waits for
 * it, whatever ends. */
static gboolean
invited_work (MxStore *store,
              MxStoreChanges *changes,
              gpointer data,
              GValue *result,
              GError **error)
{
  const MxRoomActRun *run = data;

  return mx_store_add_invited (store, run->room_id, run->user_id, changes, error);
}

static DexFuture *
ask_server (MxRoomActRun *run)
{
  MxHttp *http = mx_session_get_http (run->session);
  const char *via[] = { run->server, NULL };

  switch (run->act)
    {
    case ACT_ACCEPT:
      return mx_rooms_join (http, run->room_id, via);
    case ACT_LEAVE:
      return mx_rooms_leave (http, run->room_id);
    case ACT_FORGET:
      return mx_rooms_forget (http, run->room_id);
    case ACT_INVITE:
      return mx_rooms_invite (http, run->room_id, run->user_id);
    case ACT_NOTIFICATIONS:
      return mx_push_set_room (http, run->room_id, run->notifications);
    default:
      g_assert_not_reached ();
    }
}

static DexFuture *
tell_store (MxRoomActRun *run)
{
  switch (run->act)
    {
    case ACT_ACCEPT:
      return mx_session_write (run->session, joined_work, g_strdup (run->room_id), g_free);
    case ACT_LEAVE:
      return mx_session_write (run->session, left_work, g_strdup (run->room_id), g_free);
    case ACT_FORGET:
      return mx_session_write (run->session, forgotten_work, g_strdup (run->room_id), g_free);
    case ACT_INVITE:
      return mx_session_write (run->session, invited_work, run, NULL);
    case ACT_NOTIFICATIONS:
      return dex_future_new_true ();
    default:
      g_assert_not_reached ();
    }
}

/* A room that the server no longer lists us in may be left and forgotten all the same. */
static gboolean
is_done_already (MxRoomActRun *run, const GError *error)
{
  return run->act == ACT_FORGET && error->domain == MX_MATRIX_ERROR &&
         (error->code == MX_MATRIX_ERROR_NOT_FOUND || mx_matrix_error_get_status (error) == 400);
}

static DexFuture *
act_fiber (gpointer data)
{
  MxRoomActRun *run = data;
  g_autoptr (MxScope) scope = mx_scope_ref (mx_session_get_scope (run->session));
  GError *error = NULL;

  if (!dex_await (mx_session_check_online (run->session), &error))
    return dex_future_new_for_error (error);
  if (!dex_await (mx_guard (scope, mx_timeout (ask_server (run), PATIENCE_MS)), &error))
    {
      if (!is_done_already (run, error))
        return dex_future_new_for_error (error);
      g_clear_error (&error);
    }
  if (!dex_await (tell_store (run), &error))
    return dex_future_new_for_error (error);
  if (run->direct != NULL &&
      !dex_await (mx_direct_rooms_add (run->session, run->direct, run->room_id), &error))
    return dex_future_new_for_error (error);

  return dex_future_new_true ();
}

static MxRoomActRun *
act_new (MxRoom *self, MxRoomAct act)
{
  MxRoomActRun *run = NULL;

  if (self->session == NULL)
    return NULL;

  run = g_new0 (MxRoomActRun, 1);
  run->act = act;
  run->session = g_object_ref (self->session);
  run->room_id = g_strdup (self->id);

  return run;
}

/* Takes run. */
static DexFuture *
act_start (MxRoomActRun *run)
{
  if (run == NULL)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_SIGNED_OUT,
                                  "The session is not open");

  return mx_flow_run (act_fiber, run, mx_room_act_run_free);
}

DexFuture *
mx_room_accept (MxRoom *self)
{
  MxRoomActRun *run = NULL;

  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  run = act_new (self, ACT_ACCEPT);
  if (run != NULL && self->row->inviter != NULL)
    {
      run->server = g_strdup (mx_id_get_server (self->row->inviter));
      run->direct = self->row->is_direct ? g_strdup (self->row->inviter) : NULL;
    }

  return act_start (run);
}

DexFuture *
mx_room_leave (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  return act_start (act_new (self, ACT_LEAVE));
}

DexFuture *
mx_room_forget (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  return act_start (act_new (self, ACT_FORGET));
}

DexFuture *
mx_room_invite (MxRoom *self, const char *user_id)
{
  MxRoomActRun *run = NULL;

  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  if (!mx_user_id_is_valid (user_id))
    return dex_future_new_reject (MX_SESSION_ERROR, MX_SESSION_ERROR_BAD_INPUT, "Not a user id");

  run = act_new (self, ACT_INVITE);
  if (run != NULL)
    run->user_id = g_strdup (user_id);

  return act_start (run);
}

DexFuture *
mx_room_set_notifications (MxRoom *self, MxRoomNotifications setting)
{
  MxRoomActRun *run = NULL;

  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  run = act_new (self, ACT_NOTIFICATIONS);
  if (run != NULL)
    run->notifications = setting;

  return act_start (run);
}
