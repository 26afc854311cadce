/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-olm-inbox.h. */
#include "config.h"

#include "mx-olm-inbox.h"

#include "mx-base64.h"
#include "mx-error.h"
#include "mx-identities.h"
#include "mx-kdf.h"
#include "mx-matrix-id.h"
#include "mx-olm-machine-private.h"
#include "mx-olm-payload.h"
#include "mx-olm-session.h"
#include "mx-room-key-requests.h"
#include "mx-room-keys.h"

#include <string.h>

#define ALGORITHM "m.olm.v1.curve25519-aes-sha2"

#define MAX_EVENT (1024 * 1024) /* bytes of one to-device event (E2E-168) */
#define MAX_ASKED 1000          /* unknown devices that are remembered */

/* -- Who handles what */

typedef enum
{
  HANDLER_NONE,
  HANDLER_ROOM_KEYS,
  HANDLER_SECRETS,
  HANDLER_VERIFICATION,
} MxHandler;

/* clear: also when it did not come by Olm (E2E-037). insecure: also of a device that its owner did
 * not sign, where the policy leaves such devices out (E2E-039). */
static const struct
{
  const char *type;
  MxHandler handler;
  gboolean clear;
  gboolean insecure;
} types[] = {
  { "m.room_key", HANDLER_ROOM_KEYS, FALSE, TRUE },
  { "m.forwarded_room_key", HANDLER_ROOM_KEYS, FALSE, FALSE },
  { "m.room_key.withheld", HANDLER_ROOM_KEYS, TRUE, TRUE },
  { "org.matrix.room_key.withheld", HANDLER_ROOM_KEYS, TRUE, TRUE },
  { "m.room_key_request", HANDLER_ROOM_KEYS, TRUE, TRUE },
  { "m.secret.request", HANDLER_SECRETS, TRUE, TRUE },
  { "m.secret.send", HANDLER_SECRETS, FALSE, FALSE },
};

static MxHandler
find_handler (const char *type, gboolean encrypted, gboolean secure)
{
  if (g_str_has_prefix (type, "m.key.verification."))
    return HANDLER_VERIFICATION;

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (type, types[i].type))
      return (encrypted || types[i].clear) && (secure || types[i].insecure) ? types[i].handler
                                                                            : HANDLER_NONE;

  return HANDLER_NONE;
}

static void
add_note (const MxToDeviceMessage *message, MxStoreChanges *changes)
{
  MxVerificationNote *note = g_new0 (MxVerificationNote, 1);

  note->sender = g_strdup (message->sender);
  note->type = g_strdup (message->type);
  note->content = mx_json_to_text (message->content);
  note->encrypted = message->encrypted;
  g_ptr_array_add (changes->verification, note);
}

static gboolean
dispatch (MxOlmMachine *machine,
          const MxToDeviceMessage *message,
          gboolean secure,
          MxStoreChanges *changes,
          GError **error)
{
  switch (find_handler (message->type, message->encrypted, secure))
    {
    case HANDLER_ROOM_KEYS:
      return mx_room_keys_receive (machine, message, changes, error);
    case HANDLER_SECRETS:
      return mx_secret_gossip_receive (machine, message, changes, error);
    case HANDLER_VERIFICATION:
      add_note (message, changes);
      return TRUE;
    case HANDLER_NONE:
    default:
      return TRUE;
    }
}

/* -- Olm */

/* A message on its way through. */
typedef struct
{
  MxOlmMachine *machine;
  MxStoreChanges *changes;
  const char *sender;
  guint8 sender_key[MX_STORE_KEY_SIZE];
  MxOlmMessageType type;
  const char *body;

  MxOlmSession *session;
  char *session_id; /* of a stored one; NULL: it is new */
  GBytes *plaintext;
} MxOlmLetter;

static void
mx_olm_letter_clear (MxOlmLetter *self)
{
  g_clear_pointer (&self->session, mx_olm_session_free);
  g_clear_pointer (&self->session_id, g_free);
  g_clear_pointer (&self->plaintext, g_bytes_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MxOlmLetter, mx_olm_letter_clear)

/* FALSE: nothing for us. */
static gboolean
read_letter (MxOlmLetter *self, MxJson content)
{
  MxOlmAccount *account = self->machine->account;
  g_autofree char *our_key =
    mx_base64_encode (mx_olm_account_get_curve25519_key (account), MX_STORE_KEY_SIZE);
  MxJson ciphertext = mx_json_path (content, "ciphertext", our_key, NULL);
  gint64 type = mx_json_int (mx_json_get (ciphertext, "type"), -1);

  self->body = mx_json_get_string (ciphertext, "body");
  if (self->body == NULL || (type != MX_OLM_MESSAGE_PRE_KEY && type != MX_OLM_MESSAGE_NORMAL) ||
      g_strcmp0 (mx_json_get_string (content, "algorithm"), ALGORITHM) != 0 ||
      !mx_base64_decode_exact (mx_json_get_string (content, "sender_key"),
                               self->sender_key,
                               sizeof self->sender_key,
                               NULL))
    return FALSE;
  self->type = (MxOlmMessageType) type;

  return TRUE;
}

/* Whether the same came before; from now on it has (E2E-045). */
static gboolean
note_letter (const MxOlmLetter *self, gboolean *known, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 hash[MX_SHA256_SIZE];

  g_byte_array_append (bytes, (const guint8 *) self->sender, strlen (self->sender) + 1);
  g_byte_array_append (bytes, self->sender_key, sizeof self->sender_key);
  g_byte_array_append (bytes, (const guint8 *) self->body, strlen (self->body));

  return mx_sha256 (bytes->data, bytes->len, hash, error) &&
         mx_store_note_olm_hash (self->machine->store,
                                 hash,
                                 g_get_real_time () / 1000,
                                 known,
                                 error);
}

/* With one session that we have; TRUE when it was the right one, which must then be able to read
 * the message (E2E-032). */
static gboolean
try_session (MxOlmLetter *self, const MxStoredOlmSession *stored)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MxOlmSession) session =
    mx_olm_session_unpickle (stored->pickle, self->machine->pickle_key, &error);
  gboolean matches = FALSE;

  if (session == NULL)
    {
      g_message ("An Olm session cannot be read: %d", error->code);
      return FALSE;
    }

  matches = self->type == MX_OLM_MESSAGE_PRE_KEY &&
            mx_olm_session_matches (session, self->sender_key, self->body);
  if (self->type == MX_OLM_MESSAGE_PRE_KEY && !matches)
    return FALSE;

  self->plaintext = mx_olm_session_decrypt (session, self->type, self->body, &error);
  if (self->plaintext == NULL)
    return matches;

  self->session = g_steal_pointer (&session);
  self->session_id = g_strdup (stored->session_id);

  return TRUE;
}

/* FALSE: no session reads it (E2E-032, E2E-033, E2E-047). */
static gboolean
decrypt_letter (MxOlmLetter *self)
{
  g_autoptr (GPtrArray) sessions =
    mx_store_load_olm_sessions (self->machine->store, self->sender, self->sender_key);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < sessions->len; i++)
    if (try_session (self, g_ptr_array_index (sessions, i)))
      return self->plaintext != NULL;
  if (self->type != MX_OLM_MESSAGE_PRE_KEY)
    return FALSE;

  self->session = mx_olm_session_new_inbound (self->machine->account,
                                              self->sender_key,
                                              self->body,
                                              &self->plaintext,
                                              &error);

  return self->session != NULL;
}

/* The ratchet, and the one-time key that is used up, go with what the message does (E2E-013,
 * E2E-044). */
static gboolean
save_letter (MxOlmLetter *self, GError **error)
{
  MxOlmMachine *machine = self->machine;
  g_autoptr (GBytes) pickle = mx_olm_session_pickle (self->session, machine->pickle_key, error);

  if (pickle == NULL)
    return FALSE;
  if (self->session_id == NULL)
    {
      self->session_id = mx_olm_session_dup_id (self->session);
      if (!mx_olm_machine_save_account (machine, error))
        return FALSE;
    }

  return mx_store_put_olm_session (
    machine->store, self->sender, self->sender_key, self->session_id, pickle, TRUE, error);
}

/* -- Who sent it */

/* Asked for once in a while, since it may never be published (E2E-036). */
static gboolean
ask_for_device (const MxOlmLetter *self, GError **error)
{
  MxOlmMachine *machine = self->machine;
  g_autofree char *key = mx_base64_encode (self->sender_key, sizeof self->sender_key);
  g_autofree char *place = g_strconcat (self->sender, "\n", key, NULL);

  if (machine->asked == NULL)
    machine->asked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (g_hash_table_size (machine->asked) >= MAX_ASKED)
    g_hash_table_remove_all (machine->asked);
  if (!g_hash_table_add (machine->asked, g_steal_pointer (&place)))
    return TRUE;

  self->changes->encryption |= MX_ENCRYPTION_QUERY_DEVICES;

  return mx_store_track_user (machine->store, self->sender, error) &&
         mx_store_mark_user_outdated (machine->store, self->sender, error);
}

/* A session has existed: what was remembered against the device is over. */
static gboolean
clear_failures (MxOlmMachine *machine, MxStoredDevice *device, GError **error)
{
  if (device->no_key_ms == 0 && !device->no_olm_sent)
    return TRUE;

  device->no_key_ms = 0;
  device->no_olm_sent = FALSE;

  return mx_store_put_device (machine->store, device, error);
}

static gboolean
not_readable (MxOlmLetter *self, GError **error)
{
  g_autoptr (MxStoredDevice) device =
    mx_store_find_device (self->machine->store, self->sender, self->sender_key);

  self->changes->encryption |= MX_ENCRYPTION_OPEN_SESSIONS;

  return mx_store_add_wedged (self->machine->store, self->sender, self->sender_key, error) &&
         (device != NULL || ask_for_device (self, error));
}

/* -- What it says */

/* FALSE: it is not what it claims to be. */
static gboolean
check_payload (const MxOlmLetter *self,
               MxJson payload,
               const MxStoredDevice *device,
               guint8 ed25519[MX_ED25519_KEY_SIZE])
{
  MxOlmMachine *machine = self->machine;
  MxOlmEnvelope envelope = {
    .sender = self->sender,
    .sender_key = self->sender_key,
    .recipient = machine->user_id,
    .recipient_key = mx_olm_account_get_ed25519_key (machine->account),
  };
  g_autoptr (GError) wrong = NULL;

  if (!mx_olm_payload_check (payload, &envelope, ed25519, &wrong))
    {
      g_message ("An Olm message is not what it claims to be: %d", wrong->code);
      return FALSE;
    }
  if (device != NULL && memcmp (device->ed25519, ed25519, MX_ED25519_KEY_SIZE) != 0)
    {
      g_message ("An Olm message claims another key than its device has");
      return FALSE;
    }

  return device == NULL || !device->is_dehydrated; /* E2E-040 */
}

static char *
dup_device_keys (MxJson payload)
{
  MxJson keys = mx_json_get (payload, "sender_device_keys");

  if (mx_json_type (keys) == MX_JSON_ABSENT)
    keys = mx_json_get (payload, "org.matrix.msc4147.device_keys");

  return mx_json_to_text (keys);
}

static gboolean
take_payload (MxOlmLetter *self, MxJson payload, MxStoredDevice *device, GError **error)
{
  MxOlmMachine *machine = self->machine;
  g_autofree char *device_keys = dup_device_keys (payload);
  MxToDeviceMessage message = {
    .type = mx_json_get_string (payload, "type"),
    .sender = self->sender,
    .content = mx_json_get (payload, "content"),
    .encrypted = TRUE,
    .device_id = device != NULL ? device->device_id : NULL,
    .device_keys = device_keys,
  };
  gboolean secure = machine->policy.share_with_all ||
                    (device != NULL && mx_identities_trusts_device (machine, device));

  memcpy (message.curve25519, self->sender_key, sizeof message.curve25519);
  mx_base64_decode_exact (mx_json_string (mx_json_path (payload, "keys", "ed25519", NULL)),
                          message.ed25519,
                          sizeof message.ed25519,
                          NULL);
  if (device != NULL ? !clear_failures (machine, device, error) : !ask_for_device (self, error))
    return FALSE;

  return dispatch (machine, &message, secure, self->changes, error);
}

static gboolean
open_letter (MxOlmLetter *self, GError **error)
{
  g_autoptr (MxStoredDevice) device =
    mx_store_find_device (self->machine->store, self->sender, self->sender_key);
  g_autoptr (MxJsonDocument) document = mx_json_document_parse_bytes (self->plaintext, NULL);
  guint8 ed25519[MX_ED25519_KEY_SIZE];
  gboolean is_new = self->session_id == NULL;

  if (document == NULL || !check_payload (self, mx_json_document_root (document), device, ed25519))
    {
      /* Nothing of it happened: the account keeps the key that a new session took. */
      if (self->session_id == NULL)
        g_clear_pointer (&self->machine->account, mx_olm_account_free);
      return TRUE;
    }

  /* What we sent by an older session may have been lost on the other side (E2E-042). */
  return save_letter (self, error) &&
         (!is_new || mx_room_key_requests_peer_restarted (self->machine,
                                                          self->sender,
                                                          self->sender_key,
                                                          self->changes,
                                                          error)) &&
         take_payload (self, mx_json_document_root (document), device, error);
}

static gboolean
receive_encrypted (MxOlmMachine *machine,
                   const char *sender,
                   MxJson content,
                   MxStoreChanges *changes,
                   GError **error)
{
  g_auto (MxOlmLetter) letter = { .machine = machine, .changes = changes, .sender = sender };
  gboolean known = FALSE;

  if (mx_olm_machine_get_account (machine, error) == NULL)
    return FALSE;
  if (!read_letter (&letter, content))
    return TRUE;
  if (!note_letter (&letter, &known, error))
    return FALSE;
  if (known)
    return TRUE;

  return decrypt_letter (&letter) ? open_letter (&letter, error) : not_readable (&letter, error);
}

gboolean
mx_olm_inbox_receive (MxOlmMachine *machine,
                      const char *event,
                      MxStoreChanges *changes,
                      GError **error)
{
  g_autoptr (MxJsonDocument) document = NULL;
  MxToDeviceMessage message = { 0 };
  MxJson root;

  if (strlen (event) > MAX_EVENT)
    return TRUE;
  document = mx_json_document_parse (event, -1, NULL);
  if (document == NULL)
    return TRUE;

  root = mx_json_document_root (document);
  message.type = mx_json_get_string (root, "type");
  message.sender = mx_json_get_string (root, "sender");
  message.content = mx_json_get (root, "content");
  if (message.type == NULL || message.sender == NULL || !mx_user_id_is_valid (message.sender) ||
      !mx_json_is_object (message.content))
    return TRUE;

  if (g_str_equal (message.type, "m.room.encrypted"))
    return receive_encrypted (machine, message.sender, message.content, changes, error);

  return dispatch (machine, &message, TRUE, changes, error);
}
