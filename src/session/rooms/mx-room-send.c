/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a room lets the user send: checked, composed, handed to the queue. Main thread. */
#include "config.h"

#include "mx-room-private.h"

#include <string.h>

#include "mx-error.h"
#include "mx-json.h"
#include "mx-message.h"
#include "mx-room-encrypter.h"
#include "mx-send-queue.h"
#include "mx-store-timeline.h"

#define MESSAGE "m.room.message"

static MxSendQueue *
get_queue (MxRoom *self, GError **error)
{
  MxSendQueue *queue = self->session != NULL ? mx_session_get_send_queue (self->session) : NULL;

  if (queue == NULL)
    g_set_error_literal (error,
                         MX_SESSION_ERROR,
                         MX_SESSION_ERROR_SIGNED_OUT,
                         "The session is not open");

  return queue;
}

/* The queue, if the user may send here; NULL with error else. */
static MxSendQueue *
check_sending (MxRoom *self, GError **error)
{
  MxSendQueue *queue = get_queue (self, error);

  if (queue == NULL)
    return NULL;
  if (mx_session_get_state (self->session) == MX_SESSION_SIGNED_OUT)
    {
      g_set_error_literal (error,
                           MX_SESSION_ERROR,
                           MX_SESSION_ERROR_SIGNED_OUT,
                           "The server ended the session");
      return NULL;
    }
  if (self->row->membership != MX_MEMBERSHIP_JOIN)
    {
      g_set_error_literal (error,
                           MX_SESSION_ERROR,
                           MX_SESSION_ERROR_NO_SUCH_ROOM,
                           "Not a member of this room");
      return NULL;
    }
  if (!mx_room_can (self, MX_PERMISSION_SEND))
    {
      g_set_error_literal (error,
                           MX_MATRIX_ERROR,
                           MX_MATRIX_ERROR_FORBIDDEN,
                           "Not allowed to write in this room");
      return NULL;
    }

  return queue;
}

gboolean
mx_room_check_sending (MxRoom *self, GError **error)
{
  return check_sending (self, error) != NULL;
}

static gboolean
check_text (const char *text, GError **error)
{
  const char *c = text;

  while (g_ascii_isspace (*c))
    c++;
  if (*c != '\0' && g_utf8_validate (text, -1, NULL))
    return TRUE;

  g_set_error_literal (error,
                       MX_SESSION_ERROR,
                       MX_SESSION_ERROR_BAD_INPUT,
                       "There is nothing to send");

  return FALSE;
}

static gboolean
enqueue (MxRoom *self,
         MxSendQueue *queue,
         const MxSendRequest *request,
         char **txn_id,
         GError **error)
{
  g_autofree char *queued = NULL;
  MxSendRequest full = *request;

  if (!mx_message_fits (request->content, error))
    return FALSE;

  full.room_id = self->id;
  queued = mx_send_queue_add (queue, &full);
  if (txn_id != NULL)
    *txn_id = g_steal_pointer (&queued);

  return TRUE;
}

gboolean
mx_room_send_text (MxRoom *self, const char *text, gboolean markdown, char **txn_id, GError **error)
{
  MxSendQueue *queue = NULL;
  g_autofree char *content = NULL;
  MxSendRequest request = { .event_type = MESSAGE };

  g_return_val_if_fail (MX_IS_ROOM (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  queue = check_sending (self, error);
  if (queue == NULL || !check_text (text, error))
    return FALSE;

  content = mx_message_new_text ("m.text", text, markdown);
  request.content = content;

  return enqueue (self, queue, &request, txn_id, error);
}

/* The kind of message that an own event is; NULL with error when it cannot be edited. */
static char *
editable_msgtype (MxRoom *self, const char *event_id, GError **error)
{
  MxStore *reader = mx_session_get_reader (self->session);
  MxTimelineRow *row = mx_store_load_event (reader, self->id, event_id, error);
  const char *msgtype = NULL;
  char *result = NULL;

  if (row != NULL && row->event != NULL && row->redacted_by == NULL &&
      g_strcmp0 (mx_event_get_sender (row->event), mx_session_get_user_id (self->session)) == 0 &&
      g_strcmp0 (mx_event_get_event_type (row->event), MESSAGE) == 0)
    msgtype = mx_json_get_string (mx_event_get_content (row->event), "msgtype");
  if (g_strcmp0 (msgtype, "m.text") == 0 || g_strcmp0 (msgtype, "m.notice") == 0 ||
      g_strcmp0 (msgtype, "m.emote") == 0)
    result = g_strdup (msgtype);
  g_clear_pointer (&row, mx_timeline_row_free);

  if (result == NULL && (error == NULL || *error == NULL))
    g_set_error_literal (error,
                         MX_SESSION_ERROR,
                         MX_SESSION_ERROR_BAD_INPUT,
                         "This message cannot be edited");

  return result;
}

gboolean
mx_room_edit_text (MxRoom *self,
                   const char *event_id,
                   const char *text,
                   gboolean markdown,
                   GError **error)
{
  MxSendQueue *queue = NULL;
  g_autofree char *msgtype = NULL;
  g_autofree char *content = NULL;
  MxSendRequest request = { .event_type = MESSAGE };

  g_return_val_if_fail (MX_IS_ROOM (self), FALSE);
  g_return_val_if_fail (event_id != NULL, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  queue = check_sending (self, error);
  if (queue == NULL || !check_text (text, error))
    return FALSE;
  msgtype = editable_msgtype (self, event_id, error);
  if (msgtype == NULL)
    return FALSE;

  content = mx_message_new_edit (event_id, msgtype, text, markdown);
  request.content = content;

  return enqueue (self, queue, &request, NULL, error);
}

gboolean
mx_room_send_content (MxRoom *self,
                      const char *event_type,
                      const char *content_json,
                      char **txn_id,
                      GError **error)
{
  MxSendQueue *queue = NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  MxSendRequest request = { .event_type = event_type, .content = content_json };

  g_return_val_if_fail (MX_IS_ROOM (self), FALSE);
  g_return_val_if_fail (event_type != NULL, FALSE);
  g_return_val_if_fail (content_json != NULL, FALSE);

  queue = check_sending (self, error);
  if (queue == NULL)
    return FALSE;
  document = mx_json_document_parse (content_json, -1, error);
  if (document == NULL)
    return FALSE;
  if (!mx_json_is_object (mx_json_document_root (document)))
    {
      g_set_error_literal (error,
                           MX_SESSION_ERROR,
                           MX_SESSION_ERROR_BAD_INPUT,
                           "The content is not a JSON object");
      return FALSE;
    }

  return enqueue (self, queue, &request, txn_id, error);
}

static char *
redaction_content (const char *reason)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "reason", reason);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

gboolean
mx_room_redact (MxRoom *self, const char *event_id, const char *reason, GError **error)
{
  MxSendQueue *queue = NULL;
  g_autofree char *content = redaction_content (reason);
  MxSendRequest request = {
    .event_type = "m.room.redaction",
    .content = content,
    .redacts = event_id,
  };

  g_return_val_if_fail (MX_IS_ROOM (self), FALSE);
  g_return_val_if_fail (event_id != NULL, FALSE);

  queue = get_queue (self, error);
  if (queue == NULL)
    return FALSE;

  return enqueue (self, queue, &request, NULL, error);
}

void
mx_room_retry (MxRoom *self, const char *txn_id)
{
  MxSendQueue *queue = NULL;

  g_return_if_fail (MX_IS_ROOM (self));
  g_return_if_fail (txn_id != NULL);

  queue = get_queue (self, NULL);
  if (queue != NULL)
    mx_send_queue_retry (queue, txn_id);
}

/* A message that may be at the server already is redacted as soon as that is known. */
void
mx_room_cancel_send (MxRoom *self, const char *txn_id)
{
  MxSendQueue *queue = NULL;
  g_autofree char *content = redaction_content (NULL);
  MxSendRequest request = {
    .event_type = "m.room.redaction",
    .content = content,
    .redacts = txn_id,
    .depends_on = txn_id,
  };

  g_return_if_fail (MX_IS_ROOM (self));
  g_return_if_fail (txn_id != NULL);

  queue = get_queue (self, NULL);
  if (queue == NULL || mx_send_queue_remove (queue, txn_id))
    return;

  request.room_id = self->id;
  g_free (mx_send_queue_add (queue, &request));
}

gboolean
mx_room_dup_unsent (MxRoom *self, const char *txn_id, char **event_type, char **content)
{
  MxStore *reader = self->session != NULL ? mx_session_get_reader (self->session) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows =
    reader != NULL ? mx_store_outbox_load (reader, self->id, &error) : NULL;

  for (unsigned i = 0; rows != NULL && i < rows->len; i++)
    {
      const MxOutboxRow *row = g_ptr_array_index (rows, i);

      if (g_strcmp0 (row->txn_id, txn_id) != 0)
        continue;
      if (row->upload != NULL)
        return FALSE;
      *event_type = g_strdup (row->event_type);
      *content = g_strdup (row->content);
      return TRUE;
    }
  if (error != NULL)
    g_message ("The outbox could not be read: %d", error->code);

  return FALSE;
}

gboolean
mx_room_replace_unsent (MxRoom *self,
                        const char *txn_id,
                        const char *text,
                        gboolean markdown,
                        GError **error)
{
  MxSendQueue *queue = NULL;
  g_autofree char *content = NULL;
  g_autofree char *edit = NULL;
  MxSendRequest request = { .event_type = MESSAGE, .depends_on = txn_id };

  g_return_val_if_fail (MX_IS_ROOM (self), FALSE);
  g_return_val_if_fail (txn_id != NULL, FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  queue = check_sending (self, error);
  if (queue == NULL || !check_text (text, error))
    return FALSE;

  content = mx_message_new_text ("m.text", text, markdown);
  if (!mx_message_fits (content, error))
    return FALSE;
  if (mx_send_queue_replace (queue, txn_id, content))
    return TRUE;

  edit = mx_message_new_edit (txn_id, "m.text", text, markdown);
  request.content = edit;

  return enqueue (self, queue, &request, NULL, error);
}

DexFuture *
mx_room_wait_sent (MxRoom *self, const char *txn_id)
{
  MxSendQueue *queue = NULL;
  GError *error = NULL;

  g_return_val_if_fail (MX_IS_ROOM (self), NULL);
  g_return_val_if_fail (txn_id != NULL, NULL);

  queue = get_queue (self, &error);
  if (queue == NULL)
    return dex_future_new_for_error (error);

  return mx_send_queue_wait (queue, txn_id);
}

DexFuture *
mx_room_rotate_key (MxRoom *self)
{
  g_return_val_if_fail (MX_IS_ROOM (self), NULL);

  if (self->session == NULL || mx_session_get_worker (self->session) == NULL)
    return dex_future_new_reject (MX_SESSION_ERROR,
                                  MX_SESSION_ERROR_SIGNED_OUT,
                                  "The session is not open");

  return mx_room_encrypter_rotate (self->session, self->id);
}
