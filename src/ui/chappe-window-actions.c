/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The actions "win.…" and their keys (research/peers §4.3). */
#include "config.h"

#include "chappe-window-actions.h"

#include "chappe-encryption-actions.h"
#include "chappe-join-dialog.h"
#include "chappe-new-direct-dialog.h"
#include "chappe-new-room-dialog.h"
#include "chappe-repair-page.h"
#include "chappe-room-actions.h"
#include "chappe-room-model.h"
#include "chappe-shortcuts.h"
#include "chappe-undo.h"

#include "mx-room-list.h"

#include <glib/gi18n.h>

static ChappeSidebar *
sidebar_of (ChappeWindow *self)
{
  return chappe_main_view_get_sidebar (chappe_window_get_main_view (self));
}

static void
toggle_info_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  chappe_main_view_set_info_shown (chappe_window_get_main_view (user_data),
                                   g_variant_get_boolean (state));
}

static void
info_shown_cb (ChappeMainView *view, GParamSpec *pspec, GAction *action)
{
  gboolean shown = FALSE;

  g_object_get (view, "info-shown", &shown, NULL);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (shown));
}

static void
no_such_room (ChappeWindow *self)
{
  chappe_window_toast (self, _ ("You are not in this room."));
}

static void
open_room_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  if (!chappe_window_open_room (user_data, g_variant_get_string (parameter, NULL), NULL))
    no_such_room (user_data);
}

static void
open_event_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *room_id = NULL;
  const char *event_id = NULL;

  g_variant_get (parameter, "(&s&s)", &room_id, &event_id);
  if (!chappe_window_open_room (user_data, room_id, event_id))
    no_such_room (user_data);
}

static void
await_room_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  chappe_main_view_await_room (chappe_window_get_main_view (user_data),
                               g_variant_get_string (parameter, NULL));
}

static void
toast_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  chappe_window_toast (user_data, g_variant_get_string (parameter, NULL));
}

static void
find_room_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  chappe_main_view_show_list (chappe_window_get_main_view (user_data));
  chappe_sidebar_start_filter (sidebar_of (user_data));
}

static void
go (ChappeWindow *self, int step, gboolean unread)
{
  ChappeMainView *view = chappe_window_get_main_view (self);
  MxRoom *room = chappe_room_model_next (chappe_sidebar_get_model (sidebar_of (self)),
                                         chappe_main_view_get_room (view),
                                         step,
                                         unread);

  if (room != NULL)
    chappe_main_view_show_room (view, room, NULL, TRUE);
}

static void
next_room_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  go (user_data, 1, FALSE);
}

static void
previous_room_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  go (user_data, -1, FALSE);
}

static void
next_unread_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  go (user_data, 1, TRUE);
}

static void
previous_unread_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  go (user_data, -1, TRUE);
}

static void
recent_room_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  chappe_main_view_show_recent (chappe_window_get_main_view (user_data),
                                g_variant_get_int32 (parameter));
}

static void
control_released_cb (GtkEventControllerKey *controller,
                     unsigned keyval,
                     unsigned keycode,
                     GdkModifierType state,
                     ChappeWindow *self)
{
  if (keyval == GDK_KEY_Control_L || keyval == GDK_KEY_Control_R)
    chappe_main_view_settle_recent (chappe_window_get_main_view (self));
}

static void
nth_room_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MxRoom *room = chappe_room_model_nth (chappe_sidebar_get_model (sidebar_of (user_data)),
                                        g_variant_get_int32 (parameter) - 1);

  if (room != NULL)
    chappe_main_view_show_room (chappe_window_get_main_view (user_data), room, NULL, TRUE);
}

static void
back_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  chappe_main_view_show_list (chappe_window_get_main_view (user_data));
}

static void
focus_next_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  chappe_main_view_focus_next (chappe_window_get_main_view (user_data), FALSE);
}

static void
focus_previous_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  chappe_main_view_focus_next (chappe_window_get_main_view (user_data), TRUE);
}

static void
new_direct_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MxSession *session = chappe_window_get_session (user_data);

  if (session != NULL)
    adw_dialog_present (ADW_DIALOG (chappe_new_direct_dialog_new (session)), user_data);
}

static void
new_room_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MxSession *session = chappe_window_get_session (user_data);

  if (session != NULL)
    adw_dialog_present (ADW_DIALOG (chappe_new_room_dialog_new (session)), user_data);
}

static void
join_room_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MxSession *session = chappe_window_get_session (user_data);

  if (session != NULL)
    adw_dialog_present (ADW_DIALOG (chappe_join_dialog_new (session, NULL, NULL)), user_data);
}

static void
leave_room_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MxRoom *room = chappe_main_view_get_room (chappe_window_get_main_view (user_data));
  g_autoptr (GSimpleActionGroup) group = NULL;

  if (room == NULL)
    return;
  group = chappe_room_actions_new (room, user_data);
  g_action_group_activate_action (G_ACTION_GROUP (group), "leave", NULL);
}

static void
mark_unread_again (gpointer data)
{
  GPtrArray *rooms = data;

  for (unsigned i = 0; i < rooms->len; i++)
    mx_room_set_marked_unread (g_ptr_array_index (rooms, i), TRUE);
}

static void
mark_all_read_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MxSession *session = chappe_window_get_session (user_data);
  GListModel *rooms = session != NULL ? G_LIST_MODEL (mx_session_get_rooms (session)) : NULL;
  unsigned n = rooms != NULL ? g_list_model_get_n_items (rooms) : 0;
  g_autoptr (GPtrArray) marked = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *text = NULL;

  for (unsigned i = 0; i < n; i++)
    {
      g_autoptr (MxRoom) room = g_list_model_get_item (rooms, i);

      if (mx_room_get_row (room)->membership != MX_MEMBERSHIP_JOIN || !chappe_room_is_unread (room))
        continue;
      chappe_room_mark_read (room);
      g_ptr_array_add (marked, g_steal_pointer (&room));
    }
  if (marked->len == 0)
    return;
  text = g_strdup_printf (ngettext ("%u conversation marked as read",
                                    "%u conversations marked as read",
                                    marked->len),
                          marked->len);
  chappe_undo_offer (user_data,
                     text,
                     mark_unread_again,
                     g_ptr_array_ref (marked),
                     (GDestroyNotify) g_ptr_array_unref);
}

static void
retry_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MxSession *session = chappe_window_get_session (user_data);

  if (session != NULL)
    mx_session_nudge (session);
}

static void
show_signed_out_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  chappe_window_show_signed_out (user_data);
}

static void
show_repair_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  MxSession *session = chappe_window_get_session (user_data);

  if (session != NULL)
    chappe_repair_present (user_data, session);
}

static void
show_shortcuts_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  chappe_shortcuts_present (user_data);
}

/* A GPropertyAction would keep the window that keeps it. */
static void
fullscreen_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  if (g_variant_get_boolean (state))
    gtk_window_fullscreen (user_data);
  else
    gtk_window_unfullscreen (user_data);
}

static void
fullscreened_cb (GtkWindow *window, GParamSpec *pspec, GSimpleAction *action)
{
  g_simple_action_set_state (action, g_variant_new_boolean (gtk_window_is_fullscreen (window)));
}

void
chappe_window_add_actions (ChappeWindow *self)
{
  static const GActionEntry entries[] = {
    { .name = "toggle-info", .state = "false", .change_state = toggle_info_cb },
    { .name = "open-room", .activate = open_room_cb, .parameter_type = "s" },
    { .name = "open-event", .activate = open_event_cb, .parameter_type = "(ss)" },
    { .name = "await-room", .activate = await_room_cb, .parameter_type = "s" },
    { .name = "toast", .activate = toast_cb, .parameter_type = "s" },
    { .name = "find-room", .activate = find_room_cb },
    { .name = "next-room", .activate = next_room_cb },
    { .name = "previous-room", .activate = previous_room_cb },
    { .name = "next-unread", .activate = next_unread_cb },
    { .name = "previous-unread", .activate = previous_unread_cb },
    { .name = "recent-room", .activate = recent_room_cb, .parameter_type = "i" },
    { .name = "nth-room", .activate = nth_room_cb, .parameter_type = "i" },
    { .name = "back", .activate = back_cb },
    { .name = "focus-next", .activate = focus_next_cb },
    { .name = "focus-previous", .activate = focus_previous_cb },
    { .name = "new-direct", .activate = new_direct_cb },
    { .name = "new-room", .activate = new_room_cb },
    { .name = "join-room", .activate = join_room_cb },
    { .name = "leave-room", .activate = leave_room_cb },
    { .name = "mark-all-read", .activate = mark_all_read_cb },
    { .name = "retry", .activate = retry_cb },
    { .name = "show-signed-out", .activate = show_signed_out_cb },
    { .name = "show-repair", .activate = show_repair_cb },
    { .name = "show-shortcuts", .activate = show_shortcuts_cb },
    { .name = "fullscreen", .state = "false", .change_state = fullscreen_cb },
  };
  GActionMap *map = G_ACTION_MAP (self);
  GtkEventController *keys = gtk_event_controller_key_new ();

  g_action_map_add_action_entries (map, entries, G_N_ELEMENTS (entries), self);
  chappe_encryption_add_actions (self);
  g_signal_connect_object (self,
                           "notify::fullscreened",
                           G_CALLBACK (fullscreened_cb),
                           g_action_map_lookup_action (map, "fullscreen"),
                           G_CONNECT_DEFAULT);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-released", G_CALLBACK (control_released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_object (chappe_window_get_main_view (self),
                           "notify::info-shown",
                           G_CALLBACK (info_shown_cb),
                           g_action_map_lookup_action (map, "toggle-info"),
                           G_CONNECT_DEFAULT);
}

void
chappe_window_set_accels (GtkApplication *application)
{
  static const struct
  {
    const char *action;
    const char *keys[4];
  } accels[] = {
    /* The digits where they need Shift (French keyboards), but for what is a key of its own. */
    { "win.nth-room(1)", { "<Control>1", "<Control>KP_1", "<Control>ampersand" } },
    { "win.nth-room(2)", { "<Control>2", "<Control>KP_2", "<Control>eacute" } },
    { "win.nth-room(3)", { "<Control>3", "<Control>KP_3", "<Control>quotedbl" } },
    { "win.nth-room(4)", { "<Control>4", "<Control>KP_4", "<Control>apostrophe" } },
    { "win.nth-room(5)", { "<Control>5", "<Control>KP_5", "<Control>parenleft" } },
    { "win.nth-room(6)", { "<Control>6", "<Control>KP_6" } },
    { "win.nth-room(7)", { "<Control>7", "<Control>KP_7", "<Control>egrave" } },
    { "win.nth-room(8)", { "<Control>8", "<Control>KP_8", "<Control>underscore" } },
    { "win.nth-room(9)", { "<Control>9", "<Control>KP_9", "<Control>ccedilla" } },
    { "win.recent-room(1)", { "<Control>Tab" } },
    { "win.recent-room(-1)", { "<Control><Shift>Tab", "<Control>ISO_Left_Tab" } },
    { "win.fullscreen", { "F11" } },
    { "app.text-size(1)", { "<Control>plus", "<Control>equal", "<Control>KP_Add" } },
    { "app.text-size(-1)", { "<Control>minus", "<Control>KP_Subtract" } },
    { "app.text-size(0)", { "<Control>0", "<Control>KP_0", "<Control>agrave" } },
    { "win.find-room", { "<Control>k" } },
    { "win.next-room", { "<Alt>Down", "<Control>Page_Down" } },
    { "win.previous-room", { "<Alt>Up", "<Control>Page_Up" } },
    { "win.next-unread", { "<Alt><Shift>Down", "<Control><Shift>Page_Down" } },
    { "win.previous-unread", { "<Alt><Shift>Up", "<Control><Shift>Page_Up" } },
    { "win.back", { "<Alt>Left" } },
    { "win.focus-next", { "F6" } },
    { "win.focus-previous", { "<Shift>F6" } },
    { "win.new-direct", { "<Control>n" } },
    { "win.new-room", { "<Control><Shift>n" } },
    { "win.join-room", { "<Control>l" } },
    { "win.mark-all-read", { "<Control><Shift>r" } },
    { "win.toggle-info", { "F9", "<Alt>Return" } },
    { "win.show-shortcuts", { "<Control>question", "<Control>slash" } },
    { "window.close", { "<Control>w" } },
    { "app.preferences", { "<Control>comma" } },
    { "app.help", { "F1" } },
    { "app.quit", { "<Control>q" } },
  };

  for (unsigned i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (application,
                                           accels[i].action,
                                           (const char *const *) accels[i].keys);
}
