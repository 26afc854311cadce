/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The account thread's half of encryption: our device, and everything that moves a ratchet. It
 * works inside the caller's transaction, so that a step and its consequence are committed together
 * (DESIGN §3); nothing of it is ever used on another thread. The files beside this one are its
 * parts. */
#pragma once

#include "mx-device-keys.h"
#include "mx-event.h"
#include "mx-olm-account.h"
#include "mx-store-devices.h"
#include "mx-sync-delta.h"

G_BEGIN_DECLS

typedef struct _MxOlmMachine MxOlmMachine;

/* Value of the store: why this device cannot go on (E2E-004, E2E-009, E2E-161); absent: it can. */
#define MX_VALUE_DEVICE_BROKEN "device_broken"

typedef struct
{
  gboolean share_with_all; /* room keys go to unsigned devices too (Tchap); else MSC4153 */
} MxEncryptionPolicy;

/* Loads our Olm account, or makes it (E2E-001; own transaction). store must outlive it. pickle_key:
 * 32 bytes. The machine becomes the store's decryptor until it is freed. An account of another
 * device or one that cannot be unpickled is an error, never replaced (E2E-005). */
MxOlmMachine *mx_olm_machine_new (MxStore *store,
                                  const char *user_id,
                                  const char *device_id,
                                  MxSecret *pickle_key,
                                  const MxEncryptionPolicy *policy,
                                  GError **error);
void mx_olm_machine_free (MxOlmMachine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxOlmMachine, mx_olm_machine_free)

MxStore *mx_olm_machine_get_store (MxOlmMachine *self);
const char *mx_olm_machine_get_user_id (MxOlmMachine *self);
const char *mx_olm_machine_get_device_id (MxOlmMachine *self);
MxSecret *mx_olm_machine_get_pickle_key (MxOlmMachine *self);
const MxEncryptionPolicy *mx_olm_machine_get_policy (MxOlmMachine *self);
void mx_olm_machine_set_policy (MxOlmMachine *self, const MxEncryptionPolicy *policy);
/* Valid until the next call; changed account: mx_olm_machine_save_account (). */
MxOlmAccount *mx_olm_machine_get_account (MxOlmMachine *self, GError **error);
gboolean mx_olm_machine_save_account (MxOlmMachine *self, GError **error);
/* Our signed device keys, with our self-signing key's signature if we have that key (E2E-015).
 * Borrowed, until the next call; the other one is their JSON text, the caller frees. */
MxJsonDocument *mx_olm_machine_get_device_keys (MxOlmMachine *self, GError **error);
char *mx_olm_machine_dup_device_keys (MxOlmMachine *self, GError **error);

/* What a sync response says besides its rooms, in the order of protocol §3.1 rule 2: device lists,
 * key counts, to-device messages. Before mx_store_apply_sync (). Sets changes->encryption. */
gboolean mx_olm_machine_receive_sync (MxOlmMachine *self,
                                      const MxSyncDelta *delta,
                                      MxStoreChanges *changes,
                                      GError **error);
/* After mx_store_apply_sync (): members of encrypted rooms are followed (E2E-016), keys that came
 * read what waits for them (E2E-081). */
gboolean mx_olm_machine_finish_sync (MxOlmMachine *self,
                                     const MxSyncDelta *delta,
                                     MxStoreChanges *changes,
                                     GError **error);

/* A to-device message after decryption; borrowed for the call. */
typedef struct
{
  const char *type;
  const char *sender;
  MxJson content;
  gboolean encrypted; /* came by Olm, its envelope checked (E2E-034); else the rest is empty */
  guint8 curve25519[MX_STORE_KEY_SIZE]; /* of the sending device */
  guint8 ed25519[MX_STORE_KEY_SIZE];    /* that it claims */
  const char *device_id;                /* known device with both keys, else NULL */
  const char *device_keys;              /* MSC4147 object as JSON text, NULL */
} MxToDeviceMessage;

G_END_DECLS
