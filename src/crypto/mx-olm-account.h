/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The device's own Olm account: its identity keys, its one-time keys and its fallback key (spec,
 * "Olm"). Belongs to the account thread. What changes it must be committed, as a pickle, before its
 * consequence leaves the machine. */
#pragma once

#include "mx-curve25519.h"
#include "mx-signature.h"

G_BEGIN_DECLS

typedef struct _MxOlmAccount MxOlmAccount;

/* A public key to upload. */
typedef struct
{
  char *id;
  guint8 key[MX_CURVE25519_KEY_SIZE];
} MxOlmPublicKey;

MxOlmAccount *mx_olm_account_new (void);
void mx_olm_account_free (MxOlmAccount *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxOlmAccount, mx_olm_account_free)
/* pickle_key: 32 random bytes. A pickle is no protection by itself: the same state gives the same
 * text. */
GBytes *mx_olm_account_pickle (MxOlmAccount *self, MxSecret *pickle_key, GError **error);
/* BAD_KEY: another key; UNSUPPORTED: of a newer version; BAD_FORMAT: damaged. */
MxOlmAccount *mx_olm_account_unpickle (GBytes *pickle, MxSecret *pickle_key, GError **error);

const guint8 *mx_olm_account_get_curve25519_key (MxOlmAccount *self);
const guint8 *mx_olm_account_get_ed25519_key (MxOlmAccount *self);
gboolean mx_olm_account_sign (MxOlmAccount *self,
                              gconstpointer data,
                              gsize size,
                              guint8 signature[MX_ED25519_SIGNATURE_SIZE],
                              GError **error);

/* How many private one-time keys it holds; more than half of them should not be on the server,
 * since making new ones throws away the oldest (E2E-007). */
guint mx_olm_account_get_capacity (MxOlmAccount *self);
gboolean mx_olm_account_generate_one_time_keys (MxOlmAccount *self, guint count, GError **error);
/* Replaces the current fallback key, which becomes the previous one. */
gboolean mx_olm_account_generate_fallback_key (MxOlmAccount *self, GError **error);
/* What is not marked as published yet: of MxOlmPublicKey. The same keys until it is (E2E-008). */
GPtrArray *mx_olm_account_dup_one_time_keys (MxOlmAccount *self, GError **error);
GPtrArray *mx_olm_account_dup_fallback_keys (MxOlmAccount *self, GError **error); /* none or one */
/* After the server's answer: all of them, the fallback key included. */
void mx_olm_account_mark_as_published (MxOlmAccount *self);
/* libolm never does that by itself (E2E-012). */
void mx_olm_account_forget_old_fallback_key (MxOlmAccount *self);

G_END_DECLS
