/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is typed becomes HTML that has no tag of the writer's own and that the gate can read. */
#include "fuzz.h"

#include "mx-html.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *raw = g_strndup ((const char *) data, size);
  g_autofree char *input = g_utf8_make_valid (raw, -1);
  g_autofree char *html = mx_markdown_to_html (input);

  if (html != NULL)
    {
      g_autoptr (MxRichText) text = mx_rich_text_from_html (html, NULL);

      g_assert_true (g_utf8_validate (html, -1, NULL));
      g_assert_null (strstr (html, "<script"));
      g_assert_null (strstr (html, "<!--"));
      g_assert_nonnull (mx_rich_text_get_blocks (text));
    }

  return 0;
}
