/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The session's members, for the files mx-session*.c and no others. Main thread, but for writer. */
#pragma once

#include "mx-encryption-private.h"
#include "mx-account-data-queue.h"
#include "mx-media-cache.h"
#include "mx-preferences.h"
#include "mx-session-private.h"
#include "mx-session-repair.h"

G_BEGIN_DECLS

struct _MxSession
{
  GObject parent_instance;

  MxAccountEntry *entry;
  char *folder;
  MxKeyring *keyring;
  MxDeployment *deployment; /* NULL: the plain one */

  MxSessionState state;
  MxConnection connection;
  GError *error;
  GError *connection_error;
  char *display_name;
  char *avatar_url;
  unsigned waiting;
  gboolean running;
  gboolean legacy_media;

  MxScope *scope;
  MxRoomList *rooms;
  MxMediaCache *media;
  MxPreferences *preferences;
  DexPromise *nudge;   /* what sleepers wait for; renewed at each nudge */
  DexFuture *opening;  /* while mx_session_open() runs */
  GHashTable *ignored; /* user ids; NULL: to be read again */
  double repair_progress;
  MxSessionRepair *repair; /* to be told, NULL: nothing */

  /* From OPEN until closed, NULL else. */
  MxWorker *worker;
  MxStore *writer;       /* on the worker's thread only */
  MxOlmMachine *machine; /* likewise */
  MxStore *reader;
  MxHttp *http;
  MxTokens *tokens;
  MxSyncLoop *sync_loop;
  MxSendQueue *send_queue;
  MxReadMarkers *read_markers;
  MxAccountDataQueue *account_data;
  MxEncryption *encryption;
};

void mx_session_set_state (MxSession *self, MxSessionState state, const GError *error);
/* Ends threads and connections; blocks until the account thread has done what is queued. */
void mx_session_release (MxSession *self);

char *mx_session_store_path (MxSession *self); /* caller owns */

/* Repair. On the worker; resolves TRUE. Nobody has the store open. */
DexFuture *mx_session_salvage (MxSession *self, MxSecret *key) G_GNUC_WARN_UNUSED_RESULT;
/* Damage that this connection meets leads to mx_session_reopen_damaged(). On its thread. */
void mx_session_watch_damage (MxSession *self, MxStore *store);
/* Closes, repairs and opens again; goes on syncing if it did. */
void mx_session_reopen_damaged (MxSession *self);
void mx_session_load_repair (MxSession *self); /* from the reading connection */
void mx_session_repair_free (MxSessionRepair *self);

/* For the setters outside of mx-session.c. */
void mx_session_notify (MxSession *self, const char *property);
void mx_session_emit_changes (MxSession *self, MxStoreChanges *changes);
void mx_session_emit_notification (MxSession *self, MxNotificationCandidate *candidate);

G_END_DECLS
