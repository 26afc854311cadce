/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Sessions as files and backups hold them (spec, "Key export format" and "Server-side key
 * backups"). Nobody signed them. */
#include "config.h"

#include "mx-room-keys-private.h"

#include "mx-base64.h"
#include "mx-error.h"

#include <string.h>

#define MAX_ID    255
#define MAX_CHAIN 100

gboolean
mx_room_keys_is_history_shared (MxJson content)
{
  return mx_json_bool (mx_json_get (content, "shared_history"), FALSE) ||
         mx_json_bool (mx_json_get (content, "m.shared_history"), FALSE) ||
         mx_json_bool (mx_json_get (content, "org.matrix.msc3061.shared_history"), FALSE);
}

/* The name of the specification, and the one that all versions of matrix-sdk-crypto read. Its newer
 * versions read a third one, m.shared_history, and refuse the whole key when both are there. */
void
mx_room_keys_add_history (MxJsonWriter *writer, gboolean shared)
{
  mx_json_add_bool (writer, "shared_history", shared);
  mx_json_add_bool (writer, "org.matrix.msc3061.shared_history", shared);
}

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, MX_CRYPTO_ERROR, MX_CRYPTO_ERROR_BAD_FORMAT, message);
  return FALSE;
}

static gboolean
is_bounded (const char *text)
{
  return text != NULL && *text != '\0' && strnlen (text, MAX_ID + 1) <= MAX_ID;
}

/* Who passed it on before us; kept as it is, if it is short. */
static char *
dup_chain (MxJson session)
{
  MxJson chain = mx_json_get (session, "forwarding_curve25519_key_chain");
  unsigned length = mx_json_size (chain);

  if (mx_json_type (chain) != MX_JSON_ARRAY || length == 0 || length > MAX_CHAIN)
    return NULL;
  for (unsigned i = 0; i < length; i++)
    if (!is_bounded (mx_json_string (mx_json_at (chain, i))))
      return NULL;

  return mx_json_to_text (chain);
}

/* NULL: it lacks what every session has. */
static MxStoredMegolm *
parse (MxJson session, const char *room_id, const char *session_id, GError **error)
{
  g_autoptr (MxStoredMegolm) stored = g_new0 (MxStoredMegolm, 1);
  const char *ed25519 =
    mx_json_get_string (mx_json_get (session, "sender_claimed_keys"), "ed25519");

  if (!is_bounded (room_id) || !is_bounded (session_id) ||
      g_strcmp0 (mx_json_get_string (session, "algorithm"), MX_MEGOLM_ALGORITHM) != 0)
    {
      fail (error, "Not a session of a room");
      return NULL;
    }
  if (!mx_base64_decode_exact (mx_json_get_string (session, "sender_key"),
                               stored->curve25519,
                               MX_STORE_KEY_SIZE,
                               error))
    return NULL;

  stored->room_id = g_strdup (room_id);
  stored->session_id = g_strdup (session_id);
  stored->has_ed25519 =
    ed25519 != NULL && mx_base64_decode_exact (ed25519, stored->ed25519, MX_STORE_KEY_SIZE, NULL);
  stored->shared_history = mx_room_keys_is_history_shared (session);
  stored->chain = dup_chain (session);
  stored->received_ms = g_get_real_time () / 1000;

  return g_steal_pointer (&stored);
}

gboolean
mx_room_keys_import_named (MxOlmMachine *machine,
                           const char *room_id,
                           const char *session_id,
                           MxJson session,
                           MxKeyOrigin origin,
                           const char *backed_up,
                           MxStoreChanges *changes,
                           gboolean *imported,
                           GError **error)
{
  const char *key = mx_json_get_string (session, "session_key");
  g_autoptr (MxStoredMegolm) stored = parse (session, room_id, session_id, error);
  g_autoptr (MxMegolmInbound) olm = NULL;

  *imported = FALSE;
  if (stored == NULL)
    return FALSE;
  if (key == NULL)
    return fail (error, "A session without its key");
  olm = mx_megolm_inbound_import (key, stored->session_id, error);
  if (olm == NULL)
    return FALSE;

  stored->origin = origin;
  stored->backed_up = g_strdup (backed_up);
  if (!mx_room_keys_merge (machine, stored, olm, imported, error))
    return FALSE;
  if (stored->backed_up == NULL && (*imported || backed_up != NULL))
    changes->encryption |= MX_ENCRYPTION_BACK_UP;
  if (!*imported)
    return TRUE;

  return mx_store_decrypt_again (machine->store,
                                 stored->room_id,
                                 stored->session_id,
                                 changes,
                                 error) >= 0;
}

gboolean
mx_room_keys_import (MxOlmMachine *machine,
                     MxJson session,
                     MxKeyOrigin origin,
                     const char *backed_up,
                     MxStoreChanges *changes,
                     gboolean *imported,
                     GError **error)
{
  return mx_room_keys_import_named (machine,
                                    mx_json_get_string (session, "room_id"),
                                    mx_json_get_string (session, "session_id"),
                                    session,
                                    origin,
                                    backed_up,
                                    changes,
                                    imported,
                                    error);
}

static void
write_chain (const MxStoredMegolm *session, MxJsonWriter *writer)
{
  g_autoptr (MxJsonDocument) chain =
    session->chain != NULL ? mx_json_document_parse (session->chain, -1, NULL) : NULL;

  if (chain != NULL)
    mx_json_add_json (writer, "forwarding_curve25519_key_chain", mx_json_document_root (chain));
  else
    {
      mx_json_begin_array (writer, "forwarding_curve25519_key_chain");
      mx_json_end (writer);
    }
}

gboolean
mx_room_keys_export (MxOlmMachine *machine,
                     const MxStoredMegolm *session,
                     gboolean in_backup,
                     MxJsonWriter *writer,
                     const char *name,
                     GError **error)
{
  g_autoptr (MxMegolmInbound) olm =
    mx_megolm_inbound_unpickle (session->pickle, machine->pickle_key, error);
  g_autoptr (MxSecret) key =
    olm != NULL ? mx_megolm_inbound_export (olm, mx_megolm_inbound_get_first_index (olm), error)
                : NULL;
  g_autofree char *sender_key = mx_base64_encode (session->curve25519, MX_STORE_KEY_SIZE);
  g_autofree char *ed25519 =
    session->has_ed25519 ? mx_base64_encode (session->ed25519, MX_STORE_KEY_SIZE) : NULL;

  if (key == NULL)
    return FALSE;

  mx_json_begin_object (writer, name);
  mx_json_add_string (writer, "algorithm", MX_MEGOLM_ALGORITHM);
  if (!in_backup)
    {
      mx_json_add_string (writer, "room_id", session->room_id);
      mx_json_add_string (writer, "session_id", session->session_id);
    }
  mx_json_add_string (writer, "sender_key", sender_key);
  mx_json_begin_object (writer, "sender_claimed_keys");
  mx_json_add_string (writer, "ed25519", ed25519);
  mx_json_end (writer);
  write_chain (session, writer);
  mx_json_add_string (writer, "session_key", mx_secret_get_text (key));
  mx_room_keys_add_history (writer, session->shared_history);
  mx_json_end (writer);

  return TRUE;
}
