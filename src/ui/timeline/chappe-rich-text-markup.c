/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-rich-text-markup.h"

#include <glib/gi18n.h>
#include <string.h>

#define WORD_CHARS 200

typedef struct
{
  MxInlineStyle style;
  const char *open;
  const char *close;
} Tag;

static const Tag tags[] = {
  { MX_INLINE_BOLD, "<b>", "</b>" },
  { MX_INLINE_ITALIC, "<i>", "</i>" },
  { MX_INLINE_UNDERLINE, "<u>", "</u>" },
  { MX_INLINE_STRIKE, "<s>", "</s>" },
  { MX_INLINE_SUB, "<sub>", "</sub>" },
  { MX_INLINE_SUP, "<sup>", "</sup>" },
  { MX_INLINE_CODE,
    "<span font_family=\"monospace\" background_alpha=\"12%\" background=\"#808080\">",
    "</span>" },
};

static void
append_covered (GString *markup, const MxInline *run)
{
  g_autofree char *label = run->spoiler_reason != NULL && *run->spoiler_reason != '\0'
                             ? g_strdup_printf (_ ("Hidden: %s"), run->spoiler_reason)
                             : g_strdup (_ ("Hidden text"));
  g_autofree char *escaped = g_markup_escape_text (label, -1);

  g_string_append_printf (markup, "<a href=\"" CHAPPE_SPOILER_URI "\">%s</a>", escaped);
}

/* Pango looks through all of a word for each line that it is broken into: 60 000 letters without a
 * blank took minutes. Places to break, which nobody sees, make words of it. */
static char *
dup_breakable (const char *text)
{
  GString *breakable = g_string_sized_new (strlen (text) + 16);
  unsigned letters = 0;

  for (const char *p = text, *next; *p != '\0'; p = next)
    {
      gunichar c = g_utf8_get_char (p);

      next = g_utf8_next_char (p);
      letters = g_unichar_isspace (c) ? 0 : letters + 1;
      if (letters > WORD_CHARS && !g_unichar_ismark (c) && c != 0x200D)
        {
          g_string_append (breakable, "\u200b");
          letters = 1;
        }
      g_string_append_len (breakable, p, next - p);
    }

  return g_string_free_and_steal (breakable);
}

void
chappe_rich_text_markup_inline (GString *markup, const MxInline *run, gboolean reveal)
{
  g_autofree char *words = strlen (run->text) > WORD_CHARS ? dup_breakable (run->text) : NULL;
  g_autofree char *text = g_markup_escape_text (words != NULL ? words : run->text, -1);
  g_autofree char *href = run->href != NULL ? g_markup_escape_text (run->href, -1) : NULL;

  if ((run->style & MX_INLINE_SPOILER) && !reveal)
    {
      append_covered (markup, run);
      return;
    }

  if (href != NULL)
    {
      /* GTK reads the title as markup once more. */
      g_autofree char *title = g_markup_escape_text (href, -1);

      g_string_append_printf (markup, "<a href=\"%s\" title=\"%s\">", href, title);
    }
  if (run->mention != NULL)
    g_string_append (markup, "<span weight=\"bold\">");
  for (guint i = 0; i < G_N_ELEMENTS (tags); i++)
    if (run->style & tags[i].style)
      g_string_append (markup, tags[i].open);

  g_string_append (markup, text);

  for (guint i = G_N_ELEMENTS (tags); i > 0; i--)
    if (run->style & tags[i - 1].style)
      g_string_append (markup, tags[i - 1].close);
  if (run->mention != NULL)
    g_string_append (markup, "</span>");
  if (href != NULL)
    g_string_append (markup, "</a>");
}

void
chappe_rich_text_markup_block (GString *markup, const MxBlock *block, gboolean reveal)
{
  for (guint i = 0; block->inlines != NULL && i < block->inlines->len; i++)
    chappe_rich_text_markup_inline (markup, g_ptr_array_index (block->inlines, i), reveal);
}
