/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The side pane of a conversation. */
#include "config.h"

#include "chappe-room-info.h"

#include "chappe-avatar.h"
#include "chappe-error-text.h"
#include "chappe-identity-group.h"
#include "chappe-member-list.h"
#include "chappe-member-page.h"
#include "chappe-room-kind.h"
#include "chappe-user-search.h"
#include "chappe-wrap-button.h"

#include "mx-flow.h"

#include <glib/gi18n.h>

struct _ChappeRoomInfo
{
  AdwBin parent_instance;

  AdwNavigationView *navigation;
  ChappeAvatar *avatar;
  GtkLabel *name;
  GtkImage *kind_icon;
  GtkLabel *kind;
  GtkLabel *topic;
  GtkLabel *members_count;
  GtkWidget *invite_row;
  AdwComboRow *notifications;
  AdwSwitchRow *favourite;
  AdwSwitchRow *low_priority;
  GtkLabel *error;
  ChappeIdentityGroup *identity;
  ChappeMemberList *members;
  ChappeMemberPage *member;
  GtkLabel *invite_message;
  ChappeUserSearch *search;

  MxRoom *room;
  GSignalGroup *signals;
  gboolean updating; /* by the model, not by the user */
};

G_DEFINE_FINAL_TYPE (ChappeRoomInfo, chappe_room_info, ADW_TYPE_BIN)

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
update (ChappeRoomInfo *self)
{
  const MxRoomRow *row = NULL;
  g_autofree char *count = NULL;

  if (self->room == NULL)
    return;
  row = mx_room_get_row (self->room);
  count = g_strdup_printf ("%u", row->joined_members);

  self->updating = TRUE;
  chappe_avatar_set (self->avatar,
                     mx_room_get_session (self->room),
                     row->avatar_url,
                     mx_room_get_name (self->room));
  gtk_label_set_label (self->name, mx_room_get_name (self->room));
  gtk_image_set_from_icon_name (self->kind_icon, chappe_room_kind_icon (row));
  gtk_label_set_label (self->kind, chappe_room_kind_text (row));
  set_text (self->topic, row->topic);
  gtk_label_set_label (self->members_count, row->joined_members > 0 ? count : "");
  chappe_identity_group_set_person (self->identity,
                                    self->room,
                                    row->is_direct ? row->direct_user : NULL);
  gtk_widget_set_visible (self->invite_row, mx_room_can (self->room, MX_PERMISSION_INVITE));
  adw_combo_row_set_selected (self->notifications, row->notifications);
  adw_switch_row_set_active (self->favourite, row->is_favourite);
  adw_switch_row_set_active (self->low_priority, row->is_low_priority);
  self->updating = FALSE;
}

static void
close_cb (ChappeRoomInfo *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toggle-info", NULL);
}

static void
members_cb (ChappeRoomInfo *self)
{
  chappe_member_list_set_room (self->members, self->room);
  adw_navigation_view_push_by_tag (self->navigation, "members");
}

static void
member_cb (ChappeRoomInfo *self, MxMember *member)
{
  chappe_member_page_set_member (self->member, self->room, member);
  adw_navigation_view_push_by_tag (self->navigation, "member");
}

static void
invite_cb (ChappeRoomInfo *self)
{
  set_text (self->invite_message, NULL);
  chappe_user_search_set_session (self->search, mx_room_get_session (self->room));
  chappe_user_search_set_term (self->search, "");
  adw_navigation_view_push_by_tag (self->navigation, "invite");
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

static void
invited_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeRoomInfo *self = CHAPPE_ROOM_INFO (owner);
  g_autofree char *text = chappe_error_text_for (error, CHAPPE_TASK_INVITE);

  if (self->room != user_data)
    return;
  set_text (self->invite_message, text != NULL ? text : _ ("The invitation was sent."));
  if (error == NULL)
    chappe_user_search_set_term (self->search, "");
}

static void
picked_cb (ChappeRoomInfo *self, const char *user_id, const char *name)
{
  set_text (self->invite_message, NULL);
  mx_watch (self, mx_room_invite (self->room, user_id), invited_cb, self->room);
}

static void
notifications_set_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeRoomInfo *self = CHAPPE_ROOM_INFO (owner);
  g_autofree char *text = chappe_error_text (error);

  if (self->room != user_data)
    return;
  set_text (self->error, text);
  if (error != NULL)
    update (self);
}

static void
notifications_cb (ChappeRoomInfo *self)
{
  unsigned selected = adw_combo_row_get_selected (self->notifications);

  if (self->updating || self->room == NULL || selected == GTK_INVALID_LIST_POSITION)
    return;
  mx_watch (self,
            mx_room_set_notifications (self->room, selected),
            notifications_set_cb,
            self->room);
}

static void
favourite_cb (ChappeRoomInfo *self)
{
  if (!self->updating && self->room != NULL)
    mx_room_set_favourite (self->room, adw_switch_row_get_active (self->favourite));
}

static void
low_priority_cb (ChappeRoomInfo *self)
{
  if (!self->updating && self->room != NULL)
    mx_room_set_low_priority (self->room, adw_switch_row_get_active (self->low_priority));
}

static void
chappe_room_info_dispose (GObject *object)
{
  ChappeRoomInfo *self = CHAPPE_ROOM_INFO (object);

  g_clear_object (&self->signals);
  /* The bin must let go of its child before the template does. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_ROOM_INFO);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (chappe_room_info_parent_class)->dispose (object);
}

static void
chappe_room_info_class_init (ChappeRoomInfoClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_room_info_dispose;

  g_type_ensure (CHAPPE_TYPE_AVATAR);
  g_type_ensure (CHAPPE_TYPE_IDENTITY_GROUP);
  g_type_ensure (CHAPPE_TYPE_MEMBER_LIST);
  g_type_ensure (CHAPPE_TYPE_MEMBER_PAGE);
  g_type_ensure (CHAPPE_TYPE_USER_SEARCH);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-room-info.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, navigation);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, avatar);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, name);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, kind_icon);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, kind);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, topic);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, members_count);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, invite_row);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, notifications);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, favourite);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, low_priority);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, error);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, identity);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, member);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, members);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, invite_message);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomInfo, search);
  gtk_widget_class_bind_template_callback (widget_class, close_cb);
  gtk_widget_class_bind_template_callback (widget_class, member_cb);
  gtk_widget_class_bind_template_callback (widget_class, members_cb);
  gtk_widget_class_bind_template_callback (widget_class, invite_cb);
  gtk_widget_class_bind_template_callback (widget_class, picked_cb);
  gtk_widget_class_bind_template_callback (widget_class, notifications_cb);
  gtk_widget_class_bind_template_callback (widget_class, favourite_cb);
  gtk_widget_class_bind_template_callback (widget_class, low_priority_cb);
}

static void
chappe_room_info_init (ChappeRoomInfo *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  chappe_wrap_buttons_below (GTK_WIDGET (self));

  self->signals = g_signal_group_new (MX_TYPE_ROOM);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (update), self);
}

void
chappe_room_info_set_room (ChappeRoomInfo *self, MxRoom *room)
{
  if (!g_set_object (&self->room, room))
    return;
  g_signal_group_set_target (self->signals, room);
  chappe_member_list_set_room (self->members, NULL);
  chappe_member_page_set_member (self->member, NULL, NULL);
  chappe_identity_group_set_person (self->identity, NULL, NULL);
  adw_navigation_view_pop_to_tag (self->navigation, "details");
  set_text (self->error, NULL);
  update (self);
}
