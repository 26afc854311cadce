/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-conversation.h"

#include "chappe-attachments.h"
#include "chappe-composer.h"
#include "chappe-conversation-actions.h"
#include "chappe-error-text.h"
#include "chappe-identity-banner.h"
#include "chappe-paint-trace.h"
#include "chappe-room-kind.h"
#include "chappe-timeline-view.h"
#include "chappe-tooltip.h"
#include "mx-flow.h"
#include "mx-timeline.h"

#include <glib/gi18n.h>

struct _ChappeConversation
{
  AdwBin parent_instance;

  AdwHeaderBar *header_bar;
  GtkWidget *title_button;
  GtkLabel *title;
  GtkImage *kind_icon;
  GtkLabel *kind;
  GtkWidget *date_button;
  GtkPopover *date_popover;
  GtkCalendar *calendar;
  AdwBanner *successor_banner;
  ChappeIdentityBanner *identity_banner;
  GtkStack *stack;
  ChappeTimelineView *timeline_view;
  GtkRevealer *drop_hint;
  GtkRevealer *locating;
  ChappeComposer *composer;

  MxRoom *room;
  GSignalGroup *signals;
  unsigned serial; /* an answer for a room that was left is ignored */
};

G_DEFINE_FINAL_TYPE (ChappeConversation, chappe_conversation, ADW_TYPE_BIN)

static void
toast (ChappeConversation *self, const char *text)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", text);
}

/* Kind by icon and word, and how many people are there. */
static void
update_kind (ChappeConversation *self)
{
  const MxRoomRow *row = mx_room_get_row (self->room);
  g_autoptr (GString) text = g_string_new (chappe_room_kind_text (row));

  if (!row->is_direct && row->joined_members > 0)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text,
                              ngettext ("%u member", "%u members", row->joined_members),
                              row->joined_members);
    }
  if (g_strcmp0 (row->access_rule, "unrestricted") == 0)
    g_string_append_printf (text, " · %s", _ ("Externals"));

  gtk_image_set_from_icon_name (self->kind_icon, chappe_room_kind_icon (row));
  gtk_label_set_text (self->kind, text->str);
}

static void
update_header (ChappeConversation *self)
{
  const MxRoomRow *row;

  if (self->room == NULL)
    return;

  row = mx_room_get_row (self->room);
  gtk_label_set_text (self->title, mx_room_get_name (self->room));
  chappe_tooltip_set (GTK_WIDGET (self->title_button),
                      mx_room_get_topic (self->room) != NULL ? mx_room_get_topic (self->room)
                                                             : _ ("Conversation Details"));
  update_kind (self);
  adw_banner_set_revealed (self->successor_banner, row->successor != NULL);
  chappe_composer_update (self->composer);
}

static void
show_timeline (ChappeConversation *self, MxTimeline *timeline, const char *event_id)
{
  chappe_timeline_view_set_timeline (self->timeline_view, timeline, event_id);
  gtk_stack_set_visible_child_name (self->stack, timeline != NULL ? "timeline" : "empty");
}

static void
jump_to_live_cb (ChappeConversation *self)
{
  g_autoptr (MxTimeline) timeline = mx_timeline_new_live (self->room);

  show_timeline (self, timeline, NULL);
}

static void
located_cb (GObject *owner, const GValue *value, const GError *error, gpointer user_data)
{
  ChappeConversation *self = CHAPPE_CONVERSATION (owner);
  g_autoptr (MxTimeline) timeline = NULL;

  if (GPOINTER_TO_UINT (user_data) != self->serial)
    return;

  gtk_revealer_set_reveal_child (self->locating, FALSE);
  if (error != NULL)
    {
      g_autofree char *text = chappe_error_text (error);

      toast (self, text != NULL ? text : _ ("This message could not be found"));
      return;
    }

  if (chappe_timeline_view_show_event (self->timeline_view, g_value_get_string (value)))
    return;
  timeline = mx_timeline_new_at (self->room, g_value_get_string (value));
  show_timeline (self, timeline, g_value_get_string (value));
}

static void
locate (ChappeConversation *self, DexFuture *future)
{
  gtk_revealer_set_reveal_child (self->locating, TRUE);
  mx_watch (self, future, located_cb, GUINT_TO_POINTER (++self->serial));
}

static void
date_chosen_cb (ChappeConversation *self)
{
  g_autoptr (GDateTime) date = gtk_calendar_get_date (self->calendar);
  g_autoptr (GDateTime) day = g_date_time_new_local (g_date_time_get_year (date),
                                                     g_date_time_get_month (date),
                                                     g_date_time_get_day_of_month (date),
                                                     0,
                                                     0,
                                                     0);

  gtk_popover_popdown (self->date_popover);
  if (self->room != NULL && day != NULL)
    locate (self, mx_timeline_locate_date (self->room, g_date_time_to_unix (day) * 1000));
}

/* The item with this event id or transaction id in the window, NULL. */
static MxTimelineItem *
find_item (ChappeConversation *self, const char *id)
{
  GListModel *model = G_LIST_MODEL (chappe_timeline_view_get_timeline (self->timeline_view));

  for (guint i = model != NULL ? g_list_model_get_n_items (model) : 0; i > 0; i--)
    {
      g_autoptr (MxTimelineItem) item = g_list_model_get_item (model, i - 1);

      if (g_strcmp0 (mx_timeline_item_get_event_id (item), id) == 0 ||
          g_strcmp0 (mx_timeline_item_get_txn_id (item), id) == 0)
        return g_steal_pointer (&item);
    }

  return NULL;
}

static MxTimelineItem *
find_own_last (ChappeConversation *self)
{
  GListModel *model = G_LIST_MODEL (chappe_timeline_view_get_timeline (self->timeline_view));

  for (guint i = model != NULL ? g_list_model_get_n_items (model) : 0; i > 0; i--)
    {
      g_autoptr (MxTimelineItem) item = g_list_model_get_item (model, i - 1);
      MxContent *content = mx_timeline_item_get_content (item);

      if (mx_timeline_item_is_own (item) && content != NULL &&
          mx_content_get_kind (content) == MX_CONTENT_TEXT)
        return g_steal_pointer (&item);
    }

  return NULL;
}

static void
stop_browsing (ChappeConversation *self)
{
  chappe_timeline_view_set_browsing (self->timeline_view, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}

static void
action_on_item (GtkWidget *widget, const char *name, GVariant *target)
{
  ChappeConversation *self = CHAPPE_CONVERSATION (widget);
  const char *id = g_variant_get_string (target, NULL);
  g_autoptr (MxTimelineItem) item = find_item (self, id);

  if (self->room == NULL || item == NULL)
    return;

  if (g_str_equal (name, "conversation.copy"))
    chappe_conversation_copy_text (widget, item);
  else if (g_str_equal (name, "conversation.copy-link"))
    chappe_conversation_copy_link (widget, self->room, id);
  else if (g_str_equal (name, "conversation.properties"))
    chappe_conversation_show_properties (widget, item);
  else if (g_str_equal (name, "conversation.explain"))
    chappe_conversation_explain (widget, item);
  else if (g_str_equal (name, "conversation.delete"))
    chappe_conversation_ask_delete (widget, self->room, id);
  else if (g_str_equal (name, "conversation.edit"))
    chappe_composer_edit (self->composer, item);
  else if (g_str_equal (name, "conversation.retry"))
    mx_room_retry (self->room, mx_timeline_item_get_txn_id (item));
  else if (g_str_equal (name, "conversation.discard"))
    {
      chappe_conversation_discard (widget, self->room, item);
      stop_browsing (self); /* its row is about to go, and the focus with it */
    }
}

static void
open_event_action (GtkWidget *widget, const char *name, GVariant *target)
{
  chappe_conversation_open_event (CHAPPE_CONVERSATION (widget),
                                  g_variant_get_string (target, NULL));
}

static void
plain_action (GtkWidget *widget, const char *name, GVariant *target)
{
  ChappeConversation *self = CHAPPE_CONVERSATION (widget);

  if (self->room == NULL)
    return;

  if (g_str_equal (name, "conversation.scroll-to-bottom"))
    {
      chappe_timeline_view_scroll_to_bottom (self->timeline_view);
    }
  else if (g_str_equal (name, "conversation.edit-last"))
    {
      g_autoptr (MxTimelineItem) item = find_own_last (self);

      if (item != NULL)
        chappe_composer_edit (self->composer, item);
    }
  else if (g_str_equal (name, "conversation.attach"))
    {
      chappe_attachments_choose (chappe_composer_get_attachments (self->composer));
    }
  else if (g_str_equal (name, "conversation.first-unread"))
    {
      gtk_popover_popdown (self->date_popover);
      jump_to_live_cb (self);
    }
  else if (g_str_equal (name, "conversation.browse"))
    {
      /* One may have left the messages by other ways than this key. */
      gboolean browsing = chappe_composer_has_focus (self->composer) ||
                          !chappe_timeline_view_is_browsing (self->timeline_view);

      chappe_timeline_view_set_browsing (self->timeline_view, browsing);
      if (!browsing)
        gtk_widget_grab_focus (GTK_WIDGET (self->composer));
    }
  else if (g_str_equal (name, "conversation.focus-composer"))
    stop_browsing (self);
  else if (g_str_equal (name, "conversation.open-successor"))
    {
      const char *successor = mx_room_get_row (self->room)->successor;

      if (successor != NULL)
        gtk_widget_activate_action (widget, "win.open-room", "s", successor);
    }
  else if (g_str_equal (name, "conversation.page-up") ||
           g_str_equal (name, "conversation.page-down"))
    {
      chappe_timeline_view_scroll_page (self->timeline_view,
                                        g_str_equal (name, "conversation.page-up") ? -1 : 1);
    }
}

/* Any key typed anywhere in the conversation lands in the composer. */
static gboolean
key_pressed_cb (ChappeConversation *self,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                GtkEventControllerKey *controller)
{
  gunichar character = gdk_keyval_to_unicode (keyval);

  if (self->room == NULL || chappe_timeline_view_is_browsing (self->timeline_view) ||
      chappe_composer_has_focus (self->composer) ||
      (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) ||
      !g_unichar_isprint (character) || character == ' ')
    return GDK_EVENT_PROPAGATE;

  gtk_widget_grab_focus (GTK_WIDGET (self->composer));

  return gtk_event_controller_key_forward (controller,
                                           chappe_composer_get_text_view (self->composer));
}

static void
sent_cb (ChappeConversation *self)
{
  chappe_trace_next_paint (GTK_WIDGET (self), "pending-row");
  chappe_timeline_view_scroll_to_bottom (self->timeline_view);
}

static void
drop_cb (ChappeConversation *self, GParamSpec *pspec, GtkDropTarget *target)
{
  gtk_revealer_set_reveal_child (self->drop_hint,
                                 gtk_drop_target_get_current_drop (target) != NULL);
}

static void
setup_drop (ChappeConversation *self)
{
  GtkEventController *target =
    chappe_attachments_drop_target_new (chappe_composer_get_attachments (self->composer));

  g_signal_connect_object (target,
                           "notify::current-drop",
                           G_CALLBACK (drop_cb),
                           self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), target);
}

static gboolean
chappe_conversation_grab_focus (GtkWidget *widget)
{
  ChappeConversation *self = CHAPPE_CONVERSATION (widget);

  if (self->room == NULL)
    return FALSE;
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));

  return TRUE;
}

static void
chappe_conversation_dispose (GObject *object)
{
  ChappeConversation *self = CHAPPE_CONVERSATION (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->room);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_CONVERSATION);

  G_OBJECT_CLASS (chappe_conversation_parent_class)->dispose (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  static const char *on_items[] = { "copy",   "copy-link", "properties", "explain",
                                    "delete", "edit",      "retry",      "discard" };
  static const char *plain[] = {
    "attach",         "scroll-to-bottom", "edit-last", "first-unread", "browse",
    "focus-composer", "open-successor",   "page-up",   "page-down",
  };

  for (guint i = 0; i < G_N_ELEMENTS (on_items); i++)
    {
      g_autofree char *name = g_strconcat ("conversation.", on_items[i], NULL);

      gtk_widget_class_install_action (widget_class, name, "s", action_on_item);
    }
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    {
      g_autofree char *name = g_strconcat ("conversation.", plain[i], NULL);

      gtk_widget_class_install_action (widget_class, name, NULL, plain_action);
    }
  gtk_widget_class_install_action (widget_class, "conversation.open-event", "s", open_event_action);

  gtk_widget_class_add_binding_action (widget_class,
                                       GDK_KEY_o,
                                       GDK_CONTROL_MASK,
                                       "conversation.attach",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class,
                                       GDK_KEY_End,
                                       GDK_CONTROL_MASK,
                                       "conversation.scroll-to-bottom",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class,
                                       GDK_KEY_Page_Up,
                                       GDK_SHIFT_MASK,
                                       "conversation.first-unread",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class,
                                       GDK_KEY_Page_Up,
                                       0,
                                       "conversation.page-up",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class,
                                       GDK_KEY_Page_Down,
                                       0,
                                       "conversation.page-down",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F8, 0, "conversation.browse", NULL);
  gtk_widget_class_add_binding_action (widget_class,
                                       GDK_KEY_Escape,
                                       0,
                                       "conversation.focus-composer",
                                       NULL);
}

static void
chappe_conversation_class_init (ChappeConversationClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_conversation_dispose;
  widget_class->grab_focus = chappe_conversation_grab_focus;
  g_type_ensure (CHAPPE_TYPE_COMPOSER);
  g_type_ensure (CHAPPE_TYPE_IDENTITY_BANNER);
  g_type_ensure (CHAPPE_TYPE_TIMELINE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-conversation.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, header_bar);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, title_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, title);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, kind_icon);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, kind);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, date_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, date_popover);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, calendar);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, successor_banner);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, identity_banner);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, stack);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, timeline_view);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, drop_hint);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, locating);
  gtk_widget_class_bind_template_child (widget_class, ChappeConversation, composer);
  gtk_widget_class_bind_template_callback (widget_class, date_chosen_cb);
  install_actions (widget_class);
}

static void
chappe_conversation_init (ChappeConversation *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  setup_drop (self);
  g_signal_connect_object (self->timeline_view,
                           "jump-to-live",
                           G_CALLBACK (jump_to_live_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->composer, "sent", G_CALLBACK (sent_cb), self, G_CONNECT_SWAPPED);

  self->signals = g_signal_group_new (MX_TYPE_ROOM);
  g_signal_group_connect_swapped (self->signals, "notify::name", G_CALLBACK (update_header), self);
  g_signal_group_connect_swapped (self->signals, "notify::topic", G_CALLBACK (update_header), self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::joined-members",
                                  G_CALLBACK (update_header),
                                  self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::encrypted",
                                  G_CALLBACK (update_header),
                                  self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::successor",
                                  G_CALLBACK (update_header),
                                  self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::membership",
                                  G_CALLBACK (update_header),
                                  self);
  chappe_conversation_set_room (self, NULL);
}

void
chappe_conversation_set_room (ChappeConversation *self, MxRoom *room)
{
  g_autoptr (MxTimeline) timeline = NULL;

  g_return_if_fail (CHAPPE_IS_CONVERSATION (self));

  if (room != NULL && room == self->room)
    return;

  self->serial++;
  gtk_revealer_set_reveal_child (self->locating, FALSE);
  chappe_timeline_view_set_browsing (self->timeline_view, FALSE);
  g_set_object (&self->room, room);
  g_signal_group_set_target (self->signals, room);
  chappe_composer_set_room (self->composer, room);
  gtk_widget_set_visible (GTK_WIDGET (self->composer), room != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->title_button), room != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->date_button), room != NULL);
  adw_banner_set_revealed (self->successor_banner, FALSE);
  chappe_identity_banner_set_room (self->identity_banner, room);

  if (room != NULL)
    timeline = mx_timeline_new (room);
  show_timeline (self, timeline, NULL);
  update_header (self);
  if (room != NULL)
    chappe_trace_next_paint (GTK_WIDGET (self), "room-opened");
}

MxRoom *
chappe_conversation_get_room (ChappeConversation *self)
{
  return self->room;
}

void
chappe_conversation_open_event (ChappeConversation *self, const char *event_id)
{
  if (self->room == NULL || chappe_timeline_view_show_event (self->timeline_view, event_id))
    return;

  locate (self, mx_timeline_locate (self->room, event_id));
}

void
chappe_conversation_write (ChappeConversation *self, const char *text)
{
  GtkTextView *view = GTK_TEXT_VIEW (chappe_composer_get_text_view (self->composer));

  if (self->room == NULL)
    return;
  gtk_text_buffer_insert_at_cursor (gtk_text_view_get_buffer (view), text, -1);
  gtk_widget_grab_focus (GTK_WIDGET (self->composer));
}
