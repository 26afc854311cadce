/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-composer.h"

#include "chappe-attachments.h"
#include "chappe-error-text.h"
#include "mx-trace.h"

#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>
#ifdef HAVE_LIBSPELLING
#include <libspelling.h>
#endif

/* A draft is written at each pause this long, and whenever the focus leaves. */
#define DRAFT_PAUSE_MS 600
/* Loading a dictionary takes half a second of a thread: done in a quiet moment, or with the first
 * key. */
#define SPELLING_DELAY_S 2

struct _ChappeComposer
{
  AdwBin parent_instance;

  GtkStack *stack;
  GtkRevealer *edit_revealer;
  GtkLabel *problem;
  GtkSourceView *text_view;
  GtkLabel *placeholder;
  GtkButton *send_button;
  GtkWidget *attach_button;
  GtkLabel *closed_reason;

  GtkTextBuffer *buffer;
  GObject *spelling; /* NULL without libspelling */
  GSettings *settings;
  ChappeAttachments *attachments;
  MxRoom *room;
  char *edited_event; /* event id of the message being edited, NULL */
  char *edited_txn;   /* the same, not sent yet */
  char *kept_draft;   /* what was being written before the edit */
  guint draft_id;
  guint spelling_id;
  guint loading : 1;
  guint spelling_begun : 1;
};

G_DEFINE_FINAL_TYPE (ChappeComposer, chappe_composer, ADW_TYPE_BIN)

enum
{
  SENT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static char *
dup_text (ChappeComposer *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);

  return gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
}

static gboolean
is_blank (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  return *stripped == '\0';
}

static gboolean
is_editing (ChappeComposer *self)
{
  return self->edited_event != NULL || self->edited_txn != NULL;
}

static void
set_text (ChappeComposer *self, const char *text)
{
  self->loading = TRUE;
  gtk_text_buffer_set_text (self->buffer, text != NULL ? text : "", -1);
  self->loading = FALSE;
}

static void
show_problem (ChappeComposer *self, const char *text)
{
  gtk_label_set_text (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

/* An edit has no files. */
static void
show_editing (ChappeComposer *self, gboolean editing)
{
  gtk_revealer_set_reveal_child (self->edit_revealer, editing);
  gtk_widget_set_visible (self->attach_button, !editing);
}

static void
save_draft (ChappeComposer *self)
{
  g_autofree char *text = NULL;

  g_clear_handle_id (&self->draft_id, g_source_remove);
  if (self->room == NULL || is_editing (self))
    return;

  text = dup_text (self);
  mx_room_set_draft (self->room, is_blank (text) ? NULL : text);
}

static gboolean
draft_pause_cb (gpointer data)
{
  ChappeComposer *self = data;

  self->draft_id = 0;
  save_draft (self);

  return G_SOURCE_REMOVE;
}

static void
buffer_changed_cb (ChappeComposer *self)
{
  g_autofree char *text = dup_text (self);
  gboolean blank = is_blank (text);

  gtk_widget_set_visible (GTK_WIDGET (self->placeholder), *text == '\0');
  gtk_widget_set_sensitive (GTK_WIDGET (self->send_button), !blank);
  show_problem (self, NULL);
  if (self->loading || self->room == NULL)
    return;

  mx_room_set_typing (self->room, !blank && g_settings_get_boolean (self->settings, "send-typing"));
  if (is_editing (self))
    return;
  g_clear_handle_id (&self->draft_id, g_source_remove);
  self->draft_id = g_timeout_add (DRAFT_PAUSE_MS, draft_pause_cb, self);
}

static void
end_edit (ChappeComposer *self)
{
  if (!is_editing (self))
    return;

  g_clear_pointer (&self->edited_event, g_free);
  g_clear_pointer (&self->edited_txn, g_free);
  set_text (self, self->kept_draft);
  g_clear_pointer (&self->kept_draft, g_free);
  show_editing (self, FALSE);
  show_problem (self, NULL);
}

static gboolean
deliver (ChappeComposer *self, const char *text, GError **error)
{
  gboolean markdown = g_settings_get_boolean (self->settings, "markdown");

  if (self->edited_event != NULL)
    return mx_room_edit_text (self->room, self->edited_event, text, markdown, error);
  if (self->edited_txn != NULL)
    return mx_room_replace_unsent (self->room, self->edited_txn, text, markdown, error);

  return mx_room_send_text (self->room, text, markdown, NULL, error);
}

static void
send (ChappeComposer *self)
{
  g_autofree char *text = dup_text (self);
  g_autoptr (GError) error = NULL;

  mx_trace ("send-pressed");
  if (self->room == NULL || is_blank (text))
    return;

  if (!deliver (self, text, &error))
    {
      g_autofree char *reason = chappe_error_text_for (error, CHAPPE_TASK_SEND);

      show_problem (self, reason);
      return;
    }

  mx_room_set_typing (self->room, FALSE);
  if (is_editing (self))
    {
      end_edit (self);
    }
  else
    {
      set_text (self, "");
      save_draft (self);
      g_signal_emit (self, signals[SENT], 0);
    }
}

static void
send_clicked_cb (ChappeComposer *self)
{
  send (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
cancel_edit_cb (ChappeComposer *self)
{
  end_edit (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static gboolean
is_first_line (ChappeComposer *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);

  return gtk_text_iter_equal (&start, &end);
}

#ifdef HAVE_LIBSPELLING
static void
attach_spelling (ChappeComposer *self)
{
  SpellingTextBufferAdapter *spelling =
    spelling_text_buffer_adapter_new (GTK_SOURCE_BUFFER (self->buffer),
                                      spelling_checker_get_default ());

  gtk_text_view_set_extra_menu (GTK_TEXT_VIEW (self->text_view),
                                spelling_text_buffer_adapter_get_menu_model (spelling));
  gtk_widget_insert_action_group (GTK_WIDGET (self->text_view),
                                  "spelling",
                                  G_ACTION_GROUP (spelling));
  g_settings_bind (self->settings, "spell-check", spelling, "enabled", G_SETTINGS_BIND_GET);
  self->spelling = G_OBJECT (spelling);
}

/* libspelling keeps what it has loaded for the whole program, and nobody else asks it meanwhile. */
static void
load_dictionary (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  SpellingProvider *provider = spelling_provider_get_default ();
  const char *code = spelling_provider_get_default_code (provider);
  g_autoptr (SpellingDictionary) dictionary =
    code != NULL ? spelling_provider_load_dictionary (provider, code) : NULL;

  g_task_return_boolean (task, dictionary != NULL);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ChappeComposer *self = CHAPPE_COMPOSER (source);

  /* gone meanwhile, or no dictionary of the user's language */
  if (self->text_view == NULL || !g_task_propagate_boolean (G_TASK (result), NULL))
    return;
  attach_spelling (self);
}
#endif

static void
setup_spelling (ChappeComposer *self)
{
  if (self->spelling_begun)
    return;

  self->spelling_begun = TRUE;
  g_clear_handle_id (&self->spelling_id, g_source_remove);
#ifdef HAVE_LIBSPELLING
  {
    g_autoptr (GTask) task = g_task_new (self, NULL, loaded_cb, NULL);

    g_task_run_in_thread (task, load_dictionary);
  }
#endif
}

static gboolean
spelling_delay_cb (gpointer data)
{
  ChappeComposer *self = data;

  self->spelling_id = 0;
  setup_spelling (self);

  return G_SOURCE_REMOVE;
}

static gboolean
key_pressed_cb (ChappeComposer *self,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                GtkEventControllerKey *controller)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  gboolean enter_sends = g_settings_get_boolean (self->settings, "enter-sends");

  setup_spelling (self);
  switch (keyval)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      if (modifiers == GDK_CONTROL_MASK || (modifiers == 0 && enter_sends))
        {
          send (self);
          return GDK_EVENT_STOP;
        }
      return GDK_EVENT_PROPAGATE;
    case GDK_KEY_Up:
      if (modifiers == 0 && !is_editing (self) && is_first_line (self))
        return gtk_widget_activate_action (GTK_WIDGET (self), "conversation.edit-last", NULL);
      return GDK_EVENT_PROPAGATE;
    case GDK_KEY_Page_Up:
    case GDK_KEY_Page_Down:
      if (modifiers == 0)
        return gtk_widget_activate_action (GTK_WIDGET (self),
                                           keyval == GDK_KEY_Page_Up ? "conversation.page-up"
                                                                     : "conversation.page-down",
                                           NULL);
      return GDK_EVENT_PROPAGATE;
    case GDK_KEY_Escape:
      if (is_editing (self))
        {
          end_edit (self);
          return GDK_EVENT_STOP;
        }
      gtk_widget_activate_action (GTK_WIDGET (self), "conversation.scroll-to-bottom", NULL);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
focus_left_cb (ChappeComposer *self)
{
  if (self->draft_id != 0)
    save_draft (self);
}

static void
pasted_cb (ChappeComposer *self)
{
  if (!is_editing (self) &&
      chappe_attachments_paste (self->attachments,
                                gtk_widget_get_clipboard (GTK_WIDGET (self->text_view))))
    g_signal_stop_emission_by_name (self->text_view, "paste-clipboard");
}

static void
attached_cb (ChappeComposer *self)
{
  show_problem (self, NULL);
  g_signal_emit (self, signals[SENT], 0);
}

static void
not_attached_cb (ChappeComposer *self, const char *text)
{
  show_problem (self, text);
  gtk_accessible_announce (GTK_ACCESSIBLE (self),
                           text,
                           GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
}

static void
link_cb (ChappeComposer *self, const char *text)
{
  gtk_text_buffer_insert_at_cursor (self->buffer, text, -1);
}

static void
setup_attachments (ChappeComposer *self)
{
  self->attachments = chappe_attachments_new (GTK_WIDGET (self));
  g_signal_connect_object (self->attachments,
                           "sent",
                           G_CALLBACK (attached_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->attachments,
                           "failed",
                           G_CALLBACK (not_attached_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->attachments,
                           "text",
                           G_CALLBACK (link_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->text_view,
                           "paste-clipboard",
                           G_CALLBACK (pasted_cb),
                           self,
                           G_CONNECT_SWAPPED);
}

static void
style_changed_cb (ChappeComposer *self)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkSourceStyleScheme *scheme =
    gtk_source_style_scheme_manager_get_scheme (gtk_source_style_scheme_manager_get_default (),
                                                dark ? "Adwaita-dark" : "Adwaita");

  gtk_source_buffer_set_style_scheme (GTK_SOURCE_BUFFER (self->buffer), scheme);
}

static void
chappe_composer_dispose (GObject *object)
{
  ChappeComposer *self = CHAPPE_COMPOSER (object);

  if (self->draft_id != 0)
    save_draft (self);
  g_clear_handle_id (&self->spelling_id, g_source_remove);
  g_clear_object (&self->attachments);
  g_clear_object (&self->room);
  g_clear_object (&self->spelling);
  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_COMPOSER);

  G_OBJECT_CLASS (chappe_composer_parent_class)->dispose (object);
}

static void
chappe_composer_finalize (GObject *object)
{
  ChappeComposer *self = CHAPPE_COMPOSER (object);

  g_free (self->edited_event);
  g_free (self->edited_txn);
  g_free (self->kept_draft);
  G_OBJECT_CLASS (chappe_composer_parent_class)->finalize (object);
}

/* For the keyboard this is where one writes, whatever stands before it. */
static gboolean
chappe_composer_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (CHAPPE_COMPOSER (widget)->text_view));
}

/* GtkTextView knows its height when it is laid out, which asks for no other one while the window
 * lays itself out for the first time. */
static gboolean
text_laid_out_cb (GtkWidget *text, GdkFrameClock *clock, gpointer data)
{
  if (gtk_widget_get_height (text) == 0)
    return G_SOURCE_CONTINUE;
  gtk_widget_queue_resize (text);
  return G_SOURCE_REMOVE;
}

static void
text_mapped_cb (GtkWidget *text)
{
  gtk_widget_add_tick_callback (text, text_laid_out_cb, NULL, NULL);
}

static void
chappe_composer_class_init (ChappeComposerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_composer_dispose;
  G_OBJECT_CLASS (klass)->finalize = chappe_composer_finalize;
  widget_class->grab_focus = chappe_composer_grab_focus;
  signals[SENT] = g_signal_new (
    "sent", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (GTK_SOURCE_TYPE_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-composer.ui");
  gtk_widget_class_bind_template_child (widget_class, ChappeComposer, attach_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeComposer, stack);
  gtk_widget_class_bind_template_child (widget_class, ChappeComposer, edit_revealer);
  gtk_widget_class_bind_template_child (widget_class, ChappeComposer, problem);
  gtk_widget_class_bind_template_child (widget_class, ChappeComposer, text_view);
  gtk_widget_class_bind_template_child (widget_class, ChappeComposer, placeholder);
  gtk_widget_class_bind_template_child (widget_class, ChappeComposer, send_button);
  gtk_widget_class_bind_template_child (widget_class, ChappeComposer, closed_reason);
  gtk_widget_class_bind_template_callback (widget_class, text_mapped_cb);
  gtk_widget_class_bind_template_callback (widget_class, send_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, cancel_edit_cb);
}

static void
chappe_composer_init (ChappeComposer *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->settings = g_settings_new ("im.chappe.Chappe");
  self->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->text_view));
  gtk_source_buffer_set_highlight_matching_brackets (GTK_SOURCE_BUFFER (self->buffer), FALSE);
  g_signal_connect_object (self->buffer,
                           "changed",
                           G_CALLBACK (buffer_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adw_style_manager_get_default (),
                           "notify::dark",
                           G_CALLBACK (style_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  style_changed_cb (self);
  setup_attachments (self);

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->text_view), keys);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (focus_left_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->text_view), focus);
}

GtkWidget *
chappe_composer_new (void)
{
  return g_object_new (CHAPPE_TYPE_COMPOSER, NULL);
}

/* An edit under way when the room was left. */
typedef struct
{
  char *event_id;
  char *txn_id;
  char *text;
} KeptEdit;

static void
kept_edit_free (gpointer data)
{
  KeptEdit *kept = data;

  g_free (kept->event_id);
  g_free (kept->txn_id);
  g_free (kept->text);
  g_free (kept);
}

static void
keep_edit (ChappeComposer *self)
{
  KeptEdit *kept;

  if (self->room == NULL || !is_editing (self))
    return;

  kept = g_new0 (KeptEdit, 1);
  kept->event_id = g_strdup (self->edited_event);
  kept->txn_id = g_strdup (self->edited_txn);
  kept->text = dup_text (self);
  g_object_set_data_full (G_OBJECT (self->room), "chappe-edit", kept, kept_edit_free);
}

static void
resume_edit (ChappeComposer *self)
{
  KeptEdit *kept = g_object_steal_data (G_OBJECT (self->room), "chappe-edit");

  if (kept == NULL)
    return;

  self->kept_draft = dup_text (self);
  g_set_str (&self->edited_event, kept->event_id);
  g_set_str (&self->edited_txn, kept->txn_id);
  set_text (self, kept->text);
  show_editing (self, TRUE);
  kept_edit_free (kept);
}

void
chappe_composer_set_room (ChappeComposer *self, MxRoom *room)
{
  g_autofree char *draft = NULL;

  g_return_if_fail (CHAPPE_IS_COMPOSER (self));

  if (self->room == room)
    return;

  if (self->room != NULL)
    mx_room_set_typing (self->room, FALSE);
  keep_edit (self);
  end_edit (self);
  save_draft (self);
  g_set_object (&self->room, room);
  chappe_attachments_set_room (self->attachments, room);
  draft = room != NULL ? mx_room_dup_draft (room) : NULL;
  set_text (self, draft);
  if (room != NULL)
    resume_edit (self);
  show_problem (self, NULL);
  if (room != NULL && !self->spelling_begun && self->spelling_id == 0)
    self->spelling_id =
      g_timeout_add_seconds_full (G_PRIORITY_LOW, SPELLING_DELAY_S, spelling_delay_cb, self, NULL);
  chappe_composer_update (self);
}

void
chappe_composer_update (ChappeComposer *self)
{
  const MxRoomRow *row = self->room != NULL ? mx_room_get_row (self->room) : NULL;
  const char *reason = NULL;

  if (row == NULL)
    return;

  if (row->membership != MX_MEMBERSHIP_JOIN)
    reason = _ ("You are no longer in this conversation.");
  else if (row->successor != NULL)
    reason = _ ("This room was replaced by another one.");
  else if (!mx_room_can (self->room, MX_PERMISSION_SEND))
    reason = _ ("You may read here, but not write.");

  gtk_label_set_text (self->placeholder,
                      row->is_encrypted ? _ ("Encrypted message") : _ ("Write a message"));
  gtk_label_set_text (self->closed_reason, reason != NULL ? reason : "");
  gtk_stack_set_visible_child_name (self->stack, reason != NULL ? "closed" : "write");
}

void
chappe_composer_edit (ChappeComposer *self, MxTimelineItem *item)
{
  MxContent *content = mx_timeline_item_get_content (item);

  g_return_if_fail (CHAPPE_IS_COMPOSER (self));

  if (content == NULL || mx_content_get_body (content) == NULL)
    return;

  if (!is_editing (self))
    {
      save_draft (self);
      self->kept_draft = dup_text (self);
    }
  g_set_str (&self->edited_event, mx_timeline_item_get_event_id (item));
  g_set_str (&self->edited_txn,
             self->edited_event == NULL ? mx_timeline_item_get_txn_id (item) : NULL);
  set_text (self, mx_content_get_body (content));
  show_editing (self, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

ChappeAttachments *
chappe_composer_get_attachments (ChappeComposer *self)
{
  return self->attachments;
}

gboolean
chappe_composer_has_focus (ChappeComposer *self)
{
  return gtk_widget_has_focus (GTK_WIDGET (self->text_view));
}

GtkWidget *
chappe_composer_get_text_view (ChappeComposer *self)
{
  return GTK_WIDGET (self->text_view);
}
