/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The Background portal. */
#include "config.h"

#include "chappe-background.h"

#include <glib/gi18n.h>

#ifdef HAVE_LIBPORTAL
#include <libportal-gtk4/portal-gtk4.h>

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!xdp_portal_request_background_finish (XDP_PORTAL (source), result, &error) &&
      error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_message ("The desktop does not let the application run in the background (%d)", error->code);
}

void
chappe_background_request (GtkWindow *window)
{
  g_autoptr (XdpPortal) portal = NULL;
  XdpParent *parent = NULL;
  g_autoptr (GPtrArray) command = NULL;

  if (!xdp_portal_running_under_sandbox ())
    return;
  portal = xdp_portal_new ();
  parent = xdp_parent_new_gtk (window);
  command = g_ptr_array_new ();
  g_ptr_array_add (command, (gpointer) "chappe");
  g_ptr_array_add (command, (gpointer) "--gapplication-service");
  xdp_portal_request_background (portal,
                                 parent,
                                 _ ("To receive messages while the window is closed."),
                                 command,
                                 XDP_BACKGROUND_FLAG_NONE,
                                 NULL,
                                 answered_cb,
                                 NULL);
  xdp_parent_free (parent);
}

#else

void
chappe_background_request (GtkWindow *window)
{
}

#endif
