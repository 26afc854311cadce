/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Who invites where, and the two answers. The window turns to the conversation when the membership
 * changes. */
#include "config.h"

#include "chappe-invitation-page.h"

#include "chappe-avatar.h"
#include "chappe-error-text.h"
#include "chappe-room-kind.h"

#include "mx-flow.h"

#include <glib/gi18n.h>

struct _ChappeInvitationPage
{
  AdwBin parent_instance;

  ChappeAvatar *avatar;
  GtkLabel *name;
  GtkImage *kind_icon;
  GtkLabel *kind;
  GtkLabel *who;
  GtkLabel *reason;
  GtkLabel *topic;
  GtkLabel *error;
  GtkWidget *decline_button;
  GtkWidget *accept_button;

  MxRoom *room;
};

G_DEFINE_FINAL_TYPE (ChappeInvitationPage, chappe_invitation_page, ADW_TYPE_BIN)

static void
set_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
set_busy (ChappeInvitationPage *self, gboolean busy)
{
  gtk_widget_set_sensitive (self->accept_button, !busy);
  gtk_widget_set_sensitive (self->decline_button, !busy);
}

static void
update (ChappeInvitationPage *self)
{
  const MxRoomRow *row = NULL;
  g_autofree char *who = NULL;

  if (self->room == NULL)
    return;
  row = mx_room_get_row (self->room);

  if (row->inviter_name == NULL)
    who = g_strdup (_ ("You are invited to this room."));
  else if (row->is_direct)
    who = g_strdup_printf (_ ("%s would like to write to you."), row->inviter_name);
  else
    who = g_strdup_printf (_ ("%s invites you to this room."), row->inviter_name);

  chappe_avatar_set (self->avatar,
                     mx_room_get_session (self->room),
                     row->avatar_url,
                     mx_room_get_name (self->room));
  set_text (self->name, mx_room_get_name (self->room));
  gtk_image_set_from_icon_name (self->kind_icon, chappe_room_kind_icon (row));
  gtk_label_set_label (self->kind, chappe_room_kind_text (row));
  set_text (self->who, who);
  set_text (self->reason, row->invite_reason);
  set_text (self->topic, row->topic);
}

static void
answered_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeInvitationPage *self = CHAPPE_INVITATION_PAGE (owner);
  g_autofree char *text = NULL;

  if (self->room != user_data)
    return;
  set_busy (self, FALSE);
  text = chappe_error_text_for (error, CHAPPE_TASK_JOIN);
  set_text (self->error, text);
}

static void
answer (ChappeInvitationPage *self, DexFuture *future)
{
  set_busy (self, TRUE);
  set_text (self->error, NULL);
  mx_watch (self, future, answered_cb, self->room);
}

static void
accept_cb (ChappeInvitationPage *self)
{
  answer (self, mx_room_accept (self->room));
}

static void
decline_cb (ChappeInvitationPage *self)
{
  answer (self, mx_room_leave (self->room));
}

static void
chappe_invitation_page_dispose (GObject *object)
{
  ChappeInvitationPage *self = CHAPPE_INVITATION_PAGE (object);

  g_clear_object (&self->room);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_INVITATION_PAGE);

  G_OBJECT_CLASS (chappe_invitation_page_parent_class)->dispose (object);
}

static gboolean
chappe_invitation_page_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (CHAPPE_INVITATION_PAGE (widget)->accept_button);
}

static void
chappe_invitation_page_class_init (ChappeInvitationPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_invitation_page_dispose;
  widget_class->grab_focus = chappe_invitation_page_grab_focus;

  g_type_ensure (CHAPPE_TYPE_AVATAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-invitation-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeInvitationPage, avatar);
  gtk_widget_class_bind_template_child (widget_class, ChappeInvitationPage, name);
  gtk_widget_class_bind_template_child (widget_class, ChappeInvitationPage, kind_icon);
  gtk_widget_class_bind_template_child (widget_class, ChappeInvitationPage, kind);
  gtk_widget_class_bind_template_child (widget_class, ChappeInvitationPage, who);
  gtk_widget_class_bind_template_child (widget_class, ChappeInvitationPage, reason);
  gtk_widget_class_bind_template_child (widget_class, ChappeInvitationPage, topic);
  gtk_widget_class_bind_template_child (widget_class, ChappeInvitationPage, error);
  gtk_widget_class_bind_template_child (widget_class, ChappeInvitationPage, decline_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeInvitationPage, accept_button);
  gtk_widget_class_bind_template_callback (widget_class, accept_cb);
  gtk_widget_class_bind_template_callback (widget_class, decline_cb);
}

static void
chappe_invitation_page_init (ChappeInvitationPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
chappe_invitation_page_set_room (ChappeInvitationPage *self, MxRoom *room)
{
  if (!g_set_object (&self->room, room))
    return;
  set_busy (self, FALSE);
  set_text (self->error, NULL);
  update (self);
}
