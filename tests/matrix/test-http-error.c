/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* From status, headers and body to domain and code. */
#include "config.h"

#include "mx-http-error.h"

#include <gio/gio.h>
#include <string.h>

static GError *
error_for (unsigned status, const char *header, const char *value, const char *body)
{
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  GError *error;

  if (header != NULL)
    soup_message_headers_append (headers, header, value);
  error = mx_http_error_new (status, headers, bytes);
  soup_message_headers_unref (headers);
  return error;
}

static void
test_codes (void)
{
  static const struct
  {
    unsigned status;
    const char *body;
    int code;
  } table[] = {
    { 403, "{\"errcode\":\"M_FORBIDDEN\"}", MX_MATRIX_ERROR_FORBIDDEN },
    { 401, "{\"errcode\":\"M_UNKNOWN_TOKEN\"}", MX_MATRIX_ERROR_UNKNOWN_TOKEN },
    { 401,
      "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"soft_logout\":false}",
      MX_MATRIX_ERROR_UNKNOWN_TOKEN },
    { 401,
      "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"soft_logout\":\"true\"}",
      MX_MATRIX_ERROR_UNKNOWN_TOKEN },
    { 401, "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"soft_logout\":true}", MX_MATRIX_ERROR_SOFT_LOGOUT },
    { 401, "{\"errcode\":\"M_MISSING_TOKEN\"}", MX_MATRIX_ERROR_UNKNOWN_TOKEN },
    { 401, "{\"flows\":[],\"params\":{},\"session\":\"x\"}", MX_MATRIX_ERROR_INTERACTIVE_AUTH },
    { 401,
      "{\"errcode\":\"M_FORBIDDEN\",\"flows\":[{\"stages\":[]}]}",
      MX_MATRIX_ERROR_INTERACTIVE_AUTH },
    { 403, "{\"errcode\":\"ORG_MATRIX_EXPIRED_ACCOUNT\"}", MX_MATRIX_ERROR_EXPIRED_ACCOUNT },
    { 403, "{\"errcode\":\"M_USER_DEACTIVATED\"}", MX_MATRIX_ERROR_USER_DEACTIVATED },
    { 401, "{\"errcode\":\"M_USER_LOCKED\",\"soft_logout\":true}", MX_MATRIX_ERROR_USER_LOCKED },
    { 403, "{\"errcode\":\"M_USER_SUSPENDED\"}", MX_MATRIX_ERROR_USER_SUSPENDED },
    { 403, "{\"errcode\":\"M_RESOURCE_LIMIT_EXCEEDED\"}", MX_MATRIX_ERROR_RESOURCE_LIMIT },
    { 403, "{\"errcode\":\"M_INVITE_BLOCKED\"}", MX_MATRIX_ERROR_INVITE_BLOCKED },
    { 400, "{\"errcode\":\"M_DUPLICATE_ANNOTATION\"}", MX_MATRIX_ERROR_DUPLICATE_ANNOTATION },
    { 403, "{\"errcode\":\"M_WRONG_ROOM_KEYS_VERSION\"}", MX_MATRIX_ERROR_WRONG_ROOM_KEYS_VERSION },
    { 400, "{\"errcode\":\"M_UNKNOWN_POS\"}", MX_MATRIX_ERROR_UNKNOWN_POS },
    { 400, "{\"errcode\":\"M_BAD_JSON\"}", MX_MATRIX_ERROR_BAD_JSON },
    { 400, "{\"errcode\":\"M_INVALID_PARAM\"}", MX_MATRIX_ERROR_BAD_JSON },
    { 413, "{\"errcode\":\"M_TOO_LARGE\"}", MX_MATRIX_ERROR_TOO_LARGE },
    { 404, "{\"errcode\":\"M_NOT_FOUND\"}", MX_MATRIX_ERROR_NOT_FOUND },
    { 404, "{\"errcode\":\"M_UNRECOGNIZED\"}", MX_MATRIX_ERROR_UNRECOGNIZED },
    { 405, "{\"errcode\":\"M_UNRECOGNIZED\"}", MX_MATRIX_ERROR_UNRECOGNIZED },
    { 404, "{}", MX_MATRIX_ERROR_UNRECOGNIZED },
    { 404, "", MX_MATRIX_ERROR_UNRECOGNIZED },
    { 405, "", MX_MATRIX_ERROR_UNRECOGNIZED },
    { 500, "{\"errcode\":\"M_UNKNOWN\"}", MX_MATRIX_ERROR_SERVER },
    { 503, "upstream", MX_MATRIX_ERROR_SERVER },
    { 408, "", MX_MATRIX_ERROR_SERVER },
    { 418, "", MX_MATRIX_ERROR_UNKNOWN },
    { 400, "{\"errcode\":\"M_UNKNOWN\"}", MX_MATRIX_ERROR_UNKNOWN },
    { 400, "{\"errcode\":42}", MX_MATRIX_ERROR_UNKNOWN },
    { 400, "[1,2", MX_MATRIX_ERROR_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = error_for (table[i].status, NULL, NULL, table[i].body);

      g_assert_error (error, MX_MATRIX_ERROR, table[i].code);
      g_assert_cmpuint (mx_matrix_error_get_status (error), ==, table[i].status);
    }
}

static void
test_retry_after (void)
{
  static const struct
  {
    unsigned status;
    const char *value;
    const char *body;
    gint64 expected;
  } table[] = {
    { 429, "7", "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":1500}", 7000 },
    { 429, NULL, "{\"errcode\":\"M_LIMIT_EXCEEDED\",\"retry_after_ms\":1500}", 1500 },
    { 429, NULL, "{\"errcode\":\"M_LIMIT_EXCEEDED\"}", -1 },
    { 429, "soon", "{\"retry_after_ms\":20}", 20 },
    { 429, "-5", "", -1 },
    { 429, "99999999999999999999", "", -1 },
    { 429, "999999", "", 3600000 },
    { 429, NULL, "{\"retry_after_ms\":1e300}", -1 },
    { 429, NULL, "{\"retry_after_ms\":-9}", -1 },
    { 503, "3", "", 3000 },
    { 403, "3", "{\"errcode\":\"M_FORBIDDEN\"}", -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;

      error = error_for (table[i].status,
                         table[i].value != NULL ? "Retry-After" : NULL,
                         table[i].value,
                         table[i].body);
      g_assert_cmpint (mx_matrix_error_get_retry_after (error), ==, table[i].expected);
    }
}

/* A date is measured against the server's own clock, not ours. */
static void
test_retry_after_date (void)
{
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);

  soup_message_headers_append (headers, "Date", "Mon, 05 Jan 2015 10:00:00 GMT");
  soup_message_headers_append (headers, "Retry-After", "Mon, 05 Jan 2015 10:01:30 GMT");
  g_assert_cmpint (mx_http_retry_after (headers), ==, 90000);
  soup_message_headers_replace (headers, "Retry-After", "Mon, 05 Jan 2015 09:00:00 GMT");
  g_assert_cmpint (mx_http_retry_after (headers), ==, 0);
  soup_message_headers_replace (headers, "Retry-After", "Mon, 05 Jan 2099 09:00:00 GMT");
  g_assert_cmpint (mx_http_retry_after (headers), ==, 3600000);
  soup_message_headers_unref (headers);
}

/* What the server says is bounded, on one line, and an errcode looks like one. */
static void
test_message (void)
{
  g_autofree char *long_text = g_strnfill (5000, 'x');
  g_autofree char *body =
    g_strdup_printf ("{\"errcode\":\"M_FORBIDDEN\",\"error\":\"a\\nb\\u0000c %s\"}", long_text);
  g_autoptr (GError) error =
    error_for (403, NULL, NULL, "{\"errcode\":\"M_FORBIDDEN\",\"error\":\"a\\nb\\u001b[31m\"}");
  g_autoptr (GError) strange =
    error_for (403, NULL, NULL, "{\"errcode\":\"M_\\n<b>\",\"error\":7}");
  g_autoptr (GError) large = error_for (403, NULL, NULL, body);

  g_assert_cmpstr (error->message, ==, "403 M_FORBIDDEN: a b [31m");
  g_assert_cmpstr (mx_matrix_error_get_errcode (error), ==, "M_FORBIDDEN");
  g_assert_cmpstr (strange->message, ==, "403");
  g_assert_null (mx_matrix_error_get_errcode (strange));
  g_assert_cmpuint (strlen (large->message), <, 300);
}

static void
test_proxy (void)
{
  g_autoptr (GError) error = error_for (407, NULL, NULL, "<html>");

  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PROXY_NEED_AUTH);
}

static void
test_transport (void)
{
  g_autoptr (GError) cut = NULL;
  g_autoptr (GError) parsing = NULL;
  g_autoptr (GError) other = NULL;

  cut = mx_http_error_from_transport (
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "cut"));
  g_assert_error (cut, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
  parsing = mx_http_error_from_transport (
    g_error_new_literal (SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_PARSING, "not HTTP"));
  g_assert_error (parsing, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
  other = mx_http_error_from_transport (
    g_error_new_literal (SOUP_SESSION_ERROR, SOUP_SESSION_ERROR_TOO_MANY_RESTARTS, "no"));
  g_assert_error (other, G_IO_ERROR, G_IO_ERROR_FAILED);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http-error/codes", test_codes);
  g_test_add_func ("/http-error/retry-after", test_retry_after);
  g_test_add_func ("/http-error/retry-after-date", test_retry_after_date);
  g_test_add_func ("/http-error/message", test_message);
  g_test_add_func ("/http-error/proxy", test_proxy);
  g_test_add_func ("/http-error/transport", test_transport);

  return g_test_run ();
}
