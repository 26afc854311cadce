/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The cipher of the server-side key backup (spec, m.megolm_backup.v1.curve25519-aes-sha2). Its MAC
 * is that of the empty string, a mistake of libolm that became the format (E2E-131): it tells a
 * wrong key, but nothing about the ciphertext. So whoever decrypts must check that the result is
 * JSON of the expected session. Any thread. */
#pragma once

#include "mx-curve25519.h"

G_BEGIN_DECLS

/* "session_data": three base64 texts. */
typedef struct
{
  char *ephemeral;
  char *ciphertext;
  char *mac;
} MxBackupData;
void mx_backup_data_clear (MxBackupData *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (MxBackupData, mx_backup_data_clear)

/* public_key is that of a backup which the caller trusts (E2E-130). */
gboolean mx_backup_encrypt (const guint8 public_key[MX_CURVE25519_KEY_SIZE],
                            MxSecret *plaintext,
                            MxBackupData *data,
                            GError **error);
/* MX_CRYPTO_ERROR_BAD_MAC: another key. The texts may be NULL. */
MxSecret *mx_backup_decrypt (MxSecret *private_key,
                             const char *ephemeral,
                             const char *ciphertext,
                             const char *mac,
                             GError **error);

G_END_DECLS
