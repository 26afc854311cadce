/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Signing in: what is cancelled leaves no device behind, and what was typed is remembered. */
#include "config.h"

#include "local-server.h"
#include "mx-sign-in.h"

#include <glib/gstdio.h>

typedef struct
{
  char *dir;
  MxKeyring *keyring;
  MxAccounts *accounts;
  MxSignIn *sign_in;
  LocalServer *server;
  SoupServerMessage *login; /* that waits for its answer */
  unsigned logins;
  unsigned logouts;
} Fixture;

static void
server_cb (Request *request, gpointer data)
{
  Fixture *self = data;
  const char *method = soup_server_message_get_method (request->message);

  if (g_str_has_suffix (request->path, "/versions"))
    respond_json (request, 200, "{\"versions\":[\"v1.11\"]}");
  else if (g_str_has_suffix (request->path, "/v3/login") && g_str_equal (method, "GET"))
    respond_json (request, 200, "{\"flows\":[{\"type\":\"m.login.password\"}]}");
  else if (g_str_has_suffix (request->path, "/v3/login"))
    {
      self->login = g_object_ref (request->message);
      soup_server_message_pause (self->login);
      self->logins++;
    }
  else if (g_str_has_suffix (request->path, "/v3/logout"))
    {
      g_assert_cmpstr (request->token, ==, "token");
      respond_json (request, 200, "{}");
      self->logouts++;
    }
  else
    respond_json (request, 404, "{\"errcode\":\"M_UNRECOGNIZED\"}");
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("chappe-sign-in-XXXXXX", &error);
  g_assert_no_error (error);
  self->keyring = mx_keyring_memory_new ();
  self->accounts = mx_accounts_new (self->dir, self->keyring);
  self->sign_in = mx_sign_in_new (self->accounts);
  self->server = local_server_new (server_cb, self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->login);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (self->sign_in);
  g_assert_finalize_object (self->accounts);
  g_clear_object (&self->keyring);
  local_server_free (self->server);
  g_rmdir (self->dir);
  g_free (self->dir);
}

/* The server makes the device, and its answer comes after somebody cancelled: it is signed out. */
static void
test_cancelled (Fixture *self, gconstpointer data)
{
  static const char reply[] =
    "{\"user_id\":\"@alice:example.org\",\"device_id\":\"D\",\"access_token\":\"token\"}";
  g_autoptr (MxSecret) password = mx_secret_new_text ("secret");
  g_autoptr (GError) error = NULL;
  DexFuture *attempt = NULL;

  g_assert_true (await_true (mx_sign_in_discover (self->sign_in, self->server->base), &error));
  attempt = mx_sign_in_with_password (self->sign_in, "alice", password, NULL);
  await_count (&self->logins, 1);
  mx_sign_in_cancel (self->sign_in);
  await_error (attempt, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (self->logouts, ==, 0);

  soup_server_message_set_status (self->login, 200, NULL);
  soup_server_message_set_response (self->login,
                                    "application/json",
                                    SOUP_MEMORY_STATIC,
                                    reply,
                                    strlen (reply));
  soup_server_message_unpause (self->login);
  await_count (&self->logouts, 1);
  g_assert_null (mx_accounts_get_first (self->accounts));
}

/* An e-mail address stays known while its server is asked for; a user of another server does not.
 */
static void
test_hint (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *typed; /* nothing listens at port 1 */
    const char *hint;
  } table[] = {
    { "@alice:127.0.0.1:1", "@alice:127.0.0.1:1" }, { "http://127.0.0.1:1", NULL },
    { "alice@127.0.0.1:1", "alice@127.0.0.1:1" },   { "http://127.0.0.1:1", "alice@127.0.0.1:1" },
    { "@alice:127.0.0.1:1", "@alice:127.0.0.1:1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *hint = NULL;

      await_error (mx_sign_in_discover (self->sign_in, table[i].typed),
                   G_IO_ERROR,
                   G_IO_ERROR_CONNECTION_REFUSED);
      g_object_get (self->sign_in, "user-hint", &hint, NULL);
      g_assert_cmpstr (hint, ==, table[i].hint);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/sign-in/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/sign-in/hint", Fixture, NULL, set_up, test_hint, tear_down);

  return g_test_run ();
}
