/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* How the HTML gate and the plain-text reader put a rich text together: blocks are opened and
 * closed, text is added with attributes, runs follow from that. */
#pragma once

#include "mx-rich-text.h"

G_BEGIN_DECLS

/* Longer input is cut: no event is larger. */
#define MX_RICH_TEXT_MAX_SIZE 65536

/* Strings are borrowed and compared by address: they must stay alive until the builder is finished.
 */
typedef struct
{
  MxInlineStyle style;
  const char *href;
  const char *mention;
  const char *spoiler_reason;
  guint32 foreground, background;
} MxTextAttrs;

typedef enum
{
  MX_SPACE_COLLAPSE, /* HTML */
  MX_SPACE_KEEP,     /* plain text, <pre> */
} MxSpace;

typedef struct
{
  MxRichText *text;
  const char *const *hosts;
  MxBlock *block;    /* open, owned by text; NULL: none */
  GString *pending;  /* text of the run that is being collected */
  MxTextAttrs attrs; /* its attributes */
  gboolean at_space; /* the block is empty or ends in a blank */
  gsize copied;      /* bytes of attributes in all runs */
} MxRichTextBuilder;

void mx_rich_text_builder_init (MxRichTextBuilder *self, const char *const *hosts);
/* Closes what is open. Returns the new block, whose other fields the caller sets. */
MxBlock *mx_rich_text_builder_open_block (MxRichTextBuilder *self, MxBlockKind kind);
/* Takes trailing blanks off; an empty block is forgotten (rules aside). */
void mx_rich_text_builder_close_block (MxRichTextBuilder *self);
/* A block must be open. */
void mx_rich_text_builder_add_text (MxRichTextBuilder *self,
                                    const char *text,
                                    gssize length,
                                    MxSpace space,
                                    const MxTextAttrs *attrs);
/* The first length bytes of another text's run; a block must be open. */
void mx_rich_text_builder_copy_run (MxRichTextBuilder *self, const MxInline *run, gsize length);
/* "\n" or "\t" as it is; blanks before it go away. */
void mx_rich_text_builder_add_break (MxRichTextBuilder *self, const char *text);
gboolean
mx_rich_text_builder_is_empty (MxRichTextBuilder *self); /* no open block, or no text in it */
/* Ends the text; truncated: with an ellipsis. The builder is used up. */
MxRichText *mx_rich_text_builder_finish (MxRichTextBuilder *self, gboolean truncated);

G_END_DECLS
