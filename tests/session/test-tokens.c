/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Refreshing: once for however many refused requests, on disk before its first use, the old refresh
 * token while the network fails, never again after a refusal. */
#include "config.h"

#include "local-server.h"
#include "mx-error.h"
#include "mx-tokens.h"

#define REQUESTS 8

typedef struct
{
  LocalServer *server;
  MxHttp *http;
  MxTokens *tokens;
  unsigned refreshes;
  unsigned failures; /* how many refreshes the server answers with this status first */
  unsigned failure_status;
  unsigned saves;
  char *saved;   /* access token on disk */
  gboolean used; /* before it was saved */
} Fixture;

static void
server_cb (Request *request, gpointer data)
{
  Fixture *self = data;

  if (strstr (request->path, "/refresh") != NULL)
    {
      g_autofree char *answer = NULL;

      g_assert_nonnull (strstr (request->body, "\"old-refresh\""));
      self->refreshes++;
      if (self->refreshes <= self->failures)
        {
          respond_json (request,
                        self->failure_status,
                        self->failure_status == 401 ? "{\"errcode\":\"M_UNKNOWN_TOKEN\"}" : "{}");
          return;
        }
      respond_json (
        request,
        200,
        "{\"access_token\":\"new\",\"refresh_token\":\"new-refresh\",\"expires_in_ms\":600000}");
      return;
    }

  if (g_strcmp0 (request->token, "new") != 0)
    {
      respond_json (request, 401, "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"soft_logout\":true}");
      return;
    }
  self->used |= g_strcmp0 (self->saved, "new") != 0;
  respond_json (request, 200, "{}");
}

static DexFuture *
save_cb (MxSecret *access, MxSecret *refresh, gint64 expires_at, gpointer data)
{
  Fixture *self = data;

  g_assert_cmpstr (mx_secret_get_text (refresh), ==, "new-refresh");
  self->saves++;
  g_set_str (&self->saved, mx_secret_get_text (access));

  return dex_future_new_true ();
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) access = mx_secret_new_text ("old");
  g_autoptr (MxSecret) refresh = mx_secret_new_text ("old-refresh");
  g_autoptr (GError) error = NULL;

  self->server = local_server_new (server_cb, self);
  self->http = mx_http_new (self->server->base, NULL, &error);
  g_assert_no_error (error);
  self->tokens = mx_tokens_new (self->http, save_cb, self);
  mx_tokens_set (self->tokens, access, refresh, 0);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  mx_tokens_stop (self->tokens);
  await_finalized (self->tokens);
  await_finalized (self->http);
  local_server_free (self->server);
  g_free (self->saved);
}

static DexFuture *
ask (Fixture *self)
{
  return mx_http_request (self->http, "GET", "/_matrix/client/v3/account/whoami", NULL, 0);
}

static void
test_single_flight (Fixture *self, gconstpointer data)
{
  DexFuture *requests[REQUESTS];

  for (unsigned i = 0; i < REQUESTS; i++)
    requests[i] = ask (self);
  for (unsigned i = 0; i < REQUESTS; i++)
    {
      g_autoptr (GError) error = NULL;

      await_true (dex_future_all (requests[i], NULL), &error);
      g_assert_no_error (error);
    }

  g_assert_cmpuint (self->refreshes, ==, 1);
  g_assert_cmpuint (self->saves, ==, 1);
  g_assert_false (self->used);
}

/* The network failed: the request fails with its own error, and the next one tries the same refresh
 * token again. */
static void
test_server_failure (Fixture *self, gconstpointer data)
{
  g_autofree char *answer = NULL;
  g_autoptr (GError) error = NULL;

  self->failures = 1;
  self->failure_status = 502;
  await_error (mx_tokens_refresh (self->tokens), MX_MATRIX_ERROR, MX_MATRIX_ERROR_SERVER);
  g_assert_cmpuint (self->saves, ==, 0);

  answer = await_text (ask (self), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (self->refreshes, ==, 2);
  g_assert_cmpuint (self->saves, ==, 1);
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  self->failures = G_MAXUINT;
  self->failure_status = 401;
  await_error (ask (self), MX_MATRIX_ERROR, MX_MATRIX_ERROR_SOFT_LOGOUT);
  g_assert_cmpuint (self->refreshes, ==, 1);
  await_error (ask (self), MX_MATRIX_ERROR, MX_MATRIX_ERROR_SOFT_LOGOUT);
  g_assert_cmpuint (self->refreshes, ==, 1);
  g_assert_cmpuint (self->saves, ==, 0);
}

/* Before it expires, without being refused first. */
static void
test_in_advance (Fixture *self, gconstpointer data)
{
  g_autoptr (MxSecret) access = mx_secret_new_text ("old");
  g_autoptr (MxSecret) refresh = mx_secret_new_text ("old-refresh");
  g_autoptr (GError) error = NULL;

  mx_tokens_set (self->tokens, access, refresh, g_get_real_time () / 1000 - 1);
  await_true (mx_tokens_ensure (self->tokens), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (self->refreshes, ==, 1);
  g_assert_cmpstr (self->saved, ==, "new");

  await_true (mx_tokens_ensure (self->tokens), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (self->refreshes, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  g_test_add ("/tokens/single-flight", Fixture, NULL, set_up, test_single_flight, tear_down);
  g_test_add ("/tokens/server-failure", Fixture, NULL, set_up, test_server_failure, tear_down);
  g_test_add ("/tokens/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/tokens/in-advance", Fixture, NULL, set_up, test_in_advance, tear_down);

  return g_test_run ();
}
