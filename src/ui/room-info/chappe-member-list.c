/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The members of a room. */
#include "config.h"

#include "chappe-member-list.h"

#include "chappe-avatar.h"
#include "chappe-error-text.h"
#include "chappe-member-page.h"
#include "chappe-tooltip.h"

#include "mx-device.h"
#include "mx-flow.h"
#include "mx-member.h"

#include <glib/gi18n.h>

struct _ChappeMemberList
{
  AdwBin parent_instance;

  GtkSearchEntry *entry;
  GtkStack *stack;
  AdwStatusPage *failed;
  GtkListView *list;

  MxRoom *room;
  GtkFilterListModel *model;
  GPtrArray *bound; /* GtkListItem that show a member, borrowed */
  GSignalGroup *encryption_signals;
};

G_DEFINE_FINAL_TYPE (ChappeMemberList, chappe_member_list, ADW_TYPE_BIN)

typedef enum
{
  PICKED,
} ChappeMemberListSignal;

static unsigned signals[PICKED + 1];

static gboolean
matches_cb (gpointer item, gpointer user_data)
{
  ChappeMemberList *self = user_data;
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  return *text == '\0' || g_str_match_string (text, mx_member_get_name (item), TRUE);
}

static void
changed_cb (ChappeMemberList *self)
{
  GtkFilter *filter = gtk_filter_list_model_get_filter (self->model);

  if (filter != NULL)
    gtk_filter_changed (filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *avatar = chappe_avatar_new (32);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *role = gtk_label_new (NULL);
  GtkWidget *trust = gtk_image_new ();

  gtk_label_set_wrap (GTK_LABEL (name), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (name), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_natural_wrap_mode (GTK_LABEL (name), GTK_NATURAL_WRAP_NONE);
  gtk_label_set_lines (GTK_LABEL (name), 3);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_xalign (GTK_LABEL (role), 0);
  gtk_widget_add_css_class (role, "dim-label");
  gtk_widget_add_css_class (role, "caption");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (avatar, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (words), name);
  gtk_box_append (GTK_BOX (words), role);
  gtk_box_append (GTK_BOX (box), avatar);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), trust);
  gtk_widget_add_css_class (box, "member-row");
  gtk_list_item_set_child (item, box);
  gtk_list_item_set_selectable (item, FALSE);
}

/* Only what was verified says something; what is not is no reproach. NULL: nothing. */
static const char *
trust_text (ChappeMemberList *self, MxMember *member, const char **icon)
{
  MxSession *session = self->room != NULL ? mx_room_get_session (self->room) : NULL;
  MxEncryption *encryption = session != NULL ? mx_session_get_encryption (session) : NULL;
  MxIdentityTrust trust =
    encryption != NULL
      ? mx_encryption_get_identity_trust (encryption, mx_member_get_user_id (member))
      : MX_IDENTITY_NONE;

  if (trust == MX_IDENTITY_VIOLATED)
    {
      *icon = "dialog-warning-symbolic";
      return _ ("Identity changed");
    }
  if (trust == MX_IDENTITY_VERIFIED)
    {
      *icon = "object-select-symbolic";
      return _ ("Identity verified");
    }
  return NULL;
}

static void
show_row (ChappeMemberList *self, GtkListItem *item)
{
  MxMember *member = gtk_list_item_get_item (item);
  GtkWidget *avatar = gtk_widget_get_first_child (gtk_list_item_get_child (item));
  GtkWidget *words = gtk_widget_get_next_sibling (avatar);
  GtkWidget *name = gtk_widget_get_first_child (words);
  GtkWidget *role = gtk_widget_get_next_sibling (name);
  GtkWidget *trust = gtk_widget_get_next_sibling (words);
  const char *text = chappe_member_role (member);
  const char *icon = NULL;
  const char *trusted = trust_text (self, member, &icon);
  g_autoptr (GString) label = g_string_new (mx_member_get_name (member));

  chappe_avatar_set (CHAPPE_AVATAR (avatar),
                     self->room != NULL ? mx_room_get_session (self->room) : NULL,
                     mx_member_get_avatar_url (member),
                     mx_member_get_name (member));
  gtk_label_set_label (GTK_LABEL (name), mx_member_get_name (member));
  chappe_tooltip_set (name, mx_member_get_user_id (member));
  gtk_label_set_label (GTK_LABEL (role), text != NULL ? text : "");
  gtk_widget_set_visible (role, text != NULL);
  gtk_image_set_from_icon_name (GTK_IMAGE (trust), icon);
  chappe_tooltip_set (trust, trusted);
  gtk_widget_set_visible (trust, trusted != NULL);
  if (text != NULL)
    g_string_append_printf (label, ", %s", text);
  if (trusted != NULL)
    g_string_append_printf (label, ", %s", trusted);
  gtk_list_item_set_accessible_label (item, label->str);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, ChappeMemberList *self)
{
  g_ptr_array_add (self->bound, item);
  show_row (self, item);
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, ChappeMemberList *self)
{
  g_ptr_array_remove_fast (self->bound, item);
}

static void
trust_changed_cb (ChappeMemberList *self, const char *user_id)
{
  for (unsigned i = 0; i < self->bound->len; i++)
    {
      GtkListItem *item = g_ptr_array_index (self->bound, i);

      if (g_strcmp0 (mx_member_get_user_id (gtk_list_item_get_item (item)), user_id) == 0)
        show_row (self, item);
    }
}

static void
activate_cb (ChappeMemberList *self, unsigned position)
{
  g_autoptr (MxMember) member = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  if (member != NULL)
    g_signal_emit (self, signals[PICKED], 0, member);
}

static void
loaded_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeMemberList *self = CHAPPE_MEMBER_LIST (owner);
  g_autofree char *text = NULL;

  if (self->room != user_data)
    return;
  if (error != NULL)
    {
      text = chappe_error_text (error);
      adw_status_page_set_description (self->failed, text);
      gtk_stack_set_visible_child_name (self->stack, "failed");
      return;
    }
  gtk_filter_list_model_set_model (self->model, g_value_get_object (value));
  gtk_stack_set_visible_child_name (self->stack, "list");
}

static void
load (ChappeMemberList *self)
{
  gtk_stack_set_visible_child_name (self->stack, "loading");
  mx_watch (self, mx_room_load_members (self->room), loaded_cb, self->room);
}

static void
retry_cb (ChappeMemberList *self)
{
  if (self->room != NULL)
    load (self);
}

static void
chappe_member_list_dispose (GObject *object)
{
  ChappeMemberList *self = CHAPPE_MEMBER_LIST (object);

  g_clear_object (&self->encryption_signals);
  if (self->model != NULL)
    gtk_filter_list_model_set_filter (self->model, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_MEMBER_LIST);
  g_clear_object (&self->model);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (chappe_member_list_parent_class)->dispose (object);
}

static void
chappe_member_list_finalize (GObject *object)
{
  ChappeMemberList *self = CHAPPE_MEMBER_LIST (object);

  g_ptr_array_unref (self->bound);

  G_OBJECT_CLASS (chappe_member_list_parent_class)->finalize (object);
}

static void
chappe_member_list_class_init (ChappeMemberListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_member_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = chappe_member_list_finalize;

  signals[PICKED] = g_signal_new ("picked",
                                  G_TYPE_FROM_CLASS (klass),
                                  G_SIGNAL_RUN_LAST,
                                  0,
                                  NULL,
                                  NULL,
                                  NULL,
                                  G_TYPE_NONE,
                                  1,
                                  MX_TYPE_MEMBER);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-member-list.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeMemberList, entry);
  gtk_widget_class_bind_template_child (widget_class, ChappeMemberList, stack);
  gtk_widget_class_bind_template_child (widget_class, ChappeMemberList, failed);
  gtk_widget_class_bind_template_child (widget_class, ChappeMemberList, list);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
}

static void
chappe_member_list_init (ChappeMemberList *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkFilter) filter = NULL;
  GtkNoSelection *selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->bound = g_ptr_array_new ();
  self->encryption_signals = g_signal_group_new (MX_TYPE_ENCRYPTION);
  g_signal_group_connect_swapped (self->encryption_signals,
                                  "trust-changed",
                                  G_CALLBACK (trust_changed_cb),
                                  self);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, G_CONNECT_DEFAULT);
  filter = GTK_FILTER (gtk_custom_filter_new (matches_cb, self, NULL));
  self->model = gtk_filter_list_model_new (NULL, g_object_ref (filter));
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->model)));
  gtk_list_view_set_factory (self->list, factory);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
}

void
chappe_member_list_set_room (ChappeMemberList *self, MxRoom *room)
{
  if (!g_set_object (&self->room, room))
    return;
  g_signal_group_set_target (self->encryption_signals,
                             room != NULL && mx_room_get_session (room) != NULL
                               ? mx_session_get_encryption (mx_room_get_session (room))
                               : NULL);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_filter_list_model_set_model (self->model, NULL);
  if (room != NULL)
    load (self);
}
