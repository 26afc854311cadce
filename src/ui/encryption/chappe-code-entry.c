/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A verification code that is typed. */
#include "config.h"

#include "chappe-code-entry.h"

#define REVEALED_S 10

struct _ChappeCodeEntry
{
  AdwBin parent_instance;

  AdwEntryRow *entry;
  GtkLabel *error;
  GtkButton *button;

  unsigned mask_id;
};

G_DEFINE_FINAL_TYPE (ChappeCodeEntry, chappe_code_entry, ADW_TYPE_BIN)

typedef enum
{
  SUBMITTED,
} ChappeCodeEntrySignal;

typedef enum
{
  PROP_BUTTON_LABEL = 1,
} ChappeCodeEntryProperty;

static unsigned signals[SUBMITTED + 1];
static GParamSpec *properties[PROP_BUTTON_LABEL + 1];

static gboolean
mask_cb (gpointer user_data)
{
  ChappeCodeEntry *self = user_data;

  self->mask_id = 0;
  gtk_text_set_visibility (GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))),
                           FALSE);

  return G_SOURCE_REMOVE;
}

static void
visibility_cb (ChappeCodeEntry *self, GParamSpec *pspec, GtkText *text)
{
  g_clear_handle_id (&self->mask_id, g_source_remove);
  if (gtk_text_get_visibility (text))
    self->mask_id = g_timeout_add_seconds (REVEALED_S, mask_cb, self);
}

static gboolean
is_blank (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;

  return *text == '\0';
}

static void
submit_cb (ChappeCodeEntry *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autoptr (MxSecret) code = NULL;

  if (is_blank (text))
    return;
  code = mx_secret_new_text (text);
  chappe_code_entry_set_error (self, NULL);
  g_signal_emit (self, signals[SUBMITTED], 0, code);
}

static void
changed_cb (ChappeCodeEntry *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  chappe_code_entry_set_error (self, NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->button), !is_blank (text));
}

static void
chappe_code_entry_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ChappeCodeEntry *self = CHAPPE_CODE_ENTRY (object);

  switch ((ChappeCodeEntryProperty) prop_id)
    {
    case PROP_BUTTON_LABEL:
      g_value_set_string (value, gtk_button_get_label (self->button));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_code_entry_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  ChappeCodeEntry *self = CHAPPE_CODE_ENTRY (object);

  switch ((ChappeCodeEntryProperty) prop_id)
    {
    case PROP_BUTTON_LABEL:
      gtk_button_set_label (self->button, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_code_entry_dispose (GObject *object)
{
  ChappeCodeEntry *self = CHAPPE_CODE_ENTRY (object);

  g_clear_handle_id (&self->mask_id, g_source_remove);
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_CODE_ENTRY);

  G_OBJECT_CLASS (chappe_code_entry_parent_class)->dispose (object);
}

static void
chappe_code_entry_class_init (ChappeCodeEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = chappe_code_entry_get_property;
  object_class->set_property = chappe_code_entry_set_property;
  object_class->dispose = chappe_code_entry_dispose;

  properties[PROP_BUTTON_LABEL] =
    g_param_spec_string ("button-label",
                         NULL,
                         NULL,
                         NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  signals[SUBMITTED] = g_signal_new ("submitted",
                                     G_TYPE_FROM_CLASS (klass),
                                     G_SIGNAL_RUN_LAST,
                                     0,
                                     NULL,
                                     NULL,
                                     NULL,
                                     G_TYPE_NONE,
                                     1,
                                     MX_TYPE_SECRET);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-code-entry.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeCodeEntry, entry);
  gtk_widget_class_bind_template_child (widget_class, ChappeCodeEntry, error);
  gtk_widget_class_bind_template_child (widget_class, ChappeCodeEntry, button);
  gtk_widget_class_bind_template_callback (widget_class, submit_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
chappe_code_entry_init (ChappeCodeEntry *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  g_signal_connect_object (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)),
                           "notify::visibility",
                           G_CALLBACK (visibility_cb),
                           self,
                           G_CONNECT_SWAPPED);
}

void
chappe_code_entry_set_error (ChappeCodeEntry *self, const char *text)
{
  g_return_if_fail (CHAPPE_IS_CODE_ENTRY (self));

  gtk_label_set_label (self->error, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->error), text != NULL);
  if (text == NULL)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
      return;
    }
  gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  gtk_accessible_announce (GTK_ACCESSIBLE (self),
                           text,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

void
chappe_code_entry_clear (ChappeCodeEntry *self)
{
  g_return_if_fail (CHAPPE_IS_CODE_ENTRY (self));

  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_text_set_visibility (GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (self->entry))),
                           FALSE);
}

gboolean
chappe_code_equal (MxSecret *a, MxSecret *b)
{
  const char *left = mx_secret_get_text (a);
  const char *right = mx_secret_get_text (b);

  for (;;)
    {
      while (g_ascii_isspace (*left))
        left++;
      while (g_ascii_isspace (*right))
        right++;
      if (*left != *right)
        return FALSE;
      if (*left == '\0')
        return TRUE;
      left++;
      right++;
    }
}
