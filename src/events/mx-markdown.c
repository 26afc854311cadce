/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-markdown.h"

#include <cmark.h>
#include <stdlib.h>
#include <string.h>

/* No event is larger, so nothing longer can be sent. */
#define MAX_SIZE 65536

/* HTML that somebody typed is text that somebody typed. */
static void
turn_html_into_text (cmark_node *document)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  cmark_iter *iter = cmark_iter_new (document);
  cmark_event_type event;

  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE)
    {
      cmark_node *node = cmark_iter_get_node (iter);
      cmark_node_type type = cmark_node_get_type (node);

      if (event == CMARK_EVENT_ENTER &&
          (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE))
        g_ptr_array_add (found, node);
    }
  cmark_iter_free (iter);

  for (guint i = 0; i < found->len; i++)
    {
      cmark_node *node = g_ptr_array_index (found, i);
      cmark_node *text = cmark_node_new (CMARK_NODE_TEXT);
      g_autofree char *literal = g_strdup (cmark_node_get_literal (node));

      if (cmark_node_get_type (node) == CMARK_NODE_HTML_BLOCK)
        {
          cmark_node *paragraph = cmark_node_new (CMARK_NODE_PARAGRAPH);
          g_auto (GStrv) lines = g_strsplit (g_strchomp (literal), "\n", -1);

          cmark_node_set_literal (text, lines[0]);
          cmark_node_append_child (paragraph, text);
          for (guint line = 1; lines[0] != NULL && lines[line] != NULL; line++)
            {
              cmark_node_append_child (paragraph, cmark_node_new (CMARK_NODE_LINEBREAK));
              text = cmark_node_new (CMARK_NODE_TEXT);
              cmark_node_set_literal (text, lines[line]);
              cmark_node_append_child (paragraph, text);
            }
          cmark_node_replace (node, paragraph);
        }
      else
        {
          cmark_node_set_literal (text, literal);
          cmark_node_replace (node, text);
        }
      cmark_node_free (node);
    }
}

/* Whether the document says no more than the text: paragraphs of text in which not a character was
 * interpreted. */
static gboolean
is_plain (cmark_node *document, const char *source)
{
  cmark_iter *iter = cmark_iter_new (document);
  cmark_event_type event;
  gboolean plain = TRUE;

  while (plain && (event = cmark_iter_next (iter)) != CMARK_EVENT_DONE)
    {
      cmark_node *node = cmark_iter_get_node (iter);

      switch (cmark_node_get_type (node))
        {
        case CMARK_NODE_DOCUMENT:
        case CMARK_NODE_PARAGRAPH:
        case CMARK_NODE_SOFTBREAK:
        case CMARK_NODE_LINEBREAK:
          break;
        case CMARK_NODE_TEXT:
          for (const char *p = cmark_node_get_literal (node); plain && *p != '\0'; p++)
            {
              if (g_ascii_isspace (*p))
                continue;
              while (g_ascii_isspace (*source))
                source++;
              plain = *p == *source++;
            }
          break;
        default:
          plain = FALSE;
          break;
        }
    }
  cmark_iter_free (iter);

  while (plain && g_ascii_isspace (*source))
    source++;

  return plain && *source == '\0';
}

/* One paragraph needs no <p>. */
static char *
render (cmark_node *document)
{
  char *rendered = cmark_render_html (document, CMARK_OPT_HARDBREAKS);
  cmark_node *first = cmark_node_first_child (document);
  char *html;
  gsize length;

  g_strchomp (rendered);
  length = strlen (rendered);
  if (first != NULL && cmark_node_next (first) == NULL &&
      cmark_node_get_type (first) == CMARK_NODE_PARAGRAPH && g_str_has_prefix (rendered, "<p>") &&
      g_str_has_suffix (rendered, "</p>"))
    html = g_strndup (rendered + 3, length - 7);
  else
    html = g_strdup (rendered);
  free (rendered);

  return html;
}

char *
mx_markdown_to_html (const char *text)
{
  cmark_node *document;
  char *html = NULL;
  gsize length;

  g_return_val_if_fail (text != NULL, NULL);

  length = strlen (text);
  if (length > MAX_SIZE)
    return NULL;

  document = cmark_parse_document (text, length, CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8);
  turn_html_into_text (document);
  cmark_consolidate_text_nodes (document);
  if (!is_plain (document, text))
    html = render (document);
  cmark_node_free (document);

  return html;
}
