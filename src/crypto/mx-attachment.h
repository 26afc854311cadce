/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Encrypted attachments (spec, "Sending encrypted attachments", version v2): AES-256-CTR with a
 * fresh key for each file, and the SHA-256 of the ciphertext. In streams, since files are large.
 * Malformed descriptions are MX_CRYPTO_ERROR_BAD_FORMAT or UNSUPPORTED; a wrong hash is BAD_MAC. A
 * stream belongs to one thread at a time. */
#pragma once

#include "mx-json.h"

G_BEGIN_DECLS

/* What an event says about its encrypted file. Immutable, ref-counted. */
typedef struct _MxAttachmentKey MxAttachmentKey;
MxAttachmentKey *mx_attachment_key_ref (MxAttachmentKey *self);
void mx_attachment_key_unref (MxAttachmentKey *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxAttachmentKey, mx_attachment_key_unref)
/* file: the "file" or "thumbnail_file" object of a content. */
MxAttachmentKey *mx_attachment_key_parse (MxJson file, GError **error);
/* Adds v, key, iv and hashes to the object that is open in writer; url is the caller's. */
void mx_attachment_key_write (MxAttachmentKey *self, MxJsonWriter *writer);

typedef struct _MxAttachmentStream MxAttachmentStream;
void mx_attachment_stream_free (MxAttachmentStream *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxAttachmentStream, mx_attachment_stream_free)

MxAttachmentStream *mx_attachment_stream_new_encrypt (GError **error);
/* To decrypt, read the ciphertext twice: first with out NULL, which only hashes, up to a successful
 * finish; no decrypted byte is worth anything before (E2E-146). The second run checks the hash
 * again, in case the file changed. */
MxAttachmentStream *mx_attachment_stream_new_decrypt (MxAttachmentKey *key, GError **error);
/* out has size bytes and may be in. size: at most G_MAXINT. */
gboolean mx_attachment_stream_update (MxAttachmentStream *self,
                                      const guint8 *in,
                                      gsize size,
                                      guint8 *out,
                                      GError **error);
/* After all data. Encrypting: the new key; decrypting: the given one, if the hash is right. */
MxAttachmentKey *mx_attachment_stream_finish (MxAttachmentStream *self, GError **error);

G_END_DECLS
