/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See chappe-undo.h. */
#include "config.h"

#include "chappe-undo.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Long enough to be reached with the keyboard. */
#define SECONDS 10

typedef struct
{
  ChappeUndoFunc undo;
  gpointer data;
  GDestroyNotify data_free;
} Offer;

static void
offer_free (gpointer data, GClosure *closure)
{
  Offer *offer = data;

  if (offer->data_free != NULL)
    offer->data_free (offer->data);
  g_free (offer);
}

static void
clicked_cb (AdwToast *toast, gpointer user_data)
{
  Offer *offer = user_data;

  offer->undo (offer->data);
}

static AdwToastOverlay *
find_overlay (GtkWidget *widget)
{
  GtkWidget *root = GTK_WIDGET (gtk_widget_get_root (widget));
  GtkWidget *content = ADW_IS_APPLICATION_WINDOW (root)
                         ? adw_application_window_get_content (ADW_APPLICATION_WINDOW (root))
                         : NULL;

  return ADW_IS_TOAST_OVERLAY (content) ? ADW_TOAST_OVERLAY (content) : NULL;
}

void
chappe_undo_offer (GtkWidget *widget,
                   const char *text,
                   ChappeUndoFunc undo,
                   gpointer data,
                   GDestroyNotify data_free)
{
  AdwToastOverlay *overlay = find_overlay (widget);
  AdwToast *toast = NULL;
  Offer *offer = NULL;

  if (overlay == NULL)
    {
      if (data_free != NULL)
        data_free (data);
      return;
    }
  toast = adw_toast_new (text);
  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_button_label (toast, _ ("Undo"));
  adw_toast_set_timeout (toast, SECONDS);
  offer = g_new0 (Offer, 1);
  offer->undo = undo;
  offer->data = data;
  offer->data_free = data_free;
  g_signal_connect_data (toast,
                         "button-clicked",
                         G_CALLBACK (clicked_cb),
                         offer,
                         offer_free,
                         G_CONNECT_DEFAULT);
  adw_toast_overlay_add_toast (overlay, toast);
}
