/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-send-preparation.h. */
#include "config.h"

#include "mx-send-preparation.h"

#include "mx-error.h"
#include "mx-file-send.h"
#include "mx-room-encrypter.h"
#include "mx-room-requests.h"
#include "mx-store-decryption.h"

typedef struct
{
  const char *room_id;
  gboolean is_encrypted;
} MxLatchReading;

/* What the store says, once and for all (E2E-065), not what the room looks like. */
static gboolean
read_latch_call (MxSession *session, gpointer data, GError **error)
{
  MxLatchReading *reading = data;
  MxStore *reader = mx_session_get_reader (session);
  g_autoptr (MxRoomEncryption) encryption = NULL;

  if (reader == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");
      return FALSE;
    }
  encryption = mx_store_get_room_encryption (reader, reading->room_id);
  reading->is_encrypted = encryption != NULL;

  return TRUE;
}

/* Reactions and redactions are never encrypted: servers put them where they belong (E2E-070). */
static gboolean
is_always_clear (MxSendItem *item)
{
  return item->redacts != NULL || g_str_equal (item->event_type, "m.reaction");
}

/* Somebody may have switched encryption on while nobody told us: a message leaves in clear when
 * sync has caught up, or when the server says again that this room is clear. */
static gboolean
is_still_clear (MxSession *session, MxScope *scope, const char *room_id, GError **error)
{
  MxHttp *http = mx_session_get_http (session);
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GError) failure = NULL;

  if (mx_session_get_connection (session) == MX_CONNECTION_LIVE)
    return TRUE;
  if (http == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session was closed");
      return FALSE;
    }

  content =
    dex_await_boxed (mx_guard (scope,
                               mx_rooms_state_event (http, room_id, "m.room.encryption", "")),
                     &failure);
  if (g_error_matches (failure, MX_MATRIX_ERROR, MX_MATRIX_ERROR_NOT_FOUND))
    return TRUE;
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error_literal (error,
                         G_IO_ERROR,
                         G_IO_ERROR_PENDING,
                         "The room is encrypted, which sync has not told yet");

  return FALSE;
}

gboolean
mx_send_prepare (MxSession *session,
                 MxSendQueue *queue,
                 MxScope *scope,
                 MxSendItem *item,
                 GError **error)
{
  MxLatchReading reading = { .room_id = item->room_id };

  if (item->wire != NULL || is_always_clear (item))
    return TRUE;
  if (!dex_await (mx_session_call (session, read_latch_call, &reading), error))
    return FALSE;
  if (!reading.is_encrypted && !is_still_clear (session, scope, item->room_id, error))
    return FALSE;
  if (item->upload != NULL &&
      !mx_file_send_upload (session, queue, scope, item, reading.is_encrypted, error))
    return FALSE;
  if (!reading.is_encrypted)
    return TRUE;

  item->wire = dex_await_string (mx_guard (scope,
                                           mx_room_encrypter_encrypt (session,
                                                                      item->room_id,
                                                                      item->txn_id,
                                                                      item->event_type,
                                                                      item->content)),
                                 error);

  return item->wire != NULL;
}
