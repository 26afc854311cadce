/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-reaction-bar.h"

#include "mx-text-clean.h"

#include <glib/gi18n.h>

/* Anybody can react in thousands of ways to one message. */
#define MAX_PILLS 24
#define MAX_KEY   40

struct _ChappeReactionBar
{
  AdwBin parent_instance;

  AdwWrapBox *box;
};

G_DEFINE_FINAL_TYPE (ChappeReactionBar, chappe_reaction_bar, ADW_TYPE_BIN)

static void
chappe_reaction_bar_class_init (ChappeReactionBarClass *klass)
{
}

static void
chappe_reaction_bar_init (ChappeReactionBar *self)
{
  self->box = ADW_WRAP_BOX (adw_wrap_box_new ());
  adw_wrap_box_set_child_spacing (self->box, 4);
  adw_wrap_box_set_line_spacing (self->box, 4);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->box));
}

GtkWidget *
chappe_reaction_bar_new (void)
{
  return g_object_new (CHAPPE_TYPE_REACTION_BAR, NULL);
}

/* "Anne LE GALL, Karim BENALI and 3 others" */
static char *
dup_people (const MxReactionRow *reaction, MxRoom *room)
{
  g_autoptr (GString) text = g_string_new (NULL);
  unsigned named = 0;

  for (char **sender = reaction->senders; sender != NULL && *sender != NULL; sender++, named++)
    g_string_append_printf (text,
                            "%s%s",
                            named > 0 ? ", " : "",
                            mx_room_get_member_name (room, *sender));
  if (reaction->count > named)
    {
      unsigned others = reaction->count - named;

      g_string_append_printf (text, ngettext (" and %u other", " and %u others", others), others);
    }

  return g_string_free_and_steal (g_steal_pointer (&text));
}

static GtkWidget *
pill_new (const MxReactionRow *reaction, MxRoom *room)
{
  g_autofree char *key = mx_text_clean_line (reaction->key, MAX_KEY);
  g_autofree char *people = dup_people (reaction, room);
  g_autofree char *text =
    reaction->count > 1 ? g_strdup_printf ("%s %u", key, reaction->count) : g_strdup (key);
  g_autofree char *spoken = g_strdup_printf ("%s: %s", key, people);
  GtkWidget *pill = gtk_label_new (text);

  gtk_label_set_ellipsize (GTK_LABEL (pill), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (pill), 24);
  gtk_widget_add_css_class (pill, "reaction");
  if (reaction->own_event_id != NULL)
    gtk_widget_add_css_class (pill, "own");
  gtk_widget_set_tooltip_text (pill, people);
  gtk_accessible_update_property (GTK_ACCESSIBLE (pill), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);

  return pill;
}

static GtkWidget *
rest_new (unsigned kinds)
{
  g_autofree char *text = g_strdup_printf ("+%u", kinds);
  g_autofree char *spoken =
    g_strdup_printf (ngettext ("%u other reaction", "%u other reactions", kinds), kinds);
  GtkWidget *rest = gtk_label_new (text);

  gtk_widget_add_css_class (rest, "reaction");
  gtk_widget_set_tooltip_text (rest, spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (rest), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);

  return rest;
}

void
chappe_reaction_bar_set (ChappeReactionBar *self, GPtrArray *reactions, MxRoom *room)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->box))) != NULL)
    adw_wrap_box_remove (self->box, child);

  for (guint i = 0; reactions != NULL && i < MIN (reactions->len, MAX_PILLS); i++)
    adw_wrap_box_append (self->box, pill_new (g_ptr_array_index (reactions, i), room));
  if (reactions != NULL && reactions->len > MAX_PILLS)
    adw_wrap_box_append (self->box, rest_new (reactions->len - MAX_PILLS));

  gtk_widget_set_visible (GTK_WIDGET (self), reactions != NULL && reactions->len > 0);
}
