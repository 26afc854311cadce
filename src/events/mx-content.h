/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Chappe authors */

/* What an event says, ready to be drawn: one immutable value per event, whatever the event type.
 * Parsed once from an MxEvent (or from the m.new_content of an edit). Unknown and malformed content
 * gives MX_CONTENT_UNKNOWN, never an error. */
#pragma once

#include "mx-event.h"
#include "mx-rich-text.h"

G_BEGIN_DECLS

typedef enum
{
  MX_CONTENT_UNKNOWN, /* named by its type in the row */
  MX_CONTENT_TEXT,    /* m.text */
  MX_CONTENT_NOTICE,
  MX_CONTENT_EMOTE,
  MX_CONTENT_IMAGE,
  MX_CONTENT_STICKER,
  MX_CONTENT_FILE,
  MX_CONTENT_AUDIO,
  MX_CONTENT_VOICE, /* org.matrix.msc3245.voice */
  MX_CONTENT_VIDEO,
  MX_CONTENT_LOCATION,
  MX_CONTENT_POLL,
  MX_CONTENT_REDACTED,
  MX_CONTENT_ENCRYPTED, /* m.room.encrypted, not (yet) readable */
  MX_CONTENT_MEMBER,    /* state events below: folded into "N events" rows */
  MX_CONTENT_STATE,
  MX_CONTENT_CREATE,
  MX_CONTENT_TOMBSTONE,
  MX_CONTENT_CALL,
  MX_CONTENT_VERIFICATION,
} MxContentKind;

typedef struct
{
  char *url; /* mxc: (of the encrypted file where there is one), NULL when missing or malformed */
  char *encrypted_file; /* JSON text of `file` (EncryptedFile), NULL: clear */
  char *mimetype;       /* as claimed, lower case, NULL */
  gint64 size;          /* bytes as claimed, -1 */
  int width, height;    /* px as claimed, 0 unknown; clamped to 0…32767 */
  gint64 duration;      /* ms, -1 */
  char *thumbnail_url;  /* NULL */
  char *thumbnail_encrypted_file;
} MxMediaInfo;

#define MX_TYPE_CONTENT (mx_content_get_type ())
typedef struct _MxContent MxContent;
GType mx_content_get_type (void);
MxContent *mx_content_new (MxEvent *event);
/* For an edit: the new content (m.new_content) as it replaces that of original; NULL unless the
 * edit is valid for it (same sender and type, no state, original not an edit, encrypted if the
 * original was: E2E-084). */
MxContent *mx_content_new_edited (MxEvent *original, MxEvent *edit);
/* For a message of ours that is not sent yet. */
MxContent *mx_content_new_local (const char *event_type, MxJson content);
MxContent *mx_content_ref (MxContent *self);
void mx_content_unref (MxContent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MxContent, mx_content_unref)

MxContentKind mx_content_get_kind (MxContent *self);
/* Plain text, reply fallback stripped; caption for media with one; never NULL. */
const char *mx_content_get_body (MxContent *self);
/* formatted_body of org.matrix.custom.html, NULL; hostile: mx-html.h. */
const char *mx_content_get_html (MxContent *self);
/* What to draw: the HTML, or the body where there is none or nothing is left of it. hosts: as in
 * mx-rich-text.h. Caller owns. */
MxRichText *mx_content_dup_rich_text (MxContent *self, const char *const *hosts);
/* Media: the name, cleaned of paths, bidi and control characters. NULL unless media. */
const char *mx_content_get_filename (MxContent *self);
gboolean mx_content_has_caption (MxContent *self);
const MxMediaInfo *mx_content_get_media (MxContent *self); /* NULL unless media */
/* Event type (or msgtype), for "unknown" rows. */
const char *mx_content_get_type_name (MxContent *self);
/* User ids of m.mentions; never NULL. */
const char *const *mx_content_get_mentions (MxContent *self);
gboolean mx_content_mentions_room (MxContent *self);
/* One line in the user's language, cleaned of bidi and control characters.
 * MEMBER/STATE/CREATE/TOMBSTONE: a sentence with the names of the people. Everything else: for
 * previews and notifications ("Picture: photo.jpg"), without its sender. resolve: user id → display
 * name; it may be NULL or return NULL (the local part is shown then). event is nullable for content
 * of ours that is not sent yet. Caller owns. */
typedef const char *(*MxNameFunc) (const char *user_id, gpointer data);
char *mx_content_dup_summary (MxContent *self, MxEvent *event, MxNameFunc resolve, gpointer data);
/* MEMBER events: what happened, for folding ("3 people joined"). */
typedef enum
{
  MX_MEMBERSHIP_CHANGE_NONE,
  MX_MEMBERSHIP_CHANGE_JOINED,
  MX_MEMBERSHIP_CHANGE_LEFT,
  MX_MEMBERSHIP_CHANGE_INVITED,
  MX_MEMBERSHIP_CHANGE_INVITE_REFUSED,
  MX_MEMBERSHIP_CHANGE_INVITE_WITHDRAWN,
  MX_MEMBERSHIP_CHANGE_KICKED,
  MX_MEMBERSHIP_CHANGE_BANNED,
  MX_MEMBERSHIP_CHANGE_UNBANNED,
  MX_MEMBERSHIP_CHANGE_RENAMED,
  MX_MEMBERSHIP_CHANGE_AVATAR,
  MX_MEMBERSHIP_CHANGE_KNOCKED
} MxMembershipChange;
MxMembershipChange mx_content_get_membership_change (MxContent *self);

G_END_DECLS
