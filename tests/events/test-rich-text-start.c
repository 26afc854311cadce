/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Where a text without end is cut. */
#include "mx-rich-text.h"

#include <string.h>

static char *
repeat (const char *text, unsigned times)
{
  GString *all = g_string_new (NULL);

  while (times-- > 0)
    g_string_append (all, text);

  return g_string_free_and_steal (all);
}

static MxRichText *
start_of (const char *piece, unsigned times, gboolean html)
{
  g_autofree char *all = repeat (piece, times);
  g_autoptr (MxRichText) text =
    html ? mx_rich_text_from_html (all, NULL) : mx_rich_text_from_plain (all, NULL);

  return mx_rich_text_dup_start (text, 60, 40);
}

static void
test_short (void)
{
  g_assert_null (start_of ("bonjour ", 1, FALSE));
  g_assert_null (start_of ("", 0, FALSE));
  g_assert_null (start_of ("mot ", 90 * 72 / 4, FALSE));
  g_assert_null (start_of ("<p>paragraphe</p>", 90, TRUE));
}

static void
test_long (void)
{
  g_autoptr (MxRichText) lines = start_of ("ligne\n", 5000, FALSE);
  g_autoptr (MxRichText) words = start_of ("mot ", 15000, FALSE);
  g_autoptr (MxRichText) word = start_of ("z", 60000, FALSE);
  g_autofree char *lines_text = mx_rich_text_to_plain (lines);
  g_autofree char *words_text = mx_rich_text_to_plain (words);
  g_autofree char *word_text = mx_rich_text_to_plain (word);
  g_auto (GStrv) split = g_strsplit (lines_text, "\n", -1);

  g_assert_cmpuint (g_strv_length (split), <=, 60);
  g_assert_cmpuint (g_strv_length (split), >, 50);
  g_assert_true (g_str_has_suffix (words_text, "mot"));
  g_assert_cmpuint (strlen (words_text), <=, 61 * 72);
  g_assert_cmpuint (strlen (word_text), <=, 61 * 72);
}

/* Frames cost more than words. */
static void
test_blocks (void)
{
  static const char *const pieces[] = { "<pre>x</pre>",
                                        "<hr>",
                                        "<blockquote>x</blockquote>",
                                        "<details><summary>s</summary>d</details>",
                                        "<blockquote><ul><li>x</li></ul></blockquote>" };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (MxRichText) start = start_of (pieces[i], 1000, TRUE);

      g_assert_nonnull (start);
      g_assert_cmpuint (mx_rich_text_get_blocks (start)->len, <=, 25);
      g_assert_cmpuint (mx_rich_text_get_blocks (start)->len, >, 10);
    }
}

/* What is kept is kept as it was. */
static void
test_runs (void)
{
  g_autoptr (MxRichText) start =
    start_of ("<ol start=\"7\"><li><b>gras</b> <a href=\"https://a.fr/x\">lien</a></li></ol>",
              200,
              TRUE);
  const MxBlock *block = g_ptr_array_index (mx_rich_text_get_blocks (start), 0);
  const MxInline *bold = g_ptr_array_index (block->inlines, 0);
  const MxInline *link = g_ptr_array_index (block->inlines, 2);

  g_assert_cmpint (block->kind, ==, MX_BLOCK_LIST_ITEM);
  g_assert_cmpint (block->number, ==, 7);
  g_assert_cmpint (bold->style, ==, MX_INLINE_BOLD);
  g_assert_cmpstr (link->text, ==, "lien");
  g_assert_cmpstr (link->href, ==, "https://a.fr/x");
}

/* Never within a character and its marks. */
static void
test_marks (void)
{
  g_autoptr (MxRichText) start = start_of ("e\u0301\u0302", 10000, FALSE);
  g_autofree char *text = mx_rich_text_to_plain (start);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_true (g_str_has_suffix (text, "e\u0301\u0302"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rich-text-start/short", test_short);
  g_test_add_func ("/rich-text-start/long", test_long);
  g_test_add_func ("/rich-text-start/blocks", test_blocks);
  g_test_add_func ("/rich-text-start/runs", test_runs);
  g_test_add_func ("/rich-text-start/marks", test_marks);

  return g_test_run ();
}
