/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-verification-record.h. */
#include "config.h"

#include "mx-verification-record.h"

#include "mx-room-list.h"
#include "mx-send-queue.h"
#include "mx-store-verification.h"

#define CANCEL "m.key.verification.cancel"

static void
row_free (gpointer data)
{
  mx_stored_verification_free (data);
}

static MxStoredVerification *
row_new (MxVerification *verification, const char *device_id)
{
  MxStoredVerification *row = g_new0 (MxStoredVerification, 1);

  row->room_id = g_strdup (mx_verification_get_room_id (verification));
  row->transaction_id = g_strdup (mx_verification_get_transaction_id (verification));
  row->user_id = g_strdup (mx_verification_get_user_id (verification));
  row->device_id = g_strdup (device_id);
  row->created_ms = mx_verifications_now ();

  return row;
}

static gboolean
keep_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  return mx_store_add_verification (store, data, error);
}

static gboolean
drop_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  const MxStoredVerification *row = data;

  return mx_store_remove_verification (store, row->room_id, row->transaction_id, error);
}

static char *
make_key (MxVerification *verification)
{
  return mx_verifications_make_key (mx_verification_get_room_id (verification),
                                    mx_verification_get_transaction_id (verification));
}

void
mx_verification_record_keep (MxVerifications *list,
                             MxVerification *verification,
                             const char *const *devices)
{
  const char *const nobody[] = { NULL };

  if (list->session == NULL || !g_hash_table_add (list->recorded, make_key (verification)))
    return;

  if (mx_verification_get_room_id (verification) != NULL)
    mx_session_write_later (list->session, keep_work, row_new (verification, NULL), row_free);
  else
    for (const char *const *each = devices != NULL ? devices : nobody; *each != NULL; each++)
      mx_session_write_later (list->session, keep_work, row_new (verification, *each), row_free);
}

void
mx_verification_record_drop (MxVerifications *list, MxVerification *verification)
{
  g_autofree char *key = make_key (verification);

  if (list->session != NULL && g_hash_table_remove (list->recorded, key))
    mx_session_write_later (list->session, drop_work, row_new (verification, NULL), row_free);
}

/* -- After a restart */

static void
sent_cb (GObject *owner, const GValue *value, const GError *error, gpointer data)
{
  MxVerifications *list = MX_VERIFICATIONS (owner);
  MxSendQueue *queue = list->session != NULL ? mx_session_get_send_queue (list->session) : NULL;
  g_autofree char *txn_id = NULL;

  g_hash_table_steal_extended (list->sending, data, (gpointer *) &txn_id, NULL);
  /* no row that the user would have to do something about */
  if (error != NULL && queue != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    mx_send_queue_remove (queue, txn_id);
}

void
mx_verifications_cancel_lost (MxVerifications *list,
                              const char *room_id,
                              const char *event_id,
                              MxVerificationError reason)
{
  g_autofree char *key = mx_verifications_make_key (room_id, event_id);
  g_autofree char *content = mx_verification_write_cancel (event_id, TRUE, reason);
  MxRoom *room = mx_room_list_find (mx_session_get_rooms (list->session), room_id);
  char *txn_id = NULL;

  mx_verifications_note_end (list, key);
  if (room == NULL || !mx_room_send_content (room, CANCEL, content, &txn_id, NULL))
    return;
  g_hash_table_add (list->sending, txn_id);
  mx_watch (list, mx_room_wait_sent (room, txn_id), sent_cb, txn_id);
}

static void
cancel (MxVerifications *list, const MxStoredVerification *row)
{
  const char *const device[] = { row->device_id, NULL };
  g_autofree char *content =
    mx_verification_write_cancel (row->transaction_id, FALSE, MX_VERIFICATION_ERROR_USER);

  if (row->room_id == NULL)
    mx_verifications_send (list, row->user_id, device, CANCEL, content);
  else
    mx_verifications_cancel_lost (list,
                                  row->room_id,
                                  row->transaction_id,
                                  MX_VERIFICATION_ERROR_USER);
}

void
mx_verification_record_end_earlier (MxVerifications *list)
{
  g_autoptr (GPtrArray) rows = mx_store_load_verifications (mx_session_get_reader (list->session));
  gint64 now = mx_verifications_now ();

  while (rows->len > 0)
    {
      g_autoptr (MxStoredVerification) row = g_ptr_array_steal_index (rows, rows->len - 1);
      g_autofree char *key = mx_verifications_make_key (row->room_id, row->transaction_id);

      if (g_hash_table_contains (list->recorded, key))
        continue;
      /* an older one has come to its end on the other side too */
      if (ABS (now - row->created_ms) < MX_VERIFICATION_LIFE_MS)
        cancel (list, row);
      mx_verifications_note_end (list, key);
      mx_session_write_later (list->session, drop_work, g_steal_pointer (&row), row_free);
    }
}
