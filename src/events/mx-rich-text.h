/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a message says, ready to be laid out: blocks of runs of one style. Immutable, ref-counted,
 * any thread; nothing in it can do harm: made by the HTML gate (mx-html.c) or from plain text
 * (mx-rich-text.c) only. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  MX_BLOCK_PARAGRAPH, /* level: depth of the list that it continues, 0: none */
  MX_BLOCK_HEADING,
  MX_BLOCK_CODE,
  MX_BLOCK_QUOTE, /* a paragraph in a quotation; other kinds in one have a quote_depth */
  MX_BLOCK_LIST_ITEM,
  MX_BLOCK_RULE,
  MX_BLOCK_TABLE,
  MX_BLOCK_DETAILS, /* the summary line; what it hides has a higher details_depth */
} MxBlockKind;

typedef enum
{
  MX_INLINE_BOLD = 1 << 0,
  MX_INLINE_ITALIC = 1 << 1,
  MX_INLINE_UNDERLINE = 1 << 2,
  MX_INLINE_STRIKE = 1 << 3,
  MX_INLINE_CODE = 1 << 4,
  MX_INLINE_SUB = 1 << 5,
  MX_INLINE_SUP = 1 << 6,
  MX_INLINE_SPOILER = 1 << 7,
} MxInlineStyle;

/* A run of text of one style. text is UTF-8 without control characters but \n (and \t in code and
 * tables) and without bidi overrides; not yet escaped for Pango markup. */
typedef struct
{
  char *text;
  MxInlineStyle style;
  char
    *href; /* NULL; scheme checked (https http ftp mailto magnet matrix), always the real target */
  char *mention; /* user or room id, or alias, when href is a permalink: draw a pill */
  char *spoiler_reason;
  guint32 foreground, background; /* 0xRRGGBB + 0x01000000 when set, else 0 */
} MxInline;

typedef struct
{
  MxBlockKind kind;
  guint8 level;  /* heading 1–6; nesting depth of quotes and lists */
  gint32 number; /* ordered list items: their number; 0: bullet */
  guint8 quote_depth;
  guint8 details_depth; /* inside how many <details> */
  char *language;       /* code blocks */
  GPtrArray *inlines;   /* of MxInline; tables: cells separated by \t, rows by \n in the text */
} MxBlock;

#define MX_TYPE_RICH_TEXT (mx_rich_text_get_type ())
typedef struct _MxRichText MxRichText;
GType mx_rich_text_get_type (void);

/* hosts: permalink hosts of the deployment (nullable). Never fails: what cannot be parsed degrades
 * to its text. */
MxRichText *mx_rich_text_from_html (const char *html, const char *const *hosts);
/* Plain text: paragraphs, links found (http(s)/mailto/matrix), no other markup. */
MxRichText *mx_rich_text_from_plain (const char *text, const char *const *hosts);
MxRichText *mx_rich_text_ref (MxRichText *self);
void mx_rich_text_unref (MxRichText *self);

GPtrArray *mx_rich_text_get_blocks (MxRichText *self); /* borrowed, of MxBlock */
/* TRUE when a limit cut the text short: the plain body says more then. */
gboolean mx_rich_text_is_truncated (MxRichText *self);
gboolean mx_rich_text_has_spoiler (MxRichText *self);
gboolean mx_rich_text_is_emoji_only (MxRichText *self); /* 1–5 emoji: drawn large */
/* The beginning of a text of more than lines + slack lines, cut after so many; NULL of a shorter
 * one. Lines are what 72 characters fill, and are counted with what goes around blocks: a measure
 * of the work that drawing takes, not of what is seen. Caller owns. */
MxRichText *mx_rich_text_dup_start (MxRichText *self, unsigned lines, unsigned slack);
/* Caller owns. */
char *mx_rich_text_to_plain (MxRichText *self);
/* The same with spoilers blacked out: for previews and notifications. Caller owns. */
char *mx_rich_text_to_preview (MxRichText *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxRichText, mx_rich_text_unref)

G_END_DECLS
