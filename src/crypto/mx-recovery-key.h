/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A key as a person writes it down (spec appendices, "Cryptographic key representation"): two bytes
 * 8B 01, 32 bytes of key, a parity byte, in base58, in groups of four. Tchap calls it "code de
 * vérification". Any thread. */
#pragma once

#include "mx-secret.h"

G_BEGIN_DECLS

#define MX_RECOVERY_KEY_SIZE 32

/* key: 32 bytes. The text: "EsTc LW2K …". */
MxSecret *mx_recovery_key_encode (MxSecret *key);
/* All white space is ignored. Errors are those of MX_RECOVERY_KEY_ERROR, checked in their order. */
MxSecret *mx_recovery_key_decode (const char *text, GError **error);

G_END_DECLS
