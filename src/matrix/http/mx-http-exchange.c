/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One request from its start to its end. It keeps itself alive through the asynchronous call that
 * it waits for, of which there is always exactly one, and ends by resolving or rejecting its
 * promise. The clock is ours and not libsoup's, whose one time-out per session knows neither long
 * polls nor how long connecting may take. */
#include "config.h"

#include "mx-http-exchange.h"
#include "mx-http-error.h"
#include "mx-trust.h"

#include <string.h>

#define MAX_REDIRECTS  5
#define MAX_ERROR_BODY (64 * 1024)
#define CHUNK          (64 * 1024)

typedef struct
{
  MxHttp *http;
  SoupSession *session; /* the one that it began on: MxHttp may have a newer one */
  DexPromise *promise;
  GCancellable *cancellable; /* the promise's */
  GSource *cancelled;

  /* the order */
  char *method;
  GUri *uri; /* of the current hop */
  char *log_path;
  MxHttpFlags flags;
  GBytes *body;
  GInputStream *input;
  gint64 input_length;
  char *content_type;
  GOutputStream *output;
  gint64 max;
  MxProgressFunc progress;
  gpointer progress_data;

  /* the state */
  SoupMessage *message;
  GCancellable *sending; /* libsoup's, until its answer is ours */
  gboolean answered;     /* the answer is on its way to us */
  MxSecret *token;       /* that was sent, NULL: none */
  GInputStream *stream;
  GByteArray *collected;
  GBytes *chunk; /* on its way to output */
  gint64 done, total;
  unsigned redirects;
  gboolean repeated;
  gboolean connected; /* to the server, or to the proxy */
  GTlsCertificateFlags tls_flags;

  GSource *watchdog;
  unsigned idle_ms;
  GError *failure; /* why we cancelled it ourselves */
} MxHttpExchange;

static void exchange_send (MxHttpExchange *self);

static void
exchange_watch (MxHttpExchange *self, unsigned ms)
{
  g_source_set_ready_time (self->watchdog, g_get_monotonic_time () + (gint64) ms * 1000);
}

static void
exchange_unwatch (MxHttpExchange *self)
{
  g_source_set_ready_time (self->watchdog, -1);
}

/* Takes error. */
static GError *
exchange_blame (MxHttpExchange *self, GError *error)
{
  if (self->connected || !mx_http_has_proxy (self->http))
    return error;
  return mx_http_error_blame_proxy (error);
}

static gboolean
watchdog_cb (gpointer data)
{
  MxHttpExchange *self = data;

  exchange_unwatch (self);
  if (self->failure == NULL)
    self->failure = exchange_blame (self,
                                    g_error_new_literal (G_IO_ERROR,
                                                         G_IO_ERROR_TIMED_OUT,
                                                         "The server did not answer in time"));
  g_cancellable_cancel (self->cancellable);
  /* what did not answer may be a dead connection that others would be put on next */
  mx_http_reset_connections (self->http);
  return G_SOURCE_CONTINUE;
}

static gboolean
watchdog_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs watchdog_funcs = { NULL, NULL, watchdog_dispatch, NULL, NULL, NULL };

/* libsoup before 3.7 takes a request from its queue twice, and frees its own memory, when it is
 * cancelled after it has read the head of the answer and before it has told us: from then on we
 * wait for that. */
static gboolean
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  MxHttpExchange *self = data;

  if (self->sending != NULL && !self->answered)
    g_cancellable_cancel (self->sending);
  return G_SOURCE_REMOVE;
}

static void
exchange_drop_message (MxHttpExchange *self)
{
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
  g_clear_object (&self->sending);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->collected, g_byte_array_unref);
  g_clear_pointer (&self->chunk, g_bytes_unref);
  g_clear_pointer (&self->token, mx_secret_unref);
}

static void
exchange_free (MxHttpExchange *self)
{
  exchange_drop_message (self);
  g_source_destroy (self->watchdog);
  g_source_unref (self->watchdog);
  g_source_destroy (self->cancelled);
  g_source_unref (self->cancelled);
  g_clear_object (&self->session);
  g_clear_object (&self->http);
  dex_clear (&self->promise);
  g_clear_object (&self->cancellable);
  g_free (self->method);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_free (self->log_path);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_object (&self->input);
  g_free (self->content_type);
  g_clear_object (&self->output);
  g_clear_error (&self->failure);
  g_free (self);
}

/* Whether the server refused the token that is in use. */
static gboolean
exchange_lost_token (MxHttpExchange *self, const GError *error)
{
  MxSecret *current = mx_http_get_access_token (self->http);

  return (g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_UNKNOWN_TOKEN) ||
          g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_SOFT_LOGOUT)) &&
         !(self->flags & MX_HTTP_NO_REFRESH) && self->token != NULL && current != NULL &&
         mx_secret_equal (current, self->token);
}

/* Takes error. Ends the exchange. */
static void
exchange_fail (MxHttpExchange *self, GError *error)
{
  if (self->failure != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      error = g_steal_pointer (&self->failure);
    }
  g_debug ("%s %s: %s %d",
           self->method,
           self->log_path,
           g_quark_to_string (error->domain),
           error->code);
  if (exchange_lost_token (self, error))
    {
      g_autoptr (MxHttp) http = g_object_ref (self->http);
      g_autoptr (GError) refusal = g_error_copy (error);

      dex_promise_reject (self->promise, error);
      exchange_free (self);
      mx_http_tell_refused (http, refusal);
      return;
    }
  dex_promise_reject (self->promise, error);
  exchange_free (self);
}

static void
exchange_fail_transport (MxHttpExchange *self, GError *error)
{
  if (g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE) && self->tls_flags != 0)
    {
      g_error_free (error);
      error = mx_trust_error_new (self->tls_flags);
    }
  exchange_fail (self, exchange_blame (self, mx_http_error_from_transport (error)));
}

static void
exchange_fail_matrix (MxHttpExchange *self, MxMatrixError code, const char *message)
{
  exchange_fail (
    self, mx_matrix_error_new (code, soup_message_get_status (self->message), NULL, -1, message));
}

static void
exchange_succeed (MxHttpExchange *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);

  g_debug ("%s %s: %u", self->method, self->log_path, soup_message_get_status (self->message));

  if (self->output != NULL)
    {
      const char *type = soup_message_headers_get_content_type (headers, NULL);

      dex_promise_resolve_string (self->promise,
                                  g_ascii_strdown (type != NULL ? type : "application/octet-stream",
                                                   -1));
    }
  else
    {
      g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&self->collected));
      GError *error =
        mx_http_error_unless_json (soup_message_get_status (self->message), headers, bytes);

      if (error != NULL)
        {
          exchange_fail (self, error);
          return;
        }
      dex_promise_resolve_boxed (self->promise, G_TYPE_BYTES, g_steal_pointer (&bytes));
    }
  exchange_free (self);
}

/* ------------------------------------------------------------------ again: another address, or
 * another token */

static gboolean
same_origin (GUri *a, GUri *b)
{
  return g_strcmp0 (g_uri_get_scheme (a), g_uri_get_scheme (b)) == 0 &&
         g_ascii_strcasecmp (g_uri_get_host (a), g_uri_get_host (b)) == 0 &&
         g_uri_get_port (a) == g_uri_get_port (b);
}

/* Never from https to http, not even to this machine, whose own services are no stranger's
 * business. */
static gboolean
may_follow (GUri *from, GUri *to)
{
  return mx_http_uri_is_allowed (to) && (strcmp (g_uri_get_scheme (from), "http") == 0 ||
                                         strcmp (g_uri_get_scheme (to), "https") == 0);
}

/* Puts the upload back to its beginning. */
static gboolean
exchange_rewind (MxHttpExchange *self, GError **error)
{
  if (self->input == NULL)
    return TRUE;
  if (!G_IS_SEEKABLE (self->input) || !g_seekable_can_seek (G_SEEKABLE (self->input)))
    {
      g_set_error_literal (error,
                           G_IO_ERROR,
                           G_IO_ERROR_NOT_SUPPORTED,
                           "The upload cannot be repeated");
      return FALSE;
    }
  return g_seekable_seek (G_SEEKABLE (self->input), 0, G_SEEK_SET, self->cancellable, error);
}

static void
exchange_redirect (MxHttpExchange *self)
{
  unsigned status = soup_message_get_status (self->message);
  const char *location =
    soup_message_headers_get_one (soup_message_get_response_headers (self->message), "Location");
  gboolean get = strcmp (self->method, "GET") == 0;
  g_autoptr (GUri) uri = NULL;
  g_autoptr (GError) error = NULL;
  gboolean away;

  if (location != NULL)
    uri = g_uri_parse_relative (self->uri, location, SOUP_HTTP_URI_FLAGS, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || self->redirects++ >= MAX_REDIRECTS)
    {
      exchange_fail_matrix (self,
                            MX_MATRIX_ERROR_INVALID_RESPONSE,
                            "A redirect that leads nowhere");
      return;
    }

  /* Media may be moved to another host, which must not learn the token (E2E-149), and so may a
   * well-known; whoever sends an API request elsewhere is not the homeserver. */
  away = !same_origin (self->uri, uri);
  if (away && (!get || !may_follow (self->uri, uri) ||
               (self->output == NULL && !(self->flags & MX_HTTP_FOLLOW))))
    {
      exchange_fail_matrix (self, MX_MATRIX_ERROR_CAPTIVE_PORTAL, "A redirect to another host");
      return;
    }
  if (!get && status != SOUP_STATUS_TEMPORARY_REDIRECT && status != SOUP_STATUS_PERMANENT_REDIRECT)
    {
      exchange_fail_matrix (self,
                            MX_MATRIX_ERROR_INVALID_RESPONSE,
                            "A redirect that would lose what was sent");
      return;
    }
  if (!exchange_rewind (self, &error))
    {
      exchange_fail (self, g_steal_pointer (&error));
      return;
    }

  if (away)
    self->flags |= MX_HTTP_NO_AUTH;
  g_uri_unref (self->uri);
  self->uri = g_steal_pointer (&uri);
  exchange_drop_message (self);
  exchange_send (self);
}

typedef struct
{
  MxHttpExchange *exchange;
  GError *refusal; /* what the server said to the old token */
} Repetition;

static void
repeat_with_new_token (MxHttpExchange *self, GError *refusal)
{
  g_autoptr (GError) owned = refusal;

  if (g_cancellable_is_cancelled (self->cancellable) || !exchange_rewind (self, NULL))
    {
      exchange_fail (self, g_steal_pointer (&owned));
      return;
    }
  self->repeated = TRUE;
  exchange_drop_message (self);
  exchange_send (self);
}

static void
refreshed_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  g_autofree Repetition *repetition = user_data;

  if (error == NULL && G_VALUE_HOLDS_BOOLEAN (value) && g_value_get_boolean (value))
    repeat_with_new_token (repetition->exchange, repetition->refusal);
  else if (error != NULL && (error->domain != MX_MATRIX_ERROR || mx_error_is_transient (error) ||
                             (mx_matrix_error_get_errcode (error) == NULL &&
                              error->code != MX_MATRIX_ERROR_UNKNOWN_TOKEN)))
    {
      /* The refresh token is still good: the session is not over, the network is. */
      g_error_free (repetition->refusal);
      exchange_fail (repetition->exchange, g_error_copy (error));
    }
  else
    exchange_fail (repetition->exchange, repetition->refusal);
}

/* TRUE when the exchange goes on, or was ended, here; then error was taken. */
static gboolean
exchange_try_refresh (MxHttpExchange *self, GError *error)
{
  MxSecret *current = mx_http_get_access_token (self->http);
  Repetition *repetition;
  DexFuture *refresh;

  if (self->repeated || self->token == NULL || (self->flags & MX_HTTP_NO_REFRESH) ||
      !(g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_UNKNOWN_TOKEN) ||
        g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_SOFT_LOGOUT)))
    return FALSE;

  if (current != NULL && !mx_secret_equal (current, self->token))
    {
      repeat_with_new_token (self, error);
      return TRUE;
    }

  refresh = mx_http_refresh (self->http);
  if (refresh == NULL)
    return FALSE;
  repetition = g_new (Repetition, 1);
  *repetition = (Repetition) { self, error };
  mx_watch (self->http, refresh, refreshed_cb, repetition);
  return TRUE;
}

/* ------------------------------------------------------------------ the body */

static void
exchange_refused (MxHttpExchange *self)
{
  g_autoptr (GBytes) body = g_byte_array_free_to_bytes (g_steal_pointer (&self->collected));
  GError *error;

  exchange_unwatch (self);
  error = mx_http_error_new (soup_message_get_status (self->message),
                             soup_message_get_response_headers (self->message),
                             body);
  if (!exchange_try_refresh (self, error))
    exchange_fail (self, error);
}

static void exchange_read (MxHttpExchange *self);

static void
exchange_body_ended (MxHttpExchange *self)
{
  if (SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (self->message)))
    exchange_succeed (self);
  else
    exchange_refused (self);
}

/* Whoever cancelled is gone. */
static gboolean
is_watched (MxHttpExchange *self)
{
  return self->progress != NULL && !g_cancellable_is_cancelled (self->cancellable);
}

static void
wrote_chunk_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  MxHttpExchange *self = data;
  g_autoptr (GError) error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    {
      exchange_fail (self, g_steal_pointer (&error));
      return;
    }
  g_clear_pointer (&self->chunk, g_bytes_unref);
  if (is_watched (self))
    self->progress (self->done, self->total, self->progress_data);
  exchange_read (self);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  MxHttpExchange *self = data;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  gboolean success = SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (self->message));

  bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (bytes == NULL)
    {
      exchange_fail_transport (self, g_steal_pointer (&error));
      return;
    }
  if (g_bytes_get_size (bytes) == 0)
    {
      exchange_body_ended (self);
      return;
    }

  self->done += g_bytes_get_size (bytes);
  if (success && self->done > self->max)
    {
      exchange_fail_matrix (self, MX_MATRIX_ERROR_TOO_LARGE, "The answer is too large");
      return;
    }

  if (success && self->output != NULL)
    {
      exchange_unwatch (self);
      self->chunk = g_steal_pointer (&bytes);
      g_output_stream_write_all_async (self->output,
                                       g_bytes_get_data (self->chunk, NULL),
                                       g_bytes_get_size (self->chunk),
                                       G_PRIORITY_DEFAULT,
                                       self->cancellable,
                                       wrote_chunk_cb,
                                       self);
      return;
    }

  g_byte_array_append (self->collected, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  /* the beginning of a refusal says it all */
  if (!success && self->collected->len >= MAX_ERROR_BODY)
    exchange_body_ended (self);
  else
    exchange_read (self);
}

static void
exchange_read (MxHttpExchange *self)
{
  exchange_watch (self, self->idle_ms);
  g_input_stream_read_bytes_async (self->stream,
                                   CHUNK,
                                   G_PRIORITY_DEFAULT,
                                   self->cancellable,
                                   read_cb,
                                   self);
}

/* Whether the answer is a proxy's that opens no tunnel: nothing was said in the server's name. */
static gboolean
is_of_proxy (MxHttpExchange *self)
{
  return !SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (self->message)) &&
         strcmp (g_uri_get_scheme (self->uri), "https") == 0 &&
         soup_message_get_tls_peer_certificate (self->message) == NULL;
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  MxHttpExchange *self = data;
  g_autoptr (GError) error = NULL;
  SoupMessageHeaders *headers;
  unsigned status;

  g_clear_object (&self->sending);
  self->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (self->stream == NULL)
    {
      exchange_fail_transport (self, g_steal_pointer (&error));
      return;
    }
  if (g_cancellable_set_error_if_cancelled (self->cancellable, &error))
    {
      exchange_fail (self, g_steal_pointer (&error));
      return;
    }

  status = soup_message_get_status (self->message);
  headers = soup_message_get_response_headers (self->message);
  if (is_of_proxy (self))
    {
      exchange_fail (self,
                     mx_http_error_of_proxy (status, mx_http_has_proxy_password (self->http)));
      return;
    }
  if (SOUP_STATUS_IS_REDIRECTION (status))
    {
      exchange_redirect (self);
      return;
    }

  /* from here on the server is answering: no more patience than with any other */
  self->idle_ms = mx_http_get_idle_patience (self->http);
  self->done = 0;
  self->total = -1;
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH)
    {
      goffset length = soup_message_headers_get_content_length (headers);

      if (SOUP_STATUS_IS_SUCCESSFUL (status) && length > self->max)
        {
          exchange_fail_matrix (self, MX_MATRIX_ERROR_TOO_LARGE, "The answer is too large");
          return;
        }
      if (soup_message_headers_get_one (headers, "Content-Encoding") == NULL)
        self->total = length;
    }
  self->collected =
    g_byte_array_sized_new (self->output == NULL ? CLAMP (self->total, 0, 16 * CHUNK) : 0);
  exchange_read (self);
}

/* ------------------------------------------------------------------ the way there */

static void
network_event_cb (SoupMessage *message,
                  GSocketClientEvent event,
                  GIOStream *connection,
                  MxHttpExchange *self)
{
  if (event == G_SOCKET_CLIENT_RESOLVING)
    exchange_watch (self, mx_http_get_connect_patience (self->http));
  else if (event == G_SOCKET_CLIENT_CONNECTED)
    self->connected = TRUE;
}

static void
starting_cb (SoupMessage *message, MxHttpExchange *self)
{
  self->connected = TRUE;
  exchange_watch (self, self->idle_ms);
}

static void
wrote_body_data_cb (SoupMessage *message, unsigned size, MxHttpExchange *self)
{
  exchange_watch (self, self->idle_ms);
  self->done += size;
  if (self->input != NULL && is_watched (self))
    self->progress (MIN (self->done, self->input_length), self->input_length, self->progress_data);
}

static gboolean
accept_certificate_cb (SoupMessage *message,
                       GTlsCertificate *certificate,
                       GTlsCertificateFlags flags,
                       MxHttpExchange *self)
{
  GTlsDatabase *added = mx_http_get_added_trust (self->http);

  GTlsCertificateFlags by_added = G_TLS_CERTIFICATE_UNKNOWN_CA;

  if (added != NULL)
    by_added = mx_trust_check (added, certificate, soup_message_get_uri (message));
  if (by_added == 0)
    return TRUE;
  /* that of the store that knows its authority says what is wrong */
  self->tls_flags = (by_added & G_TLS_CERTIFICATE_UNKNOWN_CA) == 0 ? by_added : flags;
  return FALSE;
}

static void
exchange_authorize (MxHttpExchange *self)
{
  MxSecret *token = mx_http_get_access_token (self->http);
  char *header;

  if (token == NULL || (self->flags & MX_HTTP_NO_AUTH))
    return;
  self->token = mx_secret_ref (token);
  header = g_strconcat ("Bearer ", mx_secret_get_text (token), NULL);
  soup_message_headers_replace (soup_message_get_request_headers (self->message),
                                "Authorization",
                                header);
  mx_wipe_free (header);
}

/* libsoup closes what it has sent; a filter keeps the caller's stream open for a repetition. */
static void
exchange_attach_input (MxHttpExchange *self)
{
  g_autoptr (GInputStream) filter = g_buffered_input_stream_new_sized (self->input, CHUNK);

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (filter), FALSE);
  soup_message_set_request_body (self->message, self->content_type, filter, self->input_length);
}

static void
exchange_attach_body (MxHttpExchange *self)
{
  if (self->body != NULL)
    soup_message_set_request_body_from_bytes (self->message, self->content_type, self->body);
  else if (self->input != NULL)
    exchange_attach_input (self);
}

static void
got_headers_cb (SoupMessage *message, MxHttpExchange *self)
{
  self->answered = TRUE;
}

/* libsoup sends it once more (a connection that was kept open is gone, a proxy wants to know who we
 * are) and has dropped the body: without it the server would refuse the message for good. A second
 * try on a connection that is ready may begin before libsoup, before 3.7, has looked at the failure
 * of the first, which it then takes for one of the second, and frees its own memory: so the second
 * has a new connection, which takes its time. */
static void
restarted_cb (SoupMessage *message, MxHttpExchange *self)
{
  soup_message_add_flags (message, SOUP_MESSAGE_NEW_CONNECTION);
  self->done = 0;
  self->answered = FALSE;
  if (exchange_rewind (self, &self->failure))
    exchange_attach_body (self);
  else
    g_cancellable_cancel (self->cancellable);
}

static void
exchange_send (MxHttpExchange *self)
{
  self->message = soup_message_new_from_uri (self->method, self->uri);
  soup_message_add_flags (self->message, SOUP_MESSAGE_NO_REDIRECT);
  /* One request, one connection: what is cut, dead or cancelled takes nothing else with it. */
  soup_message_set_force_http1 (self->message, TRUE);
  exchange_authorize (self);
  exchange_attach_body (self);

  g_signal_connect (self->message, "network-event", G_CALLBACK (network_event_cb), self);
  g_signal_connect (self->message, "got-headers", G_CALLBACK (got_headers_cb), self);
  g_signal_connect (self->message, "restarted", G_CALLBACK (restarted_cb), self);
  g_signal_connect (self->message, "starting", G_CALLBACK (starting_cb), self);
  g_signal_connect (self->message, "wrote-body-data", G_CALLBACK (wrote_body_data_cb), self);
  g_signal_connect (self->message, "accept-certificate", G_CALLBACK (accept_certificate_cb), self);

  self->done = 0;
  self->answered = FALSE;
  self->connected = FALSE;
  self->sending = g_cancellable_new ();
  if (g_cancellable_is_cancelled (self->cancellable))
    g_cancellable_cancel (self->sending);
  soup_session_send_async (self->session,
                           self->message,
                           G_PRIORITY_DEFAULT,
                           self->sending,
                           sent_cb,
                           self);
}

static MxHttpExchange *
exchange_new (MxHttp *http, const MxHttpOrder *order, GUri *uri)
{
  MxHttpExchange *self = g_new0 (MxHttpExchange, 1);

  self->http = g_object_ref (http);
  self->session = g_object_ref (mx_http_get_session (http));
  self->promise = dex_promise_new_cancellable ();
  self->cancellable = g_object_ref (dex_promise_get_cancellable (self->promise));
  self->method = g_strdup (order->method);
  self->uri = g_uri_ref (uri);
  self->log_path = mx_http_path_for_log (order->path);
  self->flags = order->flags;
  self->body = order->body != NULL ? g_bytes_ref (order->body) : NULL;
  g_set_object (&self->input, order->input);
  self->input_length = order->input_length;
  self->content_type = g_strdup (order->content_type);
  g_set_object (&self->output, order->output);
  self->max = order->max;
  self->progress = order->progress;
  self->progress_data = order->progress_data;

  self->idle_ms = mx_http_get_idle_patience (self->http);
  if (order->flags & MX_HTTP_LONG_POLL)
    self->idle_ms = MAX (self->idle_ms, mx_http_path_get_timeout (order->path) + MX_HTTP_POLL_MS);

  self->watchdog = g_source_new (&watchdog_funcs, sizeof (GSource));
  g_source_set_static_name (self->watchdog, "[matrix] request time-out");
  g_source_set_callback (self->watchdog, watchdog_cb, self, NULL);
  g_source_attach (self->watchdog, NULL);
  self->cancelled = g_cancellable_source_new (self->cancellable);
  g_source_set_static_name (self->cancelled, "[matrix] request cancelled");
  g_source_set_callback (self->cancelled, G_SOURCE_FUNC (cancelled_cb), self, NULL);
  g_source_attach (self->cancelled, NULL);

  return self;
}

DexFuture *
mx_http_exchange_run (MxHttp *http, const MxHttpOrder *order)
{
  g_autofree char *address = g_strconcat (mx_http_get_base_url (http), order->path, NULL);
  g_autoptr (GUri) uri = NULL;
  g_autoptr (GError) error = NULL;
  MxHttpExchange *self;
  DexFuture *future;

  uri = g_uri_parse (address, SOUP_HTTP_URI_FLAGS, &error);
  if (uri == NULL)
    return dex_future_new_for_error (g_steal_pointer (&error));

  self = exchange_new (http, order, uri);
  future = dex_ref (DEX_FUTURE (self->promise));
  exchange_send (self);
  return future;
}
