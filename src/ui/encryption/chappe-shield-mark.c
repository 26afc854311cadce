/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* How far a message is to be believed (E2E-156). */
#include "config.h"

#include "chappe-shield-mark.h"

#include "chappe-unreadable-text.h"

#include <glib/gi18n.h>

struct _ChappeShieldMark
{
  GtkBox parent_instance;

  GtkImage *icon;
  GtkLabel *word;
};

G_DEFINE_FINAL_TYPE (ChappeShieldMark, chappe_shield_mark, GTK_TYPE_BOX)

const char *
chappe_shield_text (MxShieldReason reason)
{
  switch (reason)
    {
    case MX_SHIELD_REASON_NONE:
      break;
    case MX_SHIELD_REASON_NOT_AUTHENTIC:
      return _ (
        "The authenticity of this message cannot be guaranteed on this device: its key came "
        "from a backup or a file");
    case MX_SHIELD_REASON_UNKNOWN_DEVICE:
      return _ ("Sent from a device that is unknown or was deleted");
    case MX_SHIELD_REASON_UNSIGNED_DEVICE:
      return _ ("Sent from a device that its owner has not verified");
    case MX_SHIELD_REASON_MISMATCHED_SENDER:
      return _ ("The sender does not match the device that sent this message");
    case MX_SHIELD_REASON_IDENTITY_CHANGED:
      return _ ("The identity of the sender has changed since you verified it");
    case MX_SHIELD_REASON_NOT_ENCRYPTED:
      return _ ("Not encrypted, although this room is");
    }
  return NULL;
}

/* Short words for what is serious; no colour says it alone. */
static const char *
word (MxShieldReason reason)
{
  switch (reason)
    {
    case MX_SHIELD_REASON_UNKNOWN_DEVICE:
      return _ ("Unknown device");
    case MX_SHIELD_REASON_UNSIGNED_DEVICE:
      return _ ("Unverified device");
    case MX_SHIELD_REASON_MISMATCHED_SENDER:
      return _ ("Doubtful sender");
    case MX_SHIELD_REASON_IDENTITY_CHANGED:
      return _ ("Identity changed");
    case MX_SHIELD_REASON_NOT_ENCRYPTED:
      return _ ("Not encrypted");
    case MX_SHIELD_REASON_NONE:
    case MX_SHIELD_REASON_NOT_AUTHENTIC:
      break;
    }
  return NULL;
}

static const char *
icon (MxShield shield, MxShieldReason reason)
{
  if (reason == MX_SHIELD_REASON_NOT_ENCRYPTED)
    return "changes-allow-symbolic";
  return shield == MX_SHIELD_RED ? "dialog-warning-symbolic" : "security-medium-symbolic";
}

static void
chappe_shield_mark_class_init (ChappeShieldMarkClass *klass)
{
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
chappe_shield_mark_init (ChappeShieldMark *self)
{
  gtk_box_set_spacing (GTK_BOX (self), 3);
  gtk_widget_add_css_class (GTK_WIDGET (self), "shield");
  self->icon = GTK_IMAGE (gtk_image_new ());
  gtk_image_set_pixel_size (self->icon, 12);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->icon));
  self->word = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->word), "caption");
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->word));
}

GtkWidget *
chappe_shield_mark_new (void)
{
  return g_object_new (CHAPPE_TYPE_SHIELD_MARK, NULL);
}

void
chappe_shield_mark_show (ChappeShieldMark *self, MxShield shield, MxShieldReason reason)
{
  const char *text = chappe_shield_text (reason);
  const char *short_text = word (reason);

  g_return_if_fail (CHAPPE_IS_SHIELD_MARK (self));

  gtk_widget_set_visible (GTK_WIDGET (self), shield != MX_SHIELD_NONE);
  if (shield == MX_SHIELD_NONE)
    return;
  gtk_image_set_from_icon_name (self->icon, icon (shield, reason));
  gtk_label_set_label (self->word, short_text != NULL ? short_text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->word), short_text != NULL);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text != NULL ? text : "",
                                  -1);
  if (shield == MX_SHIELD_RED)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self), "dim-label");
      gtk_widget_add_css_class (GTK_WIDGET (self), "error");
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
      gtk_widget_add_css_class (GTK_WIDGET (self), "dim-label");
    }
}

char *
chappe_shield_dup_accessible_text (MxTimelineItem *item)
{
  MxDecryptionFailure failure = mx_timeline_item_get_failure (item);
  g_autofree char *text =
    mx_timeline_item_dup_accessible_text (item,
                                          failure != MX_DECRYPTION_OK
                                            ? chappe_unreadable_short (failure)
                                            : NULL);
  MxShieldReason reason = MX_SHIELD_REASON_NONE;
  MxShield shield = mx_timeline_item_get_shield (item, &reason);
  const char *more = chappe_shield_text (reason);

  if (failure != MX_DECRYPTION_OK || shield == MX_SHIELD_NONE || more == NULL)
    return g_steal_pointer (&text);

  /* TRANSLATORS: what is said of a message, and how far it is to be believed */
  return g_strdup_printf (_ ("%s, %s"), text, more);
}
