/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Keys drawn as keys (GTK's own widget for that is deprecated). */
#include "config.h"

#include "chappe-shortcut-label.h"

/* Longer ones stand one below the other, to leave room for what they do. */
#define LINE_LENGTH 20
#define SPACING     6

struct _ChappeShortcutLabel
{
  AdwBin parent_instance;
  char *accelerators;
};

G_DEFINE_FINAL_TYPE (ChappeShortcutLabel, chappe_shortcut_label, ADW_TYPE_BIN)

typedef enum
{
  PROP_ACCELERATORS = 1,
} ChappeShortcutLabelProperty;

static GParamSpec *properties[PROP_ACCELERATORS + 1];

static GtkWidget *
make_key (const char *text, gboolean breaks)
{
  g_autoptr (GString) broken = g_string_new (text);
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_set_halign (label, GTK_ALIGN_END);
  gtk_widget_add_css_class (label, "keycap");
  if (breaks)
    {
      g_string_replace (broken, "+", "+\u200b", 0); /* a line may end after each + */
      gtk_label_set_label (GTK_LABEL (label), broken->str);
      gtk_label_set_wrap (GTK_LABEL (label), TRUE);
      gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_RIGHT);
    }
  return label;
}

static GtkWidget *
make_keys (GStrv texts, gboolean are_long)
{
  GtkWidget *box = are_long ? gtk_box_new (GTK_ORIENTATION_VERTICAL, SPACING) : adw_wrap_box_new ();

  for (unsigned i = 0; texts[i] != NULL; i++)
    if (are_long)
      gtk_box_append (GTK_BOX (box), make_key (texts[i], TRUE));
    else
      adw_wrap_box_append (ADW_WRAP_BOX (box), make_key (texts[i], FALSE));
  if (!are_long)
    {
      adw_wrap_box_set_child_spacing (ADW_WRAP_BOX (box), SPACING);
      adw_wrap_box_set_line_spacing (ADW_WRAP_BOX (box), SPACING);
      adw_wrap_box_set_align (ADW_WRAP_BOX (box), 1);
    }
  return box;
}

static void
set_accelerators (ChappeShortcutLabel *self, const char *accelerators)
{
  g_auto (GStrv) parts = g_strsplit (accelerators != NULL ? accelerators : "", " ", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) texts = NULL;
  g_autofree char *spoken = NULL;

  g_set_str (&self->accelerators, accelerators);
  for (unsigned i = 0; parts[i] != NULL; i++)
    {
      unsigned key = 0;
      GdkModifierType modifiers = 0;

      if (gtk_accelerator_parse (parts[i], &key, &modifiers))
        g_strv_builder_take (builder, gtk_accelerator_get_label (key, modifiers));
    }
  texts = g_strv_builder_end (builder);
  spoken = g_strjoinv (", ", texts);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  adw_bin_set_child (ADW_BIN (self), make_keys (texts, g_utf8_strlen (spoken, -1) > LINE_LENGTH));
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
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

GtkWidget *
chappe_shortcut_label_new (const char *accelerators)
{
  return g_object_new (CHAPPE_TYPE_SHORTCUT_LABEL, "accelerators", accelerators, NULL);
}
