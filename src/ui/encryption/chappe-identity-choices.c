/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Other device, code, or all anew. */
#include "config.h"

#include "chappe-identity-choices.h"

struct _ChappeIdentityChoices
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (ChappeIdentityChoices, chappe_identity_choices, ADW_TYPE_BIN)

static void
chappe_identity_choices_dispose (GObject *object)
{
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), CHAPPE_TYPE_IDENTITY_CHOICES);

  G_OBJECT_CLASS (chappe_identity_choices_parent_class)->dispose (object);
}

static void
chappe_identity_choices_class_init (ChappeIdentityChoicesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chappe_identity_choices_dispose;
  gtk_widget_class_set_template_from_resource (GTK_WIDGET_CLASS (klass),
                                               "/im/chappe/Chappe/ui/chappe-identity-choices.ui");
}

static void
chappe_identity_choices_init (ChappeIdentityChoices *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
