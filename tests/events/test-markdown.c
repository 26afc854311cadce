/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is typed and what is sent. */
#include "mx-markdown.h"

#include "mx-rich-text.h"

#include <string.h>

static void
assert_html (const char *text, const char *expected)
{
  g_autofree char *html = mx_markdown_to_html (text);

  g_assert_cmpstr (html, ==, expected);
}

static void
test_plain (void)
{
  assert_html ("", NULL);
  assert_html ("Bonjour", NULL);
  assert_html ("Bonjour,\nça va ?\n\nOui & non < 3 > 2", NULL);
  assert_html ("snake_case_name et 2 * 3 * 4", NULL);
  assert_html ("https://exemple.fr/a_b_c?x=1&y=2", NULL);
  assert_html ("C'est « bon » !  ", NULL);
}

static void
test_markup (void)
{
  assert_html ("**gras** et *italique*", "<strong>gras</strong> et <em>italique</em>");
  assert_html ("`code`", "<code>code</code>");
  assert_html ("a\n**b**", "a<br />\n<strong>b</strong>");
  assert_html ("# Titre", "<h1>Titre</h1>");
  assert_html ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>");
  assert_html ("un\n\n**deux**", "<p>un</p>\n<p><strong>deux</strong></p>");
  assert_html ("\\*pas gras\\*", "*pas gras*");
  assert_html ("[lien](https://exemple.fr)", "<a href=\"https://exemple.fr\">lien</a>");
  assert_html ("```c\nint a;\n```", "<pre><code class=\"language-c\">int a;\n</code></pre>");
}

static void
test_html_is_text (void)
{
  g_autofree char *block = mx_markdown_to_html ("<script>alert(1)</script>\n\n**x**");
  g_autofree char *inlined = mx_markdown_to_html ("un <b>mot</b> **gras**");
  g_autofree char *link = mx_markdown_to_html ("[x](javascript:alert(1))");

  g_assert_null (strstr (block, "<script"));
  g_assert_nonnull (strstr (block, "&lt;script&gt;alert(1)&lt;/script&gt;"));
  g_assert_cmpstr (inlined, ==, "un &lt;b&gt;mot&lt;/b&gt; <strong>gras</strong>");
  g_assert_null (strstr (link, "javascript"));
  assert_html ("<b>seul</b>", NULL);
}

/* What cmark writes is what our own gate shows. */
static void
test_round_trip (void)
{
  g_autofree char *html = mx_markdown_to_html ("> cité\n\n1. un\n2. deux\n\n**fin**");
  g_autoptr (MxRichText) text = mx_rich_text_from_html (html, NULL);
  g_autofree char *plain = mx_rich_text_to_plain (text);

  g_assert_cmpstr (plain, ==, "> cité\n\n1. un\n2. deux\n\nfin");
}

static void
test_hostile (void)
{
  static const char *const pieces[] = {
    "[", "*a **", "> ", "![", "`", "<a ", "&", "- ", "_", "[]("
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *html = NULL;

      while (text->len < 60000)
        g_string_append (text, pieces[i]);
      html = mx_markdown_to_html (text->str);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/markdown/plain", test_plain);
  g_test_add_func ("/markdown/markup", test_markup);
  g_test_add_func ("/markdown/html-is-text", test_html_is_text);
  g_test_add_func ("/markdown/round-trip", test_round_trip);
  g_test_add_func ("/markdown/hostile", test_hostile);

  return g_test_run ();
}
