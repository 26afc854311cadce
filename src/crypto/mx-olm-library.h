/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* libolm and the fences around it; private to the four files that wrap its objects, the only ones
 * that include this. The traps that it fences off are listed in the tests "crypto/olm-traps". */
#pragma once

#include <olm/inbound_group_session.h>
#include <olm/olm.h>
#include <olm/outbound_group_session.h>

#include "mx-error.h"
#include "mx-olm-account.h"

G_BEGIN_DECLS

/* What failed: code is what *_last_error_code() says *after* the call, in a statement of its own.
 * Returns FALSE. */
gboolean mx_olm_fail (enum OlmErrorCode code, GError **error);

/* Randomness of exactly this size, which may be 0; never NULL. Free with mx_olm_scratch_free(). */
guint8 *mx_olm_scratch_new_random (gsize size);
/* libolm overwrites its input, reads any character as base64 and knows no padding: a checked,
 * unpadded copy of text for one call. NULL with MX_CRYPTO_ERROR_BAD_FORMAT. */
guint8 *mx_olm_scratch_new_base64 (const char *text, gsize *size, GError **error);
/* Wipes and frees. */
void mx_olm_scratch_free (guint8 *scratch, gsize size);
/* Takes buffer, of which the first size bytes count; it is wiped when the bytes die. */
GBytes *mx_olm_plaintext_new (guint8 *buffer, gsize capacity, gsize size);

/* A pickle: what kind of object it is, the format's number, libolm's version, libolm's text. */
#define MX_OLM_PICKLE_KEY_SIZE  32
#define MX_OLM_PICKLE_HEAD_SIZE 8
typedef enum
{
  MX_OLM_PICKLE_ACCOUNT = 'A',
  MX_OLM_PICKLE_SESSION = 'S',
  MX_OLM_PICKLE_MEGOLM_OUTBOUND = 'O',
  MX_OLM_PICKLE_MEGOLM_INBOUND = 'I',
} MxOlmPickleKind;
/* NULL with MX_CRYPTO_ERROR_BAD_KEY unless it has 32 bytes: libolm would take anything, even
 * nothing. */
const guint8 *mx_olm_pickle_key (MxSecret *key, GError **error);
/* A buffer for head and size bytes of text; the head is written. */
guint8 *mx_olm_pickle_new (MxOlmPickleKind kind, gsize size);
/* The text, as a copy that libolm may destroy; NULL with BAD_FORMAT, or UNSUPPORTED for a newer
 * format. */
guint8 *mx_olm_pickle_open (GBytes *pickle, MxOlmPickleKind kind, gsize *size, GError **error);

OlmAccount *mx_olm_account_get_olm (MxOlmAccount *self);

G_END_DECLS
