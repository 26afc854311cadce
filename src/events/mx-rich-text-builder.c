/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-rich-text-private.h"

#include "mx-link-finder.h"
#include "mx-matrix-id.h"
#include "mx-text-clean.h"

#include <string.h>

struct _MxRichText
{
  gatomicrefcount ref_count;
  GPtrArray *blocks;
  gboolean truncated;
};

G_DEFINE_BOXED_TYPE (MxRichText, mx_rich_text, mx_rich_text_ref, mx_rich_text_unref)

static void
inline_free (MxInline *self)
{
  g_free (self->text);
  g_free (self->href);
  g_free (self->mention);
  g_free (self->spoiler_reason);
  g_free (self);
}

static void
block_free (MxBlock *self)
{
  g_free (self->language);
  g_ptr_array_unref (self->inlines);
  g_free (self);
}

MxRichText *
mx_rich_text_ref (MxRichText *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
mx_rich_text_unref (MxRichText *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->blocks);
  g_free (self);
}

GPtrArray *
mx_rich_text_get_blocks (MxRichText *self)
{
  return self->blocks;
}

gboolean
mx_rich_text_is_truncated (MxRichText *self)
{
  return self->truncated;
}

void
mx_rich_text_builder_init (MxRichTextBuilder *self, const char *const *hosts)
{
  *self = (MxRichTextBuilder) {
    .text = g_new0 (MxRichText, 1),
    .hosts = hosts,
    .pending = g_string_new (NULL),
    .at_space = TRUE,
  };
  g_atomic_ref_count_init (&self->text->ref_count);
  self->text->blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) block_free);
}

/* Each run has its own copy of its attributes: a long address in 10 000 runs would be 40 MB. */
#define MAX_COPIED (256 * 1024)

static gsize
count_bytes (const char *text)
{
  return text != NULL ? strlen (text) : 0;
}

static void
add_inline (MxRichTextBuilder *self, char *text, const MxTextAttrs *attrs)
{
  MxInline *run;

  if (*text == '\0')
    {
      g_free (text);
      return;
    }

  self->copied +=
    count_bytes (attrs->href) + count_bytes (attrs->mention) + count_bytes (attrs->spoiler_reason);
  if (self->copied > MAX_COPIED)
    {
      self->text->truncated = TRUE; /* the plain body is shown */
      g_free (text);
      return;
    }

  run = g_new0 (MxInline, 1);
  run->text = text;
  run->style = attrs->style;
  run->href = g_strdup (attrs->href);
  run->mention = g_strdup (attrs->mention);
  run->spoiler_reason = g_strdup (attrs->spoiler_reason);
  run->foreground = attrs->foreground;
  run->background = attrs->background;
  g_ptr_array_add (self->block->inlines, run);
}

void
mx_rich_text_builder_copy_run (MxRichTextBuilder *self, const MxInline *run, gsize length)
{
  const MxTextAttrs attrs = { run->style,          run->href,       run->mention,
                              run->spoiler_reason, run->foreground, run->background };

  g_return_if_fail (self->block != NULL);

  add_inline (self, g_strndup (run->text, length), &attrs);
}

static char *
dup_mention (const char *href, const char *const *hosts)
{
  g_autoptr (MxLink) link = mx_link_parse (href, hosts);

  if (link == NULL || link->kind == MX_LINK_NONE || link->kind == MX_LINK_EVENT)
    return NULL;

  return g_strdup (link->id);
}

/* Text outside links and code: its addresses become links. */
static void
add_with_links (MxRichTextBuilder *self, const char *text)
{
  gsize start;
  gsize end;

  while (mx_find_link (text, &start, &end))
    {
      g_autofree char *found = g_strndup (text + start, end - start);
      g_autofree char *href = mx_href_check (found);
      g_autofree char *mention = NULL;
      MxTextAttrs attrs = self->attrs;

      if (href == NULL)
        {
          add_inline (self, g_strndup (text, end), &self->attrs);
          text += end;
          continue;
        }

      add_inline (self, g_strndup (text, start), &self->attrs);
      mention = dup_mention (href, self->hosts);
      attrs.href = href;
      attrs.mention = mention;
      add_inline (self, g_steal_pointer (&found), &attrs);
      text += end;
    }

  add_inline (self, g_strdup (text), &self->attrs);
}

static void
flush (MxRichTextBuilder *self)
{
  g_autoptr (GString) clean = NULL;

  if (self->block == NULL || self->pending->len == 0)
    return;

  clean = g_string_sized_new (self->pending->len);
  mx_text_append_clean (clean,
                        self->pending->str,
                        self->pending->len,
                        self->block->kind == MX_BLOCK_CODE || self->block->kind == MX_BLOCK_TABLE);
  g_string_truncate (self->pending, 0);

  if (self->attrs.href != NULL || (self->attrs.style & MX_INLINE_CODE) != 0 ||
      self->block->kind == MX_BLOCK_CODE)
    add_inline (self, g_strdup (clean->str), &self->attrs);
  else
    add_with_links (self, clean->str);
}

MxBlock *
mx_rich_text_builder_open_block (MxRichTextBuilder *self, MxBlockKind kind)
{
  mx_rich_text_builder_close_block (self);

  self->block = g_new0 (MxBlock, 1);
  self->block->kind = kind;
  self->block->inlines = g_ptr_array_new_with_free_func ((GDestroyNotify) inline_free);
  self->at_space = TRUE;
  g_ptr_array_add (self->text->blocks, self->block);

  return self->block;
}

/* Blanks at the end of the open block, over as many runs as they reach. */
static void
trim_end (MxRichTextBuilder *self)
{
  GPtrArray *inlines = self->block->inlines;

  while (inlines->len > 0)
    {
      MxInline *last = g_ptr_array_index (inlines, inlines->len - 1);

      g_strchomp (last->text);
      if (*last->text != '\0')
        break;
      g_ptr_array_set_size (inlines, (int) inlines->len - 1);
    }
}

void
mx_rich_text_builder_close_block (MxRichTextBuilder *self)
{
  if (self->block == NULL)
    return;

  flush (self);
  trim_end (self);
  if (self->block->inlines->len == 0 && self->block->kind != MX_BLOCK_RULE)
    g_ptr_array_set_size (self->text->blocks, (int) self->text->blocks->len - 1);
  self->block = NULL;
  self->at_space = TRUE;
}

static void
set_attrs (MxRichTextBuilder *self, const MxTextAttrs *attrs)
{
  const MxTextAttrs *now = &self->attrs;

  if (now->style == attrs->style && now->href == attrs->href && now->mention == attrs->mention &&
      now->spoiler_reason == attrs->spoiler_reason && now->foreground == attrs->foreground &&
      now->background == attrs->background)
    return;

  flush (self);
  self->attrs = *attrs;
}

void
mx_rich_text_builder_add_text (MxRichTextBuilder *self,
                               const char *text,
                               gssize length,
                               MxSpace space,
                               const MxTextAttrs *attrs)
{
  const char *end = text + (length < 0 ? strlen (text) : (gsize) length);

  g_return_if_fail (self->block != NULL);

  set_attrs (self, attrs);
  if (space == MX_SPACE_KEEP)
    {
      g_string_append_len (self->pending, text, end - text);
      self->at_space = FALSE;
      return;
    }

  for (const char *p = text; p < end;)
    {
      const char *word = p;

      while (p < end && !g_ascii_isspace (*p))
        p++;
      g_string_append_len (self->pending, word, p - word);
      self->at_space = self->at_space && p == word;

      word = p;
      while (p < end && g_ascii_isspace (*p))
        p++;
      if (p > word && !self->at_space)
        {
          g_string_append_c (self->pending, ' ');
          self->at_space = TRUE;
        }
    }
}

void
mx_rich_text_builder_add_break (MxRichTextBuilder *self, const char *text)
{
  g_return_if_fail (self->block != NULL);

  if (self->pending->len > 0 && self->pending->str[self->pending->len - 1] == ' ')
    g_string_truncate (self->pending, self->pending->len - 1);
  g_string_append (self->pending, text);
  self->at_space = TRUE;
}

gboolean
mx_rich_text_builder_is_empty (MxRichTextBuilder *self)
{
  return self->block == NULL || (self->block->inlines->len == 0 && self->pending->len == 0);
}

MxRichText *
mx_rich_text_builder_finish (MxRichTextBuilder *self, gboolean truncated)
{
  if (truncated)
    {
      const MxTextAttrs plain = { 0 };

      mx_rich_text_builder_open_block (self, MX_BLOCK_PARAGRAPH);
      mx_rich_text_builder_add_text (self, "…", -1, MX_SPACE_KEEP, &plain);
      self->text->truncated = TRUE;
    }
  mx_rich_text_builder_close_block (self);
  g_string_free (self->pending, TRUE);

  return g_steal_pointer (&self->text);
}
