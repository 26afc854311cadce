/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Certificates: refused ones are named, an organisation's own authority is added to the system's,
 * and adds nothing else. */
#include "config.h"

#include "local-server.h"
#include "mx-error.h"
#include "mx-http.h"
#include "mx-trust.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct
{
  char *folder;
  char *ca; /* file names */
  char *other_ca;
} Fixture;

static void
openssl (const Fixture *fixture, const char *arguments)
{
  g_autofree char *command = g_strdup_printf ("openssl %s", arguments);
  g_auto (GStrv) argv = NULL;
  g_autofree char *said = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_shell_parse_argv (command, NULL, &argv, &error);
  g_assert_no_error (error);
  g_spawn_sync (fixture->folder,
                argv,
                NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL,
                NULL,
                NULL,
                NULL,
                &said,
                &status,
                &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s: %s", command, said);
}

static void
make_ca (const Fixture *fixture, const char *name)
{
  g_autofree char *command = NULL;

  command = g_strdup_printf (
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout %s.key -out %s.pem -days 2 "
    "-subj '/CN=Test authority %s' -addext basicConstraints=critical,CA:TRUE "
    "-addext keyUsage=critical,keyCertSign",
    name,
    name,
    name);
  openssl (fixture, command);
}

/* A server certificate by the authority ca; dates: options of "openssl x509". */
static GTlsCertificate *
make_certificate (const Fixture *fixture, const char *ca, const char *host, const char *dates)
{
  static unsigned number;
  g_autofree char *name = g_strdup_printf ("server%u", ++number);
  g_autofree char *request = NULL;
  g_autofree char *sign = NULL;
  g_autofree char *pem = NULL;
  g_autofree char *key = NULL;
  g_autoptr (GError) error = NULL;
  GTlsCertificate *certificate;

  request = g_strdup_printf (
    "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout %s.key -out %s.csr -subj /CN=%s "
    "-addext subjectAltName=%s -addext extendedKeyUsage=serverAuth",
    name,
    name,
    "server",
    host);
  openssl (fixture, request);
  sign = g_strdup_printf (
    "x509 -req -in %s.csr -CA %s.pem -CAkey %s.key -CAcreateserial -copy_extensions copy %s -out %s.pem",
    name,
    ca,
    ca,
    dates,
    name);
  openssl (fixture, sign);

  pem = g_strdup_printf ("%s/%s.pem", fixture->folder, name);
  key = g_strdup_printf ("%s/%s.key", fixture->folder, name);
  certificate = g_tls_certificate_new_from_files (pem, key, &error);
  g_assert_no_error (error);
  return certificate;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("chappe-trust-XXXXXX", &error);
  g_assert_no_error (error);
  make_ca (fixture, "ca");
  make_ca (fixture, "other");
  fixture->ca = g_build_filename (fixture->folder, "ca.pem", NULL);
  fixture->other_ca = g_build_filename (fixture->folder, "other.pem", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->ca);
  g_free (fixture->other_ca);
}

/* libsoup's server does not survive clients that give up on its certificate, so this one speaks
 * just enough HTTP by itself. */
static gboolean
serve_cb (GThreadedSocketService *service,
          GSocketConnection *connection,
          GObject *source,
          gpointer data)
{
  static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
  GTlsCertificate *certificate = data;
  g_autoptr (GIOStream) stream =
    g_tls_server_connection_new (G_IO_STREAM (connection), certificate, NULL);
  char request[4096];

  while (g_input_stream_read (g_io_stream_get_input_stream (stream),
                              request,
                              sizeof request,
                              NULL,
                              NULL) > 0)
    if (!g_output_stream_write_all (
          g_io_stream_get_output_stream (stream), answer, strlen (answer), NULL, NULL, NULL))
      break;
  g_io_stream_close (stream, NULL, NULL);
  return TRUE;
}

/* What requests to a server with this certificate end with; NULL: success. */
static GError *
try_certificate_through (GTlsCertificate *certificate, const char *ca_file, const char *proxy)
{
  g_autoptr (GSocketService) service = g_threaded_socket_service_new (4);
  MxNetworkSettings settings = { (char *) proxy, (char *) ca_file };
  g_autofree char *base = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MxHttp) http = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, &error);

  g_assert_no_error (error);
  g_signal_connect (service, "run", G_CALLBACK (serve_cb), certificate);
  base = g_strdup_printf ("https://127.0.0.1:%u", port);
  http = mx_http_new (base, &settings, &error);
  g_assert_no_error (error);

  /* the second request goes over the connection that was accepted */
  for (unsigned i = 0; i < 2 && error == NULL; i++)
    await_true (mx_http_request (http, "GET", "/x", NULL, 0), &error);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  return g_steal_pointer (&error);
}

static GError *
try_certificate (GTlsCertificate *certificate, const char *ca_file)
{
  return try_certificate_through (certificate, ca_file, NULL);
}

/* An organisation's proxy: CONNECT, with a password when data is one. */
typedef struct
{
  const char *authorization; /* NULL: everybody may */
  int tunnels;
  const char *refusal; /* what everybody gets, NULL: a tunnel */
} Proxy;

static gpointer
splice_back (gpointer data)
{
  GIOStream **ends = data;

  g_output_stream_splice (g_io_stream_get_output_stream (ends[0]),
                          g_io_stream_get_input_stream (ends[1]),
                          G_OUTPUT_STREAM_SPLICE_NONE,
                          NULL,
                          NULL);
  return NULL;
}

static gboolean
proxy_cb (GThreadedSocketService *service,
          GSocketConnection *connection,
          GObject *source,
          gpointer data)
{
  static const char refusal[] =
    "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
  Proxy *proxy = data;
  GIOStream *client = G_IO_STREAM (connection);
  g_autoptr (GSocketClient) dialler = g_socket_client_new ();
  g_autoptr (GSocketConnection) server = NULL;
  g_auto (GStrv) words = NULL;
  char request[4096];
  gssize size;

  for (;;)
    {
      size = g_input_stream_read (g_io_stream_get_input_stream (client),
                                  request,
                                  sizeof request - 1,
                                  NULL,
                                  NULL);
      if (size <= 0)
        return TRUE;
      request[size] = '\0';
      if (proxy->refusal != NULL)
        {
          g_output_stream_write_all (g_io_stream_get_output_stream (client),
                                     proxy->refusal,
                                     strlen (proxy->refusal),
                                     NULL,
                                     NULL,
                                     NULL);
          return TRUE;
        }
      if (proxy->authorization == NULL || strstr (request, proxy->authorization) != NULL)
        break;
      g_output_stream_write_all (g_io_stream_get_output_stream (client),
                                 refusal,
                                 strlen (refusal),
                                 NULL,
                                 NULL,
                                 NULL);
    }

  g_assert_true (g_str_has_prefix (request, "CONNECT "));
  words = g_strsplit (request, " ", 3);
  g_socket_client_set_enable_proxy (dialler, FALSE);
  server = g_socket_client_connect_to_host (dialler, words[1], 443, NULL, NULL);
  g_assert_nonnull (server);
  g_atomic_int_inc (&proxy->tunnels);
  g_output_stream_write_all (g_io_stream_get_output_stream (client),
                             "HTTP/1.1 200 OK\r\n\r\n",
                             19,
                             NULL,
                             NULL,
                             NULL);
  {
    GIOStream *ends[] = { client, G_IO_STREAM (server) };
    GThread *thread = g_thread_new ("back", splice_back, ends);

    g_output_stream_splice (g_io_stream_get_output_stream (ends[1]),
                            g_io_stream_get_input_stream (client),
                            G_OUTPUT_STREAM_SPLICE_NONE,
                            NULL,
                            NULL);
    g_socket_shutdown (g_socket_connection_get_socket (server), TRUE, TRUE, NULL);
    g_thread_join (thread);
  }
  return TRUE;
}

static GSocketService *
start_proxy (Proxy *proxy, guint16 *port)
{
  GSocketService *service = g_threaded_socket_service_new (4);
  g_autoptr (GError) error = NULL;

  *port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (service, "run", G_CALLBACK (proxy_cb), proxy);
  return service;
}

static void
assert_refused (GError *error, const char *words)
{
  g_assert_error (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE);
  g_assert_nonnull (strstr (error->message, words));
  g_error_free (error);
}

static void
test_own_authority (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTlsCertificate) certificate =
    make_certificate (fixture, "ca", "IP:127.0.0.1", "-days 1");
  g_autoptr (GError) error = NULL;

  error = try_certificate (certificate, fixture->ca);
  g_assert_no_error (error);
  assert_refused (try_certificate (certificate, NULL), "unknown authority");
  assert_refused (try_certificate (certificate, fixture->other_ca), "unknown authority");
}

/* A tunnel through the organisation's proxy to a server with the organisation's certificate. */
static void
test_proxy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTlsCertificate) certificate =
    make_certificate (fixture, "ca", "IP:127.0.0.1", "-days 1");
  Proxy proxy = { NULL, 0, NULL };
  guint16 port;
  g_autoptr (GSocketService) service = start_proxy (&proxy, &port);
  g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u", port);
  g_autofree char *wrong = g_strdup_printf ("http://user:other@127.0.0.1:%u", port);
  g_autofree char *named = g_strdup_printf ("http://user:word@127.0.0.1:%u", port);
  g_autoptr (GError) error = NULL;

  error = try_certificate_through (certificate, fixture->ca, address);
  g_assert_no_error (error);
  g_assert_cmpint (g_atomic_int_get (&proxy.tunnels), ==, 1);
  assert_refused (try_certificate_through (certificate, NULL, address), "unknown authority");

  proxy.authorization = "Proxy-Authorization: Basic dXNlcjp3b3Jk";
  error = try_certificate_through (certificate, fixture->ca, address);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH);
  g_clear_error (&error);
  error = try_certificate_through (certificate, fixture->ca, wrong);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PROXY_AUTH_FAILED);
  g_clear_error (&error);
  error = try_certificate_through (certificate, fixture->ca, named);
  g_assert_no_error (error);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
}

/* Whatever a proxy says in the server's place is not taken for the server's word. */
static void
test_proxy_refuses (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *refusal;
    int code;
  } table[] = {
    { "HTTP/1.1 403 No\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<p>no\n",
      G_IO_ERROR_PROXY_NOT_ALLOWED },
    { "HTTP/1.1 302 No\r\nLocation: https://portal.example.org/\r\nContent-Length: 0\r\n\r\n",
      G_IO_ERROR_PROXY_NOT_ALLOWED },
    { "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", G_IO_ERROR_HOST_UNREACHABLE },
  };
  g_autoptr (GTlsCertificate) certificate =
    make_certificate (fixture, "ca", "IP:127.0.0.1", "-days 1");
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      Proxy proxy = { NULL, 0, table[i].refusal };
      guint16 port;
      g_autoptr (GSocketService) service = start_proxy (&proxy, &port);
      g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u", port);

      error = try_certificate_through (certificate, fixture->ca, address);
      g_assert_error (error, G_IO_ERROR, table[i].code);
      g_clear_error (&error);
      g_socket_service_stop (service);
      g_socket_listener_close (G_SOCKET_LISTENER (service));
    }

  /* nothing listens there: the proxy is what is missing, not the server */
  error = try_certificate_through (certificate, fixture->ca, "http://127.0.0.1:1");
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PROXY_FAILED);
}

static void
test_other_name (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTlsCertificate) certificate =
    make_certificate (fixture, "ca", "DNS:matrix.example.org", "-days 1");

  g_autoptr (GError) error = try_certificate (certificate, fixture->ca);

  g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_CERTIFICATE_NAME);
  g_assert_nonnull (strstr (error->message, "issued for another name"));
  assert_refused (try_certificate (certificate, NULL), "unknown authority");
}

static void
test_expired (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autoptr (GError) error = NULL;

  certificate = make_certificate (fixture,
                                  "ca",
                                  "IP:127.0.0.1",
                                  "-not_before 20200101000000Z -not_after 20200201000000Z");
  error = try_certificate (certificate, fixture->ca);
  g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_CERTIFICATE_DATE);
  g_assert_nonnull (strstr (error->message, "expired"));
}

static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *empty = g_build_filename (fixture->folder, "empty.pem", NULL);
  g_autofree char *missing = g_build_filename (fixture->folder, "missing.pem", NULL);
  const char *const files[] = { empty, missing, fixture->folder };

  g_assert_true (g_file_set_contents (empty, "no certificate\n", -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      MxNetworkSettings settings = { NULL, (char *) files[i] };
      g_autoptr (GError) error = NULL;

      g_assert_null (mx_http_new ("https://matrix.example.org", &settings, &error));
      g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_BAD_CA_FILE);
    }
}

static void
test_words (void)
{
  assert_refused (mx_trust_error_new (G_TLS_CERTIFICATE_EXPIRED | G_TLS_CERTIFICATE_UNKNOWN_CA),
                  ": unknown authority, expired");
  assert_refused (mx_trust_error_new (0), ": not acceptable");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/trust/own-authority", Fixture, NULL, set_up, test_own_authority, tear_down);
  g_test_add ("/trust/proxy", Fixture, NULL, set_up, test_proxy, tear_down);
  g_test_add ("/trust/proxy-refuses", Fixture, NULL, set_up, test_proxy_refuses, tear_down);
  g_test_add ("/trust/other-name", Fixture, NULL, set_up, test_other_name, tear_down);
  g_test_add ("/trust/expired", Fixture, NULL, set_up, test_expired, tear_down);
  g_test_add ("/trust/file", Fixture, NULL, set_up, test_file, tear_down);
  g_test_add_func ("/trust/words", test_words);

  return g_test_run ();
}
