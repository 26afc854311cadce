/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What can be done with a room from its menu. */
#include "config.h"

#include "chappe-room-actions.h"

#include "chappe-error-text.h"
#include "chappe-room-model.h"

#include "mx-flow.h"

#include <adwaita.h>
#include <glib/gi18n.h>

static const char *const notification_nicks[] = {
  [MX_ROOM_NOTIFICATIONS_DEFAULT] = "default",
  [MX_ROOM_NOTIFICATIONS_ALL] = "all",
  [MX_ROOM_NOTIFICATIONS_MENTIONS] = "mentions",
  [MX_ROOM_NOTIFICATIONS_MUTE] = "mute",
};

typedef struct
{
  MxRoom *room;      /* owned */
  GtkWidget *widget; /* weak */
} Target;

static void
target_free (gpointer data)
{
  Target *target = data;

  g_object_unref (target->room);
  g_clear_weak_pointer (&target->widget);
  g_free (target);
}

static void
failed_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  g_autofree char *text = NULL;

  if (error == NULL || mx_error_is_cancelled (error))
    return;
  text = chappe_error_text (error);
  gtk_widget_activate_action (GTK_WIDGET (owner), "win.toast", "s", text);
}

static void
watch (Target *target, DexFuture *future)
{
  if (target->widget != NULL)
    mx_watch (target->widget, future, failed_cb, NULL);
  else
    dex_unref (future);
}

static void
mark_read_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Target *target = user_data;
  const MxRoomRow *row = mx_room_get_row (target->room);

  if (row->marked_unread)
    mx_room_set_marked_unread (target->room, FALSE);
  if (row->last_event_id != NULL)
    mx_room_mark_read (target->room, row->last_event_id);
}

static void
mark_unread_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Target *target = user_data;

  mx_room_set_marked_unread (target->room, TRUE);
}

static void
favourite_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  Target *target = user_data;

  mx_room_set_favourite (target->room, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
low_priority_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  Target *target = user_data;

  mx_room_set_low_priority (target->room, g_variant_get_boolean (state));
  g_simple_action_set_state (action, state);
}

static void
notifications_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  Target *target = user_data;
  const char *nick = g_variant_get_string (state, NULL);

  for (unsigned i = 0; i < G_N_ELEMENTS (notification_nicks); i++)
    if (g_str_equal (notification_nicks[i], nick))
      {
        g_simple_action_set_state (action, state);
        watch (target, mx_room_set_notifications (target->room, i));
      }
}

static void
leave_now (Target *target)
{
  watch (target, mx_room_leave (target->room));
}

static void
leave_response_cb (AdwAlertDialog *dialog, const char *response, gpointer user_data)
{
  Target target = { g_object_get_data (G_OBJECT (dialog), "room"), user_data };

  if (g_str_equal (response, "leave"))
    leave_now (&target);
}

static void
leave_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Target *target = user_data;
  const MxRoomRow *row = mx_room_get_row (target->room);
  AdwDialog *dialog = NULL;

  if (target->widget == NULL || row->is_public)
    {
      leave_now (target);
      return;
    }

  dialog = adw_alert_dialog_new (NULL, NULL);
  adw_alert_dialog_format_heading (ADW_ALERT_DIALOG (dialog),
                                   _ ("Leave “%s”?"),
                                   mx_room_get_name (target->room));
  adw_alert_dialog_set_body (ADW_ALERT_DIALOG (dialog),
                             row->is_direct
                               ? _ ("You can only come back when this person invites you again.")
                               : _ ("You can only come back when a member invites you again."));
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog),
                                  "cancel",
                                  _ ("_Cancel"),
                                  "leave",
                                  _ ("_Leave"),
                                  NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog),
                                            "leave",
                                            ADW_RESPONSE_DESTRUCTIVE);
  g_object_set_data_full (G_OBJECT (dialog), "room", g_object_ref (target->room), g_object_unref);
  g_signal_connect_object (dialog,
                           "response",
                           G_CALLBACK (leave_response_cb),
                           target->widget,
                           G_CONNECT_DEFAULT);
  adw_dialog_present (dialog, target->widget);
}

static void
disable (GActionMap *map, const char *name)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (map, name)), FALSE);
}

static void
set_state (GActionMap *map, const char *name, GVariant *state)
{
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (map, name)), state);
}

GSimpleActionGroup *
chappe_room_actions_new (MxRoom *room, GtkWidget *widget)
{
  static const GActionEntry entries[] = {
    { .name = "mark-read", .activate = mark_read_cb },
    { .name = "mark-unread", .activate = mark_unread_cb },
    { .name = "favourite", .state = "false", .change_state = favourite_cb },
    { .name = "low-priority", .state = "false", .change_state = low_priority_cb },
    { .name = "notifications",
      .parameter_type = "s",
      .state = "'default'",
      .change_state = notifications_cb },
    { .name = "leave", .activate = leave_cb },
  };
  GSimpleActionGroup *group = g_simple_action_group_new ();
  const MxRoomRow *row = mx_room_get_row (room);
  Target *target = g_new0 (Target, 1);
  unsigned setting = MIN ((unsigned) row->notifications, G_N_ELEMENTS (notification_nicks) - 1);

  target->room = g_object_ref (room);
  g_set_weak_pointer (&target->widget, widget);
  g_object_set_data_full (G_OBJECT (group), "target", target, target_free);
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries), target);

  set_state (G_ACTION_MAP (group), "favourite", g_variant_new_boolean (row->is_favourite));
  set_state (G_ACTION_MAP (group), "low-priority", g_variant_new_boolean (row->is_low_priority));
  set_state (G_ACTION_MAP (group),
             "notifications",
             g_variant_new_string (notification_nicks[setting]));
  if (chappe_room_is_unread (room))
    disable (G_ACTION_MAP (group), "mark-unread");
  else
    disable (G_ACTION_MAP (group), "mark-read");
  return group;
}
