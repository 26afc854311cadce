/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Cross-signing identities and the private keys of our own (research/protocol §4.F, §4.I). Account
 * thread; writing needs a transaction. Identities can be read on the main thread as well; secrets
 * only where they are used. */
#pragma once

#include "mx-json.h"
#include "mx-store-devices.h"

G_BEGIN_DECLS

typedef struct
{
  char *user_id;
  char *master; /* signed objects, JSON text */
  char *self_signing;
  char *user_signing; /* ours only */
  guint8 master_key[MX_STORE_KEY_SIZE];
  guint8 pinned_key[MX_STORE_KEY_SIZE]; /* as first seen, or as accepted since */
  gboolean is_verified;  /* signed by our user-signing key; our own: trusted by this device */
  gboolean was_verified; /* latched until the user withdraws it */
} MxStoredIdentity;
void mx_stored_identity_free (MxStoredIdentity *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxStoredIdentity, mx_stored_identity_free)

/* E2E-097. CHANGED needs acknowledgement; VIOLATED blocks sending until verified again or
 * withdrawn. */
typedef enum
{
  MX_IDENTITY_STATE_NONE, /* the user has no identity */
  MX_IDENTITY_STATE_PINNED,
  MX_IDENTITY_STATE_VERIFIED,
  MX_IDENTITY_STATE_CHANGED,  /* not the pinned one */
  MX_IDENTITY_STATE_VIOLATED, /* was verified, now is not */
} MxIdentityState;
MxIdentityState mx_stored_identity_get_state (const MxStoredIdentity *self); /* NULL: NONE */

MxStoredIdentity *mx_stored_identity_copy (const MxStoredIdentity *self);
MxStoredIdentity *mx_store_get_identity (MxStore *self, const char *user_id);
gboolean mx_store_put_identity (MxStore *self, const MxStoredIdentity *identity, GError **error);
/* Whose identity is known, NULL-terminated; caller owns. */
GStrv mx_store_load_identity_users (MxStore *self);

/* Names are those of secret storage: "m.cross_signing.master", "m.megolm_backup.v1"… NULL removes.
 */
gboolean mx_store_set_secret (MxStore *self, const char *name, MxSecret *value, GError **error);
MxSecret *mx_store_get_secret (MxStore *self, const char *name); /* caller owns, NULL */

/* -- Secrets between our devices (§4.M). Times are ms. */

/* A request of ours to a device. */
gboolean mx_store_add_secret_request (MxStore *self,
                                      const char *request_id,
                                      const char *device_id,
                                      const char *name,
                                      gint64 sent_ms,
                                      GError **error);
/* What was asked of this device under this id; NULL: nothing. Caller owns. */
char *mx_store_get_secret_request (MxStore *self, const char *request_id, const char *device_id);
/* When this device was asked for this secret; 0: no request is open. */
gint64 mx_store_last_secret_request (MxStore *self, const char *name, const char *device_id);
/* Forgets all requests for this secret. Pairs request id, device id, alternating: whom to tell;
 * caller owns. */
GStrv mx_store_take_secret_requests (MxStore *self, const char *name);

typedef struct
{
  char *device_id;
  char *name;
  char *request_id;
  gint64 received_ms;
} MxSecretWish;
void mx_secret_wish_free (MxSecretWish *self);
/* A device asks for a secret. FALSE without error: too soon after the last answer. */
gboolean mx_store_add_secret_wish (MxStore *self, const MxSecretWish *wish, GError **error);
gboolean mx_store_cancel_secret_wish (MxStore *self,
                                      const char *device_id,
                                      const char *request_id,
                                      GError **error);
/* Of MxSecretWish; those older than since_ms are forgotten instead. */
GPtrArray *mx_store_load_secret_wishes (MxStore *self, gint64 since_ms);
gboolean mx_store_secret_wish_answered (MxStore *self,
                                        const char *device_id,
                                        const char *name,
                                        gint64 now_ms,
                                        GError **error);

/* -- Signatures on their way (E2E-096). target: device id or unpadded base64 of the key. */
gboolean mx_store_add_signature (MxStore *self,
                                 const char *user_id,
                                 const char *target,
                                 const char *object,
                                 GError **error);
/* {user:{target:object}}, JSON text; NULL: none. Caller owns. */
char *mx_store_dup_signatures (MxStore *self);
gboolean mx_store_remove_signature (MxStore *self,
                                    const char *user_id,
                                    const char *target,
                                    MxJson object, /* as uploaded: another one since stays */
                                    GError **error);

G_END_DECLS
