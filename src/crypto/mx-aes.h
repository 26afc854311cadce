/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* AES-256 by libcrypto, in the two modes that Matrix uses. Neither authenticates: the caller checks
 * a MAC first, where the format has one. Errors are MX_CRYPTO_ERROR_FAILED and, for CBC,
 * BAD_FORMAT. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MX_AES_KEY_SIZE   32
#define MX_AES_BLOCK_SIZE 16

/* A fresh IV whose bit 63 is clear, so that implementations with a counter of 64 bits and of 128
 * bits agree. */
void mx_aes_random_iv (guint8 iv[MX_AES_BLOCK_SIZE]);
/* Both directions; out has size bytes and may be in. */
gboolean mx_aes_ctr (const guint8 key[MX_AES_KEY_SIZE],
                     const guint8 iv[MX_AES_BLOCK_SIZE],
                     const guint8 *in,
                     gsize size,
                     guint8 *out,
                     GError **error);
/* PKCS#7 padding. The caller frees, and wipes what is secret. */
guint8 *mx_aes_cbc_encrypt (const guint8 key[MX_AES_KEY_SIZE],
                            const guint8 iv[MX_AES_BLOCK_SIZE],
                            const guint8 *in,
                            gsize size,
                            gsize *out_size,
                            GError **error);
guint8 *mx_aes_cbc_decrypt (const guint8 key[MX_AES_KEY_SIZE],
                            const guint8 iv[MX_AES_BLOCK_SIZE],
                            const guint8 *in,
                            gsize size,
                            gsize *out_size,
                            GError **error);

G_END_DECLS
