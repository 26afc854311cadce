/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* See mx-timeline-shield.h. The lax table: somebody whose identity nobody verified is no reason for
 * a mark, a device that its owner did not sign is one. */
#include "config.h"

#include "mx-timeline-shield.h"

#include "mx-cross-signing.h"
#include "mx-encryption.h"
#include "mx-session-private.h"
#include "mx-store-decryption.h"
#include "mx-store-identities.h"
#include "mx-store-megolm.h"

#include <string.h>

static MxShield
mark (MxShield shield, MxShieldReason why, MxShieldReason *reason)
{
  *reason = why;
  return shield;
}

/* Messages that ought to be encrypted; what is drawn small or on others need not (E2E-070). */
static gboolean
is_message (MxEvent *event)
{
  const char *type = mx_event_get_event_type (event);

  return mx_event_get_state_key (event) == NULL && !mx_event_is_redacted (event) &&
         (g_str_equal (type, "m.room.message") || g_str_equal (type, "m.sticker") ||
          g_str_equal (type, "m.poll.start") || g_str_has_prefix (type, "org.matrix.msc3381."));
}

/* The device told us its own description together with the key (MSC4147), signed by itself, which
 * was checked; whether its owner signed it too. */
static gboolean
is_signed_by (const MxStoredMegolm *session, const MxStoredIdentity *identity)
{
  g_autoptr (MxJsonDocument) device = NULL;
  g_autoptr (MxJsonDocument) signing = NULL;
  guint8 key[MX_ED25519_KEY_SIZE];

  if (session->device_keys == NULL || identity == NULL || identity->self_signing == NULL)
    return FALSE;
  device = mx_json_document_parse (session->device_keys, -1, NULL);
  signing = mx_json_document_parse (identity->self_signing, -1, NULL);

  return device != NULL && signing != NULL &&
         mx_cross_signing_parse_key (mx_json_document_root (signing),
                                     MX_CROSS_SIGNING_SELF_SIGNING,
                                     identity->user_id,
                                     key,
                                     NULL) &&
         mx_cross_signing_verify (mx_json_document_root (device), identity->user_id, key, NULL);
}

/* The key came from the device itself: who is that? */
static MxShield
judge_device (MxStore *store,
              const MxStoredMegolm *session,
              const char *sender,
              MxShieldReason *reason)
{
  g_autoptr (MxStoredDevice) device = mx_store_find_device (store, sender, session->curve25519);
  g_autoptr (MxStoredIdentity) identity = mx_store_get_identity (store, sender);

  if (mx_stored_identity_get_state (identity) == MX_IDENTITY_STATE_VIOLATED)
    return mark (MX_SHIELD_RED, MX_SHIELD_REASON_IDENTITY_CHANGED, reason);
  if (device == NULL && is_signed_by (session, identity))
    return MX_SHIELD_NONE;
  if (device == NULL)
    /* Until its owner's list has been asked for, nobody can say. */
    return mx_store_is_user_outdated (store, sender)
             ? mark (MX_SHIELD_GREY, MX_SHIELD_REASON_NOT_AUTHENTIC, reason)
             : mark (MX_SHIELD_RED, MX_SHIELD_REASON_UNKNOWN_DEVICE, reason);
  if (!session->has_ed25519 || memcmp (session->ed25519, device->ed25519, MX_STORE_KEY_SIZE) != 0)
    return mark (MX_SHIELD_RED, MX_SHIELD_REASON_UNKNOWN_DEVICE, reason);
  if (device->trust == MX_LOCAL_TRUST_VERIFIED || device->is_cross_signed)
    return MX_SHIELD_NONE;

  return mark (MX_SHIELD_RED, MX_SHIELD_REASON_UNSIGNED_DEVICE, reason);
}

static MxShield
judge_session (MxStore *store,
               const MxStoredMegolm *session,
               const char *sender,
               MxShieldReason *reason)
{
  if (session == NULL)
    return mark (MX_SHIELD_GREY, MX_SHIELD_REASON_NOT_AUTHENTIC, reason);
  if (session->sender != NULL && !g_str_equal (session->sender, sender))
    return mark (MX_SHIELD_RED, MX_SHIELD_REASON_MISMATCHED_SENDER, reason);
  if (session->origin == MX_KEY_ORIGIN_OWN)
    return MX_SHIELD_NONE;
  if (session->origin != MX_KEY_ORIGIN_OLM)
    return mark (MX_SHIELD_GREY, MX_SHIELD_REASON_NOT_AUTHENTIC, reason);

  return judge_device (store, session, sender, reason);
}

MxShield
mx_timeline_shield_find (MxRoom *room,
                         MxEvent *event,
                         MxDecryptionFailure failure,
                         const char *session_id,
                         MxShieldReason *reason)
{
  MxSession *account = mx_room_get_session (room);
  MxStore *store = account != NULL ? mx_session_get_reader (account) : NULL;
  g_autoptr (MxStoredMegolm) session = NULL;

  *reason = MX_SHIELD_REASON_NONE;
  if (event == NULL || store == NULL || failure != MX_DECRYPTION_OK)
    return MX_SHIELD_NONE;

  if (!g_str_equal (mx_event_get_wire_type (event), "m.room.encrypted"))
    return mx_room_get_row (room)->is_encrypted && is_message (event) &&
               mx_store_is_after_encryption (store, mx_room_get_id (room), mx_event_get_id (event))
             ? mark (MX_SHIELD_RED, MX_SHIELD_REASON_NOT_ENCRYPTED, reason)
             : MX_SHIELD_NONE;
  if (mx_event_is_redacted (event) || mx_event_get_clear (event) == NULL)
    return MX_SHIELD_NONE;

  if (session_id != NULL)
    session = mx_store_get_megolm (store, mx_room_get_id (room), session_id);

  return judge_session (store, session, mx_event_get_sender (event), reason);
}

MxDecryptionFailure
mx_timeline_shield_explain (MxRoom *room, MxDecryptionFailure failure)
{
  MxSession *session = mx_room_get_session (room);
  MxEncryption *encryption = session != NULL ? mx_session_get_encryption (session) : NULL;

  if (failure != MX_DECRYPTION_BEFORE_DEVICE)
    return failure;
  switch (encryption != NULL ? mx_encryption_get_backup_state (encryption) : MX_BACKUP_UNKNOWN)
    {
    case MX_BACKUP_LOCKED:
      return MX_DECRYPTION_BACKUP_LOCKED;
    case MX_BACKUP_ON:
      return MX_DECRYPTION_NO_KEY;
    case MX_BACKUP_UNKNOWN:
    case MX_BACKUP_NONE:
    case MX_BACKUP_DISABLED:
    default:
      return MX_DECRYPTION_BEFORE_DEVICE;
    }
}
