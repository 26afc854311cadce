/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One member of a room. */
#include "config.h"

#include "chappe-member-page.h"

#include "chappe-avatar.h"
#include "chappe-identity-group.h"

#include <glib/gi18n.h>

struct _ChappeMemberPage
{
  AdwBin parent_instance;

  ChappeAvatar *avatar;
  GtkLabel *name;
  GtkLabel *role;
  ChappeIdentityGroup *identity;
};

G_DEFINE_FINAL_TYPE (ChappeMemberPage, chappe_member_page, ADW_TYPE_BIN)

const char *
chappe_member_role (MxMember *member)
{
  int power = mx_member_get_power (member);

  if (power >= 100)
    return _ ("Administrator");
  if (power >= 50)
    return _ ("Moderator");
  return NULL;
}

static void
chappe_member_page_dispose (GObject *object)
{
  /* The bin must let go of its child before the template does. */
  adw_bin_set_child (ADW_BIN (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), CHAPPE_TYPE_MEMBER_PAGE);

  G_OBJECT_CLASS (chappe_member_page_parent_class)->dispose (object);
}

static void
chappe_member_page_class_init (ChappeMemberPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_member_page_dispose;

  g_type_ensure (CHAPPE_TYPE_AVATAR);
  g_type_ensure (CHAPPE_TYPE_IDENTITY_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-member-page.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeMemberPage, avatar);
  gtk_widget_class_bind_template_child (widget_class, ChappeMemberPage, name);
  gtk_widget_class_bind_template_child (widget_class, ChappeMemberPage, role);
  gtk_widget_class_bind_template_child (widget_class, ChappeMemberPage, identity);
}

static void
chappe_member_page_init (ChappeMemberPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
chappe_member_page_set_member (ChappeMemberPage *self, MxRoom *room, MxMember *member)
{
  const char *role = member != NULL ? chappe_member_role (member) : NULL;
  const char *name = member != NULL ? mx_member_get_name (member) : "";

  g_return_if_fail (CHAPPE_IS_MEMBER_PAGE (self));

  chappe_avatar_set (self->avatar,
                     room != NULL ? mx_room_get_session (room) : NULL,
                     member != NULL ? mx_member_get_avatar_url (member) : NULL,
                     name);
  gtk_label_set_label (self->name, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name),
                               member != NULL ? mx_member_get_user_id (member) : NULL);
  gtk_label_set_label (self->role, role != NULL ? role : "");
  gtk_widget_set_visible (GTK_WIDGET (self->role), role != NULL);
  chappe_identity_group_set_person (self->identity,
                                    room,
                                    member != NULL ? mx_member_get_user_id (member) : NULL);
}
