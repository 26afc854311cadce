/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-room-key-requests.h. What is given is what was given before, from that index on; only our
 * own verified devices get all. */
#include "config.h"

#include "mx-room-key-requests.h"

#include "mx-base64.h"
#include "mx-identities.h"
#include "mx-olm-outbox.h"
#include "mx-room-keys-private.h"
#include "mx-room-session.h"

#include <string.h>

/* What a damaged Olm session may have swallowed. */
#define LOST_MS  (G_GINT64_CONSTANT (14) * 24 * 60 * 60 * 1000)
#define MAX_LOST 20

gboolean
mx_room_key_requests_peer_restarted (MxOlmMachine *machine,
                                     const char *user_id,
                                     const guint8 curve25519[MX_STORE_KEY_SIZE],
                                     MxStoreChanges *changes,
                                     GError **error)
{
  g_autoptr (MxStoredDevice) device = mx_store_find_device (machine->store, user_id, curve25519);
  g_autofree char *olm_session = mx_store_get_olm_session_id (machine->store, user_id, curve25519);
  g_autoptr (GPtrArray) lost = NULL;

  if (device == NULL || device->is_gone || mx_room_session_get_refusal (machine, device) != NULL)
    return TRUE;

  lost = mx_store_load_lost_shares (machine->store,
                                    user_id,
                                    curve25519,
                                    olm_session,
                                    g_get_real_time () / 1000 - LOST_MS,
                                    MAX_LOST,
                                    error);
  if (lost == NULL)
    return FALSE;
  for (guint i = 0; i < lost->len; i++)
    {
      g_autoptr (GError) failure = NULL;

      if (!mx_room_session_share_again (machine,
                                        device,
                                        g_ptr_array_index (lost, i),
                                        changes,
                                        &failure) &&
          failure != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
    }

  return TRUE;
}

/* The whole session for another device of ours (spec, m.forwarded_room_key). */
static gboolean
forward (MxOlmMachine *machine,
         const MxStoredDevice *device,
         const char *room_id,
         const char *session_id,
         MxStoreChanges *changes,
         GError **error)
{
  MxRoomKey *key = mx_room_keys_find (machine, room_id, session_id);
  g_autoptr (MxSecret) text = NULL;
  g_autoptr (MxJsonWriter) writer = mx_json_writer_new ();
  g_autoptr (MxJsonDocument) document = NULL;
  g_autoptr (GError) failure = NULL;
  g_autofree char *sender_key = NULL;
  g_autofree char *ed25519 = NULL;
  char *content;

  if (key == NULL)
    return TRUE;
  text = mx_megolm_inbound_export (key->olm, mx_megolm_inbound_get_first_index (key->olm), error);
  if (text == NULL)
    return FALSE;

  sender_key = mx_base64_encode (key->stored->curve25519, MX_STORE_KEY_SIZE);
  ed25519 = mx_base64_encode (key->stored->ed25519, MX_STORE_KEY_SIZE);
  mx_json_begin_object (writer, NULL);
  mx_json_add_string (writer, "algorithm", MX_MEGOLM_ALGORITHM);
  mx_json_add_string (writer, "room_id", room_id);
  mx_json_add_string (writer, "session_id", session_id);
  mx_json_add_string (writer, "session_key", mx_secret_get_text (text));
  mx_json_add_string (writer, "sender_key", sender_key);
  mx_json_add_string (writer, "sender_claimed_ed25519_key", ed25519);
  mx_json_begin_array (writer, "forwarding_curve25519_key_chain");
  mx_json_end (writer);
  mx_room_keys_add_history (writer, key->stored->shared_history);
  mx_json_end (writer);
  content = mx_json_writer_to_text (writer);
  document = mx_json_document_parse (content, -1, error);
  mx_wipe_free (content);
  if (document == NULL)
    return FALSE;

  if (!mx_olm_outbox_send (machine,
                           device,
                           "m.forwarded_room_key",
                           mx_json_document_root (document),
                           changes,
                           NULL,
                           &failure) &&
      failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  return TRUE;
}

/* To others only what they had, and only if the policy still gives them anything. */
static gboolean
share_again (MxOlmMachine *machine,
             const MxStoredDevice *device,
             const char *room_id,
             const char *session_id,
             MxStoreChanges *changes,
             GError **error)
{
  g_autoptr (MxStoredShare) share =
    mx_store_get_share (machine->store, session_id, device->user_id, device->device_id);
  g_autoptr (GError) failure = NULL;

  if (share == NULL || share->message_index < 0 || !g_str_equal (share->room_id, room_id) ||
      memcmp (share->curve25519, device->curve25519, MX_STORE_KEY_SIZE) != 0 ||
      mx_room_session_get_refusal (machine, device) != NULL)
    return TRUE;
  if (mx_room_session_share_again (machine, device, share, changes, &failure))
    return TRUE;
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  /* No way to the device now: with the next message in the room. */
  share->must_resend = TRUE;

  return mx_store_put_share (machine->store, share, error);
}

gboolean
mx_room_key_requests_receive (MxOlmMachine *machine,
                              const MxToDeviceMessage *message,
                              MxStoreChanges *changes,
                              GError **error)
{
  MxJson body = mx_json_get (message->content, "body");
  const char *device_id = mx_json_get_string (message->content, "requesting_device_id");
  const char *room_id = mx_json_get_string (body, "room_id");
  const char *session_id = mx_json_get_string (body, "session_id");
  g_autoptr (MxStoredDevice) device = NULL;

  if (g_strcmp0 (mx_json_get_string (message->content, "action"), "request") != 0 ||
      g_strcmp0 (mx_json_get_string (body, "algorithm"), MX_MEGOLM_ALGORITHM) != 0 ||
      device_id == NULL || room_id == NULL || session_id == NULL)
    return TRUE;
  device = mx_store_get_device (machine->store, message->sender, device_id);
  if (device == NULL || device->is_gone)
    return TRUE;
  if (!g_str_equal (device->user_id, machine->user_id))
    return share_again (machine, device, room_id, session_id, changes, error);
  if (g_str_equal (device_id, machine->device_id))
    return TRUE;

  return mx_identities_is_own_verified (machine, device)
           ? forward (machine, device, room_id, session_id, changes, error)
           : share_again (machine, device, room_id, session_id, changes, error);
}
