/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Requests that go on: redirects and repetitions after a token refresh, uploads, downloads and
 * their limits. */
#include "config.h"

#include "http-fixture.h"
#include "mx-error.h"
#include "mx-http-exchange.h"

#include <string.h>

/* ------------------------------------------------------------------ redirects */

typedef struct
{
  LocalServer *other;
  unsigned status;
  const char *location; /* NULL: the other server */
} Redirection;

static void
redirect_cb (Request *request, gpointer data)
{
  Redirection *redirection = data;
  g_autofree char *location = NULL;

  if (g_str_has_prefix (request->path, "/arrived"))
    {
      echo_cb (request, NULL);
      return;
    }
  location = redirection->location != NULL
               ? g_strdup (redirection->location)
               : g_strconcat (redirection->other->base, "/arrived", NULL);
  soup_server_message_set_status (request->message, redirection->status, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message),
                                "Location",
                                location);
}

static void
test_redirect_same_host (void)
{
  Redirection redirection = { NULL, 302, "/arrived" };
  g_autoptr (LocalServer) server = local_server_new (redirect_cb, &redirection);
  g_autoptr (MxHttp) http = http_for (server, "sesame");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = await_text (get (http), &error);
  g_autofree char *put = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "\"token\":\"sesame\""));

  /* a body does not survive 302, but does survive 307 */
  await_error (mx_http_request (http, "PUT", "/x", "{}", 0),
               MX_MATRIX_ERROR,
               MX_MATRIX_ERROR_INVALID_RESPONSE);
  redirection.status = 307;
  put = await_text (mx_http_request (http, "PUT", "/x", "{\"a\":2}", 0), &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (put, "\"body\":{\"a\":2}"));
}

static void
test_redirect_other_host (void)
{
  g_autoptr (LocalServer) other = local_server_new (echo_cb, NULL);
  Redirection redirection = { other, 302, NULL };
  g_autoptr (LocalServer) server = local_server_new (redirect_cb, &redirection);
  g_autoptr (MxHttp) http = http_for (server, "sesame");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  await_error (get (http), MX_MATRIX_ERROR, MX_MATRIX_ERROR_CAPTIVE_PORTAL);
  g_assert_cmpuint (other->requests, ==, 0);

  text = await_text (mx_http_request (http,
                                      "GET",
                                      "/.well-known/matrix/client",
                                      NULL,
                                      MX_HTTP_NO_AUTH | MX_HTTP_FOLLOW),
                     &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (text, "\"token\":\"\""));

  /* even where following is asked for, nothing but GET goes, and no token */
  redirection.status = 307;
  await_error (mx_http_request (http, "POST", "/x", "{}", MX_HTTP_FOLLOW),
               MX_MATRIX_ERROR,
               MX_MATRIX_ERROR_CAPTIVE_PORTAL);
  g_assert_cmpuint (other->requests, ==, 1);
}

static void
test_redirect_download (void)
{
  g_autoptr (LocalServer) other = local_server_new (echo_cb, NULL);
  Redirection redirection = { other, 307, NULL };
  g_autoptr (LocalServer) server = local_server_new (redirect_cb, &redirection);
  g_autoptr (MxHttp) http = http_for (server, "sesame");
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;

  g_assert_true (await_true (mx_http_download (http, "/media", output, 1000, NULL, NULL), &error));
  g_assert_no_error (error);
  g_output_stream_write_all (output, "", 1, NULL, NULL, NULL);
  g_assert_nonnull (
    strstr (g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (output)), "\"token\":\"\""));
}

static void
test_redirect_nowhere (void)
{
  static const char *const locations[] = { "/loop", "http://", "%%%" };

  for (gsize i = 0; i < G_N_ELEMENTS (locations); i++)
    {
      Redirection redirection = { NULL, 302, locations[i] };
      g_autoptr (LocalServer) server = local_server_new (redirect_cb, &redirection);
      g_autoptr (MxHttp) http = http_for (server, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_false (await_true (get (http), &error));
      g_assert_true (error->domain == MX_MATRIX_ERROR);
      g_assert_cmpuint (server->requests, <=, 6);
    }
}

/* ------------------------------------------------------------------ tokens */

typedef struct
{
  const char *good; /* the token that is accepted */
  gboolean soft;
  unsigned refreshes;
  int failure; /* of the refresh: a code of G_IO_ERROR, -1: it succeeds */
  MxSecret *next;
  gboolean refused; /* failure is the server's: an MxMatrixError */
} Tokens;

static void
tokens_cb (Request *request, gpointer data)
{
  Tokens *tokens = data;

  if (g_strcmp0 (request->token, tokens->good) == 0)
    respond_json (request, 200, "{\"user_id\":\"@a:b\"}");
  else
    respond_json (request,
                  401,
                  tokens->soft ? "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"soft_logout\":true}"
                               : "{\"errcode\":\"M_UNKNOWN_TOKEN\"}");
}

static DexFuture *
refresh_cb (MxHttp *http, gpointer data)
{
  Tokens *tokens = data;

  tokens->refreshes++;
  if (tokens->failure >= 0)
    return dex_future_new_for_error (
      g_error_new_literal (tokens->refused ? MX_MATRIX_ERROR : G_IO_ERROR,
                           tokens->failure,
                           "no new token"));
  if (tokens->next != NULL)
    mx_http_set_access_token (http, tokens->next);
  return mx_sleep (10);
}

static void
test_refresh (void)
{
  g_autoptr (MxSecret) next = mx_secret_new_text ("new");
  Tokens tokens = { "new", TRUE, 0, -1, next };
  g_autoptr (LocalServer) server = local_server_new (tokens_cb, &tokens);
  g_autoptr (MxHttp) http = http_for (server, "old");
  g_autoptr (GError) error = NULL;

  mx_http_set_refresh (http, refresh_cb, &tokens, NULL);
  g_assert_true (await_true (get (http), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (tokens.refreshes, ==, 1);
  g_assert_cmpuint (server->requests, ==, 2);

  /* the repetition is the only one */
  tokens.good = "another";
  tokens.soft = FALSE;
  await_error (get (http), MX_MATRIX_ERROR, MX_MATRIX_ERROR_UNKNOWN_TOKEN);
  g_assert_cmpuint (tokens.refreshes, ==, 2);
  g_assert_cmpuint (server->requests, ==, 4);
}

static void
test_refresh_fails (void)
{
  Tokens tokens = { "new", TRUE, 0, G_IO_ERROR_TIMED_OUT, NULL };
  g_autoptr (LocalServer) server = local_server_new (tokens_cb, &tokens);
  g_autoptr (MxHttp) http = http_for (server, "old");

  mx_http_set_refresh (http, refresh_cb, &tokens, NULL);
  /* the network's fault, or a portal's, is no end of the session */
  await_error (get (http), G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpuint (tokens.refreshes, ==, 1);
  tokens.failure = G_IO_ERROR_FAILED;
  await_error (get (http), G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpuint (tokens.refreshes, ==, 2);
  tokens.refused = TRUE;
  tokens.failure = MX_MATRIX_ERROR_UNKNOWN_TOKEN;
  await_error (get (http), MX_MATRIX_ERROR, MX_MATRIX_ERROR_SOFT_LOGOUT);
  g_assert_cmpuint (tokens.refreshes, ==, 3);

  await_error (mx_http_request (http, "GET", "/x", NULL, MX_HTTP_NO_REFRESH),
               MX_MATRIX_ERROR,
               MX_MATRIX_ERROR_SOFT_LOGOUT);
  await_error (mx_http_request (http, "GET", "/x", NULL, MX_HTTP_NO_AUTH),
               MX_MATRIX_ERROR,
               MX_MATRIX_ERROR_SOFT_LOGOUT);
  g_assert_cmpuint (tokens.refreshes, ==, 3);
}

typedef struct
{
  Tokens tokens;
  MxHttp *http;
} Race;

static void
race_cb (Request *request, gpointer data)
{
  Race *race = data;

  /* somebody else refreshed while this request was under way */
  if (request->number == 1)
    mx_http_set_access_token (race->http, race->tokens.next);
  tokens_cb (request, &race->tokens);
}

static void
test_refreshed_meanwhile (void)
{
  g_autoptr (MxSecret) next = mx_secret_new_text ("new");
  Race race = { { "new", FALSE, 0, -1, next }, NULL };
  g_autoptr (LocalServer) server = local_server_new (race_cb, &race);
  g_autoptr (MxHttp) http = http_for (server, "old");
  g_autoptr (GError) error = NULL;

  race.http = http;
  mx_http_set_refresh (http, refresh_cb, &race.tokens, NULL);
  g_assert_true (await_true (get (http), &error));
  g_assert_no_error (error);
  g_assert_cmpuint (race.tokens.refreshes, ==, 0);
}

/* ------------------------------------------------------------------ streams and limits */

static void
big_cb (Request *request, gpointer data)
{
  gsize size = *(gsize *) data;
  g_autofree char *body = g_malloc (size);

  memset (body, 'x', size);
  soup_server_message_set_status (request->message, 200, NULL);
  soup_server_message_set_response (request->message,
                                    "image/PNG; q=1",
                                    SOUP_MEMORY_COPY,
                                    body,
                                    size);
}

static void
progress_cb (gint64 done, gint64 total, gpointer data)
{
  gint64 *last = data;

  g_assert_cmpint (done, >=, last[0]);
  last[0] = done;
  last[1] = total;
}

static void
test_download (void)
{
  gsize size = 300000;
  g_autoptr (LocalServer) server = local_server_new (big_cb, &size);
  g_autoptr (MxHttp) http = http_for (server, "sesame");
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) small = g_memory_output_stream_new_resizable ();
  g_autoptr (GError) error = NULL;
  g_autofree char *type = NULL;
  gint64 progress[2] = { 0, 0 };

  type =
    await_text (mx_http_download (http, "/media", output, 300000, progress_cb, progress), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (type, ==, "image/png");
  g_assert_cmpint (progress[0], ==, 300000);
  g_assert_cmpint (progress[1], ==, 300000);
  g_assert_cmpuint (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (output)),
                    ==,
                    size);

  await_error (mx_http_download (http, "/media", small, 299999, NULL, NULL),
               MX_MATRIX_ERROR,
               MX_MATRIX_ERROR_TOO_LARGE);
  g_assert_cmpuint (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (small)), ==, 0);
}

static void
chunked_big_cb (Request *request, gpointer data)
{
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (request->message),
                                     SOUP_ENCODING_CHUNKED);
  big_cb (request, data);
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (request->message),
                                     SOUP_ENCODING_CHUNKED);
}

static void
test_download_unannounced (void)
{
  gsize size = 300000;
  g_autoptr (LocalServer) server = local_server_new (chunked_big_cb, &size);
  g_autoptr (MxHttp) http = http_for (server, NULL);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();

  await_error (mx_http_download (http, "/media", output, 100000, NULL, NULL),
               MX_MATRIX_ERROR,
               MX_MATRIX_ERROR_TOO_LARGE);
  g_assert_cmpuint (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (output)),
                    <=,
                    100000);
}

/* 40 MB of spaces in 40 KB. */
static void
bomb_cb (Request *request, gpointer data)
{
  g_autoptr (GConverter) gzip =
    G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, gzip);
  g_autofree char *block = g_malloc0 (1 << 20);

  memset (block, 'x', 1 << 20);
  for (unsigned i = 0; i < 40; i++)
    g_output_stream_write_all (stream, block, 1 << 20, NULL, NULL, NULL);
  g_output_stream_close (stream, NULL, NULL);

  soup_server_message_set_status (request->message, 200, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message),
                                "Content-Encoding",
                                "gzip");
  soup_server_message_set_response (request->message,
                                    "application/json",
                                    SOUP_MEMORY_COPY,
                                    g_memory_output_stream_get_data (
                                      G_MEMORY_OUTPUT_STREAM (memory)),
                                    g_memory_output_stream_get_data_size (
                                      G_MEMORY_OUTPUT_STREAM (memory)));
}

static void
test_bomb (void)
{
  g_autoptr (LocalServer) server = local_server_new (bomb_cb, NULL);
  g_autoptr (MxHttp) http = http_for (server, NULL);
  g_autoptr (GOutputStream) output = g_memory_output_stream_new_resizable ();

  await_error (mx_http_download (http, "/media", output, 1 << 20, NULL, NULL),
               MX_MATRIX_ERROR,
               MX_MATRIX_ERROR_TOO_LARGE);
  g_assert_cmpuint (g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (output)),
                    <=,
                    1 << 20);
}

static void
gzip_cb (Request *request, gpointer data)
{
  g_autoptr (GConverter) gzip =
    G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
  g_autoptr (GBytes) plain = g_bytes_new_static ("{\"zipped\":true}", 15);
  g_autoptr (GBytes) packed = g_converter_convert_bytes (gzip, plain, NULL);

  soup_server_message_set_status (request->message, 200, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (request->message),
                                "Content-Encoding",
                                "gzip");
  soup_server_message_set_response (request->message,
                                    "application/json",
                                    SOUP_MEMORY_COPY,
                                    g_bytes_get_data (packed, NULL),
                                    g_bytes_get_size (packed));
}

static void
test_decompression (void)
{
  g_autoptr (LocalServer) server = local_server_new (gzip_cb, NULL);
  g_autoptr (MxHttp) http = http_for (server, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = await_text (get (http), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "{\"zipped\":true}");
}

static void
upload_cb (Request *request, gpointer data)
{
  Tokens *tokens = data;

  if (g_strcmp0 (request->token, tokens->good) != 0)
    tokens_cb (request, tokens);
  else if (strlen (request->body) == 200000)
    respond_json (request, 200, "{\"content_uri\":\"mxc://a/b\"}");
  else
    respond_json (request, 400, "{\"errcode\":\"M_UNKNOWN\"}");
}

/* An upload whose token has just expired is sent again from its beginning. */
static void
test_upload (void)
{
  g_autoptr (MxSecret) next = mx_secret_new_text ("new");
  Tokens tokens = { "new", TRUE, 0, -1, next };
  g_autoptr (LocalServer) server = local_server_new (upload_cb, &tokens);
  g_autoptr (MxHttp) http = http_for (server, "old");
  g_autofree char *data = g_strnfill (200000, 'y');
  g_autoptr (GInputStream) input = g_memory_input_stream_new_from_data (data, 200000, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gint64 progress[2] = { 0, 0 };

  mx_http_set_refresh (http, refresh_cb, &tokens, NULL);
  text =
    await_text (mx_http_upload (http, "/upload", input, 200000, "image/png", NULL, NULL), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tokens.refreshes, ==, 1);

  g_seekable_seek (G_SEEKABLE (input), 0, G_SEEK_SET, NULL, NULL);
  g_assert_true (
    await_true (mx_http_upload (http, "/upload", input, 200000, "image/png", progress_cb, progress),
                &error));
  g_assert_no_error (error);
  g_assert_cmpint (progress[0], ==, 200000);
  g_assert_cmpint (progress[1], ==, 200000);
}

/* ------------------------------------------------------------------ a connection that is gone */

/* Drops the connection of the second request, which came on that of the first. */
static void
drop_second_cb (Request *request, gpointer data)
{
  if (request->number == 2)
    cut (request, "");
  else
    echo_cb (request, NULL);
}

static void
test_restarted (void)
{
  g_autoptr (LocalServer) server = local_server_new (drop_second_cb, NULL);
  g_autoptr (MxHttp) http = http_for (server, "sesame");
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_true (await_true (get (http), &error));
  g_assert_no_error (error);
  text =
    await_text (mx_http_request (http, "PUT", "/send/m.room.message/1", "{\"a\":3}", 0), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (server->requests, ==, 3);
  g_assert_nonnull (strstr (text, "\"body\":{\"a\":3}"));
  g_assert_nonnull (strstr (text, "\"token\":\"sesame\""));
}

/* The first waits for the second, so that there are two connections. */
static void
drop_third_cb (Request *request, gpointer data)
{
  SoupServerMessage **first = data;

  if (request->number == 1)
    {
      *first = request->message;
      echo_cb (request, NULL);
      soup_server_message_pause (request->message);
    }
  else if (request->number == 3)
    cut (request, "");
  else
    {
      echo_cb (request, NULL);
      if (request->number == 2)
        soup_server_message_unpause (*first);
    }
}

/* Another connection is ready for the second try. */
static void
test_restarted_on_another (void)
{
  for (int i = 0; i < 20; i++)
    {
      SoupServerMessage *held = NULL;
      g_autoptr (LocalServer) server = local_server_new (drop_third_cb, &held);
      g_autoptr (MxHttp) http = http_for (server, NULL);
      g_autoptr (GError) error = NULL;
      DexFuture *first = get (http);
      DexFuture *second = get (http);

      g_assert_true (await_true (first, &error));
      g_assert_no_error (error);
      g_assert_true (await_true (second, &error));
      g_assert_no_error (error);
      g_assert_true (await_true (mx_http_request (http, "PUT", "/send", "{}", 0), &error));
      g_assert_no_error (error);
      g_assert_cmpuint (server->requests, ==, 4);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/redirect/same-host", test_redirect_same_host);
  g_test_add_func ("/http/redirect/E2E-149-other-host", test_redirect_other_host);
  g_test_add_func ("/http/redirect/E2E-149-download", test_redirect_download);
  g_test_add_func ("/http/redirect/nowhere", test_redirect_nowhere);
  g_test_add_func ("/http/token/refresh", test_refresh);
  g_test_add_func ("/http/token/refresh-fails", test_refresh_fails);
  g_test_add_func ("/http/token/refreshed-meanwhile", test_refreshed_meanwhile);
  g_test_add_func ("/http/download", test_download);
  g_test_add_func ("/http/download-unannounced", test_download_unannounced);
  g_test_add_func ("/http/bomb", test_bomb);
  g_test_add_func ("/http/decompression", test_decompression);
  g_test_add_func ("/http/upload", test_upload);
  g_test_add_func ("/http/restarted/body", test_restarted);
  g_test_add_func ("/http/restarted/on-another", test_restarted_on_another);

  return g_test_run ();
}
