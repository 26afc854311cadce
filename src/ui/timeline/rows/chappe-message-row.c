/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "chappe-message-row.h"

#include "chappe-avatar.h"
#include "chappe-media-view.h"
#include "chappe-reaction-bar.h"
#include "chappe-reply-quote.h"
#include "chappe-rich-text-view.h"
#include "chappe-send-failure.h"
#include "chappe-shield-mark.h"
#include "chappe-time-text.h"
#include "chappe-tooltip.h"
#include "chappe-unreadable-note.h"
#include "chappe-upload-bar.h"
#include "chappe-verification-note.h"

#include <glib/gi18n.h>

struct _ChappeMessageRow
{
  GtkBox parent_instance;

  GtkWidget *avatar_space;
  ChappeAvatar *avatar;
  GtkWidget *column;
  GtkWidget *header;
  GtkLabel *sender;
  GtkLabel *time;
  GtkWidget *bubble;
  GtkWidget *reply;
  GtkWidget *media; /* these and what follows them: made when first needed */
  GtkWidget *upload;
  GtkWidget *unreadable;
  GtkWidget *verification;
  GtkWidget *note_box;
  GtkImage *note_icon;
  GtkLabel *note;
  ChappeRichTextView *text;
  GtkWidget *reactions;
  GtkWidget *footer;
  GtkWidget *edited;
  GtkImage *state_icon;
  GtkLabel *receipts;
  GtkWidget *failure;
  GtkWidget *shield;

  MxTimelineItem *item;
  MxRoom *room;
  GSignalGroup *signals;
  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (ChappeMessageRow, chappe_message_row, GTK_TYPE_BOX)

static void
set_class (GtkWidget *widget, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static void
update_group (ChappeMessageRow *self)
{
  gboolean own = mx_timeline_item_is_own (self->item);
  gboolean first = mx_timeline_item_is_first_of_group (self->item);
  gboolean compact = g_settings_get_enum (self->settings, "message-layout") == 1;
  gboolean at_end = own && !compact;
  GtkAlign side = at_end ? GTK_ALIGN_END : GTK_ALIGN_START;
  g_autofree char *clock = chappe_time_text_clock (mx_timeline_item_get_timestamp (self->item));
  g_autofree char *full = chappe_time_text_full (mx_timeline_item_get_timestamp (self->item));

  gtk_widget_set_visible (self->avatar_space, !at_end);
  gtk_widget_set_visible (GTK_WIDGET (self->avatar), first);
  gtk_widget_set_visible (self->header, first);
  gtk_widget_set_visible (GTK_WIDGET (self->sender), !at_end);
  gtk_widget_set_halign (self->header, side);
  gtk_widget_set_halign (self->bubble, side);
  if (self->reactions != NULL)
    gtk_widget_set_halign (self->reactions, side);
  gtk_widget_set_halign (self->footer, side);
  gtk_label_set_text (self->sender, mx_timeline_item_get_sender_name (self->item));
  gtk_label_set_text (self->time, clock);
  chappe_tooltip_set (GTK_WIDGET (self->time), full);
  set_class (GTK_WIDGET (self), "own", own);
  set_class (GTK_WIDGET (self), "compact", compact);
  set_class (GTK_WIDGET (self), "first", first);
  set_class (GTK_WIDGET (self), "last", mx_timeline_item_is_last_of_group (self->item));

  if (!at_end && first)
    chappe_avatar_set (self->avatar,
                       mx_room_get_session (self->room),
                       mx_timeline_item_get_sender_avatar (self->item),
                       mx_timeline_item_get_sender_name (self->item));
}

/* What is not the sender's own words looks different from what people can type. */
static void
show_note (ChappeMessageRow *self, const char *icon, const char *text)
{
  gtk_image_set_from_icon_name (self->note_icon, icon);
  gtk_label_set_text (self->note, text);
  gtk_widget_set_visible (self->note_box, TRUE);
}

/* FALSE: there is nothing to be seen in it. */
static gboolean
show_text (ChappeMessageRow *self, MxContent *content)
{
  g_autoptr (MxRichText) text = mx_content_dup_rich_text (content, NULL);
  g_autofree char *prefix =
    mx_content_get_kind (content) == MX_CONTENT_EMOTE
      ? g_strdup_printf ("* %s", mx_timeline_item_get_sender_name (self->item))
      : NULL;

  if (mx_rich_text_get_blocks (text)->len == 0)
    return FALSE;
  chappe_rich_text_view_set (self->text, text, prefix);
  gtk_widget_set_visible (GTK_WIDGET (self->text), TRUE);

  return TRUE;
}

static void
show_media (ChappeMessageRow *self, MxContent *content)
{
  if (self->media == NULL)
    {
      self->media = chappe_media_view_new ();
      gtk_box_insert_child_after (GTK_BOX (self->bubble), self->media, self->reply);
    }
  chappe_media_view_set (CHAPPE_MEDIA_VIEW (self->media),
                         content,
                         mx_room_get_session (self->room));
  gtk_widget_set_visible (self->media, TRUE);
}

/* A file that is not sent yet. */
static void
update_upload (ChappeMessageRow *self)
{
  MxSendState state = mx_timeline_item_get_send_state (self->item);
  MxContent *content = mx_timeline_item_get_content (self->item);
  gboolean under_way = (state == MX_SEND_WAITING || state == MX_SEND_SENDING) && content != NULL &&
                       mx_content_get_media (content) != NULL;

  if (under_way && self->upload == NULL)
    {
      self->upload = chappe_upload_bar_new ();
      gtk_box_append (GTK_BOX (self->bubble), self->upload);
    }
  if (self->upload != NULL)
    chappe_upload_bar_follow (CHAPPE_UPLOAD_BAR (self->upload),
                              self->room,
                              under_way ? mx_timeline_item_get_txn_id (self->item) : NULL);
}

static void
show_unreadable (ChappeMessageRow *self)
{
  if (self->unreadable == NULL)
    {
      self->unreadable = chappe_unreadable_note_new ();
      gtk_box_append (GTK_BOX (self->bubble), self->unreadable);
    }
  chappe_unreadable_note_show (CHAPPE_UNREADABLE_NOTE (self->unreadable),
                               mx_timeline_item_get_failure (self->item),
                               mx_timeline_item_get_failed_since (self->item),
                               mx_timeline_item_get_event_id (self->item));
  gtk_widget_set_visible (self->unreadable, TRUE);
}

static void
show_verification (ChappeMessageRow *self)
{
  if (self->verification == NULL)
    {
      self->verification = chappe_verification_note_new ();
      gtk_box_append (GTK_BOX (self->bubble), self->verification);
    }
  chappe_verification_note_set_item (CHAPPE_VERIFICATION_NOTE (self->verification), self->item);
  gtk_widget_set_visible (self->verification, TRUE);
}

/* A mark without a word stands beside the time where there is one: alone below a message it would
 * seem to belong to the next. */
static void
place_shield (ChappeMessageRow *self, MxShield shield)
{
  gboolean beside_time = shield == MX_SHIELD_GREY && gtk_widget_get_visible (self->header);
  GtkWidget *place = beside_time ? self->header : self->footer;

  if (gtk_widget_get_parent (self->shield) == place)
    return;
  g_object_ref (self->shield);
  gtk_box_remove (GTK_BOX (gtk_widget_get_parent (self->shield)), self->shield);
  gtk_box_insert_child_after (GTK_BOX (place),
                              self->shield,
                              beside_time ? GTK_WIDGET (self->sender) : NULL);
  g_object_unref (self->shield);
}

static void
update_shield (ChappeMessageRow *self)
{
  MxShieldReason reason = MX_SHIELD_REASON_NONE;
  MxShield shield = mx_timeline_item_get_shield (self->item, &reason);

  if (shield != MX_SHIELD_NONE && self->shield == NULL)
    {
      self->shield = chappe_shield_mark_new ();
      gtk_box_prepend (GTK_BOX (self->footer), self->shield);
    }
  if (self->shield == NULL)
    return;
  if (shield != MX_SHIELD_NONE)
    place_shield (self, shield);
  chappe_shield_mark_show (CHAPPE_SHIELD_MARK (self->shield), shield, reason);
}

/* Parts are hidden when something else is shown in their place, never to be shown again at once: a
 * widget that disappears and comes back is styled and measured anew. */
static void
hide_unless (gboolean shown, gpointer part)
{
  if (part != NULL && !shown)
    gtk_widget_set_visible (part, FALSE);
}

static void
update_content (ChappeMessageRow *self)
{
  MxContent *content = mx_timeline_item_get_content (self->item);
  MxContentKind kind = content != NULL ? mx_content_get_kind (content) : MX_CONTENT_UNKNOWN;
  g_autofree char *summary = mx_timeline_item_dup_summary (self->item);
  gboolean words = FALSE;
  gboolean media = FALSE;
  gboolean note = FALSE;

  gtk_widget_set_visible (self->edited,
                          mx_timeline_item_is_edited (self->item) && kind != MX_CONTENT_REDACTED);

  switch (kind)
    {
    case MX_CONTENT_TEXT:
    case MX_CONTENT_NOTICE:
    case MX_CONTENT_EMOTE:
      words = show_text (self, content);
      note = !words;
      if (note)
        show_note (self, "dialog-information-symbolic", _ ("Empty message"));
      break;
    case MX_CONTENT_IMAGE:
    case MX_CONTENT_STICKER:
    case MX_CONTENT_FILE:
    case MX_CONTENT_AUDIO:
    case MX_CONTENT_VOICE:
    case MX_CONTENT_VIDEO:
      media = TRUE;
      show_media (self, content);
      words = mx_content_has_caption (content) && show_text (self, content);
      break;
    case MX_CONTENT_REDACTED:
      note = TRUE;
      show_note (self, "user-trash-symbolic", _ ("Message deleted"));
      break;
    case MX_CONTENT_ENCRYPTED:
      show_unreadable (self);
      break;
    case MX_CONTENT_VERIFICATION:
      show_verification (self);
      break;
    case MX_CONTENT_LOCATION:
      note = TRUE;
      show_note (self, "mark-location-symbolic", summary);
      break;
    case MX_CONTENT_POLL:
      note = TRUE;
      show_note (self, "view-list-bullet-symbolic", summary);
      break;
    case MX_CONTENT_CALL:
      note = TRUE;
      show_note (self, "call-start-symbolic", summary);
      break;
    default:
      note = TRUE;
      show_note (self, "dialog-information-symbolic", summary);
    }

  hide_unless (words, self->text);
  hide_unless (media, self->media);
  hide_unless (note, self->note_box);
  hide_unless (kind == MX_CONTENT_ENCRYPTED, self->unreadable);
  hide_unless (kind == MX_CONTENT_VERIFICATION, self->verification);
  if (kind != MX_CONTENT_VERIFICATION && self->verification != NULL)
    chappe_verification_note_set_item (CHAPPE_VERIFICATION_NOTE (self->verification), NULL);
  set_class (self->bubble, "notice", kind == MX_CONTENT_NOTICE);
  set_class (self->bubble,
             "unusual",
             !words && (kind == MX_CONTENT_ENCRYPTED || kind == MX_CONTENT_VERIFICATION || note));
  set_class (self->bubble,
             "picture",
             media && chappe_media_view_shows_picture (CHAPPE_MEDIA_VIEW (self->media)));
  update_upload (self);
}

static void
update_reply (ChappeMessageRow *self)
{
  gboolean answers = mx_timeline_item_get_reply_id (self->item) != NULL;

  if (answers && self->reply == NULL)
    {
      self->reply = chappe_reply_quote_new ();
      gtk_box_prepend (GTK_BOX (self->bubble), self->reply);
    }
  if (answers)
    chappe_reply_quote_set (CHAPPE_REPLY_QUOTE (self->reply), self->item);
  if (self->reply != NULL)
    gtk_widget_set_visible (self->reply, answers);
}

static void
update_reactions (ChappeMessageRow *self)
{
  GPtrArray *reactions = mx_timeline_item_get_reactions (self->item);

  if (reactions != NULL && self->reactions == NULL)
    {
      self->reactions = chappe_reaction_bar_new ();
      gtk_widget_set_halign (self->reactions, gtk_widget_get_halign (self->bubble));
      gtk_box_insert_child_after (GTK_BOX (self->column), self->reactions, self->bubble);
    }
  if (self->reactions != NULL)
    chappe_reaction_bar_set (CHAPPE_REACTION_BAR (self->reactions), reactions, self->room);
}

static void
update_failure (ChappeMessageRow *self)
{
  gboolean failed = mx_timeline_item_get_send_state (self->item) == MX_SEND_FAILED;

  if (failed && self->failure == NULL)
    {
      self->failure = chappe_send_failure_new ();
      gtk_box_append (GTK_BOX (self->column), self->failure);
    }
  if (failed)
    chappe_send_failure_set (CHAPPE_SEND_FAILURE (self->failure), self->item);
  if (self->failure != NULL)
    gtk_widget_set_visible (self->failure, failed);
}

static void
update_state (ChappeMessageRow *self)
{
  const char *icon = NULL;
  const char *text = NULL;

  switch (mx_timeline_item_get_send_state (self->item))
    {
    case MX_SEND_WAITING:
      icon = "content-loading-symbolic";
      text = _ ("Waiting to be sent");
      break;
    case MX_SEND_SENDING:
      icon = "content-loading-symbolic";
      text = _ ("Sending");
      break;
    case MX_SEND_SENT:
      icon = "object-select-symbolic";
      text = _ ("Sent");
      break;
    case MX_SEND_FAILED:
    case MX_SEND_NONE:
    default:
      break;
    }

  gtk_image_set_from_icon_name (self->state_icon, icon);
  chappe_tooltip_set (GTK_WIDGET (self->state_icon), text);
  gtk_widget_set_visible (GTK_WIDGET (self->state_icon), icon != NULL);
  set_class (self->bubble,
             "pending",
             icon != NULL && mx_timeline_item_get_send_state (self->item) != MX_SEND_SENT);
  update_failure (self);
  update_upload (self);
}

static void
update_receipts (ChappeMessageRow *self)
{
  const char *const *readers = mx_timeline_item_get_receipts (self->item);
  unsigned n = g_strv_length ((char **) readers);
  g_autofree char *text = NULL;

  if (n == 1)
    text = g_strdup_printf (_ ("Read by %s"), mx_room_get_member_name (self->room, readers[0]));
  else if (n > 1)
    text = g_strdup_printf (ngettext ("Read by %u person", "Read by %u people", n), n);

  gtk_label_set_text (self->receipts, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->receipts),
                          n > 0 && mx_timeline_item_is_own (self->item));
}

static void
update_all (ChappeMessageRow *self)
{
  update_group (self);
  update_content (self);
  update_reply (self);
  update_reactions (self);
  update_state (self);
  update_receipts (self);
  update_shield (self);
}

static void
layout_changed_cb (ChappeMessageRow *self)
{
  if (self->item == NULL)
    return;
  update_group (self);
  update_shield (self);
}

static void
chappe_message_row_dispose (GObject *object)
{
  ChappeMessageRow *self = CHAPPE_MESSAGE_ROW (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->item);
  g_clear_object (&self->room);
  g_clear_object (&self->settings);
  gtk_widget_dispose_template (GTK_WIDGET (self), CHAPPE_TYPE_MESSAGE_ROW);

  G_OBJECT_CLASS (chappe_message_row_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, avatar_space);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, avatar);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, column);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, header);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, sender);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, time);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, bubble);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, note_box);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, note_icon);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, note);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, text);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, footer);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, edited);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, ChappeMessageRow, receipts);
}

static void
chappe_message_row_class_init (ChappeMessageRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = chappe_message_row_dispose;
  g_type_ensure (CHAPPE_TYPE_AVATAR);
  g_type_ensure (CHAPPE_TYPE_RICH_TEXT_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/im/chappe/Chappe/ui/chappe-message-row.ui");
  bind_children (widget_class);
}

static void
chappe_message_row_init (ChappeMessageRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->settings = g_settings_new ("im.chappe.Chappe");
  g_signal_connect_object (self->settings,
                           "changed::message-layout",
                           G_CALLBACK (layout_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);

  self->signals = g_signal_group_new (MX_TYPE_TIMELINE_ITEM);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::content",
                                  G_CALLBACK (update_content),
                                  self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::edited",
                                  G_CALLBACK (update_content),
                                  self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::failure",
                                  G_CALLBACK (update_content),
                                  self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::shield",
                                  G_CALLBACK (update_shield),
                                  self);
  g_signal_group_connect_swapped (self->signals, "notify::reply", G_CALLBACK (update_reply), self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::reactions",
                                  G_CALLBACK (update_reactions),
                                  self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::send-state",
                                  G_CALLBACK (update_state),
                                  self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::receipts",
                                  G_CALLBACK (update_receipts),
                                  self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::first-of-group",
                                  G_CALLBACK (layout_changed_cb),
                                  self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::last-of-group",
                                  G_CALLBACK (update_group),
                                  self);
  g_signal_group_connect_swapped (self->signals,
                                  "notify::sender-name",
                                  G_CALLBACK (update_group),
                                  self);
}

GtkWidget *
chappe_message_row_new (void)
{
  return g_object_new (CHAPPE_TYPE_MESSAGE_ROW, NULL);
}

void
chappe_message_row_set_item (ChappeMessageRow *self, MxTimelineItem *item, MxRoom *room)
{
  g_return_if_fail (CHAPPE_IS_MESSAGE_ROW (self));

  g_set_object (&self->room, room);
  if (!g_set_object (&self->item, item))
    return;

  g_signal_group_set_target (self->signals, item);
  if (item == NULL && self->verification != NULL)
    chappe_verification_note_set_item (CHAPPE_VERIFICATION_NOTE (self->verification), NULL);
  if (item != NULL)
    update_all (self);
}
