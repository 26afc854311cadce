/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What a verification needs of the session: messages leave, keys are looked up, what was verified
 * is kept. */
#include "config.h"

#include "mx-verifications-private.h"

#include "mx-base64.h"
#include "mx-error.h"
#include "mx-identities-private.h"
#include "mx-olm-outbox.h"
#include "mx-room-list.h"
#include "mx-send-queue.h"
#include "mx-signing.h"
#include "mx-store-identities.h"
#include "mx-verification-record.h"

gint64
mx_verifications_now (void)
{
  return g_get_real_time () / 1000;
}

static gint64
host_now (gpointer data)
{
  return mx_verifications_now ();
}

/* -- Sending */

typedef struct
{
  MxSession *session;
  char *user_id;
  GStrv devices;
  char *type;
  char *content;
} MxLetter;

static void
mx_letter_free (gpointer data)
{
  MxLetter *letter = data;

  g_clear_object (&letter->session);
  g_free (letter->user_id);
  g_strfreev (letter->devices);
  g_free (letter->type);
  g_free (letter->content);
  g_free (letter);
}

static gboolean
queue_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxLetter *letter = data;

  for (char **device = letter->devices; *device != NULL; device++)
    if (!mx_olm_outbox_send_clear (mx_session_get_machine (letter->session),
                                   letter->type,
                                   letter->user_id,
                                   *device,
                                   letter->content,
                                   changes,
                                   error))
      return FALSE;

  return TRUE;
}

void
mx_verifications_send (MxVerifications *self,
                       const char *user_id,
                       const char *const *devices,
                       const char *type,
                       const char *content)
{
  MxLetter *letter = NULL;

  if (self->session == NULL || devices == NULL)
    return;

  letter = g_new0 (MxLetter, 1);
  letter->session = g_object_ref (self->session);
  letter->user_id = g_strdup (user_id);
  letter->devices = g_strdupv ((char **) devices);
  letter->type = g_strdup (type);
  letter->content = g_strdup (content);
  mx_session_write_later (self->session, queue_work, letter, mx_letter_free);
}

static void
sent_cb (GObject *owner, const GValue *value, const GError *error, gpointer data)
{
  MxVerification *verification = MX_VERIFICATION (owner);
  MxVerifications *self = mx_verification_get_host_data (verification);
  g_autofree char *txn_id = NULL;
  MxSendQueue *queue = NULL;

  if (self == NULL || self->session == NULL)
    return;

  if (data != NULL)
    g_hash_table_steal_extended (self->sending, data, (gpointer *) &txn_id, NULL);
  if (error == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* it is of no use later */
  queue = mx_session_get_send_queue (self->session);
  if (queue != NULL && txn_id != NULL)
    mx_send_queue_remove (queue, txn_id);
  mx_verification_fail (verification, MX_VERIFICATION_NOT_SENT);
}

static void
send_in_room (MxVerifications *self,
              MxVerification *verification,
              const char *type,
              const char *content)
{
  MxRoomList *rooms = mx_session_get_rooms (self->session);
  MxRoom *room = mx_room_list_find (rooms, mx_verification_get_room_id (verification));
  GError *error = NULL;
  char *txn_id = NULL;

  if (room == NULL)
    g_set_error_literal (&error,
                         MX_SESSION_ERROR,
                         MX_SESSION_ERROR_NO_SUCH_ROOM,
                         "The room is gone");
  if (error != NULL || !mx_room_send_content (room, type, content, &txn_id, &error))
    {
      mx_watch (verification, dex_future_new_for_error (error), sent_cb, NULL);
      return;
    }

  g_hash_table_add (self->sending, txn_id);
  mx_watch (verification, mx_room_wait_sent (room, txn_id), sent_cb, txn_id);
}

static gboolean
ends_it (const char *type)
{
  MxVerificationMessage message = mx_verification_message_of_type (type);

  return message == MX_VERIFICATION_MESSAGE_CANCEL || message == MX_VERIFICATION_MESSAGE_DONE;
}

static void
host_send (MxVerification *verification,
           const char *const *devices,
           const char *type,
           const char *content,
           gpointer data)
{
  MxVerifications *self = data;

  if (self->session == NULL)
    return;
  if (!ends_it (type))
    mx_verification_record_keep (self, verification, devices);
  if (mx_verification_get_room_id (verification) != NULL)
    send_in_room (self, verification, type, content);
  else
    mx_verifications_send (self,
                           mx_verification_get_user_id (verification),
                           devices,
                           type,
                           content);
}

/* -- Keys */

static char *
get_master_key (MxStore *reader, const char *user_id, gboolean trusted_only)
{
  g_autoptr (MxStoredIdentity) identity = mx_store_get_identity (reader, user_id);

  if (identity == NULL || identity->master == NULL || (trusted_only && !identity->is_verified))
    return NULL;

  return mx_base64_encode (identity->master_key, sizeof identity->master_key);
}

static gboolean
host_get_sides (MxVerification *verification, MxSasSide *ours, MxSasSide *theirs, gpointer data)
{
  MxVerifications *self = data;
  MxStore *reader = self->session != NULL ? mx_session_get_reader (self->session) : NULL;
  const char *user_id = mx_verification_get_user_id (verification);
  const char *device_id = mx_verification_get_device_id (verification);
  g_autoptr (MxStoredDevice) device =
    reader != NULL ? mx_store_get_device (reader, user_id, device_id) : NULL;
  g_autoptr (MxStoredIdentity) identity =
    reader != NULL ? mx_store_get_identity (reader, user_id) : NULL;
  g_autofree char *own_key = reader != NULL ? mx_store_get_value (reader, "device_ed25519") : NULL;

  if (device == NULL || device->is_gone || own_key == NULL ||
      (identity != NULL && mx_identities_is_ambiguous (reader, identity)))
    return FALSE;

  ours->user_id = g_strdup (mx_session_get_user_id (self->session));
  ours->device_id = g_strdup (mx_session_get_device_id (self->session));
  ours->device_key = g_steal_pointer (&own_key);
  /* nobody vouches for an identity that is not trusted (E2E-094) */
  ours->master_key = get_master_key (reader, ours->user_id, TRUE);
  theirs->user_id = g_strdup (user_id);
  theirs->device_id = g_strdup (device_id);
  theirs->device_key = mx_base64_encode (device->ed25519, sizeof device->ed25519);
  theirs->master_key = get_master_key (reader, user_id, FALSE);

  return TRUE;
}

static void
trusted_cb (GObject *owner, const GValue *value, const GError *error, gpointer data)
{
  mx_verification_trusted (MX_VERIFICATION (owner), error);
}

static const guint8 *
decode_key (const char *text, guint8 key[MX_STORE_KEY_SIZE])
{
  return text != NULL && mx_base64_decode_exact (text, key, MX_STORE_KEY_SIZE, NULL) ? key : NULL;
}

static void
host_trust (MxVerification *verification,
            const char *device_key,
            const char *master_key,
            gpointer data)
{
  MxVerifications *self = data;
  guint8 device[MX_STORE_KEY_SIZE];
  guint8 master[MX_STORE_KEY_SIZE];
  DexFuture *future = NULL;

  if (self->session == NULL)
    future = dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CLOSED, "The session is closed");
  else
    future =
      mx_signing_trust (self->session,
                        mx_verification_get_user_id (verification),
                        device_key != NULL ? mx_verification_get_device_id (verification) : NULL,
                        decode_key (device_key, device),
                        decode_key (master_key, master));

  mx_watch (verification, future, trusted_cb, NULL);
}

const MxVerificationHost mx_verification_host = {
  .now_ms = host_now,
  .send = host_send,
  .get_sides = host_get_sides,
  .trust = host_trust,
  .changed = mx_verifications_changed,
};
