/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* bench-text: what a row costs before it is drawn: an event parsed and its rich text made, and what
 * is typed turned into HTML; beside them the bare libraries. */
#include "bench.h"

#include "mx-content.h"
#include "mx-html.h"

#include <cmark.h>
#include <libxml/HTMLparser.h>
#include <string.h>

#define RUNS   7
#define ROUNDS 2000

static const char event_text[] =
  "{\"event_id\":\"$uV8fAf_-MBzIv_RyZnqu1hDCyqNi3767P1g19H6tZlg\",\"sender\":\"@camille.durand-dinum:bench.test\","
  "\"type\":\"m.room.message\",\"origin_server_ts\":1700000000000,\"content\":{\"msgtype\":\"m.text\",\"body\":"
  "\"Bonjour à tous, le compte rendu est prêt\",\"format\":\"org.matrix.custom.html\",\"formatted_body\":"
  "\"<p>Bonjour à <strong>tous</strong>, le compte rendu est prêt : <a href=\\\"https://exemple.fr/note\\\">voir</a></p>"
  "<ul><li>budget</li><li>calendrier</li></ul>\",\"m.mentions\":{}},\"unsigned\":{\"age\":1234}}";
static const char html_text[] =
  "<p>Bonjour à <strong>tous</strong>, le compte rendu est prêt : <a href=\"https://exemple.fr/note\">voir</a></p>"
  "<ul><li>budget</li><li>calendrier</li></ul>";
static const char plain_text[] =
  "Bonjour à tous, le compte rendu de la réunion est prêt : https://exemple.fr/note, merci.";
static const char markdown_text[] =
  "Bonjour à **tous**, le compte rendu est *prêt* :\n\n- budget\n- calendrier\n\n> merci";

static void
read_event (void)
{
  g_autoptr (MxEvent) event = mx_event_new_from_text (event_text, NULL);
  g_autoptr (MxContent) content = mx_content_new (event);
  g_autoptr (MxRichText) text = mx_content_dup_rich_text (content, NULL);

  g_assert_nonnull (text);
}

static void
parse_html_bare (void)
{
  htmlDocPtr document = htmlReadMemory (html_text,
                                        (int) strlen (html_text),
                                        NULL,
                                        "UTF-8",
                                        HTML_PARSE_NOERROR | HTML_PARSE_NONET);

  g_assert_nonnull (document);
  xmlFreeDoc (document);
}

static void
make_markdown_bare (void)
{
  free (cmark_markdown_to_html (markdown_text, strlen (markdown_text), CMARK_OPT_DEFAULT));
}

static void
make_markdown (void)
{
  g_autofree char *html = mx_markdown_to_html (markdown_text);

  g_assert_nonnull (html);
}

static void
make_rich (MxRichText *text)
{
  g_assert_nonnull (text);
  mx_rich_text_unref (text);
}

#define PER_CALL(name, call)                                                                       \
  {                                                                                                \
    BENCH_MEDIAN (RUNS, total, for (int i = 0; i < ROUNDS; i++) call);                             \
    bench_report (name, total * 1e3 / ROUNDS, "µs");                                               \
  }

int
main (void)
{
  PER_CALL ("text.html-bare", parse_html_bare ());
  PER_CALL ("text.html", make_rich (mx_rich_text_from_html (html_text, NULL)));
  PER_CALL ("text.plain", make_rich (mx_rich_text_from_plain (plain_text, NULL)));
  PER_CALL ("text.event-to-rich", read_event ());
  PER_CALL ("text.markdown-bare", make_markdown_bare ());
  PER_CALL ("text.markdown", make_markdown ());

  return 0;
}
