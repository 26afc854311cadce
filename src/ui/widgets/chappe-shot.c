/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Pictures of a window, made in the process by the renderer that draws the window. */
#include "config.h"

#include "chappe-shot.h"

#include <adwaita.h>
#include <glib/gstdio.h>

#define SCALE 2
/* Animations of libadwaita are over by then. */
#define SETTLE_MS 700

typedef struct
{
  GtkApplication *application;
  char *path;
} Shot;

static void
shot_free (Shot *shot)
{
  g_object_unref (shot->application);
  g_free (shot->path);
  g_free (shot);
}

gboolean
chappe_shot_write (GtkWindow *window, const char *path)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (window));
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  GskRenderer *renderer = gtk_native_get_renderer (GTK_NATIVE (window));
  int width = gdk_paintable_get_intrinsic_width (paintable);
  int height = gdk_paintable_get_intrinsic_height (paintable);

  if (renderer == NULL || width <= 0 || height <= 0)
    return FALSE;

  gtk_snapshot_scale (snapshot, SCALE, SCALE);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_to_node (snapshot);
  if (node == NULL)
    return FALSE;
  texture = gsk_renderer_render_texture (renderer,
                                         node,
                                         &GRAPHENE_RECT_INIT (0, 0, width * SCALE, height * SCALE));
  return gdk_texture_save_to_png (texture, path);
}

static gboolean
settled_cb (gpointer user_data)
{
  Shot *shot = user_data;
  GtkWindow *window = gtk_application_get_active_window (shot->application);
  g_autofree char *part = g_strconcat (shot->path, ".part", NULL);

  /* Whoever waits for the file must never see half of it. */
  if (window == NULL || !chappe_shot_write (window, part) || g_rename (part, shot->path) != 0)
    g_warning ("No picture of the window could be written");
  return G_SOURCE_REMOVE;
}

static void
shot_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Shot *shot = g_new0 (Shot, 1);
  g_autofree char *file = g_strconcat (g_variant_get_string (parameter, NULL), ".png", NULL);

  shot->application = g_object_ref (user_data);
  shot->path = g_build_filename (g_getenv ("CHAPPE_SHOT"), file, NULL);
  g_unlink (shot->path);
  g_timeout_add_full (G_PRIORITY_LOW, SETTLE_MS, settled_cb, shot, (GDestroyNotify) shot_free);
}

static void
size_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window = gtk_application_get_active_window (user_data);
  int width = 0;
  int height = 0;

  g_variant_get (parameter, "(ii)", &width, &height);
  if (window != NULL)
    gtk_window_set_default_size (window, width, height);
}

static void
dark_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      g_variant_get_boolean (parameter)
                                        ? ADW_COLOR_SCHEME_FORCE_DARK
                                        : ADW_COLOR_SCHEME_FORCE_LIGHT);
}

static void
close_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window = gtk_application_get_active_window (user_data);
  AdwDialog *dialog = NULL;

  if (ADW_IS_APPLICATION_WINDOW (window))
    dialog = adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window));
  if (dialog != NULL)
    adw_dialog_force_close (dialog);
}

void
chappe_shot_add_actions (GtkApplication *application)
{
  static const GActionEntry entries[] = {
    { .name = "shot", .activate = shot_cb, .parameter_type = "s" },
    { .name = "shot-size", .activate = size_cb, .parameter_type = "(ii)" },
    { .name = "shot-dark", .activate = dark_cb, .parameter_type = "b" },
    { .name = "shot-close", .activate = close_cb },
  };

  if (g_getenv ("CHAPPE_SHOT") == NULL)
    return;
  g_action_map_add_action_entries (G_ACTION_MAP (application),
                                   entries,
                                   G_N_ELEMENTS (entries),
                                   application);
}
