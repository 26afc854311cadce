/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The session's members, for the files mx-session*.c and no others. Main thread, but for writer. */
#pragma once

#include "mx-encryption-private.h"
#include "mx-media-cache.h"
#include "mx-session-private.h"

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
  DexPromise *nudge;   /* what sleepers wait for; renewed at each nudge */
  DexFuture *opening;  /* while mx_session_open() runs */
  GHashTable *ignored; /* user ids; NULL: to be read again */

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
  MxEncryption *encryption;
};

void mx_session_set_state (MxSession *self, MxSessionState state, const GError *error);
/* Ends threads and connections; blocks until the account thread has done what is queued. */
void mx_session_release (MxSession *self);

/* For the setters outside of mx-session.c. */
void mx_session_notify (MxSession *self, const char *property);
void mx_session_emit_changes (MxSession *self, MxStoreChanges *changes);
void mx_session_emit_notification (MxSession *self, MxNotificationCandidate *candidate);

G_END_DECLS
