/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Whose identity is whose (research/protocol §4.F): what /keys/query says of cross-signing keys,
 * checked link by link, pinned, compared. Account thread, in the caller's transaction. */
#pragma once

#include "mx-olm-machine.h"
#include "mx-store-identities.h"

G_BEGIN_DECLS

/* The keys that an answer of /keys/query has for one user; absent ones: none. After the user's
 * devices were stored. Derives is_cross_signed of the devices and is_verified of the identity, adds
 * the user to changes->device_users if anything changed. */
gboolean mx_identities_apply (MxOlmMachine *machine,
                              const char *user_id,
                              MxJson master,
                              MxJson self_signing,
                              MxJson user_signing,
                              MxStoreChanges *changes,
                              GError **error);

/* Whether a device is to be believed: signed by its owner's identity or verified by us. */
gboolean mx_identities_trusts_device (MxOlmMachine *machine, const MxStoredDevice *device);
/* Own device that may have our secrets now (E2E-150): also our identity must be trusted by this
 * one. */
gboolean mx_identities_is_own_verified (MxOlmMachine *machine, const MxStoredDevice *device);

/* A to-device message about secrets: m.secret.request, m.secret.send (§4.M). */
gboolean mx_secret_gossip_receive (MxOlmMachine *machine,
                                   const MxToDeviceMessage *message,
                                   MxStoreChanges *changes,
                                   GError **error);

G_END_DECLS
