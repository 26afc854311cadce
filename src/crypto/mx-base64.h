/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Base64 as Matrix writes it (spec appendices, "Unpadded Base64"). Written without padding; read
 * with or without it, and strictly: alphabet and length are checked, white space is an error; bits
 * that belong to no byte are not looked at, as in the other implementations. In constant time, so
 * fit for secrets. Errors are MX_CRYPTO_ERROR_BAD_FORMAT. Any thread.
 */
#pragma once

#include "mx-secret.h"

G_BEGIN_DECLS

char *mx_base64_encode (gconstpointer data, gsize size);
char *mx_base64_encode_url (gconstpointer data, gsize size); /* "-" and "_", for JSON Web Keys */
/* The bytes; the caller frees, and wipes where they are secret. length: -1 for a terminated text.
 * What is read may be NULL, as an absent member of an object is: an error. */
guint8 *mx_base64_decode (const char *text, gssize length, gsize *size, GError **error);
/* For what has a known size (keys, signatures, IVs): anything else is an error. */
gboolean mx_base64_decode_exact (const char *text, gpointer out, gsize size, GError **error);
gboolean mx_base64_decode_url_exact (const char *text, gpointer out, gsize size, GError **error);

MxSecret *mx_base64_encode_secret (MxSecret *secret); /* as text */
MxSecret *mx_base64_decode_secret (const char *text, GError **error);

G_END_DECLS
