/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-timeline-view.h"

#include "chappe-shield-mark.h"
#include "chappe-timeline-row.h"

#include <glib/gi18n.h>

/* A window of more rows than this is trimmed at the end that is out of sight. */
#define MANY_ROWS 400
#define KEPT_ROWS 200
/* "At the bottom", in pixels: a fraction is lost to rounding. */
#define BOTTOM_SLACK 1.0

struct _ChappeTimelineView
{
  AdwBin parent_instance;

  GtkScrolledWindow *scroller;
  GtkListView *list;
  GtkRevealer *bottom_revealer;
  GtkButton *bottom_button;
  GtkLabel *new_count;

  MxTimeline *timeline;
  GtkAdjustment *adjustment;
  GSignalGroup *signals;
  GSettings *settings;
  GPtrArray *bound; /* GtkListItem with a row; borrowed */
  guint open_at;    /* row shown at opening, G_MAXUINT: the end */
  guint load_id;
  guint next_frame_id; /* tick callback */

  guint opened : 1;
  guint anchoring : 1;
  guint following : 1; /* what was appended is to be shown */
  guint browsing : 1;
};

G_DEFINE_FINAL_TYPE (ChappeTimelineView, chappe_timeline_view, ADW_TYPE_BIN)

enum
{
  JUMP_TO_LIVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static double
bottom_gap (ChappeTimelineView *self)
{
  return gtk_adjustment_get_upper (self->adjustment) -
         gtk_adjustment_get_page_size (self->adjustment) -
         gtk_adjustment_get_value (self->adjustment);
}

static guint
n_rows (ChappeTimelineView *self)
{
  return self->timeline != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->timeline)) : 0;
}

/* Anchored on the footer, the list view sticks to the end by itself. */
static void
anchor_on_footer (ChappeTimelineView *self)
{
  if (n_rows (self) == 0)
    return;

  self->anchoring = TRUE;
  gtk_list_view_scroll_to (self->list, n_rows (self) - 1, GTK_LIST_SCROLL_NONE, NULL);
  self->anchoring = FALSE;
}

static gboolean
is_at_bottom (ChappeTimelineView *self)
{
  return self->timeline != NULL && mx_timeline_is_at_live_end (self->timeline) &&
         bottom_gap (self) <= BOTTOM_SLACK;
}

/* px; 0 while the footer is not built, for it is far away then. */
static int
footer_height (ChappeTimelineView *self)
{
  for (guint i = 0; i < self->bound->len; i++)
    {
      GtkListItem *list_item = g_ptr_array_index (self->bound, i);
      MxTimelineItem *item = gtk_list_item_get_item (list_item);

      if (mx_timeline_item_get_kind (item) == MX_ITEM_FOOTER)
        return gtk_widget_get_height (gtk_list_item_get_child (list_item));
    }

  return 0;
}

/* The last message is seen to its end, whatever is left of the footer below it. */
static gboolean
is_end_seen (ChappeTimelineView *self)
{
  return is_at_bottom (self) ||
         (self->timeline != NULL && mx_timeline_is_at_live_end (self->timeline) &&
          bottom_gap (self) <= footer_height (self));
}

static gboolean
is_watched (ChappeTimelineView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return self->opened && gtk_widget_get_mapped (GTK_WIDGET (self)) && GTK_IS_WINDOW (root) &&
         gtk_window_is_active (GTK_WINDOW (root)) && is_end_seen (self);
}

static void
update_bottom (ChappeTimelineView *self)
{
  guint new_below = 0;
  gboolean away = self->opened && !is_at_bottom (self) &&
                  (!mx_timeline_is_at_live_end (self->timeline) ||
                   bottom_gap (self) > gtk_adjustment_get_page_size (self->adjustment) / 4);

  if (self->timeline == NULL)
    return;

  g_object_get (self->timeline, "new-below", &new_below, NULL);
  gtk_revealer_set_reveal_child (self->bottom_revealer, away || new_below > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->new_count), new_below > 0);
  if (new_below > 0)
    {
      g_autofree char *count = g_strdup_printf ("%u", new_below);
      g_autofree char *spoken =
        g_strdup_printf (ngettext ("Newest messages, %u new", "Newest messages, %u new", new_below),
                         new_below);

      gtk_label_set_text (self->new_count, count);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->bottom_button),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      spoken,
                                      -1);
    }

  mx_timeline_set_watched (self->timeline, is_watched (self));
}

static gboolean
load_cb (gpointer data)
{
  ChappeTimelineView *self = data;
  double page = gtk_adjustment_get_page_size (self->adjustment);
  double value = gtk_adjustment_get_value (self->adjustment);

  self->load_id = 0;
  if (self->timeline == NULL || !self->opened)
    return G_SOURCE_REMOVE;

  if (value < 2 * page)
    mx_timeline_load_older (self->timeline);
  if (bottom_gap (self) < 2 * page)
    mx_timeline_load_newer (self->timeline);

  if (n_rows (self) > MANY_ROWS && is_at_bottom (self))
    mx_timeline_trim (self->timeline, n_rows (self) - KEPT_ROWS, n_rows (self) - 1);
  else if (n_rows (self) > MANY_ROWS + KEPT_ROWS && value < 2 * page)
    mx_timeline_trim (self->timeline, 0, MANY_ROWS);
  else if (n_rows (self) > MANY_ROWS + KEPT_ROWS && bottom_gap (self) < 2 * page)
    mx_timeline_trim (self->timeline, n_rows (self) - MANY_ROWS, n_rows (self) - 1);

  return G_SOURCE_REMOVE;
}

/* Rows are never inserted while the list lays itself out. */
static void
load_soon (ChappeTimelineView *self)
{
  if (self->load_id == 0)
    self->load_id = g_idle_add (load_cb, self);
}

static gboolean
next_frame_cb (GtkWidget *list, GdkFrameClock *clock, gpointer data)
{
  ChappeTimelineView *self = data;

  self->next_frame_id = 0;
  if (self->following)
    anchor_on_footer (self);
  self->following = FALSE;
  load_soon (self);

  return G_SOURCE_REMOVE;
}

/* What came is drawn before more is asked for: where the ends are is known only then. */
static void
load_next_frame (ChappeTimelineView *self)
{
  if (self->next_frame_id == 0)
    self->next_frame_id =
      gtk_widget_add_tick_callback (GTK_WIDGET (self->list), next_frame_cb, self, NULL);
}

static void
open (ChappeTimelineView *self)
{
  self->opened = TRUE;
  if (self->open_at != G_MAXUINT && self->open_at < n_rows (self))
    {
      /* From the end upwards, so that the row comes to lie at the top edge. */
      gtk_adjustment_set_value (self->adjustment, gtk_adjustment_get_upper (self->adjustment));
      gtk_list_view_scroll_to (self->list, self->open_at, GTK_LIST_SCROLL_NONE, NULL);
    }
  else
    {
      gtk_adjustment_set_value (self->adjustment, gtk_adjustment_get_upper (self->adjustment));
      anchor_on_footer (self);
    }
  load_soon (self);
}

static void
adjustment_changed_cb (ChappeTimelineView *self)
{
  if (!self->opened && self->timeline != NULL &&
      gtk_adjustment_get_page_size (self->adjustment) > 1)
    open (self);

  update_bottom (self);
}

static void
value_changed_cb (ChappeTimelineView *self)
{
  if (self->anchoring || !self->opened)
    return;

  if (bottom_gap (self) <= BOTTOM_SLACK)
    anchor_on_footer (self);
  load_soon (self);
  update_bottom (self);
}

static void
announce (ChappeTimelineView *self, guint position, guint added)
{
  g_autoptr (MxTimelineItem) item = NULL;
  g_autofree char *text = NULL;

  /* Only what arrives at the live end, below everything else but the footer. */
  if (!self->opened || added == 0 || position + added + 1 != n_rows (self) ||
      !mx_timeline_is_at_live_end (self->timeline))
    return;

  item = g_list_model_get_item (G_LIST_MODEL (self->timeline), position + added - 1);
  if (mx_timeline_item_get_kind (item) != MX_ITEM_MESSAGE || mx_timeline_item_is_own (item) ||
      !g_settings_get_boolean (self->settings, "announce-messages"))
    return;

  text = chappe_shield_dup_accessible_text (item);
  gtk_accessible_announce (GTK_ACCESSIBLE (self), text, GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_LOW);
}

static void
items_changed_cb (ChappeTimelineView *self, guint position, guint removed, guint added)
{
  announce (self, position, added);
  /* Who has seen the end goes on seeing it. The list does not know of the rows yet. */
  if (self->opened && added > 0 && position + added + 1 == n_rows (self) && is_end_seen (self))
    self->following = TRUE;
  load_next_frame (self); /* the ends may still be near */
}

static void
bottom_clicked_cb (ChappeTimelineView *self)
{
  chappe_timeline_view_scroll_to_bottom (self);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item)
{
  gtk_list_item_set_activatable (list_item, FALSE);
  gtk_list_item_set_selectable (list_item, FALSE);
  gtk_list_item_set_focusable (list_item, FALSE);
  gtk_list_item_set_child (list_item, chappe_timeline_row_new ());
}

/* A message is spoken as it is now: sent, edited, with the name of who wrote it. */
static void
label_cb (MxTimelineItem *item, GParamSpec *pspec, GtkListItem *list_item)
{
  g_autofree char *text = chappe_shield_dup_accessible_text (item);

  gtk_list_item_set_accessible_label (list_item, text);
}

static void
bind_cb (ChappeTimelineView *self, GtkListItem *list_item)
{
  MxTimelineItem *item = gtk_list_item_get_item (list_item);

  chappe_timeline_row_set_item (CHAPPE_TIMELINE_ROW (gtk_list_item_get_child (list_item)),
                                item,
                                self->timeline);
  label_cb (item, NULL, list_item);
  g_signal_connect_object (item, "notify", G_CALLBACK (label_cb), list_item, G_CONNECT_DEFAULT);
  gtk_list_item_set_focusable (list_item, self->browsing);
  g_ptr_array_add (self->bound, list_item);
}

static void
unbind_cb (ChappeTimelineView *self, GtkListItem *list_item)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), label_cb, list_item);
  g_ptr_array_remove_fast (self->bound, list_item);
  chappe_timeline_row_set_item (CHAPPE_TIMELINE_ROW (gtk_list_item_get_child (list_item)),
                                NULL,
                                NULL);
}

static void
active_cb (ChappeTimelineView *self)
{
  if (self->timeline != NULL)
    mx_timeline_set_watched (self->timeline, is_watched (self));
}

static void
chappe_timeline_view_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (chappe_timeline_view_parent_class)->root (widget);
  if (GTK_IS_WINDOW (gtk_widget_get_root (widget)))
    g_signal_connect_object (gtk_widget_get_root (widget),
                             "notify::is-active",
                             G_CALLBACK (active_cb),
                             widget,
                             G_CONNECT_SWAPPED);
}

static void
chappe_timeline_view_unroot (GtkWidget *widget)
{
  g_signal_handlers_disconnect_by_func (gtk_widget_get_root (widget), active_cb, widget);
  GTK_WIDGET_CLASS (chappe_timeline_view_parent_class)->unroot (widget);
}

static void
chappe_timeline_view_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (chappe_timeline_view_parent_class)->unmap (widget);
  active_cb (CHAPPE_TIMELINE_VIEW (widget));
}

static void
chappe_timeline_view_dispose (GObject *object)
{
  ChappeTimelineView *self = CHAPPE_TIMELINE_VIEW (object);

  g_clear_handle_id (&self->load_id, g_source_remove);
  if (self->list != NULL && self->next_frame_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->list), self->next_frame_id);
  self->next_frame_id = 0;
  if (self->list != NULL)
    gtk_list_view_set_model (self->list, NULL);
  g_clear_object (&self->signals);
  g_clear_object (&self->settings);
  g_clear_object (&self->timeline);
  if (self->adjustment != NULL)
    g_signal_handlers_disconnect_by_data (self->adjustment, self);
  g_clear_object (&self->adjustment);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_TIMELINE_VIEW);

  G_OBJECT_CLASS (chappe_timeline_view_parent_class)->dispose (object);
}

static void
chappe_timeline_view_finalize (GObject *object)
{
  g_ptr_array_unref (CHAPPE_TIMELINE_VIEW (object)->bound);
  G_OBJECT_CLASS (chappe_timeline_view_parent_class)->finalize (object);
}

static void
chappe_timeline_view_class_init (ChappeTimelineViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_timeline_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = chappe_timeline_view_finalize;
  widget_class->root = chappe_timeline_view_root;
  widget_class->unroot = chappe_timeline_view_unroot;
  widget_class->unmap = chappe_timeline_view_unmap;

  signals[JUMP_TO_LIVE] = g_signal_new ("jump-to-live",
                                        G_TYPE_FROM_CLASS (klass),
                                        G_SIGNAL_RUN_LAST,
                                        0,
                                        NULL,
                                        NULL,
                                        NULL,
                                        G_TYPE_NONE,
                                        0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-timeline-view.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeTimelineView, scroller);
  gtk_widget_class_bind_template_child (widget_class, ChappeTimelineView, list);
  gtk_widget_class_bind_template_child (widget_class, ChappeTimelineView, bottom_revealer);
  gtk_widget_class_bind_template_child (widget_class, ChappeTimelineView, bottom_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeTimelineView, new_count);
  gtk_widget_class_bind_template_callback (widget_class, bottom_clicked_cb);
}

/* The focus is on the list's own row, around ours. */
static gboolean
menu_shortcut_cb (GtkWidget *list, GVariant *args, gpointer user_data)
{
  GtkRoot *root = gtk_widget_get_root (list);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *row = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;

  return CHAPPE_IS_TIMELINE_ROW (row) && gtk_widget_activate_action (row, "row.menu", NULL);
}

static void
chappe_timeline_view_init (ChappeTimelineView *self)
{
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_settings_new (APPLICATION_ID);
  self->bound = g_ptr_array_new ();
  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (shortcuts),
    gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10|Return|KP_Enter"),
                      gtk_callback_action_new (menu_shortcut_cb, NULL, NULL)));
  /* Before the list's row, which would take Enter for itself. */
  gtk_event_controller_set_propagation_phase (shortcuts, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (GTK_WIDGET (self->list), shortcuts);
  self->open_at = G_MAXUINT;

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_DEFAULT);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->list, factory);

  self->adjustment = g_object_ref (gtk_scrolled_window_get_vadjustment (self->scroller));
  g_signal_connect_swapped (self->adjustment, "changed", G_CALLBACK (adjustment_changed_cb), self);
  g_signal_connect_swapped (self->adjustment, "value-changed", G_CALLBACK (value_changed_cb), self);

  self->signals = g_signal_group_new (MX_TYPE_TIMELINE);
  g_signal_group_connect_swapped (self->signals,
                                  "items-changed",
                                  G_CALLBACK (items_changed_cb),
                                  self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::new-below",
                                  G_CALLBACK (update_bottom),
                                  self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::at-live-end",
                                  G_CALLBACK (update_bottom),
                                  self);
}

GtkWidget *
chappe_timeline_view_new (void)
{
  return g_object_new (CHAPPE_TYPE_TIMELINE_VIEW, NULL);
}

void
chappe_timeline_view_set_timeline (ChappeTimelineView *self,
                                   MxTimeline *timeline,
                                   const char *show_event)
{
  g_autoptr (GtkNoSelection) model = NULL;

  g_return_if_fail (CHAPPE_IS_TIMELINE_VIEW (self));

  if (self->timeline != NULL)
    mx_timeline_set_watched (self->timeline, FALSE);

  self->opened = FALSE;
  self->following = FALSE;
  gtk_list_view_set_model (self->list, NULL);
  g_set_object (&self->timeline, timeline);
  g_signal_group_set_target (self->signals, timeline);
  if (timeline == NULL)
    return;

  self->open_at = show_event != NULL ? mx_timeline_find (timeline, show_event)
                                     : mx_timeline_get_first_unread (timeline);
  model = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (timeline)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (model));
  anchor_on_footer (self);
  if (gtk_adjustment_get_page_size (self->adjustment) > 1)
    open (self);
}

MxTimeline *
chappe_timeline_view_get_timeline (ChappeTimelineView *self)
{
  return self->timeline;
}

gboolean
chappe_timeline_view_show_event (ChappeTimelineView *self, const char *event_id)
{
  guint position = self->timeline != NULL ? mx_timeline_find (self->timeline, event_id) : G_MAXUINT;

  if (position == G_MAXUINT)
    return FALSE;

  gtk_list_view_scroll_to (self->list, position, GTK_LIST_SCROLL_NONE, NULL);

  return TRUE;
}

void
chappe_timeline_view_scroll_to_bottom (ChappeTimelineView *self)
{
  if (self->timeline == NULL)
    return;

  if (!mx_timeline_is_at_live_end (self->timeline))
    {
      g_signal_emit (self, signals[JUMP_TO_LIVE], 0);
      return;
    }

  gtk_adjustment_set_value (self->adjustment, gtk_adjustment_get_upper (self->adjustment));
  anchor_on_footer (self);
}

void
chappe_timeline_view_scroll_page (ChappeTimelineView *self, int pages)
{
  gtk_adjustment_set_value (self->adjustment,
                            gtk_adjustment_get_value (self->adjustment) +
                              pages * gtk_adjustment_get_page_size (self->adjustment) * 0.9);
}

void
chappe_timeline_view_set_browsing (ChappeTimelineView *self, gboolean browsing)
{
  self->browsing = !!browsing;
  for (guint i = 0; i < self->bound->len; i++)
    gtk_list_item_set_focusable (g_ptr_array_index (self->bound, i), browsing);

  if (browsing && n_rows (self) > 1)
    {
      gtk_list_view_scroll_to (self->list, n_rows (self) - 2, GTK_LIST_SCROLL_FOCUS, NULL);
      gtk_widget_grab_focus (GTK_WIDGET (self->list)); /* the above says which row has it */
    }
}

gboolean
chappe_timeline_view_is_browsing (ChappeTimelineView *self)
{
  return self->browsing;
}

GtkListView *
chappe_timeline_view_get_list (ChappeTimelineView *self)
{
  return self->list;
}
