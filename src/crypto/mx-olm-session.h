/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* An Olm session: the double ratchet between two devices (spec, m.olm.v1.curve25519-aes-sha2).
 * Belongs to the account thread. Every call that encrypts or decrypts moves the ratchet: commit the
 * new pickle together with the ciphertext, or with the effect of the plaintext, before anything
 * else happens (E2E-043, E2E-044). */
#pragma once

#include "mx-olm-account.h"

G_BEGIN_DECLS

typedef struct _MxOlmSession MxOlmSession;

typedef enum
{
  MX_OLM_MESSAGE_PRE_KEY = 0, /* "type": 0 */
  MX_OLM_MESSAGE_NORMAL = 1,
} MxOlmMessageType;

void mx_olm_session_free (MxOlmSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxOlmSession, mx_olm_session_free)
/* As for accounts. */
GBytes *mx_olm_session_pickle (MxOlmSession *self, MxSecret *pickle_key, GError **error);
MxOlmSession *mx_olm_session_unpickle (GBytes *pickle, MxSecret *pickle_key, GError **error);

/* The keys of the other device, its signatures checked by the caller (E2E-028). BAD_KEY: of small
 * order. */
MxOlmSession *mx_olm_session_new_outbound (MxOlmAccount *account,
                                           const guint8 identity_key[MX_CURVE25519_KEY_SIZE],
                                           const guint8 one_time_key[MX_CURVE25519_KEY_SIZE],
                                           GError **error);
/* From the first message of another device, which is decrypted. The account loses the one-time key
 * that was used, but only if the message is genuine (E2E-013); commit account and session together.
 */
MxOlmSession *mx_olm_session_new_inbound (MxOlmAccount *account,
                                          const guint8 sender_key[MX_CURVE25519_KEY_SIZE],
                                          const char *body,
                                          GBytes **plaintext,
                                          GError **error);

char *mx_olm_session_dup_id (MxOlmSession *self);
gboolean mx_olm_session_has_received (MxOlmSession *self);
/* Whether a pre-key message was made for this session; if so, and it does not decrypt, no other one
 * must be made of it (E2E-032). */
gboolean mx_olm_session_matches (MxOlmSession *self,
                                 const guint8 sender_key[MX_CURVE25519_KEY_SIZE],
                                 const char *body);

/* The body in base64; the caller frees. */
char *mx_olm_session_encrypt (MxOlmSession *self,
                              gconstpointer plaintext,
                              gsize size,
                              MxOlmMessageType *type,
                              GError **error);
/* The plaintext is wiped with its last reference. MX_CRYPTO_ERROR_WEDGED: this session cannot read
 * that message: a lost ratchet, a replay, more than 2000 messages skipped; the session is as
 * before. */
GBytes *mx_olm_session_decrypt (MxOlmSession *self,
                                MxOlmMessageType type,
                                const char *body,
                                GError **error);

G_END_DECLS
