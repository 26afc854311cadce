/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Sign-in, refresh and sign-out endpoints. */
#include "config.h"

#include "mx-login.h"
#include "mx-http-reply.h"

#include "mx-matrix-id.h"

#include <string.h>

#define MAX_TOKEN 8192

G_DEFINE_BOXED_TYPE (MxLoginReply, mx_login_reply, mx_login_reply_copy, mx_login_reply_free)

MxLoginReply *
mx_login_reply_copy (const MxLoginReply *self)
{
  MxLoginReply *copy = g_new0 (MxLoginReply, 1);

  copy->user_id = g_strdup (self->user_id);
  copy->device_id = g_strdup (self->device_id);
  copy->base_url = g_strdup (self->base_url);
  copy->access_token = self->access_token != NULL ? mx_secret_ref (self->access_token) : NULL;
  copy->refresh_token = self->refresh_token != NULL ? mx_secret_ref (self->refresh_token) : NULL;
  copy->expires_in_ms = self->expires_in_ms;
  return copy;
}

void
mx_login_reply_free (MxLoginReply *self)
{
  g_free (self->user_id);
  g_free (self->device_id);
  g_free (self->base_url);
  g_clear_pointer (&self->access_token, mx_secret_unref);
  g_clear_pointer (&self->refresh_token, mx_secret_unref);
  g_free (self);
}

/* A token goes into a header line, so it must be a visible ASCII word. */
static MxSecret *
dup_token (MxJson root, const char *member)
{
  const char *text = mx_json_get_string (root, member);

  if (text == NULL || *text == '\0' || strlen (text) > MAX_TOKEN)
    return NULL;
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return NULL;
  return mx_secret_new_text (text);
}

static gpointer
decode_tokens (MxJson root, GError **error)
{
  g_autoptr (MxLoginReply) reply = g_new0 (MxLoginReply, 1);

  reply->access_token = dup_token (root, "access_token");
  reply->refresh_token = dup_token (root, "refresh_token");
  reply->expires_in_ms = MAX (mx_json_int (mx_json_get (root, "expires_in_ms"), -1), -1);
  if (reply->access_token == NULL)
    {
      mx_http_set_invalid (error, "The answer has no access token");
      return NULL;
    }
  return g_steal_pointer (&reply);
}

static gpointer
decode_login (MxJson root, GError **error)
{
  g_autoptr (MxLoginReply) reply = decode_tokens (root, error);
  const char *user_id = mx_json_get_string (root, "user_id");
  const char *device_id = mx_json_get_string (root, "device_id");
  const char *base_url =
    mx_json_string (mx_json_path (root, "well_known", "m.homeserver", "base_url", NULL));

  if (reply == NULL)
    return NULL;
  if (user_id == NULL || !mx_user_id_is_valid (user_id) || device_id == NULL || *device_id == '\0')
    {
      mx_http_set_invalid (error, "The answer does not say who signed in");
      return NULL;
    }

  reply->user_id = g_strdup (user_id);
  reply->device_id = g_strdup (device_id);
  if (base_url != NULL && g_str_has_prefix (base_url, "https://"))
    {
      reply->base_url = g_strdup (base_url);
      for (gsize length = strlen (base_url); length > 0 && reply->base_url[length - 1] == '/';
           length--)
        reply->base_url[length - 1] = '\0';
    }
  return g_steal_pointer (&reply);
}

/* Ends writer's object and sends it. */
static DexFuture *
send_login (MxHttp *http, MxJsonWriter *writer, const char *device_id, const char *device_name)
{
  DexFuture *request;
  char *body;

  mx_json_add_string (writer, "device_id", device_id);
  mx_json_add_string (writer, "initial_device_display_name", device_name);
  mx_json_add_bool (writer, "refresh_token", TRUE);
  mx_json_end (writer);
  body = mx_json_writer_to_text (writer);

  request = mx_http_request (http,
                             "POST",
                             "/_matrix/client/v3/login",
                             body,
                             MX_HTTP_NO_AUTH | MX_HTTP_NO_REFRESH);
  mx_wipe_free (body);
  return mx_http_reply_boxed (request, MX_TYPE_LOGIN_REPLY, decode_login);
}

/* As servers take it: a whole id begins with @, a name alone does not. */
static char *
dup_user (const char *typed)
{
  gboolean whole = strchr (typed, ':') != NULL;

  if (whole)
    return g_strconcat (*typed == '@' ? "" : "@", typed, NULL);
  return g_strdup (*typed == '@' ? typed + 1 : typed);
}

DexFuture *
mx_login_password (MxHttp *http,
                   const char *user,
                   MxSecret *password,
                   const char *device_id,
                   const char *device_name)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  gboolean email = *user != '@' && strchr (user, '@') != NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "type", "m.login.password");
  mx_json_begin_object (writer, "identifier");
  mx_json_add_string (writer, "type", email ? "m.id.thirdparty" : "m.id.user");
  if (email)
    {
      g_autofree char *address = g_ascii_strdown (user, -1);

      mx_json_add_string (writer, "medium", "email");
      mx_json_add_string (writer, "address", address);
    }
  else
    {
      g_autofree char *name = dup_user (user);

      mx_json_add_string (writer, "user", name);
    }
  mx_json_end (writer);
  mx_json_add_string (writer, "password", mx_secret_get_text (password));
  return send_login (http, writer, device_id, device_name);
}

DexFuture *
mx_login_token (MxHttp *http, const char *token, const char *device_id, const char *device_name)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "type", "m.login.token");
  mx_json_add_string (writer, "token", token);
  return send_login (http, writer, device_id, device_name);
}

DexFuture *
mx_login_refresh (MxHttp *http, MxSecret *refresh_token)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  DexFuture *request;
  char *body;

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "refresh_token", mx_secret_get_text (refresh_token));
  mx_json_end (writer);
  body = mx_json_writer_to_text (writer);

  request = mx_http_request (http,
                             "POST",
                             "/_matrix/client/v3/refresh",
                             body,
                             MX_HTTP_NO_AUTH | MX_HTTP_NO_REFRESH);
  mx_wipe_free (body);
  return mx_http_reply_boxed (request, MX_TYPE_LOGIN_REPLY, decode_tokens);
}

DexFuture *
mx_login_logout (MxHttp *http)
{
  return mx_http_reply_done (
    mx_http_request (http, "POST", "/_matrix/client/v3/logout", "{}", MX_HTTP_NO_REFRESH));
}

DexFuture *
mx_login_whoami (MxHttp *http)
{
  return mx_http_reply_string (
    mx_http_request (http, "GET", "/_matrix/client/v3/account/whoami", NULL, 0),
    "user_id",
    mx_user_id_is_valid);
}
