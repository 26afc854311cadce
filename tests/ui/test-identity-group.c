/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What is said of somebody's identity, and what is offered. */
#include "config.h"

#include "chappe-identity-group.h"
#include "chappe-ui.h"

static gpointer
child (ChappeIdentityGroup *group, const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (group), CHAPPE_TYPE_IDENTITY_GROUP, name);
}

static const char *
title (ChappeIdentityGroup *group, const char *name)
{
  return adw_preferences_row_get_title (child (group, name));
}

static void
test_E2E_097_states (void)
{
  static const struct
  {
    MxIdentityTrust trust;
    gboolean can_verify;
    const char *state;
    const char *verify; /* NULL: nothing to verify */
    gboolean withdraw;
  } cases[] = {
    { MX_IDENTITY_NONE, TRUE, "Identity Not Verified", "_Verify This Person…", FALSE },
    { MX_IDENTITY_PINNED, TRUE, "Identity Not Verified", "_Verify This Person…", FALSE },
    { MX_IDENTITY_PINNED, FALSE, "Identity Not Verified", "_Verify This Device First…", FALSE },
    { MX_IDENTITY_VERIFIED, TRUE, "Identity Verified", NULL, FALSE },
    { MX_IDENTITY_CHANGED, TRUE, "Identity Not Verified", "_Verify This Person…", FALSE },
    { MX_IDENTITY_VIOLATED, TRUE, "Identity Changed", "Verify _Again…", TRUE },
  };
  ChappeIdentityGroup *group = g_object_ref_sink (g_object_new (CHAPPE_TYPE_IDENTITY_GROUP, NULL));

  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (group)));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      chappe_identity_group_show (group, cases[i].trust, cases[i].can_verify);
      g_assert_cmpstr (title (group, "state_row"), ==, cases[i].state);
      g_assert_true (gtk_widget_get_visible (child (group, "verify_row")) ==
                     (cases[i].verify != NULL));
      if (cases[i].verify != NULL)
        g_assert_cmpstr (title (group, "verify_row"), ==, cases[i].verify);
      g_assert_true (gtk_widget_get_visible (child (group, "withdraw_row")) == cases[i].withdraw);
    }
  g_assert_finalize_object (group);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  chappe_ui_init ();

  g_test_add_func ("/identity-group/E2E-097-states", test_E2E_097_states);

  return g_test_run ();
}
