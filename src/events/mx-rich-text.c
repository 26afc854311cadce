/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Rich text from plain text, and back. */
#include "config.h"

#include "mx-rich-text-private.h"

#include "mx-text-clean.h"

#include <string.h>

MxRichText *
mx_rich_text_from_plain (const char *text, const char *const *hosts)
{
  static const MxTextAttrs attrs = { 0 };
  g_autofree char *valid = NULL;
  MxRichTextBuilder builder;
  gboolean truncated;
  const char *end;

  g_return_val_if_fail (text != NULL, NULL);

  truncated = strnlen (text, MX_RICH_TEXT_MAX_SIZE + 1) > MX_RICH_TEXT_MAX_SIZE;
  valid = g_utf8_make_valid (text, (gssize) strnlen (text, MX_RICH_TEXT_MAX_SIZE));
  end = valid + strlen (valid);

  mx_rich_text_builder_init (&builder, hosts);
  for (const char *p = valid; p < end;)
    {
      const char *stop = strstr (p, "\n\n");

      if (stop == NULL)
        stop = end;
      mx_rich_text_builder_open_block (&builder, MX_BLOCK_PARAGRAPH);
      mx_rich_text_builder_add_text (&builder, p, stop - p, MX_SPACE_KEEP, &attrs);
      for (p = stop; *p == '\n'; p++)
        ;
    }

  return mx_rich_text_builder_finish (&builder, truncated);
}

gboolean
mx_rich_text_has_spoiler (MxRichText *self)
{
  GPtrArray *blocks = mx_rich_text_get_blocks (self);

  for (guint i = 0; i < blocks->len; i++)
    {
      const MxBlock *block = g_ptr_array_index (blocks, i);

      for (guint k = 0; k < block->inlines->len; k++)
        if ((((const MxInline *) g_ptr_array_index (block->inlines, k))->style &
             MX_INLINE_SPOILER) != 0)
          return TRUE;
    }

  return FALSE;
}

gboolean
mx_rich_text_is_emoji_only (MxRichText *self)
{
  GPtrArray *blocks = mx_rich_text_get_blocks (self);
  const MxBlock *block;
  const MxInline *run;

  if (blocks->len != 1)
    return FALSE;
  block = g_ptr_array_index (blocks, 0);
  if (block->kind != MX_BLOCK_PARAGRAPH || block->inlines->len != 1)
    return FALSE;
  run = g_ptr_array_index (block->inlines, 0);

  return run->style == 0 && run->href == NULL && mx_text_is_emoji_only (run->text);
}

static void
append_prefix (GString *out, const MxBlock *block)
{
  for (guint depth = 0; depth < block->quote_depth; depth++)
    g_string_append (out, "> ");
  if (block->kind != MX_BLOCK_LIST_ITEM)
    return;
  for (guint depth = 1; depth < block->level; depth++)
    g_string_append (out, "  ");
  if (block->number > 0)
    g_string_append_printf (out, "%d. ", block->number);
  else
    g_string_append (out, "• ");
}

static void
append_masked (GString *out, const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    g_string_append (out, g_unichar_isspace (g_utf8_get_char (p)) ? " " : "█");
}

static char *
to_text (MxRichText *self, gboolean mask)
{
  GPtrArray *blocks = mx_rich_text_get_blocks (self);
  GString *out = g_string_new (NULL);
  MxBlockKind previous = MX_BLOCK_PARAGRAPH;

  for (guint i = 0; i < blocks->len; i++)
    {
      const MxBlock *block = g_ptr_array_index (blocks, i);

      if (i > 0)
        g_string_append (out,
                         block->kind == MX_BLOCK_LIST_ITEM && previous == MX_BLOCK_LIST_ITEM
                           ? "\n"
                           : "\n\n");
      append_prefix (out, block);
      if (block->kind == MX_BLOCK_RULE)
        g_string_append (out, "———");
      for (guint k = 0; k < block->inlines->len; k++)
        {
          const MxInline *run = g_ptr_array_index (block->inlines, k);

          if (mask && (run->style & MX_INLINE_SPOILER) != 0)
            append_masked (out, run->text);
          else
            g_string_append (out, run->text);
        }
      previous = block->kind;
    }

  return g_string_free (out, FALSE);
}

char *
mx_rich_text_to_plain (MxRichText *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return to_text (self, FALSE);
}

char *
mx_rich_text_to_preview (MxRichText *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return to_text (self, TRUE);
}
