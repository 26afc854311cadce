/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Refusals: the first byte chooses the status, the first line is Retry-After, the rest is the body.
 */
#include "fuzz.h"

#include "mx-http-error.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  const guint8 *line = size > 1 ? memchr (data + 1, '\n', size - 1) : NULL;
  SoupMessageHeaders *headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GError) error = NULL;

  if (line == NULL)
    {
      soup_message_headers_unref (headers);
      return 0;
    }

  if (memchr (data + 1, '\0', line - data - 1) == NULL &&
      memchr (data + 1, '\r', line - data - 1) == NULL)
    {
      g_autofree char *value = g_strndup ((const char *) data + 1, line - data - 1);

      soup_message_headers_append (headers, "Retry-After", value);
    }
  body = g_bytes_new_static (line + 1, size - (line + 1 - data));
  error = mx_http_error_new (400 + *data, headers, body);
  g_assert_nonnull (error);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strchr (error->message, '\n'));
  g_assert_cmpint (mx_matrix_error_get_retry_after (error), >=, -1);
  soup_message_headers_unref (headers);
  return 0;
}
