/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

#include "config.h"

#include "mx-timeline-item-private.h"

#include "mx-error.h"
#include "mx-timeline-shield.h"
#include "mx-timeline-text.h"

struct _MxTimelineItem
{
  GObject parent_instance;

  MxItemKind kind;
  MxRoom *room; /* borrowed: the timeline holds it */
  MxTimelineKey key;
  gint64 timestamp;

  MxEvent *event;
  MxContent *content;
  MxContent *pending_edit;
  GPtrArray *reactions;
  char *sender;
  GStrv receipts;
  MxTimelineItem *reply;

  MxDecryptionFailure failure;
  gint64 failed_since;
  char *session_id; /* Megolm session of an encrypted event */
  MxShield shield;
  MxShieldReason shield_reason;

  char *txn_id;
  MxSendState send_state;
  GError *error;

  gint64 gap_id;
  char *gap_token;
  MxGapState gap_state;

  MxTimelineItem *fold; /* borrowed */
  GListStore *children;

  guint own : 1;
  guint edited : 1;
  guint first_of_group : 1;
  guint last_of_group : 1;
  guint gap_backwards : 1;
  guint expanded : 1;
  guint shield_known : 1;
};

G_DEFINE_FINAL_TYPE (MxTimelineItem, mx_timeline_item, G_TYPE_OBJECT)

typedef enum
{
  PROP_KIND = 1,
  PROP_CONTENT,
  PROP_REACTIONS,
  PROP_EDITED,
  PROP_SEND_STATE,
  PROP_ERROR,
  PROP_GAP_STATE,
  PROP_FIRST_OF_GROUP,
  PROP_LAST_OF_GROUP,
  PROP_SENDER_NAME,
  PROP_REPLY,
  PROP_RECEIPTS,
  PROP_SUMMARY,
  PROP_EXPANDED,
  PROP_FAILURE,
  PROP_SHIELD,
} MxTimelineItemProperty;

static GParamSpec *properties[PROP_SHIELD + 1];

static void
notify (MxTimelineItem *self, MxTimelineItemProperty property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
mx_timeline_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  MxTimelineItem *self = MX_TIMELINE_ITEM (object);

  switch ((MxTimelineItemProperty) prop_id)
    {
    case PROP_KIND:
      g_value_set_enum (value, self->kind);
      break;
    case PROP_CONTENT:
      g_value_set_boxed (value, mx_timeline_item_get_content (self));
      break;
    case PROP_REACTIONS:
      g_value_set_boxed (value, self->reactions);
      break;
    case PROP_EDITED:
      g_value_set_boolean (value, mx_timeline_item_is_edited (self));
      break;
    case PROP_SEND_STATE:
      g_value_set_enum (value, self->send_state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_GAP_STATE:
      g_value_set_enum (value, self->gap_state);
      break;
    case PROP_FIRST_OF_GROUP:
      g_value_set_boolean (value, self->first_of_group);
      break;
    case PROP_LAST_OF_GROUP:
      g_value_set_boolean (value, self->last_of_group);
      break;
    case PROP_SENDER_NAME:
      g_value_set_string (value, mx_timeline_item_get_sender_name (self));
      break;
    case PROP_REPLY:
      g_value_set_object (value, self->reply);
      break;
    case PROP_RECEIPTS:
      g_value_set_boxed (value, self->receipts);
      break;
    case PROP_SUMMARY:
      g_value_take_string (value, mx_timeline_item_dup_summary (self));
      break;
    case PROP_EXPANDED:
      g_value_set_boolean (value, self->expanded);
      break;
    case PROP_FAILURE:
      g_value_set_enum (value, (int) mx_timeline_item_get_failure (self));
      break;
    case PROP_SHIELD:
      g_value_set_enum (value, (int) mx_timeline_item_get_shield (self, NULL));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
mx_timeline_item_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  MxTimelineItem *self = MX_TIMELINE_ITEM (object);

  if (prop_id == PROP_EXPANDED)
    mx_timeline_item_set_expanded (self, g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
release_children (MxTimelineItem *self)
{
  for (guint i = 0;
       self->children != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (self->children));
       i++)
    {
      g_autoptr (MxTimelineItem) child = g_list_model_get_item (G_LIST_MODEL (self->children), i);

      if (child->fold == self)
        child->fold = NULL;
    }
}

static void
mx_timeline_item_finalize (GObject *object)
{
  MxTimelineItem *self = MX_TIMELINE_ITEM (object);

  release_children (self);
  g_clear_pointer (&self->event, mx_event_unref);
  g_clear_pointer (&self->content, mx_content_unref);
  g_clear_pointer (&self->pending_edit, mx_content_unref);
  g_clear_pointer (&self->reactions, g_ptr_array_unref);
  g_clear_pointer (&self->receipts, g_strfreev);
  g_clear_object (&self->reply);
  g_clear_object (&self->children);
  g_clear_error (&self->error);
  g_free (self->sender);
  g_free (self->txn_id);
  g_free (self->gap_token);
  g_free (self->session_id);
  G_OBJECT_CLASS (mx_timeline_item_parent_class)->finalize (object);
}

static void
mx_timeline_item_class_init (MxTimelineItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mx_timeline_item_get_property;
  object_class->set_property = mx_timeline_item_set_property;
  object_class->finalize = mx_timeline_item_finalize;

  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, mx_item_kind_get_type (), MX_ITEM_MESSAGE, flags);
  properties[PROP_CONTENT] = g_param_spec_boxed ("content", NULL, NULL, MX_TYPE_CONTENT, flags);
  properties[PROP_REACTIONS] =
    g_param_spec_boxed ("reactions", NULL, NULL, G_TYPE_PTR_ARRAY, flags);
  properties[PROP_EDITED] = g_param_spec_boolean ("edited", NULL, NULL, FALSE, flags);
  properties[PROP_SEND_STATE] =
    g_param_spec_enum ("send-state", NULL, NULL, mx_send_state_get_type (), MX_SEND_NONE, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_GAP_STATE] =
    g_param_spec_enum ("gap-state", NULL, NULL, mx_gap_state_get_type (), MX_GAP_IDLE, flags);
  properties[PROP_FIRST_OF_GROUP] =
    g_param_spec_boolean ("first-of-group", NULL, NULL, FALSE, flags);
  properties[PROP_LAST_OF_GROUP] = g_param_spec_boolean ("last-of-group", NULL, NULL, FALSE, flags);
  properties[PROP_SENDER_NAME] = g_param_spec_string ("sender-name", NULL, NULL, NULL, flags);
  properties[PROP_REPLY] = g_param_spec_object ("reply", NULL, NULL, MX_TYPE_TIMELINE_ITEM, flags);
  properties[PROP_RECEIPTS] = g_param_spec_boxed ("receipts", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_SUMMARY] = g_param_spec_string ("summary", NULL, NULL, NULL, flags);
  properties[PROP_EXPANDED] =
    g_param_spec_boolean ("expanded",
                          NULL,
                          NULL,
                          FALSE,
                          flags | G_PARAM_WRITABLE | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_FAILURE] = g_param_spec_enum ("failure",
                                                NULL,
                                                NULL,
                                                mx_decryption_failure_get_type (),
                                                MX_DECRYPTION_OK,
                                                flags);
  properties[PROP_SHIELD] =
    g_param_spec_enum ("shield", NULL, NULL, mx_shield_get_type (), MX_SHIELD_NONE, flags);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
mx_timeline_item_init (MxTimelineItem *self)
{
  self->receipts = g_new0 (char *, 1);
}

MxTimelineItem *
mx_timeline_item_new (MxItemKind kind, MxRoom *room)
{
  MxTimelineItem *self = g_object_new (MX_TYPE_TIMELINE_ITEM, NULL);

  self->kind = kind;
  self->room = room;

  return self;
}

MxTimelineItem *
mx_timeline_item_new_day (MxRoom *room, gint64 timestamp)
{
  MxTimelineItem *self = mx_timeline_item_new (MX_ITEM_DAY, room);

  self->timestamp = timestamp;

  return self;
}

static gboolean
is_own_sender (MxTimelineItem *self)
{
  MxSession *session = mx_room_get_session (self->room);

  return session != NULL && g_strcmp0 (self->sender, mx_session_get_user_id (session)) == 0;
}

static void
take_gap (MxTimelineItem *self, const MxTimelineRow *row)
{
  self->gap_id = row->gap_id;
  self->gap_backwards = row->gap_backwards;

  if (g_set_str (&self->gap_token, row->gap_token))
    mx_timeline_item_set_gap_state (self, MX_GAP_IDLE, NULL);
}

void
mx_timeline_item_take_row (MxTimelineItem *self, const MxTimelineRow *row)
{
  gboolean same = self->event == row->event && row->edit == NULL && !self->edited;

  self->key = row->key;

  if (row->kind == MX_TIMELINE_ROW_GAP)
    {
      take_gap (self, row);
      return;
    }

  g_clear_pointer (&self->content, mx_content_unref);
  if (row->edit != NULL && row->redacted_by == NULL)
    self->content = mx_content_new_edited (row->event, row->edit);
  self->edited = self->content != NULL;
  if (self->content == NULL)
    self->content = mx_content_new (row->event);

  if (row->event != self->event)
    {
      g_clear_pointer (&self->event, mx_event_unref);
      self->event = mx_event_ref (row->event);
    }
  g_set_str (&self->sender, mx_event_get_sender (row->event));
  self->failure = row->redacted_by == NULL ? row->failure : MX_DECRYPTION_OK;
  self->failed_since = row->failed_ms;
  g_set_str (&self->session_id, row->session_id);
  self->shield_known = FALSE;
  self->timestamp = mx_event_get_timestamp (row->event);
  self->own = is_own_sender (self);

  g_clear_pointer (&self->reactions, g_ptr_array_unref);
  if (row->reactions != NULL)
    self->reactions = g_ptr_array_ref (row->reactions);

  g_object_freeze_notify (G_OBJECT (self));
  if (!same)
    notify (self, PROP_CONTENT);
  notify (self, PROP_EDITED);
  notify (self, PROP_REACTIONS);
  notify (self, PROP_FAILURE);
  notify (self, PROP_SHIELD);
  if (self->pending_edit == NULL && self->send_state != MX_SEND_NONE)
    {
      g_clear_pointer (&self->txn_id, g_free);
      self->send_state = MX_SEND_NONE;
      g_clear_error (&self->error);
      notify (self, PROP_SEND_STATE);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static MxSendState
send_state_of (MxOutboxState state)
{
  switch (state)
    {
    case MX_OUTBOX_WAITING:
      return MX_SEND_WAITING;
    case MX_OUTBOX_SENDING:
      return MX_SEND_SENDING;
    case MX_OUTBOX_FAILED:
      return MX_SEND_FAILED;
    case MX_OUTBOX_SENT:
      return MX_SEND_SENT;
    default:
      g_return_val_if_reached (MX_SEND_WAITING);
    }
}

static void
take_failure (MxTimelineItem *self, const MxOutboxRow *row)
{
  g_clear_error (&self->error);
  if (row->state == MX_OUTBOX_FAILED && row->error_domain != NULL)
    self->error = mx_error_new_stored (row->error_domain, row->error_code, "not sent");
}

/* The content of an outbox entry: for an edit, what it makes of its target. */
static MxContent *
outbox_content (const MxOutboxRow *row, gboolean edit)
{
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (row->content, -1, NULL);
  MxJson content;

  if (document == NULL)
    return NULL;

  content = mx_json_document_root (document);
  if (edit)
    content = mx_json_get (content, "m.new_content");

  return mx_content_new_local (row->event_type, content);
}

void
mx_timeline_item_take_outbox (MxTimelineItem *self, const MxOutboxRow *row)
{
  MxSession *session = mx_room_get_session (self->room);

  g_set_str (&self->txn_id, row->txn_id);
  g_set_str (&self->sender, session != NULL ? mx_session_get_user_id (session) : NULL);
  self->own = TRUE;
  self->timestamp = row->created_ms;
  g_clear_pointer (&self->content, mx_content_unref);
  self->content = outbox_content (row, FALSE);
  self->send_state = send_state_of (row->state);
  take_failure (self, row);

  g_object_freeze_notify (G_OBJECT (self));
  notify (self, PROP_CONTENT);
  notify (self, PROP_SEND_STATE);
  notify (self, PROP_ERROR);
  g_object_thaw_notify (G_OBJECT (self));
}

void
mx_timeline_item_set_pending_edit (MxTimelineItem *self, const MxOutboxRow *row)
{
  if (row == NULL && self->pending_edit == NULL)
    return;

  g_clear_pointer (&self->pending_edit, mx_content_unref);
  g_clear_error (&self->error);
  self->send_state = MX_SEND_NONE;
  g_set_str (&self->txn_id, row != NULL ? row->txn_id : NULL);
  if (row != NULL)
    {
      self->pending_edit = outbox_content (row, TRUE);
      self->send_state = send_state_of (row->state);
      take_failure (self, row);
    }

  g_object_freeze_notify (G_OBJECT (self));
  notify (self, PROP_CONTENT);
  notify (self, PROP_EDITED);
  notify (self, PROP_SEND_STATE);
  notify (self, PROP_ERROR);
  g_object_thaw_notify (G_OBJECT (self));
}

const MxTimelineKey *
mx_timeline_item_get_key (MxTimelineItem *self)
{
  return &self->key;
}

gint64
mx_timeline_item_get_gap_id (MxTimelineItem *self)
{
  return self->gap_id;
}

const char *
mx_timeline_item_get_gap_token (MxTimelineItem *self)
{
  return self->gap_token;
}

gboolean
mx_timeline_item_gap_is_backwards (MxTimelineItem *self)
{
  return self->gap_backwards;
}

void
mx_timeline_item_set_gap_state (MxTimelineItem *self, MxGapState state, const GError *error)
{
  if (self->gap_state == state && error == NULL)
    return;

  self->gap_state = state;
  g_clear_error (&self->error);
  if (error != NULL)
    self->error = g_error_copy (error);

  notify (self, PROP_ERROR);
  notify (self, PROP_GAP_STATE);
}

void
mx_timeline_item_set_group (MxTimelineItem *self, gboolean first, gboolean last)
{
  if (self->first_of_group != (guint) !!first)
    {
      self->first_of_group = !!first;
      notify (self, PROP_FIRST_OF_GROUP);
    }
  if (self->last_of_group != (guint) !!last)
    {
      self->last_of_group = !!last;
      notify (self, PROP_LAST_OF_GROUP);
    }
}

void
mx_timeline_item_set_reply (MxTimelineItem *self, MxTimelineItem *reply)
{
  if (g_set_object (&self->reply, reply))
    notify (self, PROP_REPLY);
}

void
mx_timeline_item_set_receipts (MxTimelineItem *self, GPtrArray *receipts)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;

  for (guint i = 0; receipts != NULL && i < receipts->len; i++)
    {
      const MxReceipt *receipt = g_ptr_array_index (receipts, i);

      g_strv_builder_add (builder, receipt->user_id);
    }

  ids = g_strv_builder_end (builder);
  if (g_strv_equal ((const char *const *) ids, (const char *const *) self->receipts))
    return;

  g_strfreev (self->receipts);
  self->receipts = g_steal_pointer (&ids);
  notify (self, PROP_RECEIPTS);
}

void
mx_timeline_item_names_changed (MxTimelineItem *self)
{
  notify (self, PROP_SENDER_NAME);
  if (self->reply != NULL)
    notify (self, PROP_REPLY);
  if (self->kind == MX_ITEM_STATE)
    notify (self, PROP_SUMMARY);
}

gboolean
mx_timeline_item_is_folded_kind (MxTimelineItem *self)
{
  if (self->content == NULL || self->event == NULL)
    return FALSE;

  switch (mx_content_get_kind (self->content))
    {
    case MX_CONTENT_MEMBER:
    case MX_CONTENT_STATE:
    case MX_CONTENT_CREATE:
    case MX_CONTENT_TOMBSTONE:
      return TRUE;
    default:
      return mx_event_get_state_key (self->event) != NULL;
    }
}

MxTimelineItem *
mx_timeline_item_get_fold (MxTimelineItem *self)
{
  return self->fold;
}

static gboolean
has_children (MxTimelineItem *self, GPtrArray *children)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->children)) != children->len)
    return FALSE;

  for (guint i = 0; i < children->len; i++)
    {
      g_autoptr (MxTimelineItem) child = g_list_model_get_item (G_LIST_MODEL (self->children), i);

      if (child != g_ptr_array_index (children, i))
        return FALSE;
    }

  return TRUE;
}

void
mx_timeline_item_set_children (MxTimelineItem *self, GPtrArray *children)
{
  MxTimelineItem *first = g_ptr_array_index (children, 0);

  if (self->children == NULL)
    self->children = g_list_store_new (MX_TYPE_TIMELINE_ITEM);

  self->timestamp = first->timestamp;
  self->key = first->key;
  if (!has_children (self, children))
    {
      release_children (self);
      g_list_store_splice (self->children,
                           0,
                           g_list_model_get_n_items (G_LIST_MODEL (self->children)),
                           children->pdata,
                           children->len);
    }
  for (guint i = 0; i < children->len; i++)
    ((MxTimelineItem *) g_ptr_array_index (children, i))->fold = self;

  notify (self, PROP_SUMMARY);
}

MxItemKind
mx_timeline_item_get_kind (MxTimelineItem *self)
{
  g_return_val_if_fail (MX_IS_TIMELINE_ITEM (self), MX_ITEM_FOOTER);

  return self->kind;
}

const char *
mx_timeline_item_get_event_id (MxTimelineItem *self)
{
  return self->event != NULL ? mx_event_get_id (self->event) : NULL;
}

const char *
mx_timeline_item_get_txn_id (MxTimelineItem *self)
{
  return self->txn_id;
}

const char *
mx_timeline_item_get_sender (MxTimelineItem *self)
{
  return self->sender;
}

const char *
mx_timeline_item_get_sender_name (MxTimelineItem *self)
{
  return self->sender != NULL ? mx_room_get_member_name (self->room, self->sender) : NULL;
}

const char *
mx_timeline_item_get_sender_avatar (MxTimelineItem *self)
{
  return self->sender != NULL ? mx_room_get_member_avatar (self->room, self->sender) : NULL;
}

gboolean
mx_timeline_item_is_own (MxTimelineItem *self)
{
  return self->own;
}

gint64
mx_timeline_item_get_timestamp (MxTimelineItem *self)
{
  return self->timestamp;
}

MxContent *
mx_timeline_item_get_content (MxTimelineItem *self)
{
  return self->pending_edit != NULL ? self->pending_edit : self->content;
}

MxEvent *
mx_timeline_item_get_event (MxTimelineItem *self)
{
  return self->event;
}

gboolean
mx_timeline_item_is_edited (MxTimelineItem *self)
{
  return self->edited || self->pending_edit != NULL;
}

GPtrArray *
mx_timeline_item_get_reactions (MxTimelineItem *self)
{
  return self->reactions;
}

MxSendState
mx_timeline_item_get_send_state (MxTimelineItem *self)
{
  return self->send_state;
}

const GError *
mx_timeline_item_get_error (MxTimelineItem *self)
{
  return self->error;
}

MxGapState
mx_timeline_item_get_gap_state (MxTimelineItem *self)
{
  return self->gap_state;
}

gboolean
mx_timeline_item_is_first_of_group (MxTimelineItem *self)
{
  return self->first_of_group;
}

gboolean
mx_timeline_item_is_last_of_group (MxTimelineItem *self)
{
  return self->last_of_group;
}

const char *
mx_timeline_item_get_reply_id (MxTimelineItem *self)
{
  return self->event != NULL ? mx_event_get_reply_target (self->event) : NULL;
}

MxTimelineItem *
mx_timeline_item_get_reply (MxTimelineItem *self)
{
  return self->reply;
}

GListModel *
mx_timeline_item_get_events (MxTimelineItem *self)
{
  return G_LIST_MODEL (self->children);
}

const char *const *
mx_timeline_item_get_receipts (MxTimelineItem *self)
{
  return (const char *const *) self->receipts;
}

gboolean
mx_timeline_item_is_expanded (MxTimelineItem *self)
{
  return self->expanded;
}

void
mx_timeline_item_set_expanded (MxTimelineItem *self, gboolean expanded)
{
  if (self->expanded == (guint) !!expanded)
    return;

  self->expanded = !!expanded;
  notify (self, PROP_EXPANDED);
}

void
mx_timeline_item_trust_changed (MxTimelineItem *self)
{
  self->shield_known = FALSE;
  notify (self, PROP_SHIELD);
}

MxDecryptionFailure
mx_timeline_item_get_failure (MxTimelineItem *self)
{
  return mx_timeline_shield_explain (self->room, self->failure);
}

gint64
mx_timeline_item_get_failed_since (MxTimelineItem *self)
{
  return self->failed_since;
}

gboolean
mx_timeline_item_is_encrypted (MxTimelineItem *self)
{
  return self->event != NULL &&
         g_str_equal (mx_event_get_wire_type (self->event), "m.room.encrypted");
}

MxShield
mx_timeline_item_get_shield (MxTimelineItem *self, MxShieldReason *reason)
{
  if (!self->shield_known)
    {
      self->shield = mx_timeline_shield_find (self->room,
                                              self->event,
                                              self->failure,
                                              self->session_id,
                                              &self->shield_reason);
      self->shield_known = TRUE;
    }
  if (reason != NULL)
    *reason = self->shield_reason;

  return self->shield;
}

MxRoom *
mx_timeline_item_get_room (MxTimelineItem *self)
{
  return self->room;
}

const char *
mx_timeline_item_get_session_id (MxTimelineItem *self)
{
  return self->session_id;
}

char *
mx_timeline_item_dup_summary (MxTimelineItem *self)
{
  return mx_timeline_text_summary (self, self->room);
}

char *
mx_timeline_item_dup_accessible_text (MxTimelineItem *self, const char *said)
{
  return mx_timeline_text_accessible (self, self->room, said);
}
