/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Every link that is clicked or handed to the program. */
#include "config.h"

#include "chappe-link-opener.h"

#include "chappe-join-dialog.h"
#include "chappe-new-direct-dialog.h"

#include "mx-matrix-id.h"
#include "mx-room-list.h"

#include <glib/gi18n.h>

static gboolean
is_for_the_desktop (const char *uri)
{
  static const char *const schemes[] = { "https", "http", "mailto", "tel", "geo", NULL };
  g_autofree char *scheme = g_uri_parse_scheme (uri);

  return scheme != NULL && g_strv_contains (schemes, scheme);
}

static void
launched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (ChappeWindow) window = user_data;

  if (!gtk_uri_launcher_launch_finish (GTK_URI_LAUNCHER (source), result, NULL))
    chappe_window_toast (window, _ ("No application could open this link."));
}

static void
launch (ChappeWindow *window, const char *uri)
{
  g_autoptr (GtkUriLauncher) launcher = gtk_uri_launcher_new (uri);

  gtk_uri_launcher_launch (launcher, GTK_WINDOW (window), NULL, launched_cb, g_object_ref (window));
}

static void
open_person (ChappeWindow *window, MxSession *session, const char *user_id)
{
  MxRoomList *rooms = mx_session_get_rooms (session);
  MxRoom *room = rooms != NULL ? mx_room_list_find_direct (rooms, user_id) : NULL;
  GtkWidget *dialog = NULL;

  if (room != NULL)
    {
      chappe_main_view_show_room (chappe_window_get_main_view (window), room, NULL, TRUE);
      return;
    }
  dialog = chappe_new_direct_dialog_new (session);
  chappe_new_direct_dialog_set_term (CHAPPE_NEW_DIRECT_DIALOG (dialog), user_id);
  adw_dialog_present (ADW_DIALOG (dialog), GTK_WIDGET (window));
}

static void
open_link (ChappeWindow *window, MxSession *session, const MxLink *link)
{
  if (link->kind == MX_LINK_USER)
    open_person (window, session, link->id);
  else if (!chappe_window_open_room (window, link->id, link->event_id))
    adw_dialog_present (ADW_DIALOG (chappe_join_dialog_new (session,
                                                            link->id,
                                                            (const char *const *) link->via)),
                        GTK_WIDGET (window));
}

void
chappe_link_open (ChappeWindow *window, const char *uri)
{
  MxSession *session = chappe_window_get_session (window);
  g_autoptr (MxLink) link =
    mx_link_parse (uri, mx_deployment_get_permalink_hosts (chappe_window_get_deployment (window)));

  if (link != NULL && link->kind != MX_LINK_NONE && session != NULL)
    open_link (window, session, link);
  else if (is_for_the_desktop (uri))
    launch (window, uri);
  else
    chappe_window_toast (window, _ ("This link cannot be opened."));
}
