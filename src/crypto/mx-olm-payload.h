/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The plaintext of an Olm message: JSON that says who sent it to whom, since Olm itself does not
 * (spec, m.olm.v1.curve25519-aes-sha2; MSC4147). Any thread. */
#pragma once

#include "mx-device-keys.h"

G_BEGIN_DECLS

/* What is known from outside of the ciphertext. Borrowed for the call. */
typedef struct
{
  const char *sender;          /* the event's sender */
  const guint8 *sender_key;    /* Curve25519: of the session that decrypted it */
  const char *recipient;       /* our user id */
  const guint8 *recipient_key; /* our Ed25519 key */
} MxOlmEnvelope;

/* For one device: recipient_key is its Ed25519 key. device_keys is our own signed object (E2E-035),
 * absent: left out. JSON text that the caller frees. */
char *mx_olm_payload_new (const char *type,
                          MxJson content,
                          const char *sender,
                          const guint8 sender_ed25519[MX_ED25519_KEY_SIZE],
                          const char *recipient,
                          const guint8 recipient_ed25519[MX_ED25519_KEY_SIZE],
                          MxJson device_keys);
/* Whether the payload was meant for us and by its sender (E2E-034, E2E-035). sender_ed25519 gets
 * the claimed key of the sending device, which the caller compares with the pinned one. BAD_FORMAT,
 * BAD_KEY or BAD_SIGNATURE: discard it. */
gboolean mx_olm_payload_check (MxJson payload,
                               const MxOlmEnvelope *envelope,
                               guint8 sender_ed25519[MX_ED25519_KEY_SIZE],
                               GError **error);

G_END_DECLS
