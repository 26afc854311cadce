/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* From a status, its headers and its body to a GError. Everything here was written by a server, or
 * by something that stands between us and it. */
#include "config.h"

#include "mx-http-error.h"
#include "mx-json.h"

#include <string.h>

#define MAX_RETRY_MS    (60 * 60 * 1000)
#define MAX_ERRCODE     64
#define MAX_SERVER_TEXT 200
#define MAX_ERROR_JSON  (64 * 1024)

static const struct
{
  const char *errcode;
  MxMatrixError code;
} errcodes[] = {
  { "M_UNKNOWN_TOKEN", MX_MATRIX_ERROR_UNKNOWN_TOKEN },
  { "M_MISSING_TOKEN", MX_MATRIX_ERROR_UNKNOWN_TOKEN },
  { "M_LIMIT_EXCEEDED", MX_MATRIX_ERROR_LIMIT_EXCEEDED },
  { "M_FORBIDDEN", MX_MATRIX_ERROR_FORBIDDEN },
  { "M_NOT_FOUND", MX_MATRIX_ERROR_NOT_FOUND },
  { "M_UNRECOGNIZED", MX_MATRIX_ERROR_UNRECOGNIZED },
  { "M_TOO_LARGE", MX_MATRIX_ERROR_TOO_LARGE },
  { "M_BAD_JSON", MX_MATRIX_ERROR_BAD_JSON },
  { "M_NOT_JSON", MX_MATRIX_ERROR_BAD_JSON },
  { "M_MISSING_PARAM", MX_MATRIX_ERROR_BAD_JSON },
  { "M_INVALID_PARAM", MX_MATRIX_ERROR_BAD_JSON },
  { "M_UNKNOWN_POS", MX_MATRIX_ERROR_UNKNOWN_POS },
  { "M_USER_DEACTIVATED", MX_MATRIX_ERROR_USER_DEACTIVATED },
  { "M_USER_LOCKED", MX_MATRIX_ERROR_USER_LOCKED },
  { "M_USER_SUSPENDED", MX_MATRIX_ERROR_USER_SUSPENDED },
  { "ORG.MATRIX.MSC3823.USER_ACCOUNT_SUSPENDED", MX_MATRIX_ERROR_USER_SUSPENDED },
  { "M_RESOURCE_LIMIT_EXCEEDED", MX_MATRIX_ERROR_RESOURCE_LIMIT },
  { "M_USER_LIMIT_EXCEEDED", MX_MATRIX_ERROR_RESOURCE_LIMIT },
  { "ORG_MATRIX_EXPIRED_ACCOUNT", MX_MATRIX_ERROR_EXPIRED_ACCOUNT },
  { "M_INVITE_BLOCKED", MX_MATRIX_ERROR_INVITE_BLOCKED },
  { "ORG.MATRIX.MSC4155.M_INVITE_BLOCKED", MX_MATRIX_ERROR_INVITE_BLOCKED },
  { "M_DUPLICATE_ANNOTATION", MX_MATRIX_ERROR_DUPLICATE_ANNOTATION },
  { "M_WRONG_ROOM_KEYS_VERSION", MX_MATRIX_ERROR_WRONG_ROOM_KEYS_VERSION },
};

static gboolean
lookup_errcode (const char *errcode, MxMatrixError *code)
{
  for (gsize i = 0; errcode != NULL && i < G_N_ELEMENTS (errcodes); i++)
    if (strcmp (errcodes[i].errcode, errcode) == 0)
      {
        *code = errcodes[i].code;
        return TRUE;
      }
  return FALSE;
}

/* For the answers that name no errcode which we act on. html: a web page, so something other than a
 * homeserver spoke. */
static MxMatrixError
code_of_status (unsigned status, gboolean html, gboolean has_errcode)
{
  switch (status)
    {
    case SOUP_STATUS_UNAUTHORIZED:
    case SOUP_STATUS_FORBIDDEN:
      return html ? MX_MATRIX_ERROR_CAPTIVE_PORTAL : MX_MATRIX_ERROR_FORBIDDEN;
    case SOUP_STATUS_NOT_FOUND:
      return has_errcode ? MX_MATRIX_ERROR_NOT_FOUND : MX_MATRIX_ERROR_UNRECOGNIZED;
    case SOUP_STATUS_METHOD_NOT_ALLOWED:
      return MX_MATRIX_ERROR_UNRECOGNIZED;
    case SOUP_STATUS_REQUEST_TIMEOUT:
      return MX_MATRIX_ERROR_SERVER;
    case SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE:
      return MX_MATRIX_ERROR_TOO_LARGE;
    case 429:
      return MX_MATRIX_ERROR_LIMIT_EXCEEDED;
    case 511: /* Network Authentication Required, RFC 6585 */
      return MX_MATRIX_ERROR_CAPTIVE_PORTAL;
    default:
      return status >= 500 ? MX_MATRIX_ERROR_SERVER : MX_MATRIX_ERROR_UNKNOWN;
    }
}

static gboolean
is_html (SoupMessageHeaders *headers, GBytes *body)
{
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  const char *data = NULL;
  gsize size = 0;

  if (type != NULL && (g_ascii_strcasecmp (type, "text/html") == 0 ||
                       g_ascii_strcasecmp (type, "application/xhtml+xml") == 0))
    return TRUE;

  if (body != NULL)
    data = g_bytes_get_data (body, &size);
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isspace (data[i]))
      return data[i] == '<';
  return FALSE;
}

gint64
mx_http_retry_after (SoupMessageHeaders *headers)
{
  const char *text = soup_message_headers_get_one (headers, "Retry-After");
  g_autoptr (GDateTime) then = NULL;
  g_autoptr (GDateTime) now = NULL;
  const char *date;
  guint64 seconds;

  if (text == NULL)
    return -1;
  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &seconds, NULL))
    return MIN ((gint64) seconds * 1000, MAX_RETRY_MS);

  then = soup_date_time_new_from_http_string (text);
  if (then == NULL)
    return -1;
  date = soup_message_headers_get_one (headers, "Date");
  if (date != NULL)
    now = soup_date_time_new_from_http_string (date);
  if (now == NULL)
    now = g_date_time_new_now_utc ();
  return CLAMP (g_date_time_difference (then, now) / 1000, 0, MAX_RETRY_MS);
}

/* errcodes are [A-Z0-9_.]; anything else is not one. */
static char *
dup_errcode (MxJson root)
{
  const char *errcode = mx_json_get_string (root, "errcode");

  if (errcode == NULL || *errcode == '\0' || strlen (errcode) > MAX_ERRCODE)
    return NULL;
  for (const char *p = errcode; *p != '\0'; p++)
    if (!g_ascii_isupper (*p) && !g_ascii_isdigit (*p) && *p != '_' && *p != '.')
      return NULL;
  return g_strdup (errcode);
}

static char *
describe (unsigned status, const char *errcode, const char *said)
{
  GString *text = g_string_new (NULL);
  gsize characters = 0;

  g_string_append_printf (text, "%u", status);
  if (errcode != NULL)
    g_string_append_printf (text, " %s", errcode);
  if (said != NULL && *said != '\0')
    g_string_append (text, ": ");
  for (const char *p = said; p != NULL && *p != '\0' && characters < MAX_SERVER_TEXT;
       p = g_utf8_next_char (p), characters++)
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (text, g_unichar_isprint (c) ? c : ' ');
    }
  return g_string_free_and_steal (text);
}

GError *
mx_http_error_new (unsigned status, SoupMessageHeaders *headers, GBytes *body)
{
  g_autoptr (MxJsonDocument) document = NULL;
  g_autofree char *errcode = NULL;
  g_autofree char *message = NULL;
  gboolean html = is_html (headers, body);
  gint64 retry_after = -1;
  MxMatrixError code;
  MxJson root = { NULL };
  GError *error = NULL;

  if (status == SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED)
    return g_error_new_literal (G_IO_ERROR,
                                G_IO_ERROR_PROXY_NEED_AUTH,
                                "The proxy asks for a name and a password");

  if (!html && body != NULL && g_bytes_get_size (body) <= MAX_ERROR_JSON)
    {
      document = mx_json_document_parse_bytes (body, NULL);
      if (document != NULL)
        root = mx_json_document_root (document);
    }
  errcode = dup_errcode (root);

  if (status == SOUP_STATUS_UNAUTHORIZED &&
      mx_json_type (mx_json_get (root, "flows")) == MX_JSON_ARRAY)
    code = MX_MATRIX_ERROR_INTERACTIVE_AUTH;
  else if (!lookup_errcode (errcode, &code))
    code = code_of_status (status, html, errcode != NULL);
  else if (code == MX_MATRIX_ERROR_UNKNOWN_TOKEN &&
           mx_json_bool (mx_json_get (root, "soft_logout"), FALSE))
    code = MX_MATRIX_ERROR_SOFT_LOGOUT;

  if (code == MX_MATRIX_ERROR_LIMIT_EXCEEDED || status >= 500)
    {
      retry_after = mx_http_retry_after (headers);
      if (retry_after < 0)
        retry_after =
          CLAMP (mx_json_int (mx_json_get (root, "retry_after_ms"), -1), -1, MAX_RETRY_MS);
    }

  message = describe (status, errcode, mx_json_get_string (root, "error"));
  error = mx_matrix_error_new (code, status, errcode, retry_after, message);
  if (code == MX_MATRIX_ERROR_INTERACTIVE_AUTH)
    {
      g_autofree char *text = mx_json_to_text (root);

      mx_matrix_error_set_body (error, text);
    }
  return error;
}

GError *
mx_http_error_unless_json (unsigned status, SoupMessageHeaders *headers, GBytes *body)
{
  gsize size;
  const char *data = g_bytes_get_data (body, &size);

  for (gsize i = 0; i < size; i++)
    {
      if (g_ascii_isspace (data[i]))
        continue;
      if (data[i] == '{' || data[i] == '[')
        return NULL;
      break;
    }

  if (is_html (headers, body))
    return mx_matrix_error_new (MX_MATRIX_ERROR_CAPTIVE_PORTAL,
                                status,
                                NULL,
                                -1,
                                "A web page came instead of an answer");
  return mx_matrix_error_new (MX_MATRIX_ERROR_INVALID_RESPONSE,
                              status,
                              NULL,
                              -1,
                              "The answer is not JSON");
}

GError *
mx_http_error_from_transport (GError *error)
{
  g_autoptr (GError) owned = error;

  if (error->domain == SOUP_SESSION_ERROR)
    {
      if (error->code == SOUP_SESSION_ERROR_PARSING || error->code == SOUP_SESSION_ERROR_ENCODING)
        return mx_matrix_error_new (MX_MATRIX_ERROR_INVALID_RESPONSE, 0, NULL, -1, error->message);
      return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, error->message);
    }

  /* a body that ends before its length is a connection that was cut */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
    return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, error->message);

  return g_steal_pointer (&owned);
}

GError *
mx_http_error_blame_proxy (GError *error)
{
  GError *blame = NULL;

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT) &&
      !g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    return error;

  blame = g_error_new (G_IO_ERROR,
                       G_IO_ERROR_PROXY_FAILED,
                       "The proxy cannot be reached: %s",
                       error->message);
  g_error_free (error);
  return blame;
}

GError *
mx_http_error_of_proxy (unsigned status, gboolean has_password)
{
  GIOErrorEnum code = G_IO_ERROR_PROXY_NOT_ALLOWED;

  if (status == SOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED)
    code = has_password ? G_IO_ERROR_PROXY_AUTH_FAILED : G_IO_ERROR_PROXY_NEED_AUTH;
  else if (status >= 500) /* how proxies say that they cannot find or reach it */
    code = G_IO_ERROR_HOST_UNREACHABLE;
  return g_error_new (G_IO_ERROR, code, "The proxy answered %u instead of the server", status);
}
