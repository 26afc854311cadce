/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Key derivation and message authentication by libcrypto: HMAC (RFC 2104), HKDF (RFC 5869) and
 * PBKDF2 (RFC 8018). Errors are MX_CRYPTO_ERROR_FAILED: the library has no such algorithm or no
 * memory. Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define MX_SHA256_SIZE 32

gboolean mx_sha256 (gconstpointer data, gsize size, guint8 digest[MX_SHA256_SIZE], GError **error);
gboolean mx_hmac_sha256 (const guint8 *key,
                         gsize key_size,
                         gconstpointer data,
                         gsize size,
                         guint8 mac[MX_SHA256_SIZE],
                         GError **error);
/* Constant time. */
gboolean mx_mac_equal (gconstpointer a, gconstpointer b, gsize size);
/* HKDF-SHA-256 with a salt of 32 zero bytes, which is what all of Matrix uses. info is text, "" for
 * none. */
gboolean mx_hkdf_sha256 (const guint8 *key,
                         gsize key_size,
                         const char *info,
                         guint8 *out,
                         gsize out_size,
                         GError **error);
/* Slow by design: not on the main thread. */
gboolean mx_pbkdf2_sha512 (const char *passphrase,
                           gconstpointer salt,
                           gsize salt_size,
                           guint rounds,
                           guint8 *out,
                           gsize out_size,
                           GError **error);

G_END_DECLS
