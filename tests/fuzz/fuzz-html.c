/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Whatever HTML or text comes in, what comes out is valid UTF-8 without controls and with links of
 * allowed schemes. */
#include "fuzz.h"

#include "mx-html.h"

#include <string.h>

static void
check_text (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_assert_true (!g_unichar_iscntrl (c) || c == '\n' || c == '\t');
      g_assert_false ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069));
    }
}

static void
check_href (const char *href)
{
  static const char *const schemes[] = {
    "https:", "http:", "ftp:", "mailto:", "magnet:", "matrix:"
  };
  gboolean allowed = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    allowed |= g_ascii_strncasecmp (href, schemes[i], strlen (schemes[i])) == 0;
  g_assert_true (allowed);
  g_assert_true (g_utf8_validate (href, -1, NULL));
}

static void
check (MxRichText *text)
{
  GPtrArray *blocks = mx_rich_text_get_blocks (text);
  g_autofree char *plain = mx_rich_text_to_plain (text);
  g_autofree char *preview = mx_rich_text_to_preview (text);

  mx_rich_text_is_emoji_only (text);
  mx_rich_text_has_spoiler (text);
  g_assert_true (g_utf8_validate (preview, -1, NULL));
  for (guint i = 0; i < blocks->len; i++)
    {
      const MxBlock *block = g_ptr_array_index (blocks, i);

      g_assert_true (block->inlines->len > 0 || block->kind == MX_BLOCK_RULE);
      g_assert_cmpuint (block->level, <=, 101);
      for (guint k = 0; k < block->inlines->len; k++)
        {
          const MxInline *run = g_ptr_array_index (block->inlines, k);

          g_assert_true (*run->text != '\0');
          check_text (run->text);
          if (run->href != NULL)
            check_href (run->href);
        }
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const char *const hosts[] = { "tchap.gouv.fr", NULL };
  g_autofree char *input = g_strndup ((const char *) data, size);
  g_autoptr (MxRichText) html = mx_rich_text_from_html (input, hosts);
  g_autoptr (MxRichText) plain = mx_rich_text_from_plain (input, hosts);
  g_autofree char *line = mx_text_clean_line (input, 50);
  g_autofree char *filename = mx_text_clean_filename (input);

  check (html);
  check (plain);
  g_assert_true (g_utf8_validate (line, -1, NULL));
  g_assert_null (strchr (line, '\n'));
  g_assert_cmpint (g_utf8_strlen (line, -1), <=, 53);
  check_text (filename);
  g_assert_null (strpbrk (filename, "/\\\n"));

  return 0;
}
