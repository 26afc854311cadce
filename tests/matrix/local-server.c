/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* An HTTP server inside the test. */
#include "config.h"

#include "local-server.h"

#include <string.h>

#define DEADLINE_SECONDS 120 /* of a busy machine */

/* A client that waits for an answer sends nothing: what can be read then is the end of the
 * connection. */
static gboolean
departed_cb (GSocket *socket, GIOCondition condition, gpointer data)
{
  LocalServer *self = data;

  self->gone++;
  return G_SOURCE_REMOVE;
}

void
watch_departure (Request *request)
{
  g_autoptr (GSource) source = NULL;

  source = g_socket_create_source (soup_server_message_get_socket (request->message),
                                   G_IO_IN | G_IO_HUP,
                                   NULL);
  g_source_set_callback (source,
                         (GSourceFunc) (void (*) (void)) departed_cb,
                         request->server,
                         NULL);
  g_source_attach (source, NULL);
  g_ptr_array_add (request->server->watches, g_steal_pointer (&source));
}

static char *
full_path (SoupServerMessage *message)
{
  GUri *uri = soup_server_message_get_uri (message);
  const char *query = g_uri_get_query (uri);

  return g_strconcat (g_uri_get_path (uri), query != NULL ? "?" : NULL, query, NULL);
}

static void
handler_cb (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  LocalServer *self = data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  const char *authorization;
  g_autofree char *whole = full_path (message);
  g_autofree char *text = g_strndup (body->data != NULL ? body->data : "", body->length);
  Request request = { self, message, whole, NULL, text, ++self->requests };

  authorization = soup_message_headers_get_one (soup_server_message_get_request_headers (message),
                                                "Authorization");
  if (authorization != NULL && g_str_has_prefix (authorization, "Bearer "))
    request.token = authorization + strlen ("Bearer ");
  self->handler (&request, self->data);
}

LocalServer *
local_server_new (Handler handler, gpointer data)
{
  LocalServer *self = g_new0 (LocalServer, 1);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->soup = soup_server_new ("raw-paths", TRUE, NULL);
  self->handler = handler;
  self->data = data;
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->watches = g_ptr_array_new_with_free_func ((GDestroyNotify) g_source_unref);
  soup_server_add_handler (self->soup, NULL, handler_cb, self, NULL);
  soup_server_listen_local (self->soup, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);

  uris = soup_server_get_uris (self->soup);
  self->port = g_uri_get_port (uris->data);
  self->base = g_strdup_printf ("http://127.0.0.1:%u", self->port);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return self;
}

void
local_server_free (LocalServer *self)
{
  for (unsigned i = 0; i < self->held->len; i++)
    soup_server_message_unpause (g_ptr_array_index (self->held, i));
  soup_server_disconnect (self->soup);
  g_ptr_array_unref (self->held);
  for (unsigned i = 0; i < self->watches->len; i++)
    g_source_destroy (g_ptr_array_index (self->watches, i));
  g_ptr_array_unref (self->watches);
  g_object_unref (self->soup);
  g_free (self->base);
  g_free (self);
}

void
respond (Request *request, unsigned status, const char *type, const char *body)
{
  soup_server_message_set_status (request->message, status, NULL);
  soup_server_message_set_response (request->message, type, SOUP_MEMORY_COPY, body, strlen (body));
}

void
respond_json (Request *request, unsigned status, const char *body)
{
  respond (request, status, "application/json", body);
}

void
hold (Request *request)
{
  watch_departure (request);
  soup_server_message_pause (request->message);
  g_ptr_array_add (request->server->held, g_object_ref (request->message));
}

void
cut (Request *request, const char *raw)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (request->message);

  g_output_stream_write_all (g_io_stream_get_output_stream (stream),
                             raw,
                             strlen (raw),
                             NULL,
                             NULL,
                             NULL);
  g_io_stream_close (stream, NULL, NULL);
}

static gboolean
deadline_cb (gpointer data)
{
  g_error ("The test waited too long");
  return G_SOURCE_REMOVE;
}

gboolean
await (DexFuture *future, DexFuture **kept, GError **error)
{
  unsigned deadline = g_timeout_add_seconds (DEADLINE_SECONDS, deadline_cb, NULL);
  const GValue *value;

  while (dex_future_get_status (future) == DEX_FUTURE_STATUS_PENDING)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);

  value = dex_future_get_value (future, error);
  if (kept != NULL)
    *kept = future;
  else
    dex_unref (future);
  return value != NULL;
}

char *
await_text (DexFuture *future, GError **error)
{
  const GValue *value;
  char *text = NULL;

  if (await (future, &future, error))
    {
      value = dex_future_get_value (future, NULL);
      if (G_VALUE_HOLDS_STRING (value))
        text = g_value_dup_string (value);
      else
        text = g_strndup (g_bytes_get_data (g_value_get_boxed (value), NULL),
                          g_bytes_get_size (g_value_get_boxed (value)));
    }
  dex_unref (future);
  return text;
}

gboolean
await_true (DexFuture *future, GError **error)
{
  return await (future, NULL, error);
}

void
await_error (DexFuture *future, GQuark domain, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (await (future, NULL, &error));
  g_assert_error (error, domain, code);
}

void
await_count (unsigned *value, unsigned n)
{
  unsigned deadline = g_timeout_add_seconds (DEADLINE_SECONDS, deadline_cb, NULL);

  while (*value < n)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}

void
await_finalized (gpointer object)
{
  unsigned deadline = g_timeout_add_seconds (DEADLINE_SECONDS, deadline_cb, NULL);
  gpointer held = object;

  g_object_add_weak_pointer (object, &held);
  g_object_unref (object);
  while (held != NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
}
