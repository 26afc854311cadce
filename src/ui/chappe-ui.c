/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Templates and style sheets live in a resource of this library, which a linker would drop if
 * nothing named it. */
#include "config.h"

#include "chappe-ui.h"

#include "chappe-resources.h"
#include <adwaita.h>

#define STYLES "/im/chappe/Chappe/style/"

void
chappe_ui_init (void)
{
  static gboolean done;
  g_auto (GStrv) sheets = NULL;

  if (done)
    return;
  done = TRUE;

  chappe_register_resource ();
  adw_init ();
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/im/chappe/Chappe/icons");

  sheets = g_resources_enumerate_children (STYLES, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  for (unsigned i = 0; sheets != NULL && sheets[i] != NULL; i++)
    {
      g_autofree char *path = g_strconcat (STYLES, sheets[i], NULL);
      g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

      gtk_css_provider_load_from_resource (provider, path);
      gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                                  GTK_STYLE_PROVIDER (provider),
                                                  GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
    }
}
