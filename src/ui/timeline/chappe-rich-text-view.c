/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-rich-text-view.h"

#include "chappe-rich-text-markup.h"

#include <glib/gi18n.h>

#define LINE_CHARS 72
/* Anybody can write a message that takes minutes to lay out: a long one is folded, and even
 * unfolded it is not drawn without end. */
#define FOLDED_LINES   60
#define FOLDED_SLACK   40
#define UNFOLDED_LINES 1000

struct _ChappeRichTextView
{
  GtkBox parent_instance;

  GtkLabel *first; /* most messages are one label: it is kept when rows are recycled */
  MxRichText *text;
  char *prefix;
  gboolean reveal;
  gboolean unfolded;
};

G_DEFINE_FINAL_TYPE (ChappeRichTextView, chappe_rich_text_view, GTK_TYPE_BOX)

static void rebuild (ChappeRichTextView *self);

static gboolean
activate_link_cb (GtkLabel *label, const char *uri, ChappeRichTextView *self)
{
  if (g_str_equal (uri, CHAPPE_SPOILER_URI))
    {
      self->reveal = TRUE;
      rebuild (self);
    }
  else
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "app.open-uri", "s", uri);
    }

  return TRUE;
}

static GtkLabel *
label_new (ChappeRichTextView *self)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (NULL));

  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_wrap_mode (label, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (label, LINE_CHARS);
  gtk_label_set_width_chars (label, 3); /* or all of the text is laid out for its longest word */
  gtk_label_set_xalign (label, 0);
  gtk_widget_set_focusable (GTK_WIDGET (label), FALSE);
  g_signal_connect (label, "activate-link", G_CALLBACK (activate_link_cb), self);

  return label;
}

static gboolean
is_flowing (const MxBlock *block)
{
  return block->quote_depth == 0 && block->details_depth == 0 &&
         (block->kind == MX_BLOCK_PARAGRAPH || block->kind == MX_BLOCK_HEADING ||
          block->kind == MX_BLOCK_LIST_ITEM);
}

static void
append_flowing (GString *markup, const MxBlock *block, gboolean reveal)
{
  static const char *sizes[] = { "140%", "125%", "115%", "110%", "105%", "100%" };

  if (markup->len > 0)
    g_string_append (markup, block->kind == MX_BLOCK_LIST_ITEM || block->level > 0 ? "\n" : "\n\n");

  if (block->kind == MX_BLOCK_HEADING)
    {
      g_string_append_printf (markup,
                              "<span weight=\"bold\" size=\"%s\">",
                              sizes[CLAMP (block->level, 1, 6) - 1]);
      chappe_rich_text_markup_block (markup, block, reveal);
      g_string_append (markup, "</span>");
      return;
    }

  if (block->kind == MX_BLOCK_LIST_ITEM)
    {
      for (guint i = 1; i < MIN (block->level, 8); i++)
        g_string_append (markup, "    ");
      if (block->number != 0)
        g_string_append_printf (markup, "%d. ", block->number);
      else
        g_string_append (markup, "• ");
    }
  chappe_rich_text_markup_block (markup, block, reveal);
}

static GtkWidget *
code_new (ChappeRichTextView *self, const MxBlock *block)
{
  GtkLabel *label = label_new (self);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  g_autoptr (GString) markup = g_string_new (NULL);

  chappe_rich_text_markup_block (markup, block, TRUE);
  gtk_label_set_markup (label, markup->str);
  gtk_label_set_wrap (label, FALSE);
  gtk_widget_add_css_class (GTK_WIDGET (label), "monospace");
  gtk_widget_add_css_class (scroller, "code-block");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (label));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller),
                                  GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroller), TRUE);

  return scroller;
}

static GtkWidget *
block_new (ChappeRichTextView *self, const MxBlock *block)
{
  g_autoptr (GString) markup = g_string_new (NULL);
  GtkLabel *label;

  if (block->kind == MX_BLOCK_RULE)
    return gtk_separator_new (GTK_ORIENTATION_HORIZONTAL);
  if (block->kind == MX_BLOCK_CODE || block->kind == MX_BLOCK_TABLE)
    return code_new (self, block);

  label = label_new (self);
  append_flowing (markup, block, self->reveal);
  gtk_label_set_markup (label, markup->str);
  if (block->kind == MX_BLOCK_DETAILS)
    gtk_widget_add_css_class (GTK_WIDGET (label), "heading");
  if (block->details_depth > 0)
    gtk_widget_set_margin_start (GTK_WIDGET (label), 12);
  if (block->quote_depth > 0)
    {
      gtk_widget_add_css_class (GTK_WIDGET (label), "quote-block");
      gtk_widget_set_margin_start (GTK_WIDGET (label), (MIN (block->quote_depth, 5) - 1) * 12);
    }

  return GTK_WIDGET (label);
}

static void
remove_rest (ChappeRichTextView *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_next_sibling (GTK_WIDGET (self->first))) != NULL)
    gtk_box_remove (GTK_BOX (self), child);
}

/* Shows text gathered so far: in the kept label when it comes first. */
static void
flush (ChappeRichTextView *self, GString *markup, gboolean *first_used)
{
  GtkLabel *label;

  if (markup->len == 0)
    return;

  if (!*first_used && gtk_widget_get_next_sibling (GTK_WIDGET (self->first)) == NULL)
    {
      label = self->first;
      *first_used = TRUE;
    }
  else
    {
      label = label_new (self);
      gtk_box_append (GTK_BOX (self), GTK_WIDGET (label));
    }
  gtk_label_set_markup (label, markup->str);
  g_string_truncate (markup, 0);
}

static void
prepend (GtkLabel *label, const char *prefix)
{
  g_autofree char *escaped = g_markup_escape_text (prefix, -1);
  g_autofree char *markup = g_strdup_printf ("<i>%s</i> %s", escaped, gtk_label_get_label (label));

  gtk_label_set_markup (label, markup);
}

static void
unfold_cb (GtkButton *button, ChappeRichTextView *self)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));

  self->unfolded = TRUE;
  /* The button goes away: who pressed it by a key stays at the message. */
  while (row != NULL && !gtk_widget_grab_focus (row))
    row = gtk_widget_get_parent (row);
  rebuild (self);
}

static void
append_end (ChappeRichTextView *self)
{
  GtkWidget *end = NULL;

  if (!self->unfolded)
    {
      end = gtk_button_new_with_label (_ ("Show More"));
      gtk_widget_set_halign (end, GTK_ALIGN_START);
      g_signal_connect (end, "clicked", G_CALLBACK (unfold_cb), self);
    }
  else
    {
      GtkLabel *label = label_new (self);

      gtk_label_set_text (label,
                          _ (
                            "The rest is too long to be shown here. “Copy Text” takes all of it."));
      end = GTK_WIDGET (label);
      gtk_widget_add_css_class (end, "dim-label");
    }
  gtk_box_append (GTK_BOX (self), end);
}

static void
rebuild (ChappeRichTextView *self)
{
  g_autoptr (MxRichText) start =
    mx_rich_text_dup_start (self->text,
                            self->unfolded ? UNFOLDED_LINES : FOLDED_LINES,
                            self->unfolded ? 0 : FOLDED_SLACK);
  GPtrArray *blocks = mx_rich_text_get_blocks (start != NULL ? start : self->text);
  g_autoptr (GString) markup = g_string_new (NULL);
  gboolean first_used = FALSE;

  remove_rest (self);
  for (guint i = 0; i < blocks->len; i++)
    {
      const MxBlock *block = g_ptr_array_index (blocks, i);

      if (is_flowing (block))
        {
          append_flowing (markup, block, self->reveal);
          continue;
        }
      flush (self, markup, &first_used);
      gtk_box_append (GTK_BOX (self), block_new (self, block));
    }
  flush (self, markup, &first_used);
  if (start != NULL)
    append_end (self);
  if (self->prefix != NULL && first_used)
    prepend (self->first, self->prefix);

  gtk_widget_set_visible (GTK_WIDGET (self->first), first_used);
  if (mx_rich_text_is_emoji_only (self->text))
    gtk_widget_add_css_class (GTK_WIDGET (self), "emoji-only");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "emoji-only");
}

static void
chappe_rich_text_view_finalize (GObject *object)
{
  ChappeRichTextView *self = CHAPPE_RICH_TEXT_VIEW (object);

  g_clear_pointer (&self->text, mx_rich_text_unref);
  g_free (self->prefix);
  G_OBJECT_CLASS (chappe_rich_text_view_parent_class)->finalize (object);
}

static void
chappe_rich_text_view_class_init (ChappeRichTextViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = chappe_rich_text_view_finalize;
}

static void
chappe_rich_text_view_init (ChappeRichTextView *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  self->first = label_new (self);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->first));
}

GtkWidget *
chappe_rich_text_view_new (void)
{
  return g_object_new (CHAPPE_TYPE_RICH_TEXT_VIEW, NULL);
}

static gboolean
has_same_words (MxRichText *one, MxRichText *other)
{
  g_autofree char *words = mx_rich_text_to_plain (one);
  g_autofree char *others = mx_rich_text_to_plain (other);

  return g_str_equal (words, others);
}

void
chappe_rich_text_view_set (ChappeRichTextView *self, MxRichText *text, const char *prefix)
{
  g_return_if_fail (CHAPPE_IS_RICH_TEXT_VIEW (self));
  g_return_if_fail (text != NULL);

  /* A row that is drawn again, for instance for a reaction, does not fold under its reader. */
  self->unfolded = self->unfolded && has_same_words (self->text, text);
  g_clear_pointer (&self->text, mx_rich_text_unref);
  self->text = mx_rich_text_ref (text);
  g_set_str (&self->prefix, prefix);
  self->reveal = FALSE;
  rebuild (self);
}
