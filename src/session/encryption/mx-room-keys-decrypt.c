/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Messages read with the keys of their rooms, every claim in them checked; and why others cannot be
 * read (research/protocol §4.E). */
#include "config.h"

#include "mx-room-keys-private.h"

#include "mx-device-recovery.h"
#include "mx-error.h"

#include <string.h>

/* Some seconds before this device was made its peers may have known of it already. */
#define DEVICE_TOLERANCE_MS 60000

static MxDecryptionFailure
explain_withheld (const char *code)
{
  return g_str_equal (code, "m.unverified") ? MX_DECRYPTION_WITHHELD_UNVERIFIED
                                            : MX_DECRYPTION_WITHHELD;
}

/* MSC4115: what we were when the event was sent. */
static gboolean
was_outside (MxEvent *event)
{
  MxJson about = mx_event_get_unsigned (event);
  const char *membership = mx_json_get_string (about, "membership");

  if (membership == NULL)
    membership = mx_json_get_string (about, "io.element.msc4115.membership");

  return g_strcmp0 (membership, "leave") == 0;
}

static gboolean
is_before_device (MxOlmMachine *machine, MxEvent *event)
{
  g_autofree char *made = mx_store_get_value (machine->store, "device_made_ms");

  return made != NULL &&
         mx_event_get_timestamp (event) + DEVICE_TOLERANCE_MS < g_ascii_strtoll (made, NULL, 10);
}

/* Whether the backup helps, and whether it waits for the code, is asked when it is shown. */
static MxDecryptionFailure
classify (MxOlmMachine *machine, const char *room_id, MxEvent *event, const char *session_id)
{
  const char *sender = mx_event_get_sender (event);
  g_autofree char *code = NULL;

  if (was_outside (event))
    return MX_DECRYPTION_BEFORE_JOIN;
  code = mx_store_get_withheld (machine->store, room_id, session_id, sender);
  if (code != NULL)
    return explain_withheld (code);
  if (is_before_device (machine, event))
    return MX_DECRYPTION_BEFORE_DEVICE;
  code = mx_store_get_withheld (machine->store, "", "", sender);

  return code != NULL ? MX_DECRYPTION_WITHHELD : MX_DECRYPTION_NO_KEY;
}

/* A key for later messages only says less than that we were not there yet. */
static MxDecryptionFailure
explain_undecrypted (MxEvent *event, const GError *error)
{
  if (!g_error_matches (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_UNKNOWN_INDEX))
    return MX_DECRYPTION_BAD_MESSAGE;

  return was_outside (event) ? MX_DECRYPTION_BEFORE_JOIN : MX_DECRYPTION_INDEX_TOO_EARLY;
}

/* Whether the device that made the session may speak for the event's sender. What nobody sees the
 * mark of must not get that far: an edit shows on its target (E2E-075, E2E-084). */
static gboolean
check_sender (const MxStoredMegolm *stored, MxEvent *event)
{
  return stored->sender == NULL || g_str_equal (stored->sender, mx_event_get_sender (event)) ||
         mx_event_get_relation_type (event) == NULL;
}

/* What the ciphertext says, if it says it of this room. Wiped with its last reference. */
static MxDecryptionFailure
check_payload (const char *room_id, MxEvent *event, GBytes *plaintext, MxDecryption *decryption)
{
  gsize size = 0;
  const char *data = g_bytes_get_data (plaintext, &size);
  g_autofree char *text = g_strndup (data, size);
  g_autoptr (MxEvent) clear = NULL;
  g_autoptr (MxJsonDocument) document = NULL;
  const char *said;

  /* A NUL would hide what follows it. */
  if (strlen (text) != size)
    return MX_DECRYPTION_BAD_MESSAGE;
  document = mx_json_document_parse (text, -1, NULL);
  said = document != NULL ? mx_json_get_string (mx_json_document_root (document), "room_id") : NULL;
  if (g_strcmp0 (said, room_id) != 0)
    return MX_DECRYPTION_BAD_MESSAGE;

  clear = mx_event_with_clear (event, text, NULL);
  if (clear == NULL)
    return MX_DECRYPTION_BAD_MESSAGE;
  decryption->event = g_steal_pointer (&clear);

  return MX_DECRYPTION_OK;
}

static MxDecryptionFailure
check_replay (MxOlmMachine *machine, gint64 session, guint32 index, MxEvent *event)
{
  g_autoptr (GError) error = NULL;

  if (mx_store_check_megolm_index (machine->store,
                                   session,
                                   index,
                                   mx_event_get_id (event),
                                   mx_event_get_timestamp (event),
                                   &error))
    return MX_DECRYPTION_OK;

  /* After an error the transaction is lost anyway. */
  return MX_DECRYPTION_REPLAY;
}

static MxDecryptionFailure
decrypt (MxOlmMachine *machine, const char *room_id, MxEvent *event, MxDecryption *decryption)
{
  MxJson content = mx_event_get_wire_content (event);
  const char *session_id = mx_json_get_string (content, "session_id");
  const char *ciphertext = mx_json_get_string (content, "ciphertext");
  g_autoptr (GBytes) plaintext = NULL;
  g_autoptr (GError) error = NULL;
  MxDecryptionFailure failure;
  MxRoomKey *key;

  if (g_strcmp0 (mx_json_get_string (content, "algorithm"), MX_MEGOLM_ALGORITHM) != 0)
    return MX_DECRYPTION_UNKNOWN_ALGORITHM;
  if (session_id == NULL || ciphertext == NULL)
    return MX_DECRYPTION_BAD_MESSAGE;

  decryption->session_id = g_strdup (session_id);
  key = mx_room_keys_find (machine, room_id, session_id);
  if (key == NULL)
    {
      mx_device_recovery_take_own_event (machine, room_id, event, session_id, -1);
      return classify (machine, room_id, event, session_id);
    }
  plaintext = mx_megolm_inbound_decrypt (key->olm, ciphertext, &decryption->message_index, &error);
  if (plaintext == NULL)
    return explain_undecrypted (event, error);
  if (!check_sender (key->stored, event))
    return MX_DECRYPTION_BAD_MESSAGE;
  if (key->stored->origin == MX_KEY_ORIGIN_OWN)
    mx_device_recovery_take_own_event (machine,
                                       room_id,
                                       event,
                                       session_id,
                                       decryption->message_index);

  failure = check_replay (machine, key->stored->id, decryption->message_index, event);

  return failure != MX_DECRYPTION_OK ? failure
                                     : check_payload (room_id, event, plaintext, decryption);
}

void
mx_room_keys_decrypt (MxOlmMachine *machine,
                      const char *room_id,
                      MxEvent *event,
                      MxDecryption *decryption)
{
  decryption->failure = decrypt (machine, room_id, event, decryption);
  if (decryption->event == NULL)
    decryption->event = mx_event_ref (event);
}
