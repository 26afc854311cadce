/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* An account's way to its server: address, token, proxy, trust and the libsoup session. What
 * happens to one request is in mx-http-exchange.c. */
#include "config.h"

#include "mx-http.h"
#include "mx-http-exchange.h"
#include "mx-trust.h"

#include "mx-error.h"

#include <string.h>

#define MAX_JSON           ((gint64) 64 * 1024 * 1024)
#define MAX_SYNC           ((gint64) 512 * 1024 * 1024)
#define CONNECTIONS        32
#define CONNECTIONS_A_HOST 10

/* MxNetworkSettings, ready to be used. */
typedef struct
{
  GProxyResolver *proxy; /* NULL: see direct */
  gboolean direct;
  char *proxy_authorization; /* header value for a proxy with a name and a password, NULL */
  GTlsDatabase *added_trust; /* NULL: the system's store alone */
} Way;

struct _MxHttp
{
  GObject parent_instance;

  char *base_url;
  Way way;
  SoupSession *session;
  MxSecret *token;

  MxHttpRefreshFunc refresh;
  gpointer refresh_data;
  GDestroyNotify refresh_data_free;

  unsigned connect_ms;
  unsigned idle_ms;
};

G_DEFINE_FINAL_TYPE (MxHttp, mx_http, G_TYPE_OBJECT)

static void
way_clear (Way *self)
{
  g_clear_object (&self->proxy);
  g_clear_pointer (&self->proxy_authorization, mx_wipe_free);
  g_clear_object (&self->added_trust);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Way, way_clear)

void
mx_network_settings_clear (MxNetworkSettings *self)
{
  g_clear_pointer (&self->proxy_uri, g_free);
  g_clear_pointer (&self->ca_file, g_free);
}

/* libsoup 3.6 repeats a CONNECT that a proxy answered with 407 with the proxy's own address for the
 * server's. So it is given no reason to: it does not know the password, and what we know is said at
 * once, to the proxy alone. */
static void
request_queued_cb (SoupSession *session, SoupMessage *message, MxHttp *self)
{
  gboolean to_proxy = strcmp (soup_message_get_method (message), SOUP_METHOD_CONNECT) == 0 ||
                      strcmp (g_uri_get_scheme (soup_message_get_uri (message)), "http") == 0;

  if (self->way.proxy_authorization != NULL && to_proxy)
    soup_message_headers_replace (soup_message_get_request_headers (message),
                                  "Proxy-Authorization",
                                  self->way.proxy_authorization);
}

static SoupSession *
session_new (MxHttp *self)
{
  SoupSession *session;

  session = soup_session_new_with_options ("max-conns",
                                           CONNECTIONS,
                                           "max-conns-per-host",
                                           CONNECTIONS_A_HOST,
                                           "timeout",
                                           0, /* mx-http-exchange.c has the clock */
                                           "user-agent",
                                           "Chappe/" PACKAGE_VERSION,
                                           NULL);
  if (self->way.direct)
    soup_session_set_proxy_resolver (session, NULL);
  else if (self->way.proxy != NULL)
    soup_session_set_proxy_resolver (session, self->way.proxy);
  g_signal_connect_object (session, "request-queued", G_CALLBACK (request_queued_cb), self, 0);

  return session;
}

void
mx_http_reset_connections (MxHttp *self)
{
  g_return_if_fail (MX_IS_HTTP (self));

  g_object_unref (self->session);
  self->session = session_new (self);
}

static gboolean
host_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;

  if (g_ascii_strcasecmp (host, "localhost") == 0 ||
      (strlen (host) > strlen (".localhost") &&
       g_ascii_strcasecmp (host + strlen (host) - strlen (".localhost"), ".localhost") == 0))
    return TRUE;
  address = g_inet_address_new_from_string (host);
  return address != NULL && g_inet_address_get_is_loopback (address);
}

static gboolean
has_host (GUri *uri)
{
  const char *host = g_uri_get_host (uri);

  return host != NULL && *host != '\0' && strpbrk (host, " \t\r\n") == NULL;
}

gboolean
mx_http_uri_is_allowed (GUri *uri)
{
  if (!has_host (uri) || g_uri_get_userinfo (uri) != NULL)
    return FALSE;
  return strcmp (g_uri_get_scheme (uri), "https") == 0 ||
         (strcmp (g_uri_get_scheme (uri), "http") == 0 && host_is_loopback (g_uri_get_host (uri)));
}

static gboolean
set_base_url (MxHttp *self, const char *base_url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (base_url, SOUP_HTTP_URI_FLAGS, NULL);

  if (uri == NULL || !mx_http_uri_is_allowed (uri) || g_uri_get_query (uri) != NULL ||
      g_uri_get_fragment (uri) != NULL)
    {
      if (error != NULL)
        *error = mx_matrix_error_new (MX_MATRIX_ERROR_BAD_SERVER_NAME,
                                      0,
                                      NULL,
                                      -1,
                                      "Not the address of a server");
      return FALSE;
    }

  self->base_url = g_strdup (base_url);
  for (gsize length = strlen (base_url); length > 0 && self->base_url[length - 1] == '/'; length--)
    self->base_url[length - 1] = '\0';
  return TRUE;
}

static void
set_proxy_authorization (Way *self, GUri *uri)
{
  const char *password = g_uri_get_password (uri);
  char *plain;
  char *encoded;

  if (g_uri_get_user (uri) == NULL)
    return;
  plain = g_strconcat (g_uri_get_user (uri), ":", password != NULL ? password : "", NULL);
  encoded = g_base64_encode ((const guint8 *) plain, strlen (plain));
  self->proxy_authorization = g_strconcat ("Basic ", encoded, NULL);
  mx_wipe_free (plain);
  mx_wipe_free (encoded);
}

static gboolean
way_set_proxy (Way *self, const char *proxy_uri, GError **error)
{
  g_autoptr (GUri) uri = NULL;
  g_autofree char *address = NULL;

  if (proxy_uri == NULL || *proxy_uri == '\0')
    return TRUE;
  if (g_str_has_prefix (proxy_uri, "direct:"))
    {
      self->direct = TRUE;
      return TRUE;
    }

  /* as people write it: proxy.example.org:3128 */
  address = g_strconcat (strstr (proxy_uri, "://") == NULL ? "http://" : "", proxy_uri, NULL);
  uri = g_uri_parse (address, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL || !has_host (uri))
    {
      g_set_error_literal (error,
                           G_IO_ERROR,
                           G_IO_ERROR_PROXY_FAILED,
                           "Not the address of a proxy");
      return FALSE;
    }
  if (g_str_has_prefix (g_uri_get_scheme (uri), "http"))
    {
      g_autofree char *bare = NULL;

      bare = g_uri_join (SOUP_HTTP_URI_FLAGS,
                         g_uri_get_scheme (uri),
                         NULL,
                         g_uri_get_host (uri),
                         g_uri_get_port (uri),
                         "",
                         NULL,
                         NULL);
      set_proxy_authorization (self, uri);
      g_set_str (&address, bare);
    }
  self->proxy = g_simple_proxy_resolver_new (address, NULL);
  return TRUE;
}

static gboolean
way_set (Way *self, const MxNetworkSettings *settings, GError **error)
{
  if (settings == NULL)
    return TRUE;
  if (!way_set_proxy (self, settings->proxy_uri, error))
    return FALSE;
  if (settings->ca_file != NULL && *settings->ca_file != '\0')
    self->added_trust = mx_trust_load (settings->ca_file, error);
  return self->added_trust != NULL || settings->ca_file == NULL || *settings->ca_file == '\0';
}

static void
mx_http_finalize (GObject *object)
{
  MxHttp *self = MX_HTTP (object);

  mx_http_set_refresh (self, NULL, NULL, NULL);
  g_clear_object (&self->session);
  way_clear (&self->way);
  g_clear_pointer (&self->token, mx_secret_unref);
  g_free (self->base_url);

  G_OBJECT_CLASS (mx_http_parent_class)->finalize (object);
}

static unsigned refused_signal;

void
mx_http_tell_refused (MxHttp *self, const GError *error)
{
  g_signal_emit (self, refused_signal, 0, error);
}

static void
mx_http_class_init (MxHttpClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mx_http_finalize;

  refused_signal = g_signal_new ("refused",
                                 G_TYPE_FROM_CLASS (klass),
                                 G_SIGNAL_RUN_LAST,
                                 0,
                                 NULL,
                                 NULL,
                                 NULL,
                                 G_TYPE_NONE,
                                 1,
                                 G_TYPE_ERROR);
}

static void
mx_http_init (MxHttp *self)
{
  self->connect_ms = MX_HTTP_CONNECT_MS;
  self->idle_ms = MX_HTTP_IDLE_MS;
}

MxHttp *
mx_http_new (const char *base_url, const MxNetworkSettings *settings, GError **error)
{
  g_autoptr (MxHttp) self = g_object_new (MX_TYPE_HTTP, NULL);

  g_return_val_if_fail (base_url != NULL, NULL);

  if (!set_base_url (self, base_url, error))
    return NULL;
  if (!way_set (&self->way, settings, error))
    return NULL;

  self->session = session_new (self);
  return g_steal_pointer (&self);
}

gboolean
mx_http_set_network (MxHttp *self, const MxNetworkSettings *settings, GError **error)
{
  g_auto (Way) way = { 0 };
  Way old;

  g_return_val_if_fail (MX_IS_HTTP (self), FALSE);

  if (!way_set (&way, settings, error))
    return FALSE;
  old = self->way;
  self->way = way;
  way = old;
  mx_http_reset_connections (self);
  return TRUE;
}

const char *
mx_http_get_base_url (MxHttp *self)
{
  g_return_val_if_fail (MX_IS_HTTP (self), NULL);

  return self->base_url;
}

void
mx_http_set_access_token (MxHttp *self, MxSecret *token)
{
  g_return_if_fail (MX_IS_HTTP (self));

  if (token != NULL)
    mx_secret_ref (token);
  g_clear_pointer (&self->token, mx_secret_unref);
  self->token = token;
}

void
mx_http_set_refresh (MxHttp *self, MxHttpRefreshFunc func, gpointer data, GDestroyNotify data_free)
{
  g_return_if_fail (MX_IS_HTTP (self));

  if (self->refresh_data_free != NULL)
    self->refresh_data_free (self->refresh_data);
  self->refresh = func;
  self->refresh_data = data;
  self->refresh_data_free = data_free;
}

SoupSession *
mx_http_get_session (MxHttp *self)
{
  return self->session;
}

MxSecret *
mx_http_get_access_token (MxHttp *self)
{
  return self->token;
}

gboolean
mx_http_has_proxy (MxHttp *self)
{
  return self->way.proxy != NULL;
}

gboolean
mx_http_has_proxy_password (MxHttp *self)
{
  return self->way.proxy_authorization != NULL;
}

GTlsDatabase *
mx_http_get_added_trust (MxHttp *self)
{
  return self->way.added_trust;
}

void
mx_http_set_patience (MxHttp *self, unsigned connect_ms, unsigned idle_ms)
{
  self->connect_ms = connect_ms;
  self->idle_ms = idle_ms;
}

unsigned
mx_http_get_connect_patience (MxHttp *self)
{
  return self->connect_ms;
}

unsigned
mx_http_get_idle_patience (MxHttp *self)
{
  return self->idle_ms;
}

DexFuture *
mx_http_refresh (MxHttp *self)
{
  return self->refresh != NULL ? self->refresh (self, self->refresh_data) : NULL;
}

DexFuture *
mx_http_request (MxHttp *self,
                 const char *method,
                 const char *path,
                 const char *body,
                 MxHttpFlags flags)
{
  MxHttpOrder order = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (MX_IS_HTTP (self), NULL);
  g_return_val_if_fail (path != NULL && *path == '/', NULL);

  /* a body may hold a password or a token */
  if (body != NULL)
    {
      char *copy = g_strdup (body);

      bytes = g_bytes_new_with_free_func (copy, strlen (copy), (GDestroyNotify) mx_wipe_free, copy);
    }

  order.method = method;
  order.path = path;
  order.flags = flags;
  order.body = bytes;
  order.content_type = "application/json";
  order.max = (flags & (MX_HTTP_LONG_POLL | MX_HTTP_LARGE)) ? MAX_SYNC : MAX_JSON;
  return mx_http_exchange_run (self, &order);
}

DexFuture *
mx_http_upload (MxHttp *self,
                const char *path,
                GInputStream *input,
                gint64 length,
                const char *content_type,
                MxProgressFunc progress,
                gpointer data)
{
  MxHttpOrder order = { 0 };

  g_return_val_if_fail (MX_IS_HTTP (self), NULL);
  g_return_val_if_fail (G_IS_INPUT_STREAM (input), NULL);
  g_return_val_if_fail (length >= 0, NULL);

  order.method = "POST";
  order.path = path;
  order.input = input;
  order.input_length = length;
  order.content_type = content_type != NULL ? content_type : "application/octet-stream";
  order.max = MAX_JSON;
  order.progress = progress;
  order.progress_data = data;
  return mx_http_exchange_run (self, &order);
}

DexFuture *
mx_http_download (MxHttp *self,
                  const char *path,
                  GOutputStream *output,
                  gint64 max,
                  MxProgressFunc progress,
                  gpointer data)
{
  MxHttpOrder order = { 0 };

  g_return_val_if_fail (MX_IS_HTTP (self), NULL);
  g_return_val_if_fail (G_IS_OUTPUT_STREAM (output), NULL);

  order.method = "GET";
  order.path = path;
  order.output = output;
  order.max = max >= 0 ? max : G_MAXINT64;
  order.progress = progress;
  order.progress_data = data;
  return mx_http_exchange_run (self, &order);
}
