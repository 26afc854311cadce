/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One small HTTP answer on the loopback interface: the request line counts, all else is ignored.
 * Only a request to the secret path counts, so no other page or program can slip a token in. Main
 * thread. */
#include "config.h"

#include "mx-browser-login.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "mx-flow.h"

/* A longer request is not from the browser that we wait for. */
#define MAX_REQUEST 65536
#define READ_MS     10000

struct _MxBrowserLogin
{
  GObject parent_instance;

  GSocketListener *listener;
  MxScope *scope;
  char *path; /* /SECRET */
  char *redirect_uri;
};

G_DEFINE_FINAL_TYPE (MxBrowserLogin, mx_browser_login, G_TYPE_OBJECT)

static void
mx_browser_login_finalize (GObject *object)
{
  MxBrowserLogin *self = MX_BROWSER_LOGIN (object);

  mx_clear_scope (&self->scope);
  g_clear_object (&self->listener);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->redirect_uri, g_free);

  G_OBJECT_CLASS (mx_browser_login_parent_class)->finalize (object);
}

static void
mx_browser_login_class_init (MxBrowserLoginClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = mx_browser_login_finalize;
}

static void
mx_browser_login_init (MxBrowserLogin *self)
{
  self->listener = g_socket_listener_new ();
  self->scope = mx_scope_new ();
}

MxBrowserLogin *
mx_browser_login_new (GError **error)
{
  g_autoptr (MxBrowserLogin) self = g_object_new (MX_TYPE_BROWSER_LOGIN, NULL);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  g_autofree char *secret = g_uuid_string_random ();

  if (!g_socket_listener_add_address (
        self->listener, wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, error))
    return NULL;

  self->path = g_strconcat ("/", secret, NULL);
  self->redirect_uri =
    g_strdup_printf ("http://127.0.0.1:%u%s",
                     g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)),
                     self->path);

  return g_steal_pointer (&self);
}

const char *
mx_browser_login_get_redirect_uri (MxBrowserLogin *self)
{
  g_return_val_if_fail (MX_IS_BROWSER_LOGIN (self), NULL);

  return self->redirect_uri;
}

/* "GET /SECRET?loginToken=TOKEN HTTP/1.1": caller owns the token; NULL: something else. */
static char *
parse_request (MxBrowserLogin *self, const char *request)
{
  g_autofree char *line = g_strndup (request, strcspn (request, "\r\n"));
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  g_autoptr (GHashTable) query = NULL;
  const char *mark = NULL;
  const char *token = NULL;

  if (g_strv_length (words) != 3 || !g_str_equal (words[0], "GET"))
    return NULL;

  mark = strchr (words[1], '?');
  if (mark == NULL || strlen (self->path) != (gsize) (mark - words[1]) ||
      !g_str_has_prefix (words[1], self->path))
    return NULL;

  query = g_uri_parse_params (mark + 1, -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  if (query != NULL)
    token = g_hash_table_lookup (query, "loginToken");

  return token != NULL && *token != '\0' ? g_strdup (token) : NULL;
}

static char *
make_answer (gboolean good)
{
  const char *sentence =
    good ? _ ("You can close this page and go back to Chappe.") : _ ("There is nothing here.");

  return g_strdup_printf ("HTTP/1.1 %s\r\n"
                          "Content-Type: text/html; charset=utf-8\r\n"
                          "Cache-Control: no-store\r\n"
                          "Referrer-Policy: no-referrer\r\n"
                          "Content-Security-Policy: default-src 'none'\r\n"
                          "Connection: close\r\n"
                          "\r\n"
                          "<!DOCTYPE html><title>Chappe</title><p>%s</p>\n",
                          good ? "200 OK" : "404 Not Found",
                          sentence);
}

/* The whole request, as closing a connection with unread bytes would take the answer with it; NULL
 * with error when it does not come in time. */
static char *
read_request (MxBrowserLogin *self, GSocketConnection *connection, GError **error)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  g_autoptr (GString) request = g_string_new (NULL);

  while (strstr (request->str, "\r\n\r\n") == NULL && request->len < MAX_REQUEST)
    {
      DexFuture *reading =
        mx_timeout (dex_input_stream_read_bytes (input, MAX_REQUEST, G_PRIORITY_DEFAULT), READ_MS);
      g_autoptr (GBytes) bytes = dex_await_boxed (mx_guard (self->scope, reading), error);

      if (bytes == NULL)
        return NULL;
      if (g_bytes_get_size (bytes) == 0)
        break;
      g_string_append_len (request, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    }

  return g_string_free (g_steal_pointer (&request), FALSE);
}

/* The token, or NULL when this connection did not bring it. */
static char *
serve (MxBrowserLogin *self, GSocketConnection *connection)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr (GError) error = NULL;
  g_autofree char *request = read_request (self, connection, &error);
  g_autofree char *token = request != NULL ? parse_request (self, request) : NULL;
  g_autofree char *answer = make_answer (token != NULL);
  g_autoptr (GBytes) bytes = g_bytes_new (answer, strlen (answer));
  DexFuture *writing = NULL;

  if (request == NULL)
    return NULL;

  writing = mx_timeout (dex_output_stream_write_bytes (output, bytes, G_PRIORITY_DEFAULT), READ_MS);
  if (!dex_await (mx_guard (self->scope, writing), &error))
    g_debug ("The browser did not take the answer: %d", error->code);
  g_io_stream_close_async (G_IO_STREAM (connection), G_PRIORITY_DEFAULT, NULL, NULL, NULL);

  return g_steal_pointer (&token);
}

static DexFuture *
wait_fiber (gpointer data)
{
  MxBrowserLogin *self = data;
  g_autoptr (MxScope) scope = mx_scope_ref (self->scope);

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocketConnection) connection =
        dex_await_object (mx_guard (scope, dex_socket_listener_accept (self->listener)), &error);
      char *token = NULL;

      if (connection == NULL)
        return dex_future_new_for_error (g_steal_pointer (&error));

      token = serve (self, connection);
      if (token != NULL)
        return dex_future_new_take_string (token);
    }
}

DexFuture *
mx_browser_login_wait (MxBrowserLogin *self)
{
  g_return_val_if_fail (MX_IS_BROWSER_LOGIN (self), NULL);

  return mx_flow_run (wait_fiber, g_object_ref (self), g_object_unref);
}

void
mx_browser_login_stop (MxBrowserLogin *self)
{
  g_return_if_fail (MX_IS_BROWSER_LOGIN (self));

  mx_scope_cancel (self->scope);
  g_socket_listener_close (self->listener);
}
