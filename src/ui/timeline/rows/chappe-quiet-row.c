/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-quiet-row.h"

#include "chappe-time-text.h"

#include <glib/gi18n.h>

struct _ChappeQuietRow
{
  AdwBin parent_instance;

  GtkWidget *line_before;
  GtkWidget *line_after;
  GtkLabel *label;
  GtkButton *expand_button;
  GtkLabel *details;

  MxTimelineItem *item;
  MxRoom *room;
  GSignalGroup *item_signals;
  GSignalGroup *room_signals;
};

G_DEFINE_FINAL_TYPE (ChappeQuietRow, chappe_quiet_row, ADW_TYPE_BIN)

static char *
dup_typing (MxRoom *room)
{
  const char *const *names = mx_room_get_typing (room);
  unsigned n = g_strv_length ((char **) names);

  if (n == 0)
    return g_strdup ("");
  if (n == 1)
    return g_strdup_printf (_ ("%s is writing…"), names[0]);
  if (n == 2)
    return g_strdup_printf (_ ("%s and %s are writing…"), names[0], names[1]);

  return g_strdup (_ ("Several people are writing…"));
}

static char *
dup_start (MxRoom *room)
{
  const MxRoomRow *row = mx_room_get_row (room);

  return row->is_direct
           ? g_strdup_printf (_ ("This is the beginning of your conversation with %s"), row->name)
           : g_strdup_printf (_ ("This is the beginning of “%s”"), row->name);
}

static void
update_details (ChappeQuietRow *self)
{
  GListModel *events = mx_timeline_item_get_events (self->item);
  guint n = events != NULL ? g_list_model_get_n_items (events) : 0;
  gboolean expanded = n > 2 && mx_timeline_item_is_expanded (self->item);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; expanded && i < n; i++)
    {
      g_autoptr (MxTimelineItem) child = g_list_model_get_item (events, i);
      g_autofree char *line = mx_timeline_item_dup_summary (child);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", line);
    }

  gtk_label_set_text (self->details, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->details), expanded);
  gtk_widget_set_visible (GTK_WIDGET (self->expand_button), n > 2);
  gtk_button_set_icon_name (self->expand_button,
                            expanded ? "pan-up-symbolic" : "pan-down-symbolic");
}

static void
update (ChappeQuietRow *self)
{
  MxItemKind kind = mx_timeline_item_get_kind (self->item);
  g_autofree char *text = NULL;

  switch (kind)
    {
    case MX_ITEM_DAY:
      text = chappe_time_text_day (mx_timeline_item_get_timestamp (self->item));
      break;
    case MX_ITEM_READ_MARKER:
      text = g_strdup (_ ("New messages"));
      break;
    case MX_ITEM_START:
      text = dup_start (self->room);
      break;
    case MX_ITEM_FOOTER:
      text = dup_typing (self->room);
      break;
    default:
      text = mx_timeline_item_dup_summary (self->item);
    }

  gtk_label_set_text (self->label, text);
  gtk_label_set_xalign (self->label, kind == MX_ITEM_FOOTER ? 0 : 0.5f);
  gtk_widget_set_hexpand (GTK_WIDGET (self->label),
                          kind != MX_ITEM_DAY && kind != MX_ITEM_READ_MARKER);
  gtk_widget_set_visible (self->line_before, kind == MX_ITEM_DAY || kind == MX_ITEM_READ_MARKER);
  gtk_widget_set_visible (self->line_after, kind == MX_ITEM_DAY || kind == MX_ITEM_READ_MARKER);
  update_details (self);

  gtk_widget_set_css_classes (GTK_WIDGET (self),
                              (const char *[]) { "quiet-row",
                                                 kind == MX_ITEM_READ_MARKER ? "read-marker"
                                                 : kind == MX_ITEM_FOOTER    ? "footer"
                                                 : kind == MX_ITEM_START     ? "start"
                                                                             : "plain",
                                                 NULL });
}

static void
expand_clicked_cb (ChappeQuietRow *self)
{
  mx_timeline_item_set_expanded (self->item, !mx_timeline_item_is_expanded (self->item));
}

static void
typing_cb (ChappeQuietRow *self)
{
  if (self->item != NULL && mx_timeline_item_get_kind (self->item) == MX_ITEM_FOOTER)
    update (self);
}

static void
chappe_quiet_row_dispose (GObject *object)
{
  ChappeQuietRow *self = CHAPPE_QUIET_ROW (object);

  g_clear_object (&self->item_signals);
  g_clear_object (&self->room_signals);
  g_clear_object (&self->item);
  g_clear_object (&self->room);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_QUIET_ROW);

  G_OBJECT_CLASS (chappe_quiet_row_parent_class)->dispose (object);
}

static void
chappe_quiet_row_class_init (ChappeQuietRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_quiet_row_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-quiet-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeQuietRow, line_before);
  gtk_widget_class_bind_template_child (widget_class, ChappeQuietRow, line_after);
  gtk_widget_class_bind_template_child (widget_class, ChappeQuietRow, label);
  gtk_widget_class_bind_template_child (widget_class, ChappeQuietRow, expand_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeQuietRow, details);
  gtk_widget_class_bind_template_callback (widget_class, expand_clicked_cb);
}

static void
chappe_quiet_row_init (ChappeQuietRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->item_signals = g_signal_group_new (MX_TYPE_TIMELINE_ITEM);
  g_signal_group_connect_swapped (self->item_signals, "notify::summary", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->item_signals,
                                  "notify::expanded",
                                  G_CALLBACK (update),
                                  self);
  self->room_signals = g_signal_group_new (MX_TYPE_ROOM);
  g_signal_group_connect_swapped (self->room_signals,
                                  "notify::typing",
                                  G_CALLBACK (typing_cb),
                                  self);
}

GtkWidget *
chappe_quiet_row_new (void)
{
  return g_object_new (CHAPPE_TYPE_QUIET_ROW, NULL);
}

void
chappe_quiet_row_set_item (ChappeQuietRow *self, MxTimelineItem *item, MxRoom *room)
{
  g_return_if_fail (CHAPPE_IS_QUIET_ROW (self));

  g_set_object (&self->room, room);
  g_signal_group_set_target (self->room_signals, room);
  if (!g_set_object (&self->item, item))
    return;

  g_signal_group_set_target (self->item_signals, item);
  if (item != NULL)
    update (self);
}
