/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-olm-outbox.h. */
#include "config.h"

#include "mx-olm-outbox.h"

#include "mx-base64.h"
#include "mx-device-requests.h"
#include "mx-encryption-private.h"
#include "mx-error.h"
#include "mx-olm-machine-private.h"
#include "mx-olm-payload.h"
#include "mx-olm-session.h"
#include "mx-session-steps.h"
#include "mx-store-to-device.h"

#include <string.h>

#define ALGORITHM "m.olm.v1.curve25519-aes-sha2"
#define BATCH     250 /* messages in one request (E2E-048) */

/* -- Into the queue, on the account thread */

static char *
write_payload (MxOlmMachine *machine,
               const MxStoredDevice *device,
               const char *type,
               MxJson content,
               GError **error)
{
  MxOlmAccount *account = mx_olm_machine_get_account (machine, error);
  MxJsonDocument *keys = account != NULL ? mx_olm_machine_get_device_keys (machine, error) : NULL;

  if (keys == NULL)
    return NULL;

  return mx_olm_payload_new (type,
                             content,
                             machine->user_id,
                             mx_olm_account_get_ed25519_key (account),
                             device->user_id,
                             device->ed25519,
                             mx_json_document_root (keys));
}

static char *
write_content (MxOlmMachine *machine,
               const MxStoredDevice *device,
               MxOlmMessageType type,
               const char *body)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *sender_key =
    mx_base64_encode (mx_olm_account_get_curve25519_key (machine->account), MX_STORE_KEY_SIZE);
  g_autofree char *their_key = mx_base64_encode (device->curve25519, MX_STORE_KEY_SIZE);

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "algorithm", ALGORITHM);
  mx_json_add_string (writer, "sender_key", sender_key);
  mx_json_begin_object (writer, "ciphertext");
  mx_json_begin_object (writer, their_key);
  mx_json_add_int (writer, "type", type);
  mx_json_add_string (writer, "body", body);
  mx_json_end (writer);
  mx_json_end (writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

/* The session that last decrypted something; pickles that cannot be read are of no use. */
static MxOlmSession *
choose_session (MxOlmMachine *machine, const MxStoredDevice *device, char **session_id)
{
  g_autoptr (GPtrArray) sessions =
    mx_store_load_olm_sessions (machine->store, device->user_id, device->curve25519);

  for (guint i = 0; i < sessions->len; i++)
    {
      MxStoredOlmSession *stored = g_ptr_array_index (sessions, i);
      g_autoptr (GError) error = NULL;
      MxOlmSession *session = NULL;

      if (stored->is_retired)
        continue;
      session = mx_olm_session_unpickle (stored->pickle, machine->pickle_key, &error);
      if (session != NULL)
        {
          *session_id = g_strdup (stored->session_id);
          return session;
        }
      g_message ("An Olm session cannot be read: %d", error->code);
    }

  return NULL;
}

gboolean
mx_olm_outbox_send (MxOlmMachine *machine,
                    const MxStoredDevice *device,
                    const char *type,
                    MxJson content,
                    MxStoreChanges *changes,
                    char **session_id,
                    GError **error)
{
  g_autofree char *id = NULL;
  g_autoptr (MxOlmSession) session = choose_session (machine, device, &id);
  g_autoptr (GBytes) pickle = NULL;
  char *payload = NULL;
  g_autofree char *body = NULL;
  g_autofree char *wire = NULL;
  MxOlmMessageType message_type;

  if (session == NULL || !mx_olm_machine_check (machine, error))
    return FALSE;

  payload = write_payload (machine, device, type, content, error);
  if (payload == NULL)
    return FALSE;
  body = mx_olm_session_encrypt (session, payload, strlen (payload), &message_type, error);
  mx_wipe_free (payload);
  if (body == NULL)
    return FALSE;

  /* The ratchet and the ciphertext are committed together, before it leaves (E2E-043). */
  pickle = mx_olm_session_pickle (session, machine->pickle_key, error);
  wire = write_content (machine, device, message_type, body);
  if (pickle == NULL ||
      !mx_store_put_olm_session (
        machine->store, device->user_id, device->curve25519, id, pickle, FALSE, error) ||
      !mx_olm_outbox_send_clear (
        machine, "m.room.encrypted", device->user_id, device->device_id, wire, changes, error))
    return FALSE;

  if (session_id != NULL)
    *session_id = g_steal_pointer (&id);

  return TRUE;
}

gboolean
mx_olm_outbox_send_clear (MxOlmMachine *machine,
                          const char *type,
                          const char *user_id,
                          const char *device_id,
                          const char *content,
                          MxStoreChanges *changes,
                          GError **error)
{
  changes->encryption |= MX_ENCRYPTION_SEND_TO_DEVICE;

  return mx_store_queue_to_device (machine->store, type, user_id, device_id, content, error);
}

/* -- To the server, on the main thread */

/* What was read or is to be written, for one step on the account thread. */
typedef struct
{
  MxSession *session;
  MxToDeviceBatch *batch; /* NULL: nothing to send */
} MxDelivery;

static void
mx_delivery_clear (gpointer data)
{
  MxDelivery *delivery = data;

  g_clear_object (&delivery->session);
  g_clear_pointer (&delivery->batch, mx_to_device_batch_free);
}

MX_SESSION_DEFINE_STEPS (MxDelivery, mx_delivery)

static gboolean
next_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxDelivery *delivery = data;
  g_autoptr (GError) failure = NULL;

  delivery->batch = mx_store_next_to_device (store, BATCH, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  return TRUE;
}

static gboolean
sent_work (MxStore *store, MxStoreChanges *changes, gpointer data, GValue *result, GError **error)
{
  MxDelivery *delivery = data;

  return mx_store_to_device_sent (store, delivery->batch->txn_id, error);
}

/* Whether the server said no for good. */
static gboolean
is_final (const GError *error)
{
  return error->domain == MX_MATRIX_ERROR && !mx_error_is_transient (error) &&
         !mx_session_is_end (error) && mx_matrix_error_get_errcode (error) != NULL;
}

static gboolean
send_pass (const MxWorkRun *run, gboolean *more, GError **error)
{
  g_autoptr (MxDelivery) delivery = g_atomic_rc_box_new0 (MxDelivery);
  g_autoptr (GError) refusal = NULL;

  delivery->session = g_object_ref (run->session);
  if (!mx_delivery_step (delivery, next_work, error))
    return FALSE;
  if (delivery->batch == NULL)
    return TRUE;

  if (!dex_await (mx_guard (run->scope,
                            mx_devices_send_to (mx_session_get_http (run->session),
                                                delivery->batch->type,
                                                delivery->batch->txn_id,
                                                delivery->batch->body)),
                  &refusal))
    {
      if (!is_final (refusal))
        {
          g_propagate_error (error, g_steal_pointer (&refusal));
          return FALSE;
        }
      g_message ("To-device messages were refused: %d", refusal->code);
    }

  *more = TRUE;

  return mx_delivery_step (delivery, sent_work, error);
}

MxWorkLoop *
mx_olm_outbox_new (MxSession *session)
{
  return mx_work_loop_new (session, "to-device", send_pass, NULL, NULL);
}

DexFuture *
mx_olm_outbox_flush (MxSession *session)
{
  MxEncryption *encryption = mx_session_get_encryption (session);
  MxWorkLoop *loop =
    encryption != NULL ? mx_encryption_get_loop (encryption, MX_ENCRYPTION_SEND_TO_DEVICE) : NULL;

  if (loop == NULL)
    return dex_future_new_reject (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The session is closed");

  return mx_work_loop_settle (loop);
}
