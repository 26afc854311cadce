/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The pane of conversations. Headings are rows of the same list, so that the arrow keys reach
 * them. */
#include "config.h"

#include "chappe-sidebar.h"

#include "chappe-paint-trace.h"
#include "chappe-room-actions.h"
#include "chappe-room-model.h"
#include "chappe-room-section.h"
#include "chappe-room-slots.h"

#include "mx-room-list.h"

#include <glib/gi18n.h>

/* A sign that flashes is worse than none; one that turns costs a frame sixty times a second, and a
 * large account is updated for many seconds. */
#define UPDATING_DELAY_MS 500
/* The pointer rests: the list may move again. */
#define STILL_MS 3000

struct _ChappeSidebar
{
  AdwBin parent_instance;

  AdwWindowTitle *title;
  GtkMenuButton *new_button;
  GtkMenuButton *menu_button;
  GtkWidget *updating;
  GtkSearchEntry *filter;
  GtkToggleButton *unread_button;
  AdwBanner *banner;
  GtkStack *stack;
  GtkListView *list;
  GMenuModel *room_menu;

  ChappeRoomModel *model;
  GtkSingleSelection *selection;
  GtkWidget *popover;
  GtkWidget *focus_before; /* weak: what had the focus before the menu */
  GSettings *settings;
  MxSession *session;
  GSignalGroup *session_signals;
  GSignalGroup *rooms_signals;
  unsigned updating_timer;
  unsigned still_timer;
  gboolean painted;
  gboolean selecting; /* by the program, not by the user */
};

G_DEFINE_FINAL_TYPE (ChappeSidebar, chappe_sidebar, ADW_TYPE_BIN)

typedef enum
{
  ROOM_ACTIVATED,
} ChappeSidebarSignal;

static unsigned signals[ROOM_ACTIVATED + 1];

static const char *
page_name (ChappeSidebar *self)
{
  MxRoomList *rooms = self->session != NULL ? mx_session_get_rooms (self->session) : NULL;

  if (g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0)
    return "rooms";
  if (*gtk_editable_get_text (GTK_EDITABLE (self->filter)) != '\0')
    return "nothing";
  if (rooms == NULL)
    return "blank";
  /* "Nothing there" only when that is sure. */
  if (mx_room_list_is_loading (rooms))
    return "loading";
  if (gtk_toggle_button_get_active (self->unread_button))
    return "read";
  return "empty";
}

static void
update_page (ChappeSidebar *self)
{
  if (!self->painted && g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0)
    {
      self->painted = TRUE;
      chappe_trace_next_paint (GTK_WIDGET (self), "rooms-painted");
    }
  gtk_stack_set_visible_child_name (self->stack, page_name (self));
}

static gboolean
show_updating_cb (gpointer user_data)
{
  ChappeSidebar *self = user_data;

  self->updating_timer = 0;
  gtk_widget_set_visible (self->updating, TRUE);
  return G_SOURCE_REMOVE;
}

static void
show_connection (ChappeSidebar *self)
{
  MxConnection connection =
    self->session != NULL ? mx_session_get_connection (self->session) : MX_CONNECTION_LIVE;

  if (connection == MX_CONNECTION_CONNECTING || connection == MX_CONNECTION_SYNCING)
    {
      if (self->updating_timer == 0 && !gtk_widget_get_visible (self->updating))
        self->updating_timer = g_timeout_add (UPDATING_DELAY_MS, show_updating_cb, self);
    }
  else
    {
      g_clear_handle_id (&self->updating_timer, g_source_remove);
      gtk_widget_set_visible (self->updating, FALSE);
    }
}

static void
rooms_changed_cb (ChappeSidebar *self)
{
  MxRoomList *rooms = self->session != NULL ? mx_session_get_rooms (self->session) : NULL;

  chappe_room_model_set_rooms (self->model, rooms != NULL ? G_LIST_MODEL (rooms) : NULL);
  g_signal_group_set_target (self->rooms_signals, rooms);
  update_page (self);
}

/* -- rows */

static void
open_menu (ChappeSidebar *self, MxRoom *room, GtkWidget *row, double x, double y)
{
  g_autoptr (GSimpleActionGroup) group = chappe_room_actions_new (room, GTK_WIDGET (self));
  graphene_point_t point;

  if (mx_room_get_section (room) == MX_ROOM_SECTION_INVITES)
    return;
  if (!gtk_widget_compute_point (row, GTK_WIDGET (self), &GRAPHENE_POINT_INIT (x, y), &point))
    return;
  gtk_widget_insert_action_group (GTK_WIDGET (self), "room", G_ACTION_GROUP (group));
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover),
                               &(GdkRectangle) { (int) point.x, (int) point.y, 1, 1 });
  g_set_weak_pointer (&self->focus_before,
                      gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self))));
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

/* The row at a point of the list; its GtkListItem, NULL: none. */
static GtkListItem *
item_at (ChappeSidebar *self, double x, double y)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self->list), x, y, GTK_PICK_DEFAULT);

  while (widget != NULL && widget != GTK_WIDGET (self->list))
    {
      GtkListItem *item = chappe_room_slots_get_item (widget);

      if (item != NULL)
        return item;
      widget = gtk_widget_get_parent (widget);
    }
  return NULL;
}

static void
menu_closed_cb (ChappeSidebar *self)
{
  if (self->focus_before != NULL)
    gtk_widget_grab_focus (self->focus_before);
  g_clear_weak_pointer (&self->focus_before);
}

static void
clicked_cb (ChappeSidebar *self, int n_press, double x, double y)
{
  GtkListItem *item = item_at (self, x, y);
  gpointer object = item != NULL ? gtk_list_item_get_item (item) : NULL;

  if (CHAPPE_IS_ROOM_SECTION (object))
    chappe_room_model_toggle (self->model, chappe_room_section_get_section (object));
  else if (MX_IS_ROOM (object))
    g_signal_emit (self, signals[ROOM_ACTIVATED], 0, object);
}

static void
menu_asked (ChappeSidebar *self, double x, double y)
{
  GtkListItem *item = item_at (self, x, y);
  gpointer object = item != NULL ? gtk_list_item_get_item (item) : NULL;

  if (!MX_IS_ROOM (object))
    return;
  open_menu (self, object, GTK_WIDGET (self->list), x, y);
}

static void
menu_clicked_cb (ChappeSidebar *self, int n_press, double x, double y)
{
  menu_asked (self, x, y);
}

static void
long_pressed_cb (ChappeSidebar *self, double x, double y)
{
  menu_asked (self, x, y);
}

static void
list_activate_cb (ChappeSidebar *self, unsigned position)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->model), position);

  if (CHAPPE_IS_ROOM_SECTION (item))
    chappe_room_model_toggle (self->model,
                              chappe_room_section_get_section (CHAPPE_ROOM_SECTION (item)));
  else if (MX_IS_ROOM (item))
    g_signal_emit (self, signals[ROOM_ACTIVATED], 0, item);
}

/* What is selected is what is shown. A room that moves goes and comes back: GtkSingleSelection
 * forgets it. */
static void
keep_selected (ChappeSidebar *self)
{
  MxRoom *shown = chappe_room_model_get_shown (self->model);

  self->selecting = TRUE;
  gtk_single_selection_set_selected (self->selection,
                                     shown != NULL ? chappe_room_model_find (self->model, shown)
                                                   : GTK_INVALID_LIST_POSITION);
  self->selecting = FALSE;
}

/* Arrow keys only walk: what was merely passed is neither opened nor read. */
static void
selected_cb (ChappeSidebar *self)
{
  if (!self->selecting)
    keep_selected (self);
}

/* The item of the row that has the focus; NULL: none has. */
static GtkListItem *
focused_item (GtkWidget *list)
{
  GtkRoot *root = gtk_widget_get_root (list);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return focus != NULL ? chappe_room_slots_get_item (focus) : NULL;
}

/* Space opens as Enter does */
static gboolean
open_shortcut_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  GtkListItem *item = focused_item (widget);

  if (item == NULL)
    return FALSE;
  list_activate_cb (user_data, gtk_list_item_get_position (item));
  return TRUE;
}

/* Menu key and Shift+F10 */
static gboolean
menu_shortcut_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  ChappeSidebar *self = user_data;
  GtkListItem *item = focused_item (widget);
  gpointer room = item != NULL ? gtk_list_item_get_item (item) : NULL;
  GtkWidget *focus = NULL;

  if (!MX_IS_ROOM (room))
    return FALSE;
  focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  open_menu (self,
             room,
             focus,
             gtk_widget_get_width (focus) / 2.0,
             gtk_widget_get_height (focus) / 2.0);
  return TRUE;
}

/* -- filter */

static void
filter_changed_cb (ChappeSidebar *self)
{
  chappe_room_model_set_filter (self->model, gtk_editable_get_text (GTK_EDITABLE (self->filter)));
  update_page (self);
}

static void
filter_activate_cb (ChappeSidebar *self)
{
  MxRoom *room = NULL;

  filter_changed_cb (self); /* GTK tells it late: Enter means what is typed */
  room = chappe_room_model_next (self->model, NULL, 1, FALSE);
  if (room == NULL)
    return;
  g_object_ref (room);
  g_signal_emit (self, signals[ROOM_ACTIVATED], 0, room);
  gtk_editable_set_text (GTK_EDITABLE (self->filter), "");
  g_object_unref (room);
}

static void
filter_stop_cb (ChappeSidebar *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->filter), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static gboolean
filter_key_cb (ChappeSidebar *self, unsigned keyval, unsigned keycode, GdkModifierType state)
{
  if (keyval != GDK_KEY_Down || g_list_model_get_n_items (G_LIST_MODEL (self->model)) == 0)
    return GDK_EVENT_PROPAGATE;
  gtk_list_view_scroll_to (self->list, 1, GTK_LIST_SCROLL_FOCUS, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
  return GDK_EVENT_STOP;
}

static void
unread_toggled_cb (ChappeSidebar *self)
{
  chappe_room_model_set_unread_only (self->model,
                                     gtk_toggle_button_get_active (self->unread_button));
  update_page (self);
}

static void
show_all_cb (ChappeSidebar *self)
{
  gtk_toggle_button_set_active (self->unread_button, FALSE);
}

static void
banner_clicked_cb (ChappeSidebar *self)
{
  const char *action = g_object_get_data (G_OBJECT (self->banner), "action");

  if (action != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), action, NULL);
}

/* -- nothing moves under the pointer */

static gboolean
still_over_cb (gpointer user_data)
{
  ChappeSidebar *self = user_data;

  self->still_timer = 0;
  chappe_room_model_set_still (self->model, FALSE);
  return G_SOURCE_REMOVE;
}

static void
pointer_moved_cb (ChappeSidebar *self)
{
  g_clear_handle_id (&self->still_timer, g_source_remove);
  chappe_room_model_set_still (self->model, TRUE);
  self->still_timer = g_timeout_add (STILL_MS, still_over_cb, self);
}

static void
pointer_left_cb (ChappeSidebar *self)
{
  g_clear_handle_id (&self->still_timer, g_source_remove);
  chappe_room_model_set_still (self->model, FALSE);
}

static void
section_toggled_cb (ChappeSidebar *self)
{
  g_auto (GStrv) collapsed = chappe_room_model_dup_collapsed (self->model);
  g_auto (GStrv) known = g_settings_get_strv (self->settings, "collapsed-sections");

  if (!g_strv_equal ((const char *const *) collapsed, (const char *const *) known))
    g_settings_set_strv (self->settings, "collapsed-sections", (const char *const *) collapsed);
}

/* -- type */

static void
chappe_sidebar_dispose (GObject *object)
{
  ChappeSidebar *self = CHAPPE_SIDEBAR (object);

  g_clear_handle_id (&self->updating_timer, g_source_remove);
  g_clear_handle_id (&self->still_timer, g_source_remove);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->rooms_signals);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_weak_pointer (&self->focus_before);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_SIDEBAR);
  g_clear_object (&self->selection);
  g_clear_object (&self->model);
  g_clear_object (&self->session);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (chappe_sidebar_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeSidebar, title);
  gtk_widget_class_bind_template_child (widget_class, ChappeSidebar, new_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeSidebar, menu_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeSidebar, updating);
  gtk_widget_class_bind_template_child (widget_class, ChappeSidebar, filter);
  gtk_widget_class_bind_template_child (widget_class, ChappeSidebar, unread_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeSidebar, banner);
  gtk_widget_class_bind_template_child (widget_class, ChappeSidebar, stack);
  gtk_widget_class_bind_template_child (widget_class, ChappeSidebar, list);
  gtk_widget_class_bind_template_child (widget_class, ChappeSidebar, room_menu);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_stop_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_key_cb);
  gtk_widget_class_bind_template_callback (widget_class, unread_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_all_cb);
  gtk_widget_class_bind_template_callback (widget_class, banner_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, list_activate_cb);
}

static void
chappe_sidebar_class_init (ChappeSidebarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = chappe_sidebar_dispose;

  signals[ROOM_ACTIVATED] = g_signal_new ("room-activated",
                                          G_TYPE_FROM_CLASS (klass),
                                          G_SIGNAL_RUN_LAST,
                                          0,
                                          NULL,
                                          NULL,
                                          NULL,
                                          G_TYPE_NONE,
                                          1,
                                          MX_TYPE_ROOM);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
set_up_list (ChappeSidebar *self)
{
  self->model = chappe_room_model_new ();
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->model)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  g_signal_connect_object (self->model,
                           "items-changed",
                           G_CALLBACK (keep_selected),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model,
                           "items-changed",
                           G_CALLBACK (update_page),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->model,
                           "items-changed",
                           G_CALLBACK (section_toggled_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection,
                           "notify::selected-item",
                           G_CALLBACK (selected_cb),
                           self,
                           G_CONNECT_SWAPPED);
  chappe_room_slots_attach (self->list);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
}

/* On the list, not on its 200 rows. */
static void
add_gesture (ChappeSidebar *self, GtkGesture *gesture, const char *signal, GCallback callback)
{
  g_signal_connect_object (gesture, signal, callback, self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->list), GTK_EVENT_CONTROLLER (gesture));
}

static void
set_up_input (ChappeSidebar *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *menu = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();
  GtkShortcutTrigger *trigger = gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10");

  g_signal_connect_object (motion,
                           "motion",
                           G_CALLBACK (pointer_moved_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (motion, "leave", G_CALLBACK (pointer_left_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->list), motion);

  /* Before the rows' own gesture, which claims the click. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  add_gesture (self, click, "released", G_CALLBACK (clicked_cb));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  add_gesture (self, menu, "released", G_CALLBACK (menu_clicked_cb));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  add_gesture (self, press, "pressed", G_CALLBACK (long_pressed_cb));

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (trigger,
                                                          gtk_callback_action_new (menu_shortcut_cb,
                                                                                   self,
                                                                                   NULL)));
  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (shortcuts),
    gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("space|KP_Space"),
                      gtk_callback_action_new (open_shortcut_cb, self, NULL)));
  /* Before the rows' own Space, which selects. */
  gtk_event_controller_set_propagation_phase (shortcuts, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self->list), shortcuts);

  self->popover = gtk_popover_menu_new_from_model (self->room_menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
  g_signal_connect_object (self->popover,
                           "closed",
                           G_CALLBACK (menu_closed_cb),
                           self,
                           G_CONNECT_SWAPPED);
}

static void
chappe_sidebar_init (ChappeSidebar *self)
{
  g_auto (GStrv) collapsed = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));

  set_up_list (self);
  set_up_input (self);

  self->session_signals = g_signal_group_new (MX_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals,
                                  "notify::connection",
                                  G_CALLBACK (show_connection),
                                  self);
  g_signal_group_connect_swapped (self->session_signals,
                                  "notify::rooms",
                                  G_CALLBACK (rooms_changed_cb),
                                  self);
  g_signal_group_connect_swapped (self->session_signals,
                                  "notify::state",
                                  G_CALLBACK (rooms_changed_cb),
                                  self);
  self->rooms_signals = g_signal_group_new (MX_TYPE_ROOM_LIST);
  g_signal_group_connect_swapped (self->rooms_signals,
                                  "notify::loading",
                                  G_CALLBACK (update_page),
                                  self);

  self->settings = g_settings_new (APPLICATION_ID);
  collapsed = g_settings_get_strv (self->settings, "collapsed-sections");
  chappe_room_model_set_collapsed (self->model, (const char *const *) collapsed);
  g_settings_bind (self->settings,
                   "unread-only",
                   self->unread_button,
                   "active",
                   G_SETTINGS_BIND_DEFAULT);
  update_page (self);
}

void
chappe_sidebar_set_session (ChappeSidebar *self, MxSession *session)
{
  if (!g_set_object (&self->session, session))
    return;
  g_signal_group_set_target (self->session_signals, session);
  rooms_changed_cb (self);
  show_connection (self);
}

/* To scroll costs a layout of all rows. */
static gboolean
is_on_screen (ChappeSidebar *self, MxRoom *room)
{
  float height = gtk_widget_get_height (GTK_WIDGET (self->list));

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    {
      GtkListItem *item = chappe_room_slots_get_item (row);
      graphene_rect_t bounds;

      if (item != NULL && gtk_list_item_get_item (item) == room)
        return gtk_widget_compute_bounds (row, GTK_WIDGET (self->list), &bounds) &&
               bounds.origin.y >= 0 && bounds.origin.y + bounds.size.height <= height;
    }
  return FALSE;
}

void
chappe_sidebar_select (ChappeSidebar *self, MxRoom *room)
{
  unsigned position = GTK_INVALID_LIST_POSITION;

  chappe_room_model_set_shown (self->model, room);
  position = chappe_room_model_find (self->model, room);
  if (position == gtk_single_selection_get_selected (self->selection))
    return;

  self->selecting = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  self->selecting = FALSE;
  if (position != GTK_INVALID_LIST_POSITION && !is_on_screen (self, room))
    gtk_list_view_scroll_to (self->list, position, GTK_LIST_SCROLL_NONE, NULL);
}

ChappeRoomModel *
chappe_sidebar_get_model (ChappeSidebar *self)
{
  return self->model;
}

void
chappe_sidebar_focus_room (ChappeSidebar *self)
{
  unsigned position = chappe_room_model_find_shown (self->model);

  if (position == G_MAXUINT)
    return;
  /* It only says which row has the focus once the list has it. */
  gtk_list_view_scroll_to (self->list, position, GTK_LIST_SCROLL_FOCUS, NULL);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

void
chappe_sidebar_start_filter (ChappeSidebar *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->filter));
}

void
chappe_sidebar_set_banner (ChappeSidebar *self,
                           const char *text,
                           const char *button,
                           const char *action)
{
  if (text != NULL)
    {
      adw_banner_set_title (self->banner, text);
      adw_banner_set_button_label (self->banner, button);
      g_object_set_data_full (G_OBJECT (self->banner), "action", g_strdup (action), g_free);
    }
  adw_banner_set_revealed (self->banner, text != NULL);
}
