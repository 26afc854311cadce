/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The one place where an answer that is no success becomes a GError (spec "Standard error
 * response", "Rate limiting", "Soft logout", "User-interactive authentication"; Tchap's account
 * validity). Any thread. */
#pragma once

#include "mx-error.h"
#include <libsoup/soup.h>

G_BEGIN_DECLS

/* A status outside 2xx and 3xx. body: the first part of what came with it, nullable. The message is
 * for reports, not for users or logs: it contains what the server said. */
GError *mx_http_error_new (unsigned status, SoupMessageHeaders *headers, GBytes *body);
/* Takes error and gives it a domain that layers above can know: libsoup's own becomes Matrix's or
 * GIO's. */
GError *mx_http_error_from_transport (GError *error);
/* Takes error, of a connection that did not come about where a proxy was given:
 * G_IO_ERROR_PROXY_FAILED where the proxy is what was not reached, as advice about the server would
 * be wrong. */
GError *mx_http_error_blame_proxy (GError *error);
/* The answer of a proxy that opens no tunnel to the server. */
GError *mx_http_error_of_proxy (unsigned status, gboolean has_password);
/* NULL when body begins like a JSON object or array; else CAPTIVE_PORTAL for HTML and
 * INVALID_RESPONSE for the rest. */
GError *mx_http_error_unless_json (unsigned status, SoupMessageHeaders *headers, GBytes *body);
/* Retry-After (seconds, or an HTTP date measured against the answer's own Date), in ms, at most an
 * hour; -1: not said. */
gint64 mx_http_retry_after (SoupMessageHeaders *headers);

G_END_DECLS
