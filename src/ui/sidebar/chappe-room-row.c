/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A room in the room list. Changes of several properties in one turn cost one update. */
#include "config.h"

#include "chappe-room-row.h"

#include "chappe-avatar.h"
#include "chappe-clock.h"
#include "chappe-room-model.h"
#include "chappe-time-text.h"

#include <glib/gi18n.h>

struct _ChappeRoomRow
{
  GtkBox parent_instance;

  ChappeAvatar *avatar;
  GtkLabel *name;
  GtkImage *muted;
  GtkLabel *time;
  GtkWidget *second_line;
  GtkImage *failed;
  GtkLabel *draft;
  GtkLabel *preview;
  GtkLabel *mention;
  GtkLabel *count;

  MxRoom *room;
  GSignalGroup *signals;
  unsigned idle;
  char *accessible_text;
};

G_DEFINE_FINAL_TYPE (ChappeRoomRow, chappe_room_row, GTK_TYPE_BOX)

typedef enum
{
  PROP_ACCESSIBLE_TEXT = 1,
} ChappeRoomRowProperty;

static GParamSpec *properties[PROP_ACCESSIBLE_TEXT + 1];

static void
set_class (gpointer widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

/* What the second line says. The caller owns it. */
static char *
dup_preview (MxRoom *room)
{
  const MxRoomRow *row = mx_room_get_row (room);
  g_autofree char *preview = NULL;
  const char *const *typing = mx_room_get_typing (room);

  if (row->membership == MX_MEMBERSHIP_INVITE)
    return row->inviter_name != NULL ? g_strdup_printf (_ ("%s invites you"), row->inviter_name)
                                     : g_strdup (_ ("You are invited"));
  if (row->has_draft && row->draft_text != NULL)
    return g_strdup (row->draft_text);
  if (typing[0] != NULL)
    return typing[1] == NULL ? g_strdup_printf (_ ("%s is writing…"), typing[0])
                             : g_strdup (_ ("Several people are writing…"));
  if (row->preview == MX_ROOM_PREVIEW_UNREADABLE)
    return g_strdup (_ ("Locked message"));
  g_object_get (room, "preview", &preview, NULL);
  return preview != NULL ? g_steal_pointer (&preview) : g_strdup ("");
}

static void
append (GString *text, const char *part)
{
  if (part == NULL || *part == '\0')
    return;
  if (text->len > 0)
    g_string_append (text, ", ");
  g_string_append (text, part);
}

char *
chappe_room_row_dup_accessible_text (MxRoom *room)
{
  const MxRoomRow *row = mx_room_get_row (room);
  g_autoptr (GString) text = g_string_new (mx_room_get_name (room));
  g_autofree char *preview = dup_preview (room);
  g_autofree char *time = chappe_time_text_short (row->last_ts);
  unsigned unread = mx_room_get_unread (room);
  unsigned highlights = mx_room_get_highlights (room);

  if (unread > 0)
    {
      g_autofree char *part =
        g_strdup_printf (ngettext ("%u unread message", "%u unread messages", unread), unread);

      append (text, part);
    }
  else if (row->marked_unread)
    append (text, _ ("marked as unread"));
  if (highlights > 0)
    append (text, _ ("you are mentioned"));
  if (row->failed_sends > 0)
    append (text, _ ("a message was not sent"));
  if (row->notifications == MX_ROOM_NOTIFICATIONS_MUTE)
    append (text, _ ("muted"));
  if (row->has_draft)
    append (text, _ ("draft"));
  append (text, preview);
  append (text, time);
  return g_string_free_and_steal (g_steal_pointer (&text));
}

static void
update_accessible_text (ChappeRoomRow *self)
{
  g_autofree char *text = chappe_room_row_dup_accessible_text (self->room);

  if (g_set_str (&self->accessible_text, text))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ACCESSIBLE_TEXT]);
}

static void
update_badges (ChappeRoomRow *self, const MxRoomRow *row)
{
  unsigned unread = mx_room_get_unread (self->room);
  unsigned highlights = mx_room_get_highlights (self->room);
  gboolean muted = row->notifications == MX_ROOM_NOTIFICATIONS_MUTE;
  gboolean news =
    unread > 0 || highlights > 0 || row->marked_unread || row->membership == MX_MEMBERSHIP_INVITE;
  g_autofree char *count = NULL;

  /* A dot for what was marked by hand, a number for messages, "99+" as everybody writes it. */
  if (unread > 99)
    count = g_strdup ("99+");
  else if (unread > 0)
    count = g_strdup_printf ("%u", unread);
  gtk_label_set_label (self->count, count != NULL ? count : "");
  gtk_widget_set_visible (GTK_WIDGET (self->count), news && (unread > 0 || highlights == 0));
  gtk_widget_set_visible (GTK_WIDGET (self->mention), highlights > 0);
  set_class (self->count, "dot", unread == 0);
  set_class (self->count, "quiet", muted);
  set_class (self, "unread", news && !muted);
  gtk_widget_set_visible (GTK_WIDGET (self->muted), muted);
  gtk_widget_set_visible (GTK_WIDGET (self->failed), row->failed_sends > 0);
}

static void
update (ChappeRoomRow *self)
{
  const MxRoomRow *row = NULL;
  g_autofree char *preview = NULL;
  g_autofree char *time = NULL;

  g_clear_handle_id (&self->idle, g_source_remove);
  if (self->room == NULL)
    return;

  row = mx_room_get_row (self->room);
  preview = dup_preview (self->room);
  time = chappe_time_text_short (row->last_ts);

  chappe_avatar_set (self->avatar,
                     mx_room_get_session (self->room),
                     mx_room_get_avatar_url (self->room),
                     mx_room_get_name (self->room));
  gtk_label_set_label (self->name, mx_room_get_name (self->room));
  gtk_label_set_label (self->time, time);
  gtk_label_set_label (self->preview, preview);
  gtk_widget_set_visible (GTK_WIDGET (self->draft),
                          row->has_draft && row->membership != MX_MEMBERSHIP_INVITE);
  update_badges (self, row);
  /* An empty line would push the name off the middle. */
  gtk_widget_set_visible (self->second_line,
                          *preview != '\0' || chappe_room_is_unread (self->room) ||
                            row->has_draft || row->failed_sends > 0);
  update_accessible_text (self);
}

static gboolean
update_cb (gpointer user_data)
{
  ChappeRoomRow *self = user_data;

  self->idle = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
queue_update (ChappeRoomRow *self)
{
  if (self->idle == 0)
    self->idle = g_idle_add_full (G_PRIORITY_HIGH_IDLE + 15, update_cb, self, NULL);
}

static void
chappe_room_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ChappeRoomRow *self = CHAPPE_ROOM_ROW (object);

  switch ((ChappeRoomRowProperty) prop_id)
    {
    case PROP_ACCESSIBLE_TEXT:
      g_value_set_string (value, self->accessible_text);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
chappe_room_row_dispose (GObject *object)
{
  ChappeRoomRow *self = CHAPPE_ROOM_ROW (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_object (&self->signals);
  g_clear_object (&self->room);
  g_clear_pointer (&self->accessible_text, g_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_ROOM_ROW);

  G_OBJECT_CLASS (chappe_room_row_parent_class)->dispose (object);
}

static void
chappe_room_row_class_init (ChappeRoomRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = chappe_room_row_get_property;
  object_class->dispose = chappe_room_row_dispose;

  properties[PROP_ACCESSIBLE_TEXT] =
    g_param_spec_string ("accessible-text",
                         NULL,
                         NULL,
                         NULL,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (CHAPPE_TYPE_AVATAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-room-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomRow, name);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomRow, muted);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomRow, time);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomRow, second_line);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomRow, failed);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomRow, draft);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomRow, preview);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomRow, mention);
  gtk_widget_class_bind_template_child (widget_class, ChappeRoomRow, count);
}

static void
chappe_room_row_init (ChappeRoomRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->signals = g_signal_group_new (MX_TYPE_ROOM);
  g_signal_group_connect_swapped (self->signals, "notify", G_CALLBACK (queue_update), self);
  g_signal_connect_object (chappe_clock_get_default (),
                           "day-changed",
                           G_CALLBACK (queue_update),
                           self,
                           G_CONNECT_SWAPPED);
}

GtkWidget *
chappe_room_row_new (void)
{
  return g_object_new (CHAPPE_TYPE_ROOM_ROW, NULL);
}

void
chappe_room_row_set_room (ChappeRoomRow *self, MxRoom *room)
{
  if (!g_set_object (&self->room, room))
    return;
  g_signal_group_set_target (self->signals, room);
  update (self);
}

MxRoom *
chappe_room_row_get_room (ChappeRoomRow *self)
{
  return self->room;
}
