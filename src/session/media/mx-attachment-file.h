/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Encrypted attachments as files, in streams (research/protocol §4.L). Whole files are read here:
 * never on the main thread. */
#pragma once

#include "mx-attachment.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* Encrypts input into a new file (mode 0600) under a fresh key. size: bytes. NULL with error: no
 * file is left. */
MxAttachmentKey *mx_attachment_file_encrypt (GInputStream *input,
                                             GFile *target,
                                             gint64 *size,
                                             GCancellable *cancellable,
                                             GError **error);
/* Reads the ciphertext twice: not a byte is written before its hash was found to be right
 * (E2E-146). output stays open. */
gboolean mx_attachment_file_decrypt (GFile *source,
                                     MxAttachmentKey *key,
                                     GOutputStream *output,
                                     GCancellable *cancellable,
                                     GError **error);
GBytes *mx_attachment_bytes_decrypt (GBytes *ciphertext, MxAttachmentKey *key, GError **error);
/* The clear text of an encrypted file of our own, whose hash is not looked at: a stream for
 * uploading where there is no encryption. */
GInputStream *mx_attachment_file_read (GFile *source, MxAttachmentKey *key, GError **error);

G_END_DECLS
