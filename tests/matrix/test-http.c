/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What happens to a request: cuts, silence, cancellation, proxies. */
#include "config.h"

#include "http-fixture.h"
#include "mx-error.h"
#include "mx-http-exchange.h"

#include <string.h>

/* ------------------------------------------------------------------ plain requests */

static void
test_request (void)
{
  g_autoptr (LocalServer) server = local_server_new (echo_cb, NULL);
  g_autoptr (MxHttp) http = http_for (server, "sesame");
  g_autofree char *path = mx_http_path ("/_matrix/client/v3/rooms/%s/send/%s/%s?x=%u",
                                        "!a/b:c",
                                        "m.room.message",
                                        "..",
                                        7u);
  g_autofree char *text = NULL;
  g_autofree char *bare = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (path,
                   ==,
                   "/_matrix/client/v3/rooms/%21a%2Fb%3Ac/send/m.room.message/%252E%252E?x=7");

  text = await_text (mx_http_request (http, "PUT", path, "{\"a\":1}", 0), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (
    text,
    ==,
    "{\"method\":\"PUT\",\"path\":\"/_matrix/client/v3/rooms/%21a%2Fb%3Ac/send/m.room.message/%252E%252E?x=7\","
    "\"token\":\"sesame\",\"agent\":\"Chappe/" PACKAGE_VERSION "\",\"body\":{\"a\":1}}");

  bare = await_text (mx_http_request (http, "GET", "/x", NULL, MX_HTTP_NO_AUTH), &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (bare, "\"token\":\"\""));
}

static void
test_base_url (void)
{
  static const char *const good[] = {
    "https://matrix.example.org", "https://matrix.example.org:8448/prefix///",
    "http://localhost:8008",      "http://127.0.0.1:8008",
    "http://[::1]:8008/",         "http://a.localhost"
  };
  static const char *const bad[] = { "",
                                     "matrix.example.org",
                                     "http://matrix.example.org",
                                     "ftp://example.org",
                                     "https://",
                                     "https://user:word@example.org",
                                     "https://example.org/?q",
                                     "https://example.org/#f",
                                     "http://localhost.example.org",
                                     "http://127.0.0.1.example.org",
                                     "file:///etc/passwd" };

  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (MxHttp) http = mx_http_new (good[i], NULL, NULL);

      g_assert_nonnull (http);
      g_assert_false (g_str_has_suffix (mx_http_get_base_url (http), "/"));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (mx_http_new (bad[i], NULL, &error));
      g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_BAD_SERVER_NAME);
    }
}

static void
test_log_path (void)
{
  static const char *const table[][2] = {
    { "/_matrix/client/v3/sync?since=s1_2", "/_matrix/client/v3/sync" },
    { "/_matrix/client/v3/rooms/%21a%3Ab/send/m.room.message/42",
      "/_matrix/client/v3/rooms/*/send/*/*" },
    { "/_matrix/client/v1/media/download/example.org/abcdef",
      "/_matrix/client/v1/media/download/*/*" },
    { "/_matrix/client/v3/user/%40a%3Ab/filter", "/_matrix/client/v3/user/*/filter" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *said = mx_http_path_for_log (table[i][0]);

      g_assert_cmpstr (said, ==, table[i][1]);
    }
  g_assert_cmpuint (mx_http_path_get_timeout ("/sync?a=1&timeout=30000&since=x"), ==, 30000);
  g_assert_cmpuint (mx_http_path_get_timeout ("/sync?timeout=99999999999999999999"), ==, 600000);
  g_assert_cmpuint (mx_http_path_get_timeout ("/timeout=5"), ==, 0);
}

/* ------------------------------------------------------------------ answers that are none */

typedef struct
{
  unsigned status;
  const char *type;
  const char *body;
} Canned;

static void
canned_cb (Request *request, gpointer data)
{
  const Canned *canned = data;

  respond (request, canned->status, canned->type, canned->body);
}

static void
test_not_json (void)
{
  static const struct
  {
    Canned canned;
    int code;
  } table[] = {
    { { 200, "text/html", "<!DOCTYPE html><p>Connectez-vous" }, MX_MATRIX_ERROR_CAPTIVE_PORTAL },
    { { 200, "application/json", "  <html>" }, MX_MATRIX_ERROR_CAPTIVE_PORTAL },
    { { 200, "text/plain", "hello" }, MX_MATRIX_ERROR_INVALID_RESPONSE },
    { { 200, "application/json", "" }, MX_MATRIX_ERROR_INVALID_RESPONSE },
    { { 403, "text/html", "<html>blocked" }, MX_MATRIX_ERROR_CAPTIVE_PORTAL },
    { { 404, "text/html", "<html>nothing here" }, MX_MATRIX_ERROR_UNRECOGNIZED },
    { { 502, "text/html", "<html>bad gateway" }, MX_MATRIX_ERROR_SERVER },
    { { 511, "text/html", "<html>log in" }, MX_MATRIX_ERROR_CAPTIVE_PORTAL },
    { { 413, "text/html", "<html>too large" }, MX_MATRIX_ERROR_TOO_LARGE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (LocalServer) server = local_server_new (canned_cb, (gpointer) &table[i].canned);
      g_autoptr (MxHttp) http = http_for (server, NULL);

      await_error (get (http), MX_MATRIX_ERROR, table[i].code);
    }
}

static void
test_octet_stream_is_json (void)
{
  Canned canned = { 200, "application/octet-stream", "\n {\"m\":1}" };
  g_autoptr (LocalServer) server = local_server_new (canned_cb, &canned);
  g_autoptr (MxHttp) http = http_for (server, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = await_text (get (http), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "\n {\"m\":1}");
}

static void
cut_cb (Request *request, gpointer data)
{
  cut (request, data);
}

static void
test_cut (void)
{
  static const char *const parts[] = {
    "",
    "HTTP/1.1 200 O",
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"a\":",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (LocalServer) server = local_server_new (cut_cb, (gpointer) parts[i]);
      g_autoptr (MxHttp) http = http_for (server, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (await_true (get (http), &error));
      g_assert_true (error->domain == G_IO_ERROR || error->domain == MX_MATRIX_ERROR);
      g_assert_false (mx_error_is_cancelled (error));
      if (error->domain == G_IO_ERROR)
        g_assert_true (mx_error_is_transient (error));
    }
}

static void
test_garbage (void)
{
  g_autoptr (LocalServer) server =
    local_server_new (cut_cb, (gpointer) "SSH-2.0-OpenSSH_9.2\r\n\r\n");
  g_autoptr (MxHttp) http = http_for (server, NULL);

  await_error (get (http), MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
}

static void
test_refused (void)
{
  g_autoptr (LocalServer) server = local_server_new (echo_cb, NULL);
  g_autoptr (MxHttp) http = http_for (server, NULL);

  soup_server_disconnect (server->soup);
  await_error (get (http), G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

/* ------------------------------------------------------------------ silence and cancellation */

static void
hold_cb (Request *request, gpointer data)
{
  hold (request);
}

static void
test_silence (void)
{
  g_autoptr (LocalServer) server = local_server_new (hold_cb, NULL);
  g_autoptr (MxHttp) http = http_for (server, NULL);

  mx_http_set_patience (http, 5000, 100);
  await_error (get (http), G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  await_count (&server->gone, 1);
}

/* Accepts, and says nothing: as far as TLS is concerned, nobody is there. */
static void
test_silent_handshake (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (MxHttp) http = NULL;
  g_autofree char *base = NULL;
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  base = g_strdup_printf ("https://127.0.0.1:%u", port);
  http = mx_http_new (base, NULL, NULL);
  mx_http_set_patience (http, 100, 60000);
  await_error (get (http), G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static gboolean
answer_late_cb (gpointer data)
{
  LocalServer *server = data;

  soup_server_message_unpause (g_ptr_array_index (server->held, 0));
  return G_SOURCE_REMOVE;
}

static void
late_cb (Request *request, gpointer data)
{
  respond_json (request, 200, "{}");
  hold (request);
  g_timeout_add (250, answer_late_cb, request->server);
}

/* The patience of a long poll is the poll's own time and more. */
static void
test_long_poll (void)
{
  g_autoptr (LocalServer) server = local_server_new (late_cb, NULL);
  g_autoptr (MxHttp) http = http_for (server, NULL);
  g_autoptr (GError) error = NULL;

  mx_http_set_patience (http, 5000, 50);
  g_assert_true (
    await_true (mx_http_request (http, "GET", "/sync?timeout=100", NULL, MX_HTTP_LONG_POLL),
                &error));
  g_assert_no_error (error);
}

static void
count_cb (Request *request, gpointer data)
{
  hold (request);
  (*(unsigned *) data)++;
}

/* Whoever waited goes away: the request leaves the wire. */
static void
test_cancel_waiting (void)
{
  unsigned arrived = 0;
  g_autoptr (LocalServer) server = local_server_new (count_cb, &arrived);
  g_autoptr (MxHttp) http = http_for (server, NULL);
  MxScope *scope = mx_scope_new ();
  DexFuture *future = mx_guard (scope, get (http));

  await_count (&arrived, 1);
  mx_clear_scope (&scope);
  await_error (future, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  await_count (&server->gone, 1);
}

static void
test_cancel_before_connected (void)
{
  g_autoptr (LocalServer) server = local_server_new (hold_cb, NULL);
  g_autoptr (MxHttp) http = http_for (server, NULL);
  MxScope *scope = mx_scope_new ();
  DexFuture *future = mx_guard (scope, get (http));

  mx_clear_scope (&scope);
  await_error (future, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  /* the next request works on what the last one left */
  mx_http_set_patience (http, 5000, 100);
  await_error (get (http), G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
half_body_cb (Request *request, gpointer data)
{
  soup_server_message_set_status (request->message, 200, NULL);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (request->message),
                                     SOUP_ENCODING_CHUNKED);
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message),
                                "Content-Type",
                                "application/json");
  soup_message_body_append (soup_server_message_get_response_body (request->message),
                            SOUP_MEMORY_STATIC,
                            "{\"a\":",
                            5);
}

static void
wrote_chunk_cb (SoupServerMessage *message, unsigned *chunks)
{
  (*chunks)++;
}

static void
half_body_count_cb (Request *request, gpointer data)
{
  half_body_cb (request, NULL);
  watch_departure (request);
  g_signal_connect (request->message, "wrote-chunk", G_CALLBACK (wrote_chunk_cb), data);
}

static void
test_cancel_reading (void)
{
  unsigned chunks = 0;
  g_autoptr (LocalServer) server = local_server_new (half_body_count_cb, &chunks);
  g_autoptr (MxHttp) http = http_for (server, NULL);
  MxScope *scope = mx_scope_new ();
  DexFuture *future = mx_guard (scope, get (http));

  await_count (&chunks, 1);
  mx_clear_scope (&scope);
  await_error (future, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  await_count (&server->gone, 1);
}

static void
test_silence_in_body (void)
{
  unsigned chunks = 0;
  g_autoptr (LocalServer) server = local_server_new (half_body_count_cb, &chunks);
  g_autoptr (MxHttp) http = http_for (server, NULL);

  mx_http_set_patience (http, 5000, 100);
  await_error (get (http), G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

/* Requests that run when the connections are forgotten end well. */
static void
test_reset_connections (void)
{
  g_autoptr (LocalServer) server = local_server_new (late_cb, NULL);
  g_autoptr (MxHttp) http = http_for (server, NULL);
  g_autoptr (GError) error = NULL;
  DexFuture *future = get (http);

  mx_http_reset_connections (http);
  g_assert_true (await_true (future, &error));
  g_assert_no_error (error);
}

/* ------------------------------------------------------------------ proxy */

static void
test_proxy (void)
{
  g_autoptr (LocalServer) proxy = local_server_new (echo_cb, NULL);
  /* without http://, as people write it */
  MxNetworkSettings settings = { proxy->base + strlen ("http://"), NULL };
  MxNetworkSettings nonsense = { (char *) "not an address", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (MxHttp) http = mx_http_new ("http://chappe.localhost:9", &settings, &error);

  g_assert_no_error (error);
  g_assert_true (await_true (get (http), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (proxy->requests, ==, 1);

  g_assert_null (mx_http_new ("https://matrix.example.org", &nonsense, &error));
  g_assert_nonnull (error);
}

static void
proxy_auth_cb (Request *request, gpointer data)
{
  const char *authorization;

  authorization =
    soup_message_headers_get_one (soup_server_message_get_request_headers (request->message),
                                  "Proxy-Authorization");
  if (authorization != NULL)
    {
      echo_cb (request, NULL);
      return;
    }
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message),
                                "Proxy-Authenticate",
                                "Basic realm=\"x\"");
  respond (request, 407, "text/html", "<html>who are you");
}

static void
test_proxy_authentication (void)
{
  g_autoptr (LocalServer) proxy = local_server_new (proxy_auth_cb, NULL);
  g_autofree char *named = g_strdup_printf ("http://user:word@127.0.0.1:%u", proxy->port);
  MxNetworkSettings settings = { proxy->base, NULL };
  MxNetworkSettings with_name = { named, NULL };
  g_autoptr (MxHttp) http = mx_http_new ("http://chappe.localhost:9", &settings, NULL);
  g_autoptr (MxHttp) known = mx_http_new ("http://chappe.localhost:9", &with_name, NULL);
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_data ("{\"b\":1}", 7, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *uploaded = NULL;

  await_error (get (http), G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH);
  text = await_text (mx_http_request (known, "POST", "/login", "{\"a\":1}", 0), &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "{\"a\":1}"));
  uploaded =
    await_text (mx_http_upload (known, "/upload", input, 7, "image/png", NULL, NULL), &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (uploaded, "{\"b\":1}"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/request", test_request);
  g_test_add_func ("/http/base-url", test_base_url);
  g_test_add_func ("/http/log-path", test_log_path);
  g_test_add_func ("/http/not-json", test_not_json);
  g_test_add_func ("/http/octet-stream", test_octet_stream_is_json);
  g_test_add_func ("/http/cut", test_cut);
  g_test_add_func ("/http/garbage", test_garbage);
  g_test_add_func ("/http/refused", test_refused);
  g_test_add_func ("/http/silence", test_silence);
  g_test_add_func ("/http/silent-handshake", test_silent_handshake);
  g_test_add_func ("/http/silence-in-body", test_silence_in_body);
  g_test_add_func ("/http/long-poll", test_long_poll);
  g_test_add_func ("/http/cancel/waiting", test_cancel_waiting);
  g_test_add_func ("/http/cancel/before-connected", test_cancel_before_connected);
  g_test_add_func ("/http/cancel/reading", test_cancel_reading);
  g_test_add_func ("/http/reset-connections", test_reset_connections);
  g_test_add_func ("/http/proxy/used", test_proxy);
  g_test_add_func ("/http/proxy/authentication", test_proxy_authentication);

  return g_test_run ();
}
