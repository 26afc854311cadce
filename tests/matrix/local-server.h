/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* An HTTP server inside the test, for what a real homeserver does not do on demand: statuses,
 * redirects, silence, cut connections. Matrix itself is tested against Synapse (tests/homeserver).
 */
#pragma once

#include "mx-flow.h"
#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct _LocalServer LocalServer;

/* What a handler sees. It answers with respond(), by libsoup's own means, or not at all (hold). */
typedef struct
{
  LocalServer *server;
  SoupServerMessage *message;
  const char *path;  /* encoded, with query */
  const char *token; /* of the Authorization header, NULL */
  char *body;
  unsigned number; /* 1 for the first request that this server got */
} Request;
typedef void (*Handler) (Request *request, gpointer data);

struct _LocalServer
{
  SoupServer *soup;
  char *base; /* http://127.0.0.1:PORT */
  unsigned port;
  Handler handler;
  gpointer data;
  unsigned requests;
  unsigned gone;   /* clients that hung up before their answer was complete */
  GPtrArray *held; /* messages that wait for nothing */
  GPtrArray *watches;
};

LocalServer *local_server_new (Handler handler, gpointer data);
void local_server_free (LocalServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LocalServer, local_server_free)

void respond (Request *request, unsigned status, const char *type, const char *body);
void respond_json (Request *request, unsigned status, const char *body);
/* Counts in server->gone when the client of a request that is not yet answered hangs up. */
void watch_departure (Request *request);
/* Never answers; with watch_departure(). */
void hold (Request *request);
/* Writes raw bytes on the connection and closes it. */
void cut (Request *request, const char *raw);

/* Turns the main loop until the future is complete. TRUE: it resolved. Takes future; kept
 * (nullable) gets it back. */
gboolean await (DexFuture *future, DexFuture **kept, GError **error);
char *await_text (DexFuture *future, GError **error); /* GBytes or string */
gboolean await_true (DexFuture *future, GError **error);
/* Asserts that future rejects so. */
void await_error (DexFuture *future, GQuark domain, int code);
/* Turns the main loop until *value is at least n. */
void await_count (unsigned *value, unsigned n);
/* Takes the object; turns the main loop until nobody else holds it. */
void await_finalized (gpointer object);

G_END_DECLS
