/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One request from its start to its end, with its time limits, redirects and its one repetition
 * after a token refresh. For this folder only. Main thread. */
#pragma once

#include "mx-http.h"
#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Patience, in ms: until connected, without a byte, and beyond what a long poll asked the server to
 * wait. */
#define MX_HTTP_CONNECT_MS 20000
#define MX_HTTP_IDLE_MS    60000
#define MX_HTTP_POLL_MS    30000

/* What to do; every member is the caller's and copied or referenced as needed. */
typedef struct
{
  const char *method;
  const char *path;
  MxHttpFlags flags;
  GBytes *body;        /* nullable */
  GInputStream *input; /* instead of body; repeated only when seekable */
  gint64 input_length;
  const char *content_type; /* of body or input */
  GOutputStream
    *output;  /* NULL: the body is collected, must be JSON, and is what the future resolves to */
  gint64 max; /* bytes of the decoded body */
  MxProgressFunc progress;
  gpointer progress_data;
} MxHttpOrder;

DexFuture *mx_http_exchange_run (MxHttp *http, const MxHttpOrder *order) G_GNUC_WARN_UNUSED_RESULT;

/* What an exchange needs of its MxHttp (mx-http.c). Borrowed, refresh: owned, NULL without a hook.
 */
SoupSession *mx_http_get_session (MxHttp *self);
MxSecret *mx_http_get_access_token (MxHttp *self);
/* A proxy that was given, not the system's. */
gboolean mx_http_has_proxy (MxHttp *self);
gboolean mx_http_has_proxy_password (MxHttp *self);
GTlsDatabase *mx_http_get_added_trust (MxHttp *self);
DexFuture *mx_http_refresh (MxHttp *self);
void mx_http_tell_refused (MxHttp *self, const GError *error);
gboolean mx_http_uri_is_allowed (GUri *uri); /* https, or http of this machine */

/* Other time limits than those above, in ms: for tests. */
void mx_http_set_patience (MxHttp *self, unsigned connect_ms, unsigned idle_ms);
unsigned mx_http_get_connect_patience (MxHttp *self);
unsigned mx_http_get_idle_patience (MxHttp *self);

/* Of a path (mx-http-path.c): endpoint words, "*" for each id. Caller owns. */
char *mx_http_path_for_log (const char *path);
unsigned mx_http_path_get_timeout (const char *path); /* timeout= of the query in ms, 0 without */

G_END_DECLS
