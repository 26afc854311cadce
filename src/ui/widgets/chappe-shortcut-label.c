/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Keys drawn as keys (GTK's own widget for that is deprecated). */
#include "config.h"

#include "chappe-shortcut-label.h"

/* Longer ones stand one below the other, to leave room for what they do. */
#define LINE_LENGTH 20

struct _ChappeShortcutLabel
{
  GtkBox parent_instance;

  char *accelerators;
};

G_DEFINE_FINAL_TYPE (ChappeShortcutLabel, chappe_shortcut_label, GTK_TYPE_BOX)

typedef enum
{
  PROP_ACCELERATORS = 1,
} ChappeShortcutLabelProperty;

static GParamSpec *properties[PROP_ACCELERATORS + 1];

static void
add_keys (ChappeShortcutLabel *self, const char *accelerator, GString *spoken)
{
  unsigned key = 0;
  GdkModifierType modifiers = 0;
  g_autofree char *text = NULL;
  GtkWidget *label = NULL;

  if (!gtk_accelerator_parse (accelerator, &key, &modifiers))
    return;
  text = gtk_accelerator_get_label (key, modifiers);
  label = gtk_label_new (text);
  gtk_widget_set_halign (label, GTK_ALIGN_END);
  gtk_widget_add_css_class (label, "keycap");
  gtk_box_append (GTK_BOX (self), label);
  g_string_append_printf (spoken, "%s%s", spoken->len > 0 ? ", " : "", text);
}

static void
set_accelerators (ChappeShortcutLabel *self, const char *accelerators)
{
  g_auto (GStrv) parts = g_strsplit (accelerators != NULL ? accelerators : "", " ", -1);
  g_autoptr (GString) spoken = g_string_new (NULL);

  g_set_str (&self->accelerators, accelerators);
  for (unsigned i = 0; parts[i] != NULL; i++)
    add_keys (self, parts[i], spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken->str,
                                  -1);
  if (g_utf8_strlen (spoken->str, -1) > LINE_LENGTH)
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
}

static void
chappe_shortcut_label_get_property (GObject *object,
                                    guint prop_id,
                                    GValue *value,
                                    GParamSpec *pspec)
{
  ChappeShortcutLabel *self = CHAPPE_SHORTCUT_LABEL (object);

  switch ((ChappeShortcutLabelProperty) prop_id)
    {
    case PROP_ACCELERATORS:
      g_value_set_string (value, self->accelerators);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_shortcut_label_set_property (GObject *object,
                                    guint prop_id,
                                    const GValue *value,
                                    GParamSpec *pspec)
{
  ChappeShortcutLabel *self = CHAPPE_SHORTCUT_LABEL (object);

  switch ((ChappeShortcutLabelProperty) prop_id)
    {
    case PROP_ACCELERATORS:
      set_accelerators (self, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_shortcut_label_finalize (GObject *object)
{
  g_free (CHAPPE_SHORTCUT_LABEL (object)->accelerators);

  G_OBJECT_CLASS (chappe_shortcut_label_parent_class)->finalize (object);
}

static void
chappe_shortcut_label_class_init (ChappeShortcutLabelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = chappe_shortcut_label_get_property;
  object_class->set_property = chappe_shortcut_label_set_property;
  object_class->finalize = chappe_shortcut_label_finalize;

  properties[PROP_ACCELERATORS] =
    g_param_spec_string ("accelerators",
                         NULL,
                         NULL,
                         NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
chappe_shortcut_label_init (ChappeShortcutLabel *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
chappe_shortcut_label_new (const char *accelerators)
{
  return g_object_new (CHAPPE_TYPE_SHORTCUT_LABEL, "accelerators", accelerators, NULL);
}
