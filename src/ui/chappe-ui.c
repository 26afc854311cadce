/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Templates and style sheets live in a resource of this library, which a linker would drop if
 * nothing named it. */
#include "config.h"

#include "chappe-ui.h"

#include "chappe-resources.h"
#include "chappe-wrap-button.h"
#include <adwaita.h>

#define STYLES "/im/chappe/Chappe/style/"
/* Dimmed text with a contrast of 4.5 : 1; the platform's own 55 % has 3.3 : 1. */
#define NORMAL_CONTRAST ":root { --dim-opacity: 70%; }"
/* The platform draws text stronger by itself, and an edge around what else is only a tint. */
#define HIGH_CONTRAST                                                                              \
  ".bubble, .composer-box, .reaction, .keycap, .code-text, .notice-bar "                           \
  "{ box-shadow: inset 0 0 0 1px var(--border-color); }"

static void
contrast_cb (AdwStyleManager *manager, GParamSpec *pspec, GtkCssProvider *contrast)
{
  gboolean high = adw_style_manager_get_high_contrast (manager);

  gtk_css_provider_load_from_string (contrast, high ? HIGH_CONTRAST : NORMAL_CONTRAST);
}

static void
add_sheet (GtkCssProvider *provider)
{
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

void
chappe_ui_init (void)
{
  static gboolean done;
  g_autoptr (GtkCssProvider) contrast = gtk_css_provider_new ();
  g_auto (GStrv) sheets = NULL;

  if (done)
    return;
  done = TRUE;

  chappe_register_resource ();
  adw_init ();
  g_type_ensure (CHAPPE_TYPE_WRAP_BUTTON); /* many templates have one */
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/im/chappe/Chappe/icons");

  sheets = g_resources_enumerate_children (STYLES, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  for (unsigned i = 0; sheets != NULL && sheets[i] != NULL; i++)
    {
      g_autofree char *path = g_strconcat (STYLES, sheets[i], NULL);
      g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

      gtk_css_provider_load_from_resource (provider, path);
      add_sheet (provider);
    }
  g_signal_connect_object (adw_style_manager_get_default (),
                           "notify::high-contrast",
                           G_CALLBACK (contrast_cb),
                           contrast,
                           G_CONNECT_DEFAULT);
  contrast_cb (adw_style_manager_get_default (), NULL, contrast);
  add_sheet (contrast);
}
