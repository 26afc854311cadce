/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-message-menu.h"

#include "chappe-media-view.h"

#include <glib/gi18n.h>

static void
append (GMenu *menu, const char *label, const char *action, const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", target);
  g_menu_append_item (menu, item);
}

static gboolean
is_editable (MxTimelineItem *item)
{
  MxContent *content = mx_timeline_item_get_content (item);

  return mx_timeline_item_is_own (item) && content != NULL &&
         (mx_content_get_kind (content) == MX_CONTENT_TEXT ||
          mx_content_get_kind (content) == MX_CONTENT_EMOTE);
}

static GtkWidget *
find_media (GtkWidget *widget)
{
  if (!gtk_widget_get_visible (widget))
    return NULL;
  if (CHAPPE_IS_MEDIA_VIEW (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *media = find_media (child);

      if (media != NULL)
        return media;
    }
  return NULL;
}

/* The menu hangs on the list, so what its row can do has to be brought there. */
static void
media_cb (GSimpleAction *action, GVariant *parameter, gpointer media)
{
  g_autofree char *name = g_strconcat ("media.", g_action_get_name (G_ACTION (action)), NULL);

  gtk_widget_activate_action (media, name, NULL);
}

static void
add_media (GtkWidget *popover, GMenu *menu, GtkWidget *media)
{
  static const char *const names[] = { "show", "save" };
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GSimpleAction) action = g_simple_action_new (names[i], NULL);

      g_signal_connect_object (action, "activate", G_CALLBACK (media_cb), media, G_CONNECT_DEFAULT);
      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
    }
  gtk_widget_insert_action_group (popover, "media", G_ACTION_GROUP (group));
  if (chappe_media_view_is_waiting (CHAPPE_MEDIA_VIEW (media)))
    g_menu_prepend (menu, _ ("_Show Picture"), "media.show");
  if (chappe_media_view_can_save (CHAPPE_MEDIA_VIEW (media)))
    g_menu_append (menu, _ ("_Save the File…"), "media.save");
}

static GMenu *
menu_new (MxTimelineItem *item)
{
  GMenu *menu = g_menu_new ();
  const char *event_id = mx_timeline_item_get_event_id (item);
  const char *txn_id = mx_timeline_item_get_txn_id (item);
  MxContent *content = mx_timeline_item_get_content (item);
  gboolean gone = content == NULL || mx_content_get_kind (content) == MX_CONTENT_REDACTED;
  g_autoptr (GMenu) danger = g_menu_new ();

  if (event_id == NULL)
    {
      if (mx_timeline_item_get_send_state (item) == MX_SEND_FAILED)
        append (menu, _ ("_Retry"), "conversation.retry", txn_id);
      append (danger, _ ("_Do Not Send"), "conversation.discard", txn_id);
      g_menu_append_section (menu, NULL, G_MENU_MODEL (danger));
      return menu;
    }

  if (mx_timeline_item_get_failure (item) != MX_DECRYPTION_OK)
    append (menu, _ ("_Why Is It Locked?"), "conversation.explain", event_id);
  else if (!gone)
    append (menu, _ ("_Copy Text"), "conversation.copy", event_id);
  if (is_editable (item))
    append (menu, _ ("_Edit"), "conversation.edit", event_id);
  append (menu, _ ("Copy _Link"), "conversation.copy-link", event_id);
  append (menu, _ ("_Properties"), "conversation.properties", event_id);
  if (!gone && mx_timeline_item_is_own (item))
    {
      append (danger, _ ("_Delete…"), "conversation.delete", event_id);
      g_menu_append_section (menu, NULL, G_MENU_MODEL (danger));
    }

  return menu;
}

static gboolean
unparent_cb (gpointer data)
{
  gtk_widget_unparent (data);

  return G_SOURCE_REMOVE;
}

/* The chosen action still has to find its way up from the popover. */
static void
closed_cb (GtkWidget *popover)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, unparent_cb, g_object_ref (popover), g_object_unref);
}

void
chappe_message_menu_popup (GtkWidget *row, MxTimelineItem *item, double x, double y)
{
  g_autoptr (GMenu) menu = menu_new (item);
  GtkWidget *media = find_media (row);
  GtkWidget *popover = NULL;
  /* Rows are recycled: the popover belongs to the list, which stays. */
  GtkWidget *list = gtk_widget_get_ancestor (row, GTK_TYPE_LIST_VIEW);
  graphene_point_t point;

  if (list == NULL ||
      !gtk_widget_compute_point (row, list, &GRAPHENE_POINT_INIT ((float) x, (float) y), &point))
    return;

  popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  if (media != NULL)
    add_media (popover, menu, media);
  gtk_widget_set_parent (popover, list);
  gtk_popover_set_has_arrow (GTK_POPOVER (popover), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (popover),
                               &(GdkRectangle) { (int) point.x, (int) point.y, 1, 1 });
  gtk_widget_set_halign (popover, GTK_ALIGN_START);
  g_signal_connect (popover, "closed", G_CALLBACK (closed_cb), NULL);
  gtk_popover_popup (GTK_POPOVER (popover));
}
