/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a room may notify, written as push rules as other clients do (spec "Push rules"): "all" and
 * "mentions" are a rule of kind room, "mute" is one of kind override that comes before every other.
 */
#include "config.h"

#include "mx-user-requests.h"
#include "mx-http-reply.h"

#include "mx-error.h"
#include "mx-matrix-id.h"
#include "mx-push-rules.h"

typedef struct
{
  MxHttp *http;
  char *room_id;
  MxRoomNotifications setting;
} PushChange;

static void
push_change_free (gpointer data)
{
  PushChange *self = data;

  g_object_unref (self->http);
  g_free (self->room_id);
  g_free (self);
}

/* notify: with a sound, else a rule that is silent. */
static char *
rule_body (const char *room_id, gboolean notify, gboolean condition)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  if (condition)
    {
      mx_json_begin_array (writer, "conditions");
      mx_json_begin_object (writer, NULL);
      mx_json_add_string (writer, "kind", "event_match");
      mx_json_add_string (writer, "key", "room_id");
      mx_json_add_string (writer, "pattern", room_id);
      mx_json_end (writer);
      mx_json_end (writer);
    }
  mx_json_begin_array (writer, "actions");
  if (notify)
    {
      mx_json_add_string (writer, NULL, "notify");
      mx_json_begin_object (writer, NULL);
      mx_json_add_string (writer, "set_tweak", "sound");
      mx_json_add_string (writer, "value", "default");
      mx_json_end (writer);
    }
  mx_json_end (writer);
  mx_json_end (writer);
  return mx_json_writer_to_text (writer);
}

static gboolean
put_rule (PushChange *self, const char *kind, gboolean notify, GError **error)
{
  gboolean override = g_str_equal (kind, "override");
  g_autofree char *path =
    mx_http_path ("/_matrix/client/v3/pushrules/global/%s/%s", kind, self->room_id);
  g_autofree char *body = rule_body (self->room_id, notify, override);

  return dex_await (mx_http_request (self->http, "PUT", path, body, 0), error);
}

static gboolean
delete_rule (PushChange *self, const char *kind, GError **error)
{
  g_autofree char *path =
    mx_http_path ("/_matrix/client/v3/pushrules/global/%s/%s", kind, self->room_id);
  g_autoptr (GError) refusal = NULL;

  if (dex_await (mx_http_request (self->http, "DELETE", path, NULL, 0), &refusal) ||
      g_error_matches (refusal, MX_MATRIX_ERROR, MX_MATRIX_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&refusal));
  return FALSE;
}

/* What is wanted is written before what is not is removed, so that no failure in between makes a
 * silent room loud. */
static DexFuture *
push_change_fiber (gpointer data)
{
  PushChange *self = data;
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;

  switch (self->setting)
    {
    case MX_ROOM_NOTIFICATIONS_MUTE:
      done = put_rule (self, "override", FALSE, &error) && delete_rule (self, "room", &error);
      break;
    case MX_ROOM_NOTIFICATIONS_MENTIONS:
      done = put_rule (self, "room", FALSE, &error) && delete_rule (self, "override", &error);
      break;
    case MX_ROOM_NOTIFICATIONS_ALL:
      done = put_rule (self, "room", TRUE, &error) && delete_rule (self, "override", &error);
      break;
    case MX_ROOM_NOTIFICATIONS_DEFAULT:
    default:
      done = delete_rule (self, "override", &error) && delete_rule (self, "room", &error);
      break;
    }

  return done ? dex_future_new_true () : dex_future_new_for_error (g_steal_pointer (&error));
}

DexFuture *
mx_push_set_room (MxHttp *http, const char *room_id, int setting)
{
  PushChange *change;

  if (!mx_room_id_is_valid (room_id))
    return mx_http_bad_id ();

  change = g_new0 (PushChange, 1);
  change->http = g_object_ref (http);
  change->room_id = g_strdup (room_id);
  change->setting = setting;
  return mx_flow_run (push_change_fiber, change, push_change_free);
}
