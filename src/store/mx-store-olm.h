/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* Our Olm account and the Olm sessions with other devices (research/protocol §4.A, §4.C). Pickles
 * are opaque here. Account thread; writing needs a transaction. */
#pragma once

#include "mx-store-devices.h"

G_BEGIN_DECLS

/* Sessions kept with one device; the least recently used ones go (E2E-031, E2E-168). */
#define MX_STORE_MAX_OLM_SESSIONS 6

typedef struct
{
  GBytes *pickle;
  gboolean is_uploaded;   /* the server has our device keys */
  gint64 server_keys;     /* one-time keys at the server, -1: not told yet */
  gboolean fallback_used; /* the server lacks an unused one */
  gint64 fallback_ms;     /* when the current one was published, 0: never */
  gboolean old_fallback;  /* the previous one is still kept */
  gboolean must_drain;    /* it has one-time keys whose private halves are lost (E2E-009) */
  char *upload;           /* body of /keys/upload that is under way, JSON text, NULL (E2E-008) */
} MxStoredAccount;
void mx_stored_account_free (MxStoredAccount *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxStoredAccount, mx_stored_account_free)

MxStoredAccount *mx_store_get_olm_account (MxStore *self); /* caller owns; NULL: there is none */
gboolean mx_store_put_olm_account (MxStore *self, const MxStoredAccount *account, GError **error);

typedef struct
{
  char *session_id;
  GBytes *pickle;
  gboolean is_retired; /* never to encrypt with */
} MxStoredOlmSession;
void mx_stored_olm_session_free (MxStoredOlmSession *self);

/* Of MxStoredOlmSession with this device, the one to encrypt with first. */
GPtrArray *mx_store_load_olm_sessions (MxStore *self,
                                       const char *user_id,
                                       const guint8 curve25519[MX_STORE_KEY_SIZE]);
/* All of now only read: what they would encrypt with next may have been used (E2E-009). */
gboolean mx_store_retire_olm_sessions (MxStore *self, GError **error);
/* Which session encrypts for this device now; NULL: there is none. Caller frees. */
char *mx_store_get_olm_session_id (MxStore *self,
                                   const char *user_id,
                                   const guint8 curve25519[MX_STORE_KEY_SIZE]);
/* used: it was made or it decrypted something: from now on it is the one to encrypt with. */
gboolean mx_store_put_olm_session (MxStore *self,
                                   const char *user_id,
                                   const guint8 curve25519[MX_STORE_KEY_SIZE],
                                   const char *session_id,
                                   GBytes *pickle,
                                   gboolean used,
                                   GError **error);

/* A message of this device could not be read: a new session with it is due (E2E-041). The oldest
 * are forgotten when there are too many. */
gboolean mx_store_add_wedged (MxStore *self,
                              const char *user_id,
                              const guint8 curve25519[MX_STORE_KEY_SIZE],
                              GError **error);
gboolean mx_store_remove_wedged (MxStore *self,
                                 const char *user_id,
                                 const guint8 curve25519[MX_STORE_KEY_SIZE],
                                 GError **error);
/* Those that are known devices: of MxStoredDevice. */
GPtrArray *mx_store_load_wedged (MxStore *self);

/* Remembers an Olm message by its hash (32 bytes); known gets whether it was there already
 * (E2E-045). Those of more than a month ago are forgotten. */
gboolean mx_store_note_olm_hash (MxStore *self,
                                 const guint8 *hash,
                                 gint64 now_ms,
                                 gboolean *known,
                                 GError **error);

G_END_DECLS
