/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The one gate for hostile HTML: libxml2's HTML parser, then an allow-list walk (spec "m.room.message msgtypes", HTML
 * subset) into our own inline model. Depth ≤ 100, at most 10 000 nodes, no network, no entities beyond HTML's. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  MX_BLOCK_PARAGRAPH, MX_BLOCK_HEADING, MX_BLOCK_CODE, MX_BLOCK_QUOTE, MX_BLOCK_LIST_ITEM, MX_BLOCK_RULE, MX_BLOCK_TABLE, MX_BLOCK_DETAILS,
} MxBlockKind;

typedef enum
{
  MX_INLINE_BOLD = 1 << 0, MX_INLINE_ITALIC = 1 << 1, MX_INLINE_UNDERLINE = 1 << 2, MX_INLINE_STRIKE = 1 << 3, MX_INLINE_CODE = 1 << 4,
  MX_INLINE_SUB = 1 << 5, MX_INLINE_SUP = 1 << 6, MX_INLINE_SPOILER = 1 << 7,
} MxInlineStyle;

/* A run of text of one style. text is UTF-8 without control characters but \n; bidi controls are isolated. */
typedef struct
{
  char          *text;
  MxInlineStyle  style;
  char          *href;      /* NULL; scheme checked (https http ftp mailto magnet matrix), always the real target */
  char          *mention;   /* user or room id when href is a permalink: draw a pill */
  char          *spoiler_reason;
  guint32        foreground, background; /* 0xRRGGBB + 0x01000000 when set, else 0 */
} MxInline;

typedef struct
{
  MxBlockKind kind;
  guint8      level;        /* heading 1–6; nesting depth of quotes and lists */
  gint32      number;       /* ordered list items: their number; 0: bullet */
  guint8      quote_depth;
  char       *language;     /* code blocks */
  GPtrArray  *inlines;      /* of MxInline; tables: cells separated by \t, rows by \n in the text */
} MxBlock;

#define MX_TYPE_RICH_TEXT (mx_rich_text_get_type ())
typedef struct _MxRichText MxRichText;   /* immutable, ref-counted */
GType        mx_rich_text_get_type   (void);
/* hosts: permalink hosts of the deployment (nullable). Never fails: what cannot be parsed degrades to its text. */
MxRichText  *mx_rich_text_from_html  (const char *html, const char *const *hosts);
/* Plain text: paragraphs, links found (http(s)/mailto/matrix), no other markup. */
MxRichText  *mx_rich_text_from_plain (const char *text, const char *const *hosts);
MxRichText  *mx_rich_text_ref        (MxRichText *self);
void         mx_rich_text_unref      (MxRichText *self);
GPtrArray   *mx_rich_text_get_blocks (MxRichText *self);  /* borrowed, of MxBlock */
char        *mx_rich_text_to_plain   (MxRichText *self);
gboolean     mx_rich_text_is_emoji_only (MxRichText *self);  /* 1–5 emoji: drawn large */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxRichText, mx_rich_text_unref)

/* Names, topics, file names, reasons: control characters and line breaks removed, bidi controls balanced (isolated),
 * zero-width tricks removed, at most max characters (with an ellipsis). Caller owns. */
char        *mx_text_clean_line      (const char *text, gsize max);

/* Markdown → formatted_body (cmark, safe mode, hard breaks for single new lines). NULL when the text has no markup, so
 * that a plain body is enough. Caller owns. */
char        *mx_markdown_to_html     (const char *text);

G_END_DECLS
