/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What can be done with a room from its menu. */
#include "config.h"

#include "chappe-room-actions.h"

#include "chappe-confirm.h"
#include "chappe-error-text.h"
#include "chappe-room-model.h"
#include "chappe-undo.h"

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

static Target *
target_copy (const Target *target)
{
  Target *copy = g_new0 (Target, 1);

  copy->room = g_object_ref (target->room);
  g_set_weak_pointer (&copy->widget, target->widget);
  return copy;
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

/* -- What can be taken back */

typedef void (*SetFunc) (MxRoom *room, gboolean value);

typedef struct
{
  MxRoom *room;
  SetFunc set;
  gboolean value;
} Reversal;

static void
reversal_free (gpointer data)
{
  Reversal *reversal = data;

  g_object_unref (reversal->room);
  g_free (reversal);
}

static void
reverse (gpointer data)
{
  Reversal *reversal = data;

  reversal->set (reversal->room, reversal->value);
}

static void
offer (Target *target, const char *text, SetFunc set, gboolean value)
{
  Reversal *reversal = NULL;

  if (target->widget == NULL)
    return;
  reversal = g_new0 (Reversal, 1);
  reversal->room = g_object_ref (target->room);
  reversal->set = set;
  reversal->value = value;
  chappe_undo_offer (target->widget, text, reverse, reversal, reversal_free);
}

/* One of the two tags takes the other one's place. */
static void
offer_tag (Target *target,
           const char *text,
           gboolean was_other,
           SetFunc other,
           SetFunc own,
           gboolean set)
{
  if (set && was_other)
    offer (target, text, other, TRUE);
  else
    offer (target, text, own, !set);
}

void
chappe_room_mark_read (MxRoom *room)
{
  const MxRoomRow *row = mx_room_get_row (room);

  if (row->marked_unread)
    mx_room_set_marked_unread (room, FALSE);
  if (row->last_event_id != NULL)
    mx_room_mark_read (room, row->last_event_id);
}

static void
mark_read_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Target *target = user_data;

  chappe_room_mark_read (target->room);
  offer (target, _ ("Marked as read"), mx_room_set_marked_unread, TRUE);
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
  gboolean set = g_variant_get_boolean (state);
  gboolean was_low = mx_room_get_row (target->room)->is_low_priority;

  mx_room_set_favourite (target->room, set);
  g_simple_action_set_state (action, state);
  offer_tag (target,
             set ? _ ("Added to the favourites") : _ ("Removed from the favourites"),
             was_low,
             mx_room_set_low_priority,
             mx_room_set_favourite,
             set);
}

static void
low_priority_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  Target *target = user_data;
  gboolean set = g_variant_get_boolean (state);
  gboolean was_favourite = mx_room_get_row (target->room)->is_favourite;

  mx_room_set_low_priority (target->room, set);
  g_simple_action_set_state (action, state);
  offer_tag (target,
             set ? _ ("Moved to low priority") : _ ("Removed from low priority"),
             was_favourite,
             mx_room_set_favourite,
             mx_room_set_low_priority,
             set);
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

/* -- Leaving */

static void
come_back (gpointer data)
{
  Target *target = data;

  watch (target,
         mx_session_join (mx_room_get_session (target->room), mx_room_get_id (target->room), NULL));
}

static void
left_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  g_autoptr (MxRoom) room = g_object_steal_data (owner, "left-room");
  g_autofree char *text = NULL;
  Target target = { room, GTK_WIDGET (owner) };

  if (error != NULL || room == NULL)
    {
      failed_cb (owner, value, error, NULL);
      return;
    }
  /* TRANSLATORS: %s is the name of a room */
  text = g_strdup_printf (_ ("You left “%s”"), mx_room_get_name (room));
  chappe_undo_offer (target.widget, text, come_back, target_copy (&target), target_free);
}

static void
leave_now (gpointer data)
{
  Target *target = data;

  watch (target, mx_room_leave (target->room));
}

static void
leave_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  Target *target = user_data;
  const MxRoomRow *row = mx_room_get_row (target->room);
  g_autofree char *heading = NULL;

  if (target->widget == NULL)
    {
      leave_now (target);
      return;
    }
  /* Who may come back needs no question. */
  if (row->is_public)
    {
      g_object_set_data_full (G_OBJECT (target->widget),
                              "left-room",
                              g_object_ref (target->room),
                              g_object_unref);
      mx_watch (target->widget, mx_room_leave (target->room), left_cb, NULL);
      return;
    }
  /* TRANSLATORS: %s is the name of a room */
  heading = g_strdup_printf (_ ("Leave “%s”?"), mx_room_get_name (target->room));
  chappe_confirm (target->widget,
                  heading,
                  row->is_direct ? _ ("You can only come back when this person invites you again.")
                                 : _ ("You can only come back when a member invites you again."),
                  _ ("_Leave"),
                  ADW_RESPONSE_DESTRUCTIVE,
                  leave_now,
                  target_copy (target),
                  target_free);
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
