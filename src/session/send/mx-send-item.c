/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-send-item.h. A transaction id is a random UUID: it is never used twice, and it can be
 * replaced textually where it stands for an event id. */
#include "config.h"

#include "mx-send-item.h"

#include "mx-error.h"
#include "mx-json.h"
#include "mx-session-private.h"

MxSendItem *
mx_send_item_new (const MxSendRequest *request)
{
  MxSendItem *self = g_rc_box_new0 (MxSendItem);

  self->room_id = g_strdup (request->room_id);
  self->txn_id = g_uuid_string_random ();
  self->event_type = g_strdup (request->event_type);
  self->content = g_strdup (request->content);
  self->redacts = g_strdup (request->redacts);
  self->upload = g_strdup (request->upload);
  self->depends_on = g_strdup (request->depends_on);
  self->state = MX_OUTBOX_WAITING;
  self->outcome = dex_promise_new ();

  return self;
}

MxSendItem *
mx_send_item_new_from_row (const MxOutboxRow *row)
{
  MxSendItem *self = g_rc_box_new0 (MxSendItem);

  self->room_id = g_strdup (row->room_id);
  self->txn_id = g_strdup (row->txn_id);
  self->event_type = g_strdup (row->event_type);
  self->content = g_strdup (row->content);
  self->wire = g_strdup (row->wire_content);
  self->redacts = g_strdup (row->redacts);
  self->upload = g_strdup (row->upload);
  self->depends_on = g_strdup (row->depends_on);
  self->state = row->state;
  self->stored = TRUE;
  self->tried = row->state == MX_OUTBOX_SENDING || row->attempts > 0;
  self->outcome = dex_promise_new ();
  if (row->state == MX_OUTBOX_FAILED)
    {
      self->tried = FALSE;
      self->failure =
        mx_error_new_stored (row->error_domain, row->error_code, "The server refused the message");
    }

  return self;
}

MxOutboxRow *
mx_send_item_to_row (MxSendItem *self)
{
  MxOutboxRow *row = g_new0 (MxOutboxRow, 1);

  row->room_id = g_strdup (self->room_id);
  row->txn_id = g_strdup (self->txn_id);
  row->event_type = g_strdup (self->event_type);
  row->content = g_strdup (self->content);
  row->redacts = g_strdup (self->redacts);
  row->upload = g_strdup (self->upload);
  row->depends_on = g_strdup (self->depends_on);
  row->state = self->state;
  row->created_ms = g_get_real_time () / 1000;

  return row;
}

MxSendItem *
mx_send_item_ref (MxSendItem *self)
{
  return g_rc_box_acquire (self);
}

static void
mx_send_item_clear (gpointer data)
{
  MxSendItem *self = data;

  g_free (self->room_id);
  g_free (self->txn_id);
  g_free (self->event_type);
  g_free (self->content);
  g_free (self->wire);
  g_free (self->redacts);
  g_free (self->upload);
  mx_clear_scope (&self->work);
  g_free (self->depends_on);
  g_clear_error (&self->failure);
  dex_clear (&self->outcome);
}

void
mx_send_item_unref (gpointer self)
{
  g_rc_box_release_full (self, mx_send_item_clear);
}

void
mx_send_item_fill_in (MxSendItem *self, const char *event_id)
{
  g_autoptr (GString) content = NULL;

  if (event_id != NULL)
    {
      content = g_string_new (self->content);
      g_string_replace (content, self->depends_on, event_id, 0);
      g_set_str (&self->content, content->str);
      if (g_strcmp0 (self->redacts, self->depends_on) == 0)
        g_set_str (&self->redacts, event_id);
    }
  g_clear_pointer (&self->depends_on, g_free);
}

char *
mx_send_item_dup_reason (MxSendItem *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxJsonDocument) document = mx_json_document_parse (self->content, -1, &error);

  if (document == NULL)
    return NULL;

  return g_strdup (mx_json_get_string (mx_json_document_root (document), "reason"));
}

void
mx_send_item_resolve (MxSendItem *self, const char *event_id)
{
  dex_promise_resolve_string (self->outcome, g_strdup (event_id));
}

void
mx_send_item_reject (MxSendItem *self, const GError *failure)
{
  g_clear_error (&self->failure);
  self->failure = g_error_copy (failure);
  dex_promise_reject (self->outcome, g_error_copy (failure));
  dex_clear (&self->outcome);
  self->outcome = dex_promise_new ();
}

DexFuture *
mx_send_item_wait (MxSendItem *self)
{
  if (self->state == MX_OUTBOX_FAILED && self->failure != NULL)
    return dex_future_new_for_error (g_error_copy (self->failure));

  return dex_ref (DEX_FUTURE (self->outcome));
}

/* Whether the server said no for good. All else may be different the next time; the transaction id
 * makes sending again harmless. */
gboolean
mx_send_item_is_final (const GError *error)
{
  if (error->domain == MX_SESSION_ERROR)
    return TRUE;

  /* Without an errcode it was no homeserver that spoke. */
  if (g_error_matches (error, MX_MATRIX_ERROR, MX_MATRIX_ERROR_UNRECOGNIZED) &&
      mx_matrix_error_get_errcode (error) == NULL)
    return FALSE;

  return error->domain == MX_MATRIX_ERROR && !mx_error_is_transient (error) &&
         error->code != MX_MATRIX_ERROR_INVALID_RESPONSE && !mx_session_is_end (error);
}

/* -- In the store */

typedef struct
{
  char *txn_id;
  MxOutboxState state;
  char *event_id;
  GError *failure;
} MxStateChange;

static void
mx_state_change_free (gpointer data)
{
  MxStateChange *change = data;

  g_free (change->txn_id);
  g_free (change->event_id);
  g_clear_error (&change->failure);
  g_free (change);
}

static gboolean
set_state_work (MxStore *store,
                MxStoreChanges *changes,
                gpointer data,
                GValue *result,
                GError **error)
{
  const MxStateChange *change = data;

  return mx_store_outbox_set_state (
    store, change->txn_id, change->state, change->event_id, change->failure, changes, error);
}

DexFuture *
mx_send_item_write_state (MxSendItem *self,
                          MxSession *session,
                          const char *event_id,
                          const GError *failure)
{
  MxStateChange *change = g_new0 (MxStateChange, 1);

  change->txn_id = g_strdup (self->txn_id);
  change->state = self->state;
  change->event_id = g_strdup (event_id);
  change->failure = failure != NULL ? g_error_copy (failure) : NULL;

  return mx_session_write (session, set_state_work, change, mx_state_change_free);
}
