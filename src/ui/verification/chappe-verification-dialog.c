/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One verification by emoji, in all its phases. */
#include "config.h"

#include "chappe-verification-dialog.h"

#include "chappe-error-text.h"
#include "chappe-text-size.h"
#include "chappe-verification-text.h"

#include "mx-flow.h"

#include <glib/gi18n.h>

struct _ChappeVerificationDialog
{
  AdwDialog parent_instance;

  GtkWidget *spinner;
  GtkImage *icon;
  GtkLabel *heading;
  GtkLabel *body;
  GtkWidget *comparison;
  AdwWrapBox *emoji;
  GtkLabel *numbers;
  GtkButton *toggle;
  GtkButton *first;
  GtkButton *second;

  MxVerification *verification;
  ChappeVerificationAct first_act;
  ChappeVerificationAct second_act;
  gboolean has_emoji;
};

G_DEFINE_FINAL_TYPE (ChappeVerificationDialog, chappe_verification_dialog, ADW_TYPE_DIALOG)

static void set_verification (ChappeVerificationDialog *self, MxVerification *verification);

/* -- What is compared */

static GtkWidget *
emoji_new (unsigned index)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  GtkWidget *symbol = gtk_label_new (mx_verification_emoji_symbol (index));
  GtkWidget *name = gtk_label_new (mx_verification_emoji_name (index));

  gtk_widget_add_css_class (symbol, "symbol");
  gtk_label_set_wrap (GTK_LABEL (name), TRUE);
  gtk_label_set_justify (GTK_LABEL (name), GTK_JUSTIFY_CENTER);
  gtk_box_append (GTK_BOX (box), symbol);
  gtk_box_append (GTK_BOX (box), name);

  return box;
}

static void
show_numbers (ChappeVerificationDialog *self, gboolean numbers)
{
  gtk_widget_set_visible (GTK_WIDGET (self->emoji), !numbers);
  gtk_widget_set_visible (GTK_WIDGET (self->numbers), numbers);
  gtk_button_set_label (self->toggle, numbers ? _ ("Show _Emoji") : _ ("Show N_umbers Instead"));
  gtk_button_set_use_underline (self->toggle, TRUE);
}

static void
fill_comparison (ChappeVerificationDialog *self)
{
  const unsigned *emoji = mx_verification_get_emoji (self->verification);
  const unsigned *decimals = mx_verification_get_decimals (self->verification);
  g_autofree char *spoken = chappe_verification_text_spoken (emoji);
  g_autofree char *numbers = NULL;

  if (emoji == NULL || self->has_emoji)
    return;

  self->has_emoji = TRUE;
  for (guint i = 0; i < 7; i++)
    adw_wrap_box_append (self->emoji, emoji_new (emoji[i]));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->emoji),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  spoken,
                                  -1);
  numbers = g_strdup_printf ("%u – %u – %u", decimals[0], decimals[1], decimals[2]);
  gtk_label_set_label (self->numbers, numbers);
  show_numbers (self, FALSE);
}

static void
toggle_cb (ChappeVerificationDialog *self)
{
  show_numbers (self, !gtk_widget_get_visible (GTK_WIDGET (self->numbers)));
}

/* -- Phases */

static void
set_button (GtkButton *button, const char *label)
{
  gtk_widget_set_visible (GTK_WIDGET (button), label != NULL);
  if (label != NULL)
    gtk_button_set_label (button, label);
  gtk_button_set_use_underline (button, TRUE);
}

static void
set_class (gpointer widget, const char *name, gboolean set)
{
  if (set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
show_text (ChappeVerificationDialog *self, const ChappeVerificationText *text)
{
  gtk_widget_set_visible (self->spinner, text->icon == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), text->icon != NULL && !text->shows_emoji);
  gtk_image_set_from_icon_name (self->icon, text->icon);
  set_class (self->icon, "error", text->is_warning);
  set_class (self->heading, "error", text->is_warning);
  gtk_label_set_label (self->heading, text->heading);
  gtk_label_set_label (self->body, text->body);
  set_button (self->first, text->first);
  set_button (self->second, text->second);
  /* neither answer to the comparison is the obvious one */
  set_class (self->first, "suggested-action", text->first_act == CHAPPE_VERIFICATION_ACT_ACCEPT);
  self->first_act = text->first_act;
  self->second_act = text->second_act;
  gtk_widget_set_visible (self->comparison, text->shows_emoji);
  if (text->shows_emoji)
    fill_comparison (self);
}

static void
announce (ChappeVerificationDialog *self, const ChappeVerificationText *text)
{
  g_autofree char *said = g_strdup_printf ("%s. %s", text->heading, text->body);

  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_accessible_announce (GTK_ACCESSIBLE (self),
                             said,
                             text->is_warning ? GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_HIGH
                                              : GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
update (ChappeVerificationDialog *self)
{
  g_autofree char *name = mx_verification_dup_user_name (self->verification);
  ChappeVerificationText text = { 0 };

  chappe_verification_text_fill (&text,
                                 mx_verification_get_phase (self->verification),
                                 mx_verification_is_incoming (self->verification),
                                 mx_verification_is_own (self->verification),
                                 name,
                                 mx_verification_get_cancel_code (self->verification),
                                 mx_verification_was_cancelled_by_us (self->verification));
  show_text (self, &text);
  chappe_text_size_measure_dialog (ADW_DIALOG (self));
  announce (self, &text);
  if (text.shows_emoji)
    gtk_widget_grab_focus (GTK_WIDGET (self->emoji));
  else if (text.first != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (self->first));
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->second));
  chappe_verification_text_clear (&text);
}

static void
retried_cb (GObject *owner, const GValue *value, const GError *error, gpointer data)
{
  ChappeVerificationDialog *self = CHAPPE_VERIFICATION_DIALOG (owner);
  g_autofree char *text = chappe_error_text (error);

  gtk_widget_set_sensitive (GTK_WIDGET (self->first), TRUE);
  if (text != NULL)
    gtk_label_set_label (self->body, text);
  else
    set_verification (self, g_value_get_object (value));
}

static void
act (ChappeVerificationDialog *self, ChappeVerificationAct what)
{
  switch (what)
    {
    case CHAPPE_VERIFICATION_ACT_ACCEPT:
      mx_verification_accept (self->verification);
      break;
    case CHAPPE_VERIFICATION_ACT_MATCH:
      mx_verification_confirm (self->verification);
      break;
    case CHAPPE_VERIFICATION_ACT_MISMATCH:
      mx_verification_mismatch (self->verification);
      break;
    case CHAPPE_VERIFICATION_ACT_RETRY:
      gtk_widget_set_sensitive (GTK_WIDGET (self->first), FALSE);
      mx_watch (self, mx_verification_retry (self->verification), retried_cb, NULL);
      break;
    case CHAPPE_VERIFICATION_ACT_CANCEL:
    case CHAPPE_VERIFICATION_ACT_CLOSE:
      adw_dialog_close (ADW_DIALOG (self));
      break;
    case CHAPPE_VERIFICATION_ACT_NONE:
    default:
      break;
    }
}

static void
first_cb (ChappeVerificationDialog *self)
{
  act (self, self->first_act);
}

static void
second_cb (ChappeVerificationDialog *self)
{
  act (self, self->second_act);
}

static void
set_verification (ChappeVerificationDialog *self, MxVerification *verification)
{
  GtkWidget *child = NULL;

  if (self->verification != NULL)
    g_signal_handlers_disconnect_by_func (self->verification, update, self);
  g_set_object (&self->verification, verification);
  self->has_emoji = FALSE;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->emoji))) != NULL)
    adw_wrap_box_remove (self->emoji, child);
  g_signal_connect_object (verification,
                           "notify::phase",
                           G_CALLBACK (update),
                           self,
                           G_CONNECT_SWAPPED);
  update (self);
}

/* Whoever closes it does not go on with it. */
static void
chappe_verification_dialog_closed (AdwDialog *dialog)
{
  ChappeVerificationDialog *self = CHAPPE_VERIFICATION_DIALOG (dialog);
  g_autoptr (MxVerification) verification = g_steal_pointer (&self->verification);

  if (verification == NULL)
    return;

  g_signal_handlers_disconnect_by_func (verification, update, self);
  mx_verification_cancel (verification);
}

static void
chappe_verification_dialog_dispose (GObject *object)
{
  ChappeVerificationDialog *self = CHAPPE_VERIFICATION_DIALOG (object);

  g_clear_object (&self->verification);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_VERIFICATION_DIALOG);

  G_OBJECT_CLASS (chappe_verification_dialog_parent_class)->dispose (object);
}

static void
chappe_verification_dialog_class_init (ChappeVerificationDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_verification_dialog_dispose;
  ADW_DIALOG_CLASS (klass)->closed = chappe_verification_dialog_closed;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/im/chappe/Chappe/ui/chappe-verification-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationDialog, icon);
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationDialog, body);
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationDialog, comparison);
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationDialog, emoji);
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationDialog, numbers);
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationDialog, toggle);
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationDialog, first);
  gtk_widget_class_bind_template_child (widget_class, ChappeVerificationDialog, second);
  gtk_widget_class_bind_template_callback (widget_class, toggle_cb);
  gtk_widget_class_bind_template_callback (widget_class, first_cb);
  gtk_widget_class_bind_template_callback (widget_class, second_cb);
}

static void
chappe_verification_dialog_init (ChappeVerificationDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

ChappeVerificationDialog *
chappe_verification_dialog_new (MxVerification *verification)
{
  ChappeVerificationDialog *self = g_object_new (CHAPPE_TYPE_VERIFICATION_DIALOG, NULL);

  set_verification (self, verification);

  return self;
}

void
chappe_verification_dialog_present (GtkWidget *parent, MxVerification *verification)
{
  adw_dialog_present (ADW_DIALOG (chappe_verification_dialog_new (verification)), parent);
}
