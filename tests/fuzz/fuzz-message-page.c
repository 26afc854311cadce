/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Pages of history, as /messages and as /context have them. */
#include "fuzz.h"

#include "mx-error.h"
#include "mx-room-requests.h"

static void
check (MxMessagePage *page, GError *error)
{
  if (page == NULL)
    {
      g_assert_error (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_INVALID_RESPONSE);
      return;
    }
  for (guint i = 0; i < page->events->len; i++)
    g_assert_nonnull (mx_event_get_id (g_ptr_array_index (page->events, i)));
  if (page->end != NULL)
    g_assert_cmpint (*page->end, !=, '\0');
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) reply = g_bytes_new_static (data, size);
  g_autoptr (GError) page_error = NULL;
  g_autoptr (GError) context_error = NULL;
  g_autoptr (MxMessagePage) page = mx_message_page_decode (reply, &page_error);
  g_autoptr (MxMessagePage) context = mx_message_context_decode (reply, &context_error);

  check (page, page_error);
  check (context, context_error);
  return 0;
}
