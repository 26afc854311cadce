/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a browser, and what anybody else, may bring to the loopback port. */
#include "config.h"

#include "local-server.h"
#include "mx-browser-login.h"

typedef struct
{
  MxBrowserLogin *login;
  guint16 port;
  char *path; /* /SECRET */
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) uri = NULL;

  self->login = mx_browser_login_new (&error);
  g_assert_no_error (error);
  uri = g_uri_parse (mx_browser_login_get_redirect_uri (self->login), G_URI_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_uri_get_host (uri), ==, "127.0.0.1");
  self->port = g_uri_get_port (uri);
  self->path = g_strdup (g_uri_get_path (uri));
  g_assert_cmpuint (strlen (self->path), >, 30);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  mx_browser_login_stop (self->login);
  await_finalized (self->login);
  g_free (self->path);
}

/* Writes a request, in one piece or byte by byte, and reads the whole answer. Caller owns. */
static char *
ask (Fixture *self, const char *request, gboolean slowly)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GString) answer = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, self->port);
  gsize step = slowly ? 1 : strlen (request);

  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_assert_no_error (error);
  for (const char *c = request; *c != '\0'; c += step)
    {
      g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                                 c,
                                 step,
                                 NULL,
                                 NULL,
                                 &error);
      g_assert_no_error (error);
      g_main_context_iteration (NULL, FALSE);
    }

  for (;;)
    {
      g_autoptr (DexFuture) reading = NULL;
      g_autofree char *part = NULL;
      GBytes *bytes = NULL;

      await (dex_input_stream_read_bytes (g_io_stream_get_input_stream (G_IO_STREAM (connection)),
                                          4096,
                                          G_PRIORITY_DEFAULT),
             &reading,
             &error);
      g_assert_no_error (error);
      bytes = g_value_get_boxed (dex_future_get_value (reading, NULL));
      if (g_bytes_get_size (bytes) == 0)
        break;
      g_string_append_len (answer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }

  return g_string_free (g_steal_pointer (&answer), FALSE);
}

static void
test_token (Fixture *self, gconstpointer data)
{
  g_autofree char *request =
    g_strdup_printf ("GET %s?x=1&loginToken=ab%%2Bc%%3D HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
                     self->path);
  g_autoptr (DexFuture) waiting = mx_browser_login_wait (self->login);
  g_autofree char *answer = ask (self, request, TRUE);
  g_autofree char *token = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200 OK\r\n"));
  g_assert_null (strstr (answer, "ab"));
  token = await_text (g_steal_pointer (&waiting), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (token, ==, "ab+c=");
}

/* Other pages and programs get nothing and bring nothing. */
static void
test_strangers (Fixture *self, gconstpointer data)
{
  g_autoptr (DexFuture) waiting = mx_browser_login_wait (self->login);
  g_autofree char *post = g_strdup_printf ("POST %s?loginToken=evil HTTP/1.1\r\n\r\n", self->path);
  g_autofree char *longer =
    g_strdup_printf ("GET %sx?loginToken=evil HTTP/1.1\r\n\r\n", self->path);
  g_autofree char *empty = g_strdup_printf ("GET %s?loginToken= HTTP/1.1\r\n\r\n", self->path);
  const char *requests[] = {
    "GET /?loginToken=evil HTTP/1.1\r\n\r\n",
    "GET /favicon.ico HTTP/1.1\r\n\r\n",
    "nonsense\r\n\r\n",
    post,
    longer,
    empty,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autofree char *answer = ask (self, requests[i], FALSE);

      g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 404 "));
    }
  g_assert_true (dex_future_is_pending (waiting));
}

static void
test_stop (Fixture *self, gconstpointer data)
{
  DexFuture *waiting = mx_browser_login_wait (self->login);

  g_main_context_iteration (NULL, FALSE);
  mx_browser_login_stop (self->login);
  await_error (waiting, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define TEST(name, func) g_test_add ("/browser-login/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dex_init ();

  TEST ("token", test_token);
  TEST ("strangers", test_strangers);
  TEST ("stop", test_stop);

  return g_test_run ();
}
