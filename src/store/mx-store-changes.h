/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* The change set that the account thread hands to the main thread with each write. */
#pragma once

#include "mx-room-row.h"
#include <glib-object.h>

G_BEGIN_DECLS

/* What changed, for the main thread: it re-reads what it shows. Ref-counted, immutable once handed
 * over. */
typedef enum
{
  MX_ROOM_CHANGED_ROW = 1 << 0,
  MX_ROOM_CHANGED_APPENDED = 1 << 1, /* new events at the live end */
  MX_ROOM_CHANGED_EVENTS = 1 << 2, /* events named in changed_events: edited, redacted, reacted to,
                                      echo replaced, decrypted */
  MX_ROOM_CHANGED_GAPS = 1 << 3,   /* older events or gaps changed */
  MX_ROOM_CHANGED_MEMBERS = 1 << 4,
  MX_ROOM_CHANGED_TYPING = 1 << 5,
  MX_ROOM_CHANGED_RECEIPTS = 1 << 6,
  MX_ROOM_CHANGED_STATE = 1 << 7,
  MX_ROOM_CHANGED_OUTBOX = 1 << 8,
  MX_ROOM_CHANGED_REMOVED = 1 << 9, /* forgotten */
} MxRoomChangeFlags;

typedef struct
{
  char *room_id;
  MxRoomChangeFlags flags;
  MxRoomRow *row;            /* the new row when CHANGED_ROW, else NULL */
  GPtrArray *changed_events; /* char*, NULL when none */
} MxRoomChange;

typedef struct
{
  char *room_id;
  char *event_id;
  gboolean highlight, sound;
} MxNotificationCandidate; /* a live event for which the push rules say "notify" */

#define MX_TYPE_STORE_CHANGES (mx_store_changes_get_type ())
/* What encryption has to do next, as told by the account thread. */
typedef enum
{
  MX_ENCRYPTION_UPLOAD_KEYS = 1 << 0,
  MX_ENCRYPTION_QUERY_DEVICES = 1 << 1,
  MX_ENCRYPTION_SEND_TO_DEVICE = 1 << 2,
  MX_ENCRYPTION_OPEN_SESSIONS = 1 << 3, /* damaged Olm sessions are to be replaced */
  MX_ENCRYPTION_BACK_UP = 1 << 4,       /* the backup lacks sessions */
  MX_ENCRYPTION_FETCH_KEYS = 1 << 5,    /* the backup may have what is missing */
  MX_ENCRYPTION_SIGN = 1 << 6,          /* our identity or our signatures changed */
  MX_ENCRYPTION_IDENTITY = 1 << 7,      /* own identity, secrets or backup key changed */
  MX_ENCRYPTION_BROKEN = 1 << 8,        /* this device cannot go on (E2E-004, E2E-009) */
} MxEncryptionFlags;

/* A verification message that came to this device, or that is new in a room (also one of ours);
 * content is JSON text, with the relation of an encrypted event. */
typedef struct
{
  char *sender;
  char *type;
  char *content;
  gboolean encrypted;
  char *room_id; /* NULL: by to-device; event_id and timestamp_ms are set in rooms only */
  char *event_id;
  gint64 timestamp_ms;
} MxVerificationNote;
MxVerificationNote *mx_verification_note_copy (const MxVerificationNote *self);
void mx_verification_note_free (MxVerificationNote *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxVerificationNote, mx_verification_note_free)

typedef struct
{
  gatomicrefcount ref_count;
  GHashTable *rooms;        /* room id → MxRoomChange */
  GPtrArray *notifications; /* MxNotificationCandidate */
  GPtrArray *account_data;  /* char*: types that changed */
  GHashTable *device_users; /* set of char*: users whose devices or identity changed */
  GPtrArray *own_devices;   /* char*: ids of new devices of ours (E2E-027) */
  GPtrArray *verification;  /* MxVerificationNote, in order */
  GPtrArray
    *decrypted; /* char*: room id and event id, alternating, of what can be read after all */
  MxEncryptionFlags encryption;
} MxStoreChanges;
GType mx_store_changes_get_type (void);
MxStoreChanges *mx_store_changes_new (void);
MxStoreChanges *mx_store_changes_ref (MxStoreChanges *self);
void mx_store_changes_unref (MxStoreChanges *self);
MxRoomChange *mx_store_changes_room (MxStoreChanges *self,
                                     const char *room_id,
                                     MxRoomChangeFlags add); /* made when missing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxStoreChanges, mx_store_changes_unref)

G_END_DECLS
