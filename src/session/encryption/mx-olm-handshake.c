/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-olm-claims.h: the account thread's half. */
#include "config.h"

#include "mx-olm-claims.h"

#include "mx-base64.h"
#include "mx-error.h"
#include "mx-matrix-id.h"
#include "mx-olm-machine-private.h"
#include "mx-olm-outbox.h"
#include "mx-olm-session.h"

#include <string.h>

#define KEY_PREFIX "signed_curve25519:"
#define CLAIM_MS   10000
#define HOUR_MS    (G_GINT64_CONSTANT (3600) * 1000)

/* -- Whom to ask */

/* ms until something may be done again that was done at since_ms; a clock that was set back does
 * not count (E2E-167). */
static gint64
remaining (gint64 since_ms, gint64 now_ms)
{
  return since_ms > now_ms ? 0 : MAX (since_ms + HOUR_MS - now_ms, 0);
}

static gboolean
needs_session (MxOlmMachine *machine, const MxStoredDevice *device, gboolean again)
{
  g_autofree char *session_id =
    again ? NULL
          : mx_store_get_olm_session_id (machine->store, device->user_id, device->curve25519);

  return session_id == NULL;
}

GPtrArray *
mx_olm_claims_choose (MxOlmMachine *machine,
                      GPtrArray *devices,
                      gboolean again,
                      gint64 now_ms,
                      gint64 *wait_ms)
{
  GPtrArray *chosen = g_ptr_array_new_with_free_func ((GDestroyNotify) mx_stored_device_free);
  g_autoptr (GPtrArray) wedged = devices == NULL ? mx_store_load_wedged (machine->store) : NULL;
  gint64 next = G_MAXINT64;

  if (devices == NULL)
    devices = wedged;
  for (guint i = 0; i < devices->len && mx_olm_machine_check (machine, NULL); i++)
    {
      const MxStoredDevice *wanted = g_ptr_array_index (devices, i);
      g_autoptr (MxStoredDevice) device =
        mx_store_get_device (machine->store, wanted->user_id, wanted->device_id);
      gint64 wait = 0;

      if (device == NULL || device->is_gone ||
          (g_str_equal (device->user_id, machine->user_id) &&
           g_str_equal (device->device_id, machine->device_id)) ||
          !needs_session (machine, device, again))
        continue;
      wait = MAX (remaining (device->no_key_ms, now_ms),
                  again ? remaining (device->unwedged_ms, now_ms) : 0);
      if (wait > 0)
        next = MIN (next, wait);
      else
        g_ptr_array_add (chosen, g_steal_pointer (&device));
    }
  if (wait_ms != NULL)
    *wait_ms = next != G_MAXINT64 ? next : 0;

  return chosen;
}

static int
compare_users (gconstpointer a, gconstpointer b)
{
  const MxStoredDevice *first = *(MxStoredDevice *const *) a;
  const MxStoredDevice *second = *(MxStoredDevice *const *) b;

  return strcmp (first->user_id, second->user_id);
}

char *
mx_olm_claims_write_body (GPtrArray *devices)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (GPtrArray) sorted = g_ptr_array_copy (devices, NULL, NULL);
  const char *user_id = NULL;

  g_ptr_array_set_free_func (sorted, NULL);
  g_ptr_array_sort (sorted, compare_users);
  mx_json_begin_object (writer, NULL);
  mx_json_add_int (writer, "timeout", CLAIM_MS);
  mx_json_begin_object (writer, "one_time_keys");
  for (guint i = 0; i < sorted->len; i++)
    {
      const MxStoredDevice *device = g_ptr_array_index (sorted, i);

      if (g_strcmp0 (user_id, device->user_id) != 0)
        {
          if (user_id != NULL)
            mx_json_end (writer);
          user_id = device->user_id;
          mx_json_begin_object (writer, user_id);
        }
      mx_json_add_string (writer, device->device_id, "signed_curve25519");
    }
  if (user_id != NULL)
    mx_json_end (writer);
  mx_json_end (writer);
  mx_json_end (writer);

  return mx_json_writer_to_text (writer);
}

/* -- What came */

/* NULL: nothing that could be used. */
static MxOlmSession *
open_session (MxOlmMachine *machine, const MxStoredDevice *device, MxJson reply)
{
  MxDeviceKeys owner;
  const char *id = NULL;
  MxJsonIter iter;
  MxJson object;

  memcpy (owner.curve25519, device->curve25519, sizeof owner.curve25519);
  memcpy (owner.ed25519, device->ed25519, sizeof owner.ed25519);
  mx_json_iter_init (
    &iter, mx_json_path (reply, "one_time_keys", device->user_id, device->device_id, NULL));
  while (mx_json_iter_next (&iter, &id, &object))
    {
      g_autoptr (GError) wrong = NULL;
      MxOlmSession *session = NULL;
      guint8 key[MX_CURVE25519_KEY_SIZE];

      if (id == NULL || !g_str_has_prefix (id, KEY_PREFIX))
        continue;
      if (mx_device_keys_parse_one_time_key (
            object, device->user_id, device->device_id, &owner, key, &wrong))
        session = mx_olm_session_new_outbound (machine->account, device->curve25519, key, &wrong);
      if (session != NULL)
        return session;
      g_message ("A one-time key does not hold: %d", wrong->code);
    }

  return NULL;
}

static gboolean
save_session (MxOlmMachine *machine,
              const MxStoredDevice *device,
              MxOlmSession *session,
              GError **error)
{
  g_autoptr (GBytes) pickle = mx_olm_session_pickle (session, machine->pickle_key, error);
  g_autofree char *id = mx_olm_session_dup_id (session);

  return pickle != NULL && mx_store_put_olm_session (machine->store,
                                                     device->user_id,
                                                     device->curve25519,
                                                     id,
                                                     pickle,
                                                     TRUE,
                                                     error);
}

/* So that the other side knows of the session. */
static gboolean
send_dummy (MxOlmMachine *machine,
            const MxStoredDevice *device,
            MxStoreChanges *changes,
            GError **error)
{
  g_autoptr (MxJsonDocument) content = mx_json_document_parse ("{}", -1, error);

  return content != NULL && mx_olm_outbox_send (machine,
                                                device,
                                                "m.dummy",
                                                mx_json_document_root (content),
                                                changes,
                                                NULL,
                                                error);
}

static gboolean
session_opened (MxOlmMachine *machine,
                MxStoredDevice *device,
                gboolean again,
                gint64 now_ms,
                MxStoreChanges *changes,
                GError **error)
{
  device->no_key_ms = 0;
  device->no_olm_sent = FALSE;
  if (again)
    device->unwedged_ms = now_ms;

  return mx_store_put_device (machine->store, device, error) &&
         mx_store_remove_wedged (machine->store, device->user_id, device->curve25519, error) &&
         (!again || send_dummy (machine, device, changes, error));
}

static gboolean
send_no_olm (MxOlmMachine *machine,
             const MxStoredDevice *device,
             MxStoreChanges *changes,
             GError **error)
{
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autofree char *sender_key =
    mx_base64_encode (mx_olm_account_get_curve25519_key (machine->account), MX_STORE_KEY_SIZE);
  g_autofree char *content = NULL;

  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "algorithm", "m.megolm.v1.aes-sha2");
  mx_json_add_string (writer, "code", "m.no_olm");
  mx_json_add_string (writer, "reason", "Unable to establish a secure channel.");
  mx_json_add_string (writer, "sender_key", sender_key);
  mx_json_end (writer);
  content = mx_json_writer_to_text (writer);

  return mx_olm_outbox_send_clear (
    machine, "m.room_key.withheld", device->user_id, device->device_id, content, changes, error);
}

static gboolean
no_session (MxOlmMachine *machine,
            MxStoredDevice *device,
            gint64 now_ms,
            MxStoreChanges *changes,
            GError **error)
{
  gboolean tell = !device->no_olm_sent && needs_session (machine, device, FALSE);

  device->no_key_ms = now_ms;
  device->no_olm_sent |= tell;

  return mx_store_put_device (machine->store, device, error) &&
         (!tell || send_no_olm (machine, device, changes, error));
}

static gboolean
has_failed (MxJson reply, const char *user_id)
{
  const char *server = mx_id_get_server (user_id);

  return server != NULL &&
         mx_json_type (mx_json_path (reply, "failures", server, NULL)) != MX_JSON_ABSENT;
}

gboolean
mx_olm_claims_apply (MxOlmMachine *machine,
                     GPtrArray *devices,
                     gboolean again,
                     gint64 now_ms,
                     MxJson reply,
                     MxStoreChanges *changes,
                     GError **error)
{
  if (mx_olm_machine_get_account (machine, error) == NULL)
    return FALSE;

  for (guint i = 0; i < devices->len; i++)
    {
      const MxStoredDevice *asked = g_ptr_array_index (devices, i);
      g_autoptr (MxStoredDevice) device =
        mx_store_get_device (machine->store, asked->user_id, asked->device_id);
      g_autoptr (MxOlmSession) session =
        device != NULL ? open_session (machine, device, reply) : NULL;
      gboolean done = TRUE;

      if (session != NULL)
        done = save_session (machine, device, session, error) &&
               session_opened (machine, device, again, now_ms, changes, error);
      else if (device != NULL && !has_failed (reply, device->user_id))
        done = no_session (machine, device, now_ms, changes, error);
      if (!done)
        return FALSE;
    }

  return TRUE;
}
