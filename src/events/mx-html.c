/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The HTML gate (spec "m.room.message msgtypes"). libxml2's parser reports elements and text, one
 * after the other (SAX: no tree, so depth costs nothing); what is on the allow-list changes the
 * state of the builder, all else leaves its text. */
#include "config.h"

#include "mx-html.h"

#include "mx-link-finder.h"
#include "mx-matrix-id.h"
#include "mx-rich-text-private.h"

#include <glib/gi18n-lib.h>
#include <libxml/HTMLparser.h>
#include <string.h>

#define MAX_DEPTH       101 /* with the body */
#define MAX_NODES       10000
#define MAX_REASON      200
#define MAX_ALTERNATIVE 500

typedef enum
{
  TAG_NONE, /* not on the list: only its text counts */
  TAG_DROPPED,
  TAG_A,
  TAG_BLOCK, /* p, div: text in them is a paragraph of its own */
  TAG_BLOCKQUOTE,
  TAG_BR,
  TAG_CELL,
  TAG_CODE,
  TAG_DETAILS,
  TAG_HEADING,
  TAG_HR,
  TAG_IMG,
  TAG_LI,
  TAG_LIST,
  TAG_PRE,
  TAG_ROW,
  TAG_SPAN,
  TAG_STYLE, /* b, i, u …: value is the MxInlineStyle */
  TAG_SUMMARY,
  TAG_TABLE,
} Tag;

typedef struct
{
  const char *name;
  Tag tag;
  int value;
} TagInfo;

static const TagInfo tags[] = {
  { "p", TAG_BLOCK, 0 },
  { "br", TAG_BR, 0 },
  { "a", TAG_A, 0 },
  { "strong", TAG_STYLE, MX_INLINE_BOLD },
  { "em", TAG_STYLE, MX_INLINE_ITALIC },
  { "code", TAG_CODE, MX_INLINE_CODE },
  { "li", TAG_LI, 0 },
  { "ul", TAG_LIST, 0 },
  { "ol", TAG_LIST, 1 },
  { "span", TAG_SPAN, 0 },
  { "font", TAG_SPAN, 0 },
  { "div", TAG_BLOCK, 0 },
  { "b", TAG_STYLE, MX_INLINE_BOLD },
  { "i", TAG_STYLE, MX_INLINE_ITALIC },
  { "u", TAG_STYLE, MX_INLINE_UNDERLINE },
  { "s", TAG_STYLE, MX_INLINE_STRIKE },
  { "del", TAG_STYLE, MX_INLINE_STRIKE },
  { "strike", TAG_STYLE, MX_INLINE_STRIKE },
  { "sub", TAG_STYLE, MX_INLINE_SUB },
  { "sup", TAG_STYLE, MX_INLINE_SUP },
  { "pre", TAG_PRE, 0 },
  { "blockquote", TAG_BLOCKQUOTE, 0 },
  { "img", TAG_IMG, 0 },
  { "hr", TAG_HR, 0 },
  { "h1", TAG_HEADING, 1 },
  { "h2", TAG_HEADING, 2 },
  { "h3", TAG_HEADING, 3 },
  { "h4", TAG_HEADING, 4 },
  { "h5", TAG_HEADING, 5 },
  { "h6", TAG_HEADING, 6 },
  { "table", TAG_TABLE, 0 },
  { "tr", TAG_ROW, 0 },
  { "td", TAG_CELL, 0 },
  { "th", TAG_CELL, MX_INLINE_BOLD },
  { "caption", TAG_ROW, 0 },
  { "details", TAG_DETAILS, 0 },
  { "summary", TAG_SUMMARY, 0 },
  { "mx-reply", TAG_DROPPED, 0 },
  { "script", TAG_DROPPED, 0 },
  { "style", TAG_DROPPED, 0 },
  { "head", TAG_DROPPED, 0 },
  { "title", TAG_DROPPED, 0 },
  { "template", TAG_DROPPED, 0 },
  { "textarea", TAG_DROPPED, 0 },
  { "select", TAG_DROPPED, 0 },
  { "iframe", TAG_DROPPED, 0 },
  { "object", TAG_DROPPED, 0 },
  { "noscript", TAG_DROPPED, 0 },
  { "noembed", TAG_DROPPED, 0 },
  { "noframes", TAG_DROPPED, 0 },
  { "svg", TAG_DROPPED, 0 },
  { "math", TAG_DROPPED, 0 },
  /* The rest changes nothing, but its text stands apart. */
  { "address", TAG_BLOCK, 0 },
  { "article", TAG_BLOCK, 0 },
  { "center", TAG_BLOCK, 0 },
  { "dd", TAG_BLOCK, 0 },
  { "dt", TAG_BLOCK, 0 },
  { "footer", TAG_BLOCK, 0 },
  { "header", TAG_BLOCK, 0 },
  { "section", TAG_BLOCK, 0 },
};

typedef struct
{
  const TagInfo *info;
  MxTextAttrs outer; /* attributes to return to */
  gint32 number;     /* lists: the next number, 0: bullets */
} Element;

typedef struct
{
  MxRichTextBuilder builder;
  MxTextAttrs attrs;
  GPtrArray *strings; /* what attrs and links borrow from */
  htmlParserCtxtPtr context;

  Element open[MAX_DEPTH];
  unsigned depth;
  unsigned too_deep; /* elements open beyond that */
  unsigned dropped;  /* elements open inside a dropped one, itself included */
  unsigned nodes;
  gboolean stopped;

  unsigned lists;
  unsigned quotes;
  unsigned details;
  unsigned tables;
  gboolean in_pre;
  gboolean row_begun;
  GString *link_text; /* of the link that is open */
} Gate;

static const TagInfo tag_unknown = { NULL, TAG_NONE, 0 };

static const TagInfo *
find_tag (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (tags); i++)
    if (strcmp (tags[i].name, name) == 0)
      return &tags[i];

  return &tag_unknown;
}

static const char *
get_attribute (const xmlChar **attributes, const char *name)
{
  for (; attributes != NULL && attributes[0] != NULL; attributes += 2)
    if (strcmp ((const char *) attributes[0], name) == 0)
      return attributes[1] != NULL ? (const char *) attributes[1] : "";

  return NULL;
}

/* Takes text. */
static const char *
keep_string (Gate *gate, char *text)
{
  if (text != NULL)
    g_ptr_array_add (gate->strings, text);

  return text;
}

static gboolean
count_node (Gate *gate)
{
  if (!gate->stopped && ++gate->nodes > MAX_NODES)
    {
      gate->stopped = TRUE;
      xmlStopParser (gate->context);
    }

  return !gate->stopped;
}

static MxBlock *
open_block (Gate *gate, MxBlockKind kind)
{
  MxBlock *block = mx_rich_text_builder_open_block (&gate->builder, kind);

  block->quote_depth = (guint8) gate->quotes;
  block->details_depth = (guint8) gate->details;

  return block;
}

/* Text outside any block gets a paragraph. */
static void
need_block (Gate *gate)
{
  if (gate->builder.block != NULL)
    return;

  if (gate->quotes > 0)
    open_block (gate, MX_BLOCK_QUOTE)->level = (guint8) gate->quotes;
  else
    open_block (gate, MX_BLOCK_PARAGRAPH)->level = (guint8) gate->lists;
}

static void
end_block (Gate *gate)
{
  if (gate->tables > 0)
    {
      if (gate->builder.block != NULL)
        mx_rich_text_builder_add_text (&gate->builder, " ", 1, MX_SPACE_COLLAPSE, &gate->attrs);
      return;
    }
  if (!gate->in_pre)
    mx_rich_text_builder_close_block (&gate->builder);
}

static void
add_text (Gate *gate, const char *text, gssize length)
{
  MxTextAttrs attrs = gate->attrs;
  gboolean pre = gate->in_pre && gate->tables == 0;

  if (gate->builder.block == NULL)
    {
      gsize size = length < 0 ? strlen (text) : (gsize) length;
      gsize blank = 0;

      while (blank < size && g_ascii_isspace (text[blank]))
        blank++;
      if (blank == size)
        return;
      need_block (gate);
    }

  if (pre)
    {
      attrs = (MxTextAttrs) { .style = attrs.style & MX_INLINE_SPOILER,
                              .spoiler_reason = attrs.spoiler_reason };
      if (mx_rich_text_builder_is_empty (&gate->builder) && length != 0 && *text == '\n')
        {
          text++;
          length -= length > 0 ? 1 : 0;
        }
    }
  else if (attrs.href != NULL)
    g_string_append_len (gate->link_text, text, length);

  mx_rich_text_builder_add_text (&gate->builder,
                                 text,
                                 length,
                                 pre ? MX_SPACE_KEEP : MX_SPACE_COLLAPSE,
                                 &attrs);
}

static guint32
parse_colour (const char *text)
{
  guint32 colour = 0;

  if (text == NULL || text[0] != '#' || strlen (text) != 7)
    return 0;
  for (int i = 1; i < 7; i++)
    {
      int digit = g_ascii_xdigit_value (text[i]);

      if (digit < 0)
        return 0;
      colour = colour * 16 + (guint32) digit;
    }

  return colour | 0x01000000;
}

static void
start_span (Gate *gate, const xmlChar **attributes)
{
  const char *spoiler = get_attribute (attributes, "data-mx-spoiler");
  const char *colour = get_attribute (attributes, "data-mx-color");
  guint32 foreground = parse_colour (colour != NULL ? colour : get_attribute (attributes, "color"));
  guint32 background = parse_colour (get_attribute (attributes, "data-mx-bg-color"));

  if (foreground != 0)
    gate->attrs.foreground = foreground;
  if (background != 0)
    gate->attrs.background = background;
  if (spoiler != NULL)
    {
      gate->attrs.style |= MX_INLINE_SPOILER;
      if (*spoiler != '\0')
        gate->attrs.spoiler_reason = keep_string (gate, mx_text_clean_line (spoiler, MAX_REASON));
    }
}

static void
start_link (Gate *gate, const xmlChar **attributes)
{
  const char *href = get_attribute (attributes, "href");
  g_autoptr (MxLink) link = NULL;

  if (gate->attrs.href != NULL || href == NULL)
    return;

  gate->attrs.href = keep_string (gate, mx_href_check (href));
  if (gate->attrs.href == NULL)
    return;

  g_string_truncate (gate->link_text, 0);
  link = mx_link_parse (gate->attrs.href, gate->builder.hosts);
  if (link != NULL && link->kind != MX_LINK_NONE && link->kind != MX_LINK_EVENT)
    gate->attrs.mention = keep_string (gate, g_strdup (link->id));
}

/* A link that calls itself by another address shows the real one. */
static void
end_link (Gate *gate, const MxTextAttrs *outer)
{
  g_autofree char *warning = NULL;

  if (gate->attrs.href == NULL || outer->href != NULL || gate->attrs.mention != NULL)
    return;

  warning = mx_href_dup_warning (gate->attrs.href, gate->link_text->str);
  if (warning != NULL && gate->builder.block != NULL)
    {
      g_autofree char *shown = g_strdup_printf (" (%s)", warning);

      mx_rich_text_builder_add_text (&gate->builder, shown, -1, MX_SPACE_COLLAPSE, &gate->attrs);
    }
}

static void
start_list (Gate *gate, const xmlChar **attributes, Element *element)
{
  end_block (gate);
  gate->lists++;
  if (element->info->value != 0)
    {
      const char *start = get_attribute (attributes, "start");
      gint64 number = start != NULL ? g_ascii_strtoll (start, NULL, 10) : 1;

      element->number = (gint32) CLAMP (number, 1, 1000000);
    }
}

static void
start_item (Gate *gate)
{
  gint32 number = 0;

  end_block (gate);
  if (gate->tables > 0)
    return;

  for (unsigned i = gate->depth; i-- > 0;)
    if (gate->open[i].info->tag == TAG_LIST)
      {
        number = gate->open[i].number;
        if (number > 0)
          gate->open[i].number++;
        break;
      }

  MxBlock *block = open_block (gate, MX_BLOCK_LIST_ITEM);
  block->level = (guint8) MAX (gate->lists, 1);
  block->number = number;
}

static void
start_code (Gate *gate, const xmlChar **attributes)
{
  const char *class = get_attribute (attributes, "class");
  MxBlock *block = gate->builder.block;

  if (!gate->in_pre || gate->tables > 0)
    {
      gate->attrs.style |= MX_INLINE_CODE;
      return;
    }

  if (block != NULL && block->language == NULL && class != NULL &&
      g_str_has_prefix (class, "language-"))
    {
      const char *language = class + strlen ("language-");

      block->language = g_strndup (language, strcspn (language, " \t\n"));
      if (strlen (block->language) > 32 || !g_str_is_ascii (block->language))
        g_clear_pointer (&block->language, g_free);
    }
}

static void
start_picture (Gate *gate, const xmlChar **attributes)
{
  const char *text = get_attribute (attributes, "alt");
  g_autofree char *clean = NULL;

  if (text == NULL || *text == '\0')
    text = get_attribute (attributes, "title");
  clean = mx_text_clean_line (text, MAX_ALTERNATIVE);
  need_block (gate);
  add_text (gate, *clean != '\0' ? clean : _ ("Picture"), -1);
}

static void
start_cell (Gate *gate, const Element *element)
{
  if (gate->tables == 0 || gate->builder.block == NULL)
    return;

  if (gate->row_begun)
    mx_rich_text_builder_add_break (&gate->builder, "\t");
  gate->row_begun = TRUE;
  gate->attrs.style |= (MxInlineStyle) element->info->value;
}

static void
start_row (Gate *gate)
{
  if (gate->tables == 0 || gate->builder.block == NULL)
    return;

  if (!mx_rich_text_builder_is_empty (&gate->builder))
    mx_rich_text_builder_add_break (&gate->builder, "\n");
  gate->row_begun = FALSE;
}

static void
start_break (Gate *gate)
{
  if (gate->tables > 0)
    end_block (gate);
  else if (gate->builder.block != NULL)
    mx_rich_text_builder_add_break (&gate->builder, "\n");
}

static void
start_tag (Gate *gate, Element *element, const xmlChar **attributes)
{
  switch (element->info->tag)
    {
    case TAG_A:
      start_link (gate, attributes);
      break;
    case TAG_BLOCK:
      /* The first paragraph of an item is the item. */
      if (!mx_rich_text_builder_is_empty (&gate->builder))
        end_block (gate);
      break;
    case TAG_BLOCKQUOTE:
      end_block (gate);
      gate->quotes++;
      break;
    case TAG_BR:
      start_break (gate);
      break;
    case TAG_CELL:
      start_cell (gate, element);
      break;
    case TAG_CODE:
      start_code (gate, attributes);
      break;
    case TAG_DETAILS:
      end_block (gate);
      gate->details++;
      break;
    case TAG_HEADING:
      end_block (gate);
      if (gate->tables == 0)
        open_block (gate, MX_BLOCK_HEADING)->level = (guint8) element->info->value;
      break;
    case TAG_HR:
      end_block (gate);
      if (gate->tables == 0)
        {
          open_block (gate, MX_BLOCK_RULE);
          end_block (gate);
        }
      break;
    case TAG_IMG:
      start_picture (gate, attributes);
      break;
    case TAG_LI:
      start_item (gate);
      break;
    case TAG_LIST:
      start_list (gate, attributes, element);
      break;
    case TAG_PRE:
      end_block (gate);
      if (gate->tables == 0)
        open_block (gate, MX_BLOCK_CODE);
      gate->in_pre = TRUE;
      break;
    case TAG_ROW:
      start_row (gate);
      break;
    case TAG_SPAN:
      start_span (gate, attributes);
      break;
    case TAG_STYLE:
      gate->attrs.style |= (MxInlineStyle) element->info->value;
      break;
    case TAG_SUMMARY:
      end_block (gate);
      if (gate->tables == 0 && gate->details > 0)
        open_block (gate, MX_BLOCK_DETAILS)->details_depth = (guint8) (gate->details - 1);
      break;
    case TAG_TABLE:
      end_block (gate);
      if (gate->tables++ == 0)
        open_block (gate, MX_BLOCK_TABLE);
      gate->row_begun = FALSE;
      break;
    case TAG_NONE:
    case TAG_DROPPED:
      break;
    }
}

static void
end_tag (Gate *gate, const Element *element)
{
  switch (element->info->tag)
    {
    case TAG_A:
      end_link (gate, &element->outer);
      break;
    case TAG_BLOCKQUOTE:
      end_block (gate);
      gate->quotes--;
      break;
    case TAG_DETAILS:
      end_block (gate);
      gate->details--;
      break;
    case TAG_LIST:
      end_block (gate);
      gate->lists--;
      break;
    case TAG_PRE:
      gate->in_pre = FALSE;
      end_block (gate);
      break;
    case TAG_TABLE:
      gate->tables--;
      end_block (gate);
      break;
    case TAG_BLOCK:
    case TAG_HEADING:
    case TAG_LI:
    case TAG_SUMMARY:
      end_block (gate);
      break;
    default:
      break;
    }
}

static void
start_element_cb (void *data, const xmlChar *name, const xmlChar **attributes)
{
  Gate *gate = data;
  const TagInfo *info = find_tag ((const char *) name);
  Element *element;

  if (!count_node (gate))
    return;

  if (gate->dropped > 0 || info->tag == TAG_DROPPED)
    {
      gate->dropped++;
      return;
    }
  if (gate->depth == MAX_DEPTH)
    {
      gate->too_deep++;
      return;
    }

  element = &gate->open[gate->depth++];
  *element = (Element) { .info = info, .outer = gate->attrs };
  start_tag (gate, element, attributes);
}

static void
end_element_cb (void *data, const xmlChar *name)
{
  Gate *gate = data;
  Element *element;

  if (gate->stopped)
    return;
  if (gate->dropped > 0)
    {
      gate->dropped--;
      return;
    }
  if (gate->too_deep > 0)
    {
      gate->too_deep--;
      return;
    }
  if (gate->depth == 0)
    return;

  element = &gate->open[--gate->depth];
  end_tag (gate, element);
  gate->attrs = element->outer;
}

static void
characters_cb (void *data, const xmlChar *text, int length)
{
  Gate *gate = data;

  if (gate->stopped || gate->dropped > 0 || length <= 0)
    return;

  add_text (gate, (const char *) text, length);
}

static void
parse (Gate *gate, const char *html, gsize size)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    {
      xmlInitParser ();
      g_once_init_leave (&ready, 1);
    }

  gate->context = htmlNewParserCtxt ();
  if (gate->context == NULL)
    g_error ("No memory for an HTML parser");

  *gate->context->sax = (xmlSAXHandler) {
    .startElement = start_element_cb,
    .endElement = end_element_cb,
    .characters = characters_cb,
    .ignorableWhitespace = characters_cb,
    .cdataBlock = characters_cb,
  };
  gate->context->userData = gate;

  xmlFreeDoc (htmlCtxtReadMemory (gate->context,
                                  html,
                                  (int) size,
                                  NULL,
                                  "UTF-8",
                                  HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                    HTML_PARSE_NONET | HTML_PARSE_NOIMPLIED));
  htmlFreeParserCtxt (gate->context);
}

MxRichText *
mx_rich_text_from_html (const char *html, const char *const *hosts)
{
  g_autofree Gate *gate = NULL;
  g_autofree char *valid = NULL;
  g_autofree char *document = NULL;
  gsize size;
  MxRichText *text;

  g_return_val_if_fail (html != NULL, NULL);

  size = strnlen (html, MX_RICH_TEXT_MAX_SIZE + 1);
  gate = g_new0 (Gate, 1);
  gate->strings = g_ptr_array_new_with_free_func (g_free);
  gate->link_text = g_string_new (NULL);
  mx_rich_text_builder_init (&gate->builder, hosts);

  valid = g_utf8_make_valid (html, (gssize) MIN (size, MX_RICH_TEXT_MAX_SIZE));
  /* Outside a body libxml2 puts text, but not elements, into paragraphs of its own. */
  document = g_strconcat ("<body>", valid, NULL);
  parse (gate, document, strlen (document));

  text =
    mx_rich_text_builder_finish (&gate->builder, gate->stopped || size > MX_RICH_TEXT_MAX_SIZE);
  g_string_free (gate->link_text, TRUE);
  g_ptr_array_unref (gate->strings);

  return text;
}
