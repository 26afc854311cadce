/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Conversations | conversation | side pane. */
#include "config.h"

#include "chappe-main-view.h"

#include "chappe-connection-text.h"
#include "chappe-invitation-page.h"
#include "chappe-recent-rooms.h"
#include "chappe-room-info.h"
#include "chappe-shortcut-label.h"

#include "mx-room-list.h"
#include "mx-trace.h"

#include <glib/gi18n.h>

struct _ChappeMainView
{
  AdwBreakpointBin parent_instance;

  AdwOverlaySplitView *info_split;
  AdwBin *info_bin;
  AdwNavigationSplitView *split;
  ChappeSidebar *sidebar;
  AdwBin *list_slot; /* the notice is in the one of the two that can be seen */
  AdwBin *content_slot;
  ChappeNoticeBar *notice;
  AdwNavigationPage *content_page;
  GtkStack *content;
  AdwBin *invitation_bin;
  AdwBin *conversation_bin;
  GtkWidget *bottom_banner;
  GtkLabel *bottom_text;

  GSettings *settings;
  MxSession *session;
  GSignalGroup *session_signals;
  GSignalGroup *rooms_signals;
  MxRoom *room;
  GSignalGroup *room_signals;
  char *awaited; /* room id */
  ChappeRecentRooms *recent;
  unsigned quiet_id;
};

G_DEFINE_FINAL_TYPE (ChappeMainView, chappe_main_view, ADW_TYPE_BREAKPOINT_BIN)

typedef enum
{
  PROP_ROOM = 1,
  PROP_INFO_SHOWN,
} ChappeMainViewProperty;

static GParamSpec *properties[PROP_INFO_SHOWN + 1];

/* The parts that a start does not show are made when they are wanted, or in a quiet moment. */
static gpointer
take (AdwBin *bin, GType type)
{
  if (adw_bin_get_child (bin) == NULL)
    adw_bin_set_child (bin, g_object_new (type, NULL));
  return adw_bin_get_child (bin);
}

static gboolean
is_made (AdwBin *bin)
{
  return adw_bin_get_child (bin) != NULL;
}

static void
update_banner (ChappeMainView *self)
{
  const char *button = NULL;
  const char *action = NULL;
  g_autofree char *text =
    self->session != NULL ? chappe_connection_text (self->session, &button, &action) : NULL;

  chappe_sidebar_set_banner (self->sidebar, text, button, action);
  gtk_label_set_label (self->bottom_text, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->bottom_text), text != NULL);
}

static void
room_activated_cb (ChappeMainView *self, MxRoom *room)
{
  chappe_main_view_show_room (self, room, NULL, TRUE);
}

static void
update_title (ChappeMainView *self)
{
  adw_navigation_page_set_title (self->content_page,
                                 self->room != NULL ? mx_room_get_name (self->room)
                                                    : _ ("Conversation"));
}

static void
update_room (ChappeMainView *self)
{
  gboolean invited = FALSE;
  gboolean gone = FALSE;

  if (self->room != NULL)
    {
      invited = mx_room_get_section (self->room) == MX_ROOM_SECTION_INVITES;
      gone = mx_room_get_row (self->room)->membership == MX_MEMBERSHIP_LEAVE;
    }
  if (gone)
    {
      chappe_main_view_show_room (self, NULL, NULL, FALSE);
      chappe_main_view_show_list (self);
      return;
    }
  update_title (self);
  if (invited || is_made (self->invitation_bin))
    chappe_invitation_page_set_room (take (self->invitation_bin, CHAPPE_TYPE_INVITATION_PAGE),
                                     invited ? self->room : NULL);
  if ((self->room != NULL && !invited) || is_made (self->conversation_bin))
    chappe_conversation_set_room (chappe_main_view_get_conversation (self),
                                  invited ? NULL : self->room);
  gtk_stack_set_visible_child_name (self->content,
                                    self->room == NULL ? "none"
                                    : invited          ? "invitation"
                                                       : "conversation");
}

void
chappe_main_view_show_room (ChappeMainView *self,
                            MxRoom *room,
                            const char *event_id,
                            gboolean enter)
{
  if (room != NULL && room != self->room)
    mx_trace ("room-asked");
  if (room != NULL)
    g_clear_pointer (&self->awaited, g_free); /* the user went on */
  if (g_set_object (&self->room, room))
    {
      g_signal_group_set_target (self->room_signals, room);
      update_room (self);
      chappe_recent_rooms_use (self->recent, room);
      if (room != NULL)
        g_settings_set_string (self->settings, "last-room", mx_room_get_id (room));
      chappe_main_view_set_info_shown (self,
                                       room != NULL && adw_overlay_split_view_get_show_sidebar (
                                                         self->info_split));
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM]);
    }
  chappe_sidebar_select (self->sidebar, room);
  if (room != NULL && event_id != NULL)
    chappe_conversation_open_event (chappe_main_view_get_conversation (self), event_id);
  if (room != NULL && enter)
    {
      adw_navigation_split_view_set_show_content (self->split, TRUE);
      gtk_widget_grab_focus (mx_room_get_section (room) == MX_ROOM_SECTION_INVITES
                               ? adw_bin_get_child (self->invitation_bin)
                               : adw_bin_get_child (self->conversation_bin));
    }
}

static void
restore (ChappeMainView *self)
{
  g_autofree char *id = g_settings_get_string (self->settings, "last-room");
  MxRoomList *rooms = self->session != NULL ? mx_session_get_rooms (self->session) : NULL;
  MxRoom *room = rooms != NULL && *id != '\0' ? mx_room_list_find (rooms, id) : NULL;

  if (self->room != NULL)
    return;
  if (room != NULL && mx_room_get_section (room) != MX_ROOM_SECTION_HIDDEN)
    chappe_main_view_show_room (self, room, NULL, FALSE);
  else
    gtk_stack_set_visible_child_name (self->content, "none");
}

static gboolean
quiet_cb (gpointer user_data)
{
  ChappeMainView *self = user_data;

  self->quiet_id = 0;
  /* so that the first room opens as quickly as the next one */
  chappe_main_view_get_conversation (self);
  restore (self);
  return G_SOURCE_REMOVE;
}

/* This frame is drawn before anything that is idle has its turn. */
static gboolean
frame_begins_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  ChappeMainView *self = CHAPPE_MAIN_VIEW (widget);

  if (self->quiet_id == 0)
    self->quiet_id = g_idle_add_full (G_PRIORITY_LOW, quiet_cb, self, NULL);
  return G_SOURCE_REMOVE;
}

void
chappe_main_view_restore_room (ChappeMainView *self)
{
  g_autofree char *id = g_settings_get_string (self->settings, "last-room");

  if (self->room == NULL && *id != '\0')
    gtk_stack_set_visible_child_name (self->content, "blank");
  gtk_widget_add_tick_callback (GTK_WIDGET (self), frame_begins_cb, NULL, NULL);
}

static void
look_for_awaited (ChappeMainView *self)
{
  MxRoomList *rooms = self->session != NULL ? mx_session_get_rooms (self->session) : NULL;
  MxRoom *room =
    rooms != NULL && self->awaited != NULL ? mx_room_list_find (rooms, self->awaited) : NULL;

  if (room == NULL || mx_room_get_row (room)->membership != MX_MEMBERSHIP_JOIN)
    return;
  g_clear_pointer (&self->awaited, g_free);
  chappe_main_view_show_room (self, room, NULL, TRUE);
}

void
chappe_main_view_await_room (ChappeMainView *self, const char *room_id)
{
  g_set_str (&self->awaited, room_id);
  look_for_awaited (self);
}

static void
rooms_cb (ChappeMainView *self)
{
  g_signal_group_set_target (self->rooms_signals,
                             self->session != NULL ? mx_session_get_rooms (self->session) : NULL);
  look_for_awaited (self);
}

void
chappe_main_view_show_recent (ChappeMainView *self, int direction)
{
  MxRoomList *rooms = self->session != NULL ? mx_session_get_rooms (self->session) : NULL;
  MxRoom *room = rooms != NULL ? chappe_recent_rooms_step (self->recent, rooms, direction) : NULL;

  if (room != NULL)
    chappe_main_view_show_room (self, room, NULL, TRUE);
}

void
chappe_main_view_settle_recent (ChappeMainView *self)
{
  chappe_recent_rooms_settle (self->recent);
}

void
chappe_main_view_show_list (ChappeMainView *self)
{
  adw_navigation_split_view_set_show_content (self->split, FALSE);
}

gboolean
chappe_main_view_shows_content (ChappeMainView *self)
{
  return !adw_navigation_split_view_get_collapsed (self->split) ||
         adw_navigation_split_view_get_show_content (self->split);
}

void
chappe_main_view_set_info_shown (ChappeMainView *self, gboolean shown)
{
  if (shown || is_made (self->info_bin))
    chappe_room_info_set_room (take (self->info_bin, CHAPPE_TYPE_ROOM_INFO),
                               shown ? self->room : NULL);
  adw_overlay_split_view_set_show_sidebar (self->info_split, shown && self->room != NULL);
}

static void
info_shown_cb (ChappeMainView *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_INFO_SHOWN]);
}

static void
place_notice (ChappeMainView *self)
{
  AdwBin *slot = adw_navigation_split_view_get_collapsed (self->split) &&
                     adw_navigation_split_view_get_show_content (self->split)
                   ? self->content_slot
                   : self->list_slot;
  AdwBin *other = slot == self->content_slot ? self->list_slot : self->content_slot;
  g_autoptr (GtkWidget) notice = NULL;

  if (adw_bin_get_child (other) == NULL)
    return;
  notice = g_object_ref (adw_bin_get_child (other));
  adw_bin_set_child (other, NULL);
  adw_bin_set_child (slot, notice);
}

static void
tight_cb (ChappeMainView *self)
{
  gtk_widget_add_css_class (GTK_WIDGET (self), "tight");
}

static void
loose_cb (ChappeMainView *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self), "tight");
}

/* A narrow window turned between list and conversation. */
static void
content_shown_cb (ChappeMainView *self)
{
  place_notice (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROOM]);
}

void
chappe_main_view_focus_next (ChappeMainView *self, gboolean backwards)
{
  GtkWidget *regions[] = { GTK_WIDGET (self->sidebar),
                           gtk_stack_get_visible_child (self->content),
                           adw_overlay_split_view_get_show_sidebar (self->info_split)
                             ? GTK_WIDGET (self->info_bin)
                             : NULL };
  unsigned n = regions[2] != NULL ? 3 : 2;
  unsigned current = 0;

  for (unsigned i = 0; i < n; i++)
    if (gtk_widget_get_focus_child (regions[i]) != NULL)
      current = i;
  for (unsigned i = 1; i <= n; i++)
    {
      GtkWidget *next = regions[(current + (backwards ? n - i : i)) % n];

      if (gtk_widget_child_focus (next, GTK_DIR_TAB_FORWARD))
        return;
    }
}

static void
chappe_main_view_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ChappeMainView *self = CHAPPE_MAIN_VIEW (object);

  switch ((ChappeMainViewProperty) prop_id)
    {
    case PROP_ROOM:
      g_value_set_object (value, self->room);
      break;
    case PROP_INFO_SHOWN:
      g_value_set_boolean (value, adw_overlay_split_view_get_show_sidebar (self->info_split));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_main_view_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  ChappeMainView *self = CHAPPE_MAIN_VIEW (object);

  switch ((ChappeMainViewProperty) prop_id)
    {
    case PROP_INFO_SHOWN:
      chappe_main_view_set_info_shown (self, g_value_get_boolean (value));
      break;
    case PROP_ROOM:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_main_view_dispose (GObject *object)
{
  ChappeMainView *self = CHAPPE_MAIN_VIEW (object);

  g_clear_handle_id (&self->quiet_id, g_source_remove);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->rooms_signals);
  g_clear_object (&self->room_signals);
  g_clear_pointer (&self->awaited, g_free);
  g_clear_pointer (&self->recent, chappe_recent_rooms_free);
  /* The bin must let go of its child before the template does. */
  adw_breakpoint_bin_set_child (ADW_BREAKPOINT_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_MAIN_VIEW);
  g_clear_object (&self->room);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (chappe_main_view_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-main-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeMainView, info_split);
  gtk_widget_class_bind_template_child (widget_class, ChappeMainView, info_bin);
  gtk_widget_class_bind_template_child (widget_class, ChappeMainView, split);
  gtk_widget_class_bind_template_child (widget_class, ChappeMainView, sidebar);
  gtk_widget_class_bind_template_child (widget_class, ChappeMainView, list_slot);
  gtk_widget_class_bind_template_child (widget_class, ChappeMainView, content_slot);
  gtk_widget_class_bind_template_child (widget_class, ChappeMainView, notice);
  gtk_widget_class_bind_template_child (widget_class, ChappeMainView, content_page);
  gtk_widget_class_bind_template_child (widget_class, ChappeMainView, content);
  gtk_widget_class_bind_template_child (widget_class, ChappeMainView, invitation_bin);
  gtk_widget_class_bind_template_child (widget_class, ChappeMainView, conversation_bin);
  gtk_widget_class_bind_template_child (widget_class, ChappeMainView, bottom_banner);
  gtk_widget_class_bind_template_child (widget_class, ChappeMainView, bottom_text);
  gtk_widget_class_bind_template_callback (widget_class, room_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, content_shown_cb);
  gtk_widget_class_bind_template_callback (widget_class, place_notice);
  gtk_widget_class_bind_template_callback (widget_class, tight_cb);
  gtk_widget_class_bind_template_callback (widget_class, loose_cb);
  gtk_widget_class_bind_template_callback (widget_class, info_shown_cb);
}

static void
chappe_main_view_class_init (ChappeMainViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = chappe_main_view_get_property;
  object_class->set_property = chappe_main_view_set_property;
  object_class->dispose = chappe_main_view_dispose;

  properties[PROP_ROOM] =
    g_param_spec_object ("room",
                         NULL,
                         NULL,
                         MX_TYPE_ROOM,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_INFO_SHOWN] =
    g_param_spec_boolean ("info-shown",
                          NULL,
                          NULL,
                          FALSE,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (CHAPPE_TYPE_NOTICE_BAR);
  g_type_ensure (CHAPPE_TYPE_SHORTCUT_LABEL);
  g_type_ensure (CHAPPE_TYPE_SIDEBAR);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
chappe_main_view_init (ChappeMainView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->settings = g_settings_new (APPLICATION_ID);
  self->recent = chappe_recent_rooms_new ();

  self->session_signals = g_signal_group_new (MX_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals,
                                  "notify::state",
                                  G_CALLBACK (update_banner),
                                  self);
  g_signal_group_connect_swapped (self->session_signals,
                                  "notify::connection",
                                  G_CALLBACK (update_banner),
                                  self);
  g_signal_group_connect_swapped (self->session_signals,
                                  "notify::connection-error",
                                  G_CALLBACK (update_banner),
                                  self);
  g_signal_group_connect_swapped (self->session_signals,
                                  "notify::outbox-waiting",
                                  G_CALLBACK (update_banner),
                                  self);
  g_signal_group_connect_swapped (self->session_signals,
                                  "notify::repaired",
                                  G_CALLBACK (update_banner),
                                  self);
  g_signal_group_connect_swapped (self->session_signals,
                                  "notify::state",
                                  G_CALLBACK (rooms_cb),
                                  self);
  self->rooms_signals = g_signal_group_new (MX_TYPE_ROOM_LIST);
  g_signal_group_connect_swapped (self->rooms_signals,
                                  "items-changed",
                                  G_CALLBACK (look_for_awaited),
                                  self);
  self->room_signals = g_signal_group_new (MX_TYPE_ROOM);
  g_signal_group_connect_swapped (self->room_signals,
                                  "notify::membership",
                                  G_CALLBACK (update_room),
                                  self);
  g_signal_group_connect_swapped (self->room_signals,
                                  "notify::name",
                                  G_CALLBACK (update_title),
                                  self);
}

void
chappe_main_view_set_session (ChappeMainView *self, MxSession *session)
{
  if (self->session == session)
    return;
  chappe_main_view_show_room (self, NULL, NULL, FALSE);
  g_set_object (&self->session, session);
  g_clear_pointer (&self->awaited, g_free);
  chappe_recent_rooms_clear (self->recent);
  g_signal_group_set_target (self->session_signals, session);
  rooms_cb (self);
  chappe_sidebar_set_session (self->sidebar, session);
  update_banner (self);
}

MxRoom *
chappe_main_view_get_room (ChappeMainView *self)
{
  return self->room;
}

ChappeSidebar *
chappe_main_view_get_sidebar (ChappeMainView *self)
{
  return self->sidebar;
}

ChappeConversation *
chappe_main_view_get_conversation (ChappeMainView *self)
{
  return take (self->conversation_bin, CHAPPE_TYPE_CONVERSATION);
}

ChappeNoticeBar *
chappe_main_view_get_notice_bar (ChappeMainView *self)
{
  return self->notice;
}
