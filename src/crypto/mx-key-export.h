/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The file to which room keys are exported (spec, "Key export format"): JSON, encrypted under a
 * passphrase. Both directions derive a key with PBKDF2: not on the main thread. */
#pragma once

#include "mx-secret.h"

G_BEGIN_DECLS

#define MX_KEY_EXPORT_ROUNDS 500000

/* json: a list of sessions. The text of the file; the caller frees. */
char *mx_key_export_encrypt (MxSecret *json, MxSecret *passphrase, guint rounds, GError **error);
/* data: a whole file, hostile. MX_CRYPTO_ERROR_BAD_FORMAT: not such a file; UNSUPPORTED: another
 * version, or more than 10 million rounds; BAD_MAC: wrong passphrase, or damaged. */
MxSecret *
mx_key_export_decrypt (const char *data, gsize size, MxSecret *passphrase, GError **error);

G_END_DECLS
