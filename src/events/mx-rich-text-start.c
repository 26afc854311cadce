/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The beginning of a long text: what is drawn of a message that somebody made to be endless. */
#include "config.h"

#include "mx-rich-text-private.h"

#define LINE_CHARS 72
/* What a run, and a block with a frame of its own, take beside their text. */
#define RUN_CHARS   4
#define FRAME_LINES 2
/* A cut waits so long for a blank. */
#define WORD_CHARS 40

typedef struct
{
  unsigned lines;
  unsigned column;
} Ruler;

static void
ruler_add (Ruler *self, unsigned columns)
{
  self->column += columns;
  self->lines += self->column / LINE_CHARS;
  self->column %= LINE_CHARS;
}

static void
ruler_break (Ruler *self)
{
  self->lines++;
  self->column = 0;
}

static void
ruler_begin_block (Ruler *self, const MxBlock *block)
{
  gboolean framed = block->quote_depth > 0 || block->details_depth > 0 ||
                    (block->kind != MX_BLOCK_PARAGRAPH && block->kind != MX_BLOCK_HEADING &&
                     block->kind != MX_BLOCK_LIST_ITEM);

  ruler_break (self);
  if (framed)
    self->lines += FRAME_LINES;
}

/* How much of the text fits: to its end, or to where the lines are used up. */
static const char *
ruler_add_text (Ruler *self, const char *text, unsigned limit)
{
  const char *p = text;

  ruler_add (self, RUN_CHARS);
  for (; *p != '\0' && self->lines < limit; p = g_utf8_next_char (p))
    if (*p == '\n')
      ruler_break (self);
    else
      ruler_add (self, 1);

  return p;
}

static gboolean
is_longer (MxRichText *self, unsigned limit)
{
  GPtrArray *blocks = mx_rich_text_get_blocks (self);
  Ruler ruler = { 0 };

  for (guint i = 0; i < blocks->len && ruler.lines <= limit; i++)
    {
      const MxBlock *block = g_ptr_array_index (blocks, i);

      ruler_begin_block (&ruler, block);
      for (guint k = 0; k < block->inlines->len && ruler.lines <= limit; k++)
        ruler_add_text (&ruler,
                        ((const MxInline *) g_ptr_array_index (block->inlines, k))->text,
                        limit + 1);
    }

  return ruler.lines > limit;
}

/* Not within a word, if it ends soon, and never within a character. */
static const char *
find_cut (const char *p)
{
  for (unsigned i = 0; i < WORD_CHARS && *p != '\0'; i++, p = g_utf8_next_char (p))
    if (g_unichar_isspace (g_utf8_get_char (p)))
      return p;
  while (g_unichar_ismark (g_utf8_get_char (p)) || g_utf8_get_char (p) == 0x200D)
    p = g_utf8_next_char (p);

  return p;
}

static void
copy_block (MxRichTextBuilder *builder, const MxBlock *block, Ruler *ruler, unsigned lines)
{
  MxBlock *copy = mx_rich_text_builder_open_block (builder, block->kind);

  copy->level = block->level;
  copy->number = block->number;
  copy->quote_depth = block->quote_depth;
  copy->details_depth = block->details_depth;
  copy->language = g_strdup (block->language);

  for (guint i = 0; i < block->inlines->len && ruler->lines < lines; i++)
    {
      const MxInline *run = g_ptr_array_index (block->inlines, i);
      const char *end = ruler_add_text (ruler, run->text, lines);

      if (*end != '\0')
        end = find_cut (end);
      mx_rich_text_builder_copy_run (builder, run, (gsize) (end - run->text));
    }
}

MxRichText *
mx_rich_text_dup_start (MxRichText *self, unsigned lines, unsigned slack)
{
  GPtrArray *blocks = mx_rich_text_get_blocks (self);
  MxRichTextBuilder builder;
  Ruler ruler = { 0 };

  if (!is_longer (self, lines + slack))
    return NULL;

  mx_rich_text_builder_init (&builder, NULL);
  for (guint i = 0; i < blocks->len; i++)
    {
      const MxBlock *block = g_ptr_array_index (blocks, i);

      ruler_begin_block (&ruler, block);
      if (ruler.lines >= lines)
        break;
      copy_block (&builder, block, &ruler, lines);
    }

  return mx_rich_text_builder_finish (&builder, FALSE);
}
