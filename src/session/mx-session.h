/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* One signed-in account: owns its parts and wires them; no feature lives here. Main thread. */
#pragma once

#include <gio/gio.h>
#include <libdex.h>

G_BEGIN_DECLS

#define MX_TYPE_SESSION (mx_session_get_type ())
G_DECLARE_FINAL_TYPE (MxSession, mx_session, MX, SESSION, GObject)

typedef enum
{
  MX_SESSION_CLOSED,     /* known from the index only */
  MX_SESSION_OPENING,    /* key and store */
  MX_SESSION_LOCKED,     /* the keyring or the store could not be opened: "error" says why;
                            mx_session_open() tries again */
  MX_SESSION_REPAIRING,  /* the store is damaged and being saved: "repair-progress"; then LOCKED or
                            OPEN */
  MX_SESSION_OPEN,       /* rooms are there (from the store) */
  MX_SESSION_SIGNED_OUT, /* the server ended the session; history stays readable until removed */
  MX_SESSION_SOFT_SIGNED_OUT /* the password is needed again, same device:
                                mx_session_sign_in_again() */
} MxSessionState;
GType mx_session_state_get_type (void);

typedef enum
{
  MX_CONNECTION_OFFLINE, /* no network, or two requests failed in a row: "connection-error" says why
                          */
  MX_CONNECTION_CONNECTING, /* first request under way */
  MX_CONNECTION_SYNCING,    /* catching up: more to come */
  MX_CONNECTION_LIVE,
} MxConnection;
GType mx_connection_get_type (void);

/* Properties (all notify): "state" (MxSessionState), "connection" (MxConnection), "user-id",
 * "device-id", "display-name", "avatar-url" (strings), "rooms" (MxRoomList), "outbox-waiting"
 * (uint: entries not yet sent in all rooms), "error" (boxed GError, nullable), "connection-error"
 * (boxed GError, nullable), "repair-progress" (double), "repaired" (boolean): see
 * mx-session-repair.h. */

/* Opens keyring and store, fills "rooms" in one splice; no network. Resolves TRUE. */
DexFuture *mx_session_open (MxSession *self) G_GNUC_WARN_UNUSED_RESULT;
/* Starts the sync loop and the send queue (needs OPEN); stop ends them. */
void mx_session_start (MxSession *self);
void mx_session_stop (MxSession *self);
/* Everything on disk, threads ended: before exit. Resolves TRUE. */
DexFuture *mx_session_close (MxSession *self) G_GNUC_WARN_UNUSED_RESULT;
/* Retry now (network came back, the user pressed "Try again"). */
void mx_session_nudge (MxSession *self);
/* One catch-up round, for scripts: resolves TRUE once the response of a request sent after this
 * call was committed and nothing more was pending. */
DexFuture *mx_session_sync_once (MxSession *self) G_GNUC_WARN_UNUSED_RESULT;
/* For scripts, after that: what waits to be sent is sent, also what an earlier run left. Resolves
 * TRUE when nothing waits any more; at once where sync has not caught up and does not run. */
DexFuture *mx_session_send_waiting (MxSession *self) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_session_sign_in_again (MxSession *self, gpointer password /* MxSecret */)
  G_GNUC_WARN_UNUSED_RESULT;

MxSessionState mx_session_get_state (MxSession *self);
MxConnection mx_session_get_connection (MxSession *self);
const GError *mx_session_get_error (MxSession *self);
const GError *mx_session_get_connection_error (MxSession *self);
const char *mx_session_get_user_id (MxSession *self);
const char *mx_session_get_device_id (MxSession *self);
const char *mx_session_get_base_url (MxSession *self);
const char *mx_session_get_display_name (MxSession *self); /* NULL until known */
const char *mx_session_get_avatar_url (MxSession *self);

typedef struct _MxRoomList MxRoomList;
typedef struct _MxRoom MxRoom;
MxRoomList *mx_session_get_rooms (MxSession *self);

/* Rooms. Each resolves to what is said. Acts are refused with OFFLINE quickly rather than queued,
 * except where the header of MxRoom says "queued". */
DexFuture *mx_session_join (MxSession *self, const char *room_id_or_alias, const char *const *via)
  G_GNUC_WARN_UNUSED_RESULT; /* string: room id */
typedef struct
{
  const char *name;
  const char *topic;
  gboolean is_public;
  gboolean encrypted;
  gboolean direct;
  const char *const *invite;
} MxNewRoom;
DexFuture *mx_session_create_room (MxSession *self, const MxNewRoom *spec)
  G_GNUC_WARN_UNUSED_RESULT; /* string: room id */
typedef struct
{
  char *user_id;
  char *display_name;
  char *avatar_url;
} MxUserHit;
DexFuture *mx_session_search_users (MxSession *self, const char *term)
  G_GNUC_WARN_UNUSED_RESULT; /* GPtrArray of MxUserHit */
typedef struct
{
  char *room_id;
  char *alias;
  char *name;
  char *topic;
  char *avatar_url;
  unsigned members;
  gboolean joined;
} MxRoomHit;
DexFuture *mx_session_search_public_rooms (MxSession *self, const char *term)
  G_GNUC_WARN_UNUSED_RESULT; /* GPtrArray of MxRoomHit */

/* For support: version, effective configuration, store health, server reachability; JSON text, no
 * content, no ids of others. */
DexFuture *mx_session_report (MxSession *self) G_GNUC_WARN_UNUSED_RESULT; /* string */

/* Signals: "notify-event" (MxRoom*, event_id string, highlight, sound): a live event for which the
 * rules say notify, at most once per event. "event-decrypted" (room_id string, event_id
 * string): an event that was there can be read now. "event-arrived" (room_id string, event_id
 * string): every live timeline event, once committed (cli listen). */

G_END_DECLS
