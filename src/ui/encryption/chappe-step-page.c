/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A step of a dialog. */
#include "config.h"

#include "chappe-step-page.h"

struct _ChappeStepPage
{
  AdwNavigationPage parent_instance;

  GtkWidget *column;
  GtkImage *icon;
  GtkLabel *text;
  GtkWidget *extra; /* borrowed: a child of column */
};

G_DEFINE_FINAL_TYPE (ChappeStepPage, chappe_step_page, ADW_TYPE_NAVIGATION_PAGE)

typedef enum
{
  PROP_ICON_NAME = 1,
  PROP_TEXT,
  PROP_EXTRA,
} ChappeStepPageProperty;

static GParamSpec *properties[PROP_EXTRA + 1];

static void
set_extra (ChappeStepPage *self, GtkWidget *extra)
{
  if (self->extra == extra)
    return;
  if (self->extra != NULL)
    gtk_box_remove (GTK_BOX (self->column), self->extra);
  self->extra = extra;
  if (extra != NULL)
    gtk_box_append (GTK_BOX (self->column), extra);
}

void
chappe_step_page_set_text (ChappeStepPage *self, const char *text)
{
  gtk_label_set_label (self->text, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->text), text != NULL && *text != '\0');
}

void
chappe_step_page_set_icon_name (ChappeStepPage *self, const char *icon_name)
{
  gtk_image_set_from_icon_name (self->icon, icon_name);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), icon_name != NULL);
}

/* A page that slides in says nothing by itself, only what gets the focus does. */
static void
chappe_step_page_shown (AdwNavigationPage *page)
{
  ChappeStepPage *self = CHAPPE_STEP_PAGE (page);
  g_autofree char *said = g_strdup_printf ("%s. %s",
                                           adw_navigation_page_get_title (page),
                                           gtk_label_get_label (self->text));
  GtkWidget *focus = NULL;

  ADW_NAVIGATION_PAGE_CLASS (chappe_step_page_parent_class)->shown (page);
  if (gtk_widget_get_root (GTK_WIDGET (self)) == NULL)
    return;
  gtk_accessible_announce (GTK_ACCESSIBLE (self),
                           said,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
  /* From within, it would move on. */
  focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  if (self->extra != NULL && (focus == NULL || !gtk_widget_is_ancestor (focus, self->extra)))
    gtk_widget_child_focus (self->extra, GTK_DIR_TAB_FORWARD);
}

static void
chappe_step_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ChappeStepPage *self = CHAPPE_STEP_PAGE (object);

  switch ((ChappeStepPageProperty) prop_id)
    {
    case PROP_ICON_NAME:
      g_value_set_string (value, gtk_image_get_icon_name (self->icon));
      break;
    case PROP_TEXT:
      g_value_set_string (value, gtk_label_get_label (self->text));
      break;
    case PROP_EXTRA:
      g_value_set_object (value, self->extra);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_step_page_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  ChappeStepPage *self = CHAPPE_STEP_PAGE (object);

  switch ((ChappeStepPageProperty) prop_id)
    {
    case PROP_ICON_NAME:
      chappe_step_page_set_icon_name (self, g_value_get_string (value));
      break;
    case PROP_TEXT:
      chappe_step_page_set_text (self, g_value_get_string (value));
      break;
    case PROP_EXTRA:
      set_extra (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_step_page_dispose (GObject *object)
{
  ChappeStepPage *self = CHAPPE_STEP_PAGE (object);

  self->extra = NULL;
  adw_navigation_page_set_child (ADW_NAVIGATION_PAGE (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_STEP_PAGE);

  G_OBJECT_CLASS (chappe_step_page_parent_class)->dispose (object);
}

static void
chappe_step_page_class_init (ChappeStepPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = chappe_step_page_get_property;
  object_class->set_property = chappe_step_page_set_property;
  object_class->dispose = chappe_step_page_dispose;
  ADW_NAVIGATION_PAGE_CLASS (klass)->shown = chappe_step_page_shown;

  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_EXTRA] = g_param_spec_object ("extra", NULL, NULL, GTK_TYPE_WIDGET, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-step-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeStepPage, column);
  gtk_widget_class_bind_template_child (widget_class, ChappeStepPage, icon);
  gtk_widget_class_bind_template_child (widget_class, ChappeStepPage, text);
}

static void
chappe_step_page_init (ChappeStepPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  chappe_step_page_set_text (self, NULL);
  chappe_step_page_set_icon_name (self, NULL);
}
