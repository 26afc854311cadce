/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See http-fixture.h. */
#include "config.h"

#include "http-fixture.h"

MxHttp *
http_for (LocalServer *server, const char *token)
{
  g_autoptr (GError) error = NULL;
  MxHttp *http = mx_http_new (server->base, NULL, &error);

  g_assert_no_error (error);
  if (token != NULL)
    {
      g_autoptr (MxSecret) secret = mx_secret_new_text (token);

      mx_http_set_access_token (http, secret);
    }
  return http;
}

DexFuture *
get (MxHttp *http)
{
  return mx_http_request (http, "GET", "/_matrix/client/v3/account/whoami", NULL, 0);
}

void
echo_cb (Request *request, gpointer data)
{
  g_autofree char *reply = NULL;

  reply = g_strdup_printf (
    "{\"method\":\"%s\",\"path\":\"%s\",\"token\":\"%s\",\"agent\":\"%s\",\"body\":%s}",
    soup_server_message_get_method (request->message),
    request->path,
    request->token != NULL ? request->token : "",
    soup_message_headers_get_one (soup_server_message_get_request_headers (request->message),
                                  "User-Agent"),
    *request->body != '\0' ? request->body : "null");
  respond_json (request, 200, reply);
}
