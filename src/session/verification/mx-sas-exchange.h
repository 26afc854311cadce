/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The steps of a verification by emoji from m.key.verification.start to …mac, in either role (spec
 * "Short Authentication String (SAS) verification"; research/protocol E2E-103 – E2E-113): contents
 * out, contents in, each once and in its order. What is wrong is an MX_VERIFICATION_ERROR: the
 * verification is over then. Pure. */
#pragma once

#include "mx-sas.h"
#include "mx-verification-messages.h"

G_BEGIN_DECLS

/* One side. Keys as unpadded base64. */
typedef struct
{
  char *user_id;
  char *device_id;
  char *device_key; /* Ed25519 */
  char *master_key; /* ours: if this device trusts it; theirs: if they have one. NULL */
} MxSasSide;
void mx_sas_side_clear (MxSasSide *self);

typedef struct _MxSasExchange MxSasExchange;

/* Copies. theirs is what MACs are compared with until the end, whatever the server says meanwhile
 * (E2E-104). */
MxSasExchange *mx_sas_exchange_new (const MxSasSide *ours,
                                    const MxSasSide *theirs,
                                    const char *transaction_id,
                                    gboolean in_room);
void mx_sas_exchange_free (MxSasExchange *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxSasExchange, mx_sas_exchange_free)
/* With an ephemeral key that is given: for test vectors. */
MxSasExchange *mx_sas_exchange_new_for_key (const MxSasSide *ours,
                                            const MxSasSide *theirs,
                                            const char *transaction_id,
                                            gboolean in_room,
                                            MxSecret *private_key,
                                            GError **error);

/* -- Who starts: write_start, take_accept, write_key, take_key (checks what was promised, then
 * there are emoji). Who accepts: take_start, write_accept, take_key (then there are emoji),
 * write_key. Texts are the caller's. */
char *mx_sas_exchange_write_start (MxSasExchange *self);
gboolean mx_sas_exchange_take_start (MxSasExchange *self, MxJson content, GError **error);
char *mx_sas_exchange_write_accept (MxSasExchange *self, GError **error);
gboolean mx_sas_exchange_take_accept (MxSasExchange *self, MxJson content, GError **error);
char *mx_sas_exchange_write_key (MxSasExchange *self);
gboolean mx_sas_exchange_take_key (MxSasExchange *self, MxJson content, GError **error);

gboolean mx_sas_exchange_is_starter (MxSasExchange *self);
gboolean mx_sas_exchange_was_accepted (MxSasExchange *self); /* accept was written or taken */
gboolean mx_sas_exchange_has_emoji (MxSasExchange *self);
const guint *mx_sas_exchange_get_emoji (MxSasExchange *self);
const guint *mx_sas_exchange_get_decimals (MxSasExchange *self);

/* Our keys, once the user said that the emoji match. */
char *mx_sas_exchange_write_mac (MxSasExchange *self, GError **error);
/* Which keys of theirs are proven: those of theirs, as they were at the start. At least one. */
gboolean mx_sas_exchange_take_mac (MxSasExchange *self,
                                   MxJson content,
                                   gboolean *device,
                                   gboolean *master,
                                   GError **error);

G_END_DECLS
