/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* For friends inside session/: what the parts of a session share. Main thread, but for what an
 * MxStoreFunc does. */
#pragma once

#include "mx-deployment.h"
#include "mx-flow.h"
#include "mx-http.h"
#include "mx-keyring.h"
#include "mx-session.h"
#include "mx-store-sync.h"
#include "mx-worker.h"

G_BEGIN_DECLS

typedef struct _MxSendQueue MxSendQueue;
typedef struct _MxSyncLoop MxSyncLoop;
typedef struct _MxOlmMachine MxOlmMachine;
typedef struct _MxReadMarkers MxReadMarkers;
typedef struct _MxTokens MxTokens;

/* What the index file knows of an account. */
typedef struct
{
  char *id; /* names folder and key; says nothing about the person */
  char *user_id;
  char *device_id;
  char *base_url;
  MxNetworkSettings network;
} MxAccountEntry;
MxAccountEntry *mx_account_entry_copy (const MxAccountEntry *self);
void mx_account_entry_free (MxAccountEntry *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxAccountEntry, mx_account_entry_free)

/* folder: where the store lies. The session starts CLOSED. */
MxSession *mx_session_new (const MxAccountEntry *entry, const char *folder, MxKeyring *keyring);
const MxAccountEntry *mx_session_get_entry (MxSession *self);
/* Before it is opened; NULL: the plain one. */
void mx_session_set_deployment (MxSession *self, MxDeployment *deployment);
const char *mx_session_get_folder (MxSession *self);
/* From the next request on. FALSE with error: it cannot be used, and nothing changed. */
gboolean mx_session_set_network (MxSession *self, const MxNetworkSettings *network, GError **error);

MxHttp *mx_session_get_http (MxSession *self);     /* NULL unless OPEN */
MxWorker *mx_session_get_worker (MxSession *self); /* the account thread; NULL unless OPEN */
MxStore *mx_session_get_reader (
  MxSession *self); /* the main thread's reading connection; NULL unless OPEN */
MxScope *mx_session_get_scope (MxSession *self); /* ends with mx_session_stop/close: take a ref */
gboolean mx_session_has_legacy_media (MxSession *self);
MxTokens *mx_session_get_tokens (MxSession *self);
MxSyncLoop *mx_session_get_sync_loop (MxSession *self);
MxSendQueue *mx_session_get_send_queue (MxSession *self);
MxReadMarkers *mx_session_get_read_markers (MxSession *self);
gboolean mx_session_is_running (MxSession *self); /* between start and stop */

/* Runs on the account thread, inside one transaction that is committed when func returns TRUE, else
 * rolled back. What func adds to changes is applied to the model on the main thread, in the order
 * of the writes, before the returned future resolves to *result (or TRUE). */
typedef gboolean (*MxStoreFunc) (MxStore *store,
                                 MxStoreChanges *changes,
                                 gpointer data,
                                 GValue *result,
                                 GError **error);
DexFuture *
mx_session_write (MxSession *self, MxStoreFunc func, gpointer data, GDestroyNotify data_free)
  G_GNUC_WARN_UNUSED_RESULT;
/* The same without anybody waiting: a failure is reported as "error" of the session. */
void
mx_session_write_later (MxSession *self, MxStoreFunc func, gpointer data, GDestroyNotify data_free);
/* prepare (nullable) runs on the account thread before the transaction begins; applied (nullable)
 * on the main thread after the model took the changes. */
typedef gboolean (*MxPrepareFunc) (gpointer data, GError **error);
typedef void (*MxAppliedFunc) (MxSession *self, gpointer data);
DexFuture *mx_session_write_full (MxSession *self,
                                  MxPrepareFunc prepare,
                                  MxStoreFunc func,
                                  MxAppliedFunc applied,
                                  gpointer data,
                                  GDestroyNotify data_free) G_GNUC_WARN_UNUSED_RESULT;
/* Work without a transaction (health, repair): func opens its own. */
DexFuture *
mx_session_work (MxSession *self, MxStoreFunc func, gpointer data, GDestroyNotify data_free)
  G_GNUC_WARN_UNUSED_RESULT;

MxStore *mx_session_get_writer (MxSession *self);       /* on the account thread only */
MxOlmMachine *mx_session_get_machine (MxSession *self); /* on the account thread only */

/* Calls func from the main loop (no SQL on a fiber); resolves TRUE, or rejects with the error that
 * it set. */
typedef gboolean (*MxSessionFunc) (MxSession *self, gpointer data, GError **error);
DexFuture *mx_session_call (MxSession *self, MxSessionFunc func, gpointer data)
  G_GNUC_WARN_UNUSED_RESULT;

/* A value of the account in the store (mx_store_set_value), written soon. */
void mx_session_set_value (MxSession *self, const char *name, const char *value);
/* Account data of our own making: stored at once (local echo), sent until the server has it or
 * refuses it. room_id NULL: global. */
void mx_session_put_account_data (MxSession *self,
                                  const char *room_id,
                                  const char *type,
                                  const char *content);

/* Model. */
void mx_session_apply_changes (MxSession *self, MxStoreChanges *changes);
void mx_session_set_connection (MxSession *self, MxConnection connection, const GError *error);
void mx_session_set_error (MxSession *self, const GError *error);
void mx_session_set_waiting (MxSession *self, unsigned waiting);
void mx_session_set_profile (MxSession *self, const char *display_name, const char *avatar_url);
void mx_session_set_legacy_media (MxSession *self, gboolean legacy);
/* The server ended the session (MX_MATRIX_ERROR_UNKNOWN_TOKEN, SOFT_LOGOUT…): loops stop, the store
 * remembers it. */
void mx_session_end (MxSession *self, const GError *error);
gboolean mx_session_is_end (const GError *error); /* whether an error says so */
void mx_session_event_decrypted (MxSession *self, const char *room_id, const char *event_id);
void mx_session_event_arrived (MxSession *self, const char *room_id, const char *event_id);
gboolean mx_session_is_ignored (MxSession *self, const char *user_id);

/* A room is shown (or no longer): sliding sync then sends more of it. Counted. */
void mx_session_subscribe_room (MxSession *self, const char *room_id, gboolean subscribe);

/* Resolves TRUE while there is no reason to believe that a request would fail, else rejects with
 * MX_SESSION_ERROR_OFFLINE at once. */
DexFuture *mx_session_check_online (MxSession *self) G_GNUC_WARN_UNUSED_RESULT;
/* Resolves TRUE when the connection comes back or somebody nudges, at the latest after ms. */
DexFuture *mx_session_wait_nudge (MxSession *self, unsigned ms) G_GNUC_WARN_UNUSED_RESULT;
/* Returns on its fiber once sync has caught up since the session came online: then what is stored
 * is what the server says. A server that does not answer sync is not waited for without end: look
 * at the connection. FALSE: the scope was cancelled. */
gboolean mx_session_wait_live (MxSession *self, MxScope *scope, GError **error);

/* Emitted on the session for friends: "changes" (MxStoreChanges), after the room list took them.
 * Timelines listen to it. */

G_END_DECLS
