/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Somebody's Megolm session in a room: decrypts (spec, m.megolm.v1.aes-sha2). Belongs to the
 * account thread. It decrypts the same message any number of times: replays are for the caller to
 * refuse, by the index (E2E-076). Decrypting does not lose anything, so a pickle need not be
 * committed after it. */
#pragma once

#include "mx-secret.h"

G_BEGIN_DECLS

typedef struct _MxMegolmInbound MxMegolmInbound;

/* How one copy of a session relates to another (E2E-077). */
typedef enum
{
  MX_MEGOLM_UNCONNECTED, /* not the same session, whatever their ids say */
  MX_MEGOLM_EQUAL,
  MX_MEGOLM_BETTER, /* reads earlier messages */
  MX_MEGOLM_WORSE,
} MxMegolmOrder;

/* session_key of m.room_key, which its sender signed. BAD_KEY: its id is not expected_id (nullable:
 * any), or its signing key is one that signs everything. */
MxMegolmInbound *
mx_megolm_inbound_new (const char *session_key, const char *expected_id, GError **error);
/* session_key of a backup, a file or a forwarded key, which nobody signed. */
MxMegolmInbound *
mx_megolm_inbound_import (const char *session_key, const char *expected_id, GError **error);
void mx_megolm_inbound_free (MxMegolmInbound *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxMegolmInbound, mx_megolm_inbound_free)
/* As for accounts. */
GBytes *mx_megolm_inbound_pickle (MxMegolmInbound *self, MxSecret *pickle_key, GError **error);
MxMegolmInbound *mx_megolm_inbound_unpickle (GBytes *pickle, MxSecret *pickle_key, GError **error);

char *mx_megolm_inbound_dup_id (MxMegolmInbound *self);
guint32 mx_megolm_inbound_get_first_index (MxMegolmInbound *self);
/* A text for import, reading from index on; UNKNOWN_INDEX when that is before the first. */
MxSecret *mx_megolm_inbound_export (MxMegolmInbound *self, guint32 index, GError **error);
MxMegolmOrder mx_megolm_inbound_compare (MxMegolmInbound *self, MxMegolmInbound *other);

/* The plaintext is wiped with its last reference. UNKNOWN_INDEX: sent before we got the key;
 * BAD_MAC, BAD_SIGNATURE, BAD_FORMAT: not of this session, or damaged. */
GBytes *mx_megolm_inbound_decrypt (MxMegolmInbound *self,
                                   const char *ciphertext,
                                   guint32 *index,
                                   GError **error);

G_END_DECLS
