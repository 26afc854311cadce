/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A heading in the room list. */
#include "config.h"

#include "chappe-section-row.h"

#include <glib/gi18n.h>

struct _ChappeSectionRow
{
  GtkBox parent_instance;

  GtkImage *arrow;
  GtkLabel *title;
  GtkLabel *count;

  GSignalGroup *signals;
  char *accessible_text;
};

G_DEFINE_FINAL_TYPE (ChappeSectionRow, chappe_section_row, GTK_TYPE_BOX)

typedef enum
{
  PROP_ACCESSIBLE_TEXT = 1,
} ChappeSectionRowProperty;

static GParamSpec *properties[PROP_ACCESSIBLE_TEXT + 1];

static void
update (ChappeSectionRow *self)
{
  g_autoptr (ChappeRoomSection) section = g_signal_group_dup_target (self->signals);
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;
  gboolean expanded = FALSE;
  unsigned rooms = 0;
  unsigned unread = 0;

  if (section == NULL)
    return;
  expanded = chappe_room_section_is_expanded (section);
  rooms = chappe_room_section_get_rooms (section);
  unread = chappe_room_section_get_unread (section);

  gtk_image_set_from_icon_name (self->arrow, expanded ? "pan-down-symbolic" : "pan-end-symbolic");
  gtk_label_set_label (self->title, chappe_room_section_get_title (section));
  count = g_strdup_printf ("%u", unread);
  gtk_label_set_label (self->count, count);
  /* Folded away news must not be missed. */
  gtk_widget_set_visible (GTK_WIDGET (self->count), !expanded && unread > 0);

  text = g_strdup_printf (
    /* TRANSLATORS: a heading of the room list for screen readers: title, how many, open or closed
     */
    ngettext ("%s, %u conversation, %s", "%s, %u conversations, %s", rooms),
    chappe_room_section_get_title (section),
    rooms,
    expanded ? _ ("unfolded") : _ ("folded"));
  if (g_set_str (&self->accessible_text, text))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACCESSIBLE_TEXT]);
}

static void
chappe_section_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ChappeSectionRow *self = CHAPPE_SECTION_ROW (object);

  switch ((ChappeSectionRowProperty) prop_id)
    {
    case PROP_ACCESSIBLE_TEXT:
      g_value_set_string (value, self->accessible_text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_section_row_dispose (GObject *object)
{
  ChappeSectionRow *self = CHAPPE_SECTION_ROW (object);

  g_clear_object (&self->signals);
  g_clear_pointer (&self->accessible_text, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_SECTION_ROW);

  G_OBJECT_CLASS (chappe_section_row_parent_class)->dispose (object);
}

static void
chappe_section_row_class_init (ChappeSectionRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = chappe_section_row_get_property;
  object_class->dispose = chappe_section_row_dispose;

  properties[PROP_ACCESSIBLE_TEXT] =
    g_param_spec_string ("accessible-text",
                         NULL,
                         NULL,
                         NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-section-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeSectionRow, arrow);
  gtk_widget_class_bind_template_child (widget_class, ChappeSectionRow, title);
  gtk_widget_class_bind_template_child (widget_class, ChappeSectionRow, count);
}

static void
chappe_section_row_init (ChappeSectionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->signals = g_signal_group_new (CHAPPE_TYPE_ROOM_SECTION);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (update), self);
}

GtkWidget *
chappe_section_row_new (void)
{
  return g_object_new (CHAPPE_TYPE_SECTION_ROW, NULL);
}

void
chappe_section_row_set_section (ChappeSectionRow *self, ChappeRoomSection *section)
{
  g_signal_group_set_target (self->signals, section);
  update (self);
}
