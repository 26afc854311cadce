/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* A room, as the user interface binds to it. Main thread. Properties of the row notify one by one.
 */
#pragma once

#include "mx-push-rules.h"
#include "mx-room-row.h"
#include "mx-session.h"

G_BEGIN_DECLS

#define MX_TYPE_ROOM (mx_room_get_type ())
G_DECLARE_FINAL_TYPE (MxRoom, mx_room, MX, ROOM, GObject)

typedef enum
{
  MX_ROOM_SECTION_INVITES,
  MX_ROOM_SECTION_FAVOURITES,
  MX_ROOM_SECTION_DIRECT,
  MX_ROOM_SECTION_ROOMS,
  MX_ROOM_SECTION_LOW_PRIORITY,
  MX_ROOM_SECTION_ANNOUNCEMENTS,
  MX_ROOM_SECTION_HIDDEN /* spaces, left, replaced rooms */
} MxRoomSection;
GType mx_room_section_get_type (void);

/* Properties (read-only, notify): "room-id", "name", "avatar-url", "topic", "section"
 * (MxRoomSection), "membership" (int), "direct", "encrypted", "public", "favourite",
 * "low-priority", "marked-unread" (booleans), "unread", "highlights" (uint), "last-ts" (int64 ms),
 * "preview" (string: one line, with the sender's first name in rooms, NULL), "unreadable-preview"
 * (boolean), "draft" (string, NULL), "failed-sends" (uint), "typing" (boxed GStrv of display names
 * of others), "joined-members" (uint), "inviter-name" (string), "successor" (string room id).
 * Signal: "upload-progress" (transaction id string, double 0…1). */
const char *mx_room_get_id (MxRoom *self);
const char *mx_room_get_name (MxRoom *self);
const char *mx_room_get_avatar_url (MxRoom *self);
const char *mx_room_get_topic (MxRoom *self);
MxRoomSection mx_room_get_section (MxRoom *self);
const MxRoomRow *
mx_room_get_row (MxRoom *self);                /* borrowed until the next change: everything else */
MxSession *mx_room_get_session (MxRoom *self); /* borrowed; NULL once the session is gone */
unsigned mx_room_get_unread (MxRoom *self);
unsigned mx_room_get_highlights (MxRoom *self);
const char *const *mx_room_get_typing (MxRoom *self); /* display names, never NULL */

/* Who: names and avatars from the store, in microseconds; user id when unknown. Borrowed until the
 * next main loop turn. */
const char *mx_room_get_member_name (MxRoom *self, const char *user_id);
const char *mx_room_get_member_avatar (MxRoom *self, const char *user_id); /* mxc, NULL */
int mx_room_get_member_power (MxRoom *self, const char *user_id);
/* Loads /members when incomplete, then a page: GListModel of MxMember (mx-member.h). */
DexFuture *mx_room_load_members (MxRoom *self) G_GNUC_WARN_UNUSED_RESULT; /* GListModel */
typedef enum
{
  MX_PERMISSION_SEND,
  MX_PERMISSION_INVITE,
  MX_PERMISSION_REDACT,
  MX_PERMISSION_KICK,
  MX_PERMISSION_STATE
} MxPermission;
gboolean mx_room_can (MxRoom *self, MxPermission permission);

/* Somebody here whose identity was verified and is another one now (E2E-097): nothing can be sent
 * before they are verified again, or the verification is withdrawn. NULL: nobody. Caller owns. */
char *mx_room_find_changed_member (MxRoom *self);

/* Sending: queued (an outbox row before anything leaves), so these return at once; an error means
 * that nothing was queued (TOO_LONG, no permission, not a member). txn_id (out,
 * nullable): caller owns. */
gboolean mx_room_send_text (MxRoom *self,
                            const char *text,
                            gboolean markdown,
                            char **txn_id,
                            GError **error);
gboolean mx_room_edit_text (MxRoom *self,
                            const char *event_id,
                            const char *text,
                            gboolean markdown,
                            GError **error);
gboolean mx_room_send_content (MxRoom *self,
                               const char *event_type,
                               const char *content_json,
                               char **txn_id,
                               GError **error);
gboolean mx_room_redact (MxRoom *self, const char *event_id, const char *reason, GError **error);
/* A file, kept by us from here on: it may be moved or deleted while it waits. caption: nullable.
 * Resolves to the transaction id (string) once it is in the outbox; mx_room_cancel_send () ends the
 * upload. Directories and what cannot be read are a G_IO_ERROR; too large for the server:
 * TOO_LARGE. */
DexFuture *mx_room_send_file (MxRoom *self, GFile *file, const char *caption)
  G_GNUC_WARN_UNUSED_RESULT;
/* The same of a file, or of bytes that are none yet (a pasted picture) under a name of their own.
 * width, height: of a picture, px, so that nothing moves where it will be shown; 0: unknown. */
typedef struct
{
  GFile *file;
  GBytes *bytes;
  const char *name; /* of the bytes */
  const char *caption;
  int width, height;
} MxOutgoingFile;
DexFuture *mx_room_send_attachment (MxRoom *self, const MxOutgoingFile *attachment)
  G_GNUC_WARN_UNUSED_RESULT;
/* Resolves to a gint64: the largest file that the server takes, in bytes; -1: not known. */
DexFuture *mx_room_find_upload_limit (MxRoom *self) G_GNUC_WARN_UNUSED_RESULT;
/* How far the file of an entry is on its way, 0…1; -1: it is not a file, or at the server. */
double mx_room_get_upload_progress (MxRoom *self, const char *txn_id);
void mx_room_retry (MxRoom *self, const char *txn_id);
void mx_room_cancel_send (MxRoom *self, const char *txn_id);
/* What an entry that is not sent yet would send, so that a cancelled one can be queued again.
 * FALSE: there is none, or it is a file, which goes with its entry. The caller owns both. */
gboolean mx_room_dup_unsent (MxRoom *self, const char *txn_id, char **event_type, char **content);
gboolean mx_room_replace_unsent (MxRoom *self,
                                 const char *txn_id,
                                 const char *text,
                                 gboolean markdown,
                                 GError **error);
/* Resolves to the event id once the server has it; rejects with the failure that needs the user. */
DexFuture *mx_room_wait_sent (MxRoom *self, const char *txn_id) G_GNUC_WARN_UNUSED_RESULT;

/* Encrypted rooms: the next message has a new key. Resolves TRUE. */
DexFuture *mx_room_rotate_key (MxRoom *self) G_GNUC_WARN_UNUSED_RESULT;

/* Drafts: stored at once (account thread). text NULL or empty: none. */
char *mx_room_dup_draft (MxRoom *self);
void mx_room_set_draft (MxRoom *self, const char *text);

/* The reader: typing (rate-limited here), read position (debounced, never backwards, none for own
 * events), marked unread. Silent when offline: sent later. */
void mx_room_set_typing (MxRoom *self, gboolean typing);
void mx_room_mark_read (MxRoom *self, const char *event_id);
void mx_room_set_marked_unread (MxRoom *self, gboolean unread);
void mx_room_set_favourite (MxRoom *self, gboolean favourite);
void mx_room_set_low_priority (MxRoom *self, gboolean low);
DexFuture *mx_room_set_notifications (MxRoom *self, MxRoomNotifications setting)
  G_GNUC_WARN_UNUSED_RESULT;

DexFuture *mx_room_accept (MxRoom *self) G_GNUC_WARN_UNUSED_RESULT; /* the invitation */
DexFuture *mx_room_leave (MxRoom *self) G_GNUC_WARN_UNUSED_RESULT;  /* also: decline */
DexFuture *mx_room_forget (MxRoom *self) G_GNUC_WARN_UNUSED_RESULT;
DexFuture *mx_room_invite (MxRoom *self, const char *user_id) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
