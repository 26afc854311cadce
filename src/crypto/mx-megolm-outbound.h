/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Our own Megolm session in a room: encrypts (spec, m.megolm.v1.aes-sha2). Belongs to the account
 * thread. Restoring an old pickle and encrypting again would give two messages with one key: commit
 * the new pickle together with the ciphertext before it leaves (E2E-043). */
#pragma once

#include "mx-secret.h"

G_BEGIN_DECLS

typedef struct _MxMegolmOutbound MxMegolmOutbound;

MxMegolmOutbound *mx_megolm_outbound_new (void);
void mx_megolm_outbound_free (MxMegolmOutbound *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxMegolmOutbound, mx_megolm_outbound_free)
/* As for accounts. */
GBytes *mx_megolm_outbound_pickle (MxMegolmOutbound *self, MxSecret *pickle_key, GError **error);
MxMegolmOutbound *
mx_megolm_outbound_unpickle (GBytes *pickle, MxSecret *pickle_key, GError **error);

char *mx_megolm_outbound_dup_id (MxMegolmOutbound *self);
/* The index of the next message. */
guint32 mx_megolm_outbound_get_index (MxMegolmOutbound *self);
/* The "session_key" for m.room_key: reads from the next message on, so ask before encrypting. */
MxSecret *mx_megolm_outbound_dup_key (MxMegolmOutbound *self, GError **error);
/* The ciphertext in base64; the caller frees. */
char *mx_megolm_outbound_encrypt (MxMegolmOutbound *self,
                                  gconstpointer plaintext,
                                  gsize size,
                                  GError **error);

G_END_DECLS
