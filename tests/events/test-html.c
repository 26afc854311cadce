/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The HTML gate: what is allowed gets through, what is hostile leaves harmless text, and nothing
 * takes long. */
#include "mx-html.h"

#include <string.h>

static const char *const tchap_hosts[] = { "tchap.gouv.fr", NULL };

static const char *const kind_letters[] = { "P", "H", "CODE", "Q", "LI", "HR", "TABLE", "DETAILS" };

static void
describe_style (GString *out, MxInlineStyle style)
{
  static const char letters[] = "biusc_^!";

  for (int bit = 0; bit < 8; bit++)
    if ((style & (1 << bit)) != 0)
      g_string_append_c (out, letters[bit]);
}

/* One line a block: kind, numbers, then {style text → href @mention}. */
static char *
describe (MxRichText *text)
{
  GPtrArray *blocks = mx_rich_text_get_blocks (text);
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < blocks->len; i++)
    {
      const MxBlock *block = g_ptr_array_index (blocks, i);

      g_string_append_printf (out,
                              "%s%s%u",
                              i > 0 ? "\n" : "",
                              kind_letters[block->kind],
                              block->level);
      if (block->number > 0)
        g_string_append_printf (out, "#%d", block->number);
      if (block->quote_depth > 0)
        g_string_append_printf (out, ">%u", block->quote_depth);
      if (block->details_depth > 0)
        g_string_append_printf (out, "/%u", block->details_depth);
      if (block->language != NULL)
        g_string_append_printf (out, ":%s", block->language);
      for (guint k = 0; k < block->inlines->len; k++)
        {
          const MxInline *run = g_ptr_array_index (block->inlines, k);

          g_string_append (out, " {");
          describe_style (out, run->style);
          g_string_append_printf (out, "|%s", run->text);
          if (run->href != NULL)
            g_string_append_printf (out, "→%s", run->href);
          if (run->mention != NULL)
            g_string_append_printf (out, " %s", run->mention);
          if (run->spoiler_reason != NULL)
            g_string_append_printf (out, " (%s)", run->spoiler_reason);
          if (run->foreground != 0)
            g_string_append_printf (out, " f%06x", run->foreground & 0xffffff);
          if (run->background != 0)
            g_string_append_printf (out, " b%06x", run->background & 0xffffff);
          g_string_append_c (out, '}');
        }
    }

  return g_string_free (out, FALSE);
}

static void
assert_html (const char *html, const char *expected)
{
  g_autoptr (MxRichText) text = mx_rich_text_from_html (html, tchap_hosts);
  g_autofree char *found = describe (text);

  g_assert_cmpstr (found, ==, expected);
  g_assert_false (mx_rich_text_is_truncated (text));
}

static void
assert_plain (const char *plain, const char *expected)
{
  g_autoptr (MxRichText) text = mx_rich_text_from_plain (plain, tchap_hosts);
  g_autofree char *found = describe (text);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_inline (void)
{
  assert_html ("Bonjour <strong>à <em>tous</em></strong> !",
               "P0 {|Bonjour } {b|à } {bi|tous} {| !}");
  assert_html ("<b>b</b><i>i</i><u>u</u><s>s</s><del>d</del><code>c</code>",
               "P0 {b|b} {i|i} {u|u} {s|sd} {c|c}");
  assert_html ("H<sub>2</sub>O m<sup>2</sup>", "P0 {|H} {_|2} {|O m} {^|2}");
  assert_html ("un<br>deux<br/>trois", "P0 {|un\ndeux\ntrois}");
  assert_html ("  espaces \n\t multiples  ", "P0 {|espaces multiples}");
  assert_html ("<span data-mx-color=\"#ff0000\" data-mx-bg-color='#00ff00'>x</span>",
               "P0 {|x fff0000 b00ff00}");
  assert_html ("<font color=\"#0000ff\">x</font>", "P0 {|x f0000ff}");
  assert_html ("<font color=\"red\">x</font><span data-mx-color=\"#12345\">y</span>", "P0 {|xy}");
  assert_html ("<b>Bonjour</b> à tous", "P0 {b|Bonjour} {| à tous}");
  assert_html ("", "");
  assert_html ("   ", "");
}

static void
test_blocks (void)
{
  assert_html ("<p>un</p><p>deux</p>", "P0 {|un}\nP0 {|deux}");
  assert_html ("<div>un<div>deux</div></div>trois", "P0 {|un}\nP0 {|deux}\nP0 {|trois}");
  assert_html ("<h1>T</h1><h6>t</h6>", "H1 {|T}\nH6 {|t}");
  assert_html ("a<hr>b", "P0 {|a}\nHR0\nP0 {|b}");
  assert_html ("<blockquote>a<blockquote><p>b</p></blockquote>c</blockquote>d",
               "Q1>1 {|a}\nQ2>2 {|b}\nQ1>1 {|c}\nP0 {|d}");
  assert_html ("<pre><code class=\"language-c hot\">int a;\n  b <b>c</b>\n</code></pre>",
               "CODE0:c {|int a;\n  b c}");
  assert_html ("<pre>\n x\ty\n</pre>", "CODE0 {| x\ty}");
  assert_html ("<details><summary>Plus</summary><p>caché</p></details>fin",
               "DETAILS0 {|Plus}\nP0/1 {|caché}\nP0 {|fin}");
}

static void
test_lists (void)
{
  assert_html ("<ul><li>a</li><li><p>b</p><p>c</p></li></ul>", "LI1 {|a}\nLI1 {|b}\nP1 {|c}");
  assert_html ("<ol><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ol>",
               "LI1#1 {|a}\nLI1#2 {|b}\nLI2 {|c}\nLI1#3 {|d}");
  assert_html (
    "<ol start=\"7\"><li>a</ol><ol start=\"-3\"><li>b</ol><ol start=\"99999999999\"><li>c</ol>",
    "LI1#7 {|a}\nLI1#1 {|b}\nLI1#1000000 {|c}");
  assert_html ("<li>seul", "LI1 {|seul}");
}

static void
test_table (void)
{
  assert_html (
    "<table><thead><tr><th>A</th><th>B</th></tr></thead><tbody><tr><td>1</td><td>2 <br> x</td></tr>"
    "</tbody></table>après",
    "TABLE0 {b|A\tB\n} {|1\t2 x}\nP0 {|après}");
}

static void
test_links (void)
{
  assert_html ("<a href=\"https://exemple.fr/x?y=1#z\">ici</a>",
               "P0 {|ici→https://exemple.fr/x?y=1#z}");
  assert_html (
    "voir https://exemple.fr/a(b), ou (http://b.fr).",
    "P0 {|voir } {|https://exemple.fr/a(b)→https://exemple.fr/a(b)} {|, ou (} {|http://b.fr→http://b.fr} {|).}");
  assert_html ("<code>https://exemple.fr</code>", "P0 {c|https://exemple.fr}");
  assert_html ("<a href=\"mailto:a@b.fr\">écrire</a>", "P0 {|écrire→mailto:a@b.fr}");
  assert_html ("<a href=\"https://matrix.to/#/@lea:b.fr\">Léa</a>",
               "P0 {|Léa→https://matrix.to/#/@lea:b.fr @lea:b.fr}");
  assert_html ("<a href=\"https://tchap.gouv.fr/#/room/!abc:b.fr\">Salon</a>",
               "P0 {|Salon→https://tchap.gouv.fr/#/room/!abc:b.fr !abc:b.fr}");
  assert_html ("<a href=\"matrix:u/lea:b.fr\">Léa</a>", "P0 {|Léa→matrix:u/lea:b.fr @lea:b.fr}");
}

static void
test_links_refused (void)
{
  assert_html ("<a href=\"javascript:alert(1)\">x</a>", "P0 {|x}");
  assert_html ("<a href=\" JaVaScRiPt:alert(1)\">x</a>", "P0 {|x}");
  assert_html ("<a href=\"java\nscript:alert(1)\">x</a>", "P0 {|x}");
  assert_html ("<a href=\"data:text/html,x\">x</a>", "P0 {|x}");
  assert_html ("<a href=\"file:///etc/passwd\">x</a>", "P0 {|x}");
  assert_html ("<a href=\"/relative\">x</a><a href=\"//hote/\">y</a><a href=\"\">z</a><a>t</a>",
               "P0 {|xyzt}");
  assert_html ("<a href=\"https://\">x</a>", "P0 {|x}");
  assert_html ("<a href=\"https://banque.fr@mechant.fr/\">x</a>", "P0 {|x}");
  assert_html ("<a href=\"https://a.fr/\xe2\x80\xae\">x</a>", "P0 {|x}");
  assert_html ("<a href=\"vbscript:x\">x</a><a href=\"jar:https://x!/\">y</a>", "P0 {|xy}");
}

/* Text that is another address than where the link goes is followed by the real host. */
static void
test_links_that_lie (void)
{
  assert_html ("<a href=\"https://mechant.fr/x\">https://impots.gouv.fr</a>",
               "P0 {|https://impots.gouv.fr (mechant.fr)→https://mechant.fr/x}");
  assert_html ("<a href=\"https://mechant.fr/x\"><b>impots</b>.gouv.fr</a>",
               "P0 {b|impots→https://mechant.fr/x} {|.gouv.fr (mechant.fr)→https://mechant.fr/x}");
  assert_html ("<a href=\"https://www.impots.gouv.fr/x\">impots.gouv.fr</a>",
               "P0 {|impots.gouv.fr→https://www.impots.gouv.fr/x}");
  assert_html ("<a href=\"mailto:x@mechant.fr\">chef@gouv.fr</a>",
               "P0 {|chef@gouv.fr (x@mechant.fr)→mailto:x@mechant.fr}");
  assert_html ("<a href=\"https://a.fr\">le site. Voir</a>", "P0 {|le site. Voir→https://a.fr}");
}

static void
test_spoiler (void)
{
  g_autoptr (MxRichText) text =
    mx_rich_text_from_html ("fin : <span data-mx-spoiler=\"le film\">il meurt</span>", NULL);
  g_autofree char *preview = mx_rich_text_to_preview (text);

  assert_html ("a <span data-mx-spoiler>b <b>c</b></span>", "P0 {|a } {!|b } {b!|c}");
  assert_html ("<span data-mx-spoiler=\"le film\">x</span>", "P0 {!|x (le film)}");
  assert_html ("<span data-mx-spoiler><pre>x</pre></span>", "CODE0 {!|x}");
  g_assert_true (mx_rich_text_has_spoiler (text));
  g_assert_cmpstr (preview, ==, "fin : ██ █████");
}

static void
test_pictures (void)
{
  assert_html ("<img src=\"mxc://b.fr/x\" alt=\":chat:\" data-mx-emoticon>", "P0 {|:chat:}");
  assert_html ("<img src=\"https://espion.fr/pixel.png\" title=\"t\" onerror=\"x()\">", "P0 {|t}");
  assert_html ("<img src=x>", "P0 {|Picture}");
}

static void
test_dropped (void)
{
  assert_html ("<mx-reply><blockquote>cité</blockquote></mx-reply>réponse", "P0 {|réponse}");
  assert_html ("a<script>alert('<b>x</b>')</script>b<style>p{}</style>c", "P0 {|abc}");
  assert_html ("<title>t</title><textarea>x</textarea>y", "P0 {|y}");
  assert_html ("<b onclick=\"x()\" style=\"font-size:900px\" id=\"q\">y</b>", "P0 {b|y}");
  assert_html ("<marquee>texte</marquee> <blink>gardé</blink>", "P0 {|texte gardé}");
  assert_html ("<!-- commentaire --><?php echo ?>x", "P0 {|x}");
  assert_html ("<!DOCTYPE html><html><head><title>t</title></head><body>corps</body></html>",
               "P0 {|corps}");
}

static void
test_entities (void)
{
  assert_html ("&lt;b&gt; &amp;amp; &eacute;&#233;&#xe9;", "P0 {|<b> &amp; ééé}");
  assert_html ("&nbsp;a&inconnu;b",
               "P0 {|\xc2\xa0"
               "a&inconnu;b}");
  assert_html ("a&#0;b&#1;c&#x202e;d", "P0 {|abcd}");
}

static void
test_bidi (void)
{
  assert_html ("a\xe2\x80\xae"
               "b\xe2\x81\xa6"
               "c\xe2\x81\xa9 <b>\xe2\x80\xad"
               "d</b>",
               "P0 {|abc } {b|d}");
  assert_plain ("a\xe2\x80\xae"
                "b\x07"
                "c\r\nd",
                "P0 {|abc\nd}");
}

static void
test_malformed (void)
{
  assert_html ("<b>jamais fermé", "P0 {b|jamais fermé}");
  assert_html ("</b></p>x</div>", "P0 {|x}");
  assert_html ("<b><i>x</b>y</i>z", "P0 {bi|x} {|yz}");
  assert_html ("1 < 2 & 3 > 2", "P0 {|1 < 2 & 3 > 2}");
  assert_html ("<a href=\"https://a.fr\">x<a href=\"https://b.fr\">y</a>",
               "P0 {|x→https://a.fr} {|y→https://b.fr}");
  assert_html ("abc\xff\xfe"
               "d",
               "P0 {|abc\xef\xbf\xbd\xef\xbf\xbd"
               "d}");
}

static char *
repeat (const char *piece, gsize count)
{
  GString *out = g_string_sized_new (strlen (piece) * count);

  for (gsize i = 0; i < count; i++)
    g_string_append (out, piece);

  return g_string_free (out, FALSE);
}

/* None of these may take long or grow: the whole list is read in well under the time that one would
 * take if something were quadratic (the test's time-out is the limit). */
static void
test_hostile_sizes (void)
{
  static const char *const pieces[] = {
    "<div>",
    "<blockquote>",
    "<ul><li>",
    "<b>",
    "<table><tr><td>",
    "<a href=\"https://a.fr\">",
    "<span data-mx-spoiler>",
    "</b>",
    "&lt;",
    "<",
    "<p",
    "a ",
    "https://a.fr ",
    "<b></i>",
    "<details><summary>",
    "\xcc\x81",
    "<!--",
    "<![CDATA[",
    "<x y=z ",
    "((((https://a",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autofree char *html = repeat (pieces[i], 1000000 / strlen (pieces[i]));
      g_autoptr (MxRichText) text = mx_rich_text_from_html (html, tchap_hosts);
      g_autoptr (MxRichText) plain = mx_rich_text_from_plain (html, tchap_hosts);

      g_assert_true (mx_rich_text_is_truncated (text));
      g_assert_true (mx_rich_text_is_truncated (plain));
    }
}

static void
test_nesting (void)
{
  g_autofree char *open = repeat ("<div>", 3000);
  g_autofree char *close = repeat ("</div>", 3000);
  g_autofree char *html = g_strconcat (open, "au fond", close, "<b>après</b>", NULL);
  g_autofree char *deeper = repeat ("<i>", 100000);
  g_autoptr (MxRichText) text = mx_rich_text_from_html (deeper, NULL);
  g_autofree char *quotes = repeat ("<blockquote>", 200);
  g_autofree char *quoted = g_strconcat (quotes, "x", NULL);

  assert_html (html, "P0 {|au fond}\nP0 {b|après}");
  assert_html (quoted, "Q100>100 {|x}");
  g_assert_true (mx_rich_text_is_truncated (text));
}

/* Many end tags without a beginning, below many open elements, and many attributes: quadratic in
 * libxml2. */
static void
test_quadratic (void)
{
  g_autofree char *open = repeat ("<b>", 10000);
  g_autofree char *close = repeat ("</i>", 8000);
  g_autofree char *tags = g_strconcat (open, close, "x", NULL);
  g_autoptr (GString) attributes = g_string_new ("<b ");
  g_autoptr (MxRichText) first = mx_rich_text_from_html (tags, NULL);
  g_autoptr (MxRichText) second = NULL;

  for (int i = 0; attributes->len < 65000; i++)
    g_string_append_printf (attributes, "a%x ", i);
  g_string_append (attributes, ">x");
  second = mx_rich_text_from_html (attributes->str, NULL);
}

static void
test_plain (void)
{
  assert_plain ("Bonjour <b>", "P0 {|Bonjour <b>}");
  assert_plain ("un\ndeux\n\n\ntrois", "P0 {|un\ndeux}\nP0 {|trois}");
  assert_plain ("  garde  les  blancs", "P0 {|  garde  les  blancs}");
  assert_plain (
    "voir HTTPS://Exemple.fr/é, «https://b.fr/x» mailto:a@b.fr et matrix:r/salon:b.fr!",
    "P0 {|voir } {|HTTPS://Exemple.fr/é→HTTPS://Exemple.fr/é} {|, «} {|https://b.fr/x→https://b.fr/x} {|» } "
    "{|mailto:a@b.fr→mailto:a@b.fr} {| et } {|matrix:r/salon:b.fr→matrix:r/salon:b.fr #salon:b.fr} {|!}");
  assert_plain ("xhttps://a.fr https:// http://", "P0 {|xhttps://a.fr https:// http://}");
  assert_plain ("(https://fr.wikipedia.org/wiki/Chappe_(télégraphe))",
                "P0 {|(} {|https://fr.wikipedia.org/wiki/Chappe_(télégraphe)→"
                "https://fr.wikipedia.org/wiki/Chappe_(télégraphe)} {|)}");
  assert_plain ("", "");
}

static void
test_emoji_only (void)
{
  g_autoptr (MxRichText) emoji = mx_rich_text_from_plain ("👍 👍", NULL);
  g_autoptr (MxRichText) html = mx_rich_text_from_html ("<p>🎉</p>", NULL);
  g_autoptr (MxRichText) text = mx_rich_text_from_plain ("ok 👍", NULL);

  g_assert_true (mx_rich_text_is_emoji_only (emoji));
  g_assert_true (mx_rich_text_is_emoji_only (html));
  g_assert_false (mx_rich_text_is_emoji_only (text));
}

static void
test_to_plain (void)
{
  g_autoptr (MxRichText) text = mx_rich_text_from_html (
    "<h1>Titre</h1><ul><li>a</li><li>b</li></ul><blockquote>cité</blockquote><pre>x\ny</pre><hr>",
    NULL);
  g_autofree char *plain = mx_rich_text_to_plain (text);

  g_assert_cmpstr (plain, ==, "Titre\n\n• a\n• b\n\n> cité\n\nx\ny\n\n———");
}

int
main (int argc, char **argv)
{
  g_setenv ("LANGUAGE", "C", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/html/inline", test_inline);
  g_test_add_func ("/html/blocks", test_blocks);
  g_test_add_func ("/html/lists", test_lists);
  g_test_add_func ("/html/table", test_table);
  g_test_add_func ("/html/links", test_links);
  g_test_add_func ("/html/links-refused", test_links_refused);
  g_test_add_func ("/html/links-that-lie", test_links_that_lie);
  g_test_add_func ("/html/spoiler", test_spoiler);
  g_test_add_func ("/html/pictures", test_pictures);
  g_test_add_func ("/html/dropped", test_dropped);
  g_test_add_func ("/html/entities", test_entities);
  g_test_add_func ("/html/bidi", test_bidi);
  g_test_add_func ("/html/malformed", test_malformed);
  g_test_add_func ("/html/hostile-sizes", test_hostile_sizes);
  g_test_add_func ("/html/nesting", test_nesting);
  g_test_add_func ("/html/quadratic", test_quadratic);
  g_test_add_func ("/html/plain", test_plain);
  g_test_add_func ("/html/emoji-only", test_emoji_only);
  g_test_add_func ("/html/to-plain", test_to_plain);

  return g_test_run ();
}
