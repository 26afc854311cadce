/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One account's (or one sign-in's) way to its server: libsoup session, base address, bearer token,
 * proxy and extra CA, errors turned into GError by one function. Main thread. Requests are
 * cancellable promises: dropping the future (through mx_guard) aborts the request. Bodies are
 * handed on unparsed. */
#pragma once

#include "mx-flow.h"
#include "mx-secret.h"

G_BEGIN_DECLS

typedef struct
{
  char *proxy_uri; /* NULL: the system's (GProxyResolver); "direct://": none */
  char *ca_file;   /* PEM file added to the system's trust store, NULL */
} MxNetworkSettings;
void mx_network_settings_clear (MxNetworkSettings *self);

/* Signal "refused" (GError): the token in use was refused for good, by whatever request; told after
 * that request has failed. */
#define MX_TYPE_HTTP (mx_http_get_type ())
G_DECLARE_FINAL_TYPE (MxHttp, mx_http, MX, HTTP, GObject)

/* base_url: https://…, or http://… of this machine. settings: nullable. Errors: BAD_SERVER_NAME,
 * BAD_CA_FILE, G_IO_ERROR_PROXY_FAILED for a proxy address that is none. */
MxHttp *mx_http_new (const char *base_url, const MxNetworkSettings *settings, GError **error);
/* Other settings from the next request on; what runs goes on as it is. After an error (as above)
 * the old ones stay. */
gboolean mx_http_set_network (MxHttp *self, const MxNetworkSettings *settings, GError **error);
const char *mx_http_get_base_url (MxHttp *self);
void mx_http_set_access_token (MxHttp *self, MxSecret *token); /* NULL: none */

/* Called when a request was refused with UNKNOWN_TOKEN or SOFT_LOGOUT (that is how an expired token
 * is refused, too) while a token was set; returns a future that resolves TRUE when a new token was
 * set (the request is repeated once) — session/ does the single-flight refresh here. When the
 * future fails for a passing reason (network, 5xx), so does the request: the session is not over.
 * Else it fails with the refusal. Not called when the token was changed since the request left:
 * that is repeated at once. */
typedef DexFuture *(*MxHttpRefreshFunc) (MxHttp *http, gpointer data);
void
mx_http_set_refresh (MxHttp *self, MxHttpRefreshFunc func, gpointer data, GDestroyNotify data_free);

/* Forgets every open connection without ending what runs on them: after a change of network or a
 * resume from suspend, when they may be dead without knowing it. A time-out does so by itself. */
void mx_http_reset_connections (MxHttp *self);

typedef enum
{
  MX_HTTP_NO_AUTH = 1 << 0,
  MX_HTTP_LONG_POLL = 1 << 1, /* the answer may take timeout= of the query, plus 30 s; else 60 s
                                 without a byte is the end */
  MX_HTTP_NO_REFRESH = 1 << 2,
  MX_HTTP_FOLLOW =
    1 << 3, /* GET without token: redirects to other hosts are followed (well-known) */
  MX_HTTP_LARGE = 1 << 4, /* the answer may be as large as that of a sync */
} MxHttpFlags;

/* path: below the base address, already encoded (mx_http_path), query included. body: JSON text or
 * NULL. Resolves to GBytes (a JSON body, not yet parsed; it begins like JSON, and the status was
 * 2xx), or rejects with MX_MATRIX_ERROR, G_IO_ERROR, G_TLS_ERROR, G_RESOLVER_ERROR. Bodies are
 * limited to 512 MiB for sync and MX_HTTP_LARGE, 64 MiB else. */
DexFuture *mx_http_request (MxHttp *self,
                            const char *method,
                            const char *path,
                            const char *body,
                            MxHttpFlags flags) G_GNUC_WARN_UNUSED_RESULT;

/* Streams: upload resolves to GBytes (the JSON answer); download writes into output and resolves to
 * a string (content type). progress (nullable) is called on the main thread with bytes so far and
 * total (-1 unknown). max: refuse beyond, bytes, -1: no limit. A redirect to another host does not
 * carry the token (E2E-149). */
typedef void (*MxProgressFunc) (gint64 done, gint64 total, gpointer data);
DexFuture *mx_http_upload (MxHttp *self,
                           const char *path,
                           GInputStream *input,
                           gint64 length,
                           const char *content_type,
                           MxProgressFunc progress,
                           gpointer data) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_http_download (MxHttp *self,
                             const char *path,
                             GOutputStream *output,
                             gint64 max,
                             MxProgressFunc progress,
                             gpointer data) G_GNUC_WARN_UNUSED_RESULT;

/* printf-like path builder: each %s is percent-encoded as one path segment or query value. Caller
 * owns. */
char *mx_http_path (const char *format, ...) G_GNUC_PRINTF (1, 2);

G_END_DECLS
